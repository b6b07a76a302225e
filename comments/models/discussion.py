"""Around django-comments-xtd's XtdComment: what it lacks, what is to be confirmed or mailed."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django_comments_xtd.models import XtdComment

from news.models import Article

CONFIRM_SALT = "comments.confirm"
OWN_SALT = "comments.own"
CONFIRM_WITHIN = timedelta(hours=48)


class PostingQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(comment__is_public=False, comment__is_removed=False)

    def reported(self):
        """What readers see and have reported since a moderator looked at it last."""
        waiting = CommentReport.objects.filter(comment=OuterRef("pk"), settled_at=None)
        return self.filter(Exists(waiting), comment__is_public=True, comment__is_removed=False)

    def with_last_decision(self):
        """Each with the `turn` (number of its last decision, 0) and the `verdict` in which it now stands."""
        from .moderation import Decision

        last = Decision.objects.filter(posting=OuterRef("pk")).order_by("-number")
        removed = Coalesce(
            Subquery(last.filter(verdict__in=["rejected", "spam"]).values("verdict")[:1]), Value("rejected")
        )
        return self.annotate(
            turn=Coalesce(Subquery(last.values("number")[:1]), 0),
            verdict=Case(
                When(withdrawn_at__isnull=False, then=Value("withdrawn")),
                When(comment__is_removed=True, then=removed),
                When(comment__is_public=True, then=Value("approved")),
                default=Value("waiting"),
                output_field=models.CharField(),
            ),
        )


class Posting(models.Model):
    """Where a comment stands, which the package does not know: in which article, as a relation that the database
    keeps, and in which language. Each language of an article has a discussion of its own, so that no page mixes languages.
    """

    comment = models.OneToOneField(XtdComment, models.CASCADE, primary_key=True, related_name="posting")
    article = models.ForeignKey(Article, models.CASCADE, related_name="postings", verbose_name=_("article"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    # Who wrote it and what, in the form in which moderation compares them.
    author = models.CharField(_("writer’s e-mail"), max_length=254, blank=True, db_index=True)
    network = models.CharField(_("network"), max_length=50, blank=True, db_index=True)
    fingerprint = models.CharField(max_length=32, blank=True, db_index=True, editable=False)
    held_because = models.JSONField(_("held because"), default=list, blank=True)
    learned = models.CharField(max_length=10, blank=True, editable=False)  # what the filter's counts hold of it
    # What its writer may do with it, and has done (comments.own).
    device = models.CharField(max_length=32, blank=True, db_index=True, editable=False)
    ticket = models.PositiveBigIntegerField(
        null=True, unique=True, editable=False
    )  # names it in the confirmation mail
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn by its writer"), null=True, blank=True)
    earlier = models.JSONField(_("earlier wording"), default=list, blank=True)  # [until when, text], the oldest first

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("place of a comment")
        verbose_name_plural = _("places of comments")
        indexes = [models.Index(fields=["article", "language"], name="posting_discussion")]

    def __str__(self):
        return f"{self.article_id} · {self.language} · {self.comment_id}"


@receiver(post_delete, sender=Posting)
def delete_comment_with_article(instance, origin=None, **kwargs):
    """A comment of django-comments does not know that its article is deleted: it would stay behind for ever."""
    if getattr(origin, "model", type(origin)) is not XtdComment:  # else it is being deleted already
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
    trapped = models.BooleanField(_("filled in the hidden field"), default=False)
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    network = models.CharField(_("network"), max_length=50, blank=True)
    device = models.CharField(max_length=32, blank=True, db_index=True, editable=False)
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

    @property
    def own_token(self):
        """For the mailed link to what its writer may do with it; good for as long as the comment is there."""
        return signing.dumps(self.pk, salt=OWN_SALT)

    def address(self):
        with translation.override(self.language):
            return settings.SITE_URL + reverse("comments:confirm", args=[self.token])

    def own_address(self):
        with translation.override(self.language):
            return settings.SITE_URL + reverse("comments:own_mailed", args=[self.own_token])


class Notice(models.Model):
    """The outbox: one mail about one comment, to a follower of its thread or, with a reason, to its own writer."""

    comment = models.ForeignKey(XtdComment, models.CASCADE, related_name="notices", verbose_name=_("comment"))
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    reason = models.ForeignKey(
        "comments.RejectionReason", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reason")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    due_at = models.DateTimeField(_("to be sent from"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "email"], condition=Q(reason=None), name="one_notice_a_reader"),
            models.UniqueConstraint(fields=["comment"], condition=~Q(reason=None), name="one_rejection_a_comment"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(sent_at=None), name="notice_outbox")]

    def __str__(self):
        return f"{self.comment_id} → {self.email}"


class CommentReport(models.Model):
    """A reader says that a comment should not stand. (The package's flags need a user.) A moderator settles it."""

    comment = models.ForeignKey(XtdComment, models.CASCADE, related_name="reports", verbose_name=_("comment"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    ip_hash = models.CharField(max_length=32, editable=False)
    device = models.CharField(max_length=32, editable=False)  # of one day: see comments.voters
    created_at = models.DateTimeField(_("reported"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )

    class Meta:
        verbose_name = _("report on a comment")
        verbose_name_plural = _("reports on comments")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["comment", "device"], name="one_report_a_device")]
        indexes = [models.Index(fields=["comment"], condition=Q(settled_at=None), name="report_to_settle")]

    def __str__(self):
        return f"{self.comment_id} · {self.reason}"


class CommentVote(models.Model):
    """A reader agrees with a comment: once a device and day, as the device's name is another one each day."""

    comment = models.ForeignKey(XtdComment, models.CASCADE, related_name="votes", verbose_name=_("comment"))
    device = models.CharField(max_length=32, editable=False)
    created_at = models.DateTimeField(_("given"), default=timezone.now)

    class Meta:
        verbose_name = _("vote for a comment")
        verbose_name_plural = _("votes for comments")
        constraints = [models.UniqueConstraint(fields=["comment", "device"], name="one_vote_a_device")]

    def __str__(self):
        return f"{self.comment_id} · {self.created_at:%Y-%m-%d}"
