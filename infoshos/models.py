from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modeltranslation.utils import get_translation_fields

from news import library
from news.models import Image, NamedQuerySet, keeping_old_slug
from news.richtext import clean_html, image_tokens


class User(AbstractUser):
    languages = models.JSONField(
        _("languages"), default=list, blank=True, help_text=_("A translator's working languages; empty means all.")
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self):
        return self.get_full_name() or self.username


class Page(models.Model):
    """A page that stands still: about, how to make this your home page, …"""

    NAME = "title"

    slug = models.SlugField(_("slug"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.title or self.slug

    def save(self, **kwargs):
        for name in ("body_ru", "body_en", "body_zh_hans"):
            if name in self.__dict__:
                setattr(self, name, clean_html(self.__dict__[name]))
        with keeping_old_slug(self):
            super().save(**kwargs)
            library.note(self)

    def picture_references(self):
        return {
            token for name in ("body_ru", "body_en", "body_zh_hans") for token in image_tokens(getattr(self, name))
        }, set()

    def get_absolute_url(self):
        return reverse("page", args=[self.slug])


class CurrentQuerySet(models.QuerySet):
    def current(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(since=None) | Q(since__lte=on), Q(until=None) | Q(until__gt=on))


class PartnerLink(models.Model):
    """A partner organisation; such links come and go."""

    NAME = "name"

    name = models.CharField(pgettext_lazy("thing", "name"), max_length=160)
    url = models.URLField(_("address"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    objects = CurrentQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner organisation")
        verbose_name_plural = _("partner organisations")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gt=F("since")),
                name="partner_ends_after_it_begins",
                violation_error_message=_("A link must end after it begins."),
            )
        ]

    def __str__(self):
        return self.name or self.url


class SiteNotice(models.Model):
    """A notice in the header of each page, such as who pays for the portal."""

    text = models.TextField(_("text"), max_length=400)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    objects = CurrentQuerySet.as_manager()

    class Meta:
        verbose_name = _("site notice")
        verbose_name_plural = _("site notices")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.text or str(self.pk)


def validate_pdf(file):
    from .magazine import inspect

    inspect(file)


class MagazineQuerySet(models.QuerySet):
    def readable(self):
        """Files that readers may have: of issues that stand on the magazine's page in some language, by a title there."""
        titles = Q()
        for name in get_translation_fields("title"):
            titles |= Q(**{f"{name}__gt": ""})
        return self.exclude(pdf="").filter(titles)


class Magazine(models.Model):
    """An issue of the magazine. Its date is a month; its contents stand a line each."""

    number = models.CharField(_("number"), max_length=20, blank=True, help_text=_("Empty for an issue without one."))
    month = models.DateField(_("month"), help_text=_("The first day of the month of issue."))
    title = models.CharField(_("title"), max_length=160, blank=True)
    contents = models.TextField(_("contents"), blank=True, help_text=_("One title a line."))
    cover = models.ForeignKey(Image, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cover"))
    pdf = models.FileField(
        _("PDF"),
        upload_to="magazine/",
        blank=True,
        validators=[validate_pdf],
        help_text=_("At most 64 MB. Without a cover, its first page becomes the cover."),
    )
    pages = models.PositiveSmallIntegerField(_("pages"), null=True, blank=True, editable=False)

    objects = MagazineQuerySet.as_manager()

    class Meta:
        verbose_name = _("magazine issue")
        verbose_name_plural = _("magazine issues")
        ordering = ["-month", "-pk"]

    def __str__(self):
        return self.title or f"{self.month:%m.%Y}"

    def save(self, **kwargs):
        with transaction.atomic():
            super().save(**kwargs)
            library.note(self)

    def picture_references(self):
        return set(), {self.cover_id}

    def get_absolute_url(self):
        return f"{reverse('magazine')}#issue-{self.pk}"


class ContactMessage(models.Model):
    """A reader's letter to the desk: stored first, mailed then, so that no failing mail server loses it."""

    language = models.CharField(_("language"), max_length=10)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    subject = models.CharField(_("subject"), max_length=160)
    text = models.TextField(_("message"), max_length=5000)
    created_at = models.DateTimeField(_("received"), auto_now_add=True)
    mailed_at = models.DateTimeField(_("mailed to the desk"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("letter to the desk")
        verbose_name_plural = _("letters to the desk")
        ordering = ["-created_at"]

    def __str__(self):
        return self.subject


library.HOLDERS += [Page, Magazine]
