"""A quote in a text: where it stands, and how something else is put there; pure functions.

Texts are compared normalised; static/js/typo.js normalises in the same way, and tests/data/typos.json holds for both.
A quote is found by its exact words and its exact surroundings or not at all, and nothing but the quote is ever changed.
"""

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape, unescape
from itertools import accumulate

from news.richtext import clean_html

MAX_QUOTE = 250
KEPT = 200  # characters of its surroundings that a report keeps on each side
CONTEXT = 32  # of them, those next to the quote must agree on both sides,
FAR = 150  # these where the next ones fit two places,
ALONE = 64  # and these where one side has changed since
SPACES = re.compile(r"[ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
INVISIBLE = re.compile(r"[\u00ad\u200b\u2060\ufeff]")  # soft hyphen, zero-width space, word joiner, byte order mark
END = re.compile(r"[.!?…](?=\s)|[。！？]")
TOKEN = re.compile(
    r"""</?([a-zA-Z][a-zA-Z0-9]*)[^>"]*(?:"[^"]*"[^>"]*)*>|&(?:\#[0-9]+|\#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);"""
)
BLOCKS = {
    "p", "h2", "h3", "h4", "br", "hr", "ul", "ol", "li", "blockquote", "figure", "figcaption", "table", "caption", "thead",
    "tbody", "tfoot", "tr", "th", "td",
}  # fmt: skip
WORDS = re.compile(r"[\u3400-\u9fff]|(?:(?![\u3400-\u9fff])\w)+|\s+|.", re.DOTALL)  # a Chinese character is a word


def collapse(text):
    """Composed letters, no soft hyphens, one plain space for each run of spaces of any kind."""
    return SPACES.sub(" ", unicodedata.normalize("NFC", INVISIBLE.sub("", text)))


def normalise(text):
    """The same without spaces at the ends."""
    return collapse(text).strip(" ")


def plain(source, *, html):
    """The normalised text of a field, blocks apart by a space."""
    if html:
        source = TOKEN.sub(
            lambda match: unescape(match[0]) if not match[1] else "\n" if match[1].lower() in BLOCKS else "", source
        )
    return normalise(source)


# Finding


@dataclass
class Quote:
    """Words with what stood before and after them. An empty side is one that nobody knows, or with `whole` the text's end."""

    words: str
    prefix: str = ""
    suffix: str = ""
    whole: bool = False

    def places(self, text):
        return [match.start() for match in re.finditer(f"(?={re.escape(self.words)})", text)] if self.words else []

    def before(self, text, start, size, *, edge):
        """Whether the nearest `size` characters before the place are the known ones; fewer must be all, with `edge`."""
        known = self.prefix[-size:]
        return (not edge or len(known) == size or len(known) == start) and text.endswith(known, 0, start)

    def after(self, text, start, size, *, edge):
        known, end = self.suffix[:size], start + len(self.words)
        return (not edge or len(known) in {size, len(text) - end}) and text.startswith(known, end)

    def fits(self, text, start, size=CONTEXT):
        return self.before(text, start, size, edge=self.whole) and self.after(text, start, size, edge=self.whole)

    def fits_alone(self, text, start, *, once):
        """By one side, which is long, or reaches the end of a text that has the words once."""
        return any(
            known and (once or len(known) >= ALONE) and side(text, start, ALONE, edge=True)
            for known, side in ((self.prefix, self.before), (self.suffix, self.after))
        )


def find(text, quote, prefix="", suffix="", *, position=None, whole=False, alone=True):
    """(start, end) of the quote in the text, both normalised; None where its place is not certain.

    The surroundings next to the quote must agree on both sides; where they fit two places, more of them; where they do
    still, only `position` decides, which is known for one version of the text. Where no place fits on both sides, one
    side may do (`alone`).
    """
    wanted = Quote(quote, prefix, suffix, whole)
    places = wanted.places(text)
    found = [start for start in places if wanted.fits(text, start)]
    if len(found) > 1:
        far = [start for start in found if wanted.fits(text, start, FAR)]
        found = far if len(far) == 1 else [start for start in found if start == position]
    elif not found and alone:
        found = [start for start in places if wanted.fits_alone(text, start, once=len(places) == 1)]
    return (found[0], found[0] + len(quote)) if len(found) == 1 else None


def is_repeated(text, place):
    """Whether another place could be taken for this one, once this one has changed: then only its position names it."""
    start, end = place
    this = Quote(text[start:end], *surroundings(text, place), whole=True)
    return any(
        other != start and (this.fits(text, other) or this.fits_alone(text, other, once=False))
        for other in this.places(text)
    )


def surroundings(text, place):
    """(prefix, suffix) of a place, as a report keeps them."""
    start, end = place
    return text[max(0, start - KEPT) : start].lstrip(" "), text[end : end + KEPT].rstrip(" ")


def sentence(prefix, suffix):
    """What of the surroundings belongs to the quote's sentence."""
    if ends := list(END.finditer(prefix)):
        prefix = prefix[ends[-1].end() :].lstrip(" ")
    if end := END.search(suffix + " "):
        suffix = suffix[: end.end()]
    return prefix, suffix


def changed_words(before, after):
    """[(kind, words)] of both sentences: kind is "same", "old" or "new"."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    found = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(old[i1:i2])))
            continue
        found += [(name, "".join(part)) for name, part in (("old", old[i1:i2]), ("new", new[j1:j2])) if part]
    return found


# Changing


@dataclass
class Atom:
    """One letter of the normalised text with its marks, or one space, and where the source has it."""

    text: str
    start: int
    end: int
    edge: bool = False  # a space that is the end of a block: never changed


def pieces(source, html):
    """The characters and entities of the source, (text, start, end); the text of a block's tag is None."""
    at = 0
    for match in TOKEN.finditer(source) if html else ():
        yield from ((char, index, index + 1) for index, char in enumerate(source[at : match.start()], at))
        at = match.end()
        if not match[1]:
            yield unescape(match[0]), match.start(), at
        elif match[1].lower() in BLOCKS:
            yield None, match.start(), at
    yield from ((char, index, index + 1) for index, char in enumerate(source[at:], at))


def belongs(char, letter):
    """Whether the character is a mark of the letter before it, or melts with it into another one."""
    if char < "\u0300":
        return False
    if unicodedata.combining(char):
        return True
    joined, letter, char = (unicodedata.normalize("NFC", text) for text in (letter + char, letter, char))
    return joined != letter + char


def atoms_of(source, *, html):
    found = []

    def add(letter, start, end, edge=False):
        if edge or SPACES.fullmatch(letter[:1]):
            if found and found[-1].text == " ":
                found[-1].edge |= edge
                if not edge:
                    found[-1].end = end
            elif found:
                found.append(Atom(" ", start, end, edge))
            letter = letter[1:]
        if letter:
            found.append(Atom(letter, start, end))

    letter, start, end = "", 0, 0
    for text, from_, to in pieces(source, html):
        for char in INVISIBLE.sub("", text or ""):
            if letter and belongs(char, letter):
                letter, end = letter + char, to
                continue
            add(unicodedata.normalize("NFC", letter), start, end)
            letter, start, end = char, from_, to
        if text is None:
            add(unicodedata.normalize("NFC", letter), start, end)
            letter = ""
            add("", from_, to, edge=True)
    add(unicodedata.normalize("NFC", letter), start, end)
    if found and found[-1].text == " ":
        found.pop()
    return found


@dataclass
class Mended:
    """The source after a change, and the stretch of it that was changed, before and after."""

    source: str
    before: str
    after: str


def quoted(source, text, place, html):
    """The atoms of a place, or None where it does not begin and end between letters."""
    atoms = atoms_of(source, html=html)
    ends = [0, *accumulate(len(atom.text) for atom in atoms)]
    first, last = (bisect_left(ends, index) for index in place)
    if ends[-1] != len(text) or "".join(atom.text for atom in atoms) != text:
        return None
    if ends[first] != place[0] or ends[last] != place[1] or first == last:
        return None
    return atoms[first:last]


def mend(source, place, correction, *, html):
    """The source with the correction at the place of its normalised text; None where that can't be done cleanly.

    Only what differs is changed: tags, entities, no-break spaces and soft hyphens beside it stay as they are.
    """
    text, correction = plain(source, html=html), normalise(correction)
    if not correction or unicodedata.combining(correction[0]):
        return None
    atoms = quoted(source, text, place, html)
    if not atoms:
        return None
    wanted = [atom.text for atom in atoms_of(correction, html=False)]
    texts = [(start, end) for text_, start, end in pieces(source, html) if text_]
    edits = []
    matcher = SequenceMatcher(None, [atom.text for atom in atoms], wanted, autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            continue
        touched = atoms[i1:i2]
        if any(atom.edge for atom in touched or atoms[-1:]):
            return None
        leads = i1 < len(atoms) and (touched or i1 == 0 or atoms[i1 - 1].edge)
        at = atoms[i1].start if leads else atoms[i1 - 1].end
        words = "".join(wanted[j1:j2])
        edits.append((at, at, escape(words, quote=False) if html else words))
        if touched:
            edits += [(start, end, "") for start, end in texts if at <= start and end <= touched[-1].end]
    mended, done = [], 0
    for start, end, words in edits:
        mended += [source[done:start], words]
        done = end
    mended = "".join([*mended, source[done:]])
    expected = text[: place[0]] + correction + text[place[1] :]
    return checked(source, (atoms[0].start, atoms[-1].end), mended, expected, html)


def restore(source, place, mended, *, html):
    """Undoes `mended`, (before, after) of a change, at the place; None where what stands there is not what it left."""
    before, after, words = mended
    text = plain(source, html=html)
    atoms = quoted(source, text, place, html)
    if not atoms:
        return None
    expected = text[: place[0]] + words + text[place[1] :]
    # What it left may have begun with a tag or ended with a soft hyphen, which are no part of the words.
    first, last = atoms[0].start, atoms[-1].end
    found = {
        restored.source: restored
        for start in range(max(0, last - len(after)), first + 1)
        if source.startswith(after, start)
        and (end := start + len(after))
        and (restored := checked(source, (start, end), source[:start] + before + source[end:], expected, html))
    }
    return next(iter(found.values())) if len(found) == 1 else None


def with_tags(source, start, end):
    """The stretch with the tags that touch it."""
    tags = [match.span() for match in TOKEN.finditer(source) if match[1]]
    for a, b in reversed(tags):
        start = a if b == start else start
    for a, b in tags:
        end = b if a == end else end
    return start, end


def checked(source, stretch, mended, expected, html):
    """`Mended` if it says what is expected, is clean, and has not changed anything outside of the stretch."""
    start, end = stretch
    if html and (cleaned := clean_html(mended)) != mended:  # an element that was emptied is gone
        mended = cleaned
        start, end = with_tags(source, start, end)
    rest = len(source) - end
    if len(mended) < start + rest or mended[:start] != source[:start] or mended[len(mended) - rest :] != source[end:]:
        return None
    if plain(mended, html=html) != expected:
        return None
    return Mended(mended, source[start:end], mended[start : len(mended) - rest])
