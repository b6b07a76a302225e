"""A flood of strangers' posts must not cost readers their pages: whatever exceeds what a process takes in a minute is
refused before the database is asked. The limits for each address, network and mail domain (readers.py) come after."""

import logging
from functools import partial, wraps
from threading import BoundedSemaphore, Lock
from time import monotonic

from django.conf import settings
from django.http import JsonResponse
from django.utils.translation import gettext as _

from . import readers

logger = logging.getLogger(__name__)

RETRY_AFTER = 60  # seconds
SHARE = 4  # a network takes this part of what a process takes from all
SESSIONS_A_MINUTE = 60  # looked up for posts that exceed it


class TooMany(Exception):  # noqa: N818 - no error: everything typed is given back
    """Answered with 429 and a page that holds what was sent (infoshos.middleware)."""


class Bucket:
    """So many in a minute, of which as many at once as come in `span` seconds."""

    def __init__(self, span=10):
        self.span = span
        self.lock, self.left, self.filled_at = Lock(), None, 0.0

    def take(self, per_minute):
        most = max(1, per_minute * self.span / 60)
        with self.lock:
            now = monotonic()
            left = most if self.left is None else self.left + (now - self.filled_at) * per_minute / 60
            self.left, self.filled_at = min(left, most), now
            if self.left < 1:
                return False
            self.left -= 1
            return True


class Shares:
    """A bucket for each network: one that sends too much is refused, and all others are not."""

    MOST = 10_000  # networks that are remembered

    def __init__(self):
        self.buckets = {}

    def take(self, network, per_minute):
        if len(self.buckets) > self.MOST:
            self.buckets = {}
        return self.buckets.setdefault(network, Bucket()).take(per_minute / SHARE)


class Kind:
    """What counts by itself: votes on a story that everybody reads take no room from comments. So many are under way at
    once, as the process's other threads are left to its readers; what is short waits its turn, `patience` seconds."""

    def __init__(self, at_once, patience=0):
        self.bucket, self.shares = Bucket(span=5), Shares()
        self.under_way, self.patience = BoundedSemaphore(at_once), patience

    def has_room(self, request):
        most = settings.POSTS_A_MINUTE
        return self.shares.take(readers.network_of(readers.address_of(request)), most) and self.bucket.take(most)


def make_kinds():
    return {"posts": Kind(at_once=2), "votes": Kind(at_once=1, patience=0.5)}


kinds = make_kinds()
sessions, told = Bucket(), Bucket()


def limited(view=None, *, kind="posts"):
    """Around a view to which strangers post. Who has signed in is known, and passes."""
    if view is None:
        return partial(limited, kind=kind)

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        own = kinds[kind]
        if own.has_room(request) and own.under_way.acquire(timeout=own.patience):
            try:
                return view(request, *args, **kwargs)
            finally:
                own.under_way.release()
        if is_known(request):
            return view(request, *args, **kwargs)
        if told.take(1):
            logger.warning("Too much is sent at once: posts beyond %s a minute are refused.", settings.POSTS_A_MINUTE)
        if "fragment" not in request.GET:
            raise TooMany
        # Scripts keep what was typed.
        text = _("Too much is being sent to us at once. Please send it again in a minute.")
        response = JsonResponse({"errors": [text]}, status=429)
        response["Retry-After"] = str(RETRY_AFTER)
        return response

    return wrapper


def is_known(request):
    """Anybody can send a cookie: the database is asked about so many only."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not sessions.take(SESSIONS_A_MINUTE):
        return False
    return request.user.is_authenticated
