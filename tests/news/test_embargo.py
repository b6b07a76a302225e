"""One minute before its embargo ends a story is nowhere; at the minute it is where it should be, and there alone."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from news import images, publication
from news.models import Edition, HomepageSlot
from states.models import State

from ..factories import make_article, make_author, make_image, make_section, make_tag

pytestmark = pytest.mark.django_db
EMBARGO = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)  # 9:00 in Moscow
PREFIX = {"ru": "", "en": "/en", "zh-hans": "/zh-hans"}
WORDS = {"ru": "Неслыханное соглашение", "en": "Unheard agreement", "zh-hans": "前所未闻协议"}
OUT = {"ru", "en"}  # the Chinese text is still in review


@pytest.fixture
def story():
    section, tag, author = make_section("politics"), make_tag("tea"), make_author("desk")
    things = {"section": section, "tags": [tag], "states": [State.objects.get(iso2="KZ")], "authors": [author]}
    image = make_image(alt_en="Hidden hall", alt_ru="Скрытый зал", alt_zh_hans="隐藏大厅")
    make_article(at=EMBARGO - timedelta(hours=20), **things)  # so that no page is empty
    article = make_article(
        published=False, lead_image=image, title_ru=WORDS["ru"], title_en=WORDS["en"], title_zh_hans=WORDS["zh-hans"], **things
    )  # fmt: skip
    for language in sorted(OUT):
        publication.publish(article, language, at=EMBARGO)
    Edition.objects.filter(article=article, language="zh-hans").update(status=Edition.Status.REVIEW)
    for language in PREFIX:
        HomepageSlot.objects.create(language=language, place=HomepageSlot.Place.LEAD, article=article)
    return article


def lists(language):
    """Every page that could show it, each read twice: made, and from the cache."""
    paths = [
        "/", "/section/politics/", "/tag/tea/", "/author/desk/", "/states/kz/", "/archive/", "/archive/2026/",
        "/archive/2026/05/", f"/search/?q={WORDS[language][:-2]}", "/feed.rss", "/feed.atom",
        "/section/politics/feed.rss", "/section/politics/feed.atom", "/states/kz/feed.rss", "/states/kz/feed.atom",
        "/corrections/",
    ]  # fmt: skip
    return [PREFIX[language] + path for path in paths]


def common(article):
    number = article.pk // 5000 + 1
    maps = [f"/sitemap-articles-{language}.xml?p={number}" for language in PREFIX]
    return ["/sitemap.xml", "/sitemap-topics.xml", "/news-sitemap.xml", *maps]


def own(article, language):
    """The addresses of the story itself."""
    prefix, slug = PREFIX[language], article.edition_in(language).slug
    base = f"{prefix}/news/{article.pk}"
    return [f"{base}/", f"{base}-{slug}/", f"{base}-x/", f"{base}-{slug}/print/"]


def traces(article):
    """What would give it away: its words, its number, its slug, its picture."""
    slugs = {edition.slug for edition in article.editions.all()}
    return [*WORDS.values(), f"/news/{article.pk}", *slugs, article.lead_image.token]


def read(client, path):
    first, second = client.get(path), client.get(path)
    assert first.content == second.content
    return first.status_code, first.content.decode()


def test_a_minute_before_it_is_nowhere(client, story):
    with time_machine.travel(EMBARGO - timedelta(minutes=1), tick=False):
        for language in PREFIX:
            for path in lists(language) + common(story):
                status, body = read(client, path)
                assert status in {200, 404}, path
                assert [trace for trace in traces(story) if trace in body] == [], path
            for path in own(story, language):
                status, body = read(client, path)
                assert status == 404, path
                assert not any(words in body for words in WORDS.values()), path


def test_at_the_minute_it_is_in_the_right_languages_alone(client, story):
    with time_machine.travel(EMBARGO - timedelta(seconds=1), tick=False) as clock:
        for language in PREFIX:  # each page is in the cache, without it
            for path in lists(language) + common(story) + own(story, language):
                client.get(path)
        clock.shift(1)

        for language in PREFIX:
            shown = language in OUT
            for path in lists(language):
                body = client.get(path).content.decode()
                found = f"/news/{story.pk}" in body
                assert found is shown, path
                assert not any(WORDS[other] in body for other in PREFIX if other != language), path
            statuses = [client.get(path).status_code for path in own(story, language)]
            assert statuses == ([301, 200, 301, 200] if shown else [200, 200, 200, 200]), language
            article = client.get(own(story, language)[1]).content.decode()
            assert ("story__body" in article) is shown
        places = client.get("/news-sitemap.xml").content.decode()
        assert [language for language in PREFIX if WORDS[language] in places] == ["ru", "en"]
        for language in PREFIX:
            response = client.get(f"/sitemap-articles-{language}.xml?p={story.pk // 5000 + 1}")
            assert (f"/news/{story.pk}-" in response.content.decode()) is (language in OUT)


def test_picture_of_an_embargoed_story_is_named_by_nothing_that_readers_can_guess(client, story):
    image = story.lead_image
    with time_machine.travel(EMBARGO - timedelta(minutes=1), tick=False):
        assert client.get(f"/images/{image.token}/").status_code == 404
        for guess in (image.pk, story.pk, image.token[:-1], "0" * 22):
            assert client.get(f"/images/{guess}/1/full-320.jpg").status_code == 404
    with time_machine.travel(EMBARGO, tick=False):
        assert (
            images.address(image, "full", 320, "jpg").rpartition("-")[0]
            in client.get(story.address("en")).content.decode()
        )
