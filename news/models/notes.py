"""What colleagues write to each other about an article. Readers never meet it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from .articles import Article


class Note(models.Model):
    """Written once: nobody changes what was said."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="notes", verbose_name=_("article"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(_("note"), max_length=4000)
    created_at = models.DateTimeField(_("written"), default=timezone.now)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["pk"]

    def __str__(self):
        return Truncator(self.text).chars(80)

    def save(self, **kwargs):
        if not self._state.adding:
            raise ValidationError(_("A note stays as it was written."))
        super().save(**kwargs)


class AssignmentQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(done_at=None)


class Assignment(models.Model):
    """Somebody has been asked to do something about an article."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="assignments", verbose_name=_("article"))
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="assignments", verbose_name=_("who")
    )
    task = models.CharField(_("what"), max_length=200)
    until = models.DateTimeField(_("until when"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("done by"),
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["pk"]
        indexes = [models.Index(fields=["assignee", "until"], condition=Q(done_at=None), name="assignment_waiting")]

    def __str__(self):
        return self.task


class Letter(models.Model):
    """The outbox: one row a receiver of a note or an assignment, until the mail server has taken it."""

    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    note = models.ForeignKey(Note, models.CASCADE, null=True, related_name="letters")
    assignment = models.ForeignKey(Assignment, models.CASCADE, null=True, related_name="letters")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "receiver"], name="one_letter_a_note"),
            models.UniqueConstraint(fields=["assignment", "receiver"], name="one_letter_an_assignment"),
            models.CheckConstraint(
                condition=Q(note=None, assignment__isnull=False) | Q(note__isnull=False, assignment=None),
                name="letter_is_about_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(sent_at=None), name="letter_outbox")]

    def __str__(self):
        return f"{self.note_id or self.assignment_id} → {self.receiver_id}"

    @property
    def article(self):
        return (self.note or self.assignment).article
