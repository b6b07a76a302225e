"""How often articles are read."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .articles import Article


class ReadCount(models.Model):
    """The reads of an article in one language within an hour; after a while within a day (news/reading.py).

    The key is the database's own business no more: checking it would lock the article's row at each count.
    """

    article = models.ForeignKey(
        Article, models.CASCADE, related_name="reads", db_constraint=False, db_index=False, verbose_name=_("article")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    hour = models.DateTimeField(_("hour"))
    reads = models.PositiveIntegerField(_("reads"))

    class Meta:
        verbose_name = _("reading figure")
        verbose_name_plural = _("reading figures")
        constraints = [
            # In this order it serves what was read most since an hour, too.
            models.UniqueConstraint(fields=["language", "hour", "article"], name="one_figure_an_hour"),
        ]
        indexes = [models.Index(fields=["article"], name="readcount_article")]

    def __str__(self):
        return f"{self.article_id} · {self.language} · {self.hour:%Y-%m-%d %H}"
