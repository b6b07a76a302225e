"""Typo reports."""

from django.contrib import admin, messages
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .. import typos
from ..models import TypoReport
from .base import DecidedInForm, OnArticle, articles, html_lang


@admin.register(TypoReport)
class TypoReportAdmin(DecidedInForm, OnArticle, admin.ModelAdmin):
    list_display = ["sentence", "correction", "remark_start", "article_link", "field", "found", "created_at", "status"]
    list_filter = ["status", "language", "field", "anchored"]
    search_fields = ["quote", "correction", "remark"]
    actions = ["accept", "decline"]
    shown = [
        "sentence", "correction", "remark", "article_link", "edit_link", "language", "field", "found", "article_version",
        "reporter_name", "reporter_email", "created_at", "status", "decided_at", "decided_by",
    ]  # fmt: skip
    decisions = {"accept": (_("Accept"), "accept"), "decline": (_("Decline"), "decline")}

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related(Prefetch("article", articles()))

    @admin.display(description=_("the mistake in its sentence"))
    def sentence(self, row):
        before, quote, after = typos.sentence(row)
        language = html_lang(row.language)
        return format_html('<span lang="{}" dir="auto">{}<mark>{}</mark>{}</span>', language, before, quote, after)

    @admin.display(description=_("remark"))
    def remark_start(self, row):
        return Truncator(row.remark).chars(60)

    @admin.display(description=_("found in the text"), boolean=True)
    def found(self, row):
        return row.anchored

    @admin.display(description=_("edit"))
    def edit_link(self, row):
        address = reverse("admin:news_article_change", args=[row.article_id])
        return format_html('<a href="{}">{}</a>', address, _("Edit the article"))

    @admin.action(description=_("Accept"), permissions=["change"])
    def accept(self, request, queryset):
        self.decide(request, queryset, TypoReport.Status.ACCEPTED)

    @admin.action(description=_("Decline"), permissions=["change"])
    def decline(self, request, queryset):
        self.decide(request, queryset, TypoReport.Status.DECLINED)

    def decide(self, request, queryset, status):
        rows = TypoReport.objects.filter(pk__in=[row.pk for row in queryset]).exclude(status=status)
        number = rows.update(status=status, decided_at=timezone.now(), decided_by=request.user)
        message = ngettext("%(number)d report changed.", "%(number)d reports changed.", number)
        self.message_user(request, message % {"number": number}, messages.SUCCESS)
