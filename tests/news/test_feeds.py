from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest
from django.utils import timezone

from news.models import Edition, Image
from news.publication import withdraw
from states.models import State

from ..factories import make_article, make_author, make_image, make_section, make_tag

pytestmark = pytest.mark.django_db
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def parsed(client, path):
    response = client.get(path)
    assert response.status_code == 200
    feed = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
    assert not feed.bozo
    return feed


def titles(client, path):
    return [entry.title for entry in parsed(client, path).entries]


@pytest.mark.parametrize("kind", ["rss", "atom"])
@pytest.mark.parametrize(("prefix", "lang"), [("", "ru"), ("/en", "en"), ("/zh-hans", "zh-Hans")])
def test_feed_is_in_the_language_of_its_address(client, kind, prefix, lang):
    make_article(title_ru="Чай", title_en="Tea", title_zh_hans="茶", at=NOW)
    make_article(["ru"], title_ru="Только по-русски", at=NOW - timedelta(days=1))

    feed = parsed(client, f"{prefix}/feed.{kind}")

    expected = {"ru": ["Чай", "Только по-русски"], "en": ["Tea"], "zh-Hans": ["茶"]}[lang]
    assert [entry.title for entry in feed.entries] == expected
    assert feed.feed.language.lower() == lang.lower()
    assert all(entry.link.startswith(f"http://127.0.0.1:8000{prefix}/news/") for entry in feed.entries)
    assert any(
        link.rel == "self" and link.href == f"http://127.0.0.1:8000{prefix}/feed.{kind}" for link in feed.feed.links
    )


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_item_tells_all(client, kind):
    picture = make_image(alt_en="A tea leaf", credit_en="Desk", size=(1200, 800))
    other = make_image(alt_en="A cup")
    article = make_article(
        ["en"],
        title_en="Tea & <milk>", lead_en="Less < more & more", at=NOW, section=make_section(title_en="Economy"),
        body_en='<p>Read <a href="/en/page/about/?a=1&amp;b=2">us</a>, <a href="#x">below</a>.</p>'
        f'<figure><img src="/images/{other.token}/" alt="x"></figure>'
        '<p><img src="/images/AAAAAAAAAAAAAAAAAAAAAA/" alt="gone"></p>',
        tags=[make_tag(name_en="Drinks")], authors=[make_author(name_en="Lin Mei")], lead_image=picture,
    )  # fmt: skip
    Edition.objects.filter(article=article).update(updated_at=NOW + timedelta(hours=2))

    [entry] = parsed(client, f"/en/feed.{kind}").entries

    assert entry.title == "Tea & <milk>" or entry.title == "Tea &amp; &lt;milk&gt;"
    assert entry.summary in {"Less &lt; more &amp; more", "Less < more & more"}
    assert entry.id == f"http://127.0.0.1:8000/en/news/{article.pk}/"
    assert entry.link == f"http://127.0.0.1:8000{article.address('en')}"
    assert entry.published_parsed[:5] == (2026, 3, 10, 9, 0)
    if kind == "atom":
        assert entry.updated_parsed[:4] == (2026, 3, 10, 11)
    assert [tag.term for tag in entry.tags] == ["Economy", "Drinks"]
    assert entry.author == "Lin Mei"
    content = entry.content[0].value
    assert 'href="http://127.0.0.1:8000/en/page/about/?a=1&amp;b=2"' in content
    assert f'href="http://127.0.0.1:8000{article.address("en")}#x"' in content
    assert content.count("<img") == 1
    assert f'src="http://127.0.0.1:8000/images/{other.token}/1/full-1040.jpg"' in content
    assert 'alt="A cup"' in content
    [media] = entry.media_content
    assert media["url"] == f"http://127.0.0.1:8000/images/{picture.token}/1/full-1040.jpg"
    assert (media["width"], media["height"], media["type"]) == ("1040", "693", "image/jpeg")


def test_id_stays_when_the_headline_changes(client):
    article = make_article(["en"])
    [before] = parsed(client, "/en/feed.rss").entries
    Edition.objects.filter(article=article).update(slug="another-slug")
    article.title_en = "Another"
    article.save()

    [after] = parsed(client, "/en/feed.rss").entries

    assert before.id == after.id
    assert before.link != after.link


@pytest.mark.parametrize(
    "path", ["/en/feed.rss", "/en/feed.atom", "/en/section/tea/feed.rss", "/en/states/kz/feed.atom"]
)
def test_hidden_texts_are_in_no_feed(client, path):
    section, states = make_section("tea"), [State.objects.get(iso2="KZ")]
    kwargs = {"section": section, "states": states}
    make_article(title_en="Draft", published=False, **kwargs)
    make_article(title_en="Tomorrow", at=timezone.now() + timedelta(days=1), **kwargs)
    withdraw(make_article(title_en="Withdrawn", **kwargs), "en")
    over = make_article(title_en="Over", at=timezone.now() - timedelta(days=2), **kwargs)
    over.editions.filter(language="en").update(unpublish_at=timezone.now() - timedelta(days=1))
    make_article(["ru"], **kwargs)
    make_article(title_en="Shown", **kwargs)

    assert titles(client, path) == ["Shown"]


def test_section_and_state_have_their_own(client):
    tea, milk = make_section("tea", title_en="Tea"), make_section("milk", title_en="Milk")
    make_article(title_en="One", section=tea, states=[State.objects.get(iso2="KZ")])
    make_article(title_en="Two", section=milk, states=[State.objects.get(iso2="UZ")])

    assert titles(client, "/en/section/tea/feed.rss") == ["One"]
    assert titles(client, "/en/states/uz/feed.atom") == ["Two"]
    assert parsed(client, "/en/section/tea/feed.rss").feed.title == "InfoSCO: Tea"


@pytest.mark.parametrize("path", ["/en/section/none/feed.rss", "/en/states/zz/feed.rss", "/section/none/feed.atom"])
def test_unknown_is_404(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_feed_without_articles_is_valid_and_does_not_change(client, kind, time_machine):
    time_machine.move_to(NOW, tick=False)
    make_article(["ru"])
    first = client.get(f"/en/feed.{kind}")
    assert parsed(client, f"/en/feed.{kind}").entries == []

    time_machine.move_to(NOW + timedelta(hours=3), tick=False)

    assert client.get(f"/en/feed.{kind}").content == first.content


def test_published_is_in_the_feed_at_the_next_request(client):
    article = make_article(["en"], published=False, title_en="Tea")
    assert titles(client, "/en/feed.rss") == []

    article.publish("en")

    assert titles(client, "/en/feed.rss") == ["Tea"]


def test_feed_answers_304(client):
    make_article()
    first = client.get("/en/feed.rss")

    again = client.get("/en/feed.rss", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert first["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert not first.cookies


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_control_characters_are_no_error(client, kind):
    make_article(
        ["en"], title_en="Tea\x0b\x1b", lead_en="\x08lead\ufffe", body_en="<p>a\x0cb]]>c</p>",
        section=make_section(title_en="Te\x01a"), tags=[make_tag(name_en="x\x02")], authors=[make_author(name_en="y\x03")],
        lead_image=make_image(alt_en="z\x04"),
    )  # fmt: skip

    [entry] = parsed(client, f"/en/feed.{kind}").entries

    assert entry.title == "Tea"


def test_rss_is_as_the_specification_wants(client):
    make_article(lead_image=make_image())
    root = ET.fromstring(client.get("/en/feed.rss").content)

    channel = root.find("channel")
    assert root.get("version") == "2.0"
    assert [channel.find(name).text for name in ("link", "language")] == ["http://127.0.0.1:8000/en/", "en"]
    item = channel.find("item")
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.find(CONTENT).text == "<p>The story's text.</p>"
    assert channel.find("image/title").text == channel.find("title").text


@pytest.mark.parametrize("number", [1, 3])
def test_feed_takes_few_queries(client, number, django_assert_num_queries):
    for _ in range(number):
        picture = make_image()
        make_article(
            authors=[make_author()], tags=[make_tag()], lead_image=picture,
            body_en=f'<p>x</p><figure><img src="/images/{picture.token}/" alt=""></figure>',
        )  # fmt: skip
    assert Image.objects.count() == number

    with django_assert_num_queries(5):
        client.get("/en/feed.rss")
