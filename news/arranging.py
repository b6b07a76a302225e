"""Arranging the home page of one language: what an editor proposes, step by step, and how it is stored.

A proposal travels in its form, unsaved, through every step: so the page works without scripts, and a script that sends
the same steps has no rules of its own. Only `arrange` stores, all of it or nothing, and never over somebody else's work.
"""

from dataclasses import dataclass, field

import reversion
from django import forms
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from reversion.models import Version

from . import homepage, saves
from .caching import bump_once
from .forms import MoscowDateTimeField
from .models import BREAKING_LASTS, Arrangement, Article, Edition, HomepageSlot, Section, column
from .numbers import number

Place = HomepageSlot.Place
LANES = {
    Place.BREAKING: gettext_noop("Breaking news bar"),
    Place.LEAD: gettext_noop("Lead story"),
    Place.SECOND: gettext_noop("Second stories"),
    Place.FEATURE: gettext_noop("Features"),
}
FIELDS = ("article", "place", "section", "since", "until", "text")
MOST_SLOTS = 100
FOUND = 20

for model, follow in ((HomepageSlot, ()), (Arrangement, ("slots",))):
    reversion.register(model, follow=follow)


class Conflict(Exception):  # noqa: N818 - it is what it says
    """Somebody else has arranged the page since it was opened."""


class SlotForm(forms.Form):
    article = forms.IntegerField(widget=forms.HiddenInput)
    place = forms.ChoiceField(choices=Place, widget=forms.HiddenInput)
    section = forms.IntegerField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label=_("short text"), max_length=120, required=False)
    since = MoscowDateTimeField(label=_("from"), required=False, help_text="")
    until = MoscowDateTimeField(label=_("until"), required=False, help_text="")

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until <= since:
            self.add_error("until", _("A slot must end after it begins."))
        if self.cleaned_data.get("place") != Place.SECTION:
            self.cleaned_data["section"] = None
        elif not self.cleaned_data.get("section"):
            self.add_error(None, _("The section is not there any more."))


def typed(at):
    return timezone.localtime(at, timezone.get_default_timezone()).strftime("%Y-%m-%dT%H:%M") if at else ""


@dataclass(frozen=True)
class Lane:
    """A place that holds stories: a part of the page, of one section where it is that section's top."""

    place: str
    section: str = ""  # its number

    @property
    def key(self):
        return f"{self.place}:{self.section}"


@dataclass
class Card:
    """A story that was given a place, as the arrangement shows it."""

    index: int
    form: SlotForm
    article: Article | None
    slot: HomepageSlot | None
    status: str = ""
    acted: bool = False


@dataclass
class Picture:
    lanes: list = field(default_factory=list)  # [{lane, label, cards, filled}]
    page: homepage.Homepage | None = None


class Proposal:
    """An arrangement as it stands in the form; ``rows`` holds what was typed, right or wrong."""

    def __init__(self, language, rows):
        self.language = language
        self.rows = rows[:MOST_SLOTS]
        self.acted = None
        self.sections = list(Section.objects.named(language))
        self.known_sections = set(Section.objects.values_list("pk", flat=True))

    @classmethod
    def posted(cls, language, data):
        number = data.get("slots", "")
        number = min(int(number), MOST_SLOTS) if number.isdecimal() and len(number) < 4 else 0
        return cls(language, [{name: data.get(f"slot-{i}-{name}", "") for name in FIELDS} for i in range(number)])

    @classmethod
    def of(cls, language, slots):
        proposal = cls(
            language,
            [
                {
                    "article": str(slot.article_id),
                    "place": slot.place,
                    "section": str(slot.section_id or ""),
                    "since": typed(slot.since),
                    "until": typed(slot.until),
                    "text": slot.text,
                }
                for slot in slots
            ],
        )
        proposal.sort()
        return proposal

    @classmethod
    def stored(cls, language):
        return cls.of(language, HomepageSlot.objects.filter(language=language).order_by("position", "pk"))

    # What it holds

    def lanes(self):
        lanes = [Lane(place) for place in Place.values if place != Place.SECTION]
        lanes += [Lane(Place.SECTION, str(section.pk)) for section in self.sections]
        return lanes + list(dict.fromkeys(lane for row in self.rows if (lane := self.lane_of(row)) not in lanes))

    def lane_of(self, row):
        return Lane(row["place"], row["section"] if row["place"] == Place.SECTION else "")

    def label(self, lane):
        return saves.sentence(self.named(lane))

    def named(self, lane):
        """Its name, for the history."""
        if lane.place == Place.SECTION:
            name = next((str(section) for section in self.sections if str(section.pk) == lane.section), "?")
            return saves.message(gettext_noop("Top of “%(section)s”"), section=name)
        return saves.message(LANES.get(lane.place, lane.place))

    def in_lane(self, lane):
        return [row for row in self.rows if self.lane_of(row) == lane]

    def sort(self):
        self.rows = [row for lane in self.lanes() for row in self.in_lane(lane)]

    def forms(self):
        forms = [
            SlotForm({f"slot-{i}-{name}": value for name, value in row.items()}, prefix=f"slot-{i}")
            for i, row in enumerate(self.rows)
        ]
        for form in forms:
            section = form.is_valid() and form.cleaned_data["section"]
            if section and section not in self.known_sections:
                form.add_error(None, _("The section is not there any more."))
        return forms

    def articles(self):
        numbers = {number(row["article"]) for row in self.rows} - {None}
        return Article.objects.in_language(self.language).for_lists().in_bulk(numbers)

    def slot(self, form, position):
        """The slot that a valid form describes, not stored."""
        cleaned = form.cleaned_data
        return HomepageSlot(
            language=self.language,
            place=cleaned["place"],
            section_id=cleaned["section"],
            article_id=cleaned["article"],
            text=cleaned["text"],
            since=cleaned["since"],
            until=cleaned["until"],
            position=position,
        )

    def slots(self):
        """(the slots, whether all is right): whatever has an error or no story is left out of the first."""
        articles, found = self.articles(), []
        forms = self.forms()
        for position, form in enumerate(forms):
            if form.is_valid() and form.cleaned_data["article"] in articles:
                found.append(self.slot(form, position))
        return found, len(found) == len(forms)

    # Steps: each says what it did, for those who don't see it

    def title(self, row):
        article = self.articles().get(int(row["article"])) if row["article"].isdecimal() else None
        return article.text("title", self.language) if article else "?"

    def says(self, row):
        lane = self.lane_of(row)
        rows = self.in_lane(lane)
        place = next(number for number, other in enumerate(rows, 1) if other is row)
        return gettext("“%(title)s”: %(place)s, %(number)s of %(all)s.") % {
            "title": self.title(row),
            "place": self.label(lane),
            "number": place,
            "all": len(rows),
        }

    def put(self, row, lane, position=None):
        """Gives the row a place in the lane: at the position, or else last."""
        self.rows = [other for other in self.rows if other is not row]
        row["place"], row["section"] = lane.place, lane.section
        if lane.place == Place.BREAKING and not row["until"]:
            row["until"] = typed(timezone.now() + BREAKING_LASTS)
        before = self.in_lane(lane)
        place = len(before) if position is None else max(0, min(position, len(before)))
        if place < len(before):
            self.rows.insert(next(i for i, other in enumerate(self.rows) if other is before[place]), row)
        else:
            self.rows.append(row)
        self.sort()
        self.acted = next(i for i, other in enumerate(self.rows) if other is row)
        return self.says(row)

    def step(self, row, by):
        """One place up or down; beyond the first or last of a lane into the next one. Nothing becomes breaking news so."""
        lane = self.lane_of(row)
        rows = self.in_lane(lane)
        place = next(i for i, other in enumerate(rows) if other is row)
        if 0 <= place + by < len(rows):
            return self.put(row, lane, place + by)
        lanes = [other for other in self.lanes() if other.place != Place.BREAKING]
        there = lanes.index(lane) + by if lane in lanes else -1
        if not 0 <= there < len(lanes):
            return self.put(row, lane, place)
        return self.put(row, lanes[there], None if by < 0 else 0)

    def act(self, step, data, at):
        """A step as its button names it: up:2, down:2, remove:2, move:2, put:s2:lead::0, put:a17:section:3:."""
        verb, *rest = step.split(":")
        if verb == "put" and len(rest) == 4:
            source, place, section, position = rest
            lane = Lane(place, section)
            if lane not in self.lanes():
                return ""
            row = self.row(source[1:]) if source.startswith("s") else self.chosen(source[1:], at)
            if row is None:
                return gettext("This story can't be placed: it is neither published nor scheduled in this language.")
            return self.put(row, lane, int(position) if position.isdecimal() and len(position) < 5 else None)
        row = self.row(rest[0]) if rest else None
        if row is None:
            return ""
        if verb in {"up", "down"}:
            return self.step(row, -1 if verb == "up" else 1)
        if verb == "move":
            lane = Lane(*data.get(f"slot-{rest[0]}-to", "").partition(":")[::2])
            return self.put(row, lane) if lane in self.lanes() else ""
        if verb == "remove":
            said = gettext("“%(title)s” has lost its place.") % {"title": self.title(row)}
            self.rows = [other for other in self.rows if other is not row]
            return said
        return ""

    def row(self, number):
        return self.rows[int(number)] if number.isdecimal() and int(number) < len(self.rows) else None

    def chosen(self, number, at):
        """A new row for a story, or None where it may not be chosen."""
        if not number.isdecimal() or len(number) > 18 or len(self.rows) >= MOST_SLOTS:
            return None
        if not choosable(self.language, at).filter(pk=number).exists():
            return None
        return dict.fromkeys(FIELDS, "") | {"article": number}

    # What it looks like

    def picture(self, at):
        """The page as it would be at the moment, lane by lane, with what waits or is over beside what is shown."""
        articles = self.articles()
        cards, slots = [], []
        for index, form in enumerate(self.forms()):
            slot = None
            if form.is_valid() and form.cleaned_data["article"] in articles:
                slot = self.slot(form, index)
                slots.append(slot)
            number = self.rows[index]["article"]
            article = articles.get(int(number)) if number.isdecimal() else None
            cards.append(Card(index, form, article, slot, acted=index == self.acted))
        page = homepage.build(self.language, at, slots)
        for card in cards:
            card.status = status(card, page, self.language, at)
        by_itself = {
            Lane(Place.LEAD): [page.lead] if page.lead else [],
            Lane(Place.SECOND): page.seconds,
            Lane(Place.FEATURE): page.features,
            **{Lane(Place.SECTION, str(section.pk)): stories for section, stories in page.sections},
        }
        lanes = [
            {
                "lane": lane,
                "label": self.label(lane),
                "cards": [card for card in cards if self.lane_of(self.rows[card.index]) == lane],
                "filled": [a for a in by_itself.get(lane, []) if a.pk not in page.placed],
            }
            for lane in self.lanes()
        ]
        return Picture(lanes, page)


def status(card, page, language, at):
    """Why a placed story is not shown at the moment; empty where it is."""
    if card.article is None:
        return _("this story is not there any more: take it off the page")
    if card.slot is None:
        return _("something is wrong below")
    if card.slot.since and card.slot.since > at:
        return _("waits for its time")
    if not card.slot.is_current(at):
        return _("its time is over")
    if not card.article.is_published(language, at):
        edition = card.article.edition_in(language)
        if edition and edition.is_scheduled(at):
            return _("waits for its publication")
        return _("not shown: not published in this language")
    if page.placed.get(card.article.pk) is not card.slot:
        return _("not shown: it stands elsewhere, or there is no room")
    return ""


# Choosing


def choosable(language, at):
    """The stories that may be given a place: published or scheduled in the language."""
    return Article.objects.in_language(language).filter(
        Q(edition__unpublish_at=None) | Q(edition__unpublish_at__gt=at),
        edition__status=Edition.Status.PUBLISHED,
        **{f"{column('title', language)}__gt": ""},
    )


def search(language, words, at):
    """The newest stories that may be chosen and whose headlines hold all the words; a number finds its story."""
    articles = choosable(language, at).for_lists()
    name = column("title", language)
    for word in words.split()[:8]:
        rule = Q()
        for variant in dict.fromkeys([word, word.lower(), word.capitalize(), word.upper()]):
            rule |= Q(**{f"{name}__icontains": variant})  # SQLite knows the case of Latin letters alone
        if word.isdecimal() and len(word) < 18:
            rule |= Q(pk=int(word))
        articles = articles.filter(rule)
    return list(articles.newest()[:FOUND])


# Storing


def arrange(proposal, *, opened_version, by):
    """Stores the proposal as the language's arrangement. ``opened_version``: that of the page that was opened."""
    language = proposal.language
    slots, _all_right = proposal.slots()
    with transaction.atomic(), bump_once(), reversion.create_revision():
        Arrangement.objects.get_or_create(language=language)
        arrangement = Arrangement.objects.select_for_update().get(language=language)
        if arrangement.version != opened_version:
            raise Conflict
        before = Proposal.stored(language)
        HomepageSlot.objects.filter(language=language).delete()
        for slot in slots:
            slot.save()
        arrangement.version += 1
        arrangement.updated_by = by
        arrangement.save()
        reversion.set_user(by)
        reversion.set_comment(describe(before, proposal))
    return arrangement


def describe(before, after):
    """What differs, a line each: what came to a place, what left one, where times or texts changed."""
    old, new = ({(row["article"], before.lane_of(row)): row for row in p.rows} for p in (before, after))
    titles = before.articles() | after.articles()

    def line(sign, key):
        number, lane = key
        article = titles.get(int(number)) if number.isdecimal() else None
        title = article.text("title", after.language) if article else "?"
        with translation.override(after.language):
            text = gettext_noop("%(sign)s %(place)s: %(title)s")
            return saves.message(text, sign=sign, place=after.named(lane), title=title)

    lines = [line("+", key) for key in new if key not in old]
    lines += [line("−", key) for key in old if key not in new]
    lines += [line("±", key) for key in new if key in old and new[key] != old[key]]
    if not lines:
        text = gettext_noop("another order") if list(old) != list(new) else gettext_noop("no change")
        lines = [saves.message(text)]
    return saves.comment(*lines)


def history(language, number=30):
    """The saves of the language's arrangement, the newest first."""
    return (
        Version.objects.get_for_object_reference(Arrangement, language)
        .select_related("revision__user")
        .order_by("-pk")[:number]
    )


def of_revision(language, version):
    """The arrangement as it was saved then, as a proposal that nobody has stored yet."""
    kept = version.revision.version_set.get_for_model(HomepageSlot)
    known = {f.attname for f in HomepageSlot._meta.concrete_fields}
    slots = [HomepageSlot(**{name: value for name, value in row.field_dict.items() if name in known}) for row in kept]
    slots = [slot for slot in slots if slot.language == language]
    return Proposal.of(language, sorted(slots, key=lambda slot: slot.position))
