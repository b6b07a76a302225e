"""Around django-comments-xtd's XtdComment: what it lacks, what is to be confirmed or mailed."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django_comments_xtd.models import XtdComment

from news.models import Article

CONFIRM_SALT = "comments.confirm"
CONFIRM_WITHIN = timedelta(hours=48)


class PostingQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(comment__is_public=False, comment__is_removed=False)


class Posting(models.Model):
    """Where a comment stands, which the package does not know: in which article, as a relation that the database
    keeps, and in which language. Each language of an article has a discussion of its own, so that no page mixes languages.
    """

    comment = models.OneToOneField(XtdComment, models.CASCADE, primary_key=True, related_name="posting")
    article = models.ForeignKey(Article, models.CASCADE, related_name="postings", verbose_name=_("article"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("place of a comment")
        verbose_name_plural = _("places of comments")
        indexes = [models.Index(fields=["article", "language"], name="posting_discussion")]

    def __str__(self):
        return f"{self.article_id} · {self.language} · {self.comment_id}"


@receiver(post_delete, sender=Posting)
def delete_comment_with_article(instance, **kwargs):
    """A comment of django-comments does not know that its article is deleted: it would stay behind for ever."""
    XtdComment.norel_objects.filter(pk=instance.comment_id).delete()


class PendingComment(models.Model):
    """A stranger's comment until the owner of the e-mail address confirms it."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="pending_comments", verbose_name=_("article"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    parent = models.ForeignKey(
        XtdComment, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("answer to")
    )
    name = models.CharField(_("name"), max_length=50)
    email = models.EmailField(_("e-mail"))
    text = models.TextField(_("comment"), max_length=settings.COMMENT_MAX_LENGTH)
    followup = models.BooleanField(_("wants to know of answers"), default=False)
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    network = models.CharField(_("network"), max_length=50, blank=True)
    domain = models.CharField(_("mail domain"), max_length=254, blank=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now, db_index=True)
    mailed_at = models.DateTimeField(_("confirmation mailed"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    comment = models.OneToOneField(
        XtdComment, models.SET_NULL, null=True, blank=True, related_name="pending", verbose_name=_("comment")
    )

    class Meta:
        verbose_name = _("comment to be confirmed")
        verbose_name_plural = _("comments to be confirmed")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["email", "created_at"], name="pending_email"),
            models.Index(fields=["network", "created_at"], name="pending_network"),
            models.Index(fields=["domain", "created_at"], name="pending_domain"),
        ]

    def __str__(self):
        return f"{self.name}: {Truncator(self.text).chars(60)}"

    @property
    def token(self):
        """For the mailed link: names the row, proves that it went through the mail, and is good for CONFIRM_WITHIN."""
        return signing.dumps(self.pk, salt=CONFIRM_SALT)

    def address(self):
        with translation.override(self.language):
            return settings.SITE_URL + reverse("comments:confirm", args=[self.token])


class Notice(models.Model):
    """The outbox: one mail to one follower of a thread about one new answer."""

    comment = models.ForeignKey(XtdComment, models.CASCADE, related_name="notices", verbose_name=_("comment"))
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    claimed_at = models.DateTimeField(_("being sent since"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["comment", "email"], name="one_notice_a_reader")]
        indexes = [models.Index(fields=["id"], condition=Q(sent_at=None), name="notice_outbox")]

    def __str__(self):
        return f"{self.comment_id} → {self.email}"


class CommentReport(models.Model):
    """A reader says that a comment should not stand. (The package's flags need a user.)"""

    comment = models.ForeignKey(XtdComment, models.CASCADE, related_name="reports", verbose_name=_("comment"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    ip_hash = models.CharField(max_length=32, editable=False)
    created_at = models.DateTimeField(_("reported"), default=timezone.now)

    class Meta:
        verbose_name = _("report on a comment")
        verbose_name_plural = _("reports on comments")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["comment", "ip_hash"], name="one_report_a_reader")]

    def __str__(self):
        return f"{self.comment_id} · {self.reason}"
