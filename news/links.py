"""Where addresses inside the site lead: the one rule, for the checks before publishing (news/checks.py) and for the walk
through published texts (news/link_check.py).

An address is resolved by the site's own table of addresses; what it names is asked for in a few queries for all of them.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from html import unescape
from os.path import isfile
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation
from django.db.models import Q
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation

from states.models import State

from .legacy import parse_idn
from .models import Article, Author, Image, Section, SlugRedirect, Tag, column
from .segments import tokens

FINE = "fine"
MOVED = "moved"  # a redirect leads on
OFFERED = "offered"  # not in this language; its page offers another one
HIDDEN = "hidden"  # is there, and readers can't see it
NOWHERE = "nowhere"
LANGUAGES = [code for code, _name in settings.LANGUAGES]
HREF = re.compile(r'<a\s[^>]*?href="([^"]*)"')
NOT_FOR_READERS = {"library_image", "news:shared_preview", "read"}
OLD_PRINT = "news.legacy_views.print_page"
TAKES_IDN = {"home", "news.legacy_views.home", OLD_PRINT}
LONGEST = 18  # digits of a number that a database takes


def states(slugs):
    there = State.objects.filter(iso2__in=[slug.upper() for slug in slugs])
    return [iso2.lower() for iso2 in there.values_list("iso2", flat=True)]


def images(names):
    return Image.objects.filter(token__in=names).values_list("token", flat=True)


# What the views show; those of other floors come by `register`.
KINDS = {
    **dict.fromkeys(["news:article", "news:print", "news:number", "news:qr"], Article),
    **dict.fromkeys(["news:section", "news:section_rss", "news:section_atom"], Section),
    **dict.fromkeys(["states:detail", "news:state_rss", "news:state_atom"], states),
    "news:tag": Tag,
    "news:author": Author,
    "image": images,
}


def register(view, kind):
    """``kind``: a model whose things have a slug, and a name in each language, or a function that tells which there are
    of the values of the view's first argument, in one query."""
    KINDS[view] = kind


@dataclass(frozen=True)
class Place:
    """What an address names."""

    outcome: str  # if it is there
    kind: object = None  # as in KINDS, or "idn"; None: nothing that must be looked up
    key: object = None
    language: str = ""
    view: str = ""
    slug: str | None = None  # of an article, beside its number


def links_of(html):
    """[(address, words)] of the links of clean HTML, in their order."""
    found, inside = [], False
    for text, tag, closing in tokens(html or ""):
        if tag == "a":
            inside = not closing and (match := HREF.match(text))
            if inside:
                found.append((unescape(match[1]), ""))
        elif tag is None and inside:
            address, words = found[-1]
            found[-1] = address, words + unescape(text)
    return found


def is_internal(address):
    """Whether the address, as it stands in a text, leads to the site itself."""
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme and parts.scheme not in {"http", "https"}:
        return False
    own = urlsplit(settings.SITE_URL).hostname
    return not parts.scheme if not parts.netloc else host in {own, f"www.{own}"}


def dead_internal(addresses, language, at=None):
    """Those of the addresses that lead into the site and there to nothing (404 or 410), for readers at the moment."""
    return {address for address, how in judge(addresses, language, at=at).items() if how in {HIDDEN, NOWHERE}}


def judge(addresses, language, *, at=None, own=None):
    """{address: outcome} of those of the addresses that lead into the site, for readers at the moment.

    ``language``: of the text with the addresses; what begins with no slash is read from one of its pages. ``own``: the
    number of its article, which may be linked though it is not public yet. Addresses of other sites, of mail and within
    the page are left alone. The number of queries does not depend on that of addresses.
    """
    at = at or timezone.now()
    inside = {address for address in addresses if address.strip()[:1] not in {"", "#", "?"} and is_internal(address)}
    places = {address: place_of(address.strip(), language) for address in inside}
    keys = defaultdict(set)
    for place in places.values():
        keys[place.kind].add(place.key)
    things = {**articles(keys.pop(Article, set()), keys.pop("idn", set())), **named(keys)}
    for kind in keys.keys() - {None}:
        things |= {(kind, key): True for key in kind(keys[kind])}
    return {address: outcome(place, things.get((place.kind, place.key)), at, own) for address, place in places.items()}


def place_of(address, language):
    with translation.override(language):
        parts = urlsplit(urljoin(reverse("news:number", args=[1]), address))
    path = unquote(parts.path) or "/"
    if path.startswith(settings.STATIC_URL):
        return Place(FINE if is_static(path.removeprefix(settings.STATIC_URL)) else NOWHERE)
    code = next((code for code in LANGUAGES if f"{path}/".startswith(f"/{code}/")), settings.LANGUAGE_CODE)
    with translation.override(code):
        found = FINE if (match := match_of(path)) else MOVED
        match = match or match_of(f"{path}/")
    if match is None or "admin" in match.namespaces or match.view_name in NOT_FOR_READERS:
        return Place(NOWHERE)
    idn = dict(parse_qsl(parts.query, keep_blank_values=True)).get("idn", "").strip()
    if match.view_name == OLD_PRINT or (idn and match.view_name in TAKES_IDN):  # an address of the old portal
        return Place(MOVED, "idn", number) if (number := parse_idn(idn)) else Place(NOWHERE)
    if match.view_name.startswith("news.legacy_views."):
        return Place(MOVED)
    kind = KINDS.get(match.view_name)
    if kind is None:
        return Place(found)
    key = next(iter(match.captured_kwargs.values()))
    if kind is Article or isinstance(key, int):
        if len(str(key)) > LONGEST:
            return Place(NOWHERE)
        key = int(key)
    return Place(found, kind, key, code, match.view_name, match.captured_kwargs.get("slug"))


def match_of(path):
    try:
        return resolve(path)
    except Resolver404:
        return None


def is_static(name):
    try:
        path = finders.find(name) or staticfiles_storage.path(name)  # as it is written, or as it is collected
        return isfile(path)  # noqa: PTH113 (Path.is_file raises for a long name)
    except SuspiciousFileOperation:
        return False


# What the places name, published or not: {(kind, key): thing}


def articles(numbers, idns):
    if not numbers | idns:
        return {}
    found = Article.objects.filter(Q(pk__in=numbers) | Q(legacy_idn__in=idns)).prefetch_related("editions")
    found = found.only("legacy_idn", *[column("title", code) for code in LANGUAGES])
    things = {}
    for article in found:
        things[Article, article.pk] = things["idn", article.legacy_idn] = article
    return things


def named(keys):
    """Takes the models out of ``keys``: their things as rows, by their slugs and by those that they had."""
    models = [kind for kind in keys if isinstance(kind, type)]
    slugs = {model: keys.pop(model) for model in models}
    old = defaultdict(dict)
    if models:
        kept = SlugRedirect.objects.filter(slug__in=set().union(*slugs.values()))
        for kind, slug, pk in kept.values_list("kind", "slug", "object_id"):
            old[kind][slug] = pk
    things = {}
    for model in models:
        renamed = old[model._meta.label_lower]
        rule = Q(slug__in=slugs[model]) | Q(pk__in=renamed.values())
        rows = model.objects.filter(rule).values("pk", "slug", *[column(model.NAME, code) for code in LANGUAGES])
        rows = {row["pk"]: row for row in rows}
        things |= {(model, slug): rows[pk] for slug, pk in renamed.items() if pk in rows}
        things |= {(model, row["slug"]): row for row in rows.values()}
    return things


def outcome(place, thing, at, own):
    if place.kind is None or thing is True:
        return place.outcome
    if thing is None:
        return NOWHERE
    if isinstance(thing, Article):
        return outcome_of_article(place, thing, at, own)
    if not thing[column(place.kind.NAME, place.language)]:
        return HIDDEN
    return place.outcome if thing["slug"] == place.key else MOVED


def outcome_of_article(place, article, at, own):
    """The same that `news.views.shown` and `news.legacy_views` answer."""
    languages = article.published_languages(at)
    if article.pk == own or (place.kind == "idn" and languages):
        return place.outcome
    edition = article.edition_in(place.language)
    if place.language in languages:
        return place.outcome if place.slug in {None, edition.slug or "-"} else MOVED
    offers = languages and place.view != "news:qr" and not (edition and edition.is_gone(at))
    return OFFERED if offers else HIDDEN
