from datetime import timedelta

import pytest
from django.utils import timezone, translation

from news.models import Article
from news.related import NEWEST, NUMBER, related
from states.models import State

from ..factories import make_article, make_section, make_tag

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def kz():
    return State.objects.get(iso2="KZ")


@pytest.fixture
def uz():
    return State.objects.get(iso2="UZ")


def page(article):
    """As the page of the article knows it."""
    return Article.objects.in_language().for_page().get(pk=article.pk)


def test_nearest_come_first(kz, uz):
    politics, sport = make_section("politics"), make_section("sport")
    tea = make_tag("tea")
    article = make_article(section=politics, tags=[tea], states=[kz, uz])
    by_section = make_article(section=politics)
    by_state = make_article(section=sport, states=[kz])
    by_states_and_section = make_article(section=politics, states=[kz, uz])
    by_tag_and_section = make_article(section=politics, tags=[tea])

    assert related(page(article)) == [by_states_and_section, by_tag_and_section, by_state, by_section]


def test_among_equals_the_newest_come_first(kz):
    now = timezone.now()
    article = make_article(states=[kz])
    older, newer = (make_article(states=[kz], at=now - timedelta(hours=hours)) for hours in (5, 2))

    assert related(page(article)) == [newer, older]


def test_stranger_and_the_story_itself_are_not_related(kz):
    article = make_article(section=make_section("politics"), states=[kz])
    make_article(section=make_section("sport"), tags=[make_tag()])

    assert related(page(article)) == []


@pytest.mark.parametrize("hidden", ["draft", "scheduled", "withdrawn", "other language", "no headline"])
def test_what_the_reader_may_not_see_is_not_related(kz, hidden):
    article = make_article(states=[kz])
    other = make_article(states=[kz])
    assert related(page(article)) == [other]

    edition = other.editions.filter(language="en")
    if hidden == "draft":
        edition.update(status="draft")
    elif hidden == "scheduled":
        edition.update(published_at=timezone.now() + timedelta(hours=1))
    elif hidden == "withdrawn":
        edition.update(unpublish_at=timezone.now() - timedelta(seconds=1))
    elif hidden == "other language":
        edition.delete()
    else:
        Article.objects.filter(pk=other.pk).update(title_en="")

    assert related(page(article)) == []


def test_at_most_four(kz):
    article = make_article(states=[kz])
    for _number in range(NUMBER + 1):
        make_article(states=[kz])

    assert len(related(page(article))) == NUMBER == 4


def test_only_the_newest_of_a_label_are_looked_at(kz):
    section = make_section("politics")
    first = make_article(["en"], section=section, states=[kz], at=timezone.now())
    article = make_article(["en"], section=make_section("sport"), states=[kz])
    for _number in range(NEWEST - 2):
        make_article(["en"], section=section, states=[kz], at=timezone.now() - timedelta(days=1))
    assert related(page(article))[0] == first

    make_article(["en"], section=section, states=[kz], at=timezone.now() - timedelta(days=1))

    assert first not in related(page(article))


@pytest.mark.parametrize("number", [1, 3])
def test_one_query_however_many_labels(django_assert_num_queries, number):
    states, tags = list(State.objects.all()[: number * 3]), [make_tag() for _number in range(number)]
    article = make_article(states=states, tags=tags)
    others = [make_article(states=states, tags=tags) for _number in range(number)]
    shown = page(article)

    with django_assert_num_queries(1):
        found = related(shown)
        assert [(story.section.title, story.edition.slug, story.lead_image) for story in found]

    assert set(found) == set(others)


def test_page_leads_to_related_stories(client, kz):
    article, other = make_article(states=[kz]), make_article(states=[kz])

    html = client.get(article.address("en")).content.decode()

    box = html.partition('aria-labelledby="related"')[2].partition("</section>")[0]
    assert f'href="{other.address("en")}"' in box
    assert article.title_en not in box
