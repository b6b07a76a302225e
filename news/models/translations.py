"""What is translated, from which text, and what of it is to be done again (news/translations.py)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .articles import Article


class Translation(models.Model):
    """One for each article and language other than its own.

    ``basis`` is the source text that the translation was made from, cut into segments; None before there is one. All
    below ``since`` follows from texts and editions: kept at each save, made again by `manage.py rebuild_translations`.
    """

    class State(models.TextChoices):
        MISSING = "missing", _("missing")
        STARTED = "started", _("in work")
        STALE = "stale", _("out of date")
        DONE = "done", _("up to date")

    article = models.ForeignKey(Article, models.CASCADE, related_name="translations", verbose_name=_("article"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    basis = models.JSONField(null=True, blank=True)  # [[key, kind, markup]]
    # What was declared to be without effect: {key of the new segment: key of the one whose meaning it has, or ""}.
    same = models.JSONField(default=dict, blank=True)

    since = models.DateTimeField(_("since"))
    state = models.CharField(_("status"), max_length=10, choices=State)
    waiting = models.BooleanField(_("waiting"), default=False)
    priority = models.SmallIntegerField(_("priority"), default=0)
    segments = models.PositiveIntegerField(_("segments to do"), default=0)
    words = models.PositiveIntegerField(_("words to do"), default=0)

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        ordering = ["-priority", "-since", "-pk"]
        constraints = [models.UniqueConstraint(fields=["article", "language"], name="one_translation_a_language")]
        indexes = [
            models.Index(fields=["language", "waiting", "-priority", "-since", "-id"], name="translation_newest"),
            models.Index(fields=["language", "waiting", "-priority", "since", "id"], name="translation_oldest"),
            models.Index(
                fields=["language", "article"], condition=models.Q(state="missing"), name="translation_missing"
            ),
        ]

    def __str__(self):
        return f"{self.article_id} · {self.language}"
