import re
import unicodedata

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from news.numbers import INTEGER, number

from .models import TypoReport
from .quotes import KEPT, MAX_QUOTE, collapse, normalise

# Marks that turn the direction of what follows them, also outside the text that holds them. Right-to-left text needs none.
TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def visible(text):
    """Without control characters, other than line breaks and tabs, and without marks that turn the text around."""
    return TURNING.sub("", "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}))


def is_blank(text):
    """Nothing that can be seen: spaces, joiners, marks of direction."""
    return all(
        unicodedata.category(c) in {"Cf", "Zs", "Zl", "Zp", "Cc", "Cn"} or c in "\u115f\u1160\u2800\u3164\uffa0"
        for c in text
    )


class LinesField(forms.CharField):
    """Text of several lines; a line break counts as one character, as it does in the browser."""

    widget = forms.Textarea

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")

    def clean(self, value):
        value = visible(super().clean(value))
        if self.required and is_blank(value):
            raise ValidationError(self.error_messages["required"], code="required")
        return value


class LineField(forms.CharField):
    """One line: what is mailed or shown in a line can't start another one."""

    def clean(self, value):
        value = " ".join(visible(super().clean(value)).split())
        if self.required and is_blank(value):
            raise ValidationError(self.error_messages["required"], code="required")
        return value


class RobotTrap(forms.Form):
    website = forms.CharField(
        required=False,
        label=_("Leave this field empty"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id=f"{self.prefix_of_ids}-%s", **kwargs)

    @property
    def is_robot(self):
        return bool(self.data.get("website"))


class CommentForm(RobotTrap):
    """No timestamp and no hash: a form may be as old as the cache that it comes from."""

    prefix_of_ids = "comment"

    name = LineField(label=_("Your name"), max_length=50, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail"),
        max_length=254,
        help_text=_("It is never shown. We send a link there to confirm the comment."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    text = LinesField(
        label=_("Comment"),
        max_length=settings.COMMENT_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 7, "dir": "auto"}),
        help_text=_("Plain text, up to 3,000 characters."),
    )
    followup = forms.BooleanField(label=_("Tell me by e-mail about answers"), required=False)

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        if user and user.is_authenticated:  # we know who it is
            del self.fields["name"], self.fields["email"]
            if not user.email:
                del self.fields["followup"]


class ReportForm(RobotTrap):
    prefix_of_ids = "report"

    reason = LineField(label=_("Why should it not stand?"), max_length=500, required=False)


class TypoForm(RobotTrap):
    prefix_of_ids = "typo"

    quote = LineField(
        label=_("The words with the mistake, as they stand"),
        max_length=MAX_QUOTE,
        error_messages={"max_length": _("This is longer than 250 characters: quote only the words with the mistake.")},
    )
    correction = LineField(label=_("How it should be"), max_length=500, required=False)
    remark = LinesField(
        label=_("Remark"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
    name = LineField(
        label=_("Your name, if you like"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail, if you want an answer"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    # Where the quote stands. A script fills them in; what is wrong there is no reader's mistake.
    field = forms.CharField(required=False, widget=forms.HiddenInput)
    prefix = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    suffix = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    image = forms.CharField(required=False, widget=forms.HiddenInput)
    position = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_quote(self):
        if quote := normalise(self.cleaned_data["quote"]):
            return quote
        raise ValidationError(_("Quote the words with the mistake."))

    def clean_correction(self):
        return normalise(self.cleaned_data["correction"])

    def clean_field(self):
        field = self.cleaned_data["field"]
        return field if field in TypoReport.Field.values else TypoReport.Field.BODY

    def clean_prefix(self):
        return collapse(self.cleaned_data["prefix"])[-KEPT:].lstrip(" ")

    def clean_suffix(self):
        return collapse(self.cleaned_data["suffix"])[:KEPT].rstrip(" ")

    def clean_image(self):
        token = self.cleaned_data["image"]
        return token if re.fullmatch(r"[\w-]{16,22}", token, re.ASCII) else ""

    def clean_position(self):
        return number(self.cleaned_data["position"], INTEGER)

    def clean_version(self):
        return number(self.cleaned_data["version"], INTEGER)

    def clean(self):
        data = super().clean()
        if not self.errors and data["correction"] in {"", data["quote"]} and not data["remark"]:
            raise ValidationError(_("Write how it should be, or a remark."), code="nothing")
        return data
