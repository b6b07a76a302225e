from django.urls import path, re_path

from . import digest, feeds, search_views, views

app_name = "news"
urlpatterns = [
    path("news/<int:pk>/", views.article_by_number, name="number"),
    re_path(r"^news/(?P<pk>[0-9]{1,18})-(?P<slug>[-\w]*)/$", views.article, name="article"),
    re_path(r"^news/(?P<pk>[0-9]{1,18})-(?P<slug>[-\w]*)/print/$", views.article_print, name="print"),
    re_path(r"^news/(?P<pk>[0-9]{1,18})/qr\.svg$", views.article_qr, name="qr"),
    path("section/<slug:slug>/", views.section, name="section"),
    path("tag/<slug:slug>/", views.tag, name="tag"),
    path("author/<slug:slug>/", views.author, name="author"),
    path("archive/", views.archive, name="archive"),
    re_path(r"^archive/(?P<year>[0-9]{4})/$", views.archive, name="archive_year"),
    re_path(r"^archive/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/$", views.archive, name="archive_month"),
    re_path(r"^archive/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/$", views.archive, name="archive_day"),
    path("digest/", digest.digest_range, name="digest"),
    re_path(r"^digest/(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})/$", digest.digest_day, name="digest_day"),
    path("search/", search_views.search, name="search"),
    path("feed.rss", feeds.latest, {"kind": "rss"}, name="rss"),
    path("feed.atom", feeds.latest, {"kind": "atom"}, name="atom"),
    path("section/<slug:slug>/feed.rss", feeds.section, {"kind": "rss"}, name="section_rss"),
    path("section/<slug:slug>/feed.atom", feeds.section, {"kind": "atom"}, name="section_atom"),
    re_path(r"^states/(?P<slug>[a-z]{2})/feed\.rss$", feeds.state, {"kind": "rss"}, name="state_rss"),
    re_path(r"^states/(?P<slug>[a-z]{2})/feed\.atom$", feeds.state, {"kind": "atom"}, name="state_atom"),
]
