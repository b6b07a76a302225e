"""The home page: arranged on a picture of it, one language at a time."""

from datetime import datetime, time, timedelta

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from .. import arranging, saves
from ..forms import LANGUAGES, MoscowDateTimeField
from ..languages import NAMES, html_lang
from ..models import Arrangement, HomepageSlot
from ..numbers import number
from ..views import home_preview


@admin.register(HomepageSlot)
class HomepageSlotAdmin(admin.ModelAdmin):
    """One page instead of a list and its forms: slots are only ever changed together."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.changelist_view)
        return [path("", view, name="news_homepageslot_changelist")]

    def changelist_view(self, request, extra_context=None):
        if not self.has_change_permission(request):
            raise PermissionDenied
        language = request.GET.get("language")
        language = language if language in LANGUAGES else translation.get_language()
        at, shown = moment_of(request)
        arrangement = Arrangement.objects.filter(language=language).first() or Arrangement(language=language)
        version, said, conflict, error = arrangement.version, "", None, ""
        if request.method == "POST":
            proposal = arranging.Proposal.posted(language, request.POST)
            version = number(request.POST.get("replace_version") or request.POST.get("version"))
            step = request.POST.get("do", "")
            if step == "save":
                _slots, right = proposal.slots()
                if not right:
                    error = _("Nothing is saved yet: see what is marked below.")
                elif version != arrangement.version:
                    conflict = difference(arrangement, proposal)
                else:
                    try:
                        arranging.arrange(proposal, opened_version=version, by=request.user)
                    except arranging.Conflict:
                        arrangement.refresh_from_db()
                        conflict = difference(arrangement, proposal)
                    else:
                        self.message_user(request, _("The home page is arranged."), messages.SUCCESS)
                        return HttpResponseRedirect(
                            f"{reverse('admin:news_homepageslot_changelist')}?language={language}"
                        )
                version = number(request.POST.get("version")) if conflict else version
            elif step == "preview":
                with translation.override(language):
                    request.LANGUAGE_CODE = language
                    response = home_preview(request, at, proposal.slots()[0])
                response["Content-Language"] = html_lang(language)
                return response
            else:
                said = proposal.act(step, request.POST, at)
        elif "revision" in request.GET:
            proposal = self.of_revision(language, request.GET["revision"])
        else:
            proposal = arranging.Proposal.stored(language)
        words = request.POST.get("q", request.GET.get("q", ""))[:100]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Home page"),
            "subtitle": NAMES[language],
            "opts": self.model._meta,
            "media": self.media,
            "content_language": language,
            "lang": html_lang(language),
            "languages": [(code, NAMES[code], code == language) for code in LANGUAGES],
            "arrangement": arrangement,
            "version": version,
            "at": at,
            "shown_at": shown,
            "home_address": home_address(language, shown or arranging.typed(at)),
            "home_tomorrow": home_address(language, tomorrow()),
            "slots_number": len(proposal.rows),
            "picture": proposal.picture(at),
            "choices": [(lane.key, proposal.label(lane)) for lane in proposal.lanes()],
            "found": arranging.search(language, words, at),
            "q": words,
            "said": said,
            "conflict": conflict,
            "error": error,
            "unsaved": request.method == "POST" or "revision" in request.GET,
            "of_revision": "revision" in request.GET,
            "history": saves.rows(arranging.history(language)),
            **(extra_context or {}),
        }
        template = "step" if request.headers.get("X-Requested-With") == "fetch" else "arrange"
        return TemplateResponse(request, f"admin/news/homepageslot/{template}.html", context)

    def of_revision(self, language, pk):
        versions = arranging.Version.objects.get_for_object_reference(Arrangement, language)
        return arranging.of_revision(language, get_object_or_404(versions, pk=number(pk)))


def moment_of(request):
    """(the moment as of which the page is shown, what was typed): now, unless another one is asked for."""
    typed = request.POST.get("at", request.GET.get("at", ""))
    try:
        at = MoscowDateTimeField(required=False).clean(typed)
    except ValidationError:
        return timezone.now(), ""
    return at or timezone.now(), arranging.typed(at)


def tomorrow():
    day = timezone.localdate() + timedelta(days=1)
    return arranging.typed(datetime.combine(day, time(9), timezone.get_default_timezone()))


def home_address(language, at):
    with translation.override(language):
        return f"{reverse('home')}?at={at}"


def difference(arrangement, proposal):
    """What somebody else has saved meanwhile, for whoever comes second."""
    stored = arranging.Proposal.stored(arrangement.language)
    titles = stored.articles()
    return {
        "by": arrangement.updated_by,
        "at": arrangement.updated_at,
        "version": arrangement.version,
        "lanes": [
            {
                "label": stored.label(lane),
                "titles": [
                    titles[int(row["article"])].text("title", arrangement.language) for row in stored.in_lane(lane)
                ],
            }
            for lane in stored.lanes()
            if stored.in_lane(lane) != proposal.in_lane(lane)
        ],
    }
