"""Sections, tags, authors, and the home page."""

from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import get_translation_fields

from ..models import (
    Author,
    HomepageSlot,
    Section,
    Tag,
    column,
)
from .base import MOSCOW, LanguageFieldsMixin, RevisedAdmin, language_fieldsets


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
    fieldsets = [(None, {"fields": ["slug", "position"]}), *language_fieldsets("title", "description")]


@admin.register(Tag)
class TagAdmin(NamedAdmin):
    list_display = ["slug", *get_translation_fields("name"), "number"]
    search_fields = ["slug", *get_translation_fields("name")]
    fieldsets = [(None, {"fields": ["slug"]}), *language_fieldsets("name")]


@admin.register(Author)
class AuthorAdmin(NamedAdmin):
    list_display = ["slug", *get_translation_fields("name"), "number"]
    search_fields = ["slug", *get_translation_fields("name")]
    fieldsets = [(None, {"fields": ["slug"]}), *language_fieldsets("name", "bio")]


@admin.register(HomepageSlot)
class HomepageSlotAdmin(RevisedAdmin):
    list_display = ["__str__", "language", "place", "position", "article", "since", "until"]
    list_filter = ["language", "place"]
    list_editable = ["position"]
    list_select_related = ["article"]
    autocomplete_fields = ["article"]
    formfield_overrides = MOSCOW
