"""Corrections, one language's part a row: what is to do is decided here. They begin in the article's form."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..languages import html_lang
from ..models import Correction
from .articles import ArticleAdmin
from .base import RevisedAdmin, moscow
from .images import admin_link


@admin.register(Correction)
class CorrectionAdmin(RevisedAdmin):
    list_display = ["sentence", "language", "decision", "story", "day"]
    list_filter = ["decision", "language"]
    list_select_related = ["article"]
    search_fields = ["text", *(name for name in ArticleAdmin.search_fields if name.startswith("title"))]
    fields = ["story", "language", "began_with", "decision", "text", "day"]
    readonly_fields = ["story", "language", "began_with", "day"]
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request):
        return False  # in the article's form, with a decision for each language

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj and "text" in form.base_fields:
            form.base_fields["text"].widget.attrs |= {"lang": html_lang(obj.language), "rows": 3}
        return form

    @admin.display(description=_("sentence for readers"))
    def sentence(self, correction):
        return format_html('<span lang="{}">{}</span>', html_lang(correction.language), correction.text or "—")

    @admin.display(description=_("article"))
    def story(self, correction):
        return admin_link(correction.article)

    @admin.display(description=_("began with"))
    def began_with(self, correction):
        if not (origin := correction.origin):
            return "—"
        return format_html('<span lang="{}">{}</span>', html_lang(origin.language), origin.text)

    @admin.display(description=_("corrected (Moscow time)"), ordering="corrected_at")
    def day(self, correction):
        return moscow(correction.corrected_at) if correction.corrected_at else "—"
