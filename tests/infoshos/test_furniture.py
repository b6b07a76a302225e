from datetime import date

import pytest

from infoshos.furniture import furniture
from infoshos.models import Magazine, Page, PartnerLink, SiteNotice
from tests.factories import make_section

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)


def test_furniture_of_a_language_in_one_query(django_assert_num_queries):
    make_section("tea", position=2)
    make_section("politics", position=1, title_en="World")
    Page.objects.create(slug="about", title_ru="О нас", title_en="About")
    SiteNotice.objects.create(text_ru="Создано при поддержке", text_en="Made with help")
    PartnerLink.objects.create(name_ru="Секретариат", name_en="Secretariat", url="https://example.org/")
    Magazine.objects.create(number="5", month=date(2013, 7, 1), title_en="July")
    Magazine.objects.create(number="6", month=date(2013, 9, 1), title_en="September")

    with django_assert_num_queries(1):
        found = furniture("en", DAY)

    assert [(item.slug, item.title) for item in found.section] == [("politics", "World"), ("tea", "Politics")]
    assert [item.title for item in found.page] == ["About"]
    assert [item.text for item in found.notice] == ["Made with help"]
    assert [(item.title, item.url) for item in found.partner] == [("Secretariat", "https://example.org/")]
    assert [(item.slug, item.title, item.day) for item in found.magazine] == [("6", "September", date(2013, 9, 1))]


def test_what_has_no_text_in_the_language_is_left_out():
    Page.objects.create(slug="about", title_ru="О нас")
    SiteNotice.objects.create(text_ru="Создано при поддержке", text_en="")

    assert furniture("en", DAY).page == furniture("en", DAY).notice == []
    assert len(furniture("ru", DAY).page) == len(furniture("ru", DAY).notice) == 1


@pytest.mark.parametrize(
    ("since", "until", "shown"),
    [
        (None, None, True),
        (DAY, None, True),
        (date(2026, 11, 25), None, False),
        (None, date(2026, 11, 25), True),
        (None, DAY, False),
    ],
)
def test_partners_come_and_go(since, until, shown):
    PartnerLink.objects.create(name_en="Presidency", url="https://example.org/", since=since, until=until)

    assert bool(furniture("en", DAY).partner) is shown
