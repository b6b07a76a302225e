"""RSS 2.0 and Atom of everything, of a section and of a state, in the language of the address.

Not django.contrib.syndication: it asks the sites framework for the host, we have SITE_URL; and these are public pages.
"""

import re
from datetime import datetime, time
from html import escape, unescape
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from states.models import State

from . import images
from .caching import public_page
from .dateline import with_dateline
from .languages import html_lang
from .models import Article, Byline, Image, Section, column
from .redirects import follows_renames
from .richtext import image_tokens

ITEMS = 30
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0 has no way to write them
ADDRESS = re.compile(r'\shref="([^"]*)"')
IMG = re.compile(r'<img\b[^>]*\ssrc="/images/([\w-]{16,22})/"[^>]*>')
ALT = re.compile(r'\salt="([^"]*)"')
XMLNS = {
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
}


def absolute(path):
    return urljoin(f"{settings.SITE_URL}/", path)


def xml_text(text):
    return CONTROLS.sub("", text or "")


class Dated:
    def latest_post_date(self):
        """The newest item's; of a feed without any, the beginning of the day: it must not change with each request."""
        dates = [item["updateddate"] or item["pubdate"] for item in self.items]
        today = datetime.combine(timezone.localdate(), time(), timezone.get_default_timezone())
        return max(dates, default=today)


class Rss(Dated, Rss201rev2Feed):
    content_type = "application/rss+xml; charset=utf-8"

    def rss_attributes(self):
        return super().rss_attributes() | XMLNS

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        handler.startElement("image", {})
        handler.addQuickElement("url", absolute(static("icons/icon-192.png")))
        handler.addQuickElement("title", self.feed["title"])
        handler.addQuickElement("link", self.feed["link"])
        handler.endElement("image")

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])
        add_media(handler, item)


class Atom(Dated, Atom1Feed):
    content_type = "application/atom+xml; charset=utf-8"

    def root_attributes(self):
        return super().root_attributes() | {"xmlns:media": XMLNS["xmlns:media"]}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})
        add_media(handler, item)


def add_media(handler, item):
    if not (media := item["media"]):
        return
    attributes = {"url": media["url"], "medium": "image", "type": "image/jpeg"}
    attributes |= {"width": str(media["width"]), "height": str(media["height"])}
    handler.startElement("media:content", attributes)
    for name in ("description", "credit"):
        if media[name]:
            handler.addQuickElement(f"media:{name}", media[name])
    handler.endElement("media:content")


KINDS = {"rss": Rss, "atom": Atom}


def jpeg(image):
    """The picture as every reader of feeds can show it: {"url", "width", "height"}."""
    picture = images.sources(image, "full")
    return {"url": absolute(picture.src), "width": picture.width, "height": picture.height}


def body(article, language, pictures):
    """The text with absolute addresses and with pictures that stand alone."""
    base = absolute(article.address(language))

    def address(match):
        return f' href="{escape(urljoin(base, unescape(match[1])))}"'

    def picture(match):
        if not (image := pictures.get(match[1])):
            return ""
        shown = jpeg(image)
        alt = ALT.search(match[0])
        alt = image.alt or (unescape(alt[1]) if alt else "")
        return f'<img src="{shown["url"]}" alt="{escape(alt)}" width="{shown["width"]}" height="{shown["height"]}">'

    html = ADDRESS.sub(address, IMG.sub(picture, article.text("body", language)))
    return xml_text(with_dateline(html, article.text("dateline", language)))


def items(articles, language):
    """The newest of the articles as a feed's items; four queries, whatever the number."""
    others = [column("body", code) for code, _name in settings.LANGUAGES if code != language]
    articles = list(
        articles.published(language)
        .select_related("section", "lead_image")
        .defer(*others)
        .prefetch_related("tags", Prefetch("bylines", Byline.objects.select_related("author")))
        .newest()[:ITEMS]
    )
    tokens = {token for article in articles for token in image_tokens(article.text("body", language))}
    pictures = {image.token: image for image in Image.objects.filter(token__in=tokens)} if tokens else {}
    for article in articles:
        edition, image = article.edition, article.lead_image
        names = [byline.author.name for byline in article.bylines.all() if byline.author.name]
        yield {
            "title": xml_text(article.text("title", language)),
            "link": absolute(article.address(language)),
            "description": escape(xml_text(article.text("lead", language)), quote=False),  # readers take it for HTML
            "unique_id": absolute(reverse("news:number", args=[article.pk])),  # the slug may change, this never does
            "unique_id_is_permalink": False,
            "author_name": xml_text(", ".join(names)) or _("InfoSCO"),
            "pubdate": edition.published_at,
            "updateddate": max(edition.published_at, edition.updated_at or edition.published_at),
            "categories": [
                xml_text(name) for name in (article.section.title, *(tag.name for tag in article.tags.all())) if name
            ],
            "content": body(article, language, pictures),
            "media": image and jpeg(image) | {"description": xml_text(image.alt), "credit": xml_text(image.credit)},
        }


def answer(request, kind, articles, *, title, link, description):
    language = translation.get_language()
    feed = KINDS[kind](
        title=title,
        link=absolute(link),
        description=xml_text(description),
        language=html_lang(language),
        author_name=_("InfoSCO"),
        feed_url=absolute(request.path),
        feed_copyright=_("InfoSCO. When you quote us, please link to the story."),
    )
    for item in items(articles, language):
        feed.add_item(**item)
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


@require_safe
@public_page
def latest(request, kind):
    description = _("News of the Shanghai Cooperation Organisation")
    return answer(
        request,
        kind,
        Article.objects.all(),
        title=_("InfoSCO: all news"),
        link=reverse("home"),
        description=description,
    )


@require_safe
@public_page
@follows_renames(Section)
def section(request, kind, slug):
    found = get_object_or_404(Section.objects.named(), slug=slug)
    title = _("InfoSCO: %(subject)s") % {"subject": xml_text(found.title)}
    articles = Article.objects.filter(section=found)
    return answer(
        request, kind, articles, title=title, link=found.get_absolute_url(), description=found.description or title
    )


@require_safe
@public_page
def state(request, kind, slug):
    found = get_object_or_404(State, iso2=slug.upper())
    title = _("InfoSCO: %(subject)s") % {"subject": xml_text(str(found))}
    description = _("News about the state: %(state)s") % {"state": xml_text(str(found))}
    articles = Article.objects.filter(states=found)
    return answer(request, kind, articles, title=title, link=found.get_absolute_url(), description=description)
