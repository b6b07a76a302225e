"""Texts for outside translators and back, as XLIFF 2.0 (docs.oasis-open.org/xliff/xliff-core/v2.0).

A unit is a segment of the source; its id is the segment's key, so that it is found again however the text moves. Inline
markup is inline codes: the file says what they are, and only what stands in the source now is put back in their place.
"""

import io
import re
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from html import escape, unescape
from xml.etree import ElementTree as ET
from xml.parsers import expat

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from . import publication, translations
from .forms import html_lang
from .models import Article
from .segments import Segment, join, split, tokens

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
VERSIONS = {"2.0", "2.1"}
TYPE = "application/xliff+xml"
LARGEST = 10 * 1024 * 1024  # bytes of one file
MOST_FILES = 200  # in a zip
DEEPEST = 40
NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
VOID = {"br", "img"}
UNIT = re.compile(r"^s-([0-9a-f]{16})-([0-9]{1,5})$")
HOLE = "[…]"  # where a text is to be translated still, in no language

ET.register_namespace("", NAMESPACE)


class BadFileError(ValidationError):
    pass


def tag(name):
    return f"{{{NAMESPACE}}}{name}"


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


def put_text(element, text):
    """Text at the end of the element; what XML can't hold as <cp>."""
    last = 0
    for match in [*NOT_IN_XML.finditer(text), None]:
        plain = text[last : match.start() if match else len(text)]
        children = list(element)
        if plain and children:
            children[-1].tail = (children[-1].tail or "") + plain
        elif plain:
            element.text = (element.text or "") + plain
        if match:
            ET.SubElement(element, tag("cp"), hex=f"{ord(match[0]):04X}")
            last = match.end()


def put_markup(element, markup, data=None):
    """The markup into <source> or <target>. ``data``: a function that stores a tag's text and returns its id."""
    parts, codes = codes_of(markup)
    inside = [element]
    for part in parts:
        if isinstance(part, str):
            put_text(inside[-1], part)
            continue
        number, what = part
        code = codes[number]
        if what == "end":
            inside.pop()
        elif what == "pair":
            refs = {"dataRefStart": data(code.opens), "dataRefEnd": data(code.closes)}
            inside.append(ET.SubElement(inside[-1], tag("pc"), id=str(number), canCopy="no", canDelete="no", **refs))
        else:
            ET.SubElement(
                inside[-1], tag("ph"), id=str(number), canCopy="no", canDelete="no", dataRef=data(code.opens)
            )


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


def export(article, language):
    """The XLIFF file of one article, as bytes."""
    source = publication.source_language(article)
    root = ET.Element(tag("xliff"), version="2.0", srcLang=html_lang(source), trgLang=html_lang(language))
    address = settings.SITE_URL + article.address(source)
    file = ET.SubElement(root, tag("file"), id=f"article-{article.pk}", original=address)
    notes = ET.SubElement(file, tag("notes"))
    put_text(ET.SubElement(notes, tag("note"), id="address", category="address"), address)
    row = translations.row_for_change(article, language)
    counted = Counter()
    for found in translations.rows_of(row, article, source):
        if found.new:
            counted[found.key] += 1
            put_unit(file, f"s-{found.key}-{counted[found.key]}", found)
    if len(file) == 1:
        raise ValidationError(_("There is no text to translate."), code="empty")
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def put_unit(file, name, row):
    unit = ET.SubElement(file, tag("unit"), {"id": name, "name": row.new.kind, XML_SPACE: "preserve"})
    if row.state == "changed":
        notes = ET.SubElement(unit, tag("notes"))
        put_text(ET.SubElement(notes, tag("note"), id="before", category="source-before"), row.old.text)
    original = ET.SubElement(unit, tag("originalData"))
    stored = {}

    def data(text):
        if text not in stored:
            stored[text] = f"d{len(stored) + 1}"
            put_text(ET.SubElement(original, tag("data"), id=stored[text]), text)
        return stored[text]

    kept = row.own is not None and same_codes(row.own.markup, row.new.markup)
    segment = ET.SubElement(unit, tag("segment"), state="translated" if kept and row.fresh else "initial")
    put_markup(ET.SubElement(segment, tag("source")), row.new.markup, data)
    if kept:
        target = ET.SubElement(segment, tag("target"))
        put_markup(target, row.own.markup, data)
        numbers = renumbered(row.own.markup, row.new.markup)
        for element in target.iter():
            if "id" in element.attrib:
                element.set("id", str(numbers[int(element.get("id"))]))
    if not stored:
        unit.remove(original)


def export_many(pairs):
    """A zip with a file for each (article, language)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for article, language in pairs:
            archive.writestr(file_name(article, language), export(article, language))
    return buffer.getvalue()


def file_name(article, language):
    return f"{article.pk}-{publication.source_language(article)}-{language}.xlf"


# In: the file


def parse(content):
    """The root element. Refuses what is no XML, what declares a document type or entities, and what is too deep."""
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    depth = 0

    def named(name):
        return "{" + name if "}" in name else name

    def start(name, attributes):
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise BadFileError(_("The file's elements are nested too deep."), code="deep")
        builder.start(named(name), {named(key): value for key, value in attributes.items()})

    def end(name):
        nonlocal depth
        depth -= 1
        builder.end(named(name))

    def refused(*_arguments):
        raise BadFileError(
            _("The file declares a document type or entities. Such files are refused."), code="entities"
        )

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refused
    parser.UnparsedEntityDeclHandler = parser.SkippedEntityHandler = refused
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        where = {"line": getattr(error, "lineno", 1), "column": getattr(error, "offset", 0) + 1}
        message = _("The file is no well-formed XML: line %(line)s, character %(column)s.") % where
        raise BadFileError(message, code="xml") from error
    return builder.close()


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


def read(content):
    """The files of an XLIFF document. Raises BadFileError and says what is wrong with it."""
    root = parse(content)
    if root.tag != tag("xliff") or root.get("version") not in VERSIONS:
        raise BadFileError(_("This is no XLIFF 2 file."), code="format")
    by_name = {html_lang(code).lower(): code for code in translations.LANGUAGES}
    languages = [by_name.get((root.get(name) or "").lower()) for name in ("srcLang", "trgLang")]
    if None in languages:
        raise BadFileError(_("The file's languages are not two of this portal's."), code="languages")
    files = [read_file(element, *languages) for element in root.findall(tag("file"))]
    if not files:
        raise BadFileError(_("There is no text in the file."), code="empty")
    return files


def read_file(element, source, language):
    match = re.fullmatch(r"article-([1-9][0-9]{0,17})", element.get("id") or "")
    if not match:
        raise BadFileError(
            _("“%(name)s” is no article of this portal.") % {"name": (element.get("id") or "")[:60]}, code="article"
        )
    units, names = [], set()
    for unit in element.iter(tag("unit")):
        name = unit.get("id") or ""
        if not UNIT.match(name):
            raise BadFileError(_("“%(name)s” is no segment of ours.") % {"name": name[:60]}, code="unknown")
        if name in names:
            raise BadFileError(_("The segment “%(name)s” is there twice.") % {"name": name}, code="twice")
        names.add(name)
        units.append(read_unit(unit, name))
    if not units:
        raise BadFileError(_("There is no text in the file."), code="empty")
    return File(int(match[1]), source, language, units)


def read_unit(unit, name):
    """A unit that a tool has cut into several segments is one again."""
    source, target, states, complete = [], [], set(), True
    segments = [part for part in unit if part.tag in {tag("segment"), tag("ignorable")}]
    for part in segments:
        theirs, ours = part.find(tag("source")), part.find(tag("target"))
        if theirs is None:
            raise BadFileError(_("The segment “%(name)s” has no source.") % {"name": name}, code="source")
        source += content_of(theirs, name)
        if part.tag == tag("segment"):
            states.add(part.get("state", "initial"))
            complete = complete and ours is not None
        target += content_of(theirs if ours is None else ours, name)
    if not segments:
        raise BadFileError(_("The segment “%(name)s” has no source.") % {"name": name}, code="source")
    text = "".join(item for item in target if isinstance(item, str))
    if not complete or not text.strip():
        target = None
    return Unit(name, unit.get("name") or "", source, target, "initial" if "initial" in states else "translated")


def content_of(element, name):
    items = [element.text or ""]
    for child in element:
        if child.tag == tag("cp"):
            try:
                items.append(chr(int(child.get("hex") or "", 16)))
            except (ValueError, OverflowError) as error:
                raise BadFileError(_("The segment “%(name)s” holds no such character.") % {"name": name}) from error
        elif child.tag == tag("pc"):
            items += [(child.get("id"), "start"), *content_of(child, name), (child.get("id"), "end")]
        elif child.tag == tag("ph"):
            items.append((child.get("id"), "one"))
        elif child.tag == tag("sc"):
            items.append((child.get("id"), "start"))
        elif child.tag == tag("ec"):
            items.append((child.get("startRef") or child.get("id"), "end"))
        elif child.tag == tag("mrk"):
            items += content_of(child, name)
        elif child.tag not in {tag("sm"), tag("em")}:
            raise BadFileError(
                _("The segment “%(name)s” holds something that XLIFF 2 does not know.") % {"name": name}, code="format"
            )
        items.append(child.tail or "")
    return items


def written(items, codes, *, kind):
    """The items as our markup, with the tags of ``codes``; None where the codes are not exactly these, well nested."""
    out, opened, used = [], [], Counter()
    for item in items:
        if isinstance(item, str):
            out.append(escape(item, quote=kind == "alt").replace("\xa0", "&nbsp;"))
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


def contents(name, content):
    """(name, bytes) of each file: of a zip each of its own."""
    if not content.startswith(b"PK\x03\x04"):
        return [(name, content)]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MOST_FILES:
                raise BadFileError(_("At most %(count)s files at a time.") % {"count": MOST_FILES}, code="many")
            found, room = [], LARGEST
            for member in members:
                if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                    raise NotImplementedError
                with archive.open(member) as opened:
                    found.append((member.filename, opened.read(room + 1)))
                room -= len(found[-1][1])
                if room < 0:
                    raise BadFileError(_("The archive is too large."), code="large")
            return found
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BadFileError(_("The archive can't be read."), code="zip") from error


def take_in(name, content, *, by):
    """Reads a file or a zip and stores what it may: a Report for each article. Nothing is published."""
    reports = []
    try:
        found = contents(name, content)
    except ValidationError as error:
        return [Report(None, "", name, error=" ".join(error.messages))]
    for own_name, own_content in found:
        try:
            files = read(own_content)
        except ValidationError as error:
            reports.append(Report(None, "", own_name, error=" ".join(error.messages)))
            continue
        reports += [take_in_file(file, own_name, by=by) for file in files]
    return reports or [Report(None, "", name, error=_("There is no text in the file."))]


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
    counted, present = Counter(), {}
    for found in rows:
        if found.new:
            counted[found.key] += 1
            present[f"s-{found.key}-{counted[found.key]}"] = found
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
    translations.store(
        article, file.language, texts, anew, by=by, why=_("From the file %(name)s") % {"name": report.name[:200]}
    )
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
