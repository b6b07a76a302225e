"""Mails to those who reported a mistake and left an address: an outbox, so that a mail server that fails loses nothing."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from . import quotes
from .models import TypoAnswer, TypoDecision
from .notices import AT_ONCE, ATTEMPTS, CLAIM

logger = logging.getLogger(__name__)


def send_waiting():
    """Sends what is due, over one connection. Returns (sent, failed).

    Each answer is claimed first, so that two senders never send it twice, and so that nobody takes its decision back
    meanwhile unseen; a mail server that refuses is asked again by the next run.
    """
    now = timezone.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM)
    waiting = TypoAnswer.objects.filter(free, sent_at=None, due_at__lte=now, attempts__lt=ATTEMPTS)
    batch = list(waiting.select_related("decision__article")[:AT_ONCE])
    if not batch:
        return 0, 0
    mailer = mailers.default
    sent = failed = 0
    try:
        mailer.open()
        for answer in batch:
            if not TypoAnswer.objects.filter(free, pk=answer.pk, sent_at=None).update(claimed_at=now):
                continue
            try:
                mailer.send_messages([message(answer)])
            except OSError:
                logger.exception("The answer %s to a typo report could not be mailed.", answer.pk)
                TypoAnswer.objects.filter(pk=answer.pk).update(claimed_at=None, attempts=F("attempts") + 1)
                failed += 1
            else:
                TypoAnswer.objects.filter(pk=answer.pk).update(sent_at=timezone.now())
                sent += 1
    except OSError:
        logger.exception("The mail server does not answer; %s answers wait.", len(batch) - sent)
        failed = len(batch) - sent
    finally:
        mailer.close()
    return sent, failed


def message(answer):
    """In the language of the text that the reader read."""
    decision = answer.decision
    article, language = decision.article, decision.language
    before, after = quotes.sentence(decision.prefix, decision.suffix)
    declined = decision.kind == TypoDecision.Kind.DECLINED
    with translation.override(language):
        context = {
            "declined": declined,
            "name": answer.name,
            "title": article.text("title", language),
            "quoted": f"{before}{decision.quote}{after}",
            "corrected": f"{before}{decision.correction}{after}" if decision.correction and not declined else "",
            "address": settings.SITE_URL + article.address(language) if article.is_published(language) else "",
        }
        return EmailMessage(
            subject=_("About the mistake that you reported") if declined else _("Corrected thanks to you"),
            body=render_to_string("email/typo_answer.txt", context),
            to=[answer.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
