"""Addresses that lead on: a section, a tag, an author or a page that was renamed is found by its old name too."""

from contextlib import contextmanager

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _


class SlugRedirect(models.Model):
    """An old slug, and what it named. It leads to the thing itself, never to another slug: hence no chain, no loop."""

    kind = models.CharField(_("kind"), max_length=60)  # a model's label, such as news.tag
    slug = models.SlugField(_("old slug"))
    object_id = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="one_thing_an_old_slug")]

    def __str__(self):
        return f"{self.kind} {self.slug}"


@contextmanager
def keeping_old_slug(thing):
    """Around a save: the slug that the thing had leads to it from now on, and the one that it takes leads nowhere else."""
    kind = thing._meta.label_lower
    with transaction.atomic():
        model = type(thing)
        old = model._base_manager.filter(pk=thing.pk).values_list("slug", flat=True).first() if thing.pk else None
        yield
        if old == thing.slug:
            return
        SlugRedirect.objects.filter(kind=kind, slug=thing.slug).delete()
        if old:
            lead_on(thing, old)


def lead_on(thing, old):
    SlugRedirect.objects.update_or_create(kind=thing._meta.label_lower, slug=old, defaults={"object_id": thing.pk})
