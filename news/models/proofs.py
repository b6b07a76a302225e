"""Proofs that readers see what they should."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .articles import Article


class ProofQuerySet(models.QuerySet):
    def due(self, at=None):
        return self.filter(proved_at=None, due_at__lte=at or timezone.now())

    def late(self, at=None):
        return self.due((at or timezone.now()) - Proof.LATE)


class Proof(models.Model):
    """Of one article, from one moment on: a change that was made, or one that the clock makes (an embargo, an end)."""

    LATE = timedelta(seconds=60)

    article = models.ForeignKey(Article, models.CASCADE, related_name="proofs", verbose_name=_("article"))
    due_at = models.DateTimeField(_("due"))
    claimed_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(_("tried"), null=True, blank=True)
    proved_at = models.DateTimeField(_("proved"), null=True, blank=True)
    alarmed_at = models.DateTimeField(_("alarm raised"), null=True, blank=True)
    # [[address, what is wrong with it, or ""]]
    found = models.JSONField(default=list, blank=True)

    objects = ProofQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof of publication")
        verbose_name_plural = _("proofs of publication")
        ordering = ["-due_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["article", "due_at"], name="one_proof_a_moment")]
        indexes = [models.Index(fields=["due_at"], condition=Q(proved_at=None), name="proof_waiting")]

    def __str__(self):
        return f"{self.article_id} · {self.due_at:%Y-%m-%d %H:%M:%S}"

    @property
    def stale(self):
        return [address for address, problem in self.found if problem]
