"""What writers may do with their own comments: see how they stand, change them for ten minutes, withdraw them.

Changing and withdrawing are entries of the moderators' log (`Decision.by_writer`), so that a writer and a moderator, or
a writer in two windows, never undo each other's work unseen: the database takes one decision of each number.
"""

from datetime import timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, Q
from django.utils import timezone
from django_comments_xtd.models import XtdComment

from news.languages import html_lang
from news.models import column
from news.scripts import lang_of

from . import bayes, devices, holding, mailed_links, moderation, outside, threads
from .models import CONFIRM_WITHIN, OWN_SALT, Decision, PendingComment, Posting, Verdict

EDIT_WITHIN = timedelta(minutes=10)
EDITS = 20  # of one comment
REMOVED = {Verdict.REJECTED, Verdict.SPAM}


class Refused(Exception):  # noqa: N818 - no error: it can't be done any more, or not as it was seen
    """`why`: late, decided, changed, often. With "changed" the same can be sent again, on what stands now."""

    def __init__(self, why):
        super().__init__(why)
        self.why = why


# Finding


def postings():
    rows = Posting.objects.with_last_decision().select_related("comment")
    return rows.prefetch_related(Prefetch("article", threads.articles()))


def of_device(request):
    """(what waits for its confirmation, postings) that were written on this device or by this user; newest first."""
    device, user = devices.device_of(request), request.user
    rule = Q(device=device) if device else Q(pk=None)
    pending = PendingComment.objects.filter(rule, confirmed_at=None).prefetch_related(
        Prefetch("article", threads.articles())
    )
    if user.is_authenticated:
        rule |= Q(comment__user=user)
    return pending.order_by("-pk"), postings().filter(rule).order_by("-pk")


def by_token(token):
    """The Posting or the PendingComment that a mailed link names; None where it is gone, BadSignature where it is not ours."""
    number = signing.loads(token, salt=OWN_SALT)
    rows = PendingComment.objects.filter(pk=number, confirmed_at=None)
    return (
        postings().filter(ticket=number).first()
        or rows.prefetch_related(Prefetch("article", threads.articles())).first()
    )


# How they stand


def describe(rows):
    """What a page tells of Postings and PendingComments, as attributes of each; one query for the reasons of all."""
    rejected = [row.pk for row in rows if isinstance(row, Posting) and row.verdict == Verdict.REJECTED]
    log = Decision.objects.filter(posting__in=rejected, verdict=Verdict.REJECTED).select_related("reason")
    reasons = {decision.posting_id: decision.reason for decision in log.order_by("number")} if rejected else {}
    for row in rows:
        waits = isinstance(row, PendingComment)
        row.words = row.text if waits else row.comment.comment
        row.written_at = row.created_at if waits else row.comment.submit_date
        row.lang = html_lang(row.language)
        row.text_lang = lang_of(row.words, row.language) or row.lang
        row.title = row.article.text("title", row.language) if row.article.is_published(row.language) else ""
        row.place = threads.permalink(row.pk, row.language) if row.title and not waits else ""
        row.editable = not waits and is_editable(row)
        row.withdrawable = waits or row.verdict not in {*REMOVED, Verdict.WITHDRAWN}
        if waits:
            late = row.created_at <= timezone.now() - CONFIRM_WITHIN
            row.standing = "expired" if late else "delayed" if mailed_links.is_late(row) else "unconfirmed"
        else:
            row.standing = {Verdict.APPROVED: "published", Verdict.WAITING: "held"}.get(row.verdict, row.verdict)
            row.until = row.comment.submit_date + EDIT_WITHIN
            row.state = str(moderation.State.of(row))
            if reason := reasons.get(row.pk):
                row.why = getattr(reason, column("text", row.language))
    return rows


def is_editable(posting, at=None):
    """Until ten minutes have passed, to the second, and while nobody has turned it down."""
    early = (at or timezone.now()) < posting.comment.submit_date + EDIT_WITHIN
    return early and posting.verdict in {Verdict.WAITING, Verdict.APPROVED}


# Changing and withdrawing


def edit(posting, seen, text, ip, *, vouched):
    """Puts the text in the place of the old one, which stays in the log, under the rules for new comments.

    `seen`: how the comment stood on the page (moderation.State) when its writer began. Raises Refused.
    """
    comment, now = posting.comment, timezone.now()
    if posting.verdict in {*REMOVED, Verdict.WITHDRAWN}:
        raise Refused("decided")
    if not is_editable(posting, now):
        raise Refused("late")
    if seen != moderation.State.of(posting):
        raise Refused("changed")
    if text == comment.comment:
        return
    if len(posting.earlier) >= EDITS:
        raise Refused("often")
    public, reasons = holding.judge(text, posting.language, posting.author, ip, instead_of=posting, vouched=vouched)
    if comment.user and comment.user.has_perm(moderation.MODERATE):
        public, reasons = True, []
    try:
        with transaction.atomic():
            bayes.unlearn(posting)
            moderation.write([seen], Verdict.APPROVED if public else Verdict.WAITING, None, by_writer=True)
            XtdComment.norel_objects.filter(pk=posting.pk).update(comment=text)
            Posting.objects.filter(pk=posting.pk).update(
                earlier=[*posting.earlier, [now.isoformat(), comment.comment]],
                edited_at=now,
                fingerprint=holding.fingerprint(text),
                held_because=reasons,
                learned=posting.learned,
            )
            outside.queue(comment)
    except (moderation.Stale, IntegrityError):
        raise Refused("changed") from None


def withdraw(row):
    """At any time, whatever stands; raises Refused where a moderator has turned it down before."""
    if isinstance(row, PendingComment):
        with transaction.atomic():
            if PendingComment.objects.filter(pk=row.pk, confirmed_at=None).delete()[0]:
                return
        row = Posting.objects.filter(ticket=row.pk).first()  # it has been confirmed this very moment
        if row is None:
            return
    for attempt in range(3):
        state = next(iter(moderation.states([row.pk])), None)
        if state is None or state.verdict == Verdict.WITHDRAWN:
            return
        if state.verdict in REMOVED:
            raise Refused("decided")
        try:
            with transaction.atomic():
                moderation.write([state], Verdict.WITHDRAWN, None, by_writer=True)
                Posting.objects.filter(pk=row.pk).update(withdrawn_at=timezone.now())
                XtdComment.norel_objects.filter(pk=row.pk).update(followup=False)
            return
        except (moderation.Stale, IntegrityError):
            if attempt == 2:
                raise
