"""PO files, as gettext's tools and most programs for translators have them: how they are written and read.

Inline codes stand in the text as <1>…</1> and <2/>; a translation that its source has left behind is fuzzy, with the
source as it was ("#|"). polib reads and writes the files themselves.
"""

import re

import polib
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

NAME, EXTENSION, TYPE = "PO", "po", "text/x-gettext-translation"
# What would be taken for a code or for one of our escapes, and what programs for translators break lines at.
LIKE_ESCAPE = re.compile(r"&(?=(?:amp|lt|#x[0-9a-f]{1,6});)")
LIKE_CODE = re.compile(r"<(?=/?[0-9]+/?>)")
NOT_IN_PO = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
PART = re.compile(r"<(?P<end>/?)(?P<number>[0-9]{1,6})(?P<one>/?)>|&(?:(?P<name>amp|lt)|#x(?P<hex>[0-9a-f]{1,6}));")


def text_of(markup, like=None):
    """The markup's words and codes; with the codes' numbers in ``like``, where that is given."""
    parts, _codes = codes_of(markup)
    numbers = renumbered(markup, like) if like is not None else {}
    shapes = {"pair": "<%s>", "end": "</%s>", "one": "<%s/>"}
    return "".join(
        escaped(part) if isinstance(part, str) else shapes[part[1]] % numbers.get(part[0], part[0]) for part in parts
    )


def escaped(text):
    text = LIKE_CODE.sub("&lt;", LIKE_ESCAPE.sub("&amp;", text))
    return NOT_IN_PO.sub(lambda found: f"&#x{ord(found[0]):x};", text)


def items_of(text):
    """What ``text_of`` wrote, as exchange.written takes it."""
    items, last = [], 0
    for found in PART.finditer(text):
        items.append(text[last : found.start()])
        last = found.end()
        if found["number"]:
            items.append((found["number"], "end" if found["end"] else "one" if found["one"] else "start"))
        elif found["name"]:
            items.append("&" if found["name"] == "amp" else "<")
        else:
            code = int(found["hex"], 16)
            items.append(chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd")
    return [*items, text[last:]]


# Out


def export(article, language):
    """The PO file of one article, as bytes."""
    source = publication.source_language(article)
    units = units_of(article, language)
    file = polib.POFile()
    file.metadata = {
        "Project-Id-Version": f"article-{article.pk}",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": html_lang(language).replace("-", "_"),
        "X-Source-Language": html_lang(source).replace("-", "_"),
        "X-Address": settings.SITE_URL + article.address(source),
    }
    for name, row, own in units:
        codes = codes_of(row.new.markup)[1].values()
        entry = polib.POEntry(
            msgctxt=name,
            msgid=text_of(row.new.markup),
            msgstr="" if own is None else text_of(own, row.new.markup),
            comment="\n".join([row.new.kind, *(f"<{code.number}> = {escaped(code.opens)}" for code in codes)]),
        )
        if row.state == "changed":
            entry.previous_msgid = text_of(row.old.markup)
        if entry.msgstr and not row.fresh:
            entry.flags = ["fuzzy"]
        file.append(entry)
    return str(file).encode("utf-8", "replace")


# In


def read(content):
    """The one file of a PO document. Raises BadFileError and says what is wrong with it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFileError(_("The file's text is not UTF-8."), code="encoding") from error
    text = NOT_IN_PO.sub(lambda found: f"&#x{ord(found[0]):x};", re.sub("\r\n?", "\n", text))
    try:
        # polib takes a text that names a file for that file: no name begins with a line of its own.
        file = polib.pofile("#\n" + text)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        line = re.search(r"line (\d+)", str(error))
        message = _("The file is no PO file that can be read.")
        if line:
            message = _("The file is no PO file that can be read: line %(line)s.") % {"line": int(line[1]) - 1}
        raise BadFileError(message, code="format") from error
    number = article_named(file.metadata.get("Project-Id-Version", ""))
    languages = [language_named(file.metadata.get(name)) for name in ("X-Source-Language", "Language")]
    if None in languages:
        raise BadFileError(_("The file's languages are not two of this portal's."), code="languages")
    entries = [entry for entry in file if not entry.obsolete]
    check_names("" if entry.msgid_plural else entry.msgctxt or "" for entry in entries)
    return [File(number, *languages, [read_entry(entry) for entry in entries])]


def read_entry(entry):
    return Unit(
        entry.msgctxt,
        (entry.comment or "").partition("\n")[0],
        items_of(entry.msgid),
        items_of(entry.msgstr) if entry.msgstr.strip() else None,
        "initial" if entry.fuzzy else "translated",
    )
