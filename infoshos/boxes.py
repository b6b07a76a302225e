"""The boxes of the desk: each is a function that says, in few queries, what it has for a user; or None.

A new box is a function and its place in BOXES. Whoever may not act on a thing is told nothing of it.
"""

from dataclasses import dataclass, field
from datetime import datetime, time

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import TruncDate
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_comments_xtd.models import XtdComment

from comments.models import Posting, TypoReport
from comments.typo_figures import figures
from news import link_check
from news.admin.translations import waiting as translations_waiting
from news.languages import html_lang
from news.models import Article, Assignment, Correction, Edition, Proof, ReadCount, column
from news.publication import PUBLIC, PUBLISH, may_see
from states.clocks import is_stale, moscow_today
from states.models import Rate

from . import charts
from .models import ContactMessage

ROWS = 20
MOST_READ = 7
FIGURES_SECONDS = 300  # how old the figures of the charts may be


@dataclass
class Box:
    key: str
    title: str
    template: str
    context: dict = field(default_factory=dict)
    wide: bool = False


def boxes(user):
    return [box for make in BOXES if (box := make(user))]


# What waits


def tasks(user):
    """Comments, typo reports, letters, imports with doubts: how many wait, and since when the oldest does."""
    comments = XtdComment.norel_objects.filter(pk__in=Posting.objects.waiting().values("pk"))
    reported = XtdComment.norel_objects.filter(pk__in=Posting.objects.reported().values("pk"))
    reports = TypoReport.objects.filter(status=TypoReport.Status.NEW)
    letters = ContactMessage.objects.filter(answered_at=None)
    doubts = Article.objects.exclude(legacy_flags=[])
    subjects = [
        (_("comments to moderate"), comments, "queue/", "change", "submit_date"),
        (_("comments reported by readers"), reported, "queue/?reported", "change", "submit_date"),
        (_("typo reports"), reports, "queue/", "change", "created_at"),
        (_("letters not answered"), letters, "?answered=no", "view", "created_at"),
    ]
    if user.has_perm(PUBLISH):  # a reporter may change articles, but not these
        subjects.append((_("imported articles with doubts"), doubts, "?doubts=yes", "change", None))
    found = [*translations_waiting(user), *counted(user, subjects)]
    return (
        Box("tasks", _("What waits for you"), "admin/desk/tasks.html", {"tasks": found}, wide=True) if found else None
    )


def counted(user, subjects):
    """[(label, queryset, query of its list, action that the user must have, field of its date or None)]; one query each."""
    found = []
    for label, queryset, query, action, dated in subjects:
        meta = queryset.model._meta
        if not user.has_perm(f"{meta.app_label}.{action}_{meta.model_name}"):
            continue
        try:
            address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist") + query
        except NoReverseMatch:
            continue
        figures = queryset.order_by().aggregate(number=Count("pk"), oldest=Min(dated) if dated else Min("pk"))
        if figures["number"]:
            oldest = figures["oldest"] if dated else None
            found.append({"label": label, "number": figures["number"], "address": address, "oldest": oldest})
    return found


def in_review(user):
    if not user.has_perm(PUBLISH):
        return None
    editions = Edition.objects.select_related("article").filter(status=Edition.Status.REVIEW).order_by("pk")[:ROWS]
    return listed("review", _("In review"), [row(edition) for edition in editions])


def scheduled_next(user):
    if not user.has_perm(PUBLISH):
        return None
    editions = (
        Edition.objects.select_related("article")
        .filter(status=Edition.Status.PUBLISHED, published_at__gt=timezone.now())
        .order_by("published_at")[:ROWS]
    )
    return listed("scheduled", _("Scheduled next"), [row(edition, edition.published_at) for edition in editions])


def own_drafts(user):
    """A reporter's own texts that readers have not seen."""
    if user.has_perm(PUBLISH) or not user.has_perm("news.add_article"):
        return None
    editions = (
        Edition.objects.select_related("article")
        .filter(article__created_by=user)
        .exclude(status__in=PUBLIC)
        .order_by("-article__updated_at", "pk")[:ROWS]
    )
    return listed("drafts", _("Your drafts"), [row(e, status=e.get_status_display()) for e in editions])


def assigned(user):
    """What colleagues asked the user to do."""
    waiting = Assignment.objects.waiting().filter(assignee=user).select_related("article").order_by("until", "pk")
    rows = [
        article_row(assignment.article, assignment.task, at=assignment.until)
        for assignment in waiting[:ROWS]
        if may_see(user, assignment.article)
    ]
    return listed("assigned", _("For you to do"), rows) if rows else None


def not_as_it_should_be(user):
    """Publications whose minute has passed and whose proof failed or was not made."""
    if not user.has_perm(PUBLISH):
        return None
    late = list(Proof.objects.late().select_related("article").order_by("due_at")[:ROWS])
    rows = [
        article_row(
            proof.article, str(proof.article), at=proof.due_at,
            language=_("late") if proof.tried_at else _("not checked yet"),
        )
        for proof in late
    ]  # fmt: skip
    known = any(proof.tried_at for proof in late)
    title = _("Readers do not see what they should") if known else _("Whether readers see what they should")
    return listed("late", title, rows) if rows else None


def corrections_to_decide(user):
    if not user.has_perm(PUBLISH):
        return None
    waiting = Correction.objects.to_do().select_related("article", "origin").order_by("pk")
    rows = [
        article_row(
            correction.article,
            correction.origin.text,
            lang=html_lang(correction.origin.language),
            language=correction.get_language_display(),
            address=reverse("admin:news_correction_change", args=[correction.pk]),
        )
        for correction in waiting[:ROWS]
    ]
    return listed("corrections", _("Corrections to decide"), rows) if rows else None


def broken_links(user):
    """Links of published texts that lead nowhere; each with the field that it stands in."""
    if not user.has_perm(PUBLISH):
        return None
    rows = []
    for link in link_check.broken(ROWS):
        field = link.field if link.field == "source_url" else column(link.field, link.language)
        address = reverse("admin:news_article_change", args=[link.article_id]) + f"#id_{field}"
        rows.append(
            article_row(
                link.article, link.address, address=address, at=link.checked_at, status=link.get_problem_display()
            )
        )
    return listed("links", _("Broken links"), rows) if rows else None


def article_row(article, title, **fields):
    address = reverse("admin:news_article_change", args=[article.pk])
    return {
        "title": title,
        "lang": "",
        "address": address,
        "at": None,
        "language": str(article),
        "status": "",
    } | fields


def listed(key, title, rows):
    return Box(key, title, "admin/desk/rows.html", {"rows": rows})


def row(edition, at=None, status=""):
    return {
        "title": edition.article.text("title", edition.language) or str(edition.article),
        "lang": html_lang(edition.language),
        "language": edition.get_language_display(),
        "address": reverse("admin:news_article_change", args=[edition.article_id]),
        "at": at,
        "status": status,
    }


def old_rates(user):
    """Only where the rates are older than they should be, or missing."""
    if not user.has_perm("states.view_rate"):
        return None
    newest = Rate.objects.aggregate(newest=Max("date"))["newest"]
    if newest and not is_stale(newest, moscow_today()):
        return None
    return Box("rates", _("Currencies"), "admin/desk/rates.html", {"newest": newest})


# Figures


def published_figures(user):
    if not user.has_perm("news.view_article"):
        return None
    return figures_box("published", _("Published in the last 30 days"), published_by_day)


def reading_figures(user):
    if not user.has_perm("news.view_article"):
        return None
    return figures_box("reads", _("Read in the last 30 days"), reads_by_day)


def figures_box(key, title, count):
    days = charts.last_days()
    figures = cache.get_or_set(f"desk:{key}:{days[-1]}", lambda: count(days[0]), FIGURES_SECONDS)
    drawn = charts.chart(figures, days)
    legend = [(name, charts.shown(number)) for name, number in drawn.totals]
    words = charts.in_words(drawn)
    return Box(key, title, "admin/desk/chart.html", {"chart": drawn, "legend": legend, "words": words})


def by_day(rows, moment, number, since):
    moscow = timezone.get_default_timezone()
    start = datetime.combine(since, time(), moscow)
    # The languages are all there are: their indexes begin with them.
    rows = rows.filter(language__in=dict(settings.LANGUAGES), **{f"{moment}__range": (start, timezone.now())})
    found = rows.order_by().annotate(day=TruncDate(moment, tzinfo=moscow)).values_list("day", "language")
    return {(day, language): count for day, language, count in found.annotate(number=number)}


def published_by_day(since):
    return by_day(Edition.objects.filter(status=Edition.Status.PUBLISHED), "published_at", Count("pk"), since)


def reads_by_day(since):
    return by_day(ReadCount.objects.all(), "hour", Sum("reads"), since)


def most_read_today(user):
    """In the language that the desk speaks, since midnight in Moscow, with the numbers; two queries."""
    if not user.has_perm("news.view_article"):
        return None
    language = translation.get_language()
    midnight = datetime.combine(moscow_today(), time(), timezone.get_default_timezone())
    counted_reads = dict(
        ReadCount.objects.filter(language=language, hour__gte=midnight)
        .values_list("article_id")
        .annotate(number=Sum("reads"))
        .order_by("-number", "-article_id")[: 2 * MOST_READ]
    )
    articles = Article.objects.published(language).only("pk", column("title", language)).in_bulk(counted_reads)
    rows = [
        {"title": articles[pk].text("title", language), "address": articles[pk].address(language), "number": number}
        for pk, number in counted_reads.items()
        if pk in articles
    ]
    return Box("most-read", _("Most read today"), "admin/desk/most_read.html", {"rows": rows[:MOST_READ]})


def typo_figures(user):
    if not user.has_perm("comments.change_typoreport"):
        return None
    found = figures()
    return Box("typos", _("Typo reports"), "admin/desk/typos.html", found) if found["reports"] else None


BOXES = [
    not_as_it_should_be, tasks, assigned, own_drafts, in_review, corrections_to_decide, scheduled_next, broken_links, old_rates,
    published_figures, reading_figures, most_read_today, typo_figures,
]  # fmt: skip
