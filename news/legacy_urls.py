"""Addresses of the old portal, outside the language prefixes of today; ``/?idn=N`` is seen by the home page's view."""

from django.urls import re_path

from . import legacy_views

urlpatterns = [
    re_path(r"^(?P<prefix>cn|ru)/?$", legacy_views.home),
    re_path(r"^(?:(?P<prefix>ru|en|cn|zh-hans)/)?print\.php$", legacy_views.print_page),
    re_path(r"^rss/rss_(?P<name>ru|en|cn)\.xml$", legacy_views.feed),
]
