"""Around the article's form: unsaved text, two editors at once, changes that wait, previews and links to them."""

import json
from datetime import timedelta

import reversion
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import checks, conflicts, drafts, previews, publication, working_copy
from ..checking import SEEN
from ..forms import LANGUAGES, ArticleForm
from ..languages import NAMES, html_lang
from ..models import Article, Draft, PreviewLink
from ..moments import moscow_time
from ..numbers import number
from ..segments import compared, difference
from .checks import Checking, keys_of, shown

LABELS = {name: Article._meta.get_field(name).verbose_name for name in working_copy.TEXTS}


def clock(moment):
    """Moscow time, with the day where it is not today."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    today = timezone.localtime(timezone=timezone.get_default_timezone()).date()
    return f"{local:%H:%M}" if local.date() == today else moscow_time(moment)


def person(user):
    return str(user or "—")


def compared_texts(article, copy):
    """What readers see beside what waits: rows of the fields that differ."""
    overtaken = working_copy.overtaken(article, copy)
    return [
        {
            "label": LABELS[name],
            "rich": name == "body",
            "published": article.text(name, copy.language),
            "waiting": text,
            "overtaken": name in overtaken,
            "paragraphs": compared(article.text(name, copy.language), text) if name == "body" else (),
            "parts": difference(article.text(name, copy.language), text) if name != "body" else (),
        }
        for name, text in copy.texts.items()
    ]


class Writing(Checking):
    """For the article's admin: everything that happens between opening its form and publishing what was written."""

    # The form

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form = type("ArticleForm", (form,), {"user": request.user})
        if request.method == "POST" and obj and not getattr(request, "article_before_revert", None):
            if not hasattr(request, "article_merge"):
                request.article_merge = conflicts.Merge(form(instance=obj), request.POST)
                request.POST = request.article_merge.data  # what the form and the lists below it read
            form.merge = request.article_merge
        elif request.method == "GET":
            form.draft = self.draft_to_restore(request, obj)
        return form

    def draft_to_restore(self, request, article):
        """The person's own draft that the address names, for this article."""
        pk = number(request.GET.get("draft", ""))
        if pk is None:
            return None
        return Draft.objects.unsaved().filter(pk=pk, user=request.user, article=article).first()

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "GET" and (draft := self.draft_to_restore(request, obj if obj.pk else None)):
            data = drafts.data_of(draft)
            if f"{prefix}-TOTAL_FORMS" in data:
                conflicts.put_rows(data, obj, prefix, conflicts.posted_rows(data, prefix))
                kwargs["data"] = data
        return kwargs

    def save_model(self, request, obj, form, change):
        form.waiting = form.set_aside() if change else {}
        if change:
            waits = {name for code in form.waiting for name in form.text_columns(code)}
            asked = bool(form.changed_data) or "_publish_changes" in request.POST
            form.only_waiting = asked and waits.issuperset({*form.changed_data} - {"without_effect"})
            if not form.only_waiting:
                publication.save_edit(obj, by=request.user)
        else:
            super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        article = form.instance
        if change:
            if form.only_waiting and any(formset.has_changed() for formset in formsets):
                publication.save_edit(article, by=request.user)
            for code, texts in form.waiting.items():
                working_copy.stage(article, code, texts, by=request.user)
            for code in set(form.copies) - set(form.waiting):
                if code in form.rights.languages:  # readers don't see the language: what waited was saved with it
                    working_copy.discard(article, code, by=None)
        form.save_editions(request.user, form.waiting)
        if change and form.only_waiting:
            reversion.add_to_revision(article)
        drafts.saved(request.user, form.cleaned_data.get("draft_session"))
        if (code := request.POST.get("_publish_changes")) in LANGUAGES:
            # The form has checked the same text, with what was typed still there.
            warnings_seen = {found.key for found in form.findings.get(code, ())}
            seen = bool(request.POST.get(f"seen_{code}"))
            self.publish_waiting(request, article, code, seen=seen, warnings_seen=warnings_seen)
        merge = getattr(form, "merge", None)
        if merge and merge.taken:
            text = _("Kept as somebody else has saved it meanwhile: %(fields)s.")
            self.message_user(request, text % {"fields": ", ".join(merge.taken)}, messages.WARNING)
        self.tell_what_waits(request, article)

    def publish_waiting(self, request, article, language, *, seen=False, warnings_seen=()):
        """Whether the checks stand against it."""
        try:
            working_copy.publish_changes(article, language, by=request.user, seen=seen, warnings_seen=warnings_seen)
        except checks.Objection as objection:
            level = messages.WARNING if objection.asks else messages.ERROR
            self.message_user(request, " ".join(objection.messages), level)
            return True
        except ValidationError as error:
            if error.code == "nothing" and not article.is_published(language):
                text = _("Nothing was published: readers don't see %(language)s now. What you wrote is saved.")
                self.message_user(request, text % {"language": NAMES[language]}, messages.WARNING)
            elif error.code != "nothing":
                self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            text = _("The changes are public now: %(language)s.")
            self.message_user(request, text % {"language": NAMES[language]}, messages.SUCCESS)
        return False

    def tell_what_waits(self, request, article):
        if waiting := [str(NAMES[copy.language]) for copy in article.working_copies.all()]:
            text = _("Readers still see the published text; changes wait in: %(languages)s.")
            self.message_user(request, text % {"languages": ", ".join(waiting)}, messages.INFO)

    def response_change(self, request, obj):
        if "_publish_changes" in request.POST:
            return HttpResponseRedirect(request.get_full_path().partition("?")[0])
        return super().response_change(request, obj)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        article = obj if obj and obj.pk else None
        allowed = self.has_change_permission(request, article) if article else self.has_add_permission(request)
        editable = allowed and not getattr(request, "article_before_revert", None)
        copies = (
            {copy.language: copy for copy in article.working_copies.select_related("updated_by")} if article else {}
        )
        for _name, options in context["adminform"].fieldsets:
            for code in LANGUAGES:
                if f"language-{code}" in options.get("classes", ()):
                    options["description"] = self.language_bar(
                        request, form, article, code, copies.get(code), editable
                    )
        if editable:
            context["writing"] = self.writing_context(request, form, article)
        if request.method == "GET" and not getattr(request, "article_before_revert", None):
            context |= self.drafts_context(request, form if allowed else None, article)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def drafts_context(self, request, form, article):
        """What the person has not saved yet of this article, apart from what the form shows already."""
        restored = getattr(form, "draft", None)
        own = Draft.objects.unsaved().filter(user=request.user, article=article)
        own = list((own.exclude(pk=restored.pk) if restored else own)[:20])
        if own and form is None:  # they may write here no more; what they had written is still theirs
            form = type("ArticleForm", (ArticleForm,), {"user": request.user})(instance=article)
        return {"restored": restored, "offers": list(filter(None, (self.offer(form, draft) for draft in own)))}

    def offer(self, form, draft):
        rows = drafts.differences(draft, form)
        if not rows:
            return None
        return {
            "draft": draft,
            "at": clock(draft.updated_at),
            "rows": rows,
            "deleted": draft.opened_version and not draft.article_id,
            "changed_since": [row["label"] for row in rows if row["changed_since"]],
        }

    def writing_context(self, request, form, article):
        bound = form.is_bound
        return {
            "url": reverse("admin:news_article_draft"),
            "article": article.pk if article else "",
            "user": request.user.pk,
            "session": form["draft_session"].value() or "",
            "sequence": form.draft.sequence if getattr(form, "draft", None) else 0,
            "unsaved": bound,
            "others": self.others(article, request.user) if article else [],
            "preview": reverse("admin:news_article_previews", args=[article.pk if article else 0]),
        }

    def others(self, article, user):
        return [{"name": person(other), "since": clock(at)} for other, at in drafts.others_at(article, user)]

    def language_bar(self, request, form, article, code, copy, editable):
        """The head of a language: its status, its date, its warnings, and what may be done with what waits."""
        edition = article.edition_in(code) if article else None
        live = bool(edition and edition.is_published())
        context = {
            "code": code,
            "lang": html_lang(code),
            "language": NAMES[code],
            "edition": edition,
            "badge": self.badge(edition)[0] if edition else "none",
            "status": self.badge_text(edition) if edition else _("no text"),
            "live": live,
            "copy": copy,
            "by": person(copy.updated_by) if copy else "",
            "rows": compared_texts(article, copy) if copy else [],
            "overtaken": bool(copy and working_copy.overtaken(article, copy)),
            **self.checks_context(request, form, code, editable),
            "may_write": editable and bool(article) and code in form.rights.languages,
            "may_publish": editable and bool(article) and form.rights.publishing,
            "public": article.address(code) if live and article.text("title", code) else "",
            "preview": reverse("admin:news_article_previews", args=[article.pk]) + f"?language={code}"
            if article
            else "",
            "changes": reverse("admin:news_article_changes", args=[article.pk, code]) if article else "",
        }
        return render_to_string("admin/news/article/language_bar.html", context, request)

    # Addresses

    def get_urls(self):
        admin_view = self.admin_site.admin_view
        return [
            path("draft/", admin_view(self.draft_view), name="news_article_draft"),
            path("draft/<int:pk>/discard/", admin_view(require_POST(self.discard_draft)), name="news_article_discard_draft"),
            path("scheme-<str:scheme>.css", admin_view(require_safe(self.scheme)), name="news_article_scheme"),
            path("<int:pk>/preview/", admin_view(self.previews), name="news_article_previews"),
            path("<int:pk>/preview/<str:language>/", admin_view(require_safe(self.preview)), name="news_article_preview"),
            path("<int:pk>/changes/<str:language>/", admin_view(self.changes_view), name="news_article_changes"),
            *super().get_urls(),
        ]  # fmt: skip

    def seen_article(self, request, pk, queryset=None):
        """The article, for those who may see it; 404 and 403 for all others."""
        queryset = self.get_queryset(request) if queryset is None else queryset
        article = get_object_or_404(queryset, pk=pk)
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        return article

    # Unsaved text

    def draft_view(self, request):
        """GET: a fresh token, for who has signed in again. POST: keeps unsaved text, tells who else is here."""
        if request.method != "POST":
            return JsonResponse({"token": get_token(request)})
        try:
            return self.keep_draft(request)
        except drafts.Refused as refused:
            return JsonResponse(refused.answer, status=refused.status)

    def keep_draft(self, request):
        session = request.POST.get("session", "")
        if not session or len(session) > 32 or not session.replace("-", "").replace("_", "").isalnum():
            raise drafts.Refused("broken", 400, _("What the browser sent can't be read."))
        pk = number(request.POST.get("article", ""))
        article = None
        if pk is None:
            if not self.has_add_permission(request):
                raise PermissionDenied
        else:
            article = self.get_queryset(request).filter(pk=pk).first()
            # Who may write no more, as the text was published meanwhile, still keeps what they had begun.
            begun = Draft.objects.filter(user=request.user, session=session)
            if not (article and self.has_change_permission(request, article)) and not begun.exists():
                raise PermissionDenied
        try:
            digests = json.loads(request.POST.get("opened_digests") or "{}")
        except ValueError:
            digests = {}
        draft = drafts.keep(
            request.user,
            article,
            session,
            drafts.read_fields(request.POST.get("fields")),
            sequence=number(request.POST.get("sequence", "")) or 0,
            opened_version=number(request.POST.get("opened_version", ""), 2**31 - 1) or 0,
            opened_digests=digests if isinstance(digests, dict) and len(str(digests)) < 20_000 else {},
            leaving=bool(request.POST.get("leaving")),
        )
        answer = {"state": "kept", "at": clock(timezone.now()), "others": [], "saved": ""}
        if draft:
            address = (
                reverse("admin:news_article_change", args=[draft.article_id])
                if draft.article_id
                else reverse("admin:news_article_add")
            )
            answer |= {"id": draft.pk, "address": f"{address}?draft={draft.pk}"}
        if pk is not None and article is None and not Article.objects.filter(pk=pk).exists():
            kept = _(
                "This article was deleted meanwhile. Your unsaved text is kept: you find it in the form for a new article. "
                "An editor can bring the article back by “Recover deleted” in the list."
            )
            here = _(
                "This article was deleted meanwhile. Your unsaved text is on this page alone: copy it before you leave. "
                "An editor can bring the article back by “Recover deleted” in the list."
            )
            answer["saved"] = kept if self.has_add_permission(request) else here
        if article and draft:
            answer["others"] = self.others(article, request.user)
            answer["saved"] = self.saved_since(article, draft, request.user)
        return JsonResponse(answer)

    def saved_since(self, article, draft, user):
        """Who has saved the article since this session began; "" if nobody else."""
        copy = article.working_copies.exclude(updated_by=user).filter(updated_at__gt=draft.started_at).first()
        if copy:
            return _("%(who)s has saved this article at %(when)s. Your save will be put together with that.") % {
                "who": person(copy.updated_by), "when": clock(copy.updated_at)
            }  # fmt: skip
        if article.version > draft.opened_version and article.updated_by_id != user.pk:
            return _("%(who)s has saved this article at %(when)s. Your save will be put together with that.") % {
                "who": person(article.updated_by), "when": clock(article.updated_at)
            }  # fmt: skip
        return ""

    def discard_draft(self, request, pk):
        draft = get_object_or_404(Draft, pk=number(pk), user=request.user)
        target = draft.article_id
        draft.delete()
        self.message_user(request, _("The unsaved text was discarded."), messages.SUCCESS)
        return redirect("admin:news_article_change", target) if target else redirect("admin:news_article_add")

    # What waits

    def changes_view(self, request, pk, language):
        """What readers see beside what waits, and what can be done with it."""
        article = self.seen_article(request, pk)
        if language not in LANGUAGES:
            raise Http404
        copy = article.working_copies.filter(language=language).select_related("updated_by").first()
        back = reverse("admin:news_article_change", args=[pk])
        if request.method == "POST":
            if "discard" in request.POST:
                working_copy.discard(article, language, by=request.user)
                self.message_user(request, _("The waiting changes were discarded."), messages.SUCCESS)
            elif "publish" in request.POST:
                asked = self.publish_waiting(
                    request, article, language, seen=bool(request.POST.get(f"seen_{language}")),
                    warnings_seen=checks.keys(request.POST.get(SEEN)),
                )  # fmt: skip
                if asked:
                    return redirect(request.path)  # which shows what was found
            return redirect(back)
        rights = self.rights(request, article)
        context = self.admin_site.each_context(request) | {
            "title": _("Changes that wait: %(language)s") % {"language": NAMES[language]},
            "subtitle": str(article),
            "opts": self.opts,
            "article": article,
            "code": language,
            "lang": html_lang(language),
            "copy": copy,
            "by": person(copy.updated_by) if copy else "",
            "rows": compared_texts(article, copy) if copy else [],
            "overtaken": bool(copy and working_copy.overtaken(article, copy)),
            "may_write": language in rights.languages,
            "may_publish": rights.publishing,
            "back": back,
            **self.found_in_waiting(article, copy),
        }
        return TemplateResponse(request, "admin/news/article/changes.html", context)

    def found_in_waiting(self, article, copy):
        if copy is None:
            return {}
        story = checks.saved_story(article, copy.language)
        story.texts = working_copy.waiting_texts(article, copy.language, copy)
        found = checks.run(story)
        return {"found": shown(found), "seen_field": SEEN, "seen": keys_of(found)}

    # Preview

    def own_draft(self, request, article):
        session = request.GET.get("draft", "")
        return (
            Draft.objects.unsaved().filter(user=request.user, session=session, article=article).first()
            if session
            else None
        )

    def preview(self, request, pk, language):
        """The public page of any language, as it would be if all that is written were published now."""
        if language not in LANGUAGES:
            raise Http404
        if pk:
            queryset = self.get_queryset(request).in_language(language).for_page()
            article = previews.with_waiting(self.seen_article(request, pk, queryset), language)
        elif self.has_add_permission(request):
            article = previews.nothing_yet()
        else:
            raise PermissionDenied
        if draft := self.own_draft(request, article if pk else None):
            article = previews.with_draft(article, draft, language)
        elif not pk:
            raise Http404
        scheme = request.GET.get("scheme", "")
        return previews.page(request, article, language, scheme=scheme if scheme in previews.SCHEMES else "")

    def scheme(self, request, scheme):
        if scheme not in previews.SCHEMES:
            raise Http404
        return HttpResponse(previews.scheme_css(scheme), content_type="text/css; charset=utf-8")

    def previews(self, request, pk):
        """A frame around the preview, to choose language, width and scheme; and the links for people without account."""
        article = self.seen_article(request, pk) if pk else None
        if not article and not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST" and article:
            self.change_links(request, article)
            return redirect(request.get_full_path())
        draft = self.own_draft(request, article)
        language = request.GET.get("language", "")
        language = language if language in LANGUAGES else publication.source_language(article or Article())
        scheme = request.GET.get("scheme", "")
        width = request.GET.get("width", "")
        query = {"draft": draft.session if draft else "", "scheme": scheme if scheme in previews.SCHEMES else ""}
        links = list(article.preview_links.select_related("created_by")[:50]) if article else []
        context = self.admin_site.each_context(request) | {
            "title": _("Preview"),
            "subtitle": str(article) if article else "",
            "opts": self.opts,
            "article": article,
            "draft": draft,
            "language": language,
            "lang": html_lang(language),
            "languages": NAMES.items(),
            "scheme": query["scheme"],
            "width": width if width in {"360", "768"} else "1366",
            "widths": ("360", "768", "1366"),
            "frame": reverse("admin:news_article_preview", args=[pk, language]),
            "query": query,
            "links": [
                {"link": link, "name": NAMES[link.language], "by": person(link.created_by), "until": clock(link.expires_at),
                 "address": request.build_absolute_uri(link.get_absolute_url()), "open": link.is_open()}
                for link in links
            ],
            "may_share": bool(article and self.has_change_permission(request, article)),
            "days": PreviewLink.DAYS,
            "back": reverse("admin:news_article_change", args=[pk]) if article else reverse("admin:news_article_add"),
        }  # fmt: skip
        return TemplateResponse(request, "admin/news/article/previews.html", context)

    def change_links(self, request, article):
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        if pk := number(request.POST.get("revoke", "")):
            article.preview_links.filter(pk=pk, revoked_at=None).update(
                revoked_at=timezone.now(), revoked_by=request.user
            )
            self.message_user(request, _("The link opens nothing any more."), messages.SUCCESS)
            return
        days, language = number(request.POST.get("days", "")), request.POST.get("language")
        if days not in PreviewLink.DAYS or language not in LANGUAGES:
            self.message_user(request, _("Choose a language and for how many days."), messages.ERROR)
            return
        PreviewLink.objects.create(
            article=article,
            language=language,
            created_by=request.user,
            expires_at=timezone.now() + timedelta(days=days),
        )
        self.message_user(request, _("The link was made: whoever has it can read the preview."), messages.SUCCESS)
