import ipaddress
import logging
import re

from django.conf import settings
from django.contrib.messages.storage import default_storage
from django.db import InterfaceError, OperationalError
from django.middleware.gzip import GZipMiddleware
from django.utils import translation

from comments.flood import TooMany
from news.languages import html_lang

logger = logging.getLogger(__name__)

PREFIX = re.compile(r"^/(en|zh-hans|cn)(/|$)")
ADMIN = re.compile(r"^/(en/|zh-hans/)?admin/")
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


def language_of(path):
    """The language that an address names: Russian lives at the root, and the old portal's Chinese lived at /cn/."""
    match = PREFIX.match(path)
    return match[1].replace("cn", "zh-hans") if match else settings.LANGUAGE_CODE


def address_language(get_response):
    """The address alone decides on the language: no cookie, no Accept-Language, hence no Vary.

    Django's LocaleMiddleware would add ``Vary: Accept-Language`` to Russian pages and split every cache.
    """

    def middleware(request):
        language = language_of(request.path_info)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", html_lang(language))
        return response

    return middleware


def security_headers(get_response):
    def middleware(request):
        response = get_response(request)
        if ADMIN.match(request.path_info):
            response.headers.setdefault("X-Robots-Tag", "noindex")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.status_code not in {200, 206, 304}:
            # Caches keep a 404, a 410 or a permanent redirect as they like; but stories come and go, and slugs change back.
            response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return middleware


def head_without_body(get_response):
    """HEAD gets GET's headers alone; a server that is handed a body with them complains in its log each time."""

    def middleware(request):
        response = get_response(request)
        if request.method == "HEAD":
            if response.streaming:
                response.streaming_content = []
            else:
                response.headers.setdefault("Content-Length", str(len(response.content)))
                response.content = b""
        return response

    return middleware


def nothing_is_lost(get_response):
    """While the database can't be reached or written, or too much is sent at once, whoever sent a form gets all that they
    typed back, to send again."""

    def process_exception(request, exception):
        if isinstance(exception, OperationalError | InterfaceError):
            from .views import unavailable

            logger.error("The database is away: %s", exception, exc_info=exception)
            request._messages = default_storage(request)  # "was saved successfully" was not true after all
            return unavailable(request)
        if isinstance(exception, TooMany):
            from .views import too_many

            return too_many(request)
        return None

    def middleware(request):
        return get_response(request)

    middleware.process_exception = process_exception
    return middleware


class GZip(GZipMiddleware):
    """Without random padding: HEAD and GET tell the same length. What the padding hides, a secret beside a reader's own
    words in one answer (BREACH), our pages don't hold: public ones no secret, the admin's tokens are masked anew.
    """

    max_random_bytes = 0

    def process_response(self, request, response):
        # What a flood is answered with is short, and to compress it costs half of all that it costs.
        return response if response.status_code == 429 else super().process_response(request, response)


def refuse_null_bytes(get_response):
    """A null byte in an address is never a reader's; PostgreSQL refuses it in the middle of a query."""

    def middleware(request):
        if (
            "\x00" in request.path_info
            or "%00" in request.META.get("QUERY_STRING", "")
            or "\x00" in request.META.get("QUERY_STRING", "")
        ):
            from .views import bad_request

            return bad_request(request)
        return get_response(request)

    return middleware


def client_address(request):
    """The reader's address: the one that the outermost of our own TRUSTED_PROXIES saw."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= settings.TRUSTED_PROXIES:
            address = hops[-settings.TRUSTED_PROXIES]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""
