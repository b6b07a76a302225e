"""Files for outside translators: which formats there are, many of them in a zip, and what becomes of one that comes in."""

import io
import zipfile
import zlib

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from . import po, publication, xliff
from .exchange import BadFileError, Report, take_in_file

FORMATS = {"xliff": xliff, "po": po}
LARGEST = 10 * 1024 * 1024  # bytes of one file
MOST_FILES = 200  # in a zip


def export_many(pairs, form):
    """A zip with a file for each (article, language)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for article, language in pairs:
            archive.writestr(file_name(article, language, form), FORMATS[form].export(article, language))
    return buffer.getvalue()


def file_name(article, language, form):
    return f"{article.pk}-{publication.source_language(article)}-{language}.{FORMATS[form].EXTENSION}"


def format_of(name, content):
    """The format of a file, by its name, or else by how it begins."""
    if name.lower().endswith((".po", ".pot")) or (
        b'msgid "' in content[:100_000] and not content.lstrip().startswith(b"<")
    ):
        return po
    return xliff


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
            files = format_of(own_name, own_content).read(own_content)
        except ValidationError as error:
            reports.append(Report(None, "", own_name, error=" ".join(error.messages)))
            continue
        reports += [take_in_file(file, own_name, by=by) for file in files]
    return reports or [Report(None, "", name, error=_("There is no text in the file."))]
