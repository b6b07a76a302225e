"""Readers' reports of mistakes: where they stand, what is decided on them, and how that is taken back.

Whatever decides on reports locks them first, so that of two moderators the second one is told. A correction is written
where the report's exact words stand with their surroundings (quotes.py), else not at all.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

import reversion
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Count, F, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_noop
from reversion.models import Version

from news import caching, publication, saves, translations, working_copy
from news.models import Article, Image, column
from news.richtext import image_tokens

from . import quotes
from .models import TypoAnswer, TypoDecision, TypoReport

Field, Kind, Status = TypoReport.Field, TypoDecision.Kind, TypoReport.Status
APPLY = "comments.apply_typoreport"
UNDO_WITHIN = timedelta(days=1)
ANSWER_AFTER = timedelta(minutes=5)  # until then a decision is taken back without the reporter knowing
REVISIONS = 10  # how far back the writer of a text is looked for
LIMITS = {Field.TITLE: 200, Field.LEAD: 600, Field.CAPTION: 500}


class Uncertain(Exception):  # noqa: N818 - no error: somebody has to look
    """Where the quote stands, or what stands there, is not certain: nothing was changed."""


class Decided(Exception):  # noqa: N818 - no error: somebody was quicker
    """Somebody else has decided already; `decision` says who and what."""

    def __init__(self, decision=None):
        super().__init__()
        self.decision = decision


@dataclass
class Target:
    """A text in which a quote may stand."""

    article: Article
    language: str
    field: str
    image: Image | None = None

    @property
    def html(self):
        return self.field == Field.BODY

    @property
    def column(self):
        return column(self.field, self.language)

    @property
    def source(self):
        holder = self.image if self.field == Field.CAPTION else self.article
        return getattr(holder, self.column, "") or ""

    @cached_property
    def text(self):
        return quotes.plain(self.source, html=self.html)


def images_of(article, language):
    """The pictures whose captions stand in the article; one query."""
    tokens = image_tokens(article.text("body", language))
    return Image.objects.filter(Q(lead_of=article) | Q(galleries=article) | Q(token__in=tokens)).distinct()


def target_of(report, article=None):
    return Target(article or report.article, report.language, report.field, report.image)


# Reporting


def targets_for(report):
    """Where the quote of a new report may stand: in the field that it names; without surroundings, anywhere."""
    article, language = report.article, report.language
    known = report.prefix or report.suffix
    if not known or report.field != Field.CAPTION:
        fields = [report.field] if known else [Field.TITLE, Field.LEAD, Field.BODY]
        yield from (Target(article, language, name) for name in fields)
    if not known or report.field == Field.CAPTION:
        images = [report.image] if report.image else images_of(article, language)
        yield from (Target(article, language, Field.CAPTION, image) for image in images)


def anchor(report):
    """Looks for the report's quote in its article; if it stands in one place, the report gets the surroundings from there."""
    targets = list(targets_for(report))
    known = report.prefix or report.suffix
    if not known and sum(target.text.count(report.quote) for target in targets) > 1:
        targets = []
    same = report.article_version == report.article.version
    found = [
        (target, place)
        for target in targets
        if (
            place := quotes.find(
                target.text,
                report.quote,
                report.prefix,
                report.suffix,
                position=report.position if same and not target.image else None,
            )
        )
    ]
    report.anchored, report.position = len(found) == 1, None
    if report.anchored:
        target, place = found[0]
        report.field, report.image = target.field, target.image
        report.position, report.article_version = place[0], report.article.version
        report.prefix, report.suffix = quotes.surroundings(target.text, place)
        report.repeated = quotes.is_repeated(target.text, place)
    return report.anchored


def take(article, language, data, whose):
    """Stores a reader's report, also where its quote is not found; the same report again is counted."""
    names = ["field", "quote", "prefix", "suffix", "position", "correction", "remark"]
    report = TypoReport(
        article=article,
        language=language,
        article_version=data["version"] or article.version,
        reporter_name=data["name"],
        reporter_email=data["email"],
        ip_hash=whose,
        **{name: data[name] for name in names},
    )
    if report.field == Field.CAPTION and data["image"]:
        report.image = images_of(article, language).filter(token=data["image"]).first()
    anchor(report)
    names = ["field", "image", "quote", "prefix", "suffix", "correction", "remark", "reporter_name", "reporter_email"]
    same = TypoReport.objects.filter(article=article, language=language, status=Status.NEW)
    same = same.filter(**{name: getattr(report, name) for name in names})
    with transaction.atomic():
        if found := same.select_for_update().first():
            if found.ip_hash != whose:
                TypoReport.objects.filter(pk=found.pk).update(times=F("times") + 1)
            return found
        report.save()
    return report


# Where it stands now


def locate(row, words, target, *, alone=True):
    """The place of the words of a report or a decision in the text as it is now, or None."""
    if not row.anchored:
        return None
    if row.position is not None and not row.image_id and row.article_version == target.article.version:
        fits = quotes.Quote(words, row.prefix, row.suffix, whole=True).fits(target.text, row.position)
        place = row.position, row.position + len(words)
        return place if fits and target.text[slice(*place)] == words else None
    if row.repeated:
        return None
    return quotes.find(target.text, words, row.prefix, row.suffix, whole=True, alone=alone)


def look(report, target, corrections):
    """("found", place) | ("mended", the place of a correction that stands there already) | ("lost", None)."""
    if report.field == Field.CAPTION and not report.image_id:
        return "lost", None
    if place := locate(report, report.quote, target, alone=False):
        return "found", place
    if report.anchored:
        for words in corrections:
            surroundings = {"prefix": report.prefix, "suffix": report.suffix, "whole": True, "alone": False}
            if place := quotes.find(target.text, words, **surroundings):
                return "mended", place
    place = locate(report, report.quote, target)
    return ("found", place) if place else ("lost", None)


def proposals(reports):
    """What the readers propose, the most frequent first."""
    times = {}
    for report in reports:
        if report.correction and report.correction != report.quote:
            times[report.correction] = times.get(report.correction, 0) + report.times
    return sorted(times, key=lambda words: -times[words])


# Deciding


def lock(place):
    """The waiting reports of a place, locked; whoever comes second is told who was first."""
    reports = TypoReport.objects.select_for_update(of=("self",)).select_related("image")
    reports = list(reports.filter(place=place, status=Status.NEW).order_by("pk"))
    if not reports:
        raise Decided(TypoDecision.objects.filter(place=place).select_related("decided_by").first())
    return reports


def lock_target(row):
    """The text of a report or a decision, locked."""
    article = Article.objects.select_for_update(of=("self",)).get(pk=row.article_id)
    image = Image.objects.select_for_update().filter(pk=row.image_id).first() if row.image_id else None
    return Target(article, row.language, row.field, image)


def store(target, source, *, by, comment, change):
    """The one place where a text is written: a revision, and a new version, which open editors notice. Readers see it at
    once, translations stay right, and a text that waits for publication gets the same `change`. Returns whether it did."""
    if len(source) > LIMITS.get(target.field, len(source)):
        raise Uncertain
    reversion.set_user(by)
    reversion.set_comment(saves.comment(comment))
    if target.image:
        setattr(target.image, target.column, source)
        target.image.save(update_fields=[target.column])
        return True
    article, before = target.article, translations.source_segments(target.article)
    published = target.source
    setattr(article, target.column, source)
    publication.save_edit(article, by=by)
    translations.declare_without_effect(article, before, translations.source_segments(article))
    return working_copy.follow(article, target.language, target.field, published, change)


def same_change(target, at, replacement, put):
    """The change of the words at a place, for another version of the text: `put(source, place)` there, if they stand in the
    same surroundings; nothing, if the replacement does already; None, if neither is certain."""
    words, (prefix, suffix) = target.text[slice(*at)], quotes.surroundings(target.text, at)
    repeated = quotes.is_repeated(target.text, at)

    def change(source):
        text = quotes.plain(source, html=target.html)
        if repeated:
            return None
        if place := quotes.find(text, words, prefix, suffix, whole=True):
            mended = put(source, place)
            return mended and mended.source
        there = quotes.find(text, replacement, prefix, suffix, whole=True, alone=False)
        return source if there else None

    return change


def apply_correction(place, correction, *, by):
    """Puts the correction where the quote of the reports stands. Returns the decision; raises Decided or Uncertain."""
    with transaction.atomic(), reversion.create_revision():
        reports = lock(place)
        report = reports[0]
        target = lock_target(report)
        state, at = look(report, target, [correction])
        mended = quotes.mend(target.source, at, correction, html=target.html) if state == "found" else None
        if not mended:
            raise Uncertain
        reports += same_correction(report, target, at, mended)
        prefix, suffix = quotes.surroundings(target.text, at)
        after = quotes.plain(mended.source, html=target.html)
        names = ", ".join(dict.fromkeys(row.reporter_name for row in reports if row.reporter_name))
        names = names or saves.message(gettext_noop("a reader"))
        text = gettext_noop("Typo reported by %(names)s: “%(quote)s” → “%(correction)s”.")
        comment = saves.message(text, names=names, quote=report.quote, correction=correction)
        change = same_change(target, at, correction, lambda *place: quotes.mend(*place, correction, html=target.html))
        followed = store(target, mended.source, by=by, comment=comment, change=change)
        decision = close(
            reports,
            Kind.APPLIED,
            by=by,
            correction=correction,
            prefix=prefix,
            suffix=suffix,
            position=at[0],
            repeated=quotes.is_repeated(after, (at[0], at[0] + len(correction))),
            article_version=target.article.version,
            before=mended.before,
            after=mended.after,
        )
    decision.followed = followed  # by what waits for publication
    return decision


def same_correction(report, target, at, mended):
    """Waiting reports that quote more or less of the same words and wish the same."""
    others = TypoReport.objects.select_for_update(of=("self",)).filter(
        article=report.article_id,
        language=report.language,
        field=report.field,
        image=report.image_id,
        status=Status.NEW,
    )
    found = []
    for other in others.exclude(place=report.place).order_by("pk")[:100]:
        there = locate(other, other.quote, target)
        if there and there[0] < at[1] and at[0] < there[1]:
            wished = quotes.mend(target.source, there, other.correction, html=target.html)
            if wished and wished.source == mended.source:
                found.append(other)
    return found


def decide(place, kind, *, by, thanks=True):
    """Closes the reports of a place without a change of the text: mended by hand, or declined."""
    with transaction.atomic():
        reports = lock(place)
        report = reports[0]
        target = target_of(report)
        state, at = look(report, target, proposals(reports)) if kind == Kind.MENDED else ("lost", None)
        texts = {"prefix": report.prefix, "suffix": report.suffix}
        if state == "mended":
            prefix, suffix = quotes.surroundings(target.text, at)
            texts = {"prefix": prefix, "suffix": suffix, "correction": target.text[slice(*at)]}
        return close(reports, kind, by=by, thanks=thanks, article_version=target.article.version, **texts)


def close(reports, kind, *, by, thanks=True, **values):
    first, now = reports[0], timezone.now()
    names = ["article_id", "language", "field", "image_id", "place", "quote"]
    if kind != Kind.DECLINED:
        caching.bump(first.language)  # the page of corrections counts it
    decision = TypoDecision.objects.create(
        kind=kind, decided_at=now, decided_by=by, **{name: getattr(first, name) for name in names}, **values
    )
    TypoReport.objects.filter(pk__in=[report.pk for report in reports]).update(
        status=Status.DECLINED if kind == Kind.DECLINED else Status.ACCEPTED,
        decision=decision,
        decided_at=now,
        decided_by=by,
    )
    readers = {report.reporter_email.lower(): report for report in reports if report.reporter_email and thanks}
    TypoAnswer.objects.bulk_create(
        TypoAnswer(decision=decision, email=row.reporter_email, name=row.reporter_name, due_at=now + ANSWER_AFTER)
        for row in readers.values()
    )
    return decision


def undo(number, *, by):
    """Takes a decision of the last day back: its reports wait again, its correction is undone if it still stands there."""
    with transaction.atomic(), reversion.create_revision():
        decision = TypoDecision.objects.select_for_update().get(pk=number)
        if decision.undone_at:
            raise Decided(decision)
        if decision.decided_at < timezone.now() - UNDO_WITHIN:
            raise Uncertain
        if decision.kind == Kind.APPLIED:
            target = lock_target(decision)
            at = locate(decision, decision.correction, target)
            change = (decision.before, decision.after, decision.quote)
            restored = quotes.restore(target.source, at, change, html=target.html) if at else None
            if not restored:
                raise Uncertain
            text = gettext_noop("Undone: “%(quote)s” → “%(correction)s”.")
            comment = saves.message(text, quote=decision.quote, correction=decision.correction)
            back = same_change(
                target, at, decision.quote, lambda *place: quotes.restore(*place, change, html=target.html)
            )
            store(target, restored.source, by=by, comment=comment, change=back)
        if decision.kind != Kind.DECLINED:
            caching.bump(decision.language)
        decision.undone_at, decision.undone_by = timezone.now(), by
        decision.save(update_fields=["undone_at", "undone_by"])
        decision.answers.filter(attempts=0).delete()
        decision.reports.update(status=Status.NEW, decision=None, decided_at=None, decided_by=None)
    return decision


# The queue


@dataclass
class Group:
    """The waiting reports of one place, as the queue shows them."""

    reports: list
    target: Target
    state: str = "lost"
    place: tuple | None = None
    writer: object = None
    written_at: object = None
    shown: list = field(default_factory=list)  # (correction, [(kind, words)])

    def __post_init__(self):
        first, wishes = self.reports[0], proposals(self.reports)
        self.state, self.place = look(first, self.target, wishes)
        self.sentence = sentence(first)
        before, quote, after = self.sentence
        self.shown = [
            (words, quotes.changed_words(f"{before}{quote}{after}", f"{before}{words}{after}")) for words in wishes
        ]

    @property
    def first(self):
        return self.reports[0]

    @property
    def times(self):
        return sum(report.times for report in self.reports)


def waiting_places(language=None):
    """The places that wait, the longest first."""
    rows = TypoReport.objects.filter(status=Status.NEW)
    rows = rows.filter(language=language) if language else rows
    return rows.values("place").annotate(first=Min("pk"), number=Count("pk")).order_by("first")


def groups(places):
    """Groups for a page of the queue, in a constant number of queries."""
    reports = TypoReport.objects.filter(status=Status.NEW, place__in=places).order_by("pk")
    reports = reports.select_related("image").prefetch_related("article__editions", "article__section")
    found, targets = {}, {}
    for report in reports:
        found.setdefault(report.place, []).append(report)
    made = []
    for place in places:
        if rows := found.get(place):
            key = (rows[0].article_id, rows[0].language, rows[0].field, rows[0].image_id)
            made.append(Group(rows, targets.setdefault(key, target_of(rows[0]))))
    name_writers(made)
    return made


def name_writers(made):
    """Who wrote the quoted words, and when: the oldest of the newest revisions in a row that have them."""
    kinds = {model: ContentType.objects.get_for_model(model) for model in (Article, Image)}
    keys = {id(group): key_of(group, kinds) for group in made}
    if not keys:
        return
    wanted = Q(pk=None)
    for kind in kinds.values():
        wanted |= Q(content_type=kind, object_id__in=[key[1] for key in keys.values() if key[0] == kind.pk])
    newest = {}
    rows = Version.objects.filter(wanted, db="default").order_by("-pk").values_list("content_type", "object_id", "pk")
    for kind, number, pk in rows:
        newest.setdefault((kind, number), []).append(pk)
    pks = [pk for rows in newest.values() for pk in rows[:REVISIONS]]
    versions = {row.pk: row for row in Version.objects.filter(pk__in=pks).select_related("revision__user")}
    for group in made:
        group.writer = None if group.first.image_id else group.target.article.created_by
        group.written_at = None if group.first.image_id else group.target.article.created_at
        for pk in newest.get(keys[id(group)], [])[:REVISIONS]:
            version = versions[pk]
            text = json.loads(version.serialized_data)[0]["fields"].get(group.target.column) or ""
            if group.first.quote not in quotes.plain(text, html=group.target.html):
                break
            group.writer, group.written_at = version.revision.user, version.revision.date_created


def key_of(group, kinds):
    report = group.first
    if report.image_id:
        return kinds[Image].pk, str(report.image_id)
    return kinds[Article].pk, str(report.article_id)


def sentence(report):
    """The sentence around the quote: (before, quote, after)."""
    before, after = quotes.sentence(report.prefix, report.suffix)
    return before, report.quote, after


# Figures


def corrections_by_readers(language):
    """How many mistakes in the texts of a language were corrected thanks to readers."""
    decisions = TypoDecision.objects.filter(language=language, undone_at=None)
    return decisions.exclude(kind=Kind.DECLINED).count()
