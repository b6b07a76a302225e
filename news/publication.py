"""The workflow of an edition: what may become what, and by whom."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Article, Edition
from .richtext import plain_text

Status = Edition.Status
TRANSITIONS = {
    Status.DRAFT: {Status.REVIEW, Status.PUBLISHED},
    Status.REVIEW: {Status.DRAFT, Status.PUBLISHED},
    Status.PUBLISHED: {Status.WITHDRAWN, Status.DRAFT},
    Status.WITHDRAWN: {Status.PUBLISHED, Status.DRAFT},
}
PUBLIC = {Status.PUBLISHED, Status.WITHDRAWN}  # readers have seen it, or will without anybody's doing

# Whoever may change articles is a reporter, and has a draft of their own; these rights go beyond.
PUBLISH = "news.publish_edition"
TRANSLATE = "news.translate_article"


@dataclass(frozen=True)
class Rights:
    """What a user may do to one article: its structure, its texts by language, its publication."""

    structure: bool = False
    languages: frozenset = frozenset()
    publishing: bool = False

    def __bool__(self):
        return self.structure or bool(self.languages)


def source_language(article):
    """The language that an article was written in: that of its oldest edition, or else of its first text."""
    if article.pk:
        if editions := sorted(article.editions.all(), key=lambda edition: edition.pk):
            return editions[0].language
    languages = [code for code, _name in settings.LANGUAGES]
    return next((code for code in languages if article.text("title", code)), settings.LANGUAGE_CODE)


def rights_of(user, article=None):
    """The rights of the user to the article, or to a new one."""
    languages = frozenset(code for code, _name in settings.LANGUAGES)
    if article is None or article.pk is None:
        allowed = user.has_perm("news.add_article")
        return Rights(allowed, languages if allowed else frozenset(), user.has_perm(PUBLISH))
    if not user.has_perm("news.change_article"):
        return Rights()
    if user.has_perm(PUBLISH):
        return Rights(True, languages, True)
    if user.has_perm("news.add_article") and article.created_by_id == user.pk:
        if all(edition.status not in PUBLIC for edition in article.editions.all()):
            return Rights(True, languages)
    if user.has_perm(TRANSLATE):
        own = frozenset(user.languages) or languages
        return Rights(False, (own & languages) - {source_language(article)})
    return Rights()


def save_edit(article, *, by):
    """Saves an editor's change of an article that exists: its version grows, so that nobody overwrites it unseen."""
    Article.objects.filter(pk=article.pk).update(version=F("version") + 1)
    article.version = Article.objects.values_list("version", flat=True).get(pk=article.pk)
    article.updated_by = by
    article.save()


def missing_for_publication(article, language):
    """What keeps the article's text in the language from being published: {field: message}."""
    missing = {}
    if not article.text("title", language).strip():
        missing["title"] = _("A published text needs a headline.")
    if not plain_text(article.text("body", language)):
        missing["body"] = _("A published text needs a body.")
    return missing


def may_become(edition, status, *, at=None):
    """A published edition whose hour has struck can't be a draft again: readers have seen it, it is withdrawn."""
    if status == edition.status:
        return True
    if edition.status == Status.PUBLISHED and status == Status.DRAFT:
        return not edition.is_published(at) and not edition.is_gone(at)
    return status in TRANSITIONS[edition.status]


def change_refused(edition, status, *, by=None, at=None):
    """Why the edition can't become ``status``, or None. ``by``: the user who wants it; None for the code itself."""
    if status == edition.status:
        return None
    if not may_become(edition, status, at=at):
        labels = {"before": edition.get_status_display(), "after": Status(status).label}
        if edition.status == Status.PUBLISHED and status == Status.DRAFT:
            return _("Readers have seen this text: it can be withdrawn, but it can't be a draft again.")
        return _("“%(before)s” can't become “%(after)s”.") % labels
    if by and {edition.status, status} & PUBLIC and not by.has_perm(PUBLISH):
        return _("Only an editor can publish or withdraw.")
    return None


def refuse(by):
    if by and not by.has_perm(PUBLISH):
        raise PermissionDenied(_("Only an editor can publish or withdraw."))


def publish(article, language, *, at=None, by=None):
    """Makes the text in the language public from ``at`` on (now, if not given). Returns the edition."""
    refuse(by)
    if missing := missing_for_publication(article, language):
        raise ValidationError(list(missing.values()))
    with transaction.atomic():
        edition, _created = Edition.objects.select_for_update().get_or_create(article=article, language=language)
        if not may_become(edition, Status.PUBLISHED):
            raise ValidationError(_("This edition can't be published now."))
        edition.status = Status.PUBLISHED
        edition.published_at = at or edition.published_at or timezone.now()
        edition.source_version = edition.source_version or article.version
        edition.save()
    article.__dict__.pop("edition", None)
    getattr(article, "_prefetched_objects_cache", {}).pop("editions", None)
    return edition


def withdraw(article, language, *, by=None):
    refuse(by)
    with transaction.atomic():
        edition = Edition.objects.select_for_update().get(article=article, language=language)
        if not may_become(edition, Status.WITHDRAWN):
            raise ValidationError(_("Only what is published can be withdrawn."))
        edition.status = Status.WITHDRAWN
        edition.save()
    return edition
