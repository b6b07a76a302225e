"""Articles with their editions."""

import reversion
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, prefetch_related_objects
from django.forms.widgets import Script
from django.http import Http404
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext
from modeltranslation.utils import get_translation_fields

from states.models import State

from .. import checks, publication, saves, search, working_copy
from ..checking import SEEN
from ..forms import (
    EDITION_FIELDS,
    LANGUAGES,
    TEXTS,
    ArticleForm,
    edition_field,
)
from ..languages import NAMES, html_lang
from ..models import (
    Article,
    Assignment,
    Byline,
    Correction,
    Edition,
    GalleryItem,
    Note,
    Translation,
    WorkingCopy,
    column,
)
from ..numbers import number
from .base import AllLanguages, RevisedAdmin, moscow, thumbnail
from .images import ChoosesPictures
from .translations import Translating
from .workflow import Workflow
from .writing import Writing


class StatusFilter(admin.SimpleListFilter):
    language = None

    def lookups(self, request, model_admin):
        return [("none", _("no text")), ("scheduled", _("scheduled")), *Edition.Status.choices]

    def queryset(self, request, queryset):
        value = self.value()
        if not value:
            return queryset
        if value == "none":
            missing = Translation.objects.filter(language=self.language, state=Translation.State.MISSING)
            return queryset.filter(pk__in=missing.values("article"))
        editions = Edition.objects.filter(language=self.language)
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


class StateFilter(admin.SimpleListFilter):
    """Django's own makes rows distinct, with all their texts, as an article is about several states."""

    title = _("states")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [(state.pk, str(state)) for state in State.objects.all()]

    def queryset(self, request, queryset):
        if (pk := number(self.value())) is None:
            return queryset
        return queryset.filter(pk__in=Article.states.through.objects.filter(state=pk).values("article"))


class DoubtsFilter(admin.SimpleListFilter):
    title = _("doubts about the import")
    parameter_name = "doubts"

    def lookups(self, request, model_admin):
        return [("yes", _("with doubts"))]

    def queryset(self, request, queryset):
        if self.value() != "yes":
            return queryset
        # By itself, or SQLite reads the articles in their order, with their texts, and not the index of these few.
        return queryset.filter(pk__in=Article.objects.exclude(legacy_flags=[]).order_by().values("pk"))


class BylineInline(admin.TabularInline):
    model = Byline
    extra = 0
    autocomplete_fields = ["author"]


class GalleryInline(ChoosesPictures, admin.TabularInline):
    model = GalleryItem
    extra = 1  # for browsers without scripts
    fields = ["image", "position"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("image")


# Notes and assignments are part of the revision that is made when their article is deleted, and of no other.
for model in (Edition, Byline, GalleryItem, WorkingCopy, Note, Assignment):
    reversion.register(model)
reversion.register(Article, follow=("editions", "bylines", "gallery", "corrections", "working_copies"))


@admin.register(Article)
class ArticleAdmin(Writing, Workflow, Translating, ChoosesPictures, AllLanguages, RevisedAdmin):
    form = ArticleForm
    change_form_template = "admin/news/article/change_form.html"
    list_display = ["headline", "statuses", "section", "dates", "changed"]
    list_filter = [*STATUS_FILTERS, "section", StateFilter, DoubtsFilter]
    search_fields = [*get_translation_fields("title"), *get_translation_fields("lead")]
    autocomplete_fields = ["tags", "states"]
    inlines = [BylineInline, GalleryInline]
    actions = ["publish_selected", "withdraw_selected"]
    readonly_fields = ["lead_preview", "doubts"]
    save_on_top = True

    class Media:
        css = {"all": ["css/admin-editor.css", "css/admin-writing.css"]}
        js = [
            Script("js/admin-editor.js", type="module"),
            Script("js/admin-writing.js", type="module"),
            Script("js/admin-writing-keys.js", type="module"),
            Script("js/admin-desk.js", type="module"),
        ]

    # Who may what

    def rights(self, request, article=None):
        return publication.rights_of(request.user, article)

    def sees_all(self, request):
        return publication.sees_all(request.user)

    def get_queryset(self, request):
        articles = super().get_queryset(request)
        return articles if self.sees_all(request) else articles.filter(created_by=request.user)

    def has_view_permission(self, request, obj=None):
        if not super().has_view_permission(request, obj):
            return False
        return obj is None or publication.may_see(request.user, obj)

    def has_change_permission(self, request, obj=None):
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or bool(self.rights(request, obj))

    def has_publish_permission(self, request):
        return request.user.has_perm(publication.PUBLISH)

    # The list

    def get_search_results(self, request, queryset, search_term):
        """By words of headlines and leads, or by the number here or in the old portal."""
        if not search_term.strip():
            return queryset, False
        found = search.headed(queryset, search_term)
        if (pk := number(search_term.strip())) is not None:
            found = queryset.filter(Q(pk=pk) | Q(legacy_idn=pk) | Q(pk__in=found.values("pk")))
        return found, False

    def get_list_queryset(self, articles):
        return (
            articles.select_related("section")
            .prefetch_related("editions")
            .annotate(
                **{
                    f"waits_{column('text', code)}": Exists(
                        WorkingCopy.objects.filter(article=OuterRef("pk"), language=code)
                    )
                    for code in LANGUAGES
                }
            )
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
            '<span class="badge badge-{}"><abbr title="{}">{}</abbr> {}</span>{}',
            [
                (
                    *self.badge(edition),
                    NAMES[code],
                    code.partition("-")[0],
                    self.badge_text(edition),
                    self.waiting_badge(article, code),
                )
                for code in LANGUAGES
                if (edition := article.edition_in(code))
            ],
        ) or _("none")

    def waiting_badge(self, article, code):
        if not getattr(article, f"waits_{column('text', code)}"):
            return ""
        return format_html(' <span class="badge badge-waiting">{}</span>', _("changes wait"))

    def badge(self, edition):
        return (edition.stage(),)

    def badge_text(self, edition):
        stage = edition.stage()
        if stage == Edition.Status.READY:
            return _("ready")
        return _("published") if stage == Edition.Status.PUBLISHED else publication.stage_name(stage)

    @admin.display(description=_("published (Moscow time)"))
    def dates(self, article):
        moments = [edition.published_at for edition in article.editions.all() if edition.published_at]
        return moscow(min(moments)) if moments else "—"

    @admin.display(description=_("changed (Moscow time)"), ordering="updated_at")
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
                status, since, until, live, reason, slug = (edition_field(name, code) for name in EDITION_FIELDS)
                fields = [status, (since, until), live, *fields, slug, reason]
            classes = ["language", f"language-{code}", "source" if code == source else "translation"]
            fieldsets.append((NAMES[code], {"fields": fields, "classes": classes}))
        common = [
            "section",
            "tags",
            "states",
            "lead_image",
            *(["lead_preview"] if view_only else []),
            "source_url",
            "together",
            "comment_policy",
            *get_translation_fields("comments_note"),
        ]
        if not view_only:
            common += ["opened_version", "opened_digests", "draft_session"]
        fieldsets.append((_("In all languages"), {"fields": common, "classes": ["common"]}))
        fieldsets += self.correction_fieldsets(request, obj)
        legacy = ["legacy_idn", "doubts"]
        fieldsets.append((_("The old portal"), {"fields": legacy, "classes": ["collapse", "common"]}))
        return fieldsets if view_only else self.with_translation_fields(fieldsets, request, obj)

    def writing_language(self, request):
        own = getattr(request.user, "languages", None) or []
        language = translation.get_language()
        return language if language in own or not own else own[0]

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
        before = getattr(request, "article_before_revert", None)
        if before:
            before.restore()
        found = super().get_object(request, object_id, from_field)
        if found and request.method == "GET" and request.resolver_match.url_name == "news_article_change":
            prefetch_related_objects([found], "editions")  # the form asks them again and again; a save asks anew
        return found

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by = obj.updated_by = request.user
        super().save_model(request, obj, form, change)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        context["conflict"] = getattr(form, "conflict", None)
        context["language_names"] = NAMES
        if obj and publication.readers_have_seen(obj):
            context["show_delete"] = False
        return super().render_change_form(request, context, add, change, form_url, obj)

    view_on_site = False  # one link a language instead, in the template

    # Deleting: what readers have never seen, and so that all of it can be brought back

    def get_deleted_objects(self, objs, request):
        articles = list(objs)
        prefetch_related_objects(articles, "editions")
        counts = [(Article, len(articles))]
        counts += [(model, model.objects.filter(article__in=articles).count()) for model in (Note, Assignment)]
        counts = {model._meta.verbose_name_plural: count for model, count in counts if count}
        seen = [str(article) for article in articles if publication.readers_have_seen(article)]
        return [str(article) for article in articles], counts, set(), seen

    def delete_model(self, request, obj):
        with reversion.create_revision():
            reversion.set_user(request.user)
            reversion.set_comment(saves.comment(saves.message(gettext_noop("As it was when it was deleted"))))
            for thing in [obj, *obj.notes.all(), *obj.assignments.all()]:
                reversion.add_to_revision(thing)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        with transaction.atomic():
            for article in queryset:
                self.delete_model(request, article)

    # Publishing many

    @admin.action(description=_("Publish now in every language that has a text"), permissions=["publish"])
    def publish_selected(self, request, queryset):
        published, refused, asks = 0, [], {}
        for article in queryset.prefetch_related(None).prefetch_related("editions"):
            languages = [code for code in LANGUAGES if not publication.missing_for_publication(article, code)]
            languages = [code for code in languages if not article.is_published(code)]
            if not languages:
                refused.append(str(article))
                continue
            seen, done = checks.keys(request.POST.get(f"{SEEN}_{article.pk}")), 0
            for code in languages:
                edition = article.edition_in(code)
                at = timezone.now() if edition and edition.is_scheduled() else None
                try:
                    with transaction.atomic():
                        publication.publish(article, code, at=at, by=request.user, seen=seen)
                        done += 1
                except checks.Objection as objection:
                    asks.setdefault(article, []).extend(objection.findings)
                except ValidationError as error:
                    refused.append(f"{article}: {' '.join(error.messages)}")
            if done:
                published += done
                publication.note_edit(article.pk, by=request.user)
                self.log_change(request, article, [{"changed": {"fields": ["status"]}}])
        self.tell(request, published, refused)
        return self.ask_about(request, asks) if asks else None

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
            publication.note_edit(article.pk, by=request.user)
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

    REVERSION_FORM = {"reversion_form": "admin/news/article/change_form.html"}

    # Revisions: the list of an article's versions, return to one, recovery of a deleted one

    def languages_to_restore(self, request, article):
        return [code for code in LANGUAGES if code in self.rights(request, article).languages]

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
    """What going back to an old text leaves as it is: the count of versions, and what is public when. Where readers see
    a language, its old text waits like any other change."""

    FIELDS = (
        "slug", "status", "published_at", "unpublish_at", "live_until", "withdrawal_reason", "updated_at", "corrected_at",
    )  # fmt: skip
    CORRECTION = ("decision", "text", "corrected_at")

    def __init__(self, article):
        self.pk, self.version = article.pk, article.version
        self.editions = {
            edition.language: {name: getattr(edition, name) for name in self.FIELDS}
            for edition in article.editions.all()
        }
        self.corrections = list(article.corrections.order_by("pk"))
        self.together = article.together
        self.live = {
            code: {name: article.text(name, code) for name in working_copy.TEXTS}
            for code in LANGUAGES
            if working_copy.is_live(article, code)
        }

    def restore(self):
        article = Article.objects.get(pk=self.pk)
        columns = {}
        for language, published in self.live.items():
            copy = article.working_copies.filter(language=language).first()
            old = working_copy.waiting_texts(article, language, copy)
            if copy:
                copy.delete()
            if texts := {name: text for name, text in old.items() if text != published[name]}:
                base = {name: published[name] for name in texts}
                WorkingCopy.objects.create(article=article, language=language, texts=texts, base_texts=base)
            columns |= {column(name, language): text for name, text in published.items()}
        Article.objects.filter(pk=self.pk).update(version=self.version, together=self.together, **columns)
        Correction.objects.filter(article=self.pk).exclude(pk__in=[row.pk for row in self.corrections]).delete()
        Correction.objects.bulk_create(
            self.corrections, update_conflicts=True, unique_fields=["pk"], update_fields=self.CORRECTION
        )
        for language, values in self.editions.items():
            if not Edition.objects.filter(article_id=self.pk, language=language).update(**values):
                Edition.objects.create(article_id=self.pk, language=language, **values)
