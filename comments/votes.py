"""What readers say of a comment by a button: that they agree, or that it should not stand."""

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from .models import CommentReport, CommentVote

AN_HOUR = 60  # votes from one address, and of these for one comment:
FOR_ONE = 10


def give(comment, device):
    """Whatever comes how often and at once from a device is one vote; the database sees to it."""
    CommentVote.objects.bulk_create([CommentVote(comment=comment, device=device)], ignore_conflicts=True)


def withdraw(comment, device):
    CommentVote.objects.filter(comment=comment, device=device).delete()


def standing(comment, device):
    """(how many agree, whether the device does)."""
    votes = CommentVote.objects.filter(comment=comment)
    return votes.count(), votes.filter(device=device).exists()


def numbers(of=CommentVote, **which):
    """How many there are of each comment of a query, as an expression."""
    rows = of.objects.filter(comment=OuterRef("pk"), **which).order_by().values("comment").annotate(number=Count("pk"))
    return Coalesce(Subquery(rows.values("number")), 0)


def report(comment, device, ip_hash, reason):
    row = CommentReport(comment=comment, device=device, ip_hash=ip_hash, reason=reason)
    CommentReport.objects.bulk_create([row], ignore_conflicts=True)


def settle(comments, by):
    """A moderator has looked at what was reported of them, and they stand. Returns how many reports that were."""
    waiting = CommentReport.objects.filter(comment__in=comments, settled_at=None)
    return waiting.update(settled_at=timezone.now(), settled_by=by)
