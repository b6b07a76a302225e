"""What search engines, feeds' readers and messengers read of a page: description, Open Graph, JSON-LD."""

import json
import re

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from states.models import State

from .. import images
from ..languages import html_lang
from ..models import Article, Author, Section, Tag
from ..reading_time import reading_minutes
from ..richtext import plain_text

register = template.Library()

LOCALES = {"ru": "ru_RU", "en": "en_GB", "zh-hans": "zh_CN"}
HEADLINE = 110  # characters that search engines read of a NewsArticle's headline
DESCRIPTION = 200


def absolute(path):
    return settings.SITE_URL + path


def beginning(html):
    """The first paragraph that holds no word of another language: a description can't mark one."""
    paragraphs = re.findall(r"<p\b[^>]*>.*?</p>", html or "", re.DOTALL)
    return plain_text(next((paragraph for paragraph in paragraphs if " lang=" not in paragraph), ""))


def short(text):
    return Truncator(" ".join((text or "").split())).chars(DESCRIPTION)


def site_name():
    return _("InfoSCO")


def shown_article(context):
    """The article whose page or print view this is; other pages know of an article and are not it."""
    article = context.get("article")
    if article and article.is_published() and context["request"].path.startswith(article.get_absolute_url()):
        return article
    return None


def portal():
    return _("News of the Shanghai Cooperation Organisation")


def about(context):
    """(title, description) of what the page is about; without a description of its own, none: the portal's is the home
    page's."""
    subject = shown_article(context) or context.get("subject") or context.get("state")
    page = context.get("page")
    if isinstance(subject, Article):
        return subject.title, short(subject.lead or beginning(subject.body))
    if isinstance(subject, Section):
        return subject.title, short(subject.description)
    if isinstance(subject, Tag):
        return subject.name, _("News on the subject “%(name)s”") % {"name": subject.name}
    if isinstance(subject, Author):
        return subject.name, short(subject.bio)
    if isinstance(subject, State):
        values = {"name": subject.name}
        return subject.name, _("%(name)s and the Shanghai Cooperation Organisation: news, time, currency") % values
    if hasattr(page, "body") and page.title:
        return page.title, short(beginning(page.body))
    if first := context.get("first"):
        form = {"day": "DATE_FORMAT", "month": "YEAR_MONTH_FORMAT"}.get(context.get("kind"))
        day = date_format(first, form) if form else str(first.year)
        return day, _("All news: %(date)s") % {"date": day}
    if context.get("kind") == "years":
        return _("Archive"), _("All news of the portal by year, month and day")
    return portal(), portal() if "home" in context else ""


def canonical(context):
    """As base.html's canonical link: the number of a list's page is part of the address."""
    number = getattr(context.get("page"), "number", 1)
    return absolute(context["request"].path) + (f"?page={number}" if number > 1 else "")


def picture_of(context):
    """(address, width, height, alternative text) of the picture that a shared link shows."""
    article = shown_article(context)
    image = getattr(article, "lead_image", None)
    if image:
        widest = images.available_widths(image.width, image.height, "share")[-1]
        width, height = images.rendition_size(image.width, image.height, "share", widest)
        return absolute(images.address(image, "share", widest, "jpg")), width, height, image.alt or article.title
    return absolute(static("icons/icon-512.png")), 512, 512, site_name()


def publisher():
    logo = {"@type": "ImageObject", "url": absolute(static("icons/icon-512.png")), "width": 512, "height": 512}
    return {"@type": "NewsMediaOrganization", "name": site_name(), "url": absolute(reverse("home")), "logo": logo}


def iso(moment):
    return timezone.localtime(moment).isoformat(timespec="seconds")


def modified(article):
    return max(filter(None, (article.edition.published_at, article.edition.updated_at)))


def corrections(article):
    """Google and others read these as CorrectionComment; none, no key."""
    return [
        {
            "@type": "CorrectionComment",
            "text": row.text,
            "datePublished": iso(row.corrected_at),
            "inLanguage": html_lang(),
        }
        for row in article.shown_corrections
    ]


def news_article(article, picture):
    address = absolute(article.get_absolute_url())
    authors = [
        {"@type": "Organization", "name": byline.author.name, "url": absolute(byline.author.get_absolute_url())}
        for byline in article.bylines.all()
        if byline.author.name
    ]
    found = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": Truncator(article.title).chars(HEADLINE),
        "description": short(article.lead or beginning(article.body)),
        "datePublished": iso(article.edition.published_at),
        "dateModified": iso(modified(article)),
        "author": authors or [publisher()],
        "publisher": publisher(),
        "image": [picture],
        "timeRequired": f"PT{reading_minutes(article, get_language())}M",
        "inLanguage": html_lang(),
        "articleSection": article.section.title or article.section.slug,
        "mainEntityOfPage": {"@type": "WebPage", "@id": address},
        "url": address,
        "isAccessibleForFree": True,
    }
    if article.dateline:
        found["dateline"] = article.dateline
    if article.shown_corrections:
        found["correction"] = corrections(article)
    return found


def breadcrumbs(article):
    places = [(_("Home"), reverse("home"))]
    if article.section.title:
        places.append((article.section.title, article.section.get_absolute_url()))
    places.append((article.title, article.get_absolute_url()))
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": absolute(path)}
        for position, (name, path) in enumerate(places, 1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


def website():
    search = absolute(reverse("news:search"))
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": site_name(),
        "url": absolute(reverse("home")),
        "inLanguage": html_lang(),
        "publisher": publisher(),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search + "?q={search_term_string}"},
            "query-input": "required name=search_term_string",
        },
    }


def webpage(title, description, address):
    return {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": title,
        **({"description": description} if description else {}),
        "url": address,
        "inLanguage": html_lang(),
        "isPartOf": {"@type": "WebSite", "name": site_name(), "url": absolute(reverse("home"))},
        "publisher": publisher(),
    }


def data_block(data):
    """JSON in a script element that runs nothing; what could end the element is escaped."""
    text = json.dumps(data, ensure_ascii=False).translate(
        {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
    )
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 (escaped above)


@register.inclusion_tag("news/includes/meta_tags.html", takes_context=True)
def page_meta(context, title=None, description=""):
    """``title`` and ``description``: of a page that is about nothing of the database."""
    article = shown_article(context)
    if title is None:
        title, description = about(context)
    picture, width, height, alt = picture_of(context)
    address = absolute(article.get_absolute_url()) if article else canonical(context)
    if article:
        data = [news_article(article, picture), breadcrumbs(article)]
    elif "home" in context:
        data = [website()]
    else:
        data = [webpage(title, description, address)]
    return {
        "title": title,
        "description": description,
        "portal": portal(),
        "address": address,
        "picture": {"url": picture, "width": width, "height": height, "alt": alt},
        "site_name": site_name(),
        "locale": LOCALES[get_language()],
        "others": [LOCALES[code] for code in context.get("alternates") or () if code != get_language()],
        "article": article,
        "published": iso(article.edition.published_at) if article else "",
        "modified": iso(modified(article)) if article else "",
        "data": [data_block(block) for block in data],
    }
