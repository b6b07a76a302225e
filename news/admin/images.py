"""The library of pictures."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.forms.widgets import Script
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .. import images, library, publication, tasks
from ..editor import library_address
from ..forms import (
    LANGUAGES,
    ImageForm,
)
from ..languages import NAMES, html_lang
from ..models import (
    GalleryItem,
    Image,
    column,
)
from ..numbers import number
from .base import LanguageFieldsMixin, RevisedAdmin, language_fieldsets, thumbnail

TEXTS = ("alt", "caption", "credit")
AT_ONCE = 20  # files that a browser without scripts may send in one go; with scripts each goes by itself
DELETED_AT_ONCE = 100
SHAPE_NAMES = {
    "wide": pgettext_lazy("picture", "in lists and galleries"),
    "square": pgettext_lazy("picture", "square"),
    "share": pgettext_lazy("picture", "when a link is shared"),
}
CONTENT_TYPES = "image/jpeg,image/png,image/webp,image/avif,image/gif"


class PictureInput(forms.TextInput):
    """A picture of the library by its number; scripts offer the library itself (js/admin-pictures.js)."""

    def __init__(self, attrs=None):
        super().__init__({"inputmode": "numeric", "size": 8, "autocomplete": "off"} | (attrs or {}))

    @property
    def media(self):
        script = Script("js/admin-pictures.js", type="module")
        return forms.Media(css={"all": ["css/admin-library.css"]}, js=[script])

    def render(self, name, value, attrs=None, renderer=None):
        context = {
            "field": super().render(name, value, attrs, renderer),
            "image": (image := Image.objects.filter(pk=number(value)).first() if number(value) else None),
            "thumbnail": thumbnail(image),
            "disabled": self.attrs.get("disabled") or (attrs or {}).get("disabled"),
        }
        return render_to_string("admin/news/image/input.html", context)


class ChoosesPictures:
    """For admins of models with a picture: chosen from the library, where new ones can be uploaded, too."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.remote_field and db_field.remote_field.model is Image:
            kwargs["widget"] = PictureInput()
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.model is GalleryItem and field:
            field.widget.attrs["aria-label"] = field.label  # in a table: the column's heading is no label
        if isinstance(field.widget if field else None, RelatedFieldWidgetWrapper):
            if isinstance(field.widget.widget, PictureInput):
                field.widget = field.widget.widget
                field.error_messages["invalid_choice"] = _("The library has no picture of this number.")
        return field


class LacksFilter(admin.SimpleListFilter):
    title = _("what is missing")
    parameter_name = "lacks"

    def lookups(self, request, model_admin):
        alts = [
            (column("alt", code), _("no alternative text: %(language)s") % {"language": name})
            for code, name in settings.LANGUAGES
        ]
        return [*alts, ("credit", _("no credit")), ("licence", _("no licence"))]

    def queryset(self, request, queryset):
        value = self.value()
        if value not in dict(self.lookup_choices):
            return queryset
        names = [column("credit", code) for code in LANGUAGES] if value == "credit" else [value]
        for name in names:
            queryset = queryset.filter(Q(**{name: None}) | Q(**{name: ""}))
        return queryset


class UseFilter(admin.SimpleListFilter):
    title = _("use")
    parameter_name = "use"

    def lookups(self, request, model_admin):
        return [("nowhere", _("used nowhere"))]

    def queryset(self, request, queryset):
        return library.nowhere(queryset) if self.value() == "nowhere" else queryset


@admin.register(Image)
class ImageAdmin(LanguageFieldsMixin, RevisedAdmin):
    form = ImageForm
    change_list_template = "admin/news/image/change_list.html"
    list_display = ["preview", "name", "missing", "size", "created_at"]
    list_display_links = ["name"]
    list_filter = [LacksFilter, UseFilter]
    search_fields = ["words"]
    list_per_page = 48
    readonly_fields = ["preview_large", "size", "number", "file_name", "where_used", "created_at", "created_by"]

    class Media:
        css = {"all": ["css/admin-library.css"]}
        js = [Script("js/admin-focal.js", type="module")]

    # Who may what. Reporters change what they have uploaded, translators the words of their languages.

    def may_form(self, request, image=None):
        """Whether the user may change the picture itself, and what is the same in all languages."""
        user = request.user
        if not user.has_perm("news.add_image"):
            return False
        return image is None or user.has_perm(publication.PUBLISH) or image.created_by_id == user.pk

    def may_replace(self, request, image=None):
        """Another file in its place changes what readers see wherever the picture stands."""
        return self.may_form(request, image) and (image is None or request.user.has_perm(publication.PUBLISH))

    def languages_of(self, request, image=None):
        if self.may_form(request, image):
            return LANGUAGES
        own = getattr(request.user, "languages", None) or LANGUAGES
        return [code for code in LANGUAGES if code in own] if request.user.has_perm("news.translate_article") else []

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or bool(self.languages_of(request, obj)))

    def get_readonly_fields(self, request, obj=None):
        fields = list(super().get_readonly_fields(request, obj))
        if not self.may_form(request, obj):
            fields += ["focal_x", "focal_y", "title", "licence"]
        allowed = self.languages_of(request, obj)
        return fields + [column(name, code) for code in LANGUAGES if code not in allowed for name in TEXTS]

    def get_fieldsets(self, request, obj=None):
        first = ["file"] if self.may_replace(request, obj) else []
        if obj:
            first += ["file_name", "preview_large"]
        first += [("focal_x", "focal_y"), "size", "title", "licence"]
        use = ["number", "where_used", "created_at", "created_by"]
        return [
            (None, {"fields": first}),
            *language_fieldsets(*TEXTS),
            *([(_("Use"), {"fields": use})] if obj else []),
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if not self.may_replace(request, obj):
            form.base_fields.pop("file", None)  # declared fields are there whatever the fieldsets leave out
        return form

    # The list

    def get_search_results(self, request, queryset, search_term):
        return queryset.with_words(search_term), False

    @admin.display(description=_("picture"))
    def preview(self, image):
        return thumbnail(image)

    @admin.display(description=_("title in the library"), ordering="title")
    def name(self, image):
        return str(image)

    @admin.display(description=_("no alternative text"), empty_value="")
    def missing(self, image):
        lacking = [code for code in LANGUAGES if not getattr(image, column("alt", code))]
        badge = '<span class="badge badge-review"><abbr title="{}">{}</abbr></span>'
        return format_html_join(
            " ",
            badge,
            [
                (_("no alternative text: %(language)s") % {"language": NAMES[code]}, code.partition("-")[0])
                for code in lacking
            ],
        )

    @admin.display(description=_("size"))
    def size(self, image):
        return f"{image.width} × {image.height}" if image.width else "—"

    @admin.display(description=_("number in the library"))
    def number(self, image):
        return image.pk

    # The form

    @admin.display(description=_("preview"))
    def preview_large(self, image):
        width = images.desk_width(image)
        source = {"src": images.address(image, "full", width, "jpg"), "alt": image.alt or ""}
        source["width"], source["height"] = images.rendition_size(image.width, image.height, "full", width)
        return render_to_string("admin/news/image/focal.html", {"source": source, "crops": crops(image)})

    @admin.display(description=_("where it is used"))
    def where_used(self, image):
        request = image.asked_by
        uses = [
            {"kind": use.kind, "number": use.number, "things": self.named_for(request, use.things)}
            for use in library.uses_of(image)
        ]
        if front := library.home_page_slots(image):
            kind = _("on the home page, with its article")
            uses.append({"kind": kind, "number": len(front), "things": self.named_for(request, front)})
        for use in uses:
            use["more"] = use["number"] - len(use["things"])
        return render_to_string("admin/news/image/where_used.html", {"uses": uses})

    def get_object(self, request, object_id, from_field=None):
        if kept := getattr(request, "file_before_revert", None):
            Image.objects.filter(pk=object_id).update(**kept)  # going back is for words; the old file is gone
        image = super().get_object(request, object_id, from_field)
        if image:
            image.asked_by = request  # a read-only field is not told who looks at it
        return image

    def named_for(self, request, things):
        """Links to what shows the picture; headlines only for those who may see them."""
        return list(dict.fromkeys(self.link_for(request, thing) for thing in things))

    def link_for(self, request, thing):
        owner = self.admin_site._registry.get(type(thing))
        if owner and owner.has_view_permission(request, thing):
            return admin_link(thing)
        return _("an article that you may not see")

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = request.user
        before = Image.objects.filter(pk=obj.pk).values_list("file", "version").first()
        super().save_model(request, obj, form, change)
        transaction.on_commit(lambda: tasks.warm_image.enqueue(obj.pk))
        if before and before[1] != obj.version:
            old = before[0] if before[0] != obj.file.name else None
            storage, token, version = obj.file.storage, obj.token, obj.version
            transaction.on_commit(lambda: library.discard_file(storage, old, token, except_version=version))

    def revision_view(self, request, object_id, version_id, extra_context=None):
        names = ("file", "token", "version", "sha256", "file_name", "width", "height")
        request.file_before_revert = Image.objects.filter(pk=object_id).values(*names).first()
        return super().revision_view(request, object_id, version_id, extra_context)

    def recoverlist_view(self, request, extra_context=None):
        raise Http404  # a deleted picture is gone: its file was

    recover_view = recoverlist_view

    # Deleting

    def get_deleted_objects(self, objs, request):
        objs = list(objs[: DELETED_AT_ONCE + 1])
        if len(objs) > DELETED_AT_ONCE:
            many = _("At most %(count)s pictures can be deleted at once.") % {"count": DELETED_AT_ONCE}
            return [], {}, set(), [many]
        protected = []
        for image in objs:
            for use in library.uses_of(image):
                names = format_html_join(", ", "{}", [(name,) for name in self.named_for(request, use.things)])
                protected.append(format_html("{}: {}: {} ({})", image, use.kind, names, use.number))
        return [str(image) for image in objs], {self.opts.verbose_name_plural: len(objs)}, set(), protected

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except ProtectedError:
            return self.taken_meanwhile(request, reverse("admin:news_image_change", args=[object_id]))

    def changelist_view(self, request, extra_context=None):
        try:
            return super().changelist_view(request, extra_context)
        except ProtectedError:
            return self.taken_meanwhile(request, request.get_full_path())

    def taken_meanwhile(self, request, address):
        said = _("Nothing was deleted: somebody has begun to use a picture meanwhile.")
        self.message_user(request, said, messages.ERROR)
        return HttpResponseRedirect(address)

    def delete_model(self, request, obj):
        storage, name, token = obj.file.storage, obj.file.name, obj.token
        super().delete_model(request, obj)
        transaction.on_commit(lambda: library.discard_file(storage, name, token))

    def delete_queryset(self, request, queryset):
        with transaction.atomic():
            for image in queryset:
                self.delete_model(request, image)

    # Uploading, choosing

    def get_urls(self):
        return [
            path("picker/", self.admin_site.admin_view(self.picker), name="news_image_picker"),
            path("upload/", self.admin_site.admin_view(self.upload), name="news_image_upload"),
            *super().get_urls(),
        ]

    def upload(self, request):
        """Many pictures at once; each is taken or refused by itself."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        language = asked_language(request)
        form = UploadForm(request.POST if request.method == "POST" else None)
        files = request.FILES.getlist("files")
        results = []
        if request.method == "POST" and form.is_valid():
            common = form.fields_of_image()
            results = [self.taken(request, file, common, language) for file in files[:AT_ONCE]]
            late = _("Not looked at: at most %(count)s files go at once. Send it again.") % {"count": AT_ONCE}
            results += [{"name": file.name, "errors": [late]} for file in files[AT_ONCE:]]
        elif request.method == "POST":
            wrong = [f"{form[name].label}: {error}" for name, found in form.errors.items() for error in found]
            results = [{"name": file.name, "errors": wrong} for file in files]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Upload pictures"),
            "opts": self.opts,
            "form": form,
            "results": results,
            "content_types": CONTENT_TYPES,
            "nothing": request.method == "POST" and not files,
            "choosing": "choosing" in request.GET,
        }
        if "X-Fragment" in request.headers:
            return render(request, "admin/news/image/results.html", context)
        return render(request, "admin/news/image/upload.html", context)

    def taken(self, request, file, common, language):
        """What became of one file, for the page."""
        try:
            image = library.take(file, request.user, **common)
        except library.Twin as twin:
            return {"name": file.name, "twin": True, "errors": twin.messages, **picture_data(twin.image, language)}
        except ValidationError as error:
            return {"name": file.name, "errors": error.messages}
        self.log_addition(request, image, [{"added": {}}])
        tasks.warm_image.enqueue(image.pk)
        return {"name": file.name, **picture_data(image, language)}

    def picker(self, request):
        """The library in a small window: a click gives the picture to the editor or the field that opened it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        language = asked_language(request)
        query = request.GET.get("q", "")[:100]
        page = Paginator(Image.objects.order_by("-pk").with_words(query), 24).get_page(request.GET.get("page"))
        number = request.GET.get("CKEditorFuncNum", "")
        target = request.GET.get("target", "")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Image library"),
            "is_popup": True,
            "page": page,
            "query": query,
            "language": language,
            "lang": html_lang(language),
            "number": number if number.lstrip("-").isdecimal() else "",
            "target": target if target.replace("-", "_").isidentifier() else "",
            "choosing": True,
            "content_types": CONTENT_TYPES,
            "may_upload": self.has_add_permission(request),
            "pictures": [picture_data(image, language) for image in page],
        }
        return render(request, "admin/news/image/picker.html", context)


class UploadForm(forms.Form):
    """What is true of all the files."""

    licence = forms.CharField(label=Image._meta.get_field("licence").verbose_name, max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for code in LANGUAGES:
            field = forms.CharField(
                label=_("credit: %(language)s") % {"language": NAMES[code]}, max_length=200, required=False
            )
            field.widget.attrs["lang"] = html_lang(code)
            self.fields[column("credit", code)] = field

    def fields_of_image(self):
        return {name: value for name, value in self.cleaned_data.items() if value}


def asked_language(request):
    language = request.GET.get("language")
    return language if language in LANGUAGES else translation.get_language()


def picture_data(image, language):
    """What the picker and the upload's answer show of a picture."""
    return {
        "pk": image.pk,
        "image": image,
        "thumbnail": thumbnail(image),
        "address": library_address(image),
        "alt": getattr(image, column("alt", language)) or "",
        "caption": getattr(image, column("caption", language)) or "",
    }


def crops(image):
    """The picture in each shape that the site uses, as it is cropped now."""
    found = []
    for shape, rules in images.SHAPES.items():
        if rules.ratio:
            width = images.available_widths(image.width, image.height, shape)[0]
            size = images.rendition_size(image.width, image.height, shape, width)
            address = images.address(image, shape, width, "jpg")
            found.append(
                {"shape": shape, "name": SHAPE_NAMES[shape], "src": address, "width": size[0], "height": size[1]}
            )
    return found


def admin_link(found):
    meta = found._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[quote(found.pk)])
    return format_html('<a href="{}">{}</a>', address, found)
