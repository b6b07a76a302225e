"""Readers without an account who vote or report: counted once a device and day, and followed by nobody.

A device is named by a keyed hash of what each request shows of it and of the day: the same again for one that refuses
cookies or sends twice at once, another one tomorrow. Once a reader has acted, a cookie below the comments' addresses
keeps the name for the day, as a telephone's address changes on the way.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .readers import address_of

COOKIE = "device"
SALT = "comments.voters"
DAY = 24 * 3600


def today():
    return timezone.localdate().isoformat()


def device_of(request):
    """The name of the reader's device for today, at most 32 characters."""
    try:
        day, name = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        day = None
    if day == today():
        return name
    seen = [request.headers.get(header, "") for header in ("User-Agent", "Accept-Language")]
    return salted_hmac(SALT, "\n".join([today(), address_of(request) or "", *seen]), algorithm="sha256").hexdigest()[
        :32
    ]


def remember(response, device):
    response.set_cookie(
        COOKIE,
        signing.dumps([today(), device], salt=SALT),
        max_age=DAY,
        path=reverse("comments:discussion", args=[0]).removesuffix("0/"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def comes_from_elsewhere(request):
    """Whether another site made the reader's browser send this. Pages from any cache hold no token to tell it by, but
    browsers say it themselves."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return bool(origin) and urlsplit(origin).netloc != request.get_host()
