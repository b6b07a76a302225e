"""What a story says of itself: dateline, live and updated marks, reading time."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from news.dateline import with_dateline
from news.models import Edition

from ..factories import make_article, make_image

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


def shown(client, article, language="en"):
    return client.get(article.address(language)).content.decode()


def edition(article, language="en", **values):
    found = article.editions.get(language=language)
    for name, value in values.items():
        setattr(found, name, value)
    found.save()
    return found


def test_place_stands_before_the_first_words(client):
    article = make_article(dateline_en="Aktau <port>", dateline_ru="Актау")

    html = shown(client, article)

    assert '<p><span class="dateline" data-typo-skip>Aktau &lt;port&gt; — </span>The story' in html
    assert '"dateline": "Aktau \\u003cport\\u003e"' in html
    assert "dateline" not in shown(client, article, "zh-hans")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p lang="ru">Text</p>', '<p lang="ru">@Text</p>'),
        ("<figure><img></figure><p>Text</p>", "<figure><img></figure><p>@Text</p>"),
        ("<h2>Head</h2><p>Text</p>", "<p>@</p><h2>Head</h2><p>Text</p>"),
        ("<blockquote><p>Text</p></blockquote>", "<p>@</p><blockquote><p>Text</p></blockquote>"),
        ("", "<p>@</p>"),
    ],
)
def test_where_the_place_stands(html, expected):
    mark = '<span class="dateline" data-typo-skip>Aktau — </span>'

    assert with_dateline(html, "Aktau") == expected.replace("@", mark)
    assert with_dateline(html, "") == html


def test_place_is_in_feeds_and_in_the_print_version(client):
    article = make_article(["en"], dateline_en="Aktau")

    assert "Aktau — " in client.get("/en/feed.rss").content.decode()
    assert "Aktau — " in client.get(article.address("en", "news:print")).content.decode()


def test_mark_of_a_live_story_goes_by_itself(client, clock):
    article = make_article(at=NOW - timedelta(hours=1))
    edition(article, live_until=NOW + timedelta(hours=1))

    assert "story-mark--live" in shown(client, article)
    assert "story-mark--live" not in shown(client, article, "ru")
    clock.move_to(NOW + timedelta(minutes=59))
    assert "story-mark--live" in shown(client, article)
    clock.move_to(NOW + timedelta(hours=1))
    assert "story-mark--live" not in shown(client, article)


@pytest.mark.parametrize("status", [Edition.Status.DRAFT, Edition.Status.WITHDRAWN])
def test_story_that_is_not_public_is_not_live(clock, status):
    found = Edition(status=status, published_at=NOW - timedelta(hours=1), live_until=NOW + timedelta(hours=1))

    assert not found.is_live()
    found.status = Edition.Status.PUBLISHED
    assert found.is_live()


def test_updated_is_said_only_of_a_text_that_changed_after_it_was_published(client, clock):
    article = make_article(at=NOW - timedelta(hours=2))
    assert "story__updated" not in shown(client, article)
    edition(article, updated_at=NOW - timedelta(hours=3))  # while it was a draft
    assert "story__updated" not in shown(client, article)

    edition(article, updated_at=NOW - timedelta(minutes=30))

    assert re.search(r'story__updated">Updated:.*datetime="2026-11-24T11:30\+03:00"', shown(client, article))
    assert "story__updated" not in shown(client, article, "ru")


def test_reading_time_is_told_to_readers_and_to_machines(client):
    article = make_article(body_en="<p>word</p>" * 300, body_ru="<p>слово</p>")

    english, russian = shown(client, article), shown(client, article, "ru")

    assert '<p class="story__reading">Reading time: 2 minutes</p>' in english
    assert '<p class="story__reading">Время чтения: 1 минута</p>' in russian
    [data] = [
        block
        for block in map(json.loads, re.findall(r'<script type="application/ld\+json">(.*?)</script>', english))
        if block["@type"] == "NewsArticle"
    ]
    assert data["timeRequired"] == "PT2M"
    assert "dateline" not in data


def test_gallery_s_pictures_come_in_their_order_with_those_of_the_text_in_one_query(django_assert_num_queries):
    from django.utils import translation

    from news.models import Article, GalleryItem

    first, second, third = make_image(), make_image(), make_image()
    article = make_article(["en"], body_en=f'<figure><img src="/images/{second.token}/" alt=""></figure>')
    for position, image in ((2, first), (1, second), (2, third)):
        GalleryItem.objects.create(article=article, image=image, position=position)
    with translation.override("en"):
        found = Article.objects.get(pk=article.pk)
        with django_assert_num_queries(1):
            assert found.gallery_images == [second, first, third]
            assert found.body_images == {second.token: second}
