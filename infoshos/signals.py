"""What the site listens to: a change of anything below, or of its own, that public pages show makes them stale."""

from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save
from django.dispatch import receiver

from comments.models import TrustedWriter
from news import caching
from news import models as news
from states import models as states
from states.rates import rates_stored

from . import models as site
from . import statistics
from .roles import keep_roles

SHOWN = {
    news.Section, news.Tag, news.Author, news.Image, news.Article, news.Edition, news.Byline, news.GalleryItem,
    news.Correction, site.Page, site.PartnerLink, site.SiteNotice, site.Magazine, states.State, states.Membership,
    states.Currency, TrustedWriter,
}  # fmt: skip


@receiver([post_save, post_delete])
def bump_on_change(sender, instance, raw=False, **kwargs):
    if sender is news.HomepageSlot and not raw:
        caching.bump(instance.language)
    elif sender in SHOWN and not raw:
        caching.bump()


@receiver(m2m_changed)
def bump_on_relation(sender, instance, action, **kwargs):
    if action.startswith("post_") and type(instance) in SHOWN:
        caching.bump()


@receiver(rates_stored)
def bump_on_rates(**kwargs):
    caching.bump()


@receiver(post_migrate)
def settle_after_migrations(sender, **kwargs):
    if sender.name == "infoshos":
        keep_roles()
        statistics.gather()
