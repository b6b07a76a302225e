"""Readers' reports of mistakes in a text."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from news.models import Article, Image


class Field(models.TextChoices):
    TITLE = "title", _("headline")
    LEAD = "lead", _("lead")
    BODY = "body", _("text")
    CAPTION = "caption", _("caption")


class TypoDecision(models.Model):
    """What was decided on all reports of one place; of a correction, what is needed to take it back."""

    Field = Field
    anchored = True  # a report that is not found in the text is not applied

    class Kind(models.TextChoices):
        APPLIED = "applied", _("corrected")
        MENDED = "mended", _("corrected by hand")
        DECLINED = "declined", _("declined")

    kind = models.CharField(_("decision"), max_length=10, choices=Kind)
    article = models.ForeignKey(Article, models.CASCADE, related_name="typo_decisions", verbose_name=_("article"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    field = models.CharField(_("where"), max_length=10, choices=Field)
    image = models.ForeignKey(
        Image, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    place = models.CharField(max_length=32, blank=True, editable=False)
    quote = models.CharField(_("quote"), max_length=250)
    correction = models.CharField(_("correction"), max_length=500, blank=True)
    prefix = models.CharField(_("before it"), max_length=250, blank=True)
    suffix = models.CharField(_("after it"), max_length=250, blank=True)
    position = models.PositiveIntegerField(null=True, editable=False)
    repeated = models.BooleanField(default=False, editable=False)
    article_version = models.PositiveIntegerField(_("version of the article"))
    before = models.TextField(editable=False, blank=True)  # the stretch of the source that was changed,
    after = models.TextField(editable=False, blank=True)  # and what it became
    decided_at = models.DateTimeField(_("decided"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )

    class Meta:
        verbose_name = _("decision on a typo")
        verbose_name_plural = _("decisions on typos")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["decided_at"], name="typo_decision_newest"),
            models.Index(fields=["place"], name="typo_decision_place"),
            models.Index(
                fields=["language"], condition=Q(undone_at=None) & ~Q(kind="declined"), name="typo_decision_thanks"
            ),
        ]

    def __str__(self):
        return f"«{Truncator(self.quote).chars(60)}» · {self.get_kind_display()}"


class TypoReport(models.Model):
    """A mistake that a reader found: the quote with its surroundings, as a W3C TextQuoteSelector.

    All three are normalised (comments.quotes), so that they can be found in normalised text. Reports with the same
    `place` are decided on together.
    """

    Field = Field

    class Status(models.TextChoices):
        NEW = "new", _("new")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    article = models.ForeignKey(Article, models.CASCADE, related_name="typo_reports", verbose_name=_("article"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    field = models.CharField(_("where"), max_length=10, choices=Field, default=Field.BODY)
    image = models.ForeignKey(
        Image, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    quote = models.CharField(_("quote"), max_length=250)
    prefix = models.CharField(_("before it"), max_length=250, blank=True)
    suffix = models.CharField(_("after it"), max_length=250, blank=True)
    position = models.PositiveIntegerField(null=True, editable=False)  # in the text of `article_version`
    repeated = models.BooleanField(
        default=False, editable=False
    )  # nothing but its position tells it from another place
    place = models.CharField(max_length=32, default="", blank=True, editable=False)
    anchored = models.BooleanField(_("found in the text"), default=False)
    article_version = models.PositiveIntegerField(_("version of the article"), default=1)
    correction = models.CharField(_("correction"), max_length=500, blank=True)
    remark = models.TextField(_("remark"), max_length=1000, blank=True)
    reporter_name = models.CharField(_("name"), max_length=50, blank=True)
    reporter_email = models.EmailField(_("e-mail"), blank=True)
    times = models.PositiveIntegerField(_("times reported"), default=1)
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
    decision = models.ForeignKey(
        TypoDecision,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="reports",
        verbose_name=_("decision"),
    )

    class Meta:
        verbose_name = _("typo report")
        verbose_name_plural = _("typo reports")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["article", "language", "status"], name="typo_report_place"),
            models.Index(fields=["status", "place"], name="typo_report_queue"),
        ]

    def __str__(self):
        return f"«{Truncator(self.quote).chars(60)}»"

    def save(self, **kwargs):
        self.place = self.place or place_key(self)
        super().save(**kwargs)


def place_key(report):
    """The same for all reports of one quote at one place of one text."""
    where = (report.article_id, report.language, report.field, report.image_id or 0)
    words = (report.quote, report.prefix[-32:], report.suffix[:32])
    return hashlib.sha256("\0".join(map(str, where + words)).encode()).hexdigest()[:32]


class TypoAnswer(models.Model):
    """The outbox: one mail to one reporter about one decision."""

    decision = models.ForeignKey(TypoDecision, models.CASCADE, related_name="answers", verbose_name=_("decision"))
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=50, blank=True)
    due_at = models.DateTimeField(_("to be sent from"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("answer to a reporter")
        verbose_name_plural = _("answers to reporters")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["decision", "email"], name="one_answer_a_reporter")]
        indexes = [models.Index(fields=["id"], condition=Q(sent_at=None), name="typo_answer_outbox")]

    def __str__(self):
        return f"{self.decision_id} → {self.email}"
