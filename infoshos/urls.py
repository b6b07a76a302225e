"""The table of contents of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.i18n import JavaScriptCatalog

from news.caching import public_urls
from news.editor import library_image
from news.views import image
from states.urls import urlpatterns as state_pages

from . import offline, sitemaps, views

urlpatterns = [
    path("", include("news.legacy_urls")),
    re_path(
        r"^images/(?P<token>[\w-]{16,22})/(?P<version>[0-9]{1,6})/(?P<name>[a-z]+-[0-9]{1,4}\.(?:avif|webp|jpg))$",
        image,
        name="image",
    ),
    re_path(r"^images/(?P<token>[\w-]{16,22})/$", library_image, name="library_image"),  # in the editor
    path("magazine/<int:pk>.pdf", views.magazine_pdf, name="magazine_pdf"),
    re_path(
        r"^read/(?P<pk>[0-9]{1,18})/(?P<language>ru|en|zh-hans)/(?P<signature>[0-9a-f]{16})/$", views.read, name="read"
    ),
    path("robots.txt", views.robots),
    path("sw.js", offline.worker, name="worker"),
    path("healthz", views.health),
    path("", include(sitemaps.urlpatterns)),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("", include("news.urls")),
        path("states/", include((public_urls(state_pages), "states"))),
        path("comments/", include("comments.urls")),
        path("page/<slug:slug>/", views.page, name="page"),
        path("magazine/", views.magazine, name="magazine"),
        path("contact/", views.contact, name="contact"),
        path("manifest.webmanifest", offline.manifest, name="manifest"),
        path("offline/", offline.offline, name="offline"),
        path("admin/jsi18n/", JavaScriptCatalog.as_view(packages=["django.contrib.admin"])),
        path("admin/", admin.site.urls),
        prefix_default_language=False,
    ),
]

handler400 = "infoshos.views.bad_request"
handler403 = "infoshos.views.forbidden"
handler404 = "infoshos.views.not_found"
handler500 = "infoshos.views.server_error"
