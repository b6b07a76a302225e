"""Every cache key and every way in which a public page becomes stale.

A page's key holds the *state* of its language: the generation number, which grows with each change of something that
public pages show, and the last moment at which an edition or a home page slot began or ended by itself, so that no
timer has to be on time. The number lives in the database and grows in the transaction of the change: workers that share no cache agree
on it, and a change that is rolled back bumps nothing. Pages show clocks, hence the minute in the key.
"""

import hashlib
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, OuterRef, Subquery
from django.http import HttpResponse, HttpResponseNotModified
from django.urls import URLPattern
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from . import compression
from .models import Edition, Generation, HomepageSlot

KEPT_HEADERS = ("Content-Type", "Content-Language", "Link", "X-Robots-Tag")
STATE_HEADER = "X-State"  # what the page depends on was in this state: news/proof.py compares
PAGE_SECONDS = 600  # how long a page that nobody asks for again stays in the cache


bulk = ContextVar("bulk", default=None)  # inside bump_once(): the languages that have become stale


@contextmanager
def bump_once():
    """Around a change of many rows: what they make stale becomes so at its end, once, also when it fails half-way."""
    stale = set()
    token = bulk.set(stale)
    try:
        yield
    finally:
        bulk.reset(token)
        if stale:
            bump(*stale)


def bump(*languages):
    """Makes all cached pages of the languages (of all, if none is named) stale; part of the caller's transaction."""
    languages = languages or dict(settings.LANGUAGES)
    if (stale := bulk.get()) is not None:
        stale.update(languages)
        return
    for language in sorted(languages):
        if not Generation.objects.filter(language=language).update(number=F("number") + 1):
            Generation.objects.get_or_create(language=language)


ALL = "all"  # in the place of a language: what depends on every language


def state(language, at=None):
    """What a page of the language depends on, as a string; one query."""
    at = at or timezone.now()
    if language == ALL:
        return " ".join(state(code, at) for code, _name in settings.LANGUAGES)
    editions = Edition.objects.filter(language=OuterRef("language"), status=Edition.Status.PUBLISHED)
    appeared = editions.filter(published_at__lte=at).order_by("-published_at").values("published_at")[:1]
    gone = editions.filter(unpublish_at__lte=at).order_by("-unpublish_at").values("unpublish_at")[:1]
    slots = HomepageSlot.objects.filter(language=OuterRef("language"))
    begun = slots.filter(since__lte=at).order_by("-since").values("since")[:1]
    ended = slots.filter(until__lte=at).order_by("-until").values("until")[:1]
    row = (
        Generation.objects.filter(language=language)
        .annotate(appeared=Subquery(appeared), gone=Subquery(gone), begun=Subquery(begun), ended=Subquery(ended))
        .values_list("number", "appeared", "gone", "begun", "ended")
        .first()
    )
    return "-".join(str(part.timestamp() if hasattr(part, "timestamp") else part or 0) for part in row or (0,))


def next_due(language, at=None):
    """The next moment at which an edition or a slot of the language begins or ends by itself, or None; four queries."""
    at = at or timezone.now()
    if language == ALL:
        return min(filter(None, (next_due(code, at) for code, _name in settings.LANGUAGES)), default=None)
    editions = Edition.objects.filter(language=language, status=Edition.Status.PUBLISHED)
    slots = HomepageSlot.objects.filter(language=language)
    moments = [
        rows.filter(**{f"{name}__gt": at}).order_by(name).values_list(name, flat=True).first()
        for rows, name in (
            (editions, "published_at"),
            (editions, "unpublish_at"),
            (slots, "since"),
            (slots, "until"),
        )
    ]
    return min(filter(None, moments), default=None)


def remembered(request, name, make, language=None):
    """What `make` says of the page's subject, whatever the page's query: asked again when the state of the language (by
    default the page's own) is another. For what is the same on a hundred pages of a list, and slow to count."""
    depends_on = state(language) if language else getattr(request, "state", None) or state(translation.get_language())
    asked = f"{request.path}\n{name}\n{language or ''}\n{depends_on}"
    return cache.get_or_set(f"part:{hashlib.sha256(asked.encode()).hexdigest()}", make, PAGE_SECONDS)


def page_key(request, depends_on, at):
    asked = f"{request.scheme}\n{request.get_host()}\n{request.get_full_path()}\n{depends_on}"
    digest = hashlib.sha256(asked.encode()).hexdigest()
    return f"page:{digest}:{int(at.timestamp()) // 60}"


def cache_control(language, at):
    """Browsers ask each time (304 is cheap); a cache between us may keep the page until the next edition is due."""
    seconds = settings.SHARED_CACHE_SECONDS
    if not seconds:
        return "public, max-age=0, must-revalidate"
    if due := next_due(language, at):
        seconds = max(0, min(seconds, int((due - at).total_seconds())))
    return f"public, max-age=0, s-maxage={seconds}, must-revalidate"


def public_page(view=None, *, language=None, keep=True):
    """The view's answer, the same for every reader: cached whole, with a strong ETag; it may set no cookie.

    Only an answer of 200 to GET or HEAD is kept; whatever else the view answers goes through as it is.
    ``language=ALL``: the page shows all languages. ``keep=False``: it is large and seldom asked for, hence made anew.
    """
    if view is None:
        return lambda view: public_page(view, language=language, keep=keep)
    depends_on = language

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if request.method not in {"GET", "HEAD"}:
            return view(request, *args, **kwargs)
        language = depends_on or translation.get_language()
        at = timezone.now()
        now = state(language, at) if keep else ""
        key = page_key(request, now, at) if keep else None
        kept = cache.get(key) if keep else None
        if kept is None:
            request.state = now
            response = view(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
            if response.status_code != 200 or response.streaming:
                return response
            if response.cookies:
                raise AssertionError(f"The public page {request.path} sets a cookie.")
            content = response.content
            if response["Content-Type"].startswith("text/html"):
                content = compression.unindented(content)
            etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
            kept = (
                compression.pack(content),
                {name: response[name] for name in KEPT_HEADERS if name in response},
                etag,
                getattr(response, "_csp_config", None),
            )
            if keep:
                cache.set(key, kept, PAGE_SECONDS)
        packed, headers, etag, csp = kept
        tags = parse_etags(request.headers.get("If-None-Match", ""))
        # A proxy that compresses our answer weakens its tag: RFC 9110 compares weakly here.
        if "*" in tags or etag in {tag.removeprefix("W/") for tag in tags}:
            response = HttpResponseNotModified()
        else:
            encoding, content = compression.unpack(packed, request.headers.get("Accept-Encoding", ""))
            response = HttpResponse(content)
            for name, value in headers.items():
                response[name] = value
            if encoding:
                response["Content-Encoding"] = encoding
                etag = f"W/{etag}"  # the same page in other bytes
        response["ETag"] = etag
        patch_vary_headers(response, ["Accept-Encoding"])
        response["Cache-Control"] = cache_control(language, at)
        if keep:
            response[STATE_HEADER] = now
        if csp is not None:
            response._csp_config = csp
        return response

    wrapper.is_public = True
    return wrapper


def public_urls(urlpatterns):
    """The patterns with their views as public pages: for an app below that can't import this module."""
    return [
        URLPattern(pattern.pattern, public_page(pattern.callback), pattern.default_args, pattern.name)
        for pattern in urlpatterns
    ]
