"""The editors' admin of what belongs to the site: pages, partners, notices, the magazine, letters, users."""

import hashlib

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.core.files.base import ContentFile
from django.forms.widgets import Script
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import get_translation_fields

from news import images
from news.admin import LanguageFieldsMixin, RevisedAdmin, language_fieldsets, moscow
from news.admin.images import ChoosesPictures
from news.editor import RichTextField, RichTextWidget
from news.models import Image, column

from . import magazine
from .models import ContactMessage, Magazine, Page, PartnerLink, SiteNotice, User

LANGUAGES = [code for code, _name in settings.LANGUAGES]


class PageForm(forms.ModelForm):
    class Meta:
        model = Page
        fields = "__all__"  # noqa: DJ007 - the admin's fieldsets name them
        field_classes = {column("body", language): RichTextField for language in LANGUAGES}
        widgets = {column("body", language): RichTextWidget(language) for language in LANGUAGES}


@admin.register(Page)
class PageAdmin(LanguageFieldsMixin, RevisedAdmin):
    form = PageForm
    list_display = ["slug", *get_translation_fields("title"), "position"]
    list_editable = ["position"]
    search_fields = ["slug", *get_translation_fields("title"), *get_translation_fields("body")]
    fieldsets = [(None, {"fields": ["slug", "position"]}), *language_fieldsets("title", "body")]

    class Media:
        css = {"all": ["css/admin-editor.css"]}
        js = [Script("js/admin-editor.js", type="module"), Script("js/admin-unsaved.js", type="module")]

    def get_list_display_links(self, request, list_display):
        return ["slug"]


@admin.register(PartnerLink)
class PartnerLinkAdmin(LanguageFieldsMixin, RevisedAdmin):
    list_display = ["__str__", "url", "position", "since", "until"]
    list_editable = ["position"]
    search_fields = ["url", *get_translation_fields("name")]
    fieldsets = [(None, {"fields": ["url", "position", ("since", "until")]}), *language_fieldsets("name")]


@admin.register(SiteNotice)
class SiteNoticeAdmin(LanguageFieldsMixin, RevisedAdmin):
    list_display = ["__str__", "position", "since", "until"]
    list_editable = ["position"]
    search_fields = get_translation_fields("text")
    fieldsets = [(None, {"fields": ["position", ("since", "until")]}), *language_fieldsets("text")]


@admin.register(Magazine)
class MagazineAdmin(ChoosesPictures, LanguageFieldsMixin, RevisedAdmin):
    list_display = ["__str__", "number", "month", "pages"]
    readonly_fields = ["pages"]
    search_fields = ["number", *get_translation_fields("title"), *get_translation_fields("contents")]
    fieldsets = [
        (None, {"fields": ["number", "month", "pdf", "pages", "cover"]}),
        *language_fieldsets("title", "contents"),
    ]

    def save_model(self, request, obj, form, change):
        """Counts the pages of a new PDF and, where no cover is chosen, makes one of its first page."""
        if "pdf" in form.changed_data:
            obj.pages = magazine.inspect(obj.pdf) if obj.pdf else None
            if obj.pdf and not obj.cover_id:
                obj.cover = self.cover_of(obj, request.user)
                self.message_user(request, _("The cover was made of the first page."), messages.SUCCESS)
        super().save_model(request, obj, form, change)

    def cover_of(self, issue, user):
        original = images.normalise(ContentFile(magazine.cover(issue.pdf), name="cover.png"))
        digest = hashlib.sha256(original.content).hexdigest()
        if twin := Image.objects.filter(sha256=digest).first():
            return twin
        alts = {}
        for code in LANGUAGES:
            with translation.override(code):
                if title := getattr(issue, column("title", code)):
                    alts[column("alt", code)] = gettext("Cover: %(title)s") % {"title": title}
        image = Image(
            width=original.width,
            height=original.height,
            sha256=digest,
            title=str(issue),
            created_by=user,
            **alts,
        )
        image.file.save(f"cover.{original.extension}", ContentFile(original.content), save=False)
        image.save()
        return image


class AnsweredFilter(admin.SimpleListFilter):
    title = _("answered")
    parameter_name = "answered"

    def lookups(self, request, model_admin):
        return [("no", _("not answered")), ("yes", _("answered"))]

    def queryset(self, request, queryset):
        return {
            "no": queryset.filter(answered_at=None),
            "yes": queryset.exclude(answered_at=None),
        }.get(self.value(), queryset)


@admin.register(ContactMessage)
class ContactMessageAdmin(admin.ModelAdmin):
    """Readers' letters: read, and marked as answered; nobody rewrites them."""

    list_display = ["subject", "name", "language", "received", "answered"]
    list_filter = [AnsweredFilter, "language"]
    search_fields = ["subject", "name", "email", "text"]
    fields = ["subject", "name", "email", "language", "text", "received", "mailed_at", "answered"]
    readonly_fields = fields
    actions = ["mark_answered", "mark_waiting"]

    def has_add_permission(self, request):
        return False

    @admin.display(description=_("received"), ordering="created_at")
    def received(self, letter):
        return moscow(letter.created_at)

    @admin.display(description=_("answered"), ordering="answered_at")
    def answered(self, letter):
        return moscow(letter.answered_at) if letter.answered_at else "—"

    @admin.action(description=_("Mark as answered"), permissions=["change"])
    def mark_answered(self, request, queryset):
        number = queryset.filter(answered_at=None).update(answered_at=timezone.now())
        self.tell(request, number)

    @admin.action(description=_("Mark as not answered"), permissions=["change"])
    def mark_waiting(self, request, queryset):
        self.tell(request, queryset.exclude(answered_at=None).update(answered_at=None))

    def tell(self, request, number):
        message = ngettext("%(count)s letter was marked.", "%(count)s letters were marked.", number)
        self.message_user(request, message % {"count": number}, messages.SUCCESS)


class UserForm(UserChangeForm):
    languages = forms.MultipleChoiceField(
        label=_("languages"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("A translator's working languages; empty means all."),
    )


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    form = UserForm
    list_display = ["username", "first_name", "last_name", "email", "roles", "is_active", "last_login"]
    list_filter = ["groups", "is_active", "is_superuser"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "languages"]}),
        (_("Roles"), {"fields": ["is_active", "is_staff", "groups", "is_superuser"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("roles"))
    def roles(self, user):
        return ", ".join(map(str, user.groups.all())) or "—"

    def has_change_permission(self, request, obj=None):
        # Whoever is no superuser can't take one's place.
        return super().has_change_permission(request, obj) and (
            obj is None or not obj.is_superuser or request.user.is_superuser
        )

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (
            obj is None or not obj.is_superuser or request.user.is_superuser
        )

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else [*fields, "is_superuser"]
