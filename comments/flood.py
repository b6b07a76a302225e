"""A flood of strangers' posts must not cost readers their pages: whatever exceeds what a process takes in a minute is
refused before the database is asked. The limits for each address, network and mail domain (readers.py) come after."""

import logging
from functools import wraps
from threading import Lock
from time import monotonic

from django.conf import settings
from django.http import JsonResponse
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

RETRY_AFTER = 60  # seconds


class TooMany(Exception):  # noqa: N818 - no error: everything typed is given back
    """Answered with 429 and a page that holds what was sent (infoshos.middleware)."""


class Bucket:
    """So many in a minute, of which as many at once as come in SPAN seconds."""

    SPAN = 10

    def __init__(self):
        self.lock, self.left, self.filled_at, self.told_at = Lock(), None, 0.0, None

    def take(self, per_minute):
        most = max(1, per_minute * self.SPAN / 60)
        with self.lock:
            now = monotonic()
            left = most if self.left is None else self.left + (now - self.filled_at) * per_minute / 60
            self.left, self.filled_at = min(left, most), now
            if self.left >= 1:
                self.left -= 1
                return True
            if self.told_at is None or now - self.told_at > RETRY_AFTER:
                self.told_at = now
                logger.warning("Readers send too much at once: more than %s posts a minute are refused.", per_minute)
            return False


bucket = Bucket()


def limited(view):
    """Around a view to which strangers post. Who has signed in is known, and passes."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if request.method != "POST" or is_known(request) or bucket.take(settings.POSTS_A_MINUTE):
            return view(request, *args, **kwargs)
        if "fragment" not in request.GET:
            raise TooMany
        # Scripts keep what was typed.
        text = _("Too much is being sent to us at once. Please send it again in a minute.")
        response = JsonResponse({"errors": [text]}, status=429)
        response["Retry-After"] = str(RETRY_AFTER)
        return response

    return wrapper


def is_known(request):
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
