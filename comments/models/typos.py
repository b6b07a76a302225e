"""Readers' reports of mistakes in a text."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from news.models import Article


class TypoReport(models.Model):
    """A mistake that a reader found: the quote with its surroundings, as a W3C TextQuoteSelector.

    All three are normalised (comments.typos), so that they can be found in normalised text.
    """

    class Field(models.TextChoices):
        TITLE = "title", _("headline")
        LEAD = "lead", _("lead")
        BODY = "body", _("text")
        CAPTION = "caption", _("caption")

    class Status(models.TextChoices):
        NEW = "new", _("new")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    article = models.ForeignKey(Article, models.CASCADE, related_name="typo_reports", verbose_name=_("article"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    field = models.CharField(_("where"), max_length=10, choices=Field, default=Field.BODY)
    quote = models.CharField(_("quote"), max_length=250)
    prefix = models.CharField(_("before it"), max_length=250, blank=True)
    suffix = models.CharField(_("after it"), max_length=250, blank=True)
    anchored = models.BooleanField(_("found in the text"), default=False)
    article_version = models.PositiveIntegerField(_("version of the article"), default=1)
    correction = models.CharField(_("correction"), max_length=500, blank=True)
    remark = models.TextField(_("remark"), max_length=1000, blank=True)
    reporter_name = models.CharField(_("name"), max_length=50, blank=True)
    reporter_email = models.EmailField(_("e-mail"), blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.NEW, db_index=True)
    ip_hash = models.CharField(max_length=32, blank=True, editable=False)
    created_at = models.DateTimeField(_("reported"), default=timezone.now, db_index=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("typo report")
        verbose_name_plural = _("typo reports")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["article", "language", "status"], name="typo_report_place")]

    def __str__(self):
        return f"«{Truncator(self.quote).chars(60)}»"
