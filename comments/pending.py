"""A stranger's comment: kept, confirmed by mail, and only then a comment that waits for a moderator."""

import logging
from datetime import timedelta

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from . import closing, holding, mailed_links, outside, readers, tasks, threads
from .models import CONFIRM_SALT, CONFIRM_WITHIN, PendingComment, Posting

logger = logging.getLogger(__name__)

KEPT = timedelta(days=30)
TOO_MANY = gettext_lazy(
    "Too many comments came from your address or network in the last hour. Please send it again later."
)


class TooMany(Exception):  # noqa: N818 - no error: it can be sent again later
    """More comments than one reader writes in an hour."""


def accept(article, language, data, parent, ip, trapped=False, device=""):
    """Keeps the comment and has the link mailed. Returns (PendingComment, None), or (None, why not); its `on_its_way` tells
    whether the mail server has the link, or will be asked at once.

    The same comment sent again within the link's time is the same row: its mail is not sent a second time.
    """
    pending = PendingComment(
        article=article,
        language=language,
        parent=parent,
        name=data["name"],
        email=data["email"],
        text=data["text"],
        followup=data["followup"],
        trapped=trapped,
        ip=ip,
        network=readers.network_of(ip),
        domain=data["email"].rpartition("@")[2].lower(),
        device=device,
    )
    same = PendingComment.objects.filter(
        article=article,
        language=language,
        parent=parent,
        email=pending.email,
        text=pending.text,
        created_at__gt=timezone.now() - CONFIRM_WITHIN,
    )
    if found := same.first():
        pending = found
    elif readers.too_many_mails(pending):
        return None, TOO_MANY
    else:
        pending.save()
    pending.on_its_way = bool(pending.mailed_at or pending.confirmed_at)
    if not pending.on_its_way:
        pending.on_its_way = mailed_links.send(pending, tasks.mail_confirmation)
    return pending, None


def mail(pending):
    """Mails the link, without a word of the comment: nobody can make us mail their text to others."""
    return mailed_links.mail(
        pending,
        gettext_lazy("Please confirm your comment"),
        "email/comment_confirm.txt",
        title=pending.article.text("title", pending.language),
        own=pending.own_address(),
        hours=mailed_links.hours(CONFIRM_WITHIN),
    )


def mail_delayed():
    """Mails the links that a mail server did not take. Returns (mailed, failed)."""
    rows = PendingComment.objects.filter(confirmed_at=None, created_at__gt=timezone.now() - CONFIRM_WITHIN)
    rows = mailed_links.late(rows).select_related("article__section").prefetch_related("article__editions")
    return mailed_links.mail_all([row for row in rows.order_by("pk") if is_open(row)], mail)


def read_token(token):
    """The row that a mailed link names; signing.BadSignature or DoesNotExist."""
    number = signing.loads(token, salt=CONFIRM_SALT)
    return PendingComment.objects.select_related("article", "comment").get(pk=number)


def is_old(token):
    try:
        signing.loads(token, salt=CONFIRM_SALT, max_age=CONFIRM_WITHIN)
    except signing.SignatureExpired:
        return True
    return False


def is_open(pending):
    """What was written in time may be confirmed when the discussion has become too old meanwhile."""
    article, language = pending.article, pending.language
    return article.is_published(language) and not closing.closed(article, language, at=pending.created_at)


def confirm(pending):
    """Makes a comment of it, held or public, and returns it. None if that has happened before: also where a moderator
    has removed it since."""
    with transaction.atomic():
        row = PendingComment.objects.select_for_update().filter(pk=pending.pk).first()
        if row is None or row.confirmed_at:  # None: withdrawn this very moment
            return None
        public, reasons = holding.judge(row.text, row.language, row.email, row.ip, trapped=row.trapped)
        values = {
            "text": row.text,
            "name": row.name,
            "email": row.email,
            "followup": row.followup,
            "ip": row.ip,
            "public": public,
            "held_because": reasons,
        }
        try:
            row.comment = threads.post(row.article, row.language, parent=row.parent, **values)
        except ValidationError:  # what it answers went this very moment
            row.comment = threads.post(row.article, row.language, **values)
        Posting.objects.filter(pk=row.comment.pk).update(device=row.device, ticket=row.pk)
        outside.queue(row.comment)
        row.confirmed_at = timezone.now()
        row.save(update_fields=["comment", "confirmed_at"])
    return row.comment


def purge():
    """Forgets what nobody confirmed, and the copies of what somebody did, after 30 days. Returns how many."""
    return PendingComment.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
