"""Translators' part: the queue, the panel of what is stale, files for outside translators."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Prefetch
from django.forms.widgets import Script
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from modeltranslation.utils import get_translation_fields

from .. import publication, translation_files, translations
from ..languages import html_lang
from ..models import Article, Edition, Section, Translation

NAMES = dict(settings.LANGUAGES)
State = Translation.State
FORMATS = translation_files.FORMATS


def panel(article, row):
    """What the templates show of one translation."""
    source = publication.source_language(article)
    stale = (
        [] if row.basis is None else [found for found in translations.rows_of(row, article, source) if not found.fresh]
    )
    return {
        "article": article,
        "row": row,
        "stale": stale,
        "keys": " ".join(found.key for found in stale),
        "language": row.language,
        "name": NAMES[row.language],
        "lang": html_lang(row.language),
        "source_name": NAMES[source],
        "source_lang": html_lang(source),
        "headline": article.text("title", source) or str(article),
        "css": f"language-{row.language}",
        "address": reverse("admin:news_article_translation", args=[article.pk, row.language]),
        "exports": [
            (form.NAME, reverse("admin:news_article_export", args=[article.pk, row.language, name]))
            for name, form in FORMATS.items()
        ],
    }


class Translating:
    """For the articles' admin: fields and panels of the form, and the pages behind them."""

    @property
    def media(self):
        script = Script("js/admin-translations.js", type="module")
        return super().media + forms.Media(css={"all": ["css/admin-translations.css"]}, js=[script])

    def with_translation_fields(self, fieldsets, request, article):
        common = next(options for _name, options in fieldsets if "common" in options["classes"])
        common["fields"] = [*common["fields"], "translation_priority"]
        if article and article.pk:
            common["fields"].append("source_seen")
            source = publication.source_language(article)
            if source in self.rights(request, article).languages and len(article.editions.all()) > 1:
                own = next(options for _name, options in fieldsets if "source" in options["classes"])
                own["fields"] = [*own["fields"], "without_effect"]
        return fieldsets

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and obj.pk:
            rows = {row.language: row for row in obj.translations.all()}
            context["translation_panels"] = [
                panel(obj, rows[code])
                for code in translations.LANGUAGES
                if code in rows and translations.may_translate(request.user, obj, code)
            ]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_urls(self):
        view = self.admin_site.admin_view
        one = "<int:pk>/translation/<str:language>/"
        return [
            path(one, view(self.translation_view), name="news_article_translation"),
            path(f"{one}still-right/", view(require_POST(self.still_right)), name="news_article_still_right"),
            path(f"{one}<slug:form>/", view(self.export), name="news_article_export"),
            *super().get_urls(),
        ]

    def translated(self, request, pk, language):
        article = get_object_or_404(self.get_queryset(request).prefetch_related("editions"), pk=pk)
        if not translations.may_translate(request.user, article, language):
            raise PermissionDenied
        return article

    def translation_view(self, request, pk, language):
        """One translation beside its source, segment by segment where it is stale."""
        article = self.translated(request, pk, language)
        row = get_object_or_404(Translation, article=article, language=language)
        template = "panel.html" if "X-Fragment" in request.headers else "page.html"
        context = {
            **self.admin_site.each_context(request),
            "panel": panel(article, row),
            "title": _("Translation"),
            "opts": self.opts,
            "original": article,
        }
        return render(request, f"admin/news/translations/{template}", context)

    def still_right(self, request, pk, language):
        article = self.translated(request, pk, language)
        keys = set(request.POST.get("keys", "").split())
        number = translations.still_right(article, language, keys, by=request.user)
        self.log_change(request, article, [{"changed": {"fields": [f"translation {language}"]}}])
        text = ngettext(
            "%(count)s segment is marked as still right.", "%(count)s segments are marked as still right.", number
        )
        address = reverse("admin:news_article_translation", args=[pk, language])
        if "X-Fragment" not in request.headers:
            self.message_user(request, text % {"count": number}, messages.SUCCESS)
        return HttpResponseRedirect(address)

    def export(self, request, pk, language, form):
        if form not in FORMATS:
            raise Http404
        article = self.translated(request, pk, language)
        try:
            content = FORMATS[form].export(article, language)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.WARNING)
            return HttpResponseRedirect(reverse("admin:news_article_translation", args=[pk, language]))
        return download(content, translation_files.file_name(article, language, form), FORMATS[form].TYPE)


def download(content, name, content_type):
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


# The queue


class Filter(admin.SimpleListFilter):
    """Without a choice of "all": the first is taken."""

    def value(self):
        allowed = [value for value, _name in self.lookup_choices]
        given = super().value()
        return given if given in allowed else next(iter(allowed), None)

    def choices(self, changelist):
        for value, name in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": name,
            }

    def has_output(self):
        return True


class LanguageFilter(Filter):
    title = _("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        return [(code, NAMES[code]) for code in translations.languages_of(request.user)]

    def queryset(self, request, queryset):
        return queryset.filter(language=self.value()) if self.value() else queryset.none()


class StateFilter(Filter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("waiting", _("to do")), *[choice for choice in State.choices if choice[0] != State.DONE]]

    def queryset(self, request, queryset):
        queryset = queryset.filter(waiting=True)
        return queryset if self.value() == "waiting" else queryset.filter(state=self.value())


class OrderFilter(Filter):
    title = _("order")
    parameter_name = "order"

    def lookups(self, request, model_admin):
        return [("newest", _("urgent, then newest")), ("oldest", _("urgent, then oldest"))]

    def queryset(self, request, queryset):
        return queryset  # TranslationAdmin.get_ordering orders


class SectionFilter(admin.SimpleListFilter):
    title = _("section")
    parameter_name = "section"

    def lookups(self, request, model_admin):
        return [(str(section.pk), str(section)) for section in Section.objects.all()]

    def queryset(self, request, queryset):
        value = self.value() or ""
        return queryset.filter(article__section=int(value)) if value.isdecimal() and len(value) < 10 else queryset


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("file"),
        widget=forms.FileInput({"accept": ".xlf,.xliff,.xml,.po,.zip"}),
        help_text=_("XLIFF 2 or PO, or a zip with such files; at most 10 MB."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > translation_files.LARGEST:
            raise ValidationError(_("The file is larger than 10 MB."), code="large")
        return file


@admin.register(Translation)
class TranslationAdmin(admin.ModelAdmin):
    """The queue: what is missing and stale in a translator's languages. It is worked on in the article's form."""

    list_display = ["headline", "what", "segments", "words", "urgency", "waits", "as_file"]
    list_display_links = None
    list_filter = [LanguageFilter, StateFilter, OrderFilter, SectionFilter]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = []
    actions = ["as_files", "as_po_files", "urgent", "soon", "normal", "not_wanted"]
    change_list_template = "admin/news/translations/queue.html"

    class Media:
        css = {"all": ["css/admin-translations.css"]}

    def get_ordering(self, request):
        if request.GET.get(OrderFilter.parameter_name) == "oldest":
            return ["-priority", "since", "pk"]
        return ["-priority", "-since", "-pk"]

    def has_module_permission(self, request):
        return bool(translations.languages_of(request.user))

    def has_view_permission(self, request, obj=None):
        return bool(translations.languages_of(request.user))

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_priority_permission(self, request):
        return request.user.has_perm(publication.PUBLISH)

    def has_delete_permission(self, request, obj=None):
        return obj is not None and super().has_delete_permission(request, obj)  # along with its article alone

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name="news_translation_changelist"),
            path("files/", view(self.take_in), name="news_translation_files"),
        ]

    def get_queryset(self, request):
        texts = ["id", "section", "created_by", *get_translation_fields("title")]
        return (
            super()
            .get_queryset(request)
            .filter(language__in=translations.languages_of(request.user))
            .select_related("article__section")
            .only("article", "language", "since", "state", "waiting", "priority", "segments", "words",
                  *[f"article__{name}" for name in texts], *[f"article__section__{n}" for n in get_translation_fields("title")])
        )  # fmt: skip

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("What is to be translated")} | (extra_context or {}))

    @admin.display(description=_("headline"))
    def headline(self, row):
        for code in (translation.get_language(), *translations.LANGUAGES):
            if title := row.article.text("title", code):
                break
        else:
            code, title = translation.get_language(), str(row.article)
        address = reverse("admin:news_article_change", args=[row.article_id])
        section = row.article.section
        return format_html(
            '<a href="{}" lang="{}">{}</a><br><span class="quiet">{}</span>', address, html_lang(code), title, section
        )

    @admin.display(description=_("status"))
    def what(self, row):
        return format_html('<span class="badge badge-{}">{}</span>', row.state, row.get_state_display())

    @admin.display(description=_("priority"))
    def urgency(self, row):
        return Article.TranslationPriority(row.priority).label

    @admin.display(description=_("waits for"))
    def waits(self, row):
        local = timezone.localtime(row.since, timezone.get_default_timezone())
        return format_html('<time datetime="{}">{}</time>', local.isoformat(), timesince(row.since, depth=1))

    @admin.display(description=_("file"))
    def as_file(self, row):
        compare = reverse("admin:news_article_translation", args=[row.article_id, row.language])
        exports = [
            (reverse("admin:news_article_export", args=[row.article_id, row.language, name]), form.NAME)
            for name, form in FORMATS.items()
        ]
        label = _("Compare") if row.state in {State.STALE, State.STARTED} else ""
        link = format_html('<a href="{}">{}</a><br>', compare, label) if label else ""
        return format_html("{}{}", link, format_html_join(" ", '<a href="{}" download>{}</a>', exports))

    # Many at once

    @admin.action(description=_("Download as XLIFF files in a zip"))
    def as_files(self, request, queryset):
        return self.many_files(request, queryset, "xliff")

    @admin.action(description=_("Download as PO files in a zip"))
    def as_po_files(self, request, queryset):
        return self.many_files(request, queryset, "po")

    def many_files(self, request, queryset, form):
        editions = Prefetch("article__editions", Edition.objects.order_by("pk"))
        rows = (
            Translation.objects.filter(pk__in=queryset.values("pk"))
            .select_related("article")
            .prefetch_related(editions)
        )
        rows = list(rows[: translation_files.MOST_FILES + 1])
        if len(rows) > translation_files.MOST_FILES:
            text = _("At most %(count)s files at a time.") % {"count": translation_files.MOST_FILES}
            self.message_user(request, text, messages.WARNING)
            return None
        pairs = [
            (row.article, row.language)
            for row in rows
            if translations.may_translate(request.user, row.article, row.language)
        ]
        try:
            content = translation_files.export_many(pairs, form)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.WARNING)
            return None
        return download(content, "translations.zip", "application/zip")

    def prioritise(self, request, queryset, priority):
        articles = Article.objects.filter(pk__in=queryset.values("article"))
        for article in articles.only("pk"):
            article.translation_priority = priority
            article.save(update_fields=["translation_priority"])
            self.log_change(request, article, [{"changed": {"fields": ["translation_priority"]}}])
        number = len(articles)
        text = ngettext("%(count)s article has another priority.", "%(count)s articles have another priority.", number)
        self.message_user(request, text % {"count": number}, messages.SUCCESS)

    @admin.action(description=_("Priority: urgent"), permissions=["priority"])
    def urgent(self, request, queryset):
        self.prioritise(request, queryset, Article.TranslationPriority.URGENT)

    @admin.action(description=_("Priority: soon"), permissions=["priority"])
    def soon(self, request, queryset):
        self.prioritise(request, queryset, Article.TranslationPriority.SOON)

    @admin.action(description=_("Priority: normal"), permissions=["priority"])
    def normal(self, request, queryset):
        self.prioritise(request, queryset, Article.TranslationPriority.NORMAL)

    @admin.action(description=_("Not to be translated"), permissions=["priority"])
    def not_wanted(self, request, queryset):
        self.prioritise(request, queryset, Article.TranslationPriority.NOT_WANTED)

    # Files

    def take_in(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        sent = request.method == "POST"
        form, reports = FileForm(*((request.POST, request.FILES) if sent else ())), []
        if sent and form.is_valid():
            file = form.cleaned_data["file"]
            reports = translation_files.take_in(file.name, file.read(), by=request.user)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Translations from files"),
            "opts": self.opts,
            "form": form,
            "reports": [{"report": report, "name": NAMES.get(report.language, "")} for report in reports],
            "media": self.media,
        }
        return render(request, "admin/news/translations/files.html", context)


def waiting(user):
    """For the desk: [{"label", "number", "address"}] of each of the user's languages in which something waits."""
    languages = translations.languages_of(user)
    if not languages:
        return []
    found = Translation.objects.filter(waiting=True, language__in=languages).values_list("language")
    counted = dict(found.annotate(number=Count("pk")).order_by())
    address = reverse("admin:news_translation_changelist")
    return [
        {
            "label": _("to translate: %(language)s") % {"language": NAMES[code]},
            "number": counted[code],
            "address": f"{address}?language={code}",
        }
        for code in languages
        if counted.get(code)
    ]
