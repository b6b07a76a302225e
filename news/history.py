"""What was written before: any two saves compared language by language, and the way back to one language or to all.

Going back is an edit like any other: it asks for the same rights, waits where readers see the text, and what it replaces
is a revision itself.
"""

import dataclasses
from datetime import datetime

import reversion
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from modeltranslation.translator import NotRegistered, translator
from reversion.errors import RevertError
from reversion.models import Version

from . import checks, publication, saves, translations, working_copy
from .models import Article, Author, Byline, Edition, GalleryItem, Image, WorkingCopy, column
from .moments import moscow_time
from .segments import compared, difference, segments_of

LANGUAGES = [code for code, _name in settings.LANGUAGES]
RICH = {"body"}
# Kept by the code, not written by anybody.
KEPT = {
    "id",
    "version",
    "created_at",
    "updated_at",
    "created_by_id",
    "updated_by_id",
    "legacy_flags",
    "sha256",
    "token",
}
# What is true of one language of an article, and the lists below its form: {model: what a row names}.
EDITION = ("status", "published_at", "unpublish_at", "live_until", "withdrawal_reason", "slug")
LISTS = {Byline: ("author_id", Author), GalleryItem: ("image_id", Image)}


@dataclasses.dataclass
class State:
    """How a thing was at one save, or is now (``version`` is None)."""

    fields: dict
    version: Version | None = None
    editions: dict = dataclasses.field(default_factory=dict)  # of an article: {language: {field: value}}
    lists: dict = dataclasses.field(default_factory=dict)  # and {model: keys of what the rows name, in order}

    @property
    def name(self):
        return str(self.version.pk) if self.version else "now"

    @property
    def revision(self):
        return self.version and self.version.revision

    @property
    def lines(self):
        return saves.readable(self.revision.comment)

    def take_rows(self, rows_of):
        """``rows_of(model)``: dicts of the values of the rows that belong to the article."""
        self.editions = {row["language"]: row for row in rows_of(Edition)}
        for model, (key, _named) in LISTS.items():
            rows = sorted(rows_of(model), key=lambda row: (row["position"], row["id"]))
            self.lists[model] = [row[key] for row in rows]
        return self


def text_fields(model):
    """Those that have a column in each language, in the model's order."""
    try:
        names = set(translator.get_options_for_model(model).get_field_names())
    except NotRegistered:
        return []
    return [field.name for field in model._meta.fields if field.name in names]


def state_of(version):
    """The state of one save, with what waited to be published in it; None where the data can't be read any more."""
    try:
        fields = dict(version.field_dict)
        state = State(fields, version)
        if version.content_type == ContentType.objects.get_for_model(Article):
            parts = ContentType.objects.get_for_models(Edition, WorkingCopy, *LISTS)
            saved = Version.objects.filter(revision=version.revision_id, content_type__in=parts.values())
            rows = {model: [] for model in parts}
            for row in saved.select_related("content_type"):
                if str(row.field_dict["article_id"]) == version.object_id:
                    rows[row.content_type.model_class()].append(row.field_dict)
            for copy in rows[WorkingCopy]:
                fields |= {column(name, copy["language"]): text for name, text in copy["texts"].items()}
            state.take_rows(rows.get)
    except (RevertError, KeyError, ValueError):
        return None
    return state


def present(thing):
    """As it is now, with what waits."""
    meta = thing._meta
    fields = {field.attname: getattr(thing, field.attname) for field in meta.concrete_fields}
    fields |= {field.name: [row.pk for row in getattr(thing, field.name).all()] for field in meta.many_to_many
               if field.remote_field.through._meta.auto_created}  # fmt: skip
    state = State(fields)
    if isinstance(thing, Article):
        for copy in thing.working_copies.all():
            fields |= {column(name, copy.language): text for name, text in copy.texts.items()}
        state.take_rows(lambda model: list(model.objects.filter(article=thing).values()))
    return state


def text_in(state, name, language):
    return state.fields.get(column(name, language)) or ""


def languages_compared(model, before, after):
    """Each language's texts of two states: [{"code", "changed", "rows"}]."""
    found = []
    for code in LANGUAGES if text_fields(model) else ():
        rows = []
        for name in text_fields(model):
            old, new = (text_in(state, name, code) for state in (before, after))
            row = {"label": model._meta.get_field(name).verbose_name, "name": name, "changed": old != new}
            if name in RICH:
                rows.append(row | {"paragraphs": folded(compared(old, new))})
            elif old or new:
                rows.append(row | {"parts": difference(old, new)})
        found.append({"code": code, "rows": rows, "changed": any(row["changed"] for row in rows)})
    return found


def folded(paragraphs):
    """Runs of what is the same, apart from what has changed: [(same, paragraphs)]."""
    runs = []
    for paragraph in paragraphs:
        same = paragraph["state"] == "same"
        if not runs or runs[-1][0] != same:
            runs.append((same, []))
        runs[-1][1].append(paragraph)
    return runs


def others_compared(model, before, after):
    """What is no text of a language: [(label, how it was, how it is)] of what differs."""
    texts = {name for field in text_fields(model) for name in (field, *[column(field, code) for code in LANGUAGES])}
    rows = []
    for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
        key = field.name if field.many_to_many else field.attname
        if key in texts or key in KEPT or key not in before.fields or key not in after.fields:
            continue
        old, new = ([int_or(pk) for pk in values] if field.many_to_many else values
                    for values in (before.fields[key], after.fields[key]))  # fmt: skip
        if str(old or "") != str(new or "") and sorted(map(str, listed(old))) != sorted(map(str, listed(new))):
            rows.append((field.verbose_name, *named(field, old, new)))
    return rows + editions_compared(before, after) + lists_compared(before, after)


def editions_compared(before, after):
    rows = []
    for code, language in settings.LANGUAGES:
        old, new = (state.editions.get(code, {}) for state in (before, after))
        for name in EDITION:
            if (old.get(name) or "") != (new.get(name) or ""):
                field = Edition._meta.get_field(name)
                label = f"{capfirst(field.verbose_name)} · {language}"
                rows.append((label, *named(field, old.get(name), new.get(name))))
    return rows


def lists_compared(before, after):
    rows = []
    for model, (_key, named_model) in LISTS.items():
        old, new = (state.lists.get(model, []) for state in (before, after))
        if old != new:
            found = named_model._base_manager.in_bulk({*old, *new})
            shown = [", ".join(str(found.get(key, key)) for key in keys) for keys in (old, new)]
            rows.append((model._meta.verbose_name_plural, *shown))
    return rows


def listed(value):
    return value if isinstance(value, list | tuple) else [value]


def int_or(value):
    return int(value) if str(value).isdecimal() else value


def named(field, *values):
    """Values for people."""
    if field.is_relation:
        keys = {key for value in values for key in listed(value) if key is not None}
        rows = field.related_model._base_manager.in_bulk(keys)
        return [", ".join(str(rows.get(key, key)) for key in listed(value) if key is not None) for value in values]
    if field.choices:
        names = dict(field.flatchoices)
        return [str(names.get(value, value)) for value in values]
    return [", ".join(map(str, value)) if isinstance(value, list) else in_words(value) for value in values]


def in_words(value):
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return moscow_time(value)
    return "" if value is None else str(value)


# The way back


def keep(thing, by):
    """Makes a revision of what is there now, unless the last one holds it: an import or a bulk change may have made it."""
    last = Version.objects.get_for_object(thing).select_related("revision").first()
    last = last and state_of(last)
    now = present(thing)
    names = [column(name, code) for name in text_fields(type(thing)) for code in LANGUAGES]
    if last and all((last.fields.get(name) or "") == (now.fields.get(name) or "") for name in names):
        return
    with reversion.create_revision():
        reversion.add_to_revision(thing)
        reversion.set_user(by)
        text = gettext_noop("As it was before somebody went back to an earlier text")
        reversion.set_comment(saves.comment(saves.message(text)))


def restore(thing, state, languages, *, by, why, seen=()):
    """Puts the texts of these languages back as they were; whoever may not write one of them changes none. ``seen``: the
    warnings about a text that will appear by itself that ``by`` has seen; checks.Objection where there are others."""
    with transaction.atomic():
        thing = type(thing)._base_manager.select_for_update().get(pk=thing.pk)
        keep(thing, by)
        with reversion.create_revision():
            texts = {
                code: {name: text_in(state, name, code) for name in text_fields(type(thing))} for code in languages
            }
            if isinstance(thing, Article):
                restore_article(thing, state, texts, by=by, seen=seen)
            else:
                names = [column(name, code) for code, own in texts.items() for name in own]
                for name in names:
                    setattr(thing, name, state.fields.get(name))
                thing.full_clean(exclude={field.name for field in thing._meta.concrete_fields} - set(names))
                thing.save()
            reversion.add_to_revision(thing)
            reversion.set_user(by)
            reversion.set_comment(why)
    return thing


def restore_article(article, state, texts, *, by, seen=()):
    if not set(texts) <= publication.rights_of(by, article).languages:
        raise PermissionDenied(_("You may not change the text in this language."))
    source = publication.source_language(article)
    then = segments_of({name: text_in(state, name, source) for name in translations.TEXTS})
    for code in texts:
        row = translations.row_for_change(article, code) if code != source else None
        if row and row.basis is not None:  # it was made from the source of that time
            row.basis = translations.packed(then)
            row.save()
    working_copy.write(article, texts, by=by)
    found = []
    for code in texts:
        edition = article.edition_in(code)
        if (
            edition
            and edition.status in {edition.Status.READY, edition.Status.PUBLISHED}
            and not edition.is_published()
        ):
            # It will appear without anybody's doing: it comes back there under the conditions of publishing.
            found += checks.run(checks.saved_story(article, code, edition.published_at))
    if against := checks.objections(found, seen):
        raise checks.Objection(against)


def went_back(version, languages=LANGUAGES):
    """What the history says of it."""
    text = gettext_noop("Back to the text of %(when)s: %(languages)s")
    return saves.message(text, when={"moment": version.revision.date_created.isoformat()}, languages=list(languages))
