"""For each admin with revisions: who changed what, when and why; two saves compared; the way back to one language."""

import reversion
from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from reversion.admin import VersionAdmin
from reversion.models import Version

from .. import checks, history, saves
from ..checking import SEEN
from ..forms import LANGUAGES
from ..languages import NAMES, html_lang
from ..numbers import number
from .checks import keys_of, shown

WHY = "_why"
LONGEST_WHY = 200
SAVES = 200  # the last ones; all of them on demand


def why_of(request):
    return " ".join(request.POST.get(WHY, "").replace("\x00", "").split())[:LONGEST_WHY]


class History:
    def get_urls(self):
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("<path:object_id>/history/compare/", view(require_safe(self.compare_view)), name=f"{name}_compare"),
            path("<path:object_id>/history/<int:version_id>/restore/", view(require_POST(self.restore_view)), name=f"{name}_restore"),
            *super().get_urls(),
        ]  # fmt: skip

    def url(self, name, *args):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)

    # Why

    def log_addition(self, request, obj, message):
        return self.with_why(request, super().log_addition, obj, message)

    def log_change(self, request, obj, message):
        return self.with_why(request, super().log_change, obj, message)

    def with_why(self, request, log, obj, message):
        """Above what was changed stands why, below it what the save has said of itself already."""
        said = reversion.get_comment() if reversion.is_active() else ""
        entry = log(request, obj, message)
        if reversion.is_active():
            changed = "" if said and not message else entry.change_message
            reversion.set_comment(saves.comment(changed, said, why=why_of(request)))
        return entry

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["why"] = request.POST.get(WHY, "")
        return super().render_change_form(request, context, add, change, form_url, obj)

    # Comparing

    def history_object(self, request, object_id):
        """The thing, for those who may see it; 404 and 403 for all others."""
        found = self.get_object(request, unquote(object_id)) if len(object_id) < 100 else None
        if found is None:
            raise Http404
        if not self.has_view_or_change_permission(request, found):
            raise PermissionDenied
        return found

    def history_view(self, request, object_id, extra_context=None):
        thing = self.history_object(request, object_id)
        versions = Version.objects.get_for_object(thing).select_related("revision__user").defer("serialized_data")
        limit = None if request.GET.get("all") else SAVES + 1
        versions = list(versions[:limit])
        actions = [
            row | {"url": self.url("revision", quote(thing.pk), row["version"])}
            for row in saves.rows(versions[: limit and SAVES], type(thing))
        ]
        context = {
            "action_list": actions,
            "more": bool(limit) and len(versions) > SAVES,
            "compare": self.url("compare", quote(thing.pk)),
        }
        return super(VersionAdmin, self).history_view(request, object_id, context | (extra_context or {}))

    def states(self, thing, *names):
        """The states that an address names: numbers of saves, or "now"."""
        versions = Version.objects.get_for_object(thing).select_related("revision__user")
        for name in names:
            if name == "now":
                yield history.present(thing)
                continue
            if number(name) is None:
                raise Http404
            yield history.state_of(get_object_or_404(versions, pk=number(name)))

    def languages_to_restore(self, request, thing):
        """Those whose texts the user may change."""
        return LANGUAGES if self.has_change_permission(request, thing) else []

    def compare_view(self, request, object_id):
        thing = self.history_object(request, object_id)
        newest = Version.objects.get_for_object(thing).values_list("pk", flat=True).first()
        names = [request.GET.get("before") or str(newest or "now"), request.GET.get("after") or "now"]
        states = list(self.states(thing, *names))
        back = self.url("history", quote(thing.pk))
        if None in states:
            self.message_user(
                request, _("This save was made by an older portal and can't be read any more."), messages.ERROR
            )
            return redirect(back)
        before, after = sorted(states, key=lambda state: state.version.pk if state.version else float("inf"))
        return self.compared(request, thing, before, after)

    def compared(self, request, thing, before, after, found=(), asked=""):
        """``found``: what the checks have against going back in the language ``asked``."""
        allowed = self.languages_to_restore(request, thing)
        languages = [
            row | {"name": NAMES[row["code"]], "lang": html_lang(row["code"]), "restorable": row["code"] in allowed}
            for row in history.languages_compared(self.model, before, after)
        ]
        context = self.admin_site.each_context(request) | {
            "title": _("Two versions compared"),
            "opts": self.opts,
            "original": thing,
            "before": before,
            "after": after,
            "languages": languages,
            "others": history.others_compared(self.model, before, after),
            "restore": self.url("restore", quote(thing.pk), before.version.pk) if before.version else "",
            "restore_all": len(allowed) == len(LANGUAGES),
            "why_field": WHY,
            "why": why_of(request),
            "back": self.url("history", quote(thing.pk)),
            "found": shown(found),
            "seen_field": SEEN,
            "seen": keys_of(found),
            "asked": asked,
            "form_address": self.url("change", quote(thing.pk)),
        }
        return TemplateResponse(request, "reversion/compare.html", context)

    # Going back

    @transaction.atomic
    def restore_view(self, request, object_id, version_id):
        thing = self.history_object(request, object_id)
        if not self.has_change_permission(request, thing):
            raise PermissionDenied
        asked = request.POST.get("language", "")
        languages = LANGUAGES if asked == "all" else [asked]
        if not set(languages) <= set(LANGUAGES):
            raise Http404
        if not set(languages) <= set(self.languages_to_restore(request, thing)):
            raise PermissionDenied
        [state] = self.states(thing, str(version_id))
        back = f"{self.url('compare', quote(thing.pk))}?before={version_id}"
        if state is None:
            self.message_user(
                request, _("This save was made by an older portal and can't be read any more."), messages.ERROR
            )
            return redirect(self.url("history", quote(thing.pk)))
        back_to = history.went_back(state.version, languages)
        try:
            thing = history.restore(
                thing, state, languages, by=request.user, why=saves.comment(back_to, why=why_of(request)),
                seen=checks.keys(request.POST.get(SEEN)),
            )  # fmt: skip
        except checks.Objection as objection:
            thing = self.history_object(request, object_id)  # as it is, without what was tried
            return self.compared(request, thing, state, history.present(thing), objection.findings, asked)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return redirect(back)
        done = saves.sentence(back_to)
        self.log_change(request, thing, done)
        self.message_user(request, done, messages.SUCCESS)
        if getattr(self, "tell_what_waits", None):
            self.tell_what_waits(request, thing)
        return redirect(self.url("change", quote(thing.pk)))
