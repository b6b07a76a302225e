"""Links of published texts that were looked at (news/link_check.py)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .articles import Article


class LinkQuerySet(models.QuerySet):
    def broken(self):
        return self.filter(failures__gte=Link.SURE)


class Link(models.Model):
    """An address that published texts lead to, one of the articles with it, and what it answered.

    Outside addresses are all here, those inside the site only while they lead nowhere.
    """

    SURE = 2  # failures, days apart, before it is called broken

    class Problem(models.TextChoices):
        GONE = "gone", _("no such page (404)")
        HOST = "host", _("no such site")
        INSIDE = "inside", _("leads nowhere on this site")

    address = models.CharField(_("address"), max_length=1000, unique=True)  # ASCII
    article = models.ForeignKey(Article, models.CASCADE, related_name="+", verbose_name=_("article"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    field = models.CharField(max_length=20)  # where in the article: body, source_url
    seen_at = models.DateTimeField(_("seen"))  # in a published text
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("failures"), default=0)  # since it last answered
    problem = models.CharField(_("problem"), max_length=10, choices=Problem, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["checked_at"], name="link_due"),
            models.Index(fields=["-failures", "-checked_at"], name="link_broken"),
            models.Index(fields=["seen_at"], name="link_seen"),
        ]

    def __str__(self):
        return self.address


class LinkRound(models.Model):
    """How far the walk through the published articles has come; one row."""

    position = models.PositiveBigIntegerField(
        null=True
    )  # the number of the last article that was read; None: at an end
    begun_at = models.DateTimeField()
    read_at = models.DateTimeField()  # what was published later is read first

    def __str__(self):
        return str(self.position)
