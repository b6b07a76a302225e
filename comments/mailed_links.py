"""Links that are mailed to strangers at once, and again where the mail server was away: each is a row with an
``address()``, a ``language``, an ``email`` and a ``mailed_at`` (PendingComment, AddressLink)."""

import logging

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

logger = logging.getLogger(__name__)


def mail(row, subject, template, **context):
    """Mails the row's link in its language, and notes when. Whether the mail server took it."""
    with translation.override(row.language):
        message = EmailMessage(
            subject=str(subject),
            body=render_to_string(template, {"address": row.address(), **context}),
            to=[row.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
    try:
        message.send()
    except OSError:
        logger.exception("The mailed link of %s %s is delayed.", row._meta.model_name, row.pk)
        return False
    row.mailed_at = timezone.now()
    row.save(update_fields=["mailed_at"])
    return True


def mail_all(rows, mail):
    """Returns (mailed, failed)."""
    results = [mail(row) for row in rows.order_by("pk")]
    return results.count(True), results.count(False)


def hours(within):
    return int(within.total_seconds() // 3600)
