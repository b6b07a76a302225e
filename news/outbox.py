"""Letters are rows first and are sent then, so that nothing is lost while the mail server is away or a process is killed.

A table that is an outbox has `due_at`, `attempts` and `sent_at`. Whoever sends a row claims it first: one attempt more,
and due again only after a pause that doubles each time. So two senders never send it twice at once, and one that is
killed in the middle delays it.
"""

import logging
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core.mail import mailers
from django.db import transaction
from django.db.models import Case, DateTimeField, F, Value, When
from django.utils import timezone

logger = logging.getLogger(__name__)

AT_ONCE = 200
ATTEMPTS = 10
PAUSE = timedelta(minutes=5)  # longer than a letter can take; the tenth attempt is two days after the first


def due(rows):
    return rows.filter(sent_at=None, due_at__lte=timezone.now(), attempts__lt=ATTEMPTS)


def send(rows, message, *, wanted=lambda row: True, together=None):
    """Sends what is due of the rows, over one connection. Returns (sent, failed).

    `message(letter)` makes the mail of a letter, a list of rows. `wanted(row)`: rows of which nobody wants to hear any more
    are deleted. `together(row)`: a query for the rows that one letter with it is made of, or none where it must wait.
    """
    sent = failed = 0
    if not due(rows).exists():
        return sent, failed
    mailer = mailers.default
    try:
        while sent + failed < AT_ONCE:
            mailer.open()  # first: while nobody answers, no attempt is used up
            letter = claim(rows, together)
            if letter is None:
                break
            if letter := sift(letter, wanted):
                if deliver(mailer, letter, message):
                    sent += 1
                else:
                    failed += 1
    except OSError:
        waiting = due(rows).count()
        logger.exception("The mail server does not answer; %s letters wait.", waiting)
        failed += waiting
    finally:
        close(mailer)
    return sent, failed


def claim(rows, together=None):
    """The rows of the next letter, which are this sender's now; [] where a letter has to wait, None where none is due."""
    with transaction.atomic():
        waiting = due(rows).order_by("pk")
        if together:
            # Only its letter's rows are locked, after what `together` locks: a sender that waits for that holds none of them.
            row = waiting.first()
            letter = list(together(row).select_for_update(of=("self",)).order_by("pk")) if row else None
        else:
            letter = list(waiting.select_for_update(skip_locked=True, of=("self",))[:1]) or None
        if letter is None:
            return None
        postpone(rows.model, letter)
    return letter


def postpone(model, claimed):
    """Counts an attempt: the rows are due again after a pause, should it come to nothing."""
    now = timezone.now()
    pauses = [When(attempts=number, then=Value(now + PAUSE * 2**number)) for number in range(ATTEMPTS)]
    model.objects.filter(pk__in=[row.pk for row in claimed]).update(
        attempts=F("attempts") + 1, due_at=Case(*pauses, output_field=DateTimeField())
    )


def sift(letter, wanted):
    kept = [row for row in letter if wanted(row)]
    for row in letter:
        if row not in kept:
            row.delete()
    return kept


def deliver(mailer, letter, message):
    first, last = letter[0], letter[-1]
    name = first._meta.model_name
    try:
        mail = message(letter)
        mail.extra_headers |= headers(first, last)
        mailer.send_messages([mail])
    except Exception:
        logger.exception("The letter of %s %s could not be mailed.", name, first.pk)
        close(mailer)  # a connection that broke off is opened anew
        return False
    type(first).objects.filter(pk__in=[row.pk for row in letter]).update(sent_at=timezone.now())
    return True


def headers(*rows):
    """Of a letter that is made of these rows: the same at each attempt, so that a mail program shows it once, also where its
    sender was killed; and without the name that our machine has inside."""
    numbers = "-".join(str(row.pk) for row in rows)
    return {
        "Message-ID": f"<{rows[0]._meta.model_name}-{numbers}@{settings.SITE_HOST}>",
        "Auto-Submitted": "auto-generated",
    }


def close(mailer):
    with suppress(OSError):
        mailer.close()
