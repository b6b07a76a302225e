"""Articles with their editions."""

import reversion
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms.widgets import Script
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.utils import get_translation_fields

from .. import publication
from ..forms import (
    EDITION_FIELDS,
    LANGUAGES,
    TEXTS,
    ArticleForm,
    edition_field,
    html_lang,
)
from ..models import (
    Article,
    Byline,
    Edition,
    GalleryItem,
    column,
)
from .base import NAMES, AllLanguages, RevisedAdmin, moscow, thumbnail


class StatusFilter(admin.SimpleListFilter):
    language = None

    def lookups(self, request, model_admin):
        return [("none", _("no text")), ("scheduled", _("scheduled")), *Edition.Status.choices]

    def queryset(self, request, queryset):
        value = self.value()
        if not value:
            return queryset
        editions = Edition.objects.filter(language=self.language)
        if value == "none":
            return queryset.exclude(pk__in=editions.values("article"))
        if value == "scheduled":
            editions = editions.filter(status=Edition.Status.PUBLISHED, published_at__gt=timezone.now())
        else:
            editions = editions.filter(status=value)
        return queryset.filter(pk__in=editions.values("article"))


STATUS_FILTERS = [
    type(
        f"StatusFilter{code}",
        (StatusFilter,),
        {"language": code, "title": name, "parameter_name": f"status_{code.replace('-', '_')}"},
    )
    for code, name in settings.LANGUAGES
]


class DoubtsFilter(admin.SimpleListFilter):
    title = _("doubts about the import")
    parameter_name = "doubts"

    def lookups(self, request, model_admin):
        return [("yes", _("with doubts"))]

    def queryset(self, request, queryset):
        return queryset.exclude(legacy_flags=[]) if self.value() == "yes" else queryset


class BylineInline(admin.TabularInline):
    model = Byline
    extra = 0
    autocomplete_fields = ["author"]


class GalleryInline(admin.TabularInline):
    model = GalleryItem
    extra = 0
    autocomplete_fields = ["image"]
    fields = ["thumbnail", "image", "position"]
    readonly_fields = ["thumbnail"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("image")

    @admin.display(description=_("preview"))
    def thumbnail(self, item):
        return thumbnail(item.image) if item.pk else ""


for model, follow in ((Edition, ()), (Byline, ()), (GalleryItem, ()), (Article, ("editions", "bylines", "gallery"))):
    reversion.register(model, follow=follow)


@admin.register(Article)
class ArticleAdmin(AllLanguages, RevisedAdmin):
    form = ArticleForm
    list_display = ["headline", "statuses", "section", "dates", "changed"]
    list_filter = [*STATUS_FILTERS, "section", "states", DoubtsFilter]
    search_fields = [*get_translation_fields("title"), *get_translation_fields("lead")]
    autocomplete_fields = ["tags", "states", "lead_image"]
    inlines = [BylineInline, GalleryInline]
    actions = ["publish_selected", "withdraw_selected"]
    readonly_fields = ["lead_preview", "doubts"]
    save_on_top = True

    class Media:
        css = {"all": ["css/admin-editor.css"]}
        js = [Script("js/admin-editor.js", type="module"), Script("js/admin-unsaved.js", type="module")]

    # Who may what

    def rights(self, request, article=None):
        return publication.rights_of(request.user, article)

    def sees_all(self, request):
        """Reporters see their own articles; whoever else works on articles sees all."""
        user = request.user
        return (
            user.has_perm(publication.PUBLISH)
            or user.has_perm(publication.TRANSLATE)
            or not user.has_perm("news.add_article")
        )

    def get_queryset(self, request):
        articles = super().get_queryset(request)
        return articles if self.sees_all(request) else articles.filter(created_by=request.user)

    def has_view_permission(self, request, obj=None):
        if not super().has_view_permission(request, obj):
            return False
        return obj is None or self.sees_all(request) or obj.created_by_id == request.user.pk

    def has_change_permission(self, request, obj=None):
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or bool(self.rights(request, obj))

    def has_publish_permission(self, request):
        return request.user.has_perm(publication.PUBLISH)

    # The list

    def get_list_queryset(self, articles):
        return (
            articles.select_related("section")
            .prefetch_related("editions")
            .defer(*get_translation_fields("body"), *get_translation_fields("lead"), "body", "lead")
        )

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        changelist.result_list = self.get_list_queryset(changelist.result_list)
        return changelist

    @admin.display(description=_("headline"), ordering="pk")
    def headline(self, article):
        for code in (translation.get_language(), *LANGUAGES):
            if title := article.text("title", code):
                return format_html('<span lang="{}">{}</span>', html_lang(code), title)
        return str(article)

    @admin.display(description=_("editions"))
    def statuses(self, article):
        return format_html_join(
            " ",
            '<span class="badge badge-{}"><abbr title="{}">{}</abbr> {}</span>',
            [
                (*self.badge(edition), NAMES[code], code.partition("-")[0], self.badge_text(edition))
                for code in LANGUAGES
                if (edition := article.edition_in(code))
            ],
        ) or _("none")

    def badge(self, edition):
        if edition.is_scheduled():
            return ("scheduled",)
        if edition.is_gone():
            return ("withdrawn",)
        return (edition.status,)

    def badge_text(self, edition):
        if edition.is_scheduled():
            return _("scheduled")
        if edition.is_gone():
            return _("withdrawn")
        if edition.status == Edition.Status.PUBLISHED:
            return _("published")
        return edition.get_status_display()

    @admin.display(description=_("published"))
    def dates(self, article):
        moments = [edition.published_at for edition in article.editions.all() if edition.published_at]
        return moscow(min(moments)) if moments else "—"

    @admin.display(description=_("changed"), ordering="updated_at")
    def changed(self, article):
        return moscow(article.updated_at)

    # The form

    def get_fieldsets(self, request, obj=None):
        source = publication.source_language(obj) if obj else self.writing_language(request)
        view_only = obj is not None and not self.has_change_permission(request, obj)
        ordered = sorted(LANGUAGES, key=lambda code: code != source)
        fieldsets = []
        for code in ordered:
            fields = [column(name, code) for name in TEXTS]
            if not view_only:
                status, since, until, live, slug = (edition_field(name, code) for name in EDITION_FIELDS)
                fields = [status, (since, until), live, *fields, slug]
            classes = ["language", f"language-{code}", "source" if code == source else "translation"]
            fieldsets.append((NAMES[code], {"fields": fields, "classes": classes}))
        common = ["section", "tags", "states", "lead_image", "lead_preview", "source_url", "comment_policy"]
        if not view_only:
            common.append("opened_version")
        fieldsets.append((_("In all languages"), {"fields": common, "classes": ["common"]}))
        legacy = ["legacy_idn", "doubts"]
        fieldsets.append((_("The old portal"), {"fields": legacy, "classes": ["collapse", "common"]}))
        return fieldsets

    def writing_language(self, request):
        own = getattr(request.user, "languages", None) or []
        language = translation.get_language()
        return language if language in own or not own else own[0]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return type("ArticleForm", (form,), {"user": request.user})

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "section" and field:
            field.empty_label = _("Choose a section")
        return field

    @admin.display(description=_("preview"))
    def lead_preview(self, article):
        return thumbnail(article.lead_image) if article.lead_image_id else "—"

    @admin.display(description=_("doubts about the import"))
    def doubts(self, article):
        return format_html_join("", "<p>{}</p>", [(flag,) for flag in article.legacy_flags]) or "—"

    def get_inline_instances(self, request, obj=None):
        if obj is not None and not self.rights(request, obj).structure:
            return []  # not theirs to change
        return super().get_inline_instances(request, obj)

    def get_object(self, request, object_id, from_field=None):
        if request.method == "POST" and str(object_id).isdecimal() and len(str(object_id)) < 18:
            # One after the other: whoever comes second finds the first one's version.
            list(Article.objects.select_for_update().filter(pk=int(object_id)).values_list("pk"))
        before = getattr(request, "article_before_revert", None)
        if before:
            before.restore()
        return super().get_object(request, object_id, from_field)

    def save_model(self, request, obj, form, change):
        if change:
            publication.save_edit(obj, by=request.user)
        else:
            obj.created_by = obj.updated_by = request.user
            super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.save_editions(request.user)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        context["conflict"] = getattr(form, "conflict", None)
        context["language_names"] = NAMES
        if obj and obj.pk:
            context["addresses"] = [
                {
                    "name": NAMES[code],
                    "preview": reverse("admin:news_article_preview", args=[obj.pk, code]),
                    "public": obj.address(code) if obj.is_published(code) else None,
                }
                for code in LANGUAGES
                if obj.text("title", code) or obj.text("body", code)
            ]
        return super().render_change_form(request, context, add, change, form_url, obj)

    view_on_site = False  # one link a language instead, in the template

    # Publishing many

    @admin.action(description=_("Publish now in every language that has a text"), permissions=["publish"])
    def publish_selected(self, request, queryset):
        published, refused = 0, []
        for article in queryset.prefetch_related(None).prefetch_related("editions"):
            languages = [code for code in LANGUAGES if not publication.missing_for_publication(article, code)]
            languages = [code for code in languages if not article.is_published(code)]
            if not languages:
                refused.append(str(article))
                continue
            for code in languages:
                edition = article.edition_in(code)
                at = timezone.now() if edition and edition.is_scheduled() else None
                try:
                    with transaction.atomic():
                        publication.publish(article, code, at=at, by=request.user)
                        published += 1
                except ValidationError as error:
                    refused.append(f"{article}: {' '.join(error.messages)}")
            publication.save_edit(Article.objects.get(pk=article.pk), by=request.user)
            self.log_change(request, article, [{"changed": {"fields": ["status"]}}])
        self.tell(request, published, refused)

    @admin.action(description=_("Withdraw in every language"), permissions=["publish"])
    def withdraw_selected(self, request, queryset):
        withdrawn, refused = 0, []
        for article in queryset.prefetch_related(None).prefetch_related("editions"):
            editions = [edition for edition in article.editions.all() if edition.status == Edition.Status.PUBLISHED]
            if not editions:
                refused.append(str(article))
                continue
            for edition in editions:
                publication.withdraw(article, edition.language, by=request.user)
                withdrawn += 1
            publication.save_edit(Article.objects.get(pk=article.pk), by=request.user)
            self.log_change(request, article, [{"changed": {"fields": ["status"]}}])
        self.tell(request, withdrawn, refused)

    def tell(self, request, done, refused):
        if done:
            message = ngettext("%(count)s edition was changed.", "%(count)s editions were changed.", done)
            self.message_user(request, message % {"count": done}, messages.SUCCESS)
        if refused:
            self.message_user(
                request, _("Left as they were: %(titles)s") % {"titles": "; ".join(refused[:20])}, messages.WARNING
            )

    # Preview

    def get_urls(self):
        return [
            path(
                "<int:pk>/preview/<str:language>/",
                self.admin_site.admin_view(self.preview),
                name="news_article_preview",
            ),
            *super().get_urls(),
        ]

    def preview(self, request, pk, language):
        """The public page of any edition, as it would be if it were published now; for the staff alone."""
        if language not in LANGUAGES or pk > 2**62:
            raise Http404
        article = get_object_or_404(self.get_queryset(request).in_language(language).for_page(), pk=pk)
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        if article.edition is None:
            article.edition = Edition(article=article, language=language, slug="-")
        article.edition.published_at = article.edition.published_at or timezone.now()
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = render(
                request, "news/article.html", {"article": article, "languages": [], "alternates": {}, "preview": True}
            )
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Content-Language"] = html_lang(language)
        return response

    REVERSION_FORM = {"reversion_form": "admin/news/article/change_form.html"}

    # Revisions: the list of an article's versions, return to one, recovery of a deleted one

    def history_view(self, request, object_id, extra_context=None):
        article = super().get_object(request, unquote(object_id))
        if article is None:
            raise Http404
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def revision_view(self, request, object_id, version_id, extra_context=None):
        article = super().get_object(request, unquote(object_id))
        if article is None:
            raise Http404
        if not self.rights(request, article).structure:
            raise PermissionDenied
        request.article_before_revert = BeforeRevert(article)
        return super().revision_view(request, object_id, version_id, self.REVERSION_FORM | (extra_context or {}))

    def recoverlist_view(self, request, extra_context=None):
        if not self.has_publish_permission(request):
            raise PermissionDenied
        return super().recoverlist_view(request, extra_context)

    def recover_view(self, request, version_id, extra_context=None):
        if not self.has_publish_permission(request):
            raise PermissionDenied
        return super().recover_view(request, version_id, self.REVERSION_FORM | (extra_context or {}))


class BeforeRevert:
    """What going back to an old text leaves as it is: the count of versions, and what is public when."""

    FIELDS = ("slug", "status", "published_at", "unpublish_at", "live_until", "updated_at")

    def __init__(self, article):
        self.pk, self.version = article.pk, article.version
        self.editions = {
            edition.language: {name: getattr(edition, name) for name in self.FIELDS}
            for edition in article.editions.all()
        }

    def restore(self):
        Article.objects.filter(pk=self.pk).update(version=self.version)
        for language, values in self.editions.items():
            if not Edition.objects.filter(article_id=self.pk, language=language).update(**values):
                Edition.objects.create(article_id=self.pk, language=language, **values)
