"""Readers without an account: where they write from, and how much of it in an hour."""

import ipaddress
from datetime import timedelta
from urllib.parse import urlsplit

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

HOUR = timedelta(hours=1)
# Confirmation mails in an hour: nobody can be flooded through us, and no network or mail domain used for it.
MAILS = {"email": 5, "network": 20, "domain": 200}
REPORTS = 30
COMMENTS = 20  # of one remembered reader


def address_of(request):
    """The reader's IP address as AXES_CLIENT_IP_CALLABLE finds it; None where there is none."""
    return get_client_ip_address(request) or None


def network_of(ip):
    """The neighbourhood that one provider's customer can walk through: /24, or /48 of IPv6."""
    if not ip:
        return ""
    address = ipaddress.ip_address(ip)
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))


def line_of(request):
    """What a reader can't change at will: the address, or the /64 of IPv6, within which every device makes up its own."""
    ip = address_of(request)
    if ip and ":" in ip:
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return ip or ""


def fingerprint(request):
    ip = line_of(request)
    return salted_hmac("comments.readers", ip, algorithm="sha256").hexdigest()[:32] if ip else ""


def comes_from_elsewhere(request):
    """Whether another site made the reader's browser send this. Pages from any cache hold no token to tell it by, but
    browsers say it themselves."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return bool(origin) and urlsplit(origin).netloc != request.get_host()


def comes_from_here(request):
    """Whether the browser says that a page of ours has sent this; an old one says nothing."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()


def pages():
    """The address below which all readers' pages of the language stand."""
    return reverse("comments:own").removesuffix("own/")


def keep(response, name, value, age, path=None):
    """A cookie for readers' pages alone, never for public ones, which every reader shares."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, age, path=path or pages(), secure=secure, httponly=True, samesite="Lax")


def too_many_mails(row):
    """True if another mail would be one too many for the address, its network or its mail domain. `row`: what is to be
    mailed about, a PendingComment or an AddressLink; each has its own limits, so that neither tells of the other."""
    recent = type(row).objects.filter(created_at__gt=timezone.now() - HOUR)
    for field, limit in MAILS.items():
        value = getattr(row, field)
        lookup = "iexact" if field == "email" else "exact"
        if value and recent.filter(**{f"{field}__{lookup}": value}).count() >= limit:
            return True
    return False


def too_often(request, subject, limit):
    """True if the reader does it for more than the ``limit``-th time in this hour; counted in the cache, and nowhere stored."""
    whose = fingerprint(request)
    key = f"often:{subject}:{whose}:{int(timezone.now().timestamp() // HOUR.total_seconds())}"
    cache.add(key, 0, int(HOUR.total_seconds()))
    try:
        return bool(whose) and cache.incr(key) > limit
    except ValueError:  # it ran out between the two
        return False


def too_many_reports(model, whose):
    """`model`: CommentReport or TypoReport."""
    recent = model.objects.filter(created_at__gt=timezone.now() - HOUR, ip_hash=whose)
    return bool(whose) and recent.count() >= REPORTS
