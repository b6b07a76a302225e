"""Sections, tags and authors."""

import reversion
from django.contrib import admin, messages
from django.db.models import Count
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import get_translation_fields

from ..models import (
    Author,
    Section,
    Tag,
    column,
)
from .base import LanguageFieldsMixin, RevisedAdmin, language_fieldsets

MOST_MERGED = 20


class NamedAdmin(LanguageFieldsMixin, RevisedAdmin):
    def get_queryset(self, request):
        return super().get_queryset(request).annotate(stories=Count("articles"))

    @admin.display(description=_("articles"), ordering="stories")
    def number(self, obj):
        return obj.stories

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": [column(self.model.NAME, "en")]}


@admin.register(Section)
class SectionAdmin(NamedAdmin):
    list_display = ["slug", *get_translation_fields("title"), "position", "number"]
    list_editable = ["position"]
    search_fields = ["slug", *get_translation_fields("title")]
    fieldsets = [
        (None, {"fields": ["slug", "position", "comments_days"]}),
        *language_fieldsets("title", "description"),
    ]


@admin.register(Tag)
class TagAdmin(NamedAdmin):
    list_display = ["slug", *get_translation_fields("name"), "number"]
    search_fields = ["slug", *get_translation_fields("name")]
    fieldsets = [(None, {"fields": ["slug"]}), *language_fieldsets("name")]
    actions = ["merge_selected"]

    def has_merge_permission(self, request):
        return self.has_change_permission(request) and self.has_delete_permission(request)

    @admin.action(description=_("Merge into one"), permissions=["merge"])
    def merge_selected(self, request, queryset):
        """Asks which of the tags stays; the others' articles and addresses become its own."""
        tags = list(queryset.order_by("-stories", "slug")[: MOST_MERGED + 1])
        if not 2 <= len(tags) <= MOST_MERGED:
            text = _("Mark two tags to merge, or up to %(most)s.") % {"most": MOST_MERGED}
            self.message_user(request, text, messages.WARNING)
            return None
        kept = next((tag for tag in tags if str(tag.pk) == request.POST.get("kept")), None)
        if kept is None:
            context = {
                **self.admin_site.each_context(request),
                "title": _("Merge tags"),
                "opts": self.model._meta,
                "tags": tags,
                "action_name": "merge_selected",
            }
            return TemplateResponse(request, "admin/news/tag/merge.html", context)
        others = [tag for tag in tags if tag != kept]
        for tag in others:
            self.log_deletions(request, [tag])
            kept.absorb(tag)
        merged = f"{kept.slug} ← {', '.join(tag.slug for tag in others)}"
        reversion.set_comment(merged)
        self.log_change(request, kept, merged)
        text = _("Merged into “%(name)s”. Old addresses lead there.") % {"name": kept}
        self.message_user(request, text, messages.SUCCESS)
        return None


@admin.register(Author)
class AuthorAdmin(NamedAdmin):
    list_display = ["slug", *get_translation_fields("name"), "number"]
    search_fields = ["slug", *get_translation_fields("name")]
    fieldsets = [(None, {"fields": ["slug"]}), *language_fieldsets("name", "bio")]
