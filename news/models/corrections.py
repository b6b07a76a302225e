"""Corrections: what readers are told of a mistake, and what became of it in the other languages."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from .articles import Article, Edition


class CorrectionQuerySet(models.QuerySet):
    def published(self, language=None, at=None):
        """What readers of the language may see: corrections of articles that they may see."""
        language = language or translation.get_language()
        at = at or timezone.now()
        return self.filter(
            language=language,
            decision=Correction.Decision.CORRECTED,
            corrected_at__lte=at,
            article__in=Article.objects.published(language, at).values("pk"),
        )

    def to_do(self):
        return self.filter(decision=Correction.Decision.TO_DO)


class Correction(models.Model):
    """One language's part of a correction. The part that it began with has no ``origin``; the parts of the other
    languages point to that one."""

    class Decision(models.TextChoices):
        CORRECTED = "corrected", _("corrected here too: readers are told by the sentence")
        NOT_APPLICABLE = "not-applicable", _("does not concern this language")
        TO_DO = "to-do", _("to do: shown on the desk until it is decided")

    article = models.ForeignKey(Article, models.CASCADE, related_name="corrections", verbose_name=_("article"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    origin = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="others", verbose_name=_("began with")
    )
    decision = models.CharField(_("decision"), max_length=20, choices=Decision, default=Decision.CORRECTED)
    text = models.TextField(
        _("sentence for readers"),
        max_length=500,
        blank=True,
        help_text=_("What was wrong and what is right, in the language of the text. Readers see it with the date."),
    )
    corrected_at = models.DateTimeField(_("corrected"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-corrected_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["origin", "language"], name="one_part_a_language"),
            models.CheckConstraint(
                condition=Q(decision="corrected", corrected_at__isnull=False) & ~Q(text="")
                | ~Q(decision="corrected") & Q(corrected_at=None, text=""),
                name="correction_has_a_sentence_and_a_date",
                violation_error_message=_("A correction needs a sentence for readers; what is none has no sentence."),
            ),
            models.CheckConstraint(
                condition=~Q(decision="to-do") | Q(origin__isnull=False),
                name="correction_to_do_began_elsewhere",
                violation_error_message=_("A correction can't wait for itself: the others point to this one."),
            ),
        ]
        indexes = [
            models.Index(fields=["language", "-corrected_at"], name="correction_newest"),
            models.Index(fields=["id"], condition=Q(decision="to-do"), name="correction_to_do"),
        ]

    def __str__(self):
        return Truncator(self.text).chars(80) or f"{self.article_id} · {self.language}"

    def save(self, **kwargs):
        with transaction.atomic():
            super().save(**kwargs)
            self.date_edition()

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            deleted = super().delete(*args, **kwargs)
            self.date_edition()
        return deleted

    def date_edition(self):
        """The edition knows of its last correction: pages without one ask no more, and feeds see a new date."""
        rows = Correction.objects.filter(article_id=self.article_id, language=self.language)
        edition = Edition.objects.filter(article_id=self.article_id, language=self.language).first()
        if edition:
            edition.corrected_at = rows.aggregate(last=Max("corrected_at"))["last"]
            edition.updated_at = max(filter(None, (edition.updated_at, edition.corrected_at)), default=None)
            edition.save(update_fields=["corrected_at", "updated_at"])

    def clean(self):
        self.text = " ".join(self.text.split())
        if self.decision == self.Decision.CORRECTED:
            if not self.text:
                raise ValidationError({"text": _("A correction needs a sentence for readers.")})
            self.corrected_at = self.corrected_at or timezone.now()
        else:
            if self.text:
                raise ValidationError({"text": _("Nobody would read this sentence: choose “corrected”, or clear it.")})
            self.corrected_at = None
