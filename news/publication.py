"""The workflow of an edition: what may become what."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Edition
from .richtext import plain_text

Status = Edition.Status
TRANSITIONS = {
    Status.DRAFT: {Status.REVIEW, Status.PUBLISHED},
    Status.REVIEW: {Status.DRAFT, Status.PUBLISHED},
    Status.PUBLISHED: {Status.WITHDRAWN, Status.DRAFT},
    Status.WITHDRAWN: {Status.PUBLISHED, Status.DRAFT},
}


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


def publish(article, language, *, at=None, by=None):
    """Makes the text in the language public from ``at`` on (now, if not given). Returns the edition."""
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
    with transaction.atomic():
        edition = Edition.objects.select_for_update().get(article=article, language=language)
        if not may_become(edition, Status.WITHDRAWN):
            raise ValidationError(_("Only what is published can be withdrawn."))
        edition.status = Status.WITHDRAWN
        edition.save()
    return edition
