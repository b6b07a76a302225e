"""Links that are mailed to strangers, and again where the mail server was away: each is a row with an ``address()``, a
``language``, an ``email`` and a ``mailed_at`` (PendingComment, AddressLink)."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

from news import outbox

logger = logging.getLogger(__name__)


SOON = timedelta(minutes=5)


def send(row, task):
    """Has the row mailed by `task`, beside the request where there is a worker: a slow mail server must not hold the threads
    that serve pages. Whether it is on its way; False where the mail server did not take it."""
    task.enqueue(row.pk)
    if settings.BACKGROUND_TASKS:
        return True
    row.refresh_from_db(fields=["mailed_at"])
    return bool(row.mailed_at)


def begun_before():
    """What is older is not being mailed right now."""
    return timezone.now() - (SOON if settings.BACKGROUND_TASKS else timedelta())


def late(rows):
    return rows.filter(mailed_at=None, created_at__lte=begun_before())


def is_late(row):
    return row.mailed_at is None and row.created_at <= begun_before()


def mail(row, subject, template, **context):
    """Mails the row's link in its language, and notes when. Whether the mail server took it."""
    with translation.override(row.language):
        message = EmailMessage(
            subject=str(subject),
            body=render_to_string(template, {"address": row.address(), **context}),
            to=[row.email],
            headers=outbox.headers(row),
        )
    try:
        message.send()
    except OSError:
        logger.exception("The mailed link of %s %s is delayed.", row._meta.model_name, row.pk)
        return False
    row.mailed_at = timezone.now()
    row.save(update_fields=["mailed_at"])
    return True


def mail_one(rows, number, mail):
    """Part of the background work; nothing where somebody else has mailed it, or it is gone."""
    row = rows.filter(pk=number, mailed_at=None).first()
    return bool(row and mail(row))


def mail_all(rows, mail):
    """Returns (mailed, failed)."""
    results = [mail(row) for row in rows]
    return results.count(True), results.count(False)


def hours(within):
    return int(within.total_seconds() // 3600)
