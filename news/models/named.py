"""Sections, tags and authors."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .columns import column
from .redirects import SlugRedirect, keeping_old_slug, lead_on


class NamedQuerySet(models.QuerySet):
    """Sections, tags and authors: what has no name in a language does not exist for its readers."""

    def named(self, language=None):
        name = column(self.model.NAME, language)
        return self.exclude(Q(**{name: None}) | Q(**{name: ""}))


class Section(models.Model):
    NAME = "title"

    slug = models.SlugField(_("slug"), unique=True)
    title = models.CharField(_("title"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    comments_days = models.PositiveSmallIntegerField(
        _("days for comments"),
        null=True,
        blank=True,
        help_text=_("So long after its publication a story takes comments. Empty: as on the whole site. 0: for good."),
    )

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.title or self.slug

    def save(self, **kwargs):
        with keeping_old_slug(self):
            super().save(**kwargs)

    def get_absolute_url(self):
        return reverse("news:section", args=[self.slug])


class Tag(models.Model):
    NAME = "name"

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=80)

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["slug"]

    def __str__(self):
        return self.name or self.slug

    def save(self, **kwargs):
        with keeping_old_slug(self):
            super().save(**kwargs)

    def get_absolute_url(self):
        return reverse("news:tag", args=[self.slug])

    def absorb(self, other):
        """Takes the other tag's articles, its addresses, and its name where this one has none; the other is gone then."""
        Row = self.articles.through
        with transaction.atomic():
            rows = Row.objects.filter(tag=other)
            rows.exclude(article__in=Row.objects.filter(tag=self).values("article")).update(tag=self)
            SlugRedirect.objects.filter(kind=self._meta.label_lower, object_id=other.pk).update(object_id=self.pk)
            old = other.slug
            other.delete()
            for code, _name in settings.LANGUAGES:
                name = column(self.NAME, code)
                setattr(self, name, getattr(self, name) or getattr(other, name))
            self.save()
            lead_on(self, old)


class Author(models.Model):
    NAME = "name"

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    bio = models.TextField(_("biography"), blank=True)

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["slug"]

    def __str__(self):
        return self.name or self.slug

    def save(self, **kwargs):
        with keeping_old_slug(self):
            super().save(**kwargs)

    def get_absolute_url(self):
        return reverse("news:author", args=[self.slug])
