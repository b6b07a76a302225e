"""Mails to those who follow a thread, and to writers whose comments were rejected (news.outbox)."""

from datetime import timedelta
from email import policy as policies

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Max, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_comments_xtd.models import XtdComment

from news import outbox
from news.models import column

from . import threads
from .models import Decision, Notice, Posting, Verdict

MUTE_SALT = "comments.mute"
AT_ONCE = 200
APART = timedelta(hours=1)  # a reader gets a mail about a thread at most so often
REJECTIONS_AFTER = timedelta(minutes=10)  # a moderator may think again


def queue(postings):
    """A notice to each follower of the threads that these public comments have joined; two queries for any number."""
    answers = [posting for posting in postings if posting.comment.level]
    if not answers:
        return
    rows = (
        followers()
        .filter(thread_id__in={posting.comment.thread_id for posting in answers})
        .order_by("pk")
        .values_list("thread_id", "user_email", "posting__language")
    )
    whom = {}
    for thread, email, language in rows:
        whom.setdefault(thread, {})[email.lower()] = (email, language)
    made = [
        Notice(comment=posting.comment, email=email, language=language)
        for posting in answers
        for key, (email, language) in whom.get(posting.comment.thread_id, {}).items()
        if key != posting.comment.user_email.lower()
    ]
    if made:
        from .tasks import send_waiting_notices

        Notice.objects.bulk_create(made, ignore_conflicts=True)
        transaction.on_commit(send_waiting_notices.enqueue)


def followers():
    """Comments whose writers want to know of answers in the thread."""
    rows = XtdComment.norel_objects.filter(followup=True, is_public=True, is_removed=False)
    return rows.exclude(user_email="").exclude(posting=None)


@transaction.atomic
def spread():
    """Makes notices of decisions that somebody is to be told of, unless another decision has followed them."""
    now = timezone.now()
    waiting = Decision.objects.select_for_update().filter(announced=False)
    due = waiting.filter(Q(verdict=Verdict.APPROVED) | Q(decided_at__lte=now - REJECTIONS_AFTER))
    decisions = {decision.pk: decision for decision in due.order_by("pk")[:AT_ONCE]}
    if not decisions:
        return
    postings = Posting.objects.filter(pk__in={decision.posting_id for decision in decisions.values()})
    standing = {posting.pk: posting for posting in postings.with_last_decision().select_related("comment")}
    last = [d for d in decisions.values() if standing[d.posting_id].turn == d.number]
    queue([standing[d.posting_id] for d in last if d.verdict == Verdict.APPROVED])
    rejected = [(d.reason_id, standing[d.posting_id]) for d in last if d.reason_id]
    Notice.objects.bulk_create(
        (
            Notice(comment=row.comment, email=row.comment.user_email, language=row.language, reason_id=reason)
            for reason, row in rejected
            if row.comment.user_email
        ),
        ignore_conflicts=True,
    )
    Decision.objects.filter(pk__in=decisions).update(announced=True)


def send_waiting():
    """Sends what waits in the outbox. Returns (sent, failed)."""
    spread()
    rows = Notice.objects.select_related("comment__posting__article", "reason")
    return outbox.send(rows, message, wanted=wanted, together=together)


def together(notice):
    """The answers in the same thread that this reader is to be told of: one letter; none while the last one is too new."""
    same = Notice.objects.select_related("comment__posting__article", "reason")
    if notice.reason_id:
        return outbox.due(same.filter(pk=notice.pk))
    thread = notice.comment.thread_id
    list(XtdComment.norel_objects.select_for_update().filter(pk=thread))  # one sender after the other
    same = same.filter(reason=None, comment__thread_id=thread, email__iexact=notice.email)
    now = timezone.now()
    last = same.aggregate(
        sent=Max("sent_at", filter=Q(sent_at__gt=now - APART)),
        tried=Max("due_at", filter=Q(sent_at=None, attempts__gt=0, due_at__gt=now)),
    )
    moments = [last["sent"] and last["sent"] + APART, last["tried"]]
    if any(moments):
        outbox.due(same).update(due_at=max(filter(None, moments)))
        return same.none()
    return outbox.due(same)


def wanted(notice):
    """Still shown, still read in that language, and still not muted; or still rejected."""
    comment = notice.comment
    if notice.reason:  # not if it was taken back or turned out to be spam
        return Posting.objects.with_last_decision().filter(pk=comment.pk, verdict=Verdict.REJECTED).exists()
    return (
        threads.readable().filter(pk=comment.pk).exists()  # what it answers may be held again
        and comment.posting.article.is_published(comment.posting.language)
        and followers().filter(thread_id=comment.thread_id, user_email__iexact=notice.email).exists()
    )


class UnfoldedMessage(EmailMessage):
    """Headers stay in one line: Python would write a long address without a space as encoded words (RFC 2047), which
    mail programs don't read in List-Unsubscribe."""

    def message(self, *, policy=policies.default):
        return super().message(policy=policy.clone(max_line_length=998))


def message(letter):
    return rejection(letter[0]) if letter[0].reason else answers(letter)


def rejection(notice):
    comment, article = notice.comment, notice.comment.posting.article
    with translation.override(notice.language):
        context = {
            # What a story that is not on the site is called now, readers don't know.
            "title": article.text("title", notice.language) if article.is_published(notice.language) else "",
            "name": comment.user_name,
            "reason": getattr(notice.reason, column("text", notice.language)),
            "text": comment.comment,
            "was_public": comment.is_public,
        }
        return EmailMessage(
            subject=_("Your comment on InfoSCO"),
            body=render_to_string("email/comment_rejected.txt", context),
            to=[notice.email],
        )


def answers(letter):
    """In the language of the receiver's own comment; an answer in another one says so."""
    notice = letter[-1]
    posting = notice.comment.posting
    mute = mute_address(notice.comment.thread_id, notice.email, notice.language)
    with translation.override(notice.language):
        shown = notice.language if posting.article.is_published(notice.language) else posting.language
        title = " ".join(posting.article.text("title", shown).split())
        subject = ngettext("A new answer: %(title)s", "%(number)s new answers: %(title)s", len(letter))
        context = {
            "title": title,
            "answers": [described(row, shown) for row in letter],
            "mute": mute,
        }
        return UnfoldedMessage(
            subject=subject % {"title": title, "number": len(letter)},
            body=render_to_string("email/comment_notice.txt", context),
            to=[notice.email],
            headers={"List-Unsubscribe": f"<{mute}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        )


def described(notice, shown):
    comment, language = notice.comment, notice.comment.posting.language
    return {
        "name": comment.user_name,
        "text": comment.comment,
        "language": "" if language == notice.language else dict(settings.LANGUAGES)[language],
        "address": settings.SITE_URL + threads.permalink(comment.pk, shown),
    }


# Muting: the link names the thread and, without telling it, the address.


def digest(email):
    return salted_hmac(MUTE_SALT, email.lower(), algorithm="sha256").hexdigest()[:20]


def mute_address(thread, email, language):
    with translation.override(language):
        token = signing.dumps([thread, digest(email)], salt=MUTE_SALT)
        return settings.SITE_URL + reverse("comments:mute", args=[token])


def read_mute_token(token):
    """(thread, digest); signing.BadSignature where it is not ours. Such a link never becomes old."""
    return signing.loads(token, salt=MUTE_SALT)


def mute(thread, whose):
    """No more notices of the thread to the address with that digest; again and again is the same."""
    rows = XtdComment.norel_objects.filter(thread_id=thread, followup=True).values_list("pk", "user_email")
    numbers = [number for number, email in rows if digest(email) == whose]
    return XtdComment.norel_objects.filter(pk__in=numbers).update(followup=False)
