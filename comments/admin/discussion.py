"""Comments, and what is to be confirmed."""

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, Prefetch
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django_comments.models import Comment
from django_comments_xtd import admin as package  # registers its own, which we take away
from django_comments_xtd.models import BlackListedDomain, XtdComment

from news.languages import html_lang

from .. import moderation, threads
from ..models import CommentReport, Decision, PendingComment
from . import queue
from .base import DecidedInForm, OnArticle

for model in (XtdComment, Comment, BlackListedDomain):
    if package.admin.site.is_registered(model):
        package.admin.site.unregister(model)


class StateFilter(admin.SimpleListFilter):
    title = pgettext_lazy("comment", "state")
    parameter_name = "state"
    RULES = {
        "waiting": {"is_public": False, "is_removed": False},
        "published": {"is_public": True, "is_removed": False},
        "withdrawn": {"is_removed": True},
        "reported": {"is_removed": False, "is_public": True, "reports__isnull": False},
    }

    def lookups(self, request, model_admin):
        return [
            ("waiting", _("waiting")),
            ("published", _("published")),
            ("withdrawn", _("rejected or withdrawn")),
            ("reported", _("reported by readers")),
        ]

    def queryset(self, request, queryset):
        rule = self.RULES.get(self.value())
        return queryset.filter(**rule).distinct() if rule else queryset


class LanguageFilter(admin.SimpleListFilter):
    title = _("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        return settings.LANGUAGES

    def queryset(self, request, queryset):
        return queryset.filter(posting__language=self.value()) if self.value() else queryset


@admin.register(XtdComment)
class CommentAdmin(DecidedInForm, OnArticle, admin.ModelAdmin):
    change_list_template = "admin/comments/comment_list.html"
    list_display = ["excerpt", "user_name", "article_link", "language", "submit_date", "state", "report_count"]
    list_filter = [StateFilter, LanguageFilter]
    search_fields = ["user_name", "user_email", "comment"]
    ordering = ["-submit_date", "-pk"]
    actions = ["approve", "reject", "hold"]
    shown = [
        "text", "user_name", "user_email", "article_link", "language", "submit_date", "ip_address", "answers_to", "state",
        "decided", "earlier", "reports_shown", "followup",
    ]  # fmt: skip

    def get_object(self, request, object_id, from_field=None):
        try:
            return super().get_object(request, object_id, from_field)
        except OverflowError:  # a number too large for the database: its key is a relation, which nobody checks
            return None

    decisions = {
        "approve": (_("Approve"), "approve"),
        "reject": (_("Reject or withdraw"), "reject"),
        "hold": (_("Hold again"), "hold"),
    }

    def get_queryset(self, request):
        rows = XtdComment.norel_objects.exclude(posting=None).annotate(number_of_reports=Count("reports"))
        rows = rows.select_related("posting").prefetch_related(Prefetch("posting__article", threads.articles()))
        return rows.order_by(*self.ordering)

    def get_list_display_links(self, request, list_display):
        return ["excerpt"]

    def place(self, row):
        return row.posting.article, row.posting.language

    @admin.display(description=_("comment"))
    def excerpt(self, row):
        return Truncator(row.comment).chars(100)

    @admin.display(description=_("comment"))
    def text(self, row):
        return format_html(
            '<div lang="{}" dir="auto">{}</div>',
            html_lang(row.posting.language),
            linebreaks(row.comment, autoescape=True),
        )

    @admin.display(description=_("language"))
    def language(self, row):
        return row.posting.get_language_display()

    @admin.display(description=pgettext_lazy("comment", "state"))
    def state(self, row):
        if row.posting.withdrawn_at:
            return _("withdrawn by its writer")
        if row.is_removed:
            return _("withdrawn") if row.is_public else _("rejected")
        return _("published") if row.is_public else _("waiting")

    @admin.display(description=_("reports"))
    def report_count(self, row):
        return row.number_of_reports or ""

    @admin.display(description=_("reports"))
    def reports_shown(self, row):
        reports = CommentReport.objects.filter(comment=row)
        return format_html_join("", "<p>{} {}</p>", [(f"{r.created_at:%Y-%m-%d}", r.reason) for r in reports]) or "—"

    @admin.display(description=_("decided"))
    def decided(self, row):
        log = Decision.objects.filter(posting=row.pk).select_related("decided_by", "reason").order_by("number")
        lines = [
            (
                f"{timezone.localtime(d.decided_at):%Y-%m-%d %H:%M}",
                _("the writer") if d.by_writer else d.decided_by or "",
                d.get_verdict_display(),
                d.reason or "",
            )
            for d in log
        ]
        return format_html_join("", "<p>{} {}: {} {}</p>", lines) or "—"

    @admin.display(description=_("earlier wording"))
    def earlier(self, row):
        return (
            format_html_join("", "<p>{}: {}</p>", ((until[:16], text) for until, text in row.posting.earlier)) or "—"
        )

    @admin.display(description=_("answer to"))
    def answers_to(self, row):
        parent = row.level and XtdComment.norel_objects.filter(pk=row.parent_id).first()
        return format_html("<blockquote>{}: {}</blockquote>", parent.user_name, parent.comment) if parent else "—"

    # A deleted comment would take its answers' place away: a moderator withdraws it instead.
    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description=_("Approve: readers see them"), permissions=["change"])
    def approve(self, request, queryset):
        self.tell(request, moderation.approve(queryset, request.user))

    @admin.action(description=_("Reject or withdraw"), permissions=["change"])
    def reject(self, request, queryset):
        self.tell(request, moderation.reject(queryset, request.user))

    @admin.action(description=_("Hold again"), permissions=["change"])
    def hold(self, request, queryset):
        self.tell(request, moderation.hold(queryset, request.user))

    def get_urls(self):
        address = path(
            "queue/", self.admin_site.admin_view(lambda request: queue.view(request, self)), name="comments_queue"
        )
        return [address, *super().get_urls()]

    def tell(self, request, number):
        message = ngettext("%(number)d comment changed.", "%(number)d comments changed.", number)
        self.message_user(request, message % {"number": number}, messages.SUCCESS)


@admin.register(PendingComment)
class PendingCommentAdmin(OnArticle, admin.ModelAdmin):
    list_display = ["excerpt", "name", "email", "article_link", "language", "created_at", "mailed_at", "confirmed_at"]
    list_filter = ["language", ("confirmed_at", admin.EmptyFieldListFilter), ("mailed_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "email", "text"]
    shown = ["text", "name", "email", "article_link", "language", "created_at", "mailed_at", "confirmed_at", "ip"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related(Prefetch("article", threads.articles()))

    @admin.display(description=_("comment"))
    def excerpt(self, row):
        return Truncator(row.text).chars(80)

    def has_change_permission(self, request, obj=None):
        return False
