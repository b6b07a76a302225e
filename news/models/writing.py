"""What is written and not public: unsaved text, changes that wait for publication, links to a preview."""

import secrets

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from .articles import Article


class DraftQuerySet(models.QuerySet):
    def unsaved(self):
        """What holds text that has not become a saved article yet."""
        return self.filter(saved_at=None).exclude(fields={})


class Draft(models.Model):
    """What one person has typed into an article's form in one session of writing, as the browser sends it; a session
    without text yet tells that the article is open there. Nobody else may read it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    article = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="drafts")
    session = models.CharField(max_length=32)
    fields = models.JSONField(default=dict, blank=True)  # {the form's field: [values]}, of what was changed
    opened_version = models.PositiveIntegerField(default=0)
    opened_digests = models.JSONField(default=dict, blank=True)  # news/conflicts.py
    sequence = models.PositiveBigIntegerField(default=0)  # what arrives late overwrites nothing newer
    started_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)  # its text
    seen_at = models.DateTimeField(null=True, blank=True)  # the form is open; None: it was left
    saved_at = models.DateTimeField(null=True, blank=True)  # its text was saved: what arrives late is refused

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("unsaved text")
        verbose_name_plural = _("unsaved texts")
        ordering = ["-updated_at"]
        constraints = [models.UniqueConstraint(fields=["user", "session"], name="one_draft_a_session")]
        indexes = [
            models.Index(fields=["article", "-seen_at"], name="draft_open"),
            models.Index(fields=["updated_at"], name="draft_old"),
        ]

    def __str__(self):
        return f"{self.user_id} · {self.article_id or '—'}"


class WorkingCopy(models.Model):
    """Texts of a language that readers see already, changed but not published yet (news/working_copy.py).

    It holds only the fields that differ, each with the published text that its change began with.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="working_copies", verbose_name=_("article"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    texts = models.JSONField(default=dict)
    base_texts = models.JSONField(default=dict)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("waiting changes")
        verbose_name_plural = _("waiting changes")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["article", "language"], name="one_working_copy_a_language")]

    def __str__(self):
        return f"{self.article_id} · {self.language}"


def new_key():
    return secrets.token_urlsafe(12)


class PreviewLink(models.Model):
    """Lets whoever has the address read one language of an article before it is published, until a time."""

    DAYS = (1, 3, 7)

    article = models.ForeignKey(Article, models.CASCADE, related_name="preview_links")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    key = models.CharField(max_length=32, unique=True, default=new_key)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.article_id} · {self.language}"

    def get_absolute_url(self):
        with translation.override(self.language):
            return reverse("news:shared_preview", args=[signer().sign(self.key)])

    @classmethod
    def key_of(cls, signed):
        """The key that the address carries; None where we have not signed it."""
        try:
            return signer().unsign(signed)
        except BadSignature:
            return None

    def is_open(self, at=None):
        return self.revoked_at is None and self.expires_at > (at or timezone.now())


def signer():
    return Signer(salt="news.PreviewLink")
