"""Changes of texts that readers see already: they wait in a row of their own until an editor publishes them.

The article's columns stay the published text, so that no public page, list, feed or search knows of what waits.
"""

import reversion
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from . import checks, publication, saves
from .models import Article, Edition, WorkingCopy, column
from .richtext import clean_html

TEXTS = ("title", "lead", "dateline", "body", "source_name")


def is_live(article, language, at=None):
    """Whether readers see the language, so that changes of its texts must wait."""
    edition = article.edition_in(language)
    return bool(edition and edition.is_published(at))


def waiting_texts(article, language, copy):
    """The texts as they would be if what waits were published: {field: text}; ``copy`` may be None."""
    return {name: article.text(name, language) for name in TEXTS} | (copy.texts if copy else {})


def overtaken(article, copy):
    """The fields whose published text has changed since the change that waits was begun, as by a correction."""
    return [name for name in copy.texts if article.text(name, copy.language) != copy.base_texts.get(name, "")]


def stage(article, language, fields, by=None):
    """Keeps new texts, {field: text}, until they are published. Returns the working copy, or None where nothing waits.

    A text that is the published one again waits no more. ``by``: the user; None for the code itself.
    """
    allow(article, language, by)
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        copy = WorkingCopy.objects.filter(article=article, language=language).first()
        copy = copy or WorkingCopy(article=article, language=language)
        before = dict(copy.texts)
        for name, text in fields.items():
            text = cleaned(name, text)
            if text == article.text(name, language):
                copy.texts.pop(name, None)
                copy.base_texts.pop(name, None)
            else:
                copy.texts[name] = text
                copy.base_texts.setdefault(name, article.text(name, language))
        if copy.texts != before:
            copy.updated_by = by
            keep(copy)
        return copy if copy.texts else None


def keep(copy):
    """Stores it, or takes it away where nothing waits any more."""
    if copy.texts:
        copy.save()
    elif copy.pk:
        copy.delete()


def write(article, texts, *, by):
    """Texts that come from elsewhere than the form, {language: {field: text}}, saved as the form would save them: where
    readers see the language they wait, else they are part of the article, as a new version. Nothing is published."""
    written, changed = [], False
    for language, fields in texts.items():
        waits = TEXTS if is_live(article, language) else ()
        if waits:
            stage(article, language, {name: text for name, text in fields.items() if name in waits}, by=by)
        else:
            written.append(language)
            if copy := WorkingCopy.objects.filter(article=article, language=language).first():  # readers saw it once
                copy.texts = {name: text for name, text in copy.texts.items() if name not in fields}
                keep(copy)
        for name in fields.keys() - waits:
            changed = changed or not waits or getattr(article, column(name, language)) != fields[name]
            setattr(article, column(name, language), fields[name])
    if not changed:
        return
    publication.save_edit(article, by=by)
    source = publication.source_language(article)
    for language in written:
        edition = article.edition_in(language)
        if edition is None:
            if not any(texts[language].values()):
                continue
            edition = Edition(article=article, language=language)
        edition.article, edition.updated_at = article, timezone.now()
        if language != source:
            edition.source_version = article.version
            edition.translator = edition.translator or by
        edition.save()


def follow(article, language, name, published, change):
    """After a correction of the published text, which was ``published`` before: the same in the text that waits.

    ``change(text)``: the text with that correction, or None where its place there is not certain. Returns whether it was
    made there, or nothing waits; else whoever publishes what waits is shown both texts first, as they are `overtaken`.
    """
    copy = WorkingCopy.objects.select_for_update().filter(article=article, language=language).first()
    if copy is None or name not in copy.texts:
        return True
    text = change(copy.texts[name])
    if text is None:
        return False
    now = article.text(name, language)
    copy.texts[name] = text
    if copy.base_texts.get(name) == published:
        copy.base_texts[name] = now
    if text == now:
        del copy.texts[name], copy.base_texts[name]
    keep(copy)
    return True


def cleaned(name, text):
    if name not in TEXTS:
        raise ValueError(f"{name} is no text of an article.")
    text = clean_html(text or "") if name == "body" else (text or "").strip()
    limit = Article._meta.get_field(name).max_length
    if limit and len(text) > limit:
        raise ValidationError(_("At most %(limit)s characters.") % {"limit": limit}, code="max_length")
    return text


def publish_changes(article, language, by=None, *, seen=False, warnings_seen=()):
    """Makes what waits public. Raises ValidationError where nothing waits, where the published text has changed
    meanwhile, unless whoever publishes has ``seen`` that, and checks.Objection where a check stands against it."""
    publication.refuse(by)
    with transaction.atomic(), reversion.create_revision():
        article = Article.objects.select_for_update().get(pk=article.pk)
        copy = WorkingCopy.objects.filter(article=article, language=language).first()
        if copy is None:
            raise ValidationError(_("No changes wait here."), code="nothing")
        if not seen and overtaken(article, copy):
            raise ValidationError(
                _("The published text has changed since these changes were begun: compare them first."),
                code="overtaken",
            )
        for name, text in copy.texts.items():
            setattr(article, column(name, language), text)
        checks.demand(article, language, seen=warnings_seen, ask=by is not None)
        copy.delete()
        publication.save_edit(article, by=by)
        edition = article.edition_in(language)
        edition.updated_at = timezone.now()
        if language != publication.source_language(article):
            edition.source_version = article.version
            edition.translator = edition.translator or copy.updated_by or by
        edition.save()
        text = gettext_noop("Waiting changes published: %(languages)s")
        reversion.set_comment(saves.comment(saves.message(text, languages=[language])))
        if by:
            reversion.set_user(by)
    return article


def discard(article, language, by=None):
    """What waits is dropped; the article's history keeps it."""
    allow(article, language, by)
    copies = WorkingCopy.objects.filter(article=article, language=language)
    if copies and not reversion.is_active():
        with reversion.create_revision():  # before: a revision holds only what is there at its end
            reversion.add_to_revision(article)
            reversion.set_comment(saves.comment(saves.message(gettext_noop("Before waiting changes were discarded"))))
            if by:
                reversion.set_user(by)
    copies.delete()


def allow(article, language, by):
    if by and language not in publication.rights_of(by, article).languages:
        raise PermissionDenied(_("You may not change the text in this language."))
