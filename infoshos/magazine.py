"""An issue's PDF: checked by its content, counted, and its first page as a picture. The one module that knows PDFium."""

import io
import threading
from contextlib import contextmanager

import pypdfium2
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from pypdfium2.raw import FPDF_ERR_PASSWORD

MAX_BYTES = 64 * 1024 * 1024
MAX_PAGES = 1000
COVER_HEIGHT = 1600  # pixels
MAX_SIDE = 14_400  # points: what the format itself allows a page

lock = threading.Lock()  # PDFium bears one caller at a time


@contextmanager
def opened(file):
    """The document, unless it is none that we can use: a ValidationError that says what is wrong."""
    if file.size > MAX_BYTES:
        raise ValidationError(
            _("The file is too large: %(size)s. At most %(most)s can be taken.")
            % {"size": filesizeformat(file.size), "most": filesizeformat(MAX_BYTES)}
        )
    file.seek(0)
    content = file.read()
    file.seek(0)
    if not content.startswith(b"%PDF-"):
        # By content: what calls itself a PDF and is a web page would be served from our own address.
        raise ValidationError(_("This file is not a PDF."))
    with lock:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            # PDFium remembers the last error of any document: the word itself must be there too.
            if error.err_code == FPDF_ERR_PASSWORD and b"/Encrypt" in content:
                raise ValidationError(_("This PDF asks for a password: save it without one.")) from error
            raise ValidationError(_("This PDF is damaged and can't be opened: make it anew, please.")) from error
        try:
            yield document
        finally:
            document.close()


def inspect(file):
    """The number of its pages."""
    with opened(file) as document:
        pages = len(document)
        if not 1 <= pages <= MAX_PAGES:
            raise ValidationError(
                _("This PDF has %(pages)s pages: 1 to %(most)s can be taken.") % {"pages": pages, "most": MAX_PAGES}
            )
        first_page(document).close()
    return pages


def first_page(document):
    try:
        page = document[0]
        width, height = page.get_size()
    except pypdfium2.PdfiumError as error:
        raise ValidationError(_("This PDF is damaged and can't be opened: make it anew, please.")) from error
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and 1 / 10 < width / height < 10):
        raise ValidationError(_("The first page has a size that makes no cover."))
    return page


def cover(file):
    """The first page as the bytes of a PNG."""
    with opened(file) as document:
        page = first_page(document)
        picture = page.render(scale=COVER_HEIGHT / page.get_height()).to_pil()
        content = io.BytesIO()
        picture.convert("RGB").save(content, "PNG")
        page.close()
    return content.getvalue()
