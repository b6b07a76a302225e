"""Beside the article's form: notes and assignments, the proof of publication, corrections."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from .. import notes, proof, publication
from ..corrections import asked_languages, correction_field
from ..languages import NAMES, html_lang
from ..models import Assignment, Correction, Proof
from ..numbers import number

NOTES = 100  # the last ones; all of them on a page of their own


class Workflow:
    """A part of the article's admin. Each part of the page is a section that stands alone too, without JavaScript."""

    def get_urls(self):
        views = {"colleagues": self.colleagues, "proof": self.proof}
        return [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"news_article_{name}")
            for name, view in views.items()
        ] + super().get_urls()

    def visible_article(self, request, pk):
        article = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        return article

    def part(self, request, article, name, context, status=200):
        """The section alone for a script, else in a page of its own."""
        alone = request.headers.get("X-Requested-With") == "fetch"
        template = f"admin/news/article/{name}.html" if alone else "admin/news/article/part.html"
        context = {
            **self.admin_site.each_context(request),
            "title": str(article),
            "original": article,
            "opts": self.opts,
            "part": f"admin/news/article/{name}.html",
            **context,
        }
        response = render(request, template, context, status=status)
        response["Cache-Control"] = "private, no-store"
        return response

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and obj.pk and request.resolver_match.url_name == "news_article_change":
            context |= self.colleagues_context(request, obj) | self.proof_context(request, obj)
            context["waiting_for"] = [NAMES[code] for code in self.group_waits_for(obj)]
            context["corrections_to_do"] = self.corrections_to_do(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def group_waits_for(self, article):
        ready = any(edition.status == edition.Status.READY for edition in article.editions.all())
        return publication.waiting_for(article) if ready else []

    # Notes and assignments

    def colleagues_context(self, request, article, **forms):
        who = {"article": article, "author": request.user}
        limit = None if request.GET.get("notes") == "all" else NOTES + 1
        found = list(article.notes.select_related("author").order_by("-pk")[:limit])
        assignments = list(article.assignments.select_related("assignee", "created_by", "done_by"))
        for assignment in assignments:
            assignment.closable = assignment.done_at is None and notes.may_finish(request.user, assignment)
        return {
            "colleagues_address": reverse("admin:news_article_colleagues", args=[article.pk]),
            "notes": found[: limit and NOTES][::-1],
            "older_notes": bool(limit) and len(found) > NOTES,
            "assignments": assignments,
            "open_assignments": [row for row in assignments if row.done_at is None],
            "note_form": forms.get("note_form") or notes.NoteForm(prefix="note", **who),
            "assignment_form": forms.get("assignment_form") or notes.AssignmentForm(prefix="assignment", **who),
        }

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def colleagues(self, request, pk):
        article = self.visible_article(request, pk)
        forms = {}
        if request.method == "POST":
            who = {"article": article, "author": request.user}
            if done := request.POST.get("done"):
                self.finish(request, article, done)
            elif request.POST.get("form") == "assignment":
                forms["assignment_form"] = notes.AssignmentForm(request.POST, prefix="assignment", **who)
            else:
                forms["note_form"] = notes.NoteForm(request.POST, prefix="note", **who)
            if all(form.is_valid() for form in forms.values()):
                for form in forms.values():
                    form.save()
                forms = {}
                if request.headers.get("X-Requested-With") != "fetch":
                    return redirect(reverse("admin:news_article_change", args=[pk]) + "#colleagues")
        context = self.colleagues_context(request, article, **forms)
        return self.part(request, article, "colleagues", context, status=422 if forms else 200)

    def finish(self, request, article, text):
        assignment = get_object_or_404(Assignment, article=article, pk=number(text))
        if not notes.may_finish(request.user, assignment):
            raise PermissionDenied
        notes.finish(assignment, request.user)

    # Proof

    def proof_context(self, request, article):
        if not self.has_publish_permission(request):
            return {}
        now = timezone.now()
        rows = Proof.objects.filter(article=article)
        last = rows.exclude(tried_at=None).order_by("-tried_at").first()
        due = rows.due(now).order_by("due_at").first()
        return {
            "proof_address": reverse("admin:news_article_proof", args=[article.pk]),
            "proof": last,
            "proof_found": [
                {"address": settings.SITE_URL + address, "path": address, "problem": problem and gettext(problem)}
                for address, problem in sorted(last.found, key=lambda row: not row[1])
            ]
            if last
            else [],
            "proof_due": due,
            "proof_late": due is not None and due.due_at <= now - Proof.LATE,
            "proof_running": due is not None and due.claimed_at is not None,
            "proof_next": rows.filter(due_at__gt=now).order_by("due_at").first(),
            "proof_by_itself": settings.BACKGROUND_TASKS,
            "proof_possible": due is not None
            or any(edition.published_at and edition.published_at <= now for edition in article.editions.all()),
        }

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def proof(self, request, pk):
        article = self.visible_article(request, pk)
        if not self.has_publish_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            proof.queue(article)
            proof.prove(pk)
            if request.headers.get("X-Requested-With") != "fetch":
                return redirect(reverse("admin:news_article_change", args=[pk]) + "#proof")
        return self.part(request, article, "proof", self.proof_context(request, article))

    # Corrections

    def correction_fieldsets(self, request, article):
        asked = asked_languages(self.rights(request, article), article) if article else []
        if not asked or not self.has_change_permission(request, article):
            return []
        fields = [(correction_field("decision", code), correction_field("text", code)) for code in asked]
        description = _(
            "For a mistake that readers should know of; a typo needs none. A correction goes out when you save, with the "
            "sentence below the story. Each language that is public needs an answer."
        )
        classes = ["collapse", "common", "corrections-fields"]
        return [
            (_("Tell readers of a correction"), {"fields": fields, "classes": classes, "description": description})
        ]

    def corrections_to_do(self, request, article):
        if not self.has_publish_permission(request):
            return []
        return [
            {
                "language": NAMES[row.language],
                "text": row.origin.text if row.origin else "",
                "lang": html_lang(row.origin.language) if row.origin else "",
                "address": reverse("admin:news_correction_change", args=[row.pk]),
            }
            for row in Correction.objects.to_do().filter(article=article).select_related("origin")
        ]
