"""Sections, tags and authors."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .columns import column


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

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.title or self.slug

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

    def get_absolute_url(self):
        return reverse("news:tag", args=[self.slug])


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

    def get_absolute_url(self):
        return reverse("news:author", args=[self.slug])
