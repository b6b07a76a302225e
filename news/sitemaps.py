"""What sitemaps say of articles, sections, tags and authors: only what readers of a language can see now."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef
from django.urls import reverse
from django.utils import timezone, translation

from .models import Article, Author, Section, Tag

LANGUAGES = [code for code, _name in settings.LANGUAGES]
PER_FILE = 5000  # numbers of articles: a file never changes its range, so old files stay as they are
NEWS_ITEMS = 1000  # Google's limit


@dataclass
class Entry:
    """One thing in its languages: each gets an address of its own in the sitemap, with all the others as alternates."""

    addresses: dict = field(default_factory=dict)  # {language: path}
    dates: dict = field(default_factory=dict)  # {language: datetime}


@dataclass
class NewsItem:
    address: str
    language: str
    title: str
    published_at: datetime
    changed_at: datetime


def address_of(language):
    """A function (number, slug) → path; reverse() for each of thousands takes seconds."""
    with translation.override(language):
        base = reverse("news:article", args=[0, "-"]).removesuffix("0--/")
    return lambda pk, slug: f"{base}{pk}-{slug or '-'}/"


def article_files(language):
    """The files that hold articles of the language, as [(number, last change)]; one query."""
    parts = Article.objects.published(language).annotate(part=F("pk") / PER_FILE).order_by()
    rows = parts.values("part").annotate(published=Max("edition__published_at"), changed=Max("edition__updated_at"))
    return sorted((row["part"] + 1, latest(row["published"], row["changed"])) for row in rows)


def latest(*moments):
    return max(filter(None, moments), default=None)


def articles(language, number):
    """The language's articles of one file, with their versions in the others; a query a language."""
    entries = {}
    for code in [language, *(code for code in LANGUAGES if code != language)]:
        found = Article.objects.published(code).filter(pk__gte=(number - 1) * PER_FILE, pk__lt=number * PER_FILE)
        path = address_of(code)
        rows = found.order_by("pk").values_list("pk", "edition__slug", "edition__published_at", "edition__updated_at")
        for pk, slug, published, changed in rows.iterator(chunk_size=PER_FILE):
            if code == language:
                entries[pk] = Entry()
            if pk in entries:
                entries[pk].addresses[code] = path(pk, slug)
                entries[pk].dates[code] = latest(published, changed)
    return list(entries.values())


def named(things, view):
    """Entries for {language: rows that have a name in it}."""
    entries = {}
    for code, rows in things.items():
        with translation.override(code):
            for row in rows:
                entries.setdefault(row.pk, Entry()).addresses[code] = reverse(view, args=[row.slug])
    return list(entries.values())


def sections():
    return named({code: Section.objects.named(code) for code in LANGUAGES}, "news:section")


def topics():
    """Tags and authors with something to read in the language."""
    found = []
    for model, relation, view in ((Tag, "tags", "news:tag"), (Author, "authors", "news:author")):
        things = {}
        for code in LANGUAGES:
            shown = Article.objects.published(code).filter(**{relation: OuterRef("pk")})
            things[code] = model.objects.named(code).filter(Exists(shown))
        found += named(things, view)
    return found


def news():
    """The articles of the last two days in all languages, newest first."""
    since = timezone.now() - timedelta(hours=48)
    found = []
    for code in LANGUAGES:
        path = address_of(code)
        recent = Article.objects.published(code).for_lists().filter(edition__published_at__gte=since)
        found += [
            NewsItem(
                path(article.pk, article.edition.slug),
                code,
                article.text("title", code),
                article.edition.published_at,
                latest(article.edition.published_at, article.edition.updated_at),
            )
            for article in recent.newest()[:NEWS_ITEMS]
        ]
    found.sort(key=lambda item: item.published_at, reverse=True)
    return found[:NEWS_ITEMS]
