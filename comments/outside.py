"""An outside spam service that speaks Akismet's interface, off by default: its opinion is one more reason to hold.

It is asked beside the reader's request (a row first, then a task, and a timer for what was interrupted). A comment that
all other rules would let through waits for the answer; a service that fails changes nothing: the other rules stand.
What moderators decide otherwise is told to it. The interface: https://akismet.com/developers/detailed-docs/
"""

import http.client
import logging
import urllib.request
from datetime import UTC
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_comments.models import Comment

from news import caching, outbox

from . import notices
from .models import Opinion, Posting, Verdict

logger = logging.getLogger(__name__)

Answer = Opinion.Answer
ASKED, SAID = "asked", "service"  # reasons for holding
TIMEOUT = 5  # seconds
MAX_BYTES = 1000
AT_ONCE = 200


class ServiceError(Exception):
    pass


def is_on():
    return bool(settings.SPAM_SERVICE_URL)


# The interface


def call(method, posting):
    """What the service answers to comment-check, submit-spam or submit-ham: a short text."""
    data = urlencode(described(posting)).encode()
    # S310: the address is a setting, whose scheme is checked there.
    request = urllib.request.Request(f"{settings.SPAM_SERVICE_URL}/1.1/{method}", data)  # noqa: S310
    request.add_header("User-Agent", f"InfoSCO/1.0 (+{settings.SITE_URL})")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            return response.read(MAX_BYTES).decode(errors="replace").strip()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ServiceError(str(error)) from error


def described(posting):
    """All that leaves the portal, as docs/operations.md says."""
    comment = posting.comment
    return {
        "api_key": settings.SPAM_SERVICE_KEY,
        "blog": settings.SITE_URL,
        "blog_lang": posting.language,
        "blog_charset": "UTF-8",
        "user_ip": comment.ip_address or "",
        "permalink": settings.SITE_URL + posting.article.address(posting.language),
        "comment_type": "reply" if comment.level else "comment",
        "comment_author": comment.user_name,
        "comment_author_email": comment.user_email,
        "comment_content": comment.comment,
        "comment_date_gmt": comment.submit_date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def check(posting):
    match call("comment-check", posting):
        case "true":
            return Answer.SPAM
        case "false":
            return Answer.HAM
        case other:  # "invalid": the key is wrong, or something is missing
            raise ServiceError(f"It answered {other[:100]!r}.")


# Asking


def queue(comment):
    """Part of the transaction that stores a comment, or its changed text: the service is asked after it."""
    from .tasks import ask_outside

    if is_on():
        anew = {"answer": "", "contradicted": "", "due_at": timezone.now(), "attempts": 0, "sent_at": None}
        Opinion.objects.update_or_create(posting_id=comment.pk, defaults=anew)
        transaction.on_commit(ask_outside.enqueue)


def work():
    """Asks about new comments, and tells the service what moderators think. Returns (asked, told, failed)."""
    asked = told = failed = 0
    rows = Opinion.objects.select_related("posting__comment", "posting__article")
    for _turn in range(AT_ONCE):
        claimed = outbox.claim(rows)
        if claimed is None:
            break
        (opinion,) = claimed
        try:
            if not is_on():
                raise ServiceError("It was switched off.")
            if opinion.answer:
                call(f"submit-{opinion.contradicted}", opinion.posting)
                opinion.sent_at = timezone.now()
                opinion.save(update_fields=["sent_at"])
                told += 1
                continue
            answer = check(opinion.posting)
            asked += 1
        except ServiceError as error:
            logger.warning("The spam service failed on comment %s: %s", opinion.posting_id, error)
            answer = Answer.FAILED
            failed += 1
        if not opinion.answer:
            settle(opinion, answer)
    return asked, told, failed


@transaction.atomic
def settle(opinion, answer):
    """Stores the answer, and shows or holds the comment, unless a moderator has decided meanwhile."""
    Opinion.objects.filter(pk=opinion.pk).update(answer=answer, sent_at=timezone.now(), attempts=0)
    posting = Posting.objects.select_for_update(of=("self",)).select_related("comment").get(pk=opinion.posting_id)
    reasons = [reason for reason in posting.held_because if reason[0] != ASKED]
    passes = reasons != posting.held_because and answer != Answer.SPAM
    posting.held_because = [*reasons, [SAID]] if answer == Answer.SPAM else reasons
    posting.save(update_fields=["held_because"])
    waiting = Comment.objects.filter(pk=posting.pk, is_public=False, is_removed=False)
    if passes and not posting.decisions.filter(by_writer=False).exists() and waiting.update(is_public=True):
        posting.comment.is_public = True
        notices.queue([posting])
        caching.bump(posting.language)


# Telling


def contradict(postings):
    """What moderators have decided on the postings, with their `verdict`: where the service thought otherwise, it is told."""
    for verdict, thought, told in (
        (Verdict.APPROVED, Answer.SPAM, Answer.HAM),
        (Verdict.SPAM, Answer.HAM, Answer.SPAM),
    ):
        numbers = [posting.pk for posting in postings if posting.verdict == verdict]
        if numbers:
            Opinion.objects.filter(posting__in=numbers, answer=thought).exclude(contradicted=told).update(
                contradicted=told, due_at=timezone.now(), attempts=0, sent_at=None
            )
