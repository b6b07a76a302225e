from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from news.languages import html_lang

from ..middleware import PREFIX

register = template.Library()

NAMES = {"ru": "Русский", "en": "English", "zh-hans": "简体中文"}


@dataclass(frozen=True)
class Language:
    code: str
    lang: str  # as HTML writes it
    name: str  # in the language itself
    url: str
    exists: bool  # the page is there in this language
    current: bool
    query: str = ""  # what of the address's query holds in this language too

    @property
    def place(self):
        """Where the reader goes on reading in the language; canonical addresses are without the query."""
        return f"{self.url}{'&' if '?' in self.url else '?'}{self.query}" if self.query else self.url

    @property
    def default(self):
        """What x-default may point to: nothing where there is no page."""
        return self.url if self.exists else ""


def path_in(path, language):
    """The same path below another language's prefix."""
    match = PREFIX.match(path)
    rest = path[len(match[1]) + 1 :] if match else path
    return rest if language == settings.LANGUAGE_CODE else f"/{language}{rest or '/'}"


def named_in(thing, language):
    """Whether a section, a tag, an author or a page has a name in the language; True for whatever has no such name."""
    field = getattr(thing, "NAME", None)
    return bool(getattr(thing, f"{field}_{language.replace('-', '_')}")) if field else True


def query_in(context, language, url):
    """What the page's query adds to the address, with the number of a list's page, or its last one in that language."""
    query = context["request"].GET.copy()
    for name in ("page", "sent", "fragment", *parse_qs(urlsplit(url).query)):
        query.pop(name, None)
    last = (context.get("last_pages") or {}).get(language, 1)
    number = min(getattr(context.get("page"), "number", 1), last)
    if number > 1:
        query["page"] = number
    return query.urlencode()


def home_in(language):
    with translation.override(language):
        return reverse("home")


@register.simple_tag(takes_context=True)
def page_languages(context):
    """What the language switch and hreflang say of the page: one Language each.

    A page may name its own addresses as `alternates`, {language: path}; else it is at the same path in each language,
    unless what it is about (`subject` or `page`) has no name there. Of an error there are no versions: its switch
    leads home.
    """
    request = context.get("request")
    active = translation.get_language() or settings.LANGUAGE_CODE
    alternates = context.get("alternates")
    failed = bool(context.get("error") or context.get("bare") or alternates == {} or request is None)
    found = []
    for code, _name in settings.LANGUAGES:
        lang = html_lang(code)
        if failed:
            url, exists = home_in(code), True
        elif alternates is not None:
            url, exists = alternates.get(code, ""), code in alternates
        else:
            subject = context.get("subject") or context.get("page")
            exists = named_in(subject, code)
            url = path_in(request.path, code)
            if on := context.get("on"):  # the states as of a day
                url += f"?on={on:%Y-%m-%d}"
        query = "" if failed or not exists else query_in(context, code, url)
        found.append(Language(code, lang, NAMES[code], url, exists, code == active, query))
    return found


@register.simple_tag(takes_context=True)
def canonical(context):
    """The page's one address: without whatever parameters, save the number of a list's page."""
    request = context["request"]
    active = translation.get_language()
    alternates = context.get("alternates") or {}
    path = alternates.get(active, request.path)
    page = getattr(context.get("page"), "number", 1)
    return f"{settings.SITE_URL}{path}" + (f"?page={page}" if page > 1 else "")
