"""What the portal offers without a network: the service worker, its offline page, the manifest of the installed app."""

import hashlib
import json
from functools import cache

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import etag, require_safe

from news.caching import public_page
from news.languages import html_lang

PATIENCE = 10  # seconds that a reader who has kept a page waits for its current version
PICTURE_BYTES = 20 * 1024 * 1024
ARTICLES = 30
ICONS = [
    ("icons/icon.svg", "any", "image/svg+xml", "any"),
    ("icons/icon-192.png", "192x192", "image/png", "any"),
    ("icons/icon-512.png", "512x512", "image/png", "any"),
    ("icons/maskable-192.png", "192x192", "image/png", "maskable"),
    ("icons/maskable-512.png", "512x512", "image/png", "maskable"),
]


@cache
def release():
    """Changes with every static file and with the offline page, so that browsers fetch the worker's files anew."""
    parts = [settings.RELEASE, getattr(staticfiles_storage, "manifest_hash", "")]
    parts += [get_template(name).template.source for name in ("base.html", "site/offline.html")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def offline_pages():
    pages = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            pages[code] = reverse("offline")
    return pages


def worker_script():
    values = {
        "version": release(),
        "offline": offline_pages(),
        "patience": PATIENCE * 1000,
        "articles": ARTICLES,
        "pictureBytes": PICTURE_BYTES,
        "static": settings.STATIC_URL,
    }
    return f'self.RELEASE = {json.dumps(values)};\nimportScripts("{static("js/worker.js")}");\n'


@require_safe
@etag(lambda request: f'"{hashlib.sha256(worker_script().encode()).hexdigest()[:32]}"')
def worker(request):
    """At the root, because a worker sees no page above its own folder. Browsers ask for it at each visit: 304."""
    response = HttpResponse(worker_script(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
@public_page
def offline(request):
    return render(request, "site/offline.html", {"bare": True})


@require_safe
@public_page
def manifest(request):
    shortcuts = [
        (_("States"), reverse("states:list")),
        (_("Archive"), reverse("news:archive")),
        (_("Search"), reverse("news:search")),
    ]
    found = {
        "id": reverse("home"),
        "name": _("InfoSCO"),
        "short_name": _("InfoSCO"),
        "description": _("News of the Shanghai Cooperation Organisation"),
        "start_url": reverse("home"),
        "scope": "/",  # whoever switches the language stays in the app
        "display": "standalone",
        "lang": html_lang(),
        "dir": "ltr",
        "categories": ["news", "politics"],
        "background_color": "#ffffff",
        "theme_color": "#0a3a45",
        "icons": [
            {"src": static(name), "sizes": sizes, "type": kind, "purpose": purpose}
            for name, sizes, kind, purpose in ICONS
            if finders.find(name)
        ],
        "shortcuts": [{"name": name, "url": url} for name, url in shortcuts],
    }
    return JsonResponse(found, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
