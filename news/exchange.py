"""Texts for outside translators and back, whatever the format (news/xliff.py, news/po.py).

A unit is a segment of the source; its name is the segment's key, so that it is found again however the text moves. Inline
markup is inline codes: the file says what they are, and only what stands in the source now is put back in their place.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from html import escape, unescape

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from . import publication, saves, translations
from .languages import html_lang
from .models import Article
from .richtext import storable
from .segments import Segment, join, split, tokens

VOID = {"br", "img"}
UNIT = re.compile(r"^s-([0-9a-f]{16})-([0-9]{1,5})$")
HOLE = "[…]"  # where a text is to be translated still, in no language


class BadFileError(ValidationError):
    pass


# Inline codes


@dataclass
class Code:
    number: int
    opens: str
    closes: str = ""  # of a pair


def codes_of(markup):
    """The markup as a list of text and (code's number, "pair" | "end" | "one"), and the codes by number."""
    parts, codes, opened = [], {}, []
    for text, name, closing in tokens(markup):
        if name is None:
            parts.append(unescape(text))
        elif closing and opened and codes[opened[-1]].closes == text:
            parts.append((opened.pop(), "end"))
        else:
            number = len(codes) + 1
            pair = not closing and name not in VOID
            codes[number] = Code(number, text, f"</{name}>" if pair else "")
            parts.append((number, "pair" if pair else "one"))
            if pair:
                opened.append(number)
    for number in opened:  # ends in another block: it stands by itself
        codes[number].closes = ""
        parts[parts.index((number, "pair"))] = (number, "one")
    return parts, codes


def same_codes(markup, other):
    def counted(text):
        return Counter((code.opens, code.closes) for code in codes_of(text)[1].values())

    return counted(markup) == counted(other)


def renumbered(markup, like):
    """The markup's codes with the numbers that they have in ``like``, as <pc> and <ph> of a target must have them."""
    free = {}
    for number, code in codes_of(like)[1].items():
        free.setdefault((code.opens, code.closes), []).append(number)
    return {number: free[code.opens, code.closes].pop(0) for number, code in codes_of(markup)[1].items()}


# Out


def units_of(article, language):
    """What a file for the language holds: [(the unit's name, the row, the translation's markup or None)].

    A translation goes along where it has the source's codes.
    """
    row = translations.row_for_change(article, language)
    found = named_rows(translations.rows_of(row, article, publication.source_language(article)))
    if not found:
        raise ValidationError(_("There is no text to translate."), code="empty")
    return [
        (name, row, row.own.markup if row.own and same_codes(row.own.markup, row.new.markup) else None)
        for name, row in found.items()
    ]


def named_rows(rows):
    """The rows that the source has now, by the names of their units; what stands there twice is counted."""
    counted, found = Counter(), {}
    for row in rows:
        if row.new:
            counted[row.key] += 1
            found[f"s-{row.key}-{counted[row.key]}"] = row
    return found


# In: the file


@dataclass
class Unit:
    name: str
    kind: str
    source: list  # [text | (code's id, "start" | "end" | "one")]
    target: list | None
    state: str


@dataclass
class File:
    article: int
    source: str
    language: str
    units: list


def language_named(name):
    """Our language by the name that a file gives it; None where it is none of ours."""
    name = (name or "").strip().lower().replace("_", "-")
    by_name = {html_lang(code).lower(): code for code in translations.LANGUAGES} | {"zh-cn": "zh-hans"}
    return by_name.get(name)


def article_named(name):
    """The number of the article that a file calls article-5."""
    match = re.fullmatch(r"article-([1-9][0-9]{0,17})", name or "")
    if not match:
        raise BadFileError(_("“%(name)s” is no article of this portal.") % {"name": (name or "")[:60]}, code="article")
    return int(match[1])


def check_names(names):
    """The units of a file are named as ours are, each once."""
    seen = set()
    for name in names:
        if not UNIT.match(name):
            raise BadFileError(_("“%(name)s” is no segment of ours.") % {"name": name[:60]}, code="unknown")
        if name in seen:
            raise BadFileError(_("The segment “%(name)s” is there twice.") % {"name": name}, code="twice")
        seen.add(name)
    if not seen:
        raise BadFileError(_("There is no text in the file."), code="empty")


def written(items, codes, *, kind):
    """The items as our markup, with the tags of ``codes``; None where the codes are not exactly these, well nested."""
    out, opened, used = [], [], Counter()
    for item in items:
        if isinstance(item, str):
            out.append(escape(storable(item), quote=kind == "alt").replace("\xa0", "&nbsp;"))
            continue
        number, what = item
        code = codes.get(int(number)) if (number or "").isascii() and (number or "").isdecimal() else None
        if code is None or (what == "one") != (not code.closes):
            return None
        if what == "end":
            if not opened or opened.pop() != code.number:
                return None
            out.append(code.closes)
            continue
        used[code.number] += 1
        out.append(code.opens)
        if what == "start":
            opened.append(code.number)
    if opened or used != Counter(codes.keys()):
        return None
    return "".join(out).strip()


# In: the article


@dataclass
class Report:
    """What became of one article of a file."""

    article: Article | None
    language: str
    name: str
    applied: int = 0
    waiting: int = 0  # without a translation in the file
    changed: list = field(default_factory=list)  # [(kind, text)]: the source is another one since the export
    error: str = ""


def take_in_file(file, name, *, by):
    report = Report(None, file.language, name)
    try:
        with transaction.atomic():
            article = Article.objects.select_for_update().filter(pk=file.article).first()
            if article is None or not publication.rights_of(by, article):
                raise BadFileError(
                    _("“%(name)s” is no article of this portal.") % {"name": file.article}, code="article"
                )
            report.article = article
            if file.source != publication.source_language(article):
                raise BadFileError(_("The article is written in another language than the file."), code="languages")
            if not translations.may_translate(by, article, file.language):
                raise PermissionDenied
            apply(file, article, report, by=by)
    except PermissionDenied:
        report.error = _("You may not change the text in this language.")
    except ValidationError as error:
        report.applied, report.error = 0, " ".join(error.messages)
    return report


def apply(file, article, report, *, by):
    row = translations.row_for_change(article, file.language)
    rows = translations.rows_of(row, article, file.source)
    present = named_rows(rows)
    new, broken, anew = {}, [], set()
    for unit in file.units:
        found = present.get(unit.name)
        text = "".join(item for item in unit.source if isinstance(item, str))
        codes = codes_of(found.new.markup)[1] if found else {}
        if found is None or written(unit.source, codes, kind=found.new.kind) != canonical(found.new):
            report.changed.append((unit.kind, text))
            continue
        if unit.target is None:
            report.waiting += 1
            continue
        markup = written(unit.target, codes, kind=found.new.kind)
        if markup is None:
            broken.append(f"{unit.name} (“{text[:60]}”)")
        elif unit.state != "initial" or found.own is None or markup != canonical(found.own):
            new[id(found.new)] = markup
            anew.add(found.key)
    if broken:
        raise BadFileError(
            _("Bold, links or pictures of the source are missing, doubled or crossed in: %(segments)s.")
            % {"segments": "; ".join(broken)},
            code="codes",
        )
    if not new:
        return
    texts = assemble(article, file.source, file.language, rows, new)
    why = saves.comment(saves.message(gettext_noop("From the file %(name)s"), name=report.name[:200]))
    translations.store(article, file.language, texts, anew, by=by, why=why)
    report.applied = len(new)


def canonical(segment):
    parts, codes = codes_of(segment.markup)
    ends = {"pair": "start", "end": "end", "one": "one"}
    items = [part if isinstance(part, str) else (str(part[0]), ends[part[1]]) for part in parts]
    return written(items, codes, kind=segment.kind)


def assemble(article, source, language, rows, new):
    """The texts with what is new in its place: in the translation's own markup where it has as many segments as the
    source, else in the source's."""
    texts = {}
    mine, theirs = (split(article.text("body", code)) for code in (language, source))
    body = {id(found.new): found for found in rows if found.new and found.new.kind not in translations.TEXTS}
    for found in rows:
        if found.new and found.new.kind in ("title", "lead") and id(found.new) in new:
            texts[found.new.kind] = unescape(new[id(found.new)])
    if not body and not mine:
        texts["body"] = article.text("body", source)  # pictures and lines alone
    if not any(place in body for place in new):
        return texts
    order = list(body.values())
    own = [piece for piece in mine if isinstance(piece, Segment)]
    if [s.scope for s in own] == [found.new.scope for found in order]:
        frame = mine
    else:
        frame = theirs
        if own and not any(found.own for found in order) and any(place not in new for place in body):
            raise BadFileError(
                _(
                    "The translation that is there is cut into other paragraphs than the source: the file must hold all."
                ),
                code="shape",
            )
    filled = iter([new.get(id(found.new)) or (found.own.markup if found.own else HOLE) for found in order])
    texts["body"] = join(next(filled) if isinstance(piece, Segment) else piece for piece in frame)
    return texts
