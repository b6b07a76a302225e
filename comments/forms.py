import re
import unicodedata

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from news.numbers import INTEGER, number

from . import names
from .models import TypoReport
from .quotes import KEPT, MAX_QUOTE, collapse, normalise

# Marks that turn the direction of what follows them, also outside the text that holds them. Right-to-left text needs none.
TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
# Nobody sees them, and they carry text that nobody reads or keep words from being found.
HIDDEN = re.compile(
    r"[\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
    r"|(?<=[^\W\d_])[\ufe00-\ufe0f\U000e0100-\U000e01ef]+"  # variants are chosen of emoji and digits, not of letters
    r"|(?<=[\u3400-\u9fff])[\u00ad\u034f\u061c\u17b4\u17b5\u200c-\u200f]+(?=[\u3400-\u9fff])"  # nothing joins there
)
ACCENT = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
PILES = re.compile(rf"({ACCENT}{{3}}){ACCENT}+")
# In a name also marks of direction, soft hyphens and letters that are blank, and joiners where nothing is to be joined.
IN_NAMES = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200e\u200f\u2800\u3164\uffa0]"
    r"|(?<![\u0600-\u0dff])[\u200c\u200d]|[\u200c\u200d](?![\u0600-\u0dff])"
)


def visible(text):
    """Without control characters, other than line breaks and tabs, and without marks that turn the text around."""
    return TURNING.sub("", "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}))


def tidy(text):
    """Without what nobody sees, and without piles of accents that cover what stands above and below."""
    return PILES.sub(r"\1", HIDDEN.sub("", text))


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


class NameField(LineField):
    """One spelling of a name looks as one spelling: no marks that nobody sees tell it from another reader's."""

    def clean(self, value):
        return super().clean(tidy(IN_NAMES.sub("", value or "")))


class WordsField(LinesField):
    """What readers of the site read."""

    def clean(self, value):
        return super().clean(tidy(value or ""))


class AddressField(forms.EmailField):
    """As mail programs read it: of the ways in which a domain can be spelt, which lead to the same letter box, the one
    that bans and limits know."""

    widget = forms.EmailInput(attrs={"autocomplete": "email"})

    def clean(self, value):
        local, at, domain = super().clean(value).rpartition("@")
        try:
            return f"{local}{at}{domain.encode('idna').decode()}"
        except UnicodeError:
            raise ValidationError(self.default_validators[0].message, code="invalid") from None


class RobotTrap(forms.Form):
    website = forms.CharField(
        required=False,
        label=_("Leave this field empty"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id=f"{self.prefix_of_ids}-%s", label_suffix="", **kwargs)

    @property
    def is_robot(self):
        return bool(self.data.get("website"))


class CommentForm(RobotTrap):
    """No timestamp and no hash: a form may be as old as the cache that it comes from."""

    prefix_of_ids = "comment"

    name = NameField(
        label=_("Your name"),
        max_length=50,
        validators=[names.not_the_desks],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = AddressField(
        label=_("Your e-mail"),
        max_length=254,
        help_text=_("It is never shown. We send a link there to confirm the comment."),
    )
    text = WordsField(
        label=_("Comment"),
        max_length=settings.COMMENT_MAX_LENGTH,
        widget=forms.Textarea(
            attrs={
                "rows": 7,
                "dir": "auto",
                "data-counter": settings.COMMENT_MAX_LENGTH,
                "data-left": _("Characters left:"),
                "data-over": _("Characters too many:"),
            }
        ),
        help_text=_("Plain text, up to 3,000 characters."),
    )
    followup = forms.BooleanField(label=_("E-mail me when somebody replies"), required=False)

    def __init__(self, *args, user=None, known=None, **kwargs):
        super().__init__(*args, **kwargs)
        # A browser would cut a longer text that is pasted, and say nothing. The counter and the answer do.
        self.fields["text"].widget.attrs.pop("maxlength")
        if known:  # remembered on this device
            del self.fields["email"]
            self.fields["name"].initial = known.name
        if user and user.is_authenticated:  # we know who it is
            del self.fields["name"], self.fields["email"]
            if not user.email:
                del self.fields["followup"]


class EditForm(forms.Form):
    """The text of a comment that is there."""

    text = CommentForm.base_fields["text"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


class AddressForm(RobotTrap):
    """Whose comments are to be listed or erased."""

    prefix_of_ids = "mine"

    email = AddressField(label=_("Your e-mail"), max_length=254)


class ReportForm(RobotTrap):
    prefix_of_ids = "report"

    reason = LineField(label=_("What is wrong with this comment?"), max_length=500, required=False)


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
        label=_("Your name (optional)"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail (if you want a reply)"),
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
