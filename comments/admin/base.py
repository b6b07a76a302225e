"""What the moderators' lists share. Nobody's words are edited here; they are decided on."""

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from news.admin import AllLanguages
from news.languages import html_lang


def mark_own_last(decisions, user):
    """Names the newest of the decisions that is the user's own: a key takes it back."""
    own = next((row for row in decisions if row.decided_by_id == user.pk), None)
    for row in decisions:
        row.is_last = row is own
    return decisions


class OnArticle(AllLanguages):
    """A row that belongs to an article in one language."""

    def place(self, row):
        return row.article, row.language

    @admin.display(description=_("article"))
    def article_link(self, row):
        article, language = self.place(row)
        title = Truncator(article.text("title", language) or str(article.pk)).chars(70)
        return format_html('<a href="{}" lang="{}">{}</a>', article.address(language), html_lang(language), title)

    def has_add_permission(self, request):
        return False

    def get_readonly_fields(self, request, obj=None):
        return [*self.get_fields_shown()]

    def get_fields(self, request, obj=None):
        return self.get_fields_shown()

    def get_fields_shown(self):
        return self.shown

    def save_model(self, request, obj, form, change):
        """Nothing is edited."""


class DecidedInForm:
    """Buttons for the decisions below a row's form: {button's name: (label, action)} in `decisions`."""

    change_form_template = "admin/comments/decide.html"

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST" and object_id:
            for name, (_label, action) in self.decisions.items():
                if f"_{name}" in request.POST and self.has_change_permission(request):
                    getattr(self, action)(request, self.get_queryset(request).filter(pk=object_id))
                    return HttpResponseRedirect(
                        reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
                    )
        buttons = [{"name": f"_{name}", "label": label} for name, (label, _action) in self.decisions.items()]
        context = {"decisions": buttons if self.has_change_permission(request) else []}
        return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))
