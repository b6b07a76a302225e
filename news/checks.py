"""What is looked at before a text goes out: one function a check, and one table that says how grave each is.

An error keeps a text from being published. A warning asks: whoever has seen it may publish all the same. A hint is only
told. Forms, bulk actions, schedules and languages that go out together ask here, through ``run`` or ``demand``; what was
accepted once goes out at its minute without being asked again.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from html import unescape
from itertools import islice

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import wording
from .links import HIDDEN, MOVED, NOWHERE, OFFERED, judge, links_of
from .models import Article, GalleryItem, Image, Translation, column
from .richtext import image_tokens, plain_text
from .search import stem
from .segments import segments_of

ERROR, WARNING, HINT = "error", "warning", "hint"
LONGEST_HEADLINE = 110  # what Google, messengers and cards show of it; a Chinese character is as wide as two letters
MOST = 20  # findings of one check
CUT = re.compile(r"(?:…|\.\.\.|[-–—,:;、，：；(«“„（《])$")
IMG = re.compile(r'<img\s[^>]*?src="/images/([\w-]{16,22})/"[^>]*>')
ALT = re.compile(r'\salt="([^"]*)"')


@dataclass
class Story:
    """One language of an article as it would go out, saved or not."""

    language: str
    texts: dict  # {field: text}
    article: Article | None = None
    lead_image: int | None = None
    gallery: list = field(default_factory=list)  # numbers of images
    at: object = None  # when it goes out; None: now
    # Of the language that it was translated from, as published and as it waits; none for that language itself. Who
    # translates what waits already is not behind.
    sources: list = field(default_factory=list)
    basis: list | None = None  # what the translation is made from once it is saved; None: as is stored
    same: dict = field(default_factory=dict)  # and what is said with this save to be without effect

    def text(self, name):
        return (self.texts.get(name) or "").strip()

    @cached_property
    def segments(self):
        return segments_of(self.texts)

    @cached_property
    def images(self):
        """All pictures that it shows, in one query: {number or token: Image}."""
        rule = Q(pk__in=[pk for pk in [self.lead_image, *self.gallery] if pk])
        rule |= Q(token__in=image_tokens(self.text("body")))
        alt = column("alt", self.language)
        rows = Image.objects.filter(rule).only("token", "title", alt) if rule != Q(pk__in=[]) else []
        return {key: image for image in rows for key in (image.pk, image.token)}

    def alt(self, image):
        return (getattr(image, column("alt", self.language)) or "").strip()

    @cached_property
    def links(self):
        """[(address, words, outcome)] of those that lead into the site."""
        found = links_of(self.text("body"))
        own = self.article.pk if self.article else None
        outcomes = judge({address for address, _words in found}, self.language, at=self.at, own=own)
        return [(address, words, outcomes[address]) for address, words in found if address in outcomes]

    @cached_property
    def translation(self):
        if not (self.article and self.article.pk):
            return None
        return Translation.objects.filter(article=self.article, language=self.language).first()


@dataclass(frozen=True)
class Finding:
    check: str
    severity: str
    language: str
    field: str  # title, lead, body, lead_image, gallery
    message: str
    quote: str = ""  # the words to go to
    href: str = ""  # or the link
    token: str = ""  # or the picture
    image: int | None = None  # whose form mends it
    detail: str = ""

    @property
    def key(self):
        """The same for the same finding as long as the words are the same: what one has seen is not asked again."""
        place = self.quote or self.href or self.token or str(self.image or "") or self.detail
        digest = sha256(place.encode("utf-8", "replace")).hexdigest()[:8] if place else ""
        return ":".join(filter(None, [self.language, self.check, digest]))


# The checks: each yields (field, message, what leads to the place)


def headline_missing(story):
    if not story.text("title"):
        yield "title", _("A published text needs a headline."), {}


def text_missing(story):
    if not plain_text(story.text("body")):
        yield "body", _("A published text needs a body."), {}


def lead_missing(story):
    if not story.text("lead"):
        yield "lead", _("There is no lead: lists, search engines and messengers have only the headline to show."), {}


def width(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def headline_cut(story):
    title = story.text("title")
    if not title:
        return
    if CUT.search(title):
        yield "title", _("The headline ends as if it were cut."), {"quote": title}
    elif cut_word(title, story):
        yield "title", _("The headline seems to end in the middle of a word."), {"quote": title.split()[-1]}
    elif len(title) >= Article._meta.get_field("title").max_length:
        yield "title", _("The headline fills its field to the last letter: it may be cut."), {"quote": title}
    elif width(title) > LONGEST_HEADLINE:
        text = ngettext(
            "The headline is %(count)s letter wide: search engines and messengers cut it after %(limit)s.",
            "The headline is %(count)s letters wide: search engines and messengers cut it after %(limit)s.",
            width(title),
        )
        yield "title", text % {"count": width(title), "limit": LONGEST_HEADLINE}, {"quote": title}


def cut_word(title, story):
    """Whether the last word is the beginning of one in the text, and is not itself one of the text's words, in any form."""
    if story.language.startswith("zh"):
        return False
    *_others, last = wording.WORD.findall(title) or [""]
    if len(last) < 4 or not title.endswith(last):
        return False
    words = wording.WORD.findall(plain_text(f"{story.text('lead')} {story.text('body')}"))
    if any(stem(word) == stem(last) for word in words):
        return False
    longer = [word for word in words if word.casefold().startswith(last.casefold())]
    return bool(longer) and len({stem(word) for word in longer}) == 1 and min(map(len, longer)) > len(last) + 1


def alt_missing(story):
    def name(image):
        return image.title or image.token

    lead = story.images.get(story.lead_image)
    if lead and not story.alt(lead):
        yield "lead_image", _("The lead picture has no alternative text in this language."), {"image": lead.pk}
    for pk in story.gallery:
        image = story.images.get(pk)
        if image and not story.alt(image):
            text = _("A picture of the gallery has no alternative text in this language: %(name)s.")
            yield "gallery", text % {"name": name(image)}, {"image": image.pk}
    for found in IMG.finditer(story.text("body")):
        image, own = story.images.get(found[1]), ALT.search(found[0])
        if image and not story.alt(image) and not (own and unescape(own[1]).strip()):
            text = _("A picture in the text has no alternative text in this language: %(name)s.")
            yield "body", text % {"name": name(image)}, {"image": image.pk, "token": image.token}


def links(story, outcomes, message):
    for address, words, outcome in story.links:
        if outcome in outcomes:
            yield "body", message % {"words": words[:80] or address[:80]}, {"href": address}


def link_leads_nowhere(story):
    return links(story, {NOWHERE}, _("The link “%(words)s” leads nowhere on this site."))


def link_to_unpublished(story):
    return links(story, {HIDDEN, OFFERED}, _("The link “%(words)s” leads to something that readers can't see there."))


def link_redirects(story):
    return links(story, {MOVED}, _("The link “%(words)s” still works, but has another address now."))


def in_segments(story, find, message):
    for segment in story.segments:
        for words in find(segment.text, story.language):
            place = segment.kind if segment.kind in {"title", "lead"} else "body"
            yield place, message % {"words": words}, {"quote": words}


def mixed_scripts(story):
    return in_segments(story, wording.mixed_scripts, _("Letters of another alphabet are in “%(words)s”."))


def doubled_words(story):
    return in_segments(story, wording.doubled_words, _("A word stands there twice: “%(words)s”."))


def older_than_source(story):
    from .translations import compare, unpacked

    row = story.translation if story.sources else None
    basis = story.basis if story.basis is not None else row and row.basis
    if not row or basis is None:
        return
    versions = [compare(unpacked(basis), segments_of(texts), row.same | story.same) for texts in story.sources]
    if stale := min(([found for found in rows if not found.fresh] for rows in versions), key=len):
        text = ngettext(
            "%(count)s segment of the source has changed since it was translated.",
            "%(count)s segments of the source have changed since they were translated.",
            len(stale),
        )
        yield "body", text % {"count": len(stale)}, {"detail": " ".join(found.key for found in stale)}


@dataclass(frozen=True)
class Check:
    find: object
    severity: str
    essential: bool = False  # without it there is nothing that readers could be shown

    @property
    def name(self):
        return self.find.__name__


CHECKS = (
    Check(headline_missing, ERROR, essential=True),
    Check(text_missing, ERROR, essential=True),
    Check(link_leads_nowhere, ERROR),
    Check(headline_cut, WARNING),
    Check(lead_missing, WARNING),
    Check(alt_missing, WARNING),
    Check(link_to_unpublished, WARNING),
    Check(mixed_scripts, WARNING),
    Check(doubled_words, WARNING),
    Check(older_than_source, WARNING),
    Check(link_redirects, HINT),
)


def run(story, checks=CHECKS):
    """Everything that is found, the gravest first, in the order of CHECKS."""
    found = {}
    for check in checks:
        for place, message, leads in islice(check.find(story), MOST):
            finding = Finding(check.name, check.severity, story.language, place, message, **leads)
            found.setdefault((finding.key, finding.field), finding)
    return list(found.values())


def essential(language, texts):
    """What keeps a text from being shown at all, without a query: {field: message}."""
    story = Story(language, texts)
    return {found.field: found.message for found in run(story, [check for check in CHECKS if check.essential])}


def saved_story(article, language, at=None):
    """The language as the article's columns have it."""
    from .publication import source_language

    source, sources = source_language(article), []
    if language != source:
        sources.append({name: article.text(name, source) for name in ("title", "lead", "body")})
        if copy := article.working_copies.filter(language=source).first():
            sources.append(sources[0] | copy.texts)
    return Story(
        language,
        {name: article.text(name, language) for name in ("title", "lead", "dateline", "body", "source_name")},
        article=article,
        lead_image=article.lead_image_id,
        gallery=list(GalleryItem.objects.filter(article=article).values_list("image", flat=True)),
        at=at,
        sources=sources,
    )


# Whether it may go out


class Objection(ValidationError):  # noqa: N818 (it is what it says)
    """Why a text does not go out: errors, or warnings that nobody has seen yet."""

    def __init__(self, findings):
        self.findings = findings
        super().__init__([found.message for found in findings], code="checks")

    @property
    def asks(self):
        """Whether it is enough that somebody has seen them."""
        return all(found.severity == WARNING for found in self.findings)


def objections(findings, seen=()):
    """Errors; without one, the warnings whose keys are not among ``seen``."""
    errors = [found for found in findings if found.severity == ERROR]
    return errors or [found for found in findings if found.severity == WARNING and found.key not in seen]


def demand(article, language, *, seen=(), ask=True, at=None):
    """Raises Objection where the article's text in the language may not go out. ``ask``: whether there is somebody to be
    asked; the code itself is stopped by errors alone. ``seen``: keys of warnings, as in ``Finding.key``."""
    found = objections(run(saved_story(article, language, at)), seen)
    if found and (ask or found[0].severity == ERROR):
        raise Objection(found)


def keys(text):
    """The keys that a form sends back: what one has seen."""
    return frozenset((text or "")[:20_000].split())
