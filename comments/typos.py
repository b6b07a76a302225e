"""Where the quote of a typo report stands in a text. static/js/typo.js normalises in the same way: tests/data/typos.json."""

import re
import unicodedata

from news.models import column
from news.richtext import plain_text

MAX_QUOTE = 250
CONTEXT = 32  # characters on each side that must agree
SPACES = re.compile(r"[ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
INVISIBLE = re.compile(r"[\u00ad\u200b\u2060\ufeff]")  # soft hyphen, zero-width space, word joiner, byte order mark
END = re.compile(r"[.!?…](?=\s)|[。！？]")


def collapse(text):
    """Composed letters, no soft hyphens, one plain space for each run of spaces of any kind."""
    return SPACES.sub(" ", INVISIBLE.sub("", unicodedata.normalize("NFC", text)))


def normalise(text):
    """The same without spaces at the ends."""
    return collapse(text).strip(" ")


def find(text, quote, prefix="", suffix=""):
    """(start, end) of the quote in the text, both normalised; None where its place is not certain.

    The nearest CONTEXT characters on both sides must agree; or those on one side; or the report names no surroundings
    and the quote stands once. Whatever fits two places fits none.
    """
    if not quote:
        return None
    places = [match.start() for match in re.finditer(f"(?={re.escape(quote)})", text)]
    prefix, suffix = prefix[-CONTEXT:].strip(" "), suffix[:CONTEXT].strip(" ")
    if not prefix and not suffix:
        return (places[0], places[0] + len(quote)) if len(places) == 1 else None
    before = {start for start in places if prefix and text[:start].rstrip(" ").endswith(prefix)}
    after = {start for start in places if suffix and text[start + len(quote) :].lstrip(" ").startswith(suffix)}
    fitting = before & after or before | after
    return (min(fitting), min(fitting) + len(quote)) if len(fitting) == 1 else None


def texts_of(article, field, language):
    """The normalised texts in which a quote of the field may stand; captions are several."""
    if field == "body":
        return [normalise(plain_text(article.text("body", language)))]
    if field != "caption":
        return [normalise(article.text(field, language))]
    images = [article.lead_image, *[item.image for item in article.gallery.select_related("image")]]
    captions = [getattr(image, column("caption", language)) for image in images if image]
    # A figure of the text has its caption there.
    return [normalise(caption) for caption in captions if caption] + texts_of(article, "body", language)


def anchor(report):
    """Looks for the report's quote in its article; a report without surroundings gets them from there."""
    fields = (
        [report.field] if report.prefix or report.suffix else dict.fromkeys([report.field, "title", "lead", "body"])
    )
    for field in fields:
        for text in texts_of(report.article, field, report.language):
            if place := find(text, report.quote, report.prefix, report.suffix):
                start, end = place
                report.field = field
                report.anchored = True
                report.prefix = report.prefix or text[max(0, start - 200) : start].lstrip(" ")
                report.suffix = report.suffix or text[end : end + 200].rstrip(" ")
                return True
    report.anchored = False
    return False


def sentence(report):
    """The sentence around the quote: (before, quote, after)."""
    before, after = report.prefix, report.suffix
    if ends := list(END.finditer(before)):
        before = before[ends[-1].end() :].lstrip(" ")
    if end := END.search(after + " "):
        after = after[: end.end()]
    return before, report.quote, after
