"""Where the links of a text lead inside the site: to something that readers may see, elsewhere by now, or nowhere.

Addresses are resolved by the site's own table of addresses; what they name is asked for in a few queries for all of them.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils import translation

from states.models import State

from .legacy import parse_idn
from .models import Article, Author, Section, SlugRedirect, Tag, column
from .segments import tokens

FINE, MOVED, HIDDEN, NOWHERE = "fine", "moved", "hidden", "nowhere"
HREF = re.compile(r'<a\s[^>]*?href="([^"]*)"')
# What has a slug and a name in each language, by the names of its addresses; the site adds its own.
NAMED = {
    "news:section": Section, "news:section_rss": Section, "news:section_atom": Section, "news:tag": Tag, "news:author": Author,
}  # fmt: skip
ARTICLES = {"news:article", "news:print", "news:number", "news:qr"}
STATES = {"states:detail", "news:state_rss", "news:state_atom"}
NOT_FOR_READERS = {"library_image", "news:shared_preview"}
LANGUAGES = [code for code, _name in settings.LANGUAGES]
LONGEST = 18  # digits of a number that a database takes


@dataclass
class Link:
    href: str
    text: str
    outcome: str = FINE
    view: str = ""
    language: str = ""
    key: str = ""  # the number or the slug that it names
    slug: str = ""


def links_of(html):
    """Each link of clean HTML with its words, in their order."""
    found, inside = [], None
    for text, tag, closing in tokens(html or ""):
        if tag == "a":
            inside = None
            if not closing and (match := HREF.match(text)):
                inside = Link(unescape(match[1]), "")
                found.append(inside)
        elif tag is None and inside:
            inside.text += unescape(text)
    return found


def path_inside(href, base):
    """(path, query) where an address is one of this site's; None for all others, and for a place in the same text."""
    href = href.strip()
    if not href or href.startswith("#"):
        return None
    try:
        parts = urlsplit(urljoin(settings.SITE_URL + base, href))
        own = urlsplit(settings.SITE_URL)
        if parts.scheme not in {"http", "https"} or parts.netloc.lower() != own.netloc.lower():
            return None
        return unquote(parts.path) or "/", parts.query
    except ValueError:
        return ("/\x00", "") if href.startswith("/") else None


def language_of(path):
    """The language whose table of addresses has this path."""
    return next((code for code in LANGUAGES if path.startswith(f"/{code}/")), settings.LANGUAGE_CODE)


def match_of(path, language):
    with translation.override(language):
        try:
            return resolve(path)
        except (Resolver404, ValueError):
            return None


def judge(links, *, base="/", at=None, own=None):
    """Sets the outcome of each link. ``base``: the path of the page that holds them; ``own``: the number of its article,
    which may be linked though it is not public yet. At most eight queries, however many links."""
    wanted = defaultdict(list)
    for link in links:
        inside = path_inside(link.href, base)
        if inside is None or inside[0].startswith(settings.STATIC_URL):
            continue
        path, query = inside
        link.language = language_of(path)
        match = match_of(path, link.language)
        if idn := parse_qs(query).get("idn"):
            link.view, link.key = "idn", idn[-1]
        elif match is None:
            shorter = match_of(f"{path}/", link.language)
            link.outcome = MOVED if shorter else NOWHERE
            match = shorter
        if match is not None and not link.view:
            link.view = match.view_name
            kwargs = match.kwargs
            link.key = str(kwargs.get("pk", kwargs.get("slug", "")))
            link.slug = kwargs.get("slug", "") if "pk" in kwargs else ""
        if link.view.startswith("admin:") or link.view in NOT_FOR_READERS:
            link.outcome = NOWHERE
        elif link.view == "idn" or link.view in ARTICLES:
            wanted["idn" if link.view == "idn" else "articles"].append(link)
        elif link.view in STATES:
            wanted["states"].append(link)
        elif link.view in NAMED:
            wanted[NAMED[link.view]].append(link)
    judge_articles(wanted.pop("articles", []), at, own)
    judge_old_numbers(wanted.pop("idn", []), at)
    judge_states(wanted.pop("states", []))
    judge_named(wanted)
    return links


def numbered(links, read):
    return {link.key: read(link.key) for link in links}


def found_articles(**rule):
    bodies = [column(name, code) for name in ("body", "lead") for code in LANGUAGES]
    return Article.objects.filter(**rule).prefetch_related("editions").defer(*bodies, "body", "lead")


def judge_articles(links, at, own):
    numbers = numbered(links, lambda key: int(key) if key.isdecimal() and len(key) <= LONGEST else None)
    numbers = {key: number for key, number in numbers.items() if number and number < 2**62}
    found = {article.pk: article for article in found_articles(pk__in=numbers.values())} if numbers else {}
    for link in links:
        article = found.get(numbers.get(link.key))
        if article is None:
            link.outcome = NOWHERE
        elif article.pk == own:
            link.outcome = FINE
        elif not article.is_published(link.language, at):
            link.outcome = HIDDEN
        elif link.slug and link.slug != article.edition_in(link.language).slug:
            link.outcome = MOVED


def judge_old_numbers(links, at):
    numbers = {key: number for key, number in numbered(links, parse_idn).items() if number}
    found = {a.legacy_idn: a for a in found_articles(legacy_idn__in=numbers.values())} if numbers else {}
    for link in links:
        article = found.get(numbers.get(link.key))
        if article is None:
            link.outcome = NOWHERE
        else:
            link.outcome = MOVED if article.published_languages(at) else HIDDEN


def judge_states(links):
    codes = {link.key.upper() for link in links}
    found = set(State.objects.filter(iso2__in=codes).values_list("iso2", flat=True)) if codes else set()
    for link in links:
        if link.key.upper() not in found:
            link.outcome = NOWHERE


def judge_named(wanted):
    if not wanted:
        return
    slugs = {link.key for links in wanted.values() for link in links}
    old = defaultdict(dict)
    for kind, slug, pk in SlugRedirect.objects.filter(slug__in=slugs).values_list("kind", "slug", "object_id"):
        old[kind][slug] = pk
    for model, links in wanted.items():
        renamed = old[model._meta.label_lower]
        names = [column(model.NAME, code) for code in LANGUAGES]
        rule = Q(slug__in={link.key for link in links}) | Q(pk__in=renamed.values())
        rows = {row["pk"]: row for row in model.objects.filter(rule).values("pk", "slug", *names)}
        by_slug = {row["slug"]: row for row in rows.values()}
        for link in links:
            row = by_slug.get(link.key)
            moved = None if row else rows.get(renamed.get(link.key))
            if row is None and moved is None:
                link.outcome = NOWHERE
            elif not (row or moved)[column(model.NAME, link.language)]:
                link.outcome = HIDDEN
            elif moved:
                link.outcome = MOVED
