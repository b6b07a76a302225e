"""What editors place on the home page."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .articles import Article
from .named import Section

BREAKING_LASTS = timedelta(hours=6)  # unless the editor says until when


class HomepageSlotQuerySet(models.QuerySet):
    def current(self, language, at):
        return self.filter(Q(since=None) | Q(since__lte=at), Q(until=None) | Q(until__gt=at), language=language)


class HomepageSlot(models.Model):
    """A place on the home page of one language that an editor gave to a story, for a while."""

    class Place(models.TextChoices):
        BREAKING = "breaking", _("breaking news bar")
        LEAD = "lead", _("lead story")
        SECOND = "second", _("second story")
        FEATURE = "feature", _("feature")
        SECTION = "section", _("top of a section")

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    place = models.CharField(_("place"), max_length=10, choices=Place, default=Place.FEATURE)
    section = models.ForeignKey(
        Section, models.CASCADE, null=True, blank=True, related_name="slots", verbose_name=_("section")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    article = models.ForeignKey(Article, models.CASCADE, related_name="slots", verbose_name=_("article"))
    text = models.CharField(
        _("short text"), max_length=120, blank=True, help_text=_("In the breaking news bar; empty: the headline.")
    )
    since = models.DateTimeField(_("from"), null=True, blank=True)
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = HomepageSlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("home page slot")
        verbose_name_plural = _("home page")
        ordering = ["language", "place", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gt=F("since")),
                name="slot_ends_after_it_begins",
                violation_error_message=_("A slot must end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(place="section", section__isnull=False) | ~Q(place="section") & Q(section=None),
                name="slot_on_top_of_a_section_names_it",
            ),
            models.CheckConstraint(condition=~Q(place="breaking") | Q(until__isnull=False), name="breaking_news_ends"),
        ]

    def __str__(self):
        return f"{self.language} · {self.get_place_display()} {self.position}"

    def save(self, **kwargs):
        if self.place == self.Place.BREAKING and self.until is None:
            self.until = (self.since or timezone.now()) + BREAKING_LASTS
        super().save(**kwargs)

    def is_current(self, at):
        return (self.since is None or self.since <= at) and (self.until is None or self.until > at)


class Arrangement(models.Model):
    """The home page of one language as its editors arranged it: counts the changes, and holds their history."""

    language = models.CharField(_("language"), primary_key=True, max_length=10, choices=settings.LANGUAGES)
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )

    class Meta:
        verbose_name = _("arrangement of the home page")
        verbose_name_plural = _("arrangements of the home page")

    def __str__(self):
        return self.get_language_display()

    @property
    def slots(self):
        return HomepageSlot.objects.filter(language=self.language).select_related("article", "section")
