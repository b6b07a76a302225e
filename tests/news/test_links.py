"""Where addresses inside the site lead: what the rule says is what a reader's request gets."""

from datetime import timedelta

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.test import Client
from django.utils import timezone

from infoshos.models import Magazine, Page
from news import links
from news.links import FINE, HIDDEN, MOVED, NOWHERE, OFFERED, dead_internal, is_internal, judge
from news.models import Edition

from ..factories import make_article, make_author, make_image, make_section, make_tag

pytestmark = pytest.mark.django_db
SHOWN, SENT_ON, REFUSED = "shown", "sent on", "refused"
MEANS = {FINE: SHOWN, OFFERED: SHOWN, MOVED: SENT_ON, HIDDEN: REFUSED, NOWHERE: REFUSED}


@pytest.fixture
def places():
    """{address: where it leads}."""
    politics = make_section("politics")
    shown = make_article(["ru"], section=politics, legacy_idn=70001)
    draft = make_article(["en"], published=False, legacy_idn=70002)
    scheduled = make_article(["en"], at=timezone.now() + timedelta(hours=1))
    gone, half_gone = make_article(["en"]), make_article(["ru", "en"])
    Edition.objects.filter(article__in=[gone, half_gone], language="en").update(status="withdrawn")
    no_slug = make_article(["ru"])
    Edition.objects.filter(article=no_slug).update(slug="")
    make_tag("tea", name_ru="Чай", name_en="")
    make_author("desk")
    renamed = Page.objects.create(slug="about", title_ru="О нас", title_en="About us")
    renamed.slug = "about-us"
    renamed.save()
    image = make_image()
    issue = Magazine.objects.create(month="2026-11-01")
    return {
        "/": FINE,
        "/en/": FINE,
        "/en": MOVED,
        "/en/nowhere/": NOWHERE,
        shown.address("ru"): FINE,
        shown.address("ru", "news:print"): FINE,
        f"/news/{shown.pk}-any-slug/": MOVED,
        f"/news/{shown.pk}-/print/": MOVED,
        f"/news/{shown.pk}/qr.svg": FINE,
        f"/news/{no_slug.pk}--/": FINE,
        f"/en/news/{shown.pk}-x/": OFFERED,
        f"/en/news/{shown.pk}/": OFFERED,
        f"/en/news/{shown.pk}/qr.svg": HIDDEN,
        f"/en/news/{half_gone.pk}-x/": HIDDEN,  # the page says so first
        f"/en/news/{draft.pk}-x/": HIDDEN,
        f"/en/news/{scheduled.pk}-x/": HIDDEN,
        f"/en/news/{gone.pk}-x/": HIDDEN,
        "/en/news/999999-x/": NOWHERE,
        f"/news/{'9' * 18}-x/": NOWHERE,
        f"/news/{'9' * 30}/": NOWHERE,
        "/section/politics/": FINE,
        "/section/politics": MOVED,
        "/section/politics/feed.rss": FINE,
        "/section/none/": NOWHERE,
        "/section/none": NOWHERE,
        "/tag/tea/": FINE,
        "/en/tag/tea/": HIDDEN,  # has no name there
        "/author/desk/": FINE,
        "/en/page/about/": MOVED,
        "/en/page/about-us/?x=1#top": FINE,
        "/zh-hans/page/about-us/": HIDDEN,
        "/states/kz/": FINE,
        "/states/kz/feed.atom": FINE,
        "/states/zz/": NOWHERE,
        f"/images/{image.token}/1/full-320.jpg": FINE,
        "/images/AAAAAAAAAAAAAAAAAAAAAA/1/full-320.jpg": NOWHERE,
        f"/images/{image.token}/": NOWHERE,  # for the editor
        f"/magazine/{issue.pk}.pdf": NOWHERE,
        f"/magazine/{'9' * 30}.pdf": NOWHERE,
        "/magazine/": FINE,
        "/?idn=70001": MOVED,
        "/en/?idn=70001": MOVED,
        "/cn/?idn=70001": MOVED,
        "/print.php?idn=70001": MOVED,
        "/?idn=70002": HIDDEN,
        "/?idn=70009": NOWHERE,
        "/print.php": NOWHERE,
        "/?idn=70009&idn=": FINE,  # the last one counts
        "/en/search/?idn=70009": FINE,
        "/cn/": MOVED,
        "/rss/rss_ru.xml": MOVED,
    }


def test_rule_says_what_a_reader_gets(places):
    answers = {}
    for address in places:
        response = Client().get(address, follow=True)
        answers[address] = REFUSED if response.status_code != 200 else SENT_ON if response.redirect_chain else SHOWN

    assert judge(places, "ru") == places
    assert answers == {address: MEANS[outcome] for address, outcome in places.items()}
    assert dead_internal(places, "ru") == {address for address in places if answers[address] == REFUSED}


def test_address_by_number_alone_is_as_good():
    article = make_article(["en"])
    assert judge([f"/en/news/{article.pk}/"], "en") == {f"/en/news/{article.pk}/": FINE}


def test_doors_of_the_desk_are_not_for_readers():
    doors = ["/admin/", "/en/admin", "/en/admin/news/article/", "/en/preview/x/", f"/read/1/ru/{'0' * 16}/"]
    assert judge(doors, "en") == dict.fromkeys(doors, NOWHERE)


def test_static_files_as_written_and_as_collected(tmp_path, monkeypatch):
    monkeypatch.setattr(links, "staticfiles_storage", StaticFilesStorage(tmp_path))
    (tmp_path / "icon.0a1b2c.svg").touch()
    good = ["/static/icons/icon.svg", "/static/icon.0a1b2c.svg"]
    bad = [
        "/static/none.svg",
        "/static/",
        "/static/icons",
        "/static/%2e%2e/manage.py",
        "/static//etc/passwd",
        "/static/%00",
        "/static/" + "x" * 5000,
    ]
    assert judge(good + bad, "en") == dict.fromkeys(good, FINE) | dict.fromkeys(bad, NOWHERE)


def test_own_article_may_be_linked_before_it_is_public():
    article = make_article(["en"], published=False)
    address = article.address("en")
    assert judge([address], "en") == {address: HIDDEN}
    assert judge([address], "en", own=article.pk) == {address: FINE}


def test_links_of_a_text_with_their_words():
    html = '<p>See <a href="/x/?a=1&amp;b=2">this <strong>one</strong></a>, <a href="#y">A&amp;B</a> and <a id="z">not</a>.</p>'
    assert links.links_of(html) == [("/x/?a=1&b=2", "this one"), ("#y", "A&B")]


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


@pytest.mark.parametrize("number", [1, 3])
def test_number_of_queries_is_not_that_of_addresses(number, django_assert_num_queries):
    addresses = []
    for n in range(number):
        article, tag, image = make_article(["ru"], legacy_idn=n + 1), make_tag(), make_image()
        addresses += [article.address("ru"), article.address("en"), f"/?idn={n + 1}", f"/tag/{tag.slug}/"]
        addresses += [f"/page/p{n}/", f"/states/{['kz', 'uz', 'ru'][n]}/", f"/magazine/{n}.pdf"]
        addresses += [f"/images/{image.token}/1/full-320.jpg"]

    # Articles and their editions; old slugs, tags and pages; states, issues, images.
    with django_assert_num_queries(2 + 3 + 3):
        assert len(judge(addresses, "ru")) == 8 * number
