"""Whether an address inside the site leads somewhere: what the rule says is what a reader's request gets."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from infoshos.models import Magazine, Page
from news.links import dead_internal, is_internal
from news.models import Edition

from ..factories import make_article, make_author, make_image, make_section, make_tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def places():
    """{address: whether it leads somewhere}."""
    politics = make_section("politics")
    shown = make_article(["ru"], section=politics, legacy_idn=70001)
    draft = make_article(["en"], published=False)
    scheduled = make_article(["en"], at=timezone.now() + timedelta(hours=1))
    gone = make_article(["en"])
    Edition.objects.filter(article=gone).update(status="withdrawn")
    make_tag("tea", name_ru="Чай", name_en="")
    make_author("desk")
    renamed = Page.objects.create(slug="about", title_ru="О нас", title_en="About us")
    renamed.slug = "about-us"
    renamed.save()
    image = make_image()
    issue = Magazine.objects.create(month="2026-11-01")
    return {
        "/": True,
        "/en/": True,
        "/en/nowhere/": False,
        f"/news/{shown.pk}-any-slug/": True,
        f"/news/{shown.pk}/": True,
        f"/news/{shown.pk}-x/print/": True,
        f"/en/news/{shown.pk}-x/": True,  # another language is offered there
        f"/en/news/{draft.pk}-x/": False,
        f"/en/news/{scheduled.pk}-x/": False,
        f"/en/news/{gone.pk}-x/": False,
        "/en/news/999999-x/": False,
        f"/news/{'9' * 18}-x/": False,
        "/section/politics/": True,
        "/section/politics": True,  # one redirect away
        "/section/politics/feed.rss": True,
        "/section/none/": False,
        "/tag/tea/": True,
        "/en/tag/tea/": False,  # has no name there
        "/author/desk/": True,
        "/en/page/about/": True,  # its old name
        "/en/page/about-us/?x=1#top": True,
        "/zh-hans/page/about-us/": False,
        "/states/kz/": True,
        "/states/zz/": False,
        f"/images/{image.token}/1/full-320.jpg": True,
        "/images/AAAAAAAAAAAAAAAAAAAAAA/1/full-320.jpg": False,
        f"/magazine/{issue.pk}.pdf": False,
        "/magazine/": True,
        "/static/icons/icon.svg": True,
        "/static/none.svg": False,
        "/?idn=70001": True,
        "/en/?idn=70001": True,
        "/?idn=70009": False,
        "/print.php?idn=70001": True,
    }


def test_rule_says_what_a_reader_gets(places, client):
    answers = {}
    for address in places:
        status = Client().get(address, follow=True).status_code
        if not address.startswith("/static/"):
            answers[address] = status == 200

    dead = dead_internal(places, "ru")

    assert {address: address not in dead for address in places} == places
    assert answers == {address: found for address, found in places.items() if address in answers}


def test_relative_and_complete_addresses_and_those_of_others(settings):
    article = make_article(["en"])
    site = settings.SITE_URL
    good = {
        f"../{article.pk}-x/", f"{site}/en/news/{article.pk}-x/", "#note", "?page=2", "mailto:a@b.org", "tel:+7", "",
        "https://example.org/nowhere/", "//example.org/x", "http://[broken", "ftp://example.org/",
    }  # fmt: skip
    bad = {f"../{article.pk + 1}-x/", "example.org", f"{site}/nowhere/"}

    assert dead_internal(good | bad, "en") == bad


def test_address_inside_is_known_by_scheme_and_host(settings):
    host = settings.SITE_URL.partition("://")[2]
    inside = ["/x/", "x", f"https://{host}/x", f"http://www.{settings.SITE_HOST}/", f"//{host}/x", " /x "]
    outside = ["https://example.org", "mailto:x@y.org", "javascript:alert(1)", "http://[", "data:text/html,x"]

    assert [is_internal(address) for address in inside] == [True] * 6
    assert [is_internal(address) for address in outside] == [False] * 5


def test_story_that_comes_later_leads_somewhere_then():
    moment = timezone.now() + timedelta(hours=1)
    article = make_article(["en"], at=moment)
    address = f"/en/news/{article.pk}-x/"

    assert dead_internal([address], "en", moment - timedelta(minutes=1)) == {address}
    assert dead_internal([address], "en", moment) == set()


@pytest.mark.parametrize("number", [1, 20])
def test_number_of_queries_is_not_that_of_addresses(number, django_assert_num_queries):
    addresses = []
    for n in range(number):
        addresses += [f"/news/{n}-x/", f"/en/news/{n}00-x/", f"/tag/t{n}/", f"/?idn={n + 1}", f"/page/p{n}/"]

    # Articles and old numbers: one a language each; tags and pages: names, old names.
    with django_assert_num_queries(3 + 3 + 2 + 2):
        assert len(dead_internal(addresses, "ru")) == len(set(addresses))
