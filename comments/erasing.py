"""What an address has written: listed, handed out and erased for whoever proves by a mailed link that it is theirs; and
what is forgotten by itself after a time."""

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core import signing
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_comments_xtd.models import XtdComment

from news import caching

from . import devices, mailed_links, own, readers, tasks, threads
from .models import (
    MINE_SALT,
    AddressLink,
    Ban,
    CommentReport,
    CommentVote,
    Decision,
    Notice,
    PendingComment,
    Posting,
    Remembered,
    TrustedWriter,
    TypoAnswer,
    TypoReport,
    erased_values,
)

logger = logging.getLogger(__name__)

LINK_WITHIN = timedelta(hours=24)
BATCH = 500

# The link


def ask(email, language, ip):
    """Has the link mailed, whatever the address has written or not. Returns the AddressLink; None where it is one too many."""
    email = email.lower()
    network, domain = readers.network_of(ip), email.rpartition("@")[2]
    link = AddressLink(email=email, network=network, domain=domain, language=language)
    if readers.too_many_mails(link):
        return None
    link.save()
    link.on_its_way = mailed_links.send(link, tasks.mail_address_link)
    return link


def mail(link):
    subject = gettext_lazy("What you have written on InfoSCO")
    return mailed_links.mail(link, subject, "email/comments_mine.txt", hours=mailed_links.hours(LINK_WITHIN))


def mail_delayed():
    """Mails the links that a mail server did not take. Returns (mailed, failed)."""
    rows = AddressLink.objects.filter(used_at=None, created_at__gt=timezone.now() - LINK_WITHIN)
    return mailed_links.mail_all(mailed_links.late(rows).order_by("pk"), mail)


def read_token(token):
    """The AddressLink; signing.SignatureExpired, signing.BadSignature or DoesNotExist."""
    return AddressLink.objects.get(pk=signing.loads(token, salt=MINE_SALT, max_age=LINK_WITHIN))


# What there is


def written(email):
    """(Postings, PendingComments, TypoReports) of the address; newest first."""
    return (
        own.postings().filter(author=email).order_by("-pk"),
        PendingComment.objects.filter(email__iexact=email, confirmed_at=None)
        .prefetch_related(models.Prefetch("article", threads.articles()))
        .order_by("-pk"),
        TypoReport.objects.filter(reporter_email__iexact=email).order_by("-pk"),
    )


def export(email):
    """All that is stored of the address, for json.dumps."""
    postings, pending, typos = written(email)
    comments = [
        {
            "text": row.words,
            "name": row.comment.user_name,
            "written": row.written_at,
            "language": row.language,
            "article": row.title,
            "address": settings.SITE_URL + row.place if row.place else "",
            "standing": row.standing,
            "reason": getattr(row, "why", ""),
            "edited": row.edited_at,
            "earlier": [{"until": until, "text": text} for until, text in row.earlier],
            "ip_address": row.comment.ip_address,
            "network": row.network,
            "told_of_answers": row.comment.followup,
        }
        for row in own.describe(list(postings))
    ]
    unconfirmed = [
        {"text": row.text, "name": row.name, "written": row.created_at, "language": row.language, "ip_address": row.ip}
        for row in pending
    ]
    typo_reports = [
        {
            "quote": row.quote,
            "correction": row.correction,
            "remark": row.remark,
            "name": row.reporter_name,
            "sent": row.created_at,
            "language": row.language,
            "status": row.status,
        }
        for row in typos
    ]
    return {
        "address": email,
        "made": timezone.now(),
        "comments": comments,
        "unconfirmed": unconfirmed,
        "typo_reports": typo_reports,
        "remembered": list(Remembered.objects.filter(email=email).values("name", "confirmed_at", "used_at")),
    }


# Erasing


@transaction.atomic
def erase(link):
    """Erases all that the link's address has written. Returns how many comments it found; None where that has happened before.

    What is to be confirmed goes first: a confirmation that runs meanwhile has either made its comment, which is found
    below, or finds nothing to confirm.
    """
    link = AddressLink.objects.select_for_update().filter(pk=link.pk, used_at=None).first()
    if link is None:
        return None
    email = link.email
    PendingComment.objects.filter(email__iexact=email).delete()
    theirs = Posting.objects.filter(Q(author=email) | Q(comment__user_email__iexact=email))
    number = strike(list(theirs.values_list("pk", flat=True)))
    Notice.objects.filter(email__iexact=email).delete()
    TypoAnswer.objects.filter(email__iexact=email).delete()
    reports = TypoReport.objects.filter(reporter_email__iexact=email)
    reports.filter(status=TypoReport.Status.NEW, correction="").delete()  # nothing is left of it without the remark
    reports.update(reporter_email="", reporter_name="", remark="", ip_hash="")
    Remembered.objects.filter(email=email).delete()
    TrustedWriter.objects.filter(email=email).delete()
    Ban.objects.filter(kind=Ban.Kind.EMAIL, value=email).update(value=erased_values(email)[0])
    LogEntry.objects.filter(object_repr__icontains=email).update(object_repr="…")
    AddressLink.objects.filter(email=email).exclude(pk=link.pk).delete()
    AddressLink.objects.filter(pk=link.pk).update(email="", network="", domain="", used_at=timezone.now())
    return number


def strike(numbers):
    """Takes comments away for good; one that somebody answered keeps its place, without a word. Returns how many."""
    done = 0
    for start in range(0, len(numbers), BATCH):
        part = numbers[start : start + BATCH]
        with transaction.atomic():
            # Whoever answers one of them waits for this lock, and finds it gone; who came first is seen below.
            rows = list(XtdComment.norel_objects.select_for_update().filter(pk__in=part).values_list("pk", flat=True))
            stale = Posting.objects.filter(pk__in=rows, comment__is_public=True).values_list("language", flat=True)
            if languages := set(stale):
                caching.bump(*languages)
            clear(rows)
        done += len(rows)
    # From the leaves up: an answer of the same writer holds no place.
    answers = XtdComment.norel_objects.filter(parent_id=OuterRef("pk"), level__gt=0)
    for level in range(settings.COMMENTS_XTD_MAX_THREAD_LEVEL, -1, -1):
        for start in range(0, len(numbers), BATCH):
            rows = XtdComment.norel_objects.filter(pk__in=numbers[start : start + BATCH], level=level)
            with transaction.atomic():
                locked = list(rows.select_for_update().values_list("pk", flat=True))
                alone = rows.filter(~Exists(answers), pk__in=locked)
                XtdComment.norel_objects.filter(pk__in=list(alone.values_list("pk", flat=True))).delete()
    return done


def clear(numbers):
    now = timezone.now()
    XtdComment.norel_objects.filter(pk__in=numbers).update(
        comment="",
        user_name="",
        user_email="",
        user_url="",
        ip_address=None,
        user=None,
        followup=False,
        is_removed=True,
    )
    Posting.objects.filter(pk__in=numbers).update(
        author="", network="", fingerprint="", device="", ticket=None, held_because=[], earlier=[], learned="",
        edited_at=None, withdrawn_at=now,
    )  # fmt: skip
    # The log keeps who decided what; which network was banned for it would tell of the writer.
    Decision.objects.filter(posting__in=numbers).update(ban=None, learned=True, announced=True)
    Decision.objects.filter(posting__in=numbers, reason__isnull=False).update(reason=None)
    Notice.objects.filter(comment__in=numbers).delete()
    CommentReport.objects.filter(comment__in=numbers).delete()


# Forgetting


def forget_old():
    """What is not needed after READER_DATA_DAYS, or not at all any more. May run twice or be stopped. Returns how many rows."""
    now = timezone.now()
    before = now - timedelta(days=settings.READER_DATA_DAYS)
    old = Posting.objects.filter(comment__submit_date__lt=before)
    typos = TypoReport.objects.filter(created_at__lt=before)
    unsent = TypoAnswer.objects.filter(
        decision=OuterRef("decision"), email__iexact=OuterRef("reporter_email"), sent_at=None
    )
    told = typos.exclude(status=TypoReport.Status.NEW).filter(~Exists(unsent), decided_at__lt=before)
    reports = CommentReport.objects.filter(created_at__lt=before).exclude(device__startswith="-")
    votes = CommentVote.objects.filter(created_at__lt=before).exclude(device__startswith="-")
    nobody = Concat(Value("-"), Cast("pk", models.CharField()))
    changed = [
        in_batches(old.exclude(network="", fingerprint=""), network="", fingerprint=""),
        in_batches(XtdComment.norel_objects.filter(submit_date__lt=before).exclude(ip_address=None), ip_address=None),
        in_batches(typos.exclude(ip_hash=""), ip_hash=""),
        in_batches(told.exclude(reporter_email="", reporter_name=""), reporter_email="", reporter_name=""),
        # One of a device and comment: what tells them apart need not tell who they are.
        in_batches(reports, ip_hash="", device=nobody),
        in_batches(votes, device=nobody),
        in_batches(old.filter(comment__submit_date__lt=now - devices.KEPT).exclude(device=""), device=""),
        strike(
            list(
                Posting.objects.filter(withdrawn_at__lt=before)
                .exclude(comment__comment="")
                .values_list("pk", flat=True)
            )
        ),
        Notice.objects.filter(created_at__lt=before).delete()[0],
        TypoAnswer.objects.filter(sent_at__lt=before).delete()[0],
        Remembered.objects.filter(used_at__lt=now - devices.KEPT).delete()[0],
        AddressLink.objects.filter(created_at__lt=now - LINK_WITHIN).delete()[0],
    ]
    return sum(changed)


def in_batches(rows, **values):
    """Updates row by row found, in short transactions; a table is never locked for long."""
    done = 0
    while numbers := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        done += rows.model._base_manager.filter(pk__in=numbers).update(**values)
    return done
