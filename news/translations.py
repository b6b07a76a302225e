"""What is missing and what is stale, by segment: a translation is compared with the text that it was made from.

``Translation.basis`` holds that text. It is written when a translation is saved for the first time; later a segment of
it moves to the present source when its translation is worked on, or when somebody says that it is still right. Nothing
here touches a text, but ``store``, which is how texts come from outside (news/exchange.py).
"""

import json
from dataclasses import dataclass

import reversion
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import publication
from .models import Article, Edition, Translation
from .richtext import clean_html
from .segments import Segment, align, difference, segments_of

LANGUAGES = [code for code, _name in settings.LANGUAGES]
TEXTS = ("title", "lead", "body")
Status, State = Edition.Status, Translation.State
DERIVED = ("basis", "same", "since", "state", "waiting", "priority", "segments", "words")


@dataclass
class Row:
    """A segment of the source as it was, as it is, and what stands for it in the translation."""

    old: Segment | None
    new: Segment | None
    fresh: bool = False
    own: Segment | None = None

    @property
    def key(self):
        return (self.new or self.old).key

    @property
    def state(self):
        if self.fresh:
            return "fresh"
        if self.old is None:
            return "new"
        return "removed" if self.new is None else "changed"

    @property
    def difference(self):
        if self.old is None or self.new is None:
            return [("come" if self.old is None else "gone", (self.new or self.old).text)]
        return difference(self.old.text, self.new.text)

    @property
    def only_links(self):
        return self.state == "changed" and self.old.text == self.new.text


def texts_of(article, language):
    return {name: article.text(name, language) for name in TEXTS}


def packed(segments):
    return [[segment.kind, segment.markup] for segment in segments]


def unpacked(basis):
    return [Segment(kind, markup) for kind, markup in basis or ()]


def compare(basis, source, same, own=()):
    """Every segment of the basis and of the present source as a Row, in the order of the source."""

    def meaning(segment):
        return same.get(segment.key) or segment.key

    rows = []
    bodies = {
        name: [s for s in found if s.kind not in TEXTS] for name, found in (("basis", basis), ("source", source))
    }
    by_field = {segment.kind: segment for segment in own if segment.kind in TEXTS}
    own_body = [segment for segment in own if segment.kind not in TEXTS]
    counterparts = {}
    for name in ("source", "basis"):  # where both would do, it was made from the basis
        if [s.scope for s in bodies[name]] == [s.scope for s in own_body]:
            counterparts = {id(theirs): ours for theirs, ours in zip(bodies[name], own_body, strict=True)}
    for i, j in align(basis, source, meaning):
        row = Row(None if i is None else basis[i], None if j is None else source[j])
        if row.old and row.new:
            row.fresh = meaning(row.old) == meaning(row.new)
        else:
            row.fresh = same.get(row.key) == ""
        for segment in filter(None, (row.new, row.old)):
            row.own = row.own or by_field.get(segment.kind) or counterparts.get(id(segment))
        rows.append(row)
    return rows


def confirmed(rows, keys):
    """The basis in which the rows of these keys stand as the source has them now."""
    kept = [row.new if row.fresh or row.key in keys else row.old for row in rows]
    return packed(segment for segment in kept if segment)


def rows_of(translation, article, source=None):
    """What the translation was made from beside the present source, with what stands for it."""
    source = source or publication.source_language(article)
    return compare(
        unpacked(translation.basis),
        segments_of(texts_of(article, source)),
        translation.same,
        segments_of(texts_of(article, translation.language)),
    )


# What is kept up to date


def refresh(pk):
    """Finds anew what is missing and stale of one article; whoever saves a text or an edition calls it."""
    refresh_many([pk])


def refresh_many(numbers):
    """In a few queries for all of them."""
    new = []
    for article in Article.objects.filter(pk__in=numbers).prefetch_related("editions", "translations"):
        if not article.editions.all():
            continue  # not begun
        source = publication.source_language(article)
        found = {row.language: row for row in article.translations.all()}
        if source in found:
            found.pop(source).delete()
        for language in LANGUAGES:
            if language == source:
                continue
            row = found.get(language) or Translation(article=article, language=language)
            before = [getattr(row, name) for name in DERIVED]
            derive(row, article, source)
            if row.pk is None:
                new.append(row)
            elif before != [getattr(row, name) for name in DERIVED]:
                row.save(update_fields=DERIVED)
    Translation.objects.bulk_create(new, ignore_conflicts=True)  # where another one was quicker, it wrote the same


def derive(row, article, source):
    original, edition = article.edition_in(source), article.edition_in(row.language)
    theirs, ours = (segments_of(texts_of(article, language)) for language in (source, row.language))
    drafted = edition is None or edition.status == Status.DRAFT
    before = (row.state, row.waiting) if row.pk else None
    if not ours:
        row.basis, row.state, todo = None, State.MISSING, theirs
    else:
        if row.basis is None and not drafted:
            row.basis = packed(theirs)
        stale = []
        if row.basis is not None:
            stale = [row.new or row.old for row in compare(unpacked(row.basis), theirs, row.same) if not row.fresh]
        if drafted:
            row.state, todo = State.STARTED, stale + theirs[len(ours) :]
        else:
            row.state, todo = State.STALE if stale else State.DONE, stale
    row.segments, row.words = len(todo), sum(segment.words for segment in todo)
    row.priority = article.translation_priority
    row.waiting = (
        row.state != State.DONE
        and original is not None
        and original.status not in {Status.DRAFT, Status.WITHDRAWN}
        and not (edition and edition.status == Status.WITHDRAWN)
        and (row.state != State.MISSING or row.priority != Article.TranslationPriority.NOT_WANTED)
    )
    if before != (row.state, row.waiting):
        row.since = article.updated_at
        if row.state == State.MISSING:
            row.since = original.published_at if original and original.published_at else article.created_at


def rebuild(say_progress=lambda number: None, batch=500):
    last = 0
    while numbers := list(Article.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]):
        refresh_many(numbers)
        last = numbers[-1]
        say_progress(len(numbers))


# What people say and do


def languages_of(user):
    """The languages whose translations are a user's work."""
    if user.has_perm(publication.PUBLISH):
        return LANGUAGES
    if user.has_perm(publication.TRANSLATE):
        return [code for code in LANGUAGES if code in user.languages or not user.languages]
    return []


def may_translate(user, article, language):
    return (
        language in LANGUAGES
        and language != publication.source_language(article)
        and language in publication.rights_of(user, article).languages
    )


def still_right(article, language, keys, *, by):
    """The translation of the source's segments with these keys is right as it stands. Returns how many that were."""
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        if not may_translate(by, article, language):
            raise PermissionDenied(_("You may not change the text in this language."))
        row = Translation.objects.filter(article=article, language=language).first()
        if row is None or row.basis is None:
            return 0
        rows = rows_of(row, article)
        row.basis = confirmed(rows, keys)
        row.save(update_fields=["basis"])
        refresh(article.pk)
    return sum(1 for row in rows if not row.fresh and row.key in keys)


def row_for_change(article, language):
    row = Translation.objects.filter(article=article, language=language).first()
    return row or Translation(article=article, language=language, state=State.MISSING, since=timezone.now())


def note_work(article, language, before, after, seen):
    """A person has changed the translation from ``before`` to ``after`` with ``seen`` as its source beside it: the
    segments that were worked on are made from that. All are segments."""
    row = row_for_change(article, language)
    row.basis = basis_after(row, before, after, seen)
    row.save()


def basis_after(row, before, after, seen):
    """What the translation is made from after such a change."""
    if row.basis is None:
        return packed(seen)
    rows = compare(unpacked(row.basis), seen, row.same, before)
    places = {id(found.new): found.own for found in compare(seen, seen, {}, after)}  # where their numbers agree
    was, now = {segment.markup for segment in before}, {segment.markup for segment in after}
    worked_on = set()
    for found in rows:
        place = places.get(id(found.new)) if found.new else None
        done = (
            found.own.markup not in now
            if found.own and found.state != "new"
            else place is not None and place.markup not in was
        )
        if done:
            worked_on.add(found.key)
    return confirmed(rows, worked_on)


def source_segments(article):
    return segments_of(texts_of(article, publication.source_language(article)))


def equations(before, after):
    """What is said of a change of the source from ``before`` to ``after`` (segments) that asks nothing of translators."""
    said = {}
    for i, j in align(before, after):
        if i is None or j is None:
            said[(before[i] if j is None else after[j]).key] = ""
        elif before[i].key != after[j].key:
            said[after[j].key] = before[i].key
    return said


def meant(row, said):
    return {key: row.same.get(meaning) or meaning for key, meaning in said.items()}


def declare_without_effect(article, before, after):
    said = equations(before, after)
    if not said:
        return
    for row in Translation.objects.filter(article=article):
        row.same |= meant(row, said)
        row.save(update_fields=["same"])
    refresh(article.pk)


def store(article, language, texts, made_from, *, by, why):
    """A translation from outside, saved as the form would save it: a version, a revision, nothing published.

    ``made_from``: the keys of the source's segments that it translates anew. What readers see already waits for an editor
    (news/working_copy.py). Raises ValidationError, and stores nothing, where a text is too long, or will appear without
    anybody's doing.
    """
    from . import working_copy

    with transaction.atomic(), reversion.create_revision():
        edition = article.edition_in(language)
        live = working_copy.is_live(article, language)
        if not live and edition and edition.status not in {Status.DRAFT, Status.REVIEW, Status.WITHDRAWN}:
            raise ValidationError(
                _("This text will appear without anybody's doing. Only its form in the desk changes it."),
                code="scheduled",
            )
        texts = {name: checked(name, text) for name, text in texts.items()}
        row = row_for_change(article, language)
        row.basis = confirmed(rows_of(row, article), made_from)
        row.save()
        working_copy.write(article, {language: texts}, by=by)
        reversion.add_to_revision(article)
        reversion.set_user(by)
        reversion.set_comment(why)
    return article.editions.get(language=language)


def checked(name, text):
    text = clean_html(text) if name == "body" else text.strip()
    field = Article._meta.get_field(name)
    if field.max_length and len(text) > field.max_length:
        raise ValidationError(
            _("%(field)s: at most %(limit)s characters, and these are %(count)s.")
            % {"field": field.verbose_name, "limit": field.max_length, "count": len(text)},
            code="max_length",
        )
    return text


# The form's memory of the source that its reader sees


def remembered(article):
    return json.dumps(packed(source_segments(article)))


def recalled(text):
    """The segments of ``remembered``; None for anything else."""
    try:
        found = json.loads(text or "")
        if all(isinstance(part, str) for kind, markup in found for part in (kind, markup)):
            return unpacked(found)
    except (ValueError, TypeError):
        pass
    return None
