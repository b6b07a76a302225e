"""The decisions of moderators, on one comment or on many, in a constant number of queries."""

from django.db import transaction
from django.utils import timezone
from django_comments.models import Comment

from news import caching

from . import notices
from .models import Posting

MODERATE = "django_comments_xtd.change_xtdcomment"


def decide(comments, by, *, public=None, removed):
    """Sets what the comments are; readers' pages become stale once, where they showed or will show one of them."""
    with transaction.atomic():
        postings = list(
            Posting.objects.select_for_update(of=("self",))
            .filter(comment__in=[comment.pk for comment in comments])
            .select_related("comment")
            .order_by("pk")
        )
        changed = []
        for posting in postings:
            wanted = (posting.comment.is_public if public is None else public, removed)
            if (posting.comment.is_public, posting.comment.is_removed) != wanted:
                changed.append(posting)
        numbers = [posting.pk for posting in changed]
        stale = {posting.language for posting in changed if public or posting.comment.is_public}
        fields = {"is_removed": removed} | ({} if public is None else {"is_public": public})
        Comment.objects.filter(pk__in=numbers).update(**fields)
        Posting.objects.filter(pk__in=numbers).update(decided_at=timezone.now(), decided_by=by)
        if public and not removed:
            notices.queue(changed)
        if stale:
            caching.bump(*stale)
    return len(changed)


def approve(comments, by=None):
    """Readers see them from now on, and those who follow their threads are told."""
    return decide(comments, by, public=True, removed=False)


def reject(comments, by=None):
    """A held comment is never shown; a published one is withdrawn."""
    return decide(comments, by, removed=True)


def hold(comments, by=None):
    """Back to those that wait."""
    return decide(comments, by, public=False, removed=False)
