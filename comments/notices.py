"""Mails to those who follow a thread: an outbox, so that a mail server that fails loses nothing."""

import logging
from datetime import timedelta
from email import policy as policies

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, mailers
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_comments_xtd.models import XtdComment

from .models import Notice

logger = logging.getLogger(__name__)

MUTE_SALT = "comments.mute"
ATTEMPTS = 10
CLAIM = timedelta(minutes=10)  # after that a sender that took a notice is taken for dead
AT_ONCE = 200


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
    threads = {}
    for thread, email, language in rows:
        threads.setdefault(thread, {})[email.lower()] = (email, language)
    made = [
        Notice(comment=posting.comment, email=email, language=language)
        for posting in answers
        for key, (email, language) in threads.get(posting.comment.thread_id, {}).items()
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


def send_waiting():
    """Sends what waits in the outbox, over one connection. Returns (sent, failed).

    Each notice is claimed first, so that two senders never send it twice; a mail server that refuses is asked again by
    the next run.
    """
    now = timezone.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM)
    waiting = Notice.objects.filter(free, sent_at=None, attempts__lt=ATTEMPTS)
    batch = list(waiting.select_related("comment__posting__article")[:AT_ONCE])
    if not batch:
        return 0, 0
    mailer = mailers.default
    sent = failed = 0
    try:
        mailer.open()
        for notice in batch:
            if not Notice.objects.filter(free, pk=notice.pk, sent_at=None).update(claimed_at=now):
                continue
            if not wanted(notice):
                notice.delete()
                continue
            try:
                mailer.send_messages([message(notice)])
            except OSError:
                logger.exception("Notice %s could not be mailed.", notice.pk)
                Notice.objects.filter(pk=notice.pk).update(claimed_at=None, attempts=F("attempts") + 1)
                failed += 1
            else:
                Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now())
                sent += 1
    except OSError:
        logger.exception("The mail server does not answer; %s notices wait.", len(batch) - sent)
        failed = len(batch) - sent
    finally:
        mailer.close()
    return sent, failed


def wanted(notice):
    """Still public, still read in that language, and still not muted."""
    comment = notice.comment
    return (
        comment.is_public
        and not comment.is_removed
        and comment.posting.article.is_published(comment.posting.language)
        and followers().filter(thread_id=comment.thread_id, user_email__iexact=notice.email).exists()
    )


class UnfoldedMessage(EmailMessage):
    """Headers stay in one line: Python would write a long address without a space as encoded words (RFC 2047), which
    mail programs don't read in List-Unsubscribe."""

    def message(self, *, policy=policies.default):
        return super().message(policy=policy.clone(max_line_length=998))


def message(notice):
    comment, article = notice.comment, notice.comment.posting.article
    mute = mute_address(comment.thread_id, notice.email, notice.language)
    with translation.override(notice.language):
        context = {
            "title": article.text("title", comment.posting.language),
            "name": comment.user_name,
            "text": comment.comment,
            "address": f"{settings.SITE_URL}{article.address(comment.posting.language)}#c{comment.pk}",
            "mute": mute,
        }
        return UnfoldedMessage(
            subject=_("A new answer: %(title)s") % {"title": " ".join(context["title"].split())},
            body=render_to_string("email/comment_notice.txt", context),
            to=[notice.email],
            headers={
                "List-Unsubscribe": f"<{mute}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
            },
        )


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
