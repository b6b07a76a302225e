"""Readers without an account who vote or report: counted once a device and day, and followed by nobody.

A device is named by a keyed hash of what each request shows of it and of the day: the same again for one that refuses
cookies or sends twice at once, another one tomorrow. Once a reader has acted, a cookie below the comments' addresses
keeps the name for the day, as a telephone's address changes on the way.
"""

from datetime import timedelta

from django.core import signing
from django.utils import timezone
from django.utils.crypto import salted_hmac

from . import readers

COOKIE = "device"
SALT = "comments.voters"
DAY = timedelta(days=1)


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
    headers = [request.headers.get(header, "") for header in ("User-Agent", "Accept-Language")]
    seen = "\n".join([today(), readers.line_of(request), *headers])
    return salted_hmac(SALT, seen, algorithm="sha256").hexdigest()[:32]


def remember(response, device):
    readers.keep(response, COOKIE, signing.dumps([today(), device], salt=SALT), DAY)
