from django import forms
from django.utils.translation import gettext_lazy as _

from .clocks import moscow_today
from .models import FOUNDED


class AsOfForm(forms.Form):
    on = forms.DateField(
        label=_("As of"),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("There is no such date. Write year, month and day, for example 2020-02-25.")},
    )

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on and on < FOUNDED:
            raise forms.ValidationError(
                _("On this day the organisation did not exist: it was founded on 15 June 2001.")
            )
        if on and on > moscow_today():
            raise forms.ValidationError(_("This day has not come yet."))
        return on
