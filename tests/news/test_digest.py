import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news import digest
from news.models import Correction, Edition, GalleryItem
from states.models import State

from ..factories import make_article, make_author, make_image, make_section

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOON = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = "/en/digest/2026-11-24/"
FOREIGN = {"": r"[\u4e00-\u9fff]", "/en": r"[\u4e00-\u9fff\u0400-\u04ff]", "/zh-hans": r"[\u0400-\u04ff]"}


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


def main(response):
    [html] = re.findall(r"<main\b.*?</main>", response.content.decode(), re.DOTALL)
    return html


def titles(response):
    """The stories in their order, from the contents and from the texts: the same."""
    html = main(response)
    contents = re.findall(r'<a href="#story-(\d+)">', html)
    assert contents == re.findall(r'<article class="[^"]*" id="story-(\d+)"', html)
    return [int(pk) for pk in contents]


def states(*codes):
    return list(State.objects.filter(iso2__in=codes))


def test_day_is_a_moscow_day_and_newest_stories_come_first(client):
    before = make_article(at=datetime(2026, 11, 23, 20, 59, tzinfo=UTC))
    first = make_article(at=datetime(2026, 11, 23, 21, 0, tzinfo=UTC))
    last = make_article(at=NOON)

    response = client.get(DAY)

    assert response.status_code == 200
    assert titles(response) == [last.pk, first.pk]
    assert before.title_en not in response.content.decode()
    assert '<h1 class="digest__title">Digest: 24\u00a0November 2026</h1>' in main(response)


def test_story_stands_there_whole(client):
    image = make_image(alt_en="A dam", caption_en="The dam")
    article = make_article(
        at=NOON,
        authors=[make_author()],
        lead_en="The lead.",
        lead_image=image,
        source_name_en="The ministry",
        source_url="https://example.org/source",
        body_en=f'<h2>A part</h2><p>Words with <a href="/en/states/kz/">a link</a>.</p>'
        f'<figure><img src="/images/{image.token}/"></figure>',
    )
    GalleryItem.objects.create(article=article, image=image)  # what leads is on paper once

    html = main(client.get(DAY))

    link = "http://127.0.0.1:8000/en/states/kz/"
    for part in ("1.</span> " + article.title_en, "The lead.", "The desk", "12:00", "The ministry", "<h3>A part</h3>"):
        assert part in html
    assert html.count('alt="A dam"') == 2
    assert f'<li><a class="address" href="{link}">{link}</a></li>' in html
    assert f"http://127.0.0.1:8000{article.address('en')}" in html


@pytest.mark.parametrize("prefix", FOREIGN)
def test_digest_is_in_one_language(client, prefix):
    make_article(at=NOON, section=make_section(), states=states("KZ"), authors=[make_author()])

    for query in ("", "?state=KZ"):
        html = main(client.get(f"{prefix}/digest/2026-11-24/{query}"))
        assert "story-" in html
        assert not re.search(FOREIGN[prefix], html)


@pytest.mark.parametrize(
    "hide",
    [
        {"status": Edition.Status.DRAFT, "published_at": None},
        {"status": Edition.Status.WITHDRAWN},
        {"published_at": NOW + timedelta(hours=1)},
        {"unpublish_at": NOW - timedelta(minutes=1)},
        {"language": "ru"},
    ],
)
def test_what_readers_may_not_see_is_in_no_digest(client, hide):
    article = make_article(["en"], at=NOON, states=states("KZ"), title_ru="Не переведено", body_ru="<p>Текст</p>")
    addresses = [DAY, "/en/digest/?state=KZ", "/en/digest/?from=2026-11-20&to=2026-11-24"]
    assert [titles(client.get(address)) for address in addresses] == [[article.pk]] * 3
    Edition.objects.filter(article=article).update(**hide)
    cache.clear()

    for address in addresses:
        assert titles(client.get(address)) == []
        assert "There is no news of it in these days." in main(client.get(address))


def test_new_story_is_in_the_kept_digest_at_once(client):
    make_article(at=NOON)
    client.get(DAY)

    article = make_article(at=NOON)

    assert article.pk in titles(client.get(DAY))


def test_day_of_a_state_or_a_section(client):
    politics, economy = make_section("politics"), make_section("economy", title_en="Economy")
    both = make_article(at=NOON, section=politics, states=states("KZ", "RU"))
    other = make_article(at=NOON - timedelta(minutes=1), section=economy, states=states("RU"))

    assert titles(client.get(f"{DAY}?state=KZ")) == [both.pk]
    assert titles(client.get(f"{DAY}?state=kz")) == [both.pk]
    assert titles(client.get(f"{DAY}?state=RU")) == [both.pk, other.pk]
    assert titles(client.get(f"{DAY}?section=economy")) == [other.pk]
    assert titles(client.get(f"{DAY}?section=economy&state=KZ")) == []
    assert '<p class="digest__name">Kazakhstan</p>' in main(client.get(f"{DAY}?state=KZ"))
    assert '<p class="digest__name">Economy</p>' in main(client.get(f"{DAY}?section=economy"))


def test_state_without_days_is_the_last_week(client):
    old = make_article(at=NOON - timedelta(days=7), states=states("KZ"))
    week = [make_article(at=NOON - timedelta(days=days), states=states("KZ")) for days in (0, 6)]

    response = client.get("/en/digest/?state=KZ")

    assert titles(response) == [article.pk for article in week]
    assert "Digest: 18\u00a0November 2026 – 24\u00a0November 2026" in main(response)
    assert titles(client.get("/en/digest/?state=KZ&from=2026-11-01&to=2026-11-17")) == [old.pk]
    assert titles(client.get("/en/digest/?state=KZ&to=2026-11-18")) == [week[1].pk, old.pk]
    assert titles(client.get("/en/digest/?state=KZ&from=2026-11-17")) == [week[0].pk, week[1].pk, old.pk]


def test_one_day_has_one_address(client):
    response = client.get("/en/digest/?from=2026-11-20&to=2026-11-20&state=KZ&section=")

    assert (response.status_code, response["Location"]) == (302, "/en/digest/2026-11-20/?state=KZ")


@pytest.mark.parametrize(
    ("home", "first", "last"),
    [
        ("/", "19.11.2026", "20 ноября 2026"),
        ("/en/", "19/11/2026", "20 November 2026"),
        ("/zh-hans/", "2026/11/19", "2026年11月20日"),
    ],
)
def test_days_are_typed_as_in_the_page_s_language(client, home, first, last):
    response = client.get(f"{home}digest/", {"from": first, "to": last})

    assert response.context["days"] == [date(2026, 11, 19), date(2026, 11, 20)]
    # Other languages have an address that they understand as well.
    assert response.context["address"].endswith("from=2026-11-19&to=2026-11-20")


@pytest.mark.parametrize("days", [31, 32])
def test_digest_holds_at_most_31_days(client, days):
    make_article(at=NOON)
    first = (NOW - timedelta(days=days - 1)).date()

    response = client.get(f"/en/digest/?from={first}&to=2026-11-24")

    if days == 31:
        assert (response.status_code, len(titles(response))) == (200, 1)
    else:
        assert response.status_code == 200
        assert titles(response) == []
        assert "A digest holds at most 31 days." in response.content.decode()
        assert f'value="{first:%d/%m/%Y}"' in response.content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("state=xx", "There is no state “XX”. Choose one of the list."),
        ("state=%3Cb%3E", "There is no state “&lt;B&gt;”."),
        ("section=nothing", "There is no section “nothing”. Choose one of the list."),
        ("from=2026-02-30", "There is no such day."),
        ("from=yesterday&state=KZ", "There is no such day."),
        ("to=2026-11-25", "This day has not come yet."),
        ("from=9999-12-31", "This day has not come yet."),
        ("from=0001-01-01", "There is no news of that time."),
        ("to=0001-01-01", "There is no news of that time."),
        ("from=2026-11-20&to=2026-11-19", "The last day lies before the first one."),
    ],
)
def test_what_can_t_be_is_told_next_to_its_field(client, query, words):
    response = client.get(f"/en/digest/?{query}")

    assert response.status_code == 200
    [shown] = re.findall(r'<strong class="digest__error" id="([^"]+)_error">([^<]*)<', response.content.decode())
    assert words in shown[1]
    assert f'aria-describedby="{shown[0]}_error"' in response.content.decode()
    assert 'name="robots" content="noindex' in response.content.decode()


@pytest.mark.parametrize("day", ["2026-13-01", "2026-02-30", "0000-01-01", "2026-11-25", "9999-12-31"])
def test_day_that_is_none_or_has_not_come_is_not_found(client, day):
    assert client.get(f"/en/digest/{day}/").status_code == 404


def test_day_in_the_first_year_is_not_found(client):
    assert client.get("/en/digest/0001-01-01/").status_code == 404


def test_unnamed_section_does_not_exist_for_its_readers(client):
    make_article(at=NOON, section=make_section("politics", title_en=""))

    assert client.get(f"{DAY}?section=politics").status_code == 404
    assert client.get("/digest/2026-11-24/?section=politics").status_code == 200


@pytest.mark.parametrize("number", [3, 4])
def test_long_digest_comes_in_numbered_parts(client, monkeypatch, number):
    monkeypatch.setattr(digest, "PER_PART", 3)
    made = [make_article(at=NOON - timedelta(minutes=minutes)) for minutes in range(number)]

    response = client.get(DAY)

    assert titles(response) == [article.pk for article in made[:3]]
    assert ("Part 1 of 2: stories 1 to 3." in main(response)) is (number == 4)
    assert client.get(f"{DAY}?page=3").status_code == 404
    if number == 4:
        second = client.get(f"{DAY}?page=2")
        assert titles(second) == [made[3].pk]
        assert '<ol start="4">' in main(second)
        assert '<span class="digest__number">4.</span>' in main(second)
        assert f'<a href="{DAY}?page=2">2</a>' in main(response)


def test_alternates_are_the_languages_that_have_news_of_it(client):
    section = make_section("politics", title_zh_hans="")
    make_article(at=NOON, section=section, states=states("KZ"))
    make_article(["ru"], at=NOON - timedelta(days=1), section=section, states=states("KZ"))

    def found(path):
        pattern = r'<link rel="alternate" hreflang="([^"]+)" href="http://127.0.0.1:8000([^"]+)">'
        return dict(re.findall(pattern, client.get(path).content.decode()))

    assert found(f"{DAY}?state=KZ") == {
        "ru": "/digest/2026-11-24/?state=KZ",
        "en": "/en/digest/2026-11-24/?state=KZ",
        "zh-Hans": "/zh-hans/digest/2026-11-24/?state=KZ",
        "x-default": "/digest/2026-11-24/?state=KZ",
    }
    assert set(found(f"{DAY}?section=politics")) == {"ru", "en", "x-default"}
    assert set(found("/digest/2026-11-23/")) == {"ru", "x-default"}
    assert (
        found("/en/digest/?section=politics")["ru"]
        == "/digest/?from=2026-11-18&amp;to=2026-11-24&amp;section=politics"
    )


def test_language_switch_names_each_part_of_the_choice_once(client):
    make_article(["ru", "en"], at=NOON, states=[State.objects.get(iso2="KZ")])

    page = client.get("/digest/?state=KZ&from=2026-11-18&to=2026-11-24").content.decode()

    [href] = re.findall(r'hreflang="en" href="(/en/digest/[^"]+)"', page)
    assert parse_qs(unescape(urlsplit(href).query)) == {"state": ["KZ"], "from": ["2026-11-18"], "to": ["2026-11-24"]}


def test_digest_is_not_indexed_and_kept_as_other_public_pages(client):
    make_article(at=NOON)

    for address in (DAY, "/en/digest/?state=KZ", "/en/digest/"):
        response = client.get(address)
        assert '<meta name="robots" content="noindex, follow">' in response.content.decode()
        assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert not response.cookies
        assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_archive_day_state_and_section_lead_to_their_digests(client):
    make_article(at=NOON, section=make_section("politics"), states=states("KZ"))

    assert f'href="{DAY}"' in client.get("/en/archive/2026/11/24/").content.decode()
    assert 'href="/en/digest/?state=KZ"' in client.get("/en/states/kz/").content.decode()
    assert 'href="/en/digest/?section=politics"' in client.get("/en/section/politics/").content.decode()


@pytest.mark.parametrize("number", [3, 30])
def test_queries(client, number):
    section, author, state = make_section("politics"), make_author(), states("KZ")
    for minutes in range(number):
        image = make_image()
        article = make_article(
            at=NOON - timedelta(minutes=minutes),
            section=section,
            authors=[author],
            states=state,
            lead_image=image,
            body_en=f'<figure><img src="/images/{image.token}/"></figure><p>Text</p>',
        )
        GalleryItem.objects.create(article=article, image=image)
    client.get("/en/")

    counted = {}
    for name, address in {
        "day": DAY,
        "state": "/en/digest/?state=KZ",
        "section": "/en/digest/?section=politics&from=2026-11-20",
        "form": "/en/digest/",
        "wrong": "/en/digest/?state=xx",
    }.items():
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counted[name] = len(captured)

    assert counted == {"day": 9, "state": 8, "section": 8, "form": 2, "wrong": 2}


def test_tables_of_several_stories_are_no_landmarks_of_one_name(client):
    for number in (1, 2):
        make_article(["en"], body_en=f"<table><tbody><tr><td>{number}</td></tr></tbody></table>")

    html = client.get(f"/en/digest/{timezone.localdate()}/").content.decode()

    assert html.count('<div class="table-scroll" role="group" tabindex="0" aria-label="Table 1"><table') == 2


def test_no_name_of_a_place_in_the_page_stands_twice(client):
    for _story in range(2):
        article = make_article(at=NOON)
        Correction.objects.create(article=article, language="en", text="It was Tuesday.", corrected_at=NOON)

    page = client.get(DAY).content.decode()

    assert page.count("It was Tuesday.") == 2
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
