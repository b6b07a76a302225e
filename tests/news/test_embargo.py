"""One minute before its embargo ends a story is nowhere; at the minute it is where it should be, and there alone."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from infoshos.models import Page
from news import images, publication
from news.models import Correction, Edition, HomepageSlot, ReadCount
from states.models import State

from .. import places
from ..factories import make_article, make_author, make_image, make_section, make_tag

pytestmark = pytest.mark.django_db
EMBARGO = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)  # 9:00 in Moscow
PREFIX = {"ru": "", "en": "/en", "zh-hans": "/zh-hans"}
WORDS = {"ru": "Неслыханное соглашение", "en": "Unheard agreement", "zh-hans": "前所未闻协议"}
DAY = timedelta(days=1)
OUT = {"ru", "en"}  # the Chinese text is still in review


@pytest.fixture
def neighbour():
    """A published story of the same labels, so that no page is empty, and the other is related to it."""
    section, tag, author = make_section("politics"), make_tag("tea"), make_author("desk")
    things = {"section": section, "tags": [tag], "states": [State.objects.get(iso2="KZ")], "authors": [author]}
    return make_article(at=EMBARGO - timedelta(hours=20), **things)


@pytest.fixture
def story(neighbour):
    things = {"section": neighbour.section, "tags": neighbour.tags.all(), "states": neighbour.states.all()}
    image = make_image(alt_en="Hidden hall", alt_ru="Скрытый зал", alt_zh_hans="隐藏大厅")
    article = make_article(
        published=False, lead_image=image, title_ru=WORDS["ru"], title_en=WORDS["en"], title_zh_hans=WORDS["zh-hans"],
        authors=neighbour.authors.all(), legacy_idn=77, **things,
    )  # fmt: skip
    for language in sorted(OUT):
        publication.publish(article, language, at=EMBARGO)
    Edition.objects.filter(article=article, language="zh-hans").update(status=Edition.Status.REVIEW)
    for language in PREFIX:
        HomepageSlot.objects.create(language=language, place=HomepageSlot.Place.LEAD, article=article)
        Correction.objects.create(article=article, language=language, text="Mended", corrected_at=EMBARGO - DAY)
        ReadCount.objects.create(article=article, language=language, hour=EMBARGO - DAY / 2, reads=1000)
    Page.objects.create(slug="about", title_ru="О нас", title_en="About", title_zh_hans="关于")
    return article


@pytest.fixture
def read(client):
    """Asks twice: what was made now, and what comes from the cache."""

    def read(path):
        first, second = client.get(path), client.get(path)
        assert first.content == second.content
        return first.status_code, first.content.decode()

    return read


def test_no_public_address_is_forgotten(story, neighbour):
    """A new page that could show a story goes into tests/places.py; one that can't, to what stands apart there."""
    known = places.names_of(story, "en", neighbour)
    assert not known & places.APART
    assert known | places.APART == places.public_names()


def test_a_minute_before_it_is_nowhere(read, story, neighbour):
    with time_machine.travel(EMBARGO - timedelta(minutes=1), tick=False):
        assert places.leaks(story, neighbour, read) == []


def test_at_the_minute_it_is_in_the_right_languages_alone(client, story, neighbour):
    with time_machine.travel(EMBARGO - timedelta(seconds=1), tick=False) as clock:
        for language in places.LANGUAGES:  # each page is in the cache, without it
            for path in places.that_list(story, language) + places.that_show_others(story, language, neighbour):
                client.get(path)
        clock.shift(1)

        for language in places.LANGUAGES:
            shown = language in OUT
            for path in [*places.that_list(story, language), neighbour.address(language)]:
                body = client.get(path).content.decode()
                assert (f"/news/{story.pk}" in body) is shown, path
                assert not any(WORDS[other] in body for other in WORDS if other != language), path
            prefix, slug = PREFIX[language], story.edition_in(language).slug
            own = [f"{prefix}/news/{story.pk}{rest}" for rest in ("/", f"-{slug}/", "-x/", f"-{slug}/print/")]
            statuses = [client.get(path).status_code for path in own]
            assert statuses == ([301, 200, 301, 200] if shown else [200, 200, 200, 200]), language
            assert ("story__body" in client.get(own[1]).content.decode()) is shown
        names = client.get("/news-sitemap.xml").content.decode()
        assert [language for language in WORDS if WORDS[language] in names] == ["ru", "en"]
        for language in WORDS:
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
