"""Public pages as they are sent: compressed once, when a page is made, and not again for each of its readers."""

import gzip
import re

import brotli

SHORTEST = 200  # bytes; less only grows
# The better first. Brotli's 5 takes up to twice as long as gzip's 6, once a page, for a tenth less; its 11 a hundred times as long.
ENCODERS = {
    "br": lambda content: brotli.compress(content, quality=5),
    "gzip": lambda content: gzip.compress(content, 6, mtime=0),
}
# Within these a browser shows white space as it is written.
VERBATIM = re.compile(rb"(</?(?:pre|textarea)\b)", re.IGNORECASE)
INDENTATION = re.compile(rb"\n\s+")


def unindented(html):
    """Without the indentation and the empty lines of templates: a sixth of a page, a twentieth of it compressed."""
    parts = VERBATIM.split(html)  # text, tag, text, tag, …, text
    for place in range(0, len(parts), 2):
        if place == 0 or parts[place - 1].startswith(b"</"):
            parts[place] = INDENTATION.sub(b"\n", parts[place])
    return b"".join(parts)


def pack(content):
    """The content in every encoding that we send: {name: bytes}; a short one as it is, under no name."""
    if len(content) < SHORTEST:
        return {"": content}
    return {name: encode(content) for name, encode in ENCODERS.items()}


def unpack(packed, accept_encoding):
    """(encoding, bytes) for a reader whose browser sent this Accept-Encoding; the encoding is "" for plain bytes."""
    if "" in packed:
        return "", packed[""]
    taken = accepted(accept_encoding)
    for name in ENCODERS:
        if name in taken:
            return name, packed[name]
    return "", gzip.decompress(packed["gzip"])


def accepted(header):
    """The encodings that an Accept-Encoding names, without those that it refuses (``gzip;q=0``)."""
    found = set()
    for part in header.lower().split(","):
        name, _semicolon, weight = part.partition(";")
        _q, _equals, number = weight.partition("=")
        if name.strip() and not (number and not number.strip(" 0.")):
            found.add(name.strip())
    return found
