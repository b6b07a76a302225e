"""The desk's boxes of the workflow: what was asked of the user, corrections to decide, what readers see wrongly."""

from django.urls import reverse
from django.utils.translation import gettext as _

from news.forms import html_lang
from news.models import Assignment, Correction, Proof
from news.publication import PUBLISH, may_see

ROWS = 20


def boxes(user):
    """[{title, rows}], of what waits alone; three queries for an editor, one for others."""
    found = [(_("For you to do"), assignments(user))]
    if user.has_perm(PUBLISH):
        found = [
            (_("Readers do not see what they should"), late()),
            *found,
            (_("Corrections to decide"), corrections()),
        ]
    return [{"title": title, "rows": rows} for title, rows in found if rows]


def row(article, title, lang="", **fields):
    address = reverse("admin:news_article_change", args=[article.pk])
    return {"title": title, "lang": lang, "address": address, "at": None, "language": str(article)} | fields


def assignments(user):
    waiting = Assignment.objects.waiting().filter(assignee=user).select_related("article").order_by("until", "pk")
    rows = [assignment for assignment in waiting[:ROWS] if may_see(user, assignment.article)]
    return [row(assignment.article, assignment.task, at=assignment.until) for assignment in rows]


def late():
    waiting = Proof.objects.late().select_related("article").order_by("due_at")
    return [row(proof.article, str(proof.article), language=_("late"), at=proof.due_at) for proof in waiting[:ROWS]]


def corrections():
    waiting = Correction.objects.to_do().select_related("article", "origin").order_by("pk")
    return [
        row(
            correction.article,
            correction.origin.text,
            html_lang(correction.origin.language),
            language=correction.get_language_display(),
            address=reverse("admin:news_correction_change", args=[correction.pk]),
        )
        for correction in waiting[:ROWS]
    ]
