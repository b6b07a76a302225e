"""What the admin's lists and forms share."""

import json
from contextlib import contextmanager

import reversion
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Q, TextField
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from reversion.admin import VersionAdmin
from reversion.models import Version

from .. import conflicts, history, images, saves
from ..conflicts import OPENED
from ..forms import (
    LANGUAGES,
)
from ..languages import html_lang
from ..models import column
from ..moments import moscow_time
from ..numbers import number
from .history import WHY, History, why_of


def language_fieldsets(*fields):
    """A fieldset a language, with each field's column."""
    return [
        (name, {"fields": [column(field, code) for field in fields], "classes": ["language", f"language-{code}"]})
        for code, name in settings.LANGUAGES
    ]


def is_text(field):
    return isinstance(field, CharField | TextField) and not field.choices


def thumbnail(image, width=320):
    """A small rendition of the picture as an <img>; nothing where there is none."""
    if not image or not image.pk or not image.file:
        return ""
    width = min(images.available_widths(image.width, image.height, "full")[0], width)
    size = images.rendition_size(image.width, image.height, "full", width)
    return format_html(
        '<img class="thumbnail" src="{}" alt="" width="{}" height="{}" loading="lazy">',
        images.address(image, "full", width, "jpg"),
        *size,
    )


class AllLanguages:
    """Lists that search every language's column, whatever the case: SQLite knows the case of Latin letters alone."""

    show_full_result_count = False
    list_per_page = 50

    def get_search_results(self, request, queryset, search_term):
        columns = [name.removeprefix("=") for name in self.get_search_fields(request)]
        for word in search_term.split()[:8]:
            rule = Q()
            for name in columns:
                for variant in dict.fromkeys([word, word.lower(), word.capitalize(), word.upper()]):
                    rule |= Q(**{f"{name}__icontains": variant})
            queryset = queryset.filter(rule)
        return queryset, False


class RevisedAdmin(History, VersionAdmin):
    """Every save is a revision; merely looking writes nothing and takes no lock."""

    history_latest_first = True
    change_form_template = "admin/revised_form.html"

    @contextmanager
    def create_revision(self, request):
        looks = request.method in {"GET", "HEAD", "OPTIONS"}
        if looks or request.POST.get("action") == "delete_selected":  # a revision holds only what is there at its end
            yield
        else:
            with super().create_revision(request):
                yield
                if version := getattr(request, "goes_back_to", None):  # django-reversion has put its own words there
                    reversion.set_comment(saves.comment(history.went_back(version), why=why_of(request)))

    # Two at one form: an article's has more to it (writing.py)

    def get_object(self, request, object_id, from_field=None):
        if request.method == "POST" and (pk := number(object_id)):
            # One after the other: whoever comes second finds what the first one has saved.
            list(self.model._base_manager.select_for_update().filter(pk=pk).values_list("pk"))
        found = super().get_object(request, object_id, from_field)
        if found is None and OPENED in request.POST:
            request.gone = {WHY} | {field.name for field in self.opts.fields if is_text(field)}
        return found

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if not (change and request.method == "POST" and OPENED in request.POST) or OPENED in form.base_fields:
            return form
        if not hasattr(request, "merge"):
            request.merge = conflicts.Merge(form(instance=obj), request.POST)
            request.POST = request.merge.data
        return type(form.__name__, (conflicts.MergedForm, form), {"merge": request.merge})

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        if change and OPENED not in form.fields:
            context[OPENED] = json.dumps(conflicts.digests(form))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_change(self, request, obj):
        if taken := getattr(getattr(request, "merge", None), "taken", ()):
            text = _("Kept as somebody else has saved it meanwhile: %(fields)s.")
            self.message_user(request, text % {"fields": ", ".join(taken)}, messages.WARNING)
        return super().response_change(request, obj)

    # Going back

    def recover_view(self, request, version_id, extra_context=None):
        # Checked before anything is brought back.
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        version = get_object_or_404(Version, pk=version_id)
        if version.content_type.model_class() is not self.model:
            raise Http404
        request.goes_back_to = version
        return super().recover_view(request, version_id, extra_context)

    def revision_view(self, request, object_id, version_id, extra_context=None):
        # Checked before anything is reverted: what the form refuses by a redirect would stay reverted.
        found = super().get_object(request, unquote(object_id))
        if found is None:
            raise Http404
        if not self.has_change_permission(request, found):
            raise PermissionDenied
        request.goes_back_to = get_object_or_404(Version, pk=version_id)
        return super().revision_view(request, object_id, version_id, extra_context)


class LanguageFieldsMixin(AllLanguages):
    """Marks each language's field with its language, for browsers' spelling checks and screen readers."""

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        for name, field in form.base_fields.items():
            for code in LANGUAGES:
                if name.endswith("_" + code.replace("-", "_")):
                    field.widget.attrs["lang"] = html_lang(code)
        return form


def moscow(moment):
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), moscow_time(moment))
