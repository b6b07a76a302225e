"""The rich text of articles and pages: what may stand in it, and how it is shown.

Stored text is clean HTML. A picture of the library is ``<img src="/images/TOKEN/">`` in a figure; readers get it as a
``<picture>`` with renditions. A video is a link to a host of VIDEO_HOSTS in a paragraph of its own; readers get a card
that loads nothing from that host before they ask for it.
"""

import re
from html import escape, unescape

import nh3
from django.utils.html import strip_tags

TAGS = {
    "p", "br", "h2", "h3", "h4", "strong", "em", "s", "sub", "sup", "a", "ul", "ol", "li", "blockquote", "cite", "hr",
    "figure", "figcaption", "img", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "span", "kbd", "abbr",
}  # fmt: skip
ATTRIBUTES = {
    "*": {"lang"},
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "abbr": {"title"},
    "blockquote": {"class"},
}
PULL_QUOTE = "pull"  # the one class that a text may name: a quotation set large
RENAMED = {"b": "strong", "i": "em", "h1": "h2", "h5": "h4", "h6": "h4", "strike": "s", "del": "s", "div": "p"}
VIDEO_HOSTS = {
    "rutube.ru": "https://rutube.ru",
    "vkvideo.ru": "https://vkvideo.ru",
    "vk.com": "https://vk.com",
    "www.youtube.com": "https://www.youtube-nocookie.com",
    "youtu.be": "https://www.youtube-nocookie.com",
    "www.bilibili.com": "https://player.bilibili.com",
}

HALF = re.compile("[\ud800-\udfff]")  # of a character outside the first plane, as UTF-16 cuts it
IMAGE_SOURCE = re.compile(r"^/images/([\w-]{16,22})/")
LANGUAGE_TAG = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
RENAMING = re.compile(rf"<(/?)({'|'.join(RENAMED)})(?=[\s>/])", re.IGNORECASE)


def attribute_filter(tag, name, value):
    if tag == "img" and name == "src":
        match = IMAGE_SOURCE.match(value)
        return f"/images/{match[1]}/" if match else None
    if name == "href" and value.startswith("#_"):
        return None  # Word names its footnotes and bookmarks so; a story has no such places
    if name == "title":
        return value.strip() or None
    if name == "class":
        return value if value == PULL_QUOTE else None
    if name == "lang":
        return value if LANGUAGE_TAG.match(value) else None
    if name in {"colspan", "rowspan", "start"}:
        return value if value.isdigit() and len(value) < 4 else None
    return value


CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    attribute_filter=attribute_filter,
    clean_content_tags={"script", "style", "title", "template", "xml", "o:p"},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
    strip_comments=True,
)
TAG = re.compile(r'<(/?)([a-z0-9]+)((?:\s[^\s=>]+(?:="[^"]*")?)*)\s*>')
VOID = {"br", "img", "hr"}
HOLLOW = {
    "p",
    "h2",
    "h3",
    "h4",
    "strong",
    "em",
    "s",
    "span",
    "li",
    "ul",
    "ol",
    "blockquote",
    "figcaption",
    "a",
}  # if empty
PULL_CLASS = f' class="{PULL_QUOTE}"'
BARE = {"span", "a"}  # if without attributes
BLANK = re.compile(r"(?:\s|&nbsp;)*")


def tidy(html):
    """Clean HTML without what says nothing: spans and links without an attribute, elements without a content; in one pass."""
    out, last = [], 0
    opened = [["", 0, False]]  # [tag, where it begins in out, whether it holds something]

    def add(text):
        out.append(text)
        if not BLANK.fullmatch(text):
            opened[-1][2] = True

    for match in TAG.finditer(html):
        add(html[last : match.start()])
        last = match.end()
        closing, tag, attributes = match.groups()
        if tag in VOID:
            out.append(match[0])
            opened[-1][2] |= tag != "br"
        elif not closing:
            opened.append([tag, len(out), tag not in HOLLOW or (bool(attributes) and attributes != PULL_CLASS)])
            out.append("" if tag in BARE and not attributes else match[0])
        elif len(opened) > 1:
            _tag, start, holds = opened.pop()
            if holds:
                out.append(match[0] if out[start] else "")
                opened[-1][2] = True
            elif not out[start]:  # a bare span around a space
                pass
            else:
                del out[start:]
    add(html[last:])
    return "".join(out)


def storable(text):
    """What every database takes: without null bytes, and half a character as browsers write it in a form."""
    return HALF.sub("\ufffd", text.replace("\x00", ""))


def clean_html(html):
    """Clean HTML of TAGS and ATTRIBUTES only: what is pasted from Word or a web page loses all else. None stays None."""
    if not html:
        return html
    html = CLEANER.clean(RENAMING.sub(lambda match: f"<{match[1]}{RENAMED[match[2].lower()]}", storable(html)))
    html = tidy(re.sub(r"<img(?![^>]*\ssrc=)[^>]*>", "", html))
    # <p> around a block, as Word's <div> leaves it.
    html = re.sub(r"<figure>\s*</figure>", "", html)
    return html.strip()


def plain_text(html):
    """The words alone, blocks apart by a line break."""
    html = re.sub(r"</(p|h2|h3|h4|li|tr|blockquote|figcaption|caption)>|<br>", "\n", html or "")
    html = re.sub(r"</(td|th)>", " ", html)
    return re.sub(r"[ \t]*\n\s*", "\n", unescape(strip_tags(html))).strip()


def image_tokens(html):
    return list(dict.fromkeys(re.findall(r'<img[^>]*\ssrc="/images/([\w-]{16,22})/"', html or "")))


def paragraphs(text):
    """Plain text as HTML paragraphs, escaped."""
    return "".join(f"<p>{escape(part.strip(), quote=False)}</p>" for part in text.split("\n") if part.strip())
