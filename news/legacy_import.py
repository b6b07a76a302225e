"""Puts saved pages of the old portal into the database: one article an item, however often it was saved.

Which copy of an item is taken, the first difference deciding:
1. a whole one before one that may end early, unless the whole one is the shorter;
2. one with all its characters before one that lost those outside ASCII;
3. the print copy, which holds nothing but the item;
4. the longer one.

A later import with a better copy improves what an earlier one stored. What an editor has changed is left alone.
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from slugify import slugify

from .legacy import BULLET, BYLINE, MAX_BYTES, LegacyError, LegacyPage, parse_page
from .models import Article, Author, Byline, Edition, Section, column
from .richtext import clean_html, plain_text

# How the desk that the items are put on is called where no editor has made it yet.
SECTION = {"slug": "society", "title_ru": "Общество", "title_en": "Society", "title_zh_hans": "社会"}


@dataclass
class Copy:
    """A file: its page, or the reason why there is none; and what became of it."""

    path: str
    page: LegacyPage | None = None
    result: str = ""
    note: str = ""
    flags: list[str] = field(default_factory=list)


# Files


def find_files(paths):
    """The files named, and all below the folders named; each once, hidden ones left out."""
    seen = set()
    for path in map(Path, paths):
        inside = sorted(_files_below(path)) if path.is_dir() else [path]
        for file in inside:
            if (resolved := file.resolve()) not in seen:
                seen.add(resolved)
                yield file


def _files_below(folder):
    for root, folders, names in folder.walk():
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (root / name for name in names if not name.startswith("."))


def read(path):
    # A file's name need not be text.
    copy = Copy(str(path).encode("utf-8", "replace").decode())
    try:
        if not path.exists():
            raise LegacyError("there is no such file")
        if not path.is_file():
            raise LegacyError("this is no file")
        with path.open("rb") as file:
            copy.page = parse_page(file.read(MAX_BYTES + 1))
    except OSError as error:
        copy.result, copy.note = "failed", error.strerror or "the file can't be read"
    except LegacyError as error:
        copy.result, copy.note = "failed", str(error)
    return copy


# Copies of one item


def choose(pages: list[LegacyPage]) -> tuple[int, LegacyPage]:
    """Which of the copies of an item is the best one, and that page with what comparing them told."""
    pages = [_with_losses(page, pages) for page in pages]
    longest = max(len(_letters(page)) for page in pages)
    best = max(pages, key=lambda page: (page.whole and len(_letters(page)) >= longest * 0.98, *page.quality[1:]))
    position = next(number for number, page in enumerate(pages) if page is best)
    flags = set(best.flags)
    headline = best.headline
    if "headline_cut" in flags:
        # Never an invented ending: only what another copy of the same item has.
        longer = [page.headline for page in pages if page.headline.startswith(headline) and page.headline != headline]
        if longer:
            headline = max(longer, key=len)
            if not any(page.headline == headline and "headline_cut" in page.flags for page in pages):
                flags.discard("headline_cut")
    if any(not _agree(best, page) for page in pages):
        flags.add("copies_differ")
    byline = best.byline or next((page.byline for page in pages if page.byline and _agree(best, page)), "")
    if byline and not best.byline:
        flags.add("byline_found")
    return position, replace(best, headline=headline, byline=byline, flags=flags)


def _letters(page):
    return "".join(char for char in "".join(page.paragraphs).casefold() if char.isalnum())


def _with_losses(page, pages):
    """The page, flagged where another copy shows that it lost what was outside ASCII."""
    text = "\n".join(page.paragraphs)
    if not text.isascii() or "characters_lost" in page.flags:
        return page
    for other in pages:
        reference = "\n".join(other.paragraphs)
        rest = re.sub(r"[^\x00-\x7f]", "", reference)
        length = min(len(rest), len(text))
        if not reference[:length].isascii() and rest[:length] == text[:length]:
            return replace(page, flags=page.flags | {"characters_lost"})
    return page


def _agree(one, two):
    """Whether two copies tell the same, as far as both go."""
    if one.published_at != two.published_at or one.language != two.language:
        return False
    return _same_start(one.headline, two.headline) and _same_start(_letters(one), _letters(two))


def _same_start(one, two):
    one, two = ("".join(char for char in text.casefold() if char.isalnum()) for text in (one, two))
    if one.isascii() != two.isascii():
        one, two = (re.sub(r"[^\x00-\x7f]", "", text) for text in (one, two))
    length = min(len(one), len(two))
    return one[:length] == two[:length]


# Storing


def section_for_imports(slug=None, make=True):
    if slug:
        return Section.objects.get(slug=slug)
    if not make:
        return None
    section, _created = Section.objects.get_or_create(slug=SECTION["slug"], defaults=SECTION)
    return section


def import_copies(copies: list[Copy], section, write=True):
    """Stores the best of an item's copies and notes on each what became of it; returns whether anything changed."""
    best = page = None
    try:
        position, page = choose([copy.page for copy in copies])
        best = copies[position]
        with transaction.atomic():
            result, note = _store(page, section, write)
    except LegacyError as error:
        result, note = "failed", str(error)
    except ValidationError as error:
        result, note = "failed", " ".join(error.messages)
    except DatabaseError as error:
        result, note = "failed", f"the database refused it: {error}"
    for copy in copies:
        if copy is best:
            copy.result, copy.note, copy.flags = result, note, sorted(page.flags)
        else:
            copy.result, copy.note = "copy", f"the better copy is {best.path}"
            copy.flags = sorted(copy.page.flags)
    return write and result in ("imported", "improved")


def _store(page, section, write):
    if page.published_at > timezone.now():
        raise LegacyError(f"the date lies in the future: {page.published_at:%d.%m.%Y %H:%M}")
    article = Article.objects.select_for_update().filter(legacy_idn=page.idn).first()
    texts = _texts(page)
    if article is None:
        if not write:
            return "imported", ""
        article = Article(legacy_idn=page.idn, section=section)
        _write(article, page, texts)
        return "imported", article.address(page.language)
    if article.updated_by_id or article.version > 1:
        return "left alone", "an editor has changed it since"
    edition = article.editions.filter(language=page.language).first()
    if edition is None or edition.status != Edition.Status.PUBLISHED or edition.unpublish_at:
        return "left alone", "an editor has withdrawn it or changed its languages"
    stored = {name: getattr(article, column(name, page.language)) or "" for name in texts}
    if stored == texts and edition.published_at == page.published_at:
        return "unchanged", article.address(page.language)
    if _rank(page.flags, texts["body"]) <= _rank(article.legacy_flags, stored["body"]):
        return "unchanged", "what is stored is as good or better"
    if write:
        _write(article, page, texts)
    return "improved", article.address(page.language)


def _rank(flags, body):
    flaws = ("text_truncated", "characters_lost", "headline_cut")
    return (*(flaw not in flags for flaw in flaws), len(plain_text(body)))


def _texts(page):
    headline = page.headline
    above = []
    limit = Article._meta.get_field("title").max_length
    if len(headline) > limit:
        above.append(format_html("<p><strong>{}</strong></p>", headline))
        headline = Truncator(headline).chars(limit)
        page.flags.add("headline_shortened")
    if page.byline:
        above.append(format_html("<p><em>{}</em></p>", page.byline))
    return {"title": headline, "body": clean_html(mark_safe("".join(above)) + body_html(page.paragraphs))}  # noqa: S308 - built by format_html


def body_html(paragraphs):
    """Paragraphs of plain text as HTML; lines that begin with a bullet become a list."""
    parts, items = [], []
    for paragraph in [*paragraphs, ""]:
        if paragraph.startswith("•"):
            items.append((BULLET.sub("", paragraph),))
            continue
        if items:
            parts.append(format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", items)))
            items = []
        if paragraph:
            parts.append(format_html("<p>{}</p>", paragraph))
    return "".join(parts)


def _write(article, page, texts):
    for name, text in texts.items():
        setattr(article, column(name, page.language), text)
    article.legacy_flags = sorted(page.flags)
    article.save()
    article.publish(page.language, at=page.published_at)
    if author := _author(page):
        Byline.objects.get_or_create(article=article, author=author)


def _author(page):
    match = BYLINE.fullmatch(page.byline)
    name = (match and match["name"]) or ""
    slug = slugify(name)[:50]
    if not slug or len(name) > Author._meta.get_field("name").max_length:
        return None
    author, created = Author.objects.get_or_create(slug=slug, defaults={column("name", page.language): name})
    if not created and not getattr(author, column("name", page.language)):
        setattr(author, column("name", page.language), name)
        author.save()
    return author
