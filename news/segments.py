"""An article's text cut into segments, and two versions of it laid beside each other.

A segment is what one translates at a time: the headline, the lead, and of the body each paragraph, heading, list item,
table cell, caption and picture's alternative text.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from html import escape, unescape

from .richtext import BLANK, TAG

INLINE = {"br", "strong", "em", "s", "sub", "sup", "a", "span", "kbd", "abbr", "img", "cite"}
ALT = re.compile(r'(?<=\salt=")[^"]*(?=")')
WORDS = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+|\s+|[^\w\s]")
MEANING = re.compile(r'<a\s[^>]*?href="([^"]*)"[^>]*>|<img\s[^>]*?src="([^"]*)"[^>]*>')  # of markup: where it leads
OWN_SCOPE = {"title", "lead", "alt"}
LARGE, MANY = 1_000_000, 10_000  # comparisons, of words and of segments, that we do not make one by one


@dataclass(frozen=True)
class Segment:
    kind: str  # title, lead, alt, or the element that holds it
    markup: str  # inline HTML without space around it

    @cached_property
    def text(self):
        return unescape(re.sub(TAG, lambda tag: "\n" if tag[2] == "br" else "", self.markup))

    @cached_property
    def key(self):
        """The same for the same words and links, whatever their emphasis and space."""
        words = re.sub(TAG, "", MEANING.sub(lambda tag: f"[{tag[1] or tag[2]}]", self.markup))
        words = " ".join(unicodedata.normalize("NFC", unescape(words)).split())
        return hashlib.sha256(f"{self.scope}:{words}".encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def scope(self):
        return self.kind if self.kind in OWN_SCOPE else ""

    @cached_property
    def words(self):
        return count_words(self.text)


def count_words(text):
    return sum(1 for word in WORDS.findall(text) if word[0].isalnum())


def tokens(markup):
    """(text or tag, the tag's name or None, whether it closes) in their order."""
    last = 0
    for match in TAG.finditer(markup):
        if match.start() > last:
            yield markup[last : match.start()], None, False
        yield match[0], match[2], bool(match[1])
        last = match.end()
    if last < len(markup):
        yield markup[last:], None, False


def split(html):
    """Clean HTML as markup (str) and segments, in their order: ``join`` makes the same HTML of it."""
    pieces, run, blocks = [], [], [""]

    def end_run():
        markup = "".join(text for text, _tag, _closing in run)
        if any(tag is None and not BLANK.fullmatch(text) for text, tag, _closing in run):
            inner = markup.strip()
            start = markup.index(inner)
            pieces.extend([markup[:start], Segment(blocks[-1] or "p", inner), markup[start + len(inner) :]])
        else:
            for text, tag, _closing in run:
                alt = ALT.search(text) if tag == "img" else None
                if alt and not BLANK.fullmatch(alt[0]):
                    pieces.extend([text[: alt.start()], Segment("alt", alt[0]), text[alt.end() :]])
                else:
                    pieces.append(text)
        run.clear()

    for token in tokens(html or ""):
        text, tag, closing = token
        if tag is None or tag in INLINE:
            run.append(token)
            continue
        end_run()
        pieces.append(text)
        if closing:
            if len(blocks) > 1:
                blocks.pop()
        elif tag != "hr":
            blocks.append(tag)
    end_run()
    return [piece for piece in pieces if piece != ""]


def join(pieces):
    return "".join(piece.markup if isinstance(piece, Segment) else piece for piece in pieces)


def body_segments(html):
    return [piece for piece in split(html) if isinstance(piece, Segment)]


def segments_of(texts):
    """``texts``: {"title": …, "lead": …, "body": …}."""
    plain = [
        Segment(name, escape(text.strip(), quote=False))
        for name in ("title", "lead")
        if (text := texts.get(name) or "").strip()
    ]
    return plain + body_segments(texts.get("body"))


# Two versions


def longest_common(old, new):
    """The longest common subsequence of two lists, as pairs of places."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    pairs = [(place, place) for place in range(start)]
    if len(a) * len(b) > LARGE:
        for i, j, size in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
            pairs += [(start + i + step, start + j + step) for step in range(size)]
    else:
        lengths = [[0] * (len(b) + 1) for _row in range(len(a) + 1)]
        for i in reversed(range(len(a))):
            for j in reversed(range(len(b))):
                lengths[i][j] = (
                    lengths[i + 1][j + 1] + 1 if a[i] == b[j] else max(lengths[i + 1][j], lengths[i][j + 1])
                )
        i = j = 0
        while i < len(a) and j < len(b):
            if a[i] == b[j]:
                pairs.append((start + i, start + j))
                i, j = i + 1, j + 1
            elif lengths[i + 1][j] >= lengths[i][j + 1]:
                i += 1
            else:
                j += 1
    return pairs + [(len(old) - place, len(new) - place) for place in range(end, 0, -1)]


def align(old, new, key=lambda segment: segment.key):
    """Which segment of the old version is which of the new one: [(place or None, place or None)], in the new order.

    What is the same keeps together even if it was moved; of the rest, what stands between the same neighbours is taken
    for the changed form of one another: in order where there are as many, else where they share half their words.
    """
    old_keys, new_keys = [key(segment) for segment in old], [key(segment) for segment in new]
    fixed = longest_common(old_keys, new_keys)
    kept_old, kept_new = {i for i, _j in fixed}, {j for _i, j in fixed}
    elsewhere = {}
    for i in (i for i in range(len(old)) if i not in kept_old):
        elsewhere.setdefault(old_keys[i], []).append(i)
    partner = {}
    for j in (j for j in range(len(new)) if j not in kept_new):
        if elsewhere.get(new_keys[j]):
            partner[j] = elsewhere[new_keys[j]].pop(0)
    gaps, last_i, last_j = [], -1, -1
    for i, j in [*fixed, (len(old), len(new))]:
        gaps.append((range(last_i + 1, i), range(last_j + 1, j)))
        last_i, last_j = i, j
    steps = [(gone, come, True) for gone, come in gaps]
    steps.append((range(len(old)), range(len(new)), False))  # and at last what was moved and changed
    for gone, come, in_order in steps:
        taken = kept_old | set(partner.values())
        for scope in ("title", "lead", "alt", ""):
            partner |= paired(
                [place for place in gone if place not in taken and old[place].scope == scope],
                [
                    place
                    for place in come
                    if place not in kept_new and place not in partner and new[place].scope == scope
                ],
                old,
                new,
                in_order=in_order,
            )
    taken, result = set(partner.values()), []
    for (gone, come), place in zip(gaps, [*fixed, None], strict=True):
        result += [(i, None) for i in gone if i not in taken]
        result += [(partner.get(j), j) for j in come]
        result += [place] if place else []
    return result


def paired(gone, come, old, new, *, in_order):
    if in_order and len(gone) == len(come):
        return dict(zip(come, gone, strict=True))
    found, free = {}, list(gone)
    if len(gone) * len(come) > MANY:
        return found
    for j in come:
        for i in free:
            if alike(old[i].text, new[j].text):
                found[j] = i
                free = free[free.index(i) + 1 :] if in_order else [place for place in free if place != i]
                break
    return found


def alike(old, new):
    old, new = (Counter(word for word in WORDS.findall(text) if not word.isspace()) for text in (old, new))
    return 4 * (old & new).total() >= max(1, old.total() + new.total())


def difference(old, new):
    """Word by word, Chinese by character: [("same" | "gone" | "come", text)]. Words that are apart by a space alone are
    one change, so that it reads as one."""
    old, new = WORDS.findall(old), WORDS.findall(new)
    if len(old) * len(new) > LARGE:
        parts = [("gone", "".join(old)), ("come", "".join(new))]
        return [part for part in parts if part[1]]
    parts, gone, come = [], "", ""
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (what, i, i_end, j, j_end) in enumerate(steps):
        before, after = "".join(old[i:i_end]), "".join(new[j:j_end])
        if what == "equal" and not (before.isspace() and 0 < number < len(steps) - 1 and gone and come):
            parts += [part for part in (("gone", gone), ("come", come)) if part[1]]
            parts.append(("same", before))
            gone = come = ""
        else:
            gone, come = gone + before, come + after
    return parts + [part for part in (("gone", gone), ("come", come)) if part[1]]


def compared(old, new):
    """Two versions of a clean HTML text as paragraphs in reading order: [{"kind", "state", "parts"}].

    ``state``: same, come, gone, changed, or "form" where words are the same and links or emphasis are others.
    """
    old, new = body_segments(old), body_segments(new)
    rows = []
    for i, j in align(old, new):
        before, after = None if i is None else old[i], None if j is None else new[j]
        if before and after:
            state = "same" if before.markup == after.markup else "form" if before.text == after.text else "changed"
            parts = difference(before.text, after.text)
        else:
            state = "gone" if before else "come"
            parts = [(state, (before or after).text)]
        rows.append({"kind": (after or before).kind, "state": state, "parts": parts})
    return rows
