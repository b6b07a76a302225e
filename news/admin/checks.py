"""What the checks found, in the head of each language of the article's form; and before many are published at once."""

from django.forms.widgets import Media, Script
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .. import checks
from ..checking import CHECK, SEEN
from ..languages import NAMES
from ..models import column
from ..working_copy import TEXTS

SEVERITIES = {
    checks.ERROR: _("Must be mended"),
    checks.WARNING: _("To be looked at"),
    checks.HINT: _("For your information"),
}
PRESSED = ("_publish_changes", "_continue", "_addanother", "_save")  # the form's buttons


def place_of(found):
    """The id of what mends a finding, in the article's form."""
    if found.check == "older_than_source":
        return "stale-" + found.language
    if found.field == "gallery":
        return "gallery-group"
    return f"id_{column(found.field, found.language) if found.field in TEXTS else found.field}"


def shown(findings):
    """For templates."""
    return [
        {
            "found": found,
            "severity": SEVERITIES[found.severity],
            "place": place_of(found),
            "image": reverse("admin:news_image_change", args=[found.image]) if found.image else "",
        }
        for found in findings
    ]


def keys_of(findings):
    return " ".join(found.key for found in findings if found.severity == checks.WARNING)


class Checking:
    """A part of the article's admin."""

    @property
    def media(self):
        return super().media + Media(
            css={"all": ["css/admin-checks.css"]}, js=[Script("js/admin-checks.js", type="module")]
        )

    def checks_context(self, request, form, code, editable):
        """For the bar of a language. What was shown before somebody pressed a button counts as seen."""
        if not (editable and code in form.rights.languages):
            return {}
        if form.is_bound:
            found = form.findings.get(code, ()) if form.findings else ()
        else:
            found = checks.run(form.story(code)) if form.has_text(code) else ()
        asked = code in form.asked
        pressed = next((name for name in PRESSED if name in request.POST), "_save")
        return {
            "may_check": True,
            "checked": form.only_looks and code in form.findings,
            "found": shown(found),
            "asked": asked,
            "again": {"name": pressed, "value": request.POST.get(pressed, "")} if asked else None,
            "check_button": CHECK,
            "seen_field": SEEN,
            "seen": keys_of(found) if form.is_bound else "",
        }

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        if form.only_looks and request.headers.get("X-Requested-With") == "fetch":
            boxes = [
                render_to_string(
                    "admin/news/article/checks_box.html",
                    {"code": code, "language": NAMES[code], **self.checks_context(request, form, code, editable=True)},
                )
                for code in NAMES
            ]
            return HttpResponse("".join(boxes))
        if form.is_bound and (form.asked or form.only_looks):
            codes = {error.code for errors in form.errors.as_data().values() for error in errors}
            if codes <= {"ask", "check"}:
                context["errors"] = None  # nothing is wrong with what was typed
                context["checks_said"] = form.non_field_errors()
                context["checks_at"] = [
                    (code, NAMES[code])
                    for code in form.asked or [code for code, found in form.findings.items() if found]
                ]
        return super().render_change_form(request, context, add, change, form_url, obj)

    # Many at once

    def ask_about(self, request, articles):
        """A page that shows what stands against publishing some of the chosen articles, and asks: {article: [Finding]}."""
        context = self.admin_site.each_context(request) | {
            "title": _("Found before publishing"),
            "opts": self.opts,
            "articles": [
                {
                    "article": article,
                    "address": reverse("admin:news_article_change", args=[article.pk]),
                    "found": [row | {"name": NAMES[row["found"].language]} for row in shown(findings)],
                    "seen": keys_of(findings),
                }
                for article, findings in articles.items()
            ],
            "seen_field": SEEN,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/news/article/ask.html", context)
