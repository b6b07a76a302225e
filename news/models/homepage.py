"""What editors place on the home page."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .articles import Article


class HomepageSlot(models.Model):
    """A place on the home page of one language that an editor gave to a story, for a while."""

    class Place(models.TextChoices):
        LEAD = "lead", _("lead story")
        FEATURE = "feature", _("feature")

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    place = models.CharField(_("place"), max_length=10, choices=Place, default=Place.FEATURE)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    article = models.ForeignKey(Article, models.CASCADE, related_name="slots", verbose_name=_("article"))
    since = models.DateTimeField(_("from"), null=True, blank=True)
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("home page slot")
        verbose_name_plural = _("home page slots")
        ordering = ["language", "place", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gt=F("since")),
                name="slot_ends_after_it_begins",
                violation_error_message=_("A slot must end after it begins."),
            )
        ]

    def __str__(self):
        return f"{self.language} · {self.get_place_display()} {self.position}"
