"""Letters to those who reported a mistake and left an address."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from news import outbox

from . import quotes
from .models import TypoAnswer, TypoDecision


def send_waiting():
    """Sends the answers that are due. Returns (sent, failed)."""
    return outbox.send(TypoAnswer.objects.select_related("decision__article"), message)


def message(answers):
    """In the language of the text that the reader read."""
    (answer,) = answers
    decision = answer.decision
    article, language = decision.article, decision.language
    is_public = article.is_published(language)
    # Of a story that is not on the site, nothing but what the reader has sent us.
    before, after = quotes.sentence(decision.prefix, decision.suffix) if is_public else ("", "")
    declined = decision.kind == TypoDecision.Kind.DECLINED
    with translation.override(language):
        context = {
            "declined": declined,
            "name": answer.name,
            "title": article.text("title", language) if is_public else "",
            "quoted": f"{before}{decision.quote}{after}",
            "corrected": f"{before}{decision.correction}{after}" if decision.correction and not declined else "",
            "address": settings.SITE_URL + article.address(language) if is_public else "",
        }
        return EmailMessage(
            subject=_("About the mistake that you reported") if declined else _("Corrected thanks to you"),
            body=render_to_string("email/typo_answer.txt", context),
            to=[answer.email],
        )
