"""Notes and assignments between colleagues: who is named, who may be, and the letters that tell them."""

import re

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import outbox, publication
from .forms import MoscowDateTimeField
from .models import Assignment, Letter, Note

NAME = re.compile(r"(?<![\w@])@([\w.+-]+)")


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
    """Sends the letters that wait. Returns (sent, failed)."""
    about = ("receiver", "note__article", "note__author", "assignment__article", "assignment__created_by")
    return outbox.send(Letter.objects.select_related(*about), message, wanted=wanted)


def wanted(letter):
    """Still at the desk, and still allowed to see the article."""
    user = letter.receiver
    return user.is_active and user.is_staff and bool(user.email) and publication.may_see(user, letter.article)


def language_of(user):
    """The first of the user's working languages; the portal's, if none is set."""
    return next((code for code in user.languages if code in dict(settings.LANGUAGES)), settings.LANGUAGE_CODE)


def message(letters):
    (letter,) = letters
    article = letter.article
    with translation.override(language_of(letter.receiver)):
        writer = letter.note.author if letter.note else letter.assignment.created_by
        context = {
            "writer": str(writer) if writer else _("A colleague"),
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
        )
