from datetime import timedelta

import pytest
from django.utils import timezone

from news import homepage
from news.models import Edition, HomepageSlot
from tests.factories import make_article, make_image, make_section

pytestmark = pytest.mark.django_db
Place = HomepageSlot.Place


def everything(page):
    stories = [page.lead, *page.features, *page.latest, *page.states]
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
