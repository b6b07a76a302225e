"""Notes and assignments between colleagues: who is named, who may be, and the mails that tell them (an outbox)."""

import logging
import re
from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, mailers
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import publication
from .forms import MoscowDateTimeField
from .models import Assignment, Letter, Note

logger = logging.getLogger(__name__)

NAME = re.compile(r"(?<![\w@])@([\w.+-]+)")
ATTEMPTS = 10
CLAIM = timedelta(minutes=10)  # after that a sender that took a letter is taken for dead
AT_ONCE = 200


def colleagues():
    return get_user_model().objects.filter(is_active=True, is_staff=True)


def named_in(text):
    """The names after an @, without a full stop that ends the sentence."""
    return list(dict.fromkeys(name.rstrip(".+-").lower() for name in NAME.findall(text) if name.rstrip(".+-")))


class NoteForm(forms.ModelForm):
    def __init__(self, *args, article, author, **kwargs):
        super().__init__(*args, **kwargs)
        self.article, self.author = article, author

    class Meta:
        model = Note
        fields = ["text"]
        widgets = {"text": forms.Textarea({"rows": 3})}
        labels = {"text": gettext_lazy("New note")}
        help_texts = {"text": gettext_lazy("@name tells that colleague by e-mail. Readers never see notes.")}

    def clean_text(self):
        text = self.cleaned_data["text"]
        names = named_in(text)
        found = {
            user.username.lower(): user for user in colleagues().annotate(n=Lower("username")).filter(n__in=names)
        }
        if unknown := [name for name in names if name not in found]:
            raise ValidationError(
                _("Nobody at the desk is called %(names)s.") % {"names": ", ".join(f"@{name}" for name in unknown)}
            )
        if blind := [user for user in found.values() if not publication.may_see(user, self.article)]:
            raise ValidationError(
                _("%(names)s may not see this article.") % {"names": ", ".join(f"@{user.username}" for user in blind)}
            )
        self.receivers = [user for user in found.values() if user != self.author]
        return text

    def save(self):
        with transaction.atomic():
            note = Note.objects.create(article=self.article, author=self.author, text=self.cleaned_data["text"])
            post([Letter(note=note, receiver=user) for user in self.receivers])
        return note


class AssignmentForm(forms.ModelForm):
    until = MoscowDateTimeField(label=gettext_lazy("until when"), required=False)

    def __init__(self, *args, article, author, **kwargs):
        super().__init__(*args, **kwargs)
        self.article, self.author = article, author
        self.fields["assignee"].queryset = colleagues().order_by("username")
        self.fields["assignee"].required = True
        self.fields["assignee"].empty_label = _("Choose a colleague")

    class Meta:
        model = Assignment
        fields = ["assignee", "task", "until"]

    def clean_assignee(self):
        user = self.cleaned_data["assignee"]
        if not publication.may_see(user, self.article):
            raise ValidationError(_("%(names)s may not see this article.") % {"names": f"@{user.username}"})
        return user

    def save(self):
        with transaction.atomic():
            assignment = super().save(commit=False)
            assignment.article, assignment.created_by = self.article, self.author
            assignment.save()
            if assignment.assignee != self.author:
                post([Letter(assignment=assignment, receiver=assignment.assignee)])
        return assignment


def finish(assignment, by):
    """Done, once; by whoever it was given to, or whoever gave it, or an editor."""
    Assignment.objects.waiting().filter(pk=assignment.pk).update(done_at=timezone.now(), done_by=by)


def may_finish(user, assignment):
    return user.pk in {assignment.assignee_id, assignment.created_by_id} or user.has_perm(publication.PUBLISH)


# The outbox


def post(letters):
    """Part of the transaction of what it tells of; sent after it, and again by the timer until it is taken."""
    letters = [letter for letter in letters if letter.receiver.email]
    if letters:
        from .tasks import send_letters

        Letter.objects.bulk_create(letters)
        transaction.on_commit(send_letters.enqueue)


def send_waiting():
    """Sends what waits, over one connection. Returns (sent, failed).

    Each letter is claimed first, so that two senders never send it twice; a mail server that refuses is asked again by
    the next run.
    """
    now = timezone.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM)
    waiting = Letter.objects.filter(free, sent_at=None, attempts__lt=ATTEMPTS)
    about = ("receiver", "note__article", "note__author", "assignment__article", "assignment__created_by")
    batch = list(waiting.select_related(*about).order_by("pk")[:AT_ONCE])
    if not batch:
        return 0, 0
    mailer = mailers.default
    sent = failed = 0
    try:
        mailer.open()
        for letter in batch:
            if not Letter.objects.filter(free, pk=letter.pk, sent_at=None).update(claimed_at=now):
                continue
            if not wanted(letter):
                letter.delete()
                continue
            try:
                mailer.send_messages([message(letter)])
            except OSError:
                logger.exception("Letter %s could not be mailed.", letter.pk)
                Letter.objects.filter(pk=letter.pk).update(claimed_at=None, attempts=F("attempts") + 1)
                failed += 1
            else:
                Letter.objects.filter(pk=letter.pk).update(sent_at=timezone.now())
                sent += 1
    except OSError:
        logger.exception("The mail server does not answer; %s letters wait.", len(batch) - sent)
        failed = len(batch) - sent
    finally:
        mailer.close()
    return sent, failed


def wanted(letter):
    """Still at the desk, and still allowed to see the article."""
    user = letter.receiver
    return user.is_active and user.is_staff and bool(user.email) and publication.may_see(user, letter.article)


def language_of(user):
    """The first of the user's working languages; the portal's, if none is set."""
    return next((code for code in user.languages if code in dict(settings.LANGUAGES)), settings.LANGUAGE_CODE)


def message(letter):
    article, about = letter.article, letter.note or letter.assignment
    with translation.override(language_of(letter.receiver)):
        writer = letter.note.author if letter.note else letter.assignment.created_by
        context = {
            "writer": (writer.get_full_name() or writer.username) if writer else _("A colleague"),
            "title": str(article),
            "note": letter.note,
            "assignment": letter.assignment,
            "address": settings.SITE_URL + reverse("admin:news_article_change", args=[article.pk]) + "#colleagues",
        }
        subject = _("A note on: %(title)s") if letter.note else _("For you to do: %(title)s")
        return EmailMessage(
            subject=subject % {"title": " ".join(str(article).split())},
            body=render_to_string("email/colleague.txt", context),
            to=[letter.receiver.email],
            headers={"Auto-Submitted": "auto-generated", "Message-ID": message_id(letter, about)},
        )


def message_id(letter, about):
    """The same at each attempt, so that a mail program shows a letter once."""
    kind = "note" if letter.note_id else "assignment"
    return f"<{kind}-{about.pk}-{letter.receiver_id}@{settings.SITE_HOST}>"
