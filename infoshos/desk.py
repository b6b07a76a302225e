"""The admin's site: its first page says what waits (boxes.py), its header leads to the same page in the other languages."""

from functools import wraps

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from news.scripts import lang_of

from .middleware import PREFIX

LAST_CHANGES = 10
LANGUAGE_NAMES = [("ru", "ru", "Русский"), ("en", "en", "English"), ("zh-hans", "zh-Hans", "简体中文")]


class DeskSite(AdminSite):
    site_header = _("InfoSCO desk")
    site_title = _("InfoSCO desk")
    index_title = _("The desk")
    index_template = "admin/index.html"
    enable_nav_sidebar = False  # the article's form needs the width

    def admin_view(self, view, cacheable=False):
        """Whose session has ended while they were writing gets all that they sent back, to send it when signed in again;
        who was writing on what has been deleted, to take it along."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def wrapper(request, *args, **kwargs):
            from .views import unsent  # models are not ready when the site is made

            if request.method == "POST" and not request.user.is_authenticated:
                return unsent(request, why="signed_out") or guarded(request, *args, **kwargs)
            try:
                response = guarded(request, *args, **kwargs)
            except Http404:
                if request.method == "POST" and (response := unsent(request, why="gone")):
                    return response
                raise
            return (unsent(request, why="gone") if hasattr(request, "gone") else None) or response

        return wrapper

    def each_context(self, request):
        return super().each_context(request) | {"admin_languages": languages(request)}

    def get_app_list(self, request, app_label=None):
        """The newsroom's work first, the machinery last."""
        order = {label: place for place, label in enumerate(("news", "comments", "infoshos", "states", "auth"))}
        return sorted(
            super().get_app_list(request, app_label), key=lambda app: order.get(app["app_label"], len(order))
        )

    def index(self, request, extra_context=None):
        from .boxes import boxes  # models are not ready when the site is made

        context = {"boxes": boxes(request.user), "last_changes": self.last_changes(request)}
        return super().index(request, context | (extra_context or {}))

    def last_changes(self, request):
        """The user's entries of the log, the newest first. The log keeps names as they were, in the language of the save: what
        the user may still see has its own ``name``, in the language of the page. A query for each kind of thing."""
        entries = list(self.get_log_entries(request).filter(user=request.user)[:LAST_CHANGES])
        kinds = {}
        for entry in entries:
            entry.name = entry.object_repr
            kinds.setdefault(entry.content_type and entry.content_type.model_class(), []).append(entry)
        for model, own in kinds.items():
            if model and self.is_registered(model):
                model_admin = self.get_model_admin(model)
                found = model_admin.get_queryset(request).in_bulk(filter(None, map(key_of, own)))
                for entry in own:
                    thing = found.get(key_of(entry))
                    if thing and model_admin.has_view_permission(request, thing):
                        entry.name = str(thing)
        for entry in entries:
            entry.lang = lang_of(entry.name, request.LANGUAGE_CODE)
        return entries


def key_of(entry):
    """The primary key of what an entry of the log is about, or nothing where it can't be one: others may have written it."""
    try:
        key = entry.content_type.model_class()._meta.pk.to_python(entry.object_id)
    except ValidationError:
        return None
    return key if not isinstance(key, int) or key < 2**63 else None


def languages(request):
    """The same page of the admin in each language."""
    path = request.get_full_path()
    rest = "/" + PREFIX.sub("", path) if PREFIX.match(path) else path
    return [
        {
            "name": name,
            "lang": lang,
            "address": rest if code == settings.LANGUAGE_CODE else f"/{code}{rest}",
            "current": code == request.LANGUAGE_CODE,
        }
        for code, lang, name in LANGUAGE_NAMES
    ]
