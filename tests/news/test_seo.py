import json
import re
from datetime import UTC, datetime

import pytest
import time_machine

from news.models import Author, Edition, Section
from tests.factories import make_article, make_author, make_image, make_section, make_tag

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def meta(html):
    return dict(re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)"', html))


def json_ld(html):
    return [
        json.loads(block)
        for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    ]


@pytest.fixture
def story(settings):
    settings.SITE_URL = "https://news.example"
    with time_machine.travel(NOW, tick=False):
        yield make_article(
            section=make_section("tea", title_en="Trade"),
            at=NOW,
            title_en='Tea & "talks" </script><b>',
            lead_en="What was <said>.",
            lead_image=make_image(alt_en="A teapot"),
            tags=[make_tag("tea")],
            authors=[make_author("desk", name_en="The trade desk")],
        )


def test_article_tells_machines_what_it_is(client, story):
    html = client.get(story.address("en")).content.decode()
    article, breadcrumbs = json_ld(html)
    found = meta(html)

    assert article["@type"] == "NewsArticle"
    assert article["headline"] == story.title_en
    assert article["datePublished"] == "2026-11-24T12:00:00+03:00"
    assert article["inLanguage"] == "en"
    assert article["author"][0]["name"] == "The trade desk"
    assert article["mainEntityOfPage"]["@id"] == f"https://news.example{story.address('en')}"
    assert article["image"] == [found["og:image"]]
    assert [item["name"] for item in breadcrumbs["itemListElement"]] == ["Home", "Trade", story.title_en]
    assert found["og:type"] == "article"
    assert found["og:locale"] == "en_GB"
    assert found["og:image"].startswith("https://news.example/images/")
    assert found["og:image"].endswith("/share-1200.jpg")
    assert found["description"] == "What was &lt;said&gt;."
    assert client.get(found["og:image"].removeprefix("https://news.example"))["Content-Type"] == "image/jpeg"


def test_headline_can_not_end_the_data_block(client, story):
    html = client.get(story.address("en")).content.decode()

    assert "</script><b>" not in html


@pytest.mark.parametrize(
    "change", [{"status": "draft"}, {"status": "review"}, {"published_at": datetime(2027, 1, 1, tzinfo=UTC)}]
)
def test_what_is_not_published_is_told_to_no_machine(client, story, change):
    Edition.objects.filter(article=story, language="en").update(**change)
    html = client.get(f"/en/news/{story.pk}-story/").content.decode()

    assert "talks" not in html
    assert "NewsArticle" not in {block["@type"] for block in json_ld(html)}
    assert 'name="robots" content="noindex"' in html


def test_small_picture_is_shared_at_its_own_size(client, story):
    story.lead_image = make_image(size=(700, 500))
    story.save()
    found = meta(client.get(story.address("en")).content.decode())

    assert int(found["og:image:width"]) <= 700
    assert client.get(found["og:image"].removeprefix("https://news.example")).status_code == 200


def test_home_page_names_its_search(client, story):
    (site,) = json_ld(client.get("/en/").content.decode())

    assert site["potentialAction"]["target"]["urlTemplate"] == "https://news.example/en/search/?q={search_term_string}"


@pytest.mark.parametrize(
    "path",
    ["/en/", "/en/section/tea/", "/en/tag/tea/", "/en/author/desk/", "/en/archive/2026/11/24/", "/en/states/kz/"],
)
def test_every_kind_of_page_has_a_description_and_its_address(client, story, path):
    Section.objects.update(description_en="All about tea.")
    Author.objects.update(bio_en="Writes about tea.")
    html = client.get(path).content.decode()

    assert meta(html)["description"]
    assert meta(html)["og:url"] == f"https://news.example{path}"
    assert f'<link rel="canonical" href="https://news.example{path}">' in html


def test_no_two_pages_share_a_description(client, story):
    paths = [
        "",
        "contact/",
        "corrections/",
        "magazine/",
        "search/",
        "states/",
        "archive/",
        "section/tea/",
        "states/kz/",
    ]

    found = [meta(client.get(f"/en/{path}").content.decode()).get("description") for path in paths]

    assert found[0] == "News of the Shanghai Cooperation Organisation"
    assert found[1].startswith("Write to the desk")
    told = [description for description in found if description]
    assert len(told) == len(set(told)) >= 4


def test_a_shared_link_to_a_page_without_a_description_says_whose_it_is(client):
    make_article(section=make_section("politics"))
    found = meta(client.get("/en/section/politics/").content.decode())

    assert (found.get("description"), found["og:title"]) == (None, "Politics")
    assert found["og:description"] == "News of the Shanghai Cooperation Organisation"
