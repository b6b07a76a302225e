"""Typo reports: the list of all, and the queue in which they are decided on."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from news.languages import html_lang
from news.models import column
from news.numbers import number

from .. import quotes, threads, typos
from ..forms import visible
from ..models import TypoDecision, TypoReport
from .base import DecidedInForm, OnArticle, mark_own_last

Kind = TypoDecision.Kind
PLACES = 20  # a page of the queue
UNDOABLE = 10


@admin.register(TypoReport)
class TypoReportAdmin(DecidedInForm, OnArticle, admin.ModelAdmin):
    change_list_template = "admin/comments/typoreport/change_list.html"
    list_display = ["sentence", "correction", "remark_start", "article_link", "field", "found", "created_at", "status"]
    list_filter = ["status", "language", "field", "anchored"]
    search_fields = ["quote", "correction", "remark"]
    actions = ["accept", "decline"]
    shown = [
        "sentence", "correction", "remark", "article_link", "edit_link", "language", "field", "found", "article_version",
        "times", "reporter_name", "reporter_email", "created_at", "status", "decided_at", "decided_by",
    ]  # fmt: skip
    decisions = {"accept": (_("Corrected by hand"), "accept"), "decline": (_("Decline with thanks"), "decline")}

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related(Prefetch("article", threads.articles()))

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
        return format_html('<a href="{}">{}</a>', editor_address(row), _("Edit the article"))

    @admin.action(description=_("Corrected by hand"), permissions=["change"])
    def accept(self, request, queryset):
        self.decide(request, queryset, Kind.MENDED)

    @admin.action(description=_("Decline with thanks"), permissions=["change"])
    def decline(self, request, queryset):
        self.decide(request, queryset, Kind.DECLINED)

    def decide(self, request, queryset, kind):
        number = 0
        for place in dict.fromkeys(row.place for row in queryset):
            try:
                number += typos.decide(place, kind, by=request.user).reports.count()
            except typos.Decided:  # stays as it was decided
                continue
        message = ngettext("%(number)d report changed.", "%(number)d reports changed.", number)
        self.message_user(request, message % {"number": number}, messages.SUCCESS)

    # The queue

    def get_urls(self):
        view = self.admin_site.admin_view(self.queue)
        return [path("queue/", view, name="comments_typoreport_queue"), *super().get_urls()]

    def queue(self, request):
        """The places that wait, each with its sentence before and after; without a script, buttons do all."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        language = request.GET.get("language", "")
        language = language if language in dict(settings.LANGUAGES) else ""
        if request.method == "POST":
            self.decide_in_queue(request)
            query = urlencode({"language": language}) if language else ""
            following = request.POST.get("next", "")
            fragment = f"#t-{following}" if following.isalnum() else ""
            return HttpResponseRedirect(f"{request.path}?{query}{fragment}")
        page = Paginator(typos.waiting_places(language), PLACES).get_page(request.GET.get("page"))
        groups = typos.groups([row["place"] for row in page])
        for following, group in enumerate(groups, 1):
            group.next = groups[following].first.place if following < len(groups) else ""
            group.lang = html_lang(group.first.language)
            group.title = group.target.article.text("title", group.first.language)
            group.address = group.target.article.address(group.first.language)
            group.edit = editor_address(group.first)
        context = self.admin_site.each_context(request) | {
            "title": _("Typo reports that wait"),
            "opts": self.opts,
            "page": page,
            "groups": groups,
            "language": language,
            "languages": settings.LANGUAGES,
            "may_apply": request.user.has_perm(typos.APPLY),
            "decided": self.decided_lately(request.user),
        }
        return render(request, "admin/comments/typoreport/queue.html", context)

    def decided_lately(self, user):
        """The newest decisions of a day, which can be taken back."""
        since = timezone.now() - typos.UNDO_WITHIN
        rows = TypoDecision.objects.filter(undone_at=None, decided_at__gt=since).select_related("decided_by")
        rows = list(rows[:UNDOABLE])
        for row in rows:
            row.badges, row.lang = [row.get_kind_display()], html_lang(row.language)
            row.shown = row.named = row.quote
            row.may_undo = row.kind != Kind.APPLIED or user.has_perm(typos.APPLY)
            if row.kind == Kind.APPLIED:
                row.shown = format_html("<del>{}</del> <ins>{}</ins>", row.quote, row.correction)
        return mark_own_last(rows, user)

    def decide_in_queue(self, request):
        place, action = request.POST.get("place", ""), request.POST.get("action", "")
        place = place if place.isalnum() else ""
        try:
            if "undo" in request.POST:
                self.undo(request, number(request.POST["undo"]))
            elif correction := request.POST.get("correction", ""):
                if not request.user.has_perm(typos.APPLY):
                    raise PermissionDenied
                correction = quotes.normalise(visible(correction))[:500]
                decision = typos.apply_correction(place, correction, by=request.user)
                self.say(request, _("Corrected: “%(words)s”."), words=correction)
                if not decision.followed:
                    self.show_waiting(request, decision)
            elif action == "mended":
                typos.decide(place, Kind.MENDED, by=request.user)
                self.say(request, _("Marked as corrected."))
            elif action in {"decline", "silent"}:
                typos.decide(place, Kind.DECLINED, by=request.user, thanks=action == "decline")
                self.say(request, _("Declined."))
        except typos.Uncertain:
            text = _("Nothing was changed: the place in the text is not certain any more. Open the editor there.")
            self.message_user(request, text, messages.WARNING)
        except typos.Decided as error:
            self.tell_decided(request, error.decision)

    def show_waiting(self, request, decision):
        address = reverse("admin:news_article_changes", args=[decision.article_id, decision.language])
        text = _("Changes of this text wait for publication, and the place in them is not certain: {}.")
        link = format_html('<a href="{}">{}</a>', address, _("see what waits"))
        self.message_user(request, format_html(text, link), messages.WARNING)

    def undo(self, request, pk):
        decision = get_object_or_404(TypoDecision, pk=pk)
        if decision.kind == Kind.APPLIED and not request.user.has_perm(typos.APPLY):
            raise PermissionDenied
        typos.undo(pk, by=request.user)
        self.say(request, _("Taken back: “%(words)s” waits again."), words=decision.quote)

    def tell_decided(self, request, decision):
        if decision is None:
            return self.message_user(request, _("Somebody else has decided on this already."), messages.WARNING)
        undone = decision.undone_at is not None
        text = _("%(who)s has decided on this already: %(what)s.") % {
            "who": (decision.undone_by if undone else decision.decided_by) or _("Somebody else"),
            "what": _("taken back") if undone else decision.get_kind_display(),
        }
        return self.message_user(request, text, messages.WARNING)

    def say(self, request, text, **values):
        self.message_user(request, text % values if values else text, messages.SUCCESS)


def editor_address(report):
    """The form that holds the text in which the report's quote stands, at its field."""
    if report.image_id:
        address = reverse("admin:news_image_change", args=[report.image_id])
    else:
        address = reverse("admin:news_article_change", args=[report.article_id])
    name = "body" if report.field == TypoReport.Field.CAPTION and not report.image_id else report.field
    return f"{address}#id_{column(name, report.language)}"
