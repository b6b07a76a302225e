import re
from html import unescape
from itertools import zip_longest
from urllib.parse import urljoin, urlsplit

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .. import images, reading, share, video
from ..dateline import with_dateline
from ..models import Article
from ..reading_time import HAN, reading_minutes
from ..richtext import plain_text

register = template.Library()

LATEST = 6
CLAUSE = re.compile(r".+?(?:(?:[，；！？]|(?<!\d)：|：(?!\d))+(?![：，；！？”’》」』）])|$)", re.DOTALL)
IMG = re.compile(r"<img\b([^>]*)>")
TOKEN = re.compile(r'\ssrc="/images/([\w-]{16,22})/"')
ALT = re.compile(r'\salt="([^"]*)"')
FIGURE = re.compile(r"<figure>(.*?)</figure>", re.DOTALL)
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
CAPTION = re.compile(r"<caption[^>]*>(.*?)</caption>", re.DOTALL)
CELL = re.compile(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", re.DOTALL)
LONE_PARAGRAPH = re.compile(r"<(t[dh])([^>]*)><p>((?:(?!</?p>).)*)</p></\1>", re.DOTALL)
WORD = re.compile(r"[^ \t\r\n]+")  # a line does not end at a no-break space
A4_LETTERS = 75  # of a table's size on paper; what stands around a column's letters is as wide as two
HEADING = re.compile(r"<(/?)h([234])\b")
LINK = re.compile(r'<a href="([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
BODY_SIZES = "(min-width: 75rem) 44rem, (min-width: 48rem) calc(100vw - 4rem), calc(100vw - 2rem)"


# Dates


@register.simple_tag
def moscow_time(at, zone=True):
    """<time> with the machine's date, shown in Moscow time; the zone is named unless the place around does it."""
    if at is None:
        return ""
    local = at.astimezone(timezone.get_default_timezone())
    shown = format_html(
        '<time datetime="{}">{}</time>',
        local.isoformat(timespec="minutes"),
        formats.date_format(local, "DATETIME_FORMAT"),
    )
    if not zone:
        return shown
    sentence = mark_safe(_("%(time)s Moscow time") % {"time": shown})  # noqa: S308 (a translation around our markup)
    return format_html('<span class="moscow-time">{}</span>', sentence)


@register.simple_tag
def moscow_short(at):
    """For lists: the year only where it is not this one; the strip above each page says that it is Moscow's time."""
    if at is None:
        return ""
    local = at.astimezone(timezone.get_default_timezone())
    if local.year != timezone.localtime().year:
        return moscow_time(at, zone=False)
    day, time = formats.date_format(local, "MONTH_DAY_FORMAT"), formats.date_format(local, "TIME_FORMAT")
    shown = _("%(day)s, %(time)s") % {"day": day, "time": time}
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), shown)


@register.simple_tag
def moscow_day(at):
    if at is None:
        return ""
    local = at.astimezone(timezone.get_default_timezone())
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), formats.date_format(local, "DATE_FORMAT")
    )


@register.filter
def clauses(title):
    """A Chinese headline, whose lines may end anywhere, as clauses that stay together where they can."""
    parts = CLAUSE.findall(title) if get_language() == "zh-hans" else []
    return format_html_join("", '<span class="clause">{}</span>', ((part,) for part in parts)) if parts[1:] else title


# Pictures


@register.inclusion_tag("news/includes/picture.html")
def picture(image, shape="wide", sizes="100vw", alt=None, lead=False, max_width=None, eager=False):
    """A picture of the library in all its renditions. `lead`: the first thing on the page, hence not lazy.

    ``eager``: not lazy either: the page is made for printers.
    """
    return {
        "picture": images.sources(image, shape, max_width),
        "sizes": sizes,
        "alt": (image.alt or "") if alt is None else alt,
        "lead": lead,
        "eager": eager,
    }


@register.simple_tag
def enlarged(image):
    """The address of the largest rendition, as every browser shows it by itself."""
    return images.address(image, "full", images.available_widths(image.width, image.height)[-1], "jpg")


# About a story


@register.simple_tag
def reading_time(article):
    return reading_minutes(article, get_language())


@register.inclusion_tag("news/includes/share.html")
def share_links(article):
    return {
        "article": article,
        "services": share.services(article),
        "wechat_lang": share.language_of(_("WeChat")),
        "mail": share.mail(article),
        "address": share.address_of(article),
    }


# Lists


@register.simple_tag(takes_context=True)
def latest_news(context, number=LATEST):
    """The newest stories in the reader's language; one query a page, however often it is asked."""
    request = context.get("request")
    if not hasattr(request, "latest_news"):
        found = list(Article.objects.published().for_lists().newest()[: LATEST + 1])
        if request is None:
            return found[:number]
        request.latest_news = found
    shown = context.get("article")
    return [article for article in request.latest_news if shown is None or article.pk != shown.pk][:number]


@register.simple_tag
def read_address(article):
    """Where the page says that it is read."""
    language = translation.get_language()
    return reverse("read", args=[article.pk, language, reading.signature(article.pk, language)])


# The body of an article


def figure_of(match, pictures):
    """A figure with the library's picture; nothing where the library has it no more."""
    inner = match[1]
    img = IMG.search(inner)
    if not img:
        return match[0]
    token = TOKEN.search(img[1])
    image = token and pictures.get(token[1])
    if not image:
        return ""
    alt = ALT.search(img[1])
    shown = shown_picture(image, unescape(alt[1]) if alt else "")
    before, after = inner[: img.start()], inner[img.end() :]
    if "<figcaption" not in inner and (image.caption or image.credit):
        after += render_to_string("news/includes/figcaption.html", {"image": image})
    return f'<figure class="figure">{before}{shown}{after}</figure>'


def shown_picture(image, alt=""):
    context = picture(image, shape="full", sizes=BODY_SIZES, alt=image.alt or alt)
    return render_to_string("news/includes/picture.html", context).strip()


def lone_picture(match, pictures):
    token = TOKEN.search(match[1])
    image = token and pictures.get(token[1])
    alt = ALT.search(match[1])
    return shown_picture(image, unescape(alt[1]) if alt else "") if image else ""


def with_pictures(html, pictures):
    if "<img" not in html:
        return html
    html = FIGURE.sub(lambda match: figure_of(match, pictures).replace("<img", "<IMG"), html)
    html = IMG.sub(lambda match: lone_picture(match, pictures).replace("<img", "<IMG"), html)
    return html.replace("<IMG", "<img")


def is_wide(table):
    """Whether the longest words of its columns, beside each other, are more than a sheet of A4 holds: on paper they are broken."""
    rows = [[WORD.findall(HAN.sub(" ", plain_text(cell))) for cell in CELL.findall(row)] for row in table.split("<tr")]
    columns = zip_longest(*rows, fillvalue=[])
    return sum(max((len(word) for cell in column for word in cell), default=2) + 2 for column in columns) > A4_LETTERS


def with_tables(html, role="region"):
    html = LONE_PARAGRAPH.sub(r"<\1\2>\3</\1>", html)
    number = 0

    def scrolling(match):
        nonlocal number
        number += 1
        caption = CAPTION.search(match[0])
        words = " ".join(re.sub(r"<[^>]+>", " ", unescape(caption[1])).split()) if caption else ""
        label = words or _("Table %(number)s") % {"number": number}
        kind = "table-scroll table-scroll--wide" if is_wide(match[0]) else "table-scroll"
        return f'<div class="{kind}" role="{role}" tabindex="0" aria-label="{escape(label)}">{match[0]}</div>'

    return TABLE.sub(scrolling, html)


def with_videos(html):
    def card(match):
        url = unescape(match[1])
        player = video.player(url)
        if not player:
            return match[0]
        text = re.sub(r"<[^>]+>", "", match[2]).strip()
        context = {
            "url": url,
            "player": player,
            "host": urlsplit(url).netloc.removeprefix("www."),
            "text": mark_safe(text) if text and not text.startswith("http") else "",  # noqa: S308 - words of a link of the sanitised body
        }
        return render_to_string("news/includes/video.html", context).strip()

    return video.LONE_LINK.sub(card, html)


@register.simple_tag
def article_body(article):
    """The text as readers see it: the library's pictures, tables that scroll by themselves, videos as cards."""
    html = with_pictures(article.body or "", article.body_images)
    html = with_dateline(with_videos(with_tables(html)), article.dateline)
    return mark_safe(html)  # noqa: S308 - sanitised on save


@register.simple_tag
def site_body(html):
    """The text of a page that is no article: no pictures of the library in it."""
    return mark_safe(with_videos(with_tables(with_pictures(html or "", {}))))  # noqa: S308 - sanitised on save


@register.simple_tag
def print_body(article, below=0):
    """The text for paper, {"html", "notes"}: a number behind each link, and the addresses in their order.

    ``below``: by how much its headings go down, where the headline itself is not the page's first.
    """
    notes = []

    def numbered(match):
        address = unescape(match[1])
        if address.startswith("#"):
            return match[3]
        address = urljoin(f"{settings.SITE_URL}{article.address()}", address)
        if address not in notes:
            notes.append(address)
        return f'{match[3]}<sup class="note-mark">[{notes.index(address) + 1}]</sup>'

    html = with_tables(with_pictures(article.body or "", article.body_images), role="group")
    html = with_dateline(html, article.dateline)
    if below:
        html = HEADING.sub(lambda match: f"<{match[1]}h{int(match[2]) + below}", html)
    return {"html": mark_safe(LINK.sub(numbered, html)), "notes": notes}  # noqa: S308 - sanitised on save
