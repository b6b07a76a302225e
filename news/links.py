"""Whether an address inside the site leads somewhere: the one rule, for checks before publishing and for the walk through
published texts (news/link_check.py)."""

import posixpath
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import Resolver404, resolve
from django.utils import timezone, translation

from .legacy import parse_idn
from .models import Article, Author, Image, Section, SlugRedirect, Tag

LANGUAGES = [code for code, _name in settings.LANGUAGES]
LEGACY = {"cn": "zh-hans", "ru": "ru", "en": "en", "zh-hans": "zh-hans"}
ARTICLES = {"news:article", "news:print", "news:number", "news:qr"}
NAMED = {
    "news:section": Section, "news:section_rss": Section, "news:section_atom": Section, "news:tag": Tag, "news:author": Author,
}  # fmt: skip
# Views of other floors: {view: what of the given keyword arguments there is, in a language}. See `register`.
OTHERS = {}


def register(view, found):
    """``found(values, language)``: those of the values (of the view's one argument, as they stand in addresses) that
    lead somewhere; at most a few queries, whatever their number."""
    OTHERS[view] = found


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
    """Those of the addresses that lead into the site and there to nothing (404 or 410), for readers at the moment.

    ``language``: of the text with the addresses; what begins with no slash is read from one of its pages. Addresses of
    other sites, of mail and within the page are left alone. The number of queries does not depend on that of addresses.
    """
    targets = {}  # target: the addresses that mean it
    dead = set()
    for address in set(addresses):
        if not is_internal(address) or not (stripped := address.strip()) or stripped[0] in "#?":
            continue
        target = target_of(stripped, language)
        if target is None:
            dead.add(address)
        elif target:
            targets.setdefault(target, set()).add(address)
    for target in targets.keys() - alive(targets, at or timezone.now()):
        dead |= targets[target]
    return dead


def target_of(address, language):
    """(language, view, value) that must be looked up; () for what is surely there, None for what surely is not."""
    parts = urlsplit(urljoin(f"/{prefix(language)}news/1-x/", address))
    path = unquote(parts.path) or "/"
    if path.startswith(settings.STATIC_URL):
        return () if finders.find(posixpath.normpath(path.removeprefix(settings.STATIC_URL))) else None
    code = next((code for code in LANGUAGES if code != settings.LANGUAGE_CODE and path.startswith(f"/{code}/")), None)
    code = code or settings.LANGUAGE_CODE
    if idn := parse_qs(parts.query).get("idn"):  # an address of the old portal
        return (
            (LEGACY.get(path.split("/")[1], code), "idn", number) if (number := parse_idn(idn[-1].strip())) else None
        )
    with translation.override(code):
        match = resolved(path) or (resolved(f"{path}/") if not path.endswith("/") else None)
    if match is None:
        return None
    values = [value for value in match.kwargs.values() if value is not None]
    if match.view_name in ARTICLES:
        return (code, "article", int(match.kwargs["pk"]))
    if match.view_name in NAMED or match.view_name in OTHERS:
        return (code, match.view_name, str(values[0]))
    if match.view_name in {"image", "library_image"}:
        return (code, "image", match.kwargs["token"])
    return ()


def resolved(path):
    try:
        return resolve(path)
    except Resolver404:
        return None


def prefix(language):
    return "" if language == settings.LANGUAGE_CODE else f"{language}/"


def alive(targets, at):
    """Those of the targets that lead somewhere: a few queries for each kind and language."""
    groups = {}
    for target in targets:
        code, kind, _value = target
        # An article that is published in another language only offers that one: it is found in whichever.
        groups.setdefault(("", kind) if kind in {"article", "idn", "image"} else (code, kind), []).append(target)
    found = set()
    for (code, kind), members in groups.items():
        values = {value for _code, _kind, value in members}
        if kind in {"article", "idn"}:
            there = published(kind, {value for value in values if value < 2**63}, at)
        elif kind == "image":
            there = set(Image.objects.filter(token__in=values).values_list("token", flat=True))
        elif kind in NAMED:
            there = named(NAMED[kind], values, code)
        else:
            there = OTHERS[kind](values, code)
        found |= {target for target in members if target[2] in there}
    return found


def published(kind, numbers, at):
    name = "pk" if kind == "article" else "legacy_idn"
    found = set()
    for code in LANGUAGES:
        articles = Article.objects.published(code, at).filter(**{f"{name}__in": numbers})
        found |= set(articles.order_by().values_list(name, flat=True))
    return found


def named(model, slugs, language):
    """Those of the slugs by which the model's things have, or had, a name in the language."""
    there = model.objects.named(language)
    found = set(there.filter(slug__in=slugs).values_list("slug", flat=True))
    old = dict(
        SlugRedirect.objects.filter(kind=model._meta.label_lower, slug__in=slugs - found).values_list(
            "slug", "object_id"
        )
    )
    kept = set(there.filter(pk__in=old.values()).values_list("pk", flat=True))
    return found | {slug for slug, pk in old.items() if pk in kept}
