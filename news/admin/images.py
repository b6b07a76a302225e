"""The library of pictures."""

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.forms.widgets import Script
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import get_translation_fields

from .. import images, tasks
from ..editor import library_address, texts_with
from ..forms import (
    LANGUAGES,
    ImageForm,
)
from ..models import (
    GalleryItem,
    Image,
    column,
)
from .base import LanguageFieldsMixin, RevisedAdmin, language_fieldsets, thumbnail


@admin.register(Image)
class ImageAdmin(LanguageFieldsMixin, RevisedAdmin):
    form = ImageForm
    list_display = ["preview", "name", "size", "focal_point", "created_at"]
    list_display_links = ["name"]
    search_fields = [
        "title", "licence", *get_translation_fields("alt"), *get_translation_fields("caption"), *get_translation_fields("credit"),
    ]  # fmt: skip
    readonly_fields = ["preview_large", "size", "where_used", "created_at", "created_by"]
    list_per_page = 50
    fieldsets = [
        (None, {"fields": ["file", "preview_large", ("focal_x", "focal_y"), "size", "title", "licence"]}),
        *language_fieldsets("alt", "caption", "credit"),
        (_("Use"), {"fields": ["where_used", "created_at", "created_by"]}),
    ]

    class Media:
        js = [Script("js/admin-focal.js", type="module")]

    @admin.display(description=_("picture"))
    def preview(self, image):
        return thumbnail(image)

    @admin.display(description=_("title in the library"), ordering="title")
    def name(self, image):
        return str(image)

    @admin.display(description=_("size"))
    def size(self, image):
        return f"{image.width} × {image.height}" if image.width else "—"

    @admin.display(description=_("focal point"))
    def focal_point(self, image):
        return f"{image.focal_x:.0%}, {image.focal_y:.0%}"

    @admin.display(description=_("preview"))
    def preview_large(self, image):
        if not image.pk:
            return _("Shown when the picture is saved.")
        widths = images.available_widths(image.width, image.height, "full")
        width = max((step for step in widths if step <= 640), default=widths[0])
        return format_html(
            '<span class="focal" data-focal><img src="{}" alt="{}" width="{}" height="{}"></span><span class="help">{}</span>',
            images.address(image, "full", width, "jpg"),
            image.alt or "",
            *images.rendition_size(image.width, image.height, "full", width),
            _("Click what must stay in sight when the picture is cropped."),
        )

    @admin.display(description=_("where it is used"))
    def where_used(self, image):
        users = users_of(image) if image.pk else []
        lines = [(kind, self.named_for(image.asked_by, found)) for kind, found in users]
        return format_html_join("", "<p>{}: {}</p>", lines) or _("nowhere")

    def get_object(self, request, object_id, from_field=None):
        image = super().get_object(request, object_id, from_field)
        if image:
            image.asked_by = request  # a read-only field is not told who looks at it
        return image

    def named_for(self, request, found):
        """A link to what shows the picture; its headline only for those who may see it."""
        if self.admin_site.get_model_admin(type(found)).has_view_permission(request, found):
            return admin_link(found)
        return _("an article that you may not see")

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)
        transaction.on_commit(lambda: tasks.warm_image.enqueue(obj.pk))

    def get_deleted_objects(self, objs, request):
        deleted, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        for image in objs:
            for kind, found in users_of(image):
                line = format_html("{}: {}", kind, self.named_for(request, found))
                if line not in protected:
                    protected.append(line)
        return deleted, counts, perms_needed, protected

    def delete_model(self, request, obj):
        storage, name, token = obj.file.storage, obj.file.name, obj.token
        super().delete_model(request, obj)
        transaction.on_commit(lambda: discard(storage, name, token))

    def delete_queryset(self, request, queryset):
        for image in queryset:
            self.delete_model(request, image)

    def get_urls(self):
        return [
            path("picker/", self.admin_site.admin_view(self.picker), name="news_image_picker"),
            *super().get_urls(),
        ]

    def picker(self, request):
        """The library in a small window, opened by the editor: a click puts the picture into the text."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        language = request.GET.get("language")
        language = language if language in LANGUAGES else translation.get_language()
        query = request.GET.get("q", "")[:100]
        found, _distinct = self.get_search_results(request, Image.objects.order_by("-pk"), query)
        page = Paginator(found, 24).get_page(request.GET.get("page"))
        number = request.GET.get("CKEditorFuncNum", "")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Image library"),
            "is_popup": True,
            "page": page,
            "query": query,
            "language": language,
            "number": number if number.lstrip("-").isdecimal() else "",
            "pictures": [
                {
                    "thumbnail": thumbnail(image),
                    "name": str(image),
                    "address": library_address(image),
                    "alt": getattr(image, column("alt", language)) or "",
                    "caption": getattr(image, column("caption", language)) or "",
                }
                for image in page
            ],
        }
        return render(request, "admin/news/image/picker.html", context)


def users_of(image):
    """What shows the picture: [(kind, object)]."""
    found = []
    for relation in Image._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        for user in relation.related_model._default_manager.filter(**{relation.field.name: image})[:20]:
            kind = relation.field.verbose_name
            found.append((kind, user.article if isinstance(user, GalleryItem) else user))
    return found + [(_("in the text"), user) for user in texts_with(image)]


def admin_link(found):
    meta = found._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[quote(found.pk)])
    return format_html('<a href="{}">{}</a>', address, found)


def discard(storage, name, token):
    storage.delete(name)
    images.discard_renditions(token)
