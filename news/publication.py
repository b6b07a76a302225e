"""The workflow of an edition: what may become what, and by whom."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from . import checks, proof
from .models import Article, Edition

Status = Edition.Status
DRAFT, REVIEW, READY, PUBLISHED, WITHDRAWN = Status
SCHEDULED = Edition.SCHEDULED
PUBLIC = {READY, PUBLISHED, WITHDRAWN}  # readers have seen it, or will without anybody's doing

# Who may make a step: who may write the text in that language, or who may publish.
WRITER, PUBLISHER = "writer", "publisher"
# Every step that there is, by stages (Edition.stage), and who may make it. Whatever is not here is refused.
TRANSITIONS = {
    (DRAFT, REVIEW): WRITER,
    (REVIEW, DRAFT): WRITER,
    # Ready: it waits for the article's other languages, and goes out with the last of them.
    (DRAFT, READY): PUBLISHER,
    (REVIEW, READY): PUBLISHER,
    (READY, DRAFT): PUBLISHER,
    (READY, REVIEW): PUBLISHER,
    (READY, SCHEDULED): PUBLISHER,
    (READY, PUBLISHED): PUBLISHER,
    (DRAFT, SCHEDULED): PUBLISHER,
    (DRAFT, PUBLISHED): PUBLISHER,
    (REVIEW, SCHEDULED): PUBLISHER,
    (REVIEW, PUBLISHED): PUBLISHER,
    # Nobody has seen what is scheduled: it may go back.
    (SCHEDULED, DRAFT): PUBLISHER,
    (SCHEDULED, REVIEW): PUBLISHER,
    (SCHEDULED, PUBLISHED): PUBLISHER,
    # What readers have seen is public or withdrawn for ever.
    (PUBLISHED, WITHDRAWN): PUBLISHER,
    (WITHDRAWN, PUBLISHED): PUBLISHER,
    (WITHDRAWN, SCHEDULED): PUBLISHER,
}

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
    proof.queue(article)


def note_edit(pk, *, by):
    """An article of which a step was made, and no text: nobody else's save is overwritten by that."""
    with transaction.atomic():
        save_edit(Article.objects.select_for_update().get(pk=pk), by=by)


def sees_all(user):
    """Reporters see their own articles; whoever else works on articles sees all."""
    return user.has_perm(PUBLISH) or user.has_perm(TRANSLATE) or not user.has_perm("news.add_article")


def may_see(user, article):
    if not (user.has_perm("news.view_article") or user.has_perm("news.change_article")):
        return False
    return sees_all(user) or article.created_by_id == user.pk


def missing_for_publication(article, language):
    """What keeps the article's text in the language from being shown at all: {field: message}. See news/checks.py."""
    return checks.essential(language, {name: article.text(name, language) for name in ("title", "body")})


def why_not(before, after):
    """Why there is no such step between the stages; None where there is one."""
    if before == after or (before, after) in TRANSITIONS:
        return None
    if before == PUBLISHED:
        return _("Readers have seen this text: it can be withdrawn, but it can't be hidden or become a draft again.")
    if before == WITHDRAWN:
        return _("Readers have seen this text: it stays withdrawn until it is published again.")
    if after == WITHDRAWN:
        return _("Readers have not seen this text: it can be a draft again, but there is nothing to withdraw.")
    return _("“%(before)s” can't become “%(after)s”.") % {"before": stage_name(before), "after": stage_name(after)}


def stage_name(stage):
    return _("scheduled") if stage == SCHEDULED else Status(stage).label


def change_refused(edition, status, *, by=None, at=None, **dates):
    """Why the edition can't become ``status``, or None. ``by``: the user who wants it; None for the code itself.

    ``dates``: published_at and unpublish_at, where they are to be others. Without them it is enough that some would do.
    """
    at = at or timezone.now()
    before = edition.stage(at)
    if status != PUBLISHED:
        afters = [status]
    elif dates:
        wanted = {name: getattr(edition, name) for name in ("published_at", "unpublish_at")} | dates
        afters = [Edition(status=status, **wanted).stage(at)]
        if before == PUBLISHED and afters == [WITHDRAWN]:
            afters = [PUBLISHED]  # its end is moved to a moment that has passed: that is how it is withdrawn by date
    else:
        afters = [before] if edition.status == PUBLISHED else [PUBLISHED, SCHEDULED]
    refusals = [why_not(before, after) for after in afters]
    if all(refusals):
        return refusals[0]
    if by is None or (status == edition.status and not dates_differ(edition, dates)):
        return None
    needed = {TRANSITIONS.get((before, after), PUBLISHER) for after in afters}
    if dates_differ(edition, dates):
        needed.add(PUBLISHER)
    if PUBLISHER in needed and not by.has_perm(PUBLISH):
        return _("Only an editor can publish or withdraw.")
    if WRITER in needed and edition.language not in rights_of(by, edition.article).languages:
        return _("This text is not yours to hand in.")
    return None


def dates_differ(edition, dates):
    return any(getattr(edition, name) != value for name, value in dates.items())


def check_step(edition, before):
    """What ``Edition.save`` asks, whoever saves: is there such a step from how the row was?"""
    now = timezone.now()
    stages = before.stage(now), edition.stage(now)
    if stages == (PUBLISHED, WITHDRAWN) and edition.status == PUBLISHED:
        return
    if refused := why_not(*stages):
        raise ValidationError(refused)


def refuse(by):
    if by and not by.has_perm(PUBLISH):
        raise PermissionDenied(_("Only an editor can publish or withdraw."))


def publish(article, language, *, at=None, by=None, seen=()):
    """Makes the text in the language public from ``at`` on (now, if not given), or as soon as the languages that it
    goes out with are ready. Returns the edition; raises ValidationError where there is no text or no such step, and
    checks.Objection where a check stands against it; ``seen``: the warnings that ``by`` has seen."""
    refuse(by)
    checks.demand(article, language, seen=seen, ask=by is not None, at=at)
    with transaction.atomic():
        edition, _created = Edition.objects.select_for_update().get_or_create(article=article, language=language)
        now = timezone.now()
        edition.status = READY if waits_in_group(article, edition) else PUBLISHED
        edition.published_at = at or edition.published_at or now
        if edition.unpublish_at and edition.unpublish_at <= max(now, edition.published_at):
            edition.unpublish_at = None
        edition.source_version = edition.source_version or article.version
        edition.save()
        settle(article)
        if edition.status == READY:
            edition.refresh_from_db()
        proof.queue(article)
    article.__dict__.pop("edition", None)
    getattr(article, "_prefetched_objects_cache", {}).pop("editions", None)
    return edition


def withdraw(article, language, *, by=None, reason=None):
    """Takes away what readers see; what they have not seen yet (scheduled, ready) is a draft again.

    ``reason``: a sentence that readers find in its place, in their language."""
    refuse(by)
    with transaction.atomic():
        edition = Edition.objects.select_for_update().get(article=article, language=language)
        if edition.stage() not in {PUBLISHED, WITHDRAWN, SCHEDULED, READY}:
            raise ValidationError(_("Only what is published can be withdrawn."))
        edition.status = DRAFT if edition.stage() in {SCHEDULED, READY} else WITHDRAWN
        if reason is not None:
            edition.withdrawal_reason = reason
        edition.save()
        proof.queue(article)
    return edition


def readers_have_seen(article):
    """Whether its address has been public in some language: it can be withdrawn, and is not deleted any more."""
    return any(edition.stage() in {PUBLISHED, WITHDRAWN} for edition in article.editions.all())


# Languages that go out together


def waits_in_group(article, edition):
    """Is this one of the languages that go out together, and not out yet?"""
    return edition.language in article.together and edition.stage() not in {SCHEDULED, PUBLISHED, WITHDRAWN}


def waiting_for(article, editions=None):
    """The languages that others, which are ready, wait for."""
    editions = article.editions.all() if editions is None else editions
    ready = {edition.language for edition in editions if edition.status in PUBLIC}
    return [code for code in article.together if code not in ready or missing_for_publication(article, code)]


def settle(article):
    """Publishes what is ready as soon as its group is whole, at one moment: the latest that was asked for."""
    with transaction.atomic():
        editions = list(Edition.objects.select_for_update().filter(article=article).order_by("pk"))
        ready = [edition for edition in editions if edition.status == READY]
        for edition in [edition for edition in ready if edition.language not in article.together]:
            edition.status = REVIEW  # it was taken out of the group: an editor decides anew
            edition.save()
            ready.remove(edition)
        if not ready or waiting_for(article, editions):
            return
        moment = max([timezone.now(), *(edition.published_at for edition in ready if edition.published_at)])
        for edition in ready:
            edition.status, edition.published_at = PUBLISHED, moment
            if edition.unpublish_at and edition.unpublish_at <= moment:
                edition.unpublish_at = None  # it would have been over before the last language was ready
            edition.source_version = edition.source_version or article.version
            edition.save()
