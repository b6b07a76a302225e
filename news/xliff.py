"""XLIFF 2.0 (docs.oasis-open.org/xliff/xliff-core/v2.0): how it writes and reads what news/exchange.py puts into files."""

import re
from xml.etree import ElementTree as ET
from xml.parsers import expat

from django.conf import settings
from django.utils.translation import gettext as _

from . import publication
from .exchange import (
    BadFileError,
    File,
    Unit,
    article_named,
    check_names,
    codes_of,
    language_named,
    renumbered,
    units_of,
)
from .languages import html_lang

NAME, EXTENSION, TYPE = "XLIFF", "xlf", "application/xliff+xml"
NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
VERSIONS = {"2.0", "2.1"}
DEEPEST = 40
NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ET.register_namespace("", NAMESPACE)


def tag(name):
    return f"{{{NAMESPACE}}}{name}"


# Out


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


def export(article, language):
    """The XLIFF file of one article, as bytes."""
    source = publication.source_language(article)
    root = ET.Element(tag("xliff"), version="2.0", srcLang=html_lang(source), trgLang=html_lang(language))
    address = settings.SITE_URL + article.address(source)
    file = ET.SubElement(root, tag("file"), id=f"article-{article.pk}", original=address)
    notes = ET.SubElement(file, tag("notes"))
    put_text(ET.SubElement(notes, tag("note"), id="address", category="address"), address)
    for name, row, own in units_of(article, language):
        put_unit(file, name, row, own)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def put_unit(file, name, row, own):
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

    segment = ET.SubElement(unit, tag("segment"), state="translated" if own is not None and row.fresh else "initial")
    put_markup(ET.SubElement(segment, tag("source")), row.new.markup, data)
    if own is not None:
        target = ET.SubElement(segment, tag("target"))
        put_markup(target, own, data)
        numbers = renumbered(own, row.new.markup)
        for element in target.iter():
            if "id" in element.attrib:
                element.set("id", str(numbers[int(element.get("id"))]))
    if not stored:
        unit.remove(original)


# In


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


def read(content):
    """The files of an XLIFF document. Raises BadFileError and says what is wrong with it."""
    root = parse(content)
    if root.tag != tag("xliff") or root.get("version") not in VERSIONS:
        raise BadFileError(_("This is no XLIFF 2 file."), code="format")
    languages = [language_named(root.get(name)) for name in ("srcLang", "trgLang")]
    if None in languages:
        raise BadFileError(_("The file's languages are not two of this portal's."), code="languages")
    files = [read_file(element, *languages) for element in root.findall(tag("file"))]
    if not files:
        raise BadFileError(_("There is no text in the file."), code="empty")
    return files


def read_file(element, source, language):
    number = article_named(element.get("id"))
    units = list(element.iter(tag("unit")))
    check_names(unit.get("id") or "" for unit in units)
    return File(number, source, language, [read_unit(unit, unit.get("id")) for unit in units])


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
