from itertools import pairwise
from operator import itemgetter

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname, get_translation_fields

from .models import Currency, Membership, Rate, State


class MembershipForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.compared_with_stored = False


class MembershipFormSet(forms.BaseInlineFormSet):
    def clean(self):
        super().clean()
        forms_kept = [form for form in self.forms if form not in self.deleted_forms]
        spans = [
            (form.cleaned_data["since"], form.cleaned_data.get("until"))
            for form in forms_kept
            if form.cleaned_data.get("since")
        ]
        spans.sort(key=itemgetter(0))
        for (_since, until), (following, _until) in pairwise(spans):
            if until is None or until > following:
                raise ValidationError(
                    _("Two statuses overlap: each must end on or before the day on which the next begins.")
                )


class MembershipInline(admin.TabularInline):
    model = Membership
    form = MembershipForm
    formset = MembershipFormSet
    extra = 1
    # The newest first, as it is also the order of saving: an open status is closed before another one is opened.
    ordering = ["-since"]


@admin.register(State)
class StateAdmin(admin.ModelAdmin):
    list_display = ["name", "iso2", "capital", "tz", "currency", "position"]
    list_editable = ["position"]
    list_select_related = ["currency"]
    search_fields = ["iso2", *get_translation_fields("name"), *get_translation_fields("formal_name")]
    inlines = [MembershipInline]
    fieldsets = [
        (None, {"fields": ["iso2", "tz", "currency", "ministry_url", "position"]}),
        *(
            (
                name,
                {
                    "fields": [
                        build_localized_fieldname(field, language)
                        for field in ("name", "formal_name", "capital", "profile")
                    ]
                },
            )
            for language, name in settings.LANGUAGES
        ),
    ]


@admin.register(Currency)
class CurrencyAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "nominal", "value", "rate_date", "quoted"]
    list_filter = ["quoted"]
    search_fields = ["code", *get_translation_fields("name")]
    fields = ["code", "numeric", *get_translation_fields("name"), "nominal", "value", "rate_date", "quoted"]
    readonly_fields = ["nominal", "value", "rate_date", "quoted"]  # update_rates writes them


@admin.register(Rate)
class RateAdmin(admin.ModelAdmin):
    """The history: to be read, as it is the bank's."""

    list_display = ["date", "currency", "nominal", "value"]
    list_filter = ["currency"]
    list_select_related = ["currency"]
    date_hierarchy = "date"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
