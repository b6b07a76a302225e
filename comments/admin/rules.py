"""Reasons, rules, bans, trusted writers, and the log of decisions."""

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import get_translation_fields

from news.admin import AllLanguages, LanguageFieldsMixin, language_fieldsets
from news.languages import html_lang

from .. import holding
from ..models import Ban, Decision, HoldingRule, RejectionReason, TrustedWriter


class Kept:
    """Nothing that decisions refer to is deleted."""

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(RejectionReason)
class RejectionReasonAdmin(Kept, LanguageFieldsMixin, admin.ModelAdmin):
    list_display = ["__str__", "position", "active"]
    list_editable = ["position", "active"]
    search_fields = [*get_translation_fields("name"), *get_translation_fields("text")]
    fieldsets = [(None, {"fields": ["position", "active"]}), *language_fieldsets("name", "text")]


@admin.register(Ban)
class BanAdmin(Kept, AllLanguages, admin.ModelAdmin):
    list_display = ["value", "kind", "until", "refuses", "created_by", "created_at", "lifted_at"]
    list_filter = ["kind", ("lifted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["created_by"]
    search_fields = ["value", "why"]
    fields = ["kind", "value", "until", "refuses", "why", "created_by", "created_at", "lifted_at"]
    readonly_fields = ["created_by", "created_at", "lifted_at"]
    actions = ["lift"]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Lift the bans"), permissions=["change"])
    def lift(self, request, queryset):
        queryset.filter(lifted_at=None).update(lifted_at=timezone.now())


@admin.register(TrustedWriter)
class TrustedWriterAdmin(AllLanguages, admin.ModelAdmin):
    list_display = ["email", "trusted_at", "trusted_by"]
    list_select_related = ["trusted_by"]
    search_fields = ["email"]
    fields = ["email", "trusted_at", "trusted_by"]
    readonly_fields = ["trusted_at", "trusted_by"]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.trusted_by = request.user
        super().save_model(request, obj, form, change)


class HoldingRuleForm(forms.ModelForm):
    """Sent by the button "Try" it stores nothing: the page comes back with what was typed, and the trial."""

    def is_valid(self):
        return super().is_valid() and "_try" not in self.data


@admin.register(HoldingRule)
class HoldingRuleAdmin(AllLanguages, admin.ModelAdmin):
    form = HoldingRuleForm
    change_form_template = "admin/comments/holdingrule/change_form.html"
    list_display = ["kind", "number", "words", "language", "active"]
    list_filter = ["kind", "language", "active"]
    search_fields = ["words"]
    fields = ["kind", "number", "words", "language", "active"]

    def render_change_form(self, request, context, *args, **kwargs):
        form = context["adminform"].form
        if "_try" in request.POST and not form.errors:
            trial = holding.trial(form.instance)
            lists = [
                (_("rightly: rejected or spam"), trial.rightly),
                (_("wrongly: approved"), trial.wrongly),
                (_("not decided on yet"), trial.undecided),
            ]
            for _name, rows in lists:
                for posting, _reason in rows[: holding.SHOWN]:
                    posting.lang = html_lang(posting.language)
            context |= {"trial": trial, "lists": lists, "shown": f":{holding.SHOWN}"}
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Decision)
class DecisionAdmin(Kept, AllLanguages, admin.ModelAdmin):
    list_display = ["decided_at", "excerpt", "verdict", "before", "reason", "is_undo", "decided_by"]
    list_filter = ["verdict"]
    list_select_related = ["posting__comment", "reason", "decided_by"]
    search_fields = ["posting__author", "posting__comment__comment", "decided_by__username"]
    fields = ["decided_at", "excerpt", "verdict", "before", "reason", "ban", "is_undo", "decided_by"]
    readonly_fields = fields

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("comment"))
    def excerpt(self, row):
        return Truncator(row.posting.comment.comment).chars(100)

    @admin.display(description=_("taken back"), boolean=True)
    def is_undo(self, row):
        return row.undoes_id is not None
