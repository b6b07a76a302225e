"""The device that a comment was written on, known by a random key in a cookie that the answer to a post sets.

The cookie goes to readers' pages alone, never to public ones, which every reader shares; the database holds a digest of
the key. It says who wrote, and on a device that is remembered also that its reader has confirmed an address.
"""

import re
import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from . import readers
from .models import Ban, PendingComment, Posting, Remembered

KEPT = timedelta(days=365)
TWICE_WITHIN = timedelta(minutes=10)
KEY = re.compile(r"[A-Za-z0-9_-]{43}")


def cookies():
    """{language: (name, path)}: a cookie has one path, and the pages of each language have theirs."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = (f"reader-{language}", readers.pages())
    return found


def key_of(request):
    key = request.COOKIES.get(f"reader-{translation.get_language()}", "")
    return key if KEY.fullmatch(key) else ""


def new_key():
    return secrets.token_urlsafe(32)


def digest(key):
    return salted_hmac("comments.devices", key, algorithm="sha256").hexdigest()[:32] if key else ""


def device_of(request):
    """The digest that stands for the reader's device in the database; "" where it is not known."""
    return digest(key_of(request))


def mark(response, key):
    for name, path in cookies().values():
        readers.keep(response, name, key, KEPT, path)
    return response


# Remembering


def remember(device, email, name):
    now = timezone.now()
    values = {"email": email.lower(), "name": name, "confirmed_at": now, "used_at": now}
    Remembered.objects.update_or_create(device=device, defaults=values)


def remembered(request):
    """Who writes from this device; None. A ban on the address, made since or in force, ends it for good."""
    device = device_of(request)
    row = Remembered.objects.filter(device=device).first() if device else None
    if row is None:
        return None
    bans = Ban.objects.against(row.email, None)
    if bans.current().exists() or bans.filter(created_at__gte=row.confirmed_at).exists():
        row.delete()
        return None
    return row


def too_many_comments(known):
    hour_ago = timezone.now() - readers.HOUR
    return Posting.objects.filter(author=known.email, comment__submit_date__gt=hour_ago).count() >= readers.COMMENTS


def sent_before(known, article, language, parent, text):
    """The Posting of the same comment, which a second press on the button has sent again; None."""
    rows = Posting.objects.filter(device=known.device, article=article, language=language, comment__comment=text)
    rows = rows.filter(comment__parent_id=parent.pk) if parent else rows.filter(comment__level=0)
    return rows.filter(comment__submit_date__gt=timezone.now() - TWICE_WITHIN).select_related("comment").first()


def used(known, comment, name):
    Posting.objects.filter(pk=comment.pk).update(device=known.device)
    Remembered.objects.filter(pk=known.pk).update(used_at=timezone.now(), name=name)


def forget(request, response):
    """Nothing in the browser and nothing in the database tells this device any more; a copied cookie is worth nothing."""
    if device := device_of(request):
        Remembered.objects.filter(device=device).delete()
        Posting.objects.filter(device=device).update(device="")
        PendingComment.objects.filter(device=device).update(device="")
    for name, path in cookies().values():
        response.delete_cookie(name, path=path, samesite="Lax")
    return response
