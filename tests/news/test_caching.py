import gzip
import re
from datetime import timedelta

import brotli
import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from news import caching, compression
from news.models import Article, Edition, Generation
from tests.factories import make_article, make_section

pytestmark = pytest.mark.django_db


@pytest.fixture
def section():
    return make_section("politics")


def test_bump_changes_the_named_languages_alone(db):
    caching.bump()
    before = {code: caching.state(code) for code in ("ru", "en", "zh-hans")}

    caching.bump("en")

    assert caching.state("en") != before["en"]
    assert caching.state("ru") == before["ru"]
    assert caching.state("zh-hans") == before["zh-hans"]


def test_bump_of_a_change_rolled_back_is_rolled_back(db):
    caching.bump()
    before = Generation.objects.get(language="en").number

    with pytest.raises(RuntimeError), transaction.atomic():
        caching.bump("en")
        raise RuntimeError

    assert Generation.objects.get(language="en").number == before


def test_bulk_change_bumps_once_even_when_it_fails(section):
    caching.bump()
    before = Generation.objects.get(language="en").number

    with pytest.raises(RuntimeError), caching.bump_once():
        make_article(section=section)
        make_article(section=section)
        raise RuntimeError

    assert Generation.objects.get(language="en").number == before + 1


def test_state_changes_when_an_edition_becomes_due_and_when_it_ends(section):
    now = timezone.now()
    article = make_article(["en"], section=section, at=now + timedelta(seconds=30))
    Edition.objects.filter(article=article).update(unpublish_at=now + timedelta(seconds=90))

    states = [caching.state("en", now + timedelta(seconds=s)) for s in (0, 29, 30, 89, 90)]

    assert states[0] == states[1]
    assert states[1] != states[2]
    assert states[2] == states[3]
    assert states[3] != states[4]


def test_next_due_is_the_nearest_of_appearing_and_disappearing(section):
    now = timezone.now()
    article = make_article(["en"], section=section, at=now - timedelta(hours=1))
    Edition.objects.filter(article=article).update(unpublish_at=now + timedelta(hours=2))
    make_article(["en"], section=section, at=now + timedelta(hours=3))
    make_article(["ru"], section=section, at=now + timedelta(minutes=1))

    assert caching.next_due("en", now) == now + timedelta(hours=2)
    assert caching.next_due("zh-hans", now) is None


def test_page_is_rendered_once_and_answered_304_to_its_tag(client, section, django_assert_num_queries):
    make_article(section=section)
    with time_machine.travel(timezone.now(), tick=False):
        first = client.get("/en/")
        with django_assert_num_queries(1):
            second = client.get("/en/")
        third = client.get("/en/", headers={"If-None-Match": first["ETag"]})

    assert second.content == first.content
    assert first["ETag"].startswith('"')
    assert third.status_code == 304
    assert third.content == b""
    assert third["ETag"] == first["ETag"]


def test_public_page_sets_no_cookie_and_varies_by_nothing_of_the_reader(client, section):
    make_article(section=section)
    for path in ("/", "/en/", "/zh-hans/", "/en/section/politics/"):
        response = client.get(path, headers={"Accept-Language": "de"})
        assert response.status_code == 200
        assert not response.cookies
        assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert "cookie" not in response.get("Vary", "").lower()
        assert "accept-language" not in response.get("Vary", "").lower()


def test_shared_caches_keep_a_page_no_longer_than_until_the_next_edition(client, section, settings):
    settings.SHARED_CACHE_SECONDS = 60
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        make_article(["en"], section=section, at=now + timedelta(seconds=20))

        assert "s-maxage=20," in client.get("/en/")["Cache-Control"]
        assert "s-maxage=60," in client.get("/")["Cache-Control"]


def test_scheduled_article_appears_at_its_second_on_a_page_that_is_cached(client, section):
    now = timezone.now().replace(second=10, microsecond=0)
    with time_machine.travel(now, tick=False) as clock:
        article = make_article(["en"], section=section, at=now + timedelta(seconds=15))
        assert article.title_en.encode() not in client.get("/en/").content
        clock.shift(14)
        assert article.title_en.encode() not in client.get("/en/").content
        clock.shift(1)
        assert article.title_en.encode() in client.get("/en/").content


PLACES = [
    "/en/",
    "/en/section/politics/",
    "/en/archive/",
    "/en/feed.rss",
    "/en/feed.atom",
    "/en/section/politics/feed.rss",
    "/en/section/politics/feed.atom",
    "/en/states/kz/",
    "/en/states/kz/feed.rss",
    "/en/states/kz/feed.atom",
    "/en/tag/tea/",
    "/en/author/desk/",
    "/news-sitemap.xml",
    "/en/search/?q=story",
]


@pytest.fixture
def published_everywhere(section):
    from states.models import State
    from tests.factories import make_author, make_tag

    return {
        "section": section,
        "states": [State.objects.get(iso2="KZ")],
        "tags": [make_tag("tea")],
        "authors": [make_author("desk")],
    }


@pytest.mark.parametrize("place", PLACES)
def test_what_an_editor_publishes_is_there_at_the_next_request_and_gone_when_withdrawn(
    client, published_everywhere, place
):
    make_article(**published_everywhere)
    article = make_article(published=False, **published_everywhere)
    needle = f"/en/news/{article.pk}-".encode()
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        assert needle not in client.get(place).content

        article.publish("en", at=now)
        assert needle in client.get(place).content
        assert f"/news/{article.pk}-".encode() not in client.get(place.replace("/en/", "/zh-hans/")).content.replace(
            needle, b""
        )

        edition = Edition.objects.get(article=article, language="en")
        edition.status = Edition.Status.WITHDRAWN
        edition.save()
        assert needle not in client.get(place).content


def test_workers_without_a_shared_cache_agree(client, section, settings):
    """Each worker has local memory of its own: a change made through one is seen through the other."""
    from django.core.cache import caches

    article = make_article(["en"], section=section)
    with time_machine.travel(timezone.now(), tick=False):
        old = client.get("/en/").content  # kept by this worker
        # Another worker saves; nothing reaches this worker's cache but the number in the database.
        kept = dict(caches["default"]._cache)
        Article.objects.get(pk=article.pk)
        article.title_en = "Changed elsewhere"
        article.save()
        caches["default"]._cache.update(kept)
        new = client.get("/en/").content

    assert b"Changed elsewhere" not in old
    assert b"Changed elsewhere" in new


@pytest.mark.redis
def test_pages_are_kept_in_redis(client, section, redis_cache):
    make_article(["en"], section=section)
    with time_machine.travel(timezone.now(), tick=False):
        first = client.get("/en/")
        assert len(list(redis_cache.scan_iter("*page:*"))) == 1
        assert client.get("/en/").content == first.content


def test_no_cache_keeps_what_is_no_page(client, section):
    article, draft = make_article(["en"], section=section), make_article(["en"], section=section, published=False)
    gone = make_article(["en"], section=section)
    gone.editions.update(status=Edition.Status.WITHDRAWN)
    asked = {
        f"/en/news/{draft.pk}-x/": 404,
        f"/en/news/{draft.pk}/": 404,
        gone.address("en"): 410,
        f"/en/news/{gone.pk}/": 410,
        f"/en/news/{article.pk}-old-slug/": 301,
        f"/en/news/{article.pk}/": 301,
        "/ru/": 301,
    }

    answers = {path: client.get(path) for path in asked}

    assert {path: answer.status_code for path, answer in answers.items()} == asked
    assert {answer.get("Cache-Control") for answer in answers.values()} == {"no-cache"}


def test_the_web_server_never_shows_an_old_page():
    """It keeps no 410, so a withdrawn page would stay the newest that it has."""
    told = re.findall(
        r"^\s*proxy_cache_use_stale\s+(.*);", (settings.BASE_DIR / "deploy/nginx.conf").read_text(), re.MULTILINE
    )

    assert told == ["off"]


def test_errors_are_not_kept(client, section):
    assert client.get("/en/section/politics/?page=99").status_code == 404
    assert not [key for key in cache._cache if "page:" in key]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br; q=0.0, GZIP", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_page_is_sent_as_the_browser_takes_it(client, section, accepted, encoding):
    article = make_article(section=section)
    plain = client.get(article.address("en"))

    response = client.get(article.address("en"), headers={"Accept-Encoding": accepted})

    decode = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert response.get("Content-Encoding") == encoding
    assert decode(response.content) == plain.content
    assert "Accept-Encoding" in response["Vary"]
    assert response["ETag"] == (f"W/{plain['ETag']}" if encoding else plain["ETag"])


def test_kept_page_is_not_compressed_again(client, section, monkeypatch):
    article = make_article(section=section)
    first = client.get(article.address("en"), headers={"Accept-Encoding": "br"})
    monkeypatch.setattr(compression, "ENCODERS", dict.fromkeys(compression.ENCODERS, None))

    second = client.get(article.address("en"), headers={"Accept-Encoding": "br"})

    assert second.content == first.content
    not_modified = client.get(article.address("en"), headers={"If-None-Match": first["ETag"], "Accept-Encoding": "br"})
    assert not_modified.status_code == 304
    assert "Accept-Encoding" in not_modified["Vary"]


def test_kept_page_has_no_indentation_but_all_its_words(client):
    article = make_article(body_en="<p>One   two</p>\n<p>Three</p>")
    page = client.get(article.address("en")).content.decode()

    assert not re.search(r"\n\s", re.sub(r"(?s)<textarea.*?</textarea>", "…", page))
    assert "<p>One   two</p>" in page


@pytest.mark.parametrize(
    "written", ["<pre>a\n  b</pre>", "<TEXTAREA>a\n  b</TEXTAREA>", "<textarea\nid=x>a\n\nb</textarea >"]
)
def test_white_space_that_is_shown_stays(written):
    page = f"<div>\n  {written}\n  \n</div>\n  <p>".encode()

    assert compression.unindented(page) == f"<div>\n{written}\n</div>\n<p>".encode()
