"""Handing a story on: links to services, which know of no reader before a press, and a QR code drawn here."""

import io
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _


@dataclass
class Service:
    slug: str
    name: str
    lang: str  # of the name, where it is not the page's
    url: str


def language_of(name):
    return "en" if name.isascii() and get_language() != "en" else ""


def service(slug, name, address, /, **query):
    # quote_via: mail programs and some services show "+" as it stands.
    return Service(slug, name, language_of(name), f"{address}?{urlencode(query, quote_via=quote)}")


def address_of(article):
    return settings.SITE_URL + article.address()


def services(article):
    """Where the story, in the active language, can be handed on by a plain link; not WeChat, whose readers scan a code."""
    url, title = address_of(article), article.title
    return [
        service("telegram", _("Telegram"), "https://t.me/share/url", url=url, text=title),
        service("vk", _("VK"), "https://vk.com/share.php", url=url, title=title),
    ]


def mail(article):
    query = urlencode({"subject": article.title, "body": f"{article.title}\n{address_of(article)}\n"}, quote_via=quote)
    return f"mailto:?{query}"


def qr_code(article):
    """The story's address as an SVG. The address without the slug: it is shorter, hence easier to scan, and says no
    headline; dark on white with its margin in either colour scheme, as scanners need it."""
    url = settings.SITE_URL + reverse("news:number", args=[article.pk])
    out = io.BytesIO()
    # omitsize: a viewBox instead of a width, so that the code fills the place that the page gives it.
    options = {"border": 4, "dark": "#000", "light": "#fff", "omitsize": True}
    segno.make_qr(url, error="m").save(
        out, kind="svg", xmldecl=False, svgclass=None, lineclass=None, nl=False, **options
    )
    return out.getvalue()
