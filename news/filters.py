from django import forms
from django.utils.translation import gettext_lazy as _

from states.models import State

from .models import Section, column


class FilterForm(forms.Form):
    """The section and the state that an address names, of those that have a name in the reader's language; two queries."""

    section = forms.ChoiceField(
        label=_("Section"),
        required=False,
        error_messages={"invalid_choice": _("There is no section “%(value)s”. Choose one of the list.")},
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        error_messages={"invalid_choice": _("There is no state “%(value)s”. Choose one of the list.")},
    )

    def __init__(self, data, **options):
        data = data.copy()
        data["state"] = data.get("state", "").strip().upper()[:20]
        data["section"] = data.get("section", "").strip()[:50]
        super().__init__(data, **options)
        self.named = {
            "section": {section.slug: section for section in Section.objects.named()},
            "state": {state.iso2: state for state in State.objects.order_by(column("name")) if state.name},
        }
        every = {"section": _("All sections"), "state": _("All states")}
        for field, rows in self.named.items():
            self.fields[field].choices = [("", every[field]), *((key, str(row)) for key, row in rows.items())]

    @property
    def section_row(self):
        return self.named["section"].get(self.cleaned_data.get("section"))

    @property
    def state_row(self):
        return self.named["state"].get(self.cleaned_data.get("state"))
