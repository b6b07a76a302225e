"""The sitemap index, its files and the news sitemap; the same for every reader, in all languages at once."""

from io import StringIO

from django.http import Http404, HttpResponse
from django.urls import path, re_path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from news import sitemaps as news
from news.caching import ALL, public_page
from news.feeds import absolute, xml_text
from news.models import column
from states.models import State

from .models import Page

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
HREFLANG = {"ru": "ru", "en": "en", "zh-hans": "zh-Hans"}
NEWS_LANGUAGE = {"ru": "ru", "en": "en", "zh-hans": "zh-cn"}
STATIC = ("home", "states:list", "news:archive", "magazine", "news:corrections", "contact")


def in_all_languages(view, *args):
    entry = news.Entry()
    for code in news.LANGUAGES:
        with translation.override(code):
            entry.addresses[code] = reverse(view, args=args)
    return entry


def pages():
    entries = [in_all_languages(view) for view in STATIC]
    for page in Page.objects.all():
        entry = in_all_languages("page", page.slug)
        entry.addresses = {
            code: address for code, address in entry.addresses.items() if getattr(page, column("title", code))
        }
        entry.dates = dict.fromkeys(entry.addresses, page.updated_at)
        entries.append(entry)
    return entries


def topics():
    states = [in_all_languages("states:detail", state.slug) for state in State.objects.all()]
    return news.sections() + states + news.topics()


PARTS = {"pages": pages, "topics": topics}


def xml(root, namespaces, write):
    output = StringIO()
    handler = SimplerXMLGenerator(output, "utf-8")
    handler.startDocument()
    handler.startElement(root, {"xmlns": SITEMAP} | namespaces)
    write(handler)
    handler.endElement(root)
    return HttpResponse(output.getvalue(), content_type="application/xml; charset=utf-8")


def urlset(entries, languages):
    def write(handler):
        for entry in entries:
            alternates = {
                HREFLANG[code]: absolute(entry.addresses[code]) for code in news.LANGUAGES if code in entry.addresses
            }
            if "ru" in alternates:  # as on the pages themselves
                alternates["x-default"] = alternates["ru"]
            for code in languages:
                if code not in entry.addresses:
                    continue
                handler.startElement("url", {})
                handler.addQuickElement("loc", absolute(entry.addresses[code]))
                if date := entry.dates.get(code):
                    handler.addQuickElement("lastmod", date.isoformat(timespec="seconds"))
                for lang, address in alternates.items():
                    handler.addQuickElement(
                        "xhtml:link", None, {"rel": "alternate", "hreflang": lang, "href": address}
                    )
                handler.endElement("url")

    return xml("urlset", {"xmlns:xhtml": "http://www.w3.org/1999/xhtml"}, write)


@require_safe
@public_page(language=ALL)
def index(request):
    def write(handler):
        files = [(f"/sitemap-{name}.xml", None) for name in PARTS]
        for code in news.LANGUAGES:
            files += [(f"/sitemap-articles-{code}.xml?p={number}", date) for number, date in news.article_files(code)]
        for address, date in files:
            handler.startElement("sitemap", {})
            handler.addQuickElement("loc", absolute(address))
            if date:
                handler.addQuickElement("lastmod", date.isoformat(timespec="seconds"))
            handler.endElement("sitemap")

    return xml("sitemapindex", {}, write)


@require_safe
@public_page(language=ALL)
def part(request, name):
    return urlset(PARTS[name](), news.LANGUAGES)


@require_safe
@public_page(language=ALL, keep=False)
def articles(request, language):
    number = request.GET.get("p", "1")
    if not (number.isascii() and number.isdigit() and 0 < len(number) < 10):
        raise Http404
    entries = news.articles(language, int(number))
    if not entries:
        raise Http404
    return urlset(entries, [language])


@require_safe
@public_page(language=ALL)
def news_sitemap(request):
    def write(handler):
        for item in news.news():
            handler.startElement("url", {})
            handler.addQuickElement("loc", absolute(item.address))
            handler.addQuickElement("lastmod", item.changed_at.isoformat(timespec="seconds"))
            handler.startElement("news:news", {})
            handler.startElement("news:publication", {})
            with translation.override(item.language):
                handler.addQuickElement("news:name", _("InfoSCO"))
            handler.addQuickElement("news:language", NEWS_LANGUAGE[item.language])
            handler.endElement("news:publication")
            handler.addQuickElement("news:publication_date", item.published_at.isoformat(timespec="seconds"))
            handler.addQuickElement("news:title", xml_text(item.title))
            handler.endElement("news:news")
            handler.endElement("url")

    return xml("urlset", {"xmlns:news": "http://www.google.com/schemas/sitemap-news/0.9"}, write)


urlpatterns = [
    path("sitemap.xml", index, name="sitemap"),
    re_path(r"^sitemap-(?P<name>pages|topics)\.xml$", part, name="sitemap_part"),
    re_path(r"^sitemap-articles-(?P<language>ru|en|zh-hans)\.xml$", articles, name="sitemap_articles"),
    path("news-sitemap.xml", news_sitemap, name="news_sitemap"),
]
