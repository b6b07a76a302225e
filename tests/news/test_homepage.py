import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from news import caching, homepage
from news.models import Edition, HomepageSlot, ReadCount
from tests.factories import make_article, make_image, make_section

pytestmark = pytest.mark.django_db
Place = HomepageSlot.Place


def everything(page):
    stories = [page.breaking, page.lead, *page.seconds, *page.features, *page.latest, *page.states]
    return [story.pk for story in stories if story] + [a.pk for _section, articles in page.sections for a in articles]


def test_empty_portal_has_an_empty_home_page():
    page = homepage.build("en")

    assert page.lead is None
    assert everything(page) == []


def test_slots_come_first_and_no_story_stands_twice():
    section = make_section()
    articles = [make_article(["en"], section=section, at=timezone.now() - timedelta(hours=n)) for n in range(40)]
    HomepageSlot.objects.create(language="en", place=Place.LEAD, article=articles[30])
    HomepageSlot.objects.create(language="en", place=Place.FEATURE, article=articles[30])
    HomepageSlot.objects.create(language="en", place=Place.FEATURE, article=articles[5], position=1)

    page = homepage.build("en")

    assert page.lead == articles[30]
    assert page.features[0] == articles[5]
    assert len(everything(page)) == len(set(everything(page)))


def test_slot_of_another_language_or_time_or_of_a_hidden_story_is_not_used():
    now = timezone.now()
    newest = make_article(["en"], at=now - timedelta(minutes=1))
    old = make_article(["en"], at=now - timedelta(days=9))
    hidden = make_article(["en"], published=False)
    for fields in (
        {"language": "ru", "article": old},
        {"language": "en", "article": old, "since": now + timedelta(hours=1)},
        {"language": "en", "article": old, "until": now - timedelta(hours=1)},
        {"language": "en", "article": hidden},
    ):
        HomepageSlot.objects.create(place=Place.LEAD, **fields)

    page = homepage.build("en", now)

    assert page.lead == newest
    assert hidden.pk not in everything(page)


def test_lead_without_a_slot_is_the_newest_with_a_picture():
    illustrated = make_article(["en"], at=timezone.now() - timedelta(hours=2), lead_image=make_image())
    make_article(["en"])

    assert homepage.build("en").lead == illustrated


def test_sections_show_their_newest_that_stand_nowhere_else():
    politics, tea = make_section("politics", position=1), make_section("tea", position=2)
    now = timezone.now()
    for n in range(30):
        make_article(["en"], section=politics, at=now - timedelta(hours=n))
    quiet = make_article(["en"], section=tea, at=now - timedelta(days=30))

    page = homepage.build("en", now)

    assert [section.slug for section, _articles in page.sections] == ["politics", "tea"]
    assert page.sections[1][1] == [quiet]


def place(article, place, **fields):
    return HomepageSlot.objects.create(language="en", place=place, article=article, **fields)


def test_every_place_of_the_page_is_given_and_no_story_stands_twice():
    politics, tea = make_section("politics", position=1), make_section("tea", position=2)
    now = timezone.now()
    stories = [make_article(["en"], section=politics, at=now - timedelta(hours=n)) for n in range(60)]
    quiet = make_article(["en"], section=tea, at=now - timedelta(days=30))
    for position, (number, kind) in enumerate(
        [(50, Place.BREAKING), (51, Place.LEAD), (50, Place.LEAD), (52, Place.SECOND), (53, Place.SECOND),
         (54, Place.SECOND), (55, Place.SECOND), (56, Place.FEATURE), (0, Place.FEATURE)]
    ):  # fmt: skip
        place(stories[number], kind, position=position)
    place(stories[57], Place.SECTION, section=tea)
    place(stories[51], Place.SECTION, section=politics)
    for number in (58, 3, 51):
        ReadCount.objects.create(article=stories[number], language="en", hour=now, reads=number + 1)

    page = homepage.build("en", now)

    assert page.breaking == stories[50]
    assert page.lead == stories[51]
    assert page.seconds == stories[52:55]
    assert page.features[:2] == [stories[56], stories[0]]
    assert page.most_read == [stories[58], stories[51], stories[3]]  # a ranking, wherever they stand
    tops = {section.slug: articles for section, articles in page.sections}
    assert tops["tea"] == [stories[57], quiet]
    assert tops["politics"][0] not in (stories[51], stories[57])
    assert len(everything(page)) == len(set(everything(page)))


def test_what_is_given_a_place_is_not_taken_to_a_higher_one_by_itself():
    now = timezone.now()
    politics = make_section("politics")
    newest = make_article(["en"], section=politics, at=now - timedelta(minutes=1), lead_image=make_image())
    for n in range(1, 10):
        make_article(["en"], section=politics, at=now - timedelta(hours=n))
    place(newest, Place.SECTION, section=politics)

    page = homepage.build("en", now)

    assert page.lead != newest
    assert page.sections[0][1][0] == newest


def test_section_keeps_a_story_that_the_feed_would_take():
    now = timezone.now()
    sections = [make_section(f"s{n}", position=n) for n in range(3)]
    stories = [make_article(["en"], section=sections[n % 3], at=now - timedelta(hours=n)) for n in range(16)]

    page = homepage.build("en", now)

    assert [[story.pk for story in articles] for _section, articles in page.sections] == [
        [stories[15].pk], [stories[13].pk], [stories[14].pk]
    ]  # fmt: skip
    assert page.latest == stories[8:13]


def test_features_are_a_row_of_pictures_where_there_are_any():
    now = timezone.now()
    stories = [
        make_article(["en"], at=now - timedelta(hours=n), lead_image=make_image() if n in (0, 6, 7) else None)
        for n in range(10)
    ]

    page = homepage.build("en", now)

    assert page.lead == stories[0]
    assert page.seconds == stories[1:4]
    assert page.features == [stories[6], stories[7], stories[4], stories[5]]


def test_what_falls_out_is_replaced_by_the_latest():
    now = timezone.now()
    stories = [make_article(["en"], at=now - timedelta(hours=n)) for n in range(1, 6)]
    placed = [make_article(["en"], at=now - timedelta(days=9)) for _ in range(3)]
    place(placed[0], Place.LEAD)
    place(placed[1], Place.SECOND, until=now + timedelta(hours=1))
    place(placed[2], Place.SECOND, position=1)
    assert [homepage.build("en", now).lead, *homepage.build("en", now).seconds] == [*placed, stories[0]]

    Edition.objects.filter(article=placed[0]).update(status=Edition.Status.WITHDRAWN)
    later = homepage.build("en", now + timedelta(hours=1))

    assert later.lead == stories[0]
    assert later.seconds == [placed[2], *stories[1:3]]


def test_small_portal_keeps_a_story_in_each_section():
    now = timezone.now()
    sections = [make_section(f"s{n}", position=n) for n in range(3)]
    for n in range(40):
        make_article(["en"], section=sections[0], at=now - timedelta(hours=n))
    quiet = [make_article(["en"], section=section, at=now - timedelta(days=9)) for section in sections[1:]]
    for article in quiet:
        ReadCount.objects.create(article=article, language="en", hour=now, reads=9)

    page = homepage.build("en", now)

    assert [articles[0] for _section, articles in page.sections[1:]] == quiet


def bar(client, path="/en/"):
    found = re.search(r'<a class="breaking__text" href="([^"]*)">([^<]*)</a>', client.get(path).content.decode())
    return found and found.groups()


def test_breaking_news_bar_stands_on_every_page_of_its_language_and_goes_at_its_minute(client):
    now = timezone.now().replace(second=30, microsecond=0)
    with time_machine.travel(now, tick=False) as clock:
        article = make_article()
        slot = place(article, Place.BREAKING, text="Quake in the mountains", until=now + timedelta(seconds=20))
        for path in ("/en/", article.address("en"), "/en/states/", "/en/search/", "/en/no-such-page/"):
            assert bar(client, path) == (article.address("en"), "Quake in the mountains")
        for path in ("/", "/zh-hans/", article.address("ru")):
            assert bar(client, path) is None
        assert caching.next_due("en", now) == slot.until
        clock.shift(19)
        assert bar(client) is not None
        clock.shift(1)
        assert bar(client) is None


def test_breaking_news_without_a_text_says_the_headline_and_waits_for_its_story(client):
    now = timezone.now().replace(second=30, microsecond=0)
    with time_machine.travel(now, tick=False) as clock:
        later = make_article(["en"], at=now + timedelta(seconds=10))
        place(later, Place.BREAKING, text="Leaks too early")
        article = make_article(["en"])
        place(article, Place.BREAKING, position=1)
        assert bar(client) == (article.address("en"), article.title_en)
        clock.shift(10)
        assert bar(client) == (later.address("en"), "Leaks too early")
        Edition.objects.get(article=later).delete()
        assert bar(client) == (article.address("en"), article.title_en)


def test_slot_begins_on_a_cached_page_at_its_second(client):
    now = timezone.now().replace(second=30, microsecond=0)
    with time_machine.travel(now, tick=False) as clock:
        article = make_article(["en"], at=now - timedelta(days=3))
        newest = make_article(["en"])
        slot = place(article, Place.LEAD, since=now + timedelta(seconds=10))
        assert caching.next_due("en", now) == slot.since
        before = caching.state("en")
        assert client.get("/en/").context["home"].lead == newest
        clock.shift(10)
        assert caching.state("en") != before
        assert client.get("/en/").context["home"].lead == article


@pytest.mark.parametrize(
    "fields",
    [
        {"place": Place.SECTION},
        {"place": Place.LEAD, "section": True},
        {"since": "2026-11-25T00:00Z", "until": "2026-11-25T00:00Z"},
    ],
)
def test_database_refuses_slots_that_make_no_sense(fields):
    article = make_article(["en"])
    if "section" in fields:
        fields = fields | {"section": article.section}
    with pytest.raises(IntegrityError), transaction.atomic():
        HomepageSlot.objects.create(language="en", article=article, **fields)


def test_breaking_news_without_an_end_is_refused_by_the_database():
    slot = place(make_article(["en"]), Place.BREAKING)
    with pytest.raises(IntegrityError), transaction.atomic():
        HomepageSlot.objects.filter(pk=slot.pk).update(until=None)


@pytest.mark.parametrize("number", [1, 3, 30])
def test_whole_home_page_with_everything_on_it_takes_eleven_queries(client, number, django_assert_num_queries):
    politics = make_section("politics")
    now = timezone.now()
    for n in range(number):
        article = make_article(["en"], section=politics, at=now - timedelta(days=n))
        old = make_article(["en"], section=politics, at=now - timedelta(days=60 + n))
        for kind in Place.values:
            place(old, kind, section=politics if kind == Place.SECTION else None, position=n)
        ReadCount.objects.create(article=article, language="en", hour=now, reads=n + 1)
    client.get("/en/")
    cache.clear()
    with django_assert_num_queries(11 if number > 3 else 10):
        client.get("/en/")


@pytest.mark.parametrize("number", [1, 3, 30])
def test_number_of_queries_does_not_grow_with_the_stories(number, django_assert_num_queries):
    section = make_section()
    for _ in range(number):
        make_article(["en"], section=section)
    with django_assert_num_queries(7):
        homepage.build("en")


def test_editions_of_other_languages_do_not_appear():
    article = make_article(["ru", "en"])
    Edition.objects.filter(article=article, language="en").update(status=Edition.Status.DRAFT)

    assert everything(homepage.build("en")) == []
    assert everything(homepage.build("ru")) != []
