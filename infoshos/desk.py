"""The admin's site: its first page says what waits, its header leads to the same page in the other languages."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .middleware import PREFIX

LANGUAGE_NAMES = [("ru", "ru", "Русский"), ("en", "en", "English"), ("zh-hans", "zh-Hans", "简体中文")]


class DeskSite(AdminSite):
    site_header = _("InfoSCO desk")
    site_title = _("InfoSCO desk")
    index_title = _("The desk")
    index_template = "admin/index.html"
    enable_nav_sidebar = False  # the article's form needs the width

    def each_context(self, request):
        return super().each_context(request) | {"admin_languages": languages(request)}

    def get_app_list(self, request, app_label=None):
        """The newsroom's work first, the machinery last."""
        order = {label: place for place, label in enumerate(("news", "comments", "infoshos", "states", "auth"))}
        return sorted(
            super().get_app_list(request, app_label), key=lambda app: order.get(app["app_label"], len(order))
        )

    def index(self, request, extra_context=None):
        waiting = {"waiting": waiting_lists(request.user), "tasks": waiting_counts(request.user)}
        if request.user.has_perm("comments.change_typoreport"):
            from comments.typo_figures import figures

            waiting["typo_figures"] = figures()
        return super().index(request, waiting | (extra_context or {}))


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


def waiting_lists(user):
    """Texts in review, and what is scheduled next; for those who publish."""
    from news.models import Edition
    from news.publication import PUBLISH

    if not user.has_perm(PUBLISH):
        return []
    editions = Edition.objects.select_related("article")
    review = editions.filter(status=Edition.Status.REVIEW).order_by("pk")[:20]
    scheduled = editions.filter(status=Edition.Status.PUBLISHED, published_at__gt=timezone.now()).order_by(
        "published_at"
    )
    return [
        {"title": _("In review"), "rows": [row(edition) for edition in review]},
        {"title": _("Scheduled next"), "rows": [row(edition, edition.published_at) for edition in scheduled[:20]]},
    ]


def row(edition, at=None):
    return {
        "title": edition.article.text("title", edition.language) or str(edition.article),
        "lang": "zh-Hans" if edition.language == "zh-hans" else edition.language,
        "language": edition.get_language_display(),
        "address": reverse("admin:news_article_change", args=[edition.article_id]),
        "at": at,
    }


def waiting_counts(user):
    """What waits by number: comments, typo reports, letters, imports with doubts; what the user may see of it."""
    from django_comments_xtd.models import XtdComment

    from comments.models import Posting, TypoReport
    from news.models import Article

    from .models import ContactMessage

    comments = XtdComment.norel_objects.filter(pk__in=Posting.objects.waiting().values("pk"))

    subjects = [
        (_("comments to moderate"), comments, "?state=waiting", "change"),
        (_("typo reports"), TypoReport.objects.filter(status=TypoReport.Status.NEW), "queue/", "change"),
        (_("letters not answered"), ContactMessage.objects.filter(answered_at=None), "?answered=no", "view"),
        (_("imported articles with doubts"), Article.objects.exclude(legacy_flags=[]), "?doubts=yes", "change"),
    ]
    return counted(user, subjects)


def counted(user, subjects):
    found = []
    for label, queryset, query, action in subjects:
        meta = queryset.model._meta
        if not user.has_perm(f"{meta.app_label}.{action}_{meta.model_name}"):
            continue
        try:
            address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist") + query
        except NoReverseMatch:
            continue
        if number := queryset.count():
            found.append({"label": label, "number": number, "address": address})
    return found
