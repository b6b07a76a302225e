from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from news import sitemaps
from news.publication import withdraw
from states.models import State

from ..factories import make_article, make_author, make_section, make_tag

pytestmark = pytest.mark.django_db
NS = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
}
SITE = "http://127.0.0.1:8000"


def parsed(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    assert not response.cookies
    return ET.fromstring(response.content)


def file_of(article, language):
    """Numbers of rows are whatever the database's sequence gives: the file that holds one is computed."""
    return f"/sitemap-articles-{language}.xml?p={article.pk // sitemaps.PER_FILE + 1}"


def locs(root):
    return [loc.text.removeprefix(SITE) for loc in root.iter(f"{{{NS['s']}}}loc")]


def alternates(root):
    return {
        url.find("s:loc", NS).text.removeprefix(SITE): {
            link.get("hreflang"): link.get("href").removeprefix(SITE) for link in url.findall("x:link", NS)
        }
        for url in root.findall("s:url", NS)
    }


def test_index_names_files_that_answer(client):
    article = make_article(["ru", "en"])

    found = locs(parsed(client, "/sitemap.xml"))

    assert found == ["/sitemap-pages.xml", "/sitemap-topics.xml", file_of(article, "ru"), file_of(article, "en")]
    for address in found:
        assert locs(parsed(client, address))


def test_article_has_its_published_versions_as_alternates(client):
    article = make_article(["ru", "en"])
    only = make_article(["en"])
    make_article(["zh-hans"])

    found = alternates(parsed(client, file_of(article, "en")))

    ru, en = article.address("ru"), article.address("en")
    assert found == {
        en: {"ru": ru, "en": en, "x-default": ru},
        only.address("en"): {"en": only.address("en")},
    }


def test_hidden_texts_are_in_no_sitemap(client):
    make_article(["en"], published=False)
    make_article(["en"], at=timezone.now() + timedelta(days=1))
    withdraw(make_article(["en"]), "en")
    over = make_article(["en"], at=timezone.now() - timedelta(hours=5))
    over.editions.update(unpublish_at=timezone.now() - timedelta(hours=1))
    shown = make_article(["en"])

    for path in [file_of(shown, "en"), "/news-sitemap.xml"]:
        assert locs(parsed(client, path)) == [shown.address("en")]


def test_hidden_version_is_no_alternate(client):
    article = make_article(["ru", "en"])
    withdraw(article, "ru")

    assert list(alternates(parsed(client, file_of(article, "en")))[article.address("en")]) == ["en"]


def test_files_hold_ranges_of_numbers(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PER_FILE", 2)
    articles = [make_article(["en"]) for _ in range(3)]

    files = [address for address in locs(parsed(client, "/sitemap.xml")) if "-en." in address]

    assert sorted(loc for file in files for loc in locs(parsed(client, file))) == sorted(
        a.address("en") for a in articles
    )
    assert all(len(locs(parsed(client, file))) <= 2 for file in files)


@pytest.mark.parametrize("number", ["0", "99", "-1", "x", "", "9" * 30, "٣", "1.5"])
def test_file_that_is_not_there_is_404(client, number):
    make_article()

    assert client.get("/sitemap-articles-ru.xml", {"p": number}).status_code == 404


def test_topics_with_something_to_read(client):
    section, read, unread, author = make_section("tea"), make_tag("read"), make_tag("unread"), make_author("lin")
    make_article(["en"], section=section, tags=[read], authors=[author], states=[State.objects.get(iso2="KZ")])

    found = locs(parsed(client, "/sitemap-topics.xml"))

    assert {"/section/tea/", "/en/section/tea/", "/states/kz/", "/en/tag/read/", "/en/author/lin/"} <= set(found)
    assert not {"/tag/read/", "/author/lin/", f"/en/tag/{unread.slug}/"} & set(found)


def test_news_of_two_days_with_their_language(client):
    new = make_article(["en", "zh-hans"], title_en="Tea & <milk>\x0b", title_zh_hans="茶")
    make_article(["en"], at=timezone.now() - timedelta(hours=49))

    root = parsed(client, "/news-sitemap.xml")

    assert set(locs(root)) == {new.address("en"), new.address("zh-hans")}
    found = {
        n.find("n:publication/n:language", NS).text: n.find("n:title", NS).text
        for n in root.iter(f"{{{NS['n']}}}news")
    }
    assert found == {"en": "Tea & <milk>", "zh-cn": "茶"}


def test_published_is_there_at_the_next_request_in_whatever_language(client):
    article = make_article(["zh-hans"], published=False)
    assert locs(parsed(client, "/news-sitemap.xml")) == []
    assert not any("zh-hans" in address for address in locs(parsed(client, "/sitemap.xml")))

    article.publish("zh-hans")

    assert locs(parsed(client, "/news-sitemap.xml")) == [article.address("zh-hans")]
    assert file_of(article, "zh-hans") in locs(parsed(client, "/sitemap.xml"))


@pytest.mark.parametrize("number", [1, 3])
def test_file_takes_few_queries(client, number, django_assert_num_queries):
    for _ in range(number):
        article = make_article()

    with django_assert_num_queries(3):
        assert client.get(file_of(article, "ru")).status_code == 200
