import re
from datetime import date
from unicodedata import normalize

from django import forms
from django.utils.dates import MONTHS_ALT
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .clocks import moscow_today
from .models import FOUNDED

EXAMPLE = lazy(date_format, str)(date(2020, 2, 25), "TYPED_DATE_FORMAT")


class DayField(forms.DateField):
    """A day as it is written in the page's language (infoshos/formats), or in ISO. What is no day stays as it was typed."""

    default_error_messages = {
        "invalid": format_lazy(_("There is no such day. Write it like this: {example}"), example=EXAMPLE)
    }

    def __init__(self, **kwargs):
        widget = forms.DateInput({"placeholder": EXAMPLE, "autocomplete": "off"})
        super().__init__(**({"widget": widget, "required": False} | kwargs))

    def to_python(self, value):
        if isinstance(value, str):
            value = normalize("NFKC", value)  # Chinese keyboards have digits of their own
            for number, name in MONTHS_ALT.items():
                value = re.sub(rf"\b{name}\b", str(number), value, flags=re.IGNORECASE)
        return super().to_python(value)

    def prepare_value(self, value):
        try:
            day = self.to_python(value)
        except forms.ValidationError:
            return value
        return date_format(day, "TYPED_DATE_FORMAT") if day else value


class AsOfForm(forms.Form):
    on = DayField(label=_("Membership on"))

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on and on < FOUNDED:
            raise forms.ValidationError(
                _("On this day the organisation did not exist: it was founded on 15 June 2001.")
            )
        if on and on > moscow_today():
            raise forms.ValidationError(_("This day has not come yet."))
        return on
