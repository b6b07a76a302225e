import re
from datetime import UTC, datetime

import pytest

from tests.factories import make_article, make_section

pytestmark = pytest.mark.django_db


def switch(html):
    """{language: address} of the links of the language switch."""
    nav = html[html.index('<nav class="languages"') :].partition("</nav>")[0]
    return dict(re.findall(r'hreflang="([\w-]+)" href="([^"]+)"', nav))


def test_language_switch_leads_to_the_same_page_of_a_list_or_to_its_last_one(client):
    section = make_section("politics")
    for number in range(41):
        make_article(["en"] + ["ru"] * (number < 21) + ["zh-hans"] * (number < 1), section=section)

    assert switch(client.get("/en/section/politics/?page=2").content.decode()) == {
        "ru": "/section/politics/?page=2",
        "zh-Hans": "/zh-hans/section/politics/",
    }
    html = client.get("/en/section/politics/?page=3").content.decode()
    assert switch(html)["ru"] == "/section/politics/?page=2"
    for path in switch(html).values():
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("path", "russian"),
    [
        ("/en/search/?q=tea&amp;state=kz", "/search/?q=tea&amp;state=kz"),
        ("/en/search/?q=%22%3E&amp;page=1", "/search/?q=%22%3E"),
        ("/en/states/?on=2020-02-25", "/states/?on=2020-02-25"),
        ("/en/contact/?sent=1", "/contact/"),
    ],
)
def test_language_switch_keeps_what_was_asked_for(client, path, russian):
    assert switch(client.get(path.replace("&amp;", "&")).content.decode())["ru"] == russian


def test_canonical_and_alternate_addresses_are_without_the_query(client):
    head = client.get("/en/search/?q=tea").content.decode().partition("</head>")[0]

    assert re.search(r'<link rel="canonical" href="[^"]+/en/search/">', head)
    assert "tea" not in re.sub(r"<title>.*?</title>", "", head, flags=re.DOTALL)


def test_first_page_of_a_list_is_counted_in_one_language(client, django_assert_num_queries):
    section = make_section("politics")
    make_article(["en"], section=section)
    client.get("/en/section/politics/")
    section.save()

    with django_assert_num_queries(7):
        client.get("/en/section/politics/")


def test_menu_marks_the_section_of_an_article(client):
    article = make_article(["en"], section=make_section("politics"))

    html = client.get(article.address("en")).content.decode()

    assert '<a href="/en/section/politics/" aria-current="true">' in html


@pytest.mark.parametrize(
    ("address", "marked"), [("/archive/2026/11/24/", True), ("/archive/2026/", True), ("/section/archive/", False)]
)
def test_menu_marks_the_archive_on_its_days_alone(client, address, marked):
    make_article(section=make_section("archive"), at=datetime(2026, 11, 24, 9, tzinfo=UTC))

    html = client.get(address).content.decode()

    assert ('<a href="/archive/" aria-current="true">' in html) is marked
