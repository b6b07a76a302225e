import re
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from news import video
from news.models import GalleryItem
from states.models import State

from ..factories import make_article, make_author, make_image, make_section, make_tag

pytestmark = pytest.mark.django_db

FOREIGN = {"ru": r"[\u4e00-\u9fff]", "en": r"[\u4e00-\u9fff\u0400-\u04ff]", "zh-hans": r"[\u0400-\u04ff]"}
PREFIX = {"ru": "", "en": "/en", "zh-hans": "/zh-hans"}
RUTUBE = "https://rutube.ru/video/0123456789abcdef0123456789abcdef/"


def main(response):
    [html] = re.findall(r"<main\b.*?</main>", response.content.decode(), re.DOTALL)
    return html


def stories(number, **fields):
    """Stories with all that a list or a page of one can show; each has a state, a tag, an author and pictures."""
    state, tag, author, image = State.objects.get(iso2="KZ"), make_tag(), make_author(), make_image()
    made = []
    for _number in range(number):
        article = make_article(states=[state], tags=[tag], authors=[author], lead_image=image, **fields)
        GalleryItem.objects.create(article=article, image=image)
        made.append(article)
    return made


def queries(client, path):
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("number", [3, 30])
def test_queries_of_pages(client, number):
    section = make_section("politics")
    [article, *_others] = stories(number, section=section)
    client.get("/en/")  # content types, sites and the like are looked up once a process

    counted = {
        name: queries(client, path)
        for name, path in {
            "home": "/en/",
            "section": "/en/section/politics/",
            "article": article.address("en"),
            "state": "/en/states/kz/",
            "print": article.address("en", "news:print"),
        }.items()
    }

    assert counted == {"home": 11, "section": 7, "article": 11, "state": 9, "print": 6}


def test_article_shows_its_parts_in_the_language_of_the_address(client):
    image = make_image(alt_ru="Плотина", alt_en="A dam", caption_ru="Подпись", credit_en="Our desk")
    article = make_article(
        lead_image=image,
        tags=[make_tag("tea")],
        authors=[make_author()],
        states=[State.objects.get(iso2="KZ")],
        lead_en="The lead.",
    )

    html = main(client.get(article.address("en")))

    assert f'<h1 class="story__title" data-typo-field="title">{article.title_en}</h1>' in html
    assert "The lead." in html
    assert 'alt="A dam"' in html
    assert "Our desk" in html
    assert "Tea" in html
    assert "The desk" in html
    assert "Kazakhstan" in html
    assert "Moscow time" in html
    assert not re.search(FOREIGN["en"], html)


@pytest.mark.parametrize("language", PREFIX)
def test_switch_marks_the_language_and_says_what_is_not_translated(client, language):
    article = make_article([language])

    html = client.get(article.address(language)).content.decode()

    assert html.count('class="languages__absent"') == 2
    assert html.count('hreflang="x-default"') == 1
    [current] = re.findall(r'lang="([^"]+)" aria-current="true"', html)
    assert current == {"zh-hans": "zh-Hans"}.get(language, language)


def test_alternates_name_only_what_exists(client):
    article = make_article(["ru", "en"])

    html = client.get(article.address("en")).content.decode()

    found = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)"', html)
    assert [code for code, _url in found] == ["ru", "en", "x-default"]
    assert found[0][1].endswith(article.address("ru"))
    assert found[2] == ("x-default", found[0][1])


def test_section_without_a_name_in_a_language_is_not_offered_there(client):
    make_section("culture", title_zh_hans="")

    html = client.get("/en/section/culture/").content.decode()

    assert 'href="/section/culture/"' in html
    assert "/zh-hans/section/culture/" not in html


def test_other_language_is_offered_with_its_own_lang_and_not_indexed(client):
    article = make_article(["ru"])

    response = client.get(f"/en/news/{article.pk}-x/")

    html = response.content.decode()
    assert response.status_code == 200
    assert '<meta name="robots" content="noindex">' in html
    assert 'rel="canonical"' not in html
    assert f'hreflang="ru">{article.title_ru}</a>' in html
    assert '<li class="offers__item" lang="ru">' in html


def test_picture_in_the_text_gets_renditions_and_the_librarys_words(client):
    image = make_image(alt_en="A dam", caption_en="The caption")
    article = make_article(["en"], body_en=f'<figure><img src="/images/{image.token}/" alt="old"></figure>')

    html = main(client.get(article.address("en")))

    assert f'srcset="/images/{image.token}/1/full-320.avif 320w' in html
    assert 'alt="A dam"' in html
    assert "The caption" in html
    assert f'src="/images/{image.token}/"' not in html


def test_picture_that_the_library_lost_leaves_no_trace(client):
    article = make_article(["en"])
    article.body_en = '<p>Text.</p><figure><img src="/images/aaaaaaaaaaaaaaaaaaaaaa/" alt=""></figure>'
    article.save()

    body = re.search(r"story__body.*?</div>", main(client.get(article.address("en"))), re.DOTALL)[0]

    assert "figure" not in body


def test_table_scrolls_in_a_region_with_a_name(client):
    article = make_article(["en"])
    article.body_en = "<table><tbody><tr><td><p>1</p></td></tr></tbody></table>"
    article.save()

    html = main(client.get(article.address("en")))

    assert '<div class="table-scroll" role="region" tabindex="0" aria-label="Table 1">' in html
    assert "<td>1</td>" in html


@pytest.mark.parametrize(
    ("cells", "wide"),
    [
        (["Kazakhstan", "The ministers agreed on a long list of matters. " * 20], False),
        (["Entrepreneurship"] * 4, False),
        (["Entrepreneurship"] * 5, True),
        (["12.5"] * 12, False),
        (["12.5"] * 13, True),
        (["政府间委员会"] * 19, False),
        (["政府间委员会"] * 20, True),
        (["Ministry", "https://example.org/" + "a" * 60], True),
        (["1\u00a0234\u00a0567\u00a0890,05"] * 5, True),
    ],
)
def test_table_whose_words_are_wider_than_paper_is_marked(client, cells, wide):
    article = make_article(["en"])
    row = "".join(f'<td><a href="https://example.org/{"a" * 90}">{cell}</a></td>' for cell in cells)
    article.body_en = f"<table><tbody><tr><td><p>1</p></td></tr><tr>{row}</tr></tbody></table>"
    article.save()

    for view, role in (("news:article", "region"), ("news:print", "group")):
        html = client.get(article.address("en", view)).content.decode()
        assert (f'<div class="table-scroll table-scroll--wide" role="{role}"' in html) is wide
        assert (f'<div class="table-scroll" role="{role}"' in html) is not wide


def test_video_is_a_card_and_its_page_alone_may_frame_the_host(client):
    plain = make_article(["en"])
    article = make_article(["en"])
    article.body_en = f'<p><a href="{RUTUBE}">The film</a></p>'
    article.save()

    for _time in range(2):  # rendered, and from the cache
        response = client.get(article.address("en"))
        assert "frame-src https://rutube.ru" in response["Content-Security-Policy"]
    html = main(response)
    assert 'data-video="https://rutube.ru/play/embed/0123456789abcdef0123456789abcdef/"' in html
    assert "<iframe" not in html
    assert "frame-src" not in client.get(plain.address("en"))["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("url", "player"),
    [
        (RUTUBE, "https://rutube.ru/play/embed/0123456789abcdef0123456789abcdef/"),
        ("https://www.youtube.com/watch?v=abcdefghijk", "https://www.youtube-nocookie.com/embed/abcdefghijk"),
        ("https://youtu.be/abcdefghijk", "https://www.youtube-nocookie.com/embed/abcdefghijk"),
        ("https://vkvideo.ru/video-1_2", "https://vkvideo.ru/video_ext.php?oid=-1&id=2"),
        ("https://www.bilibili.com/video/BV1xx411c7mD/", "https://player.bilibili.com/player.html?bvid=BV1xx411c7mD"),
        ("https://www.youtube.com/watch?v=", None),
        ("https://rutube.ru.example.com/video/0123456789abcdef0123456789abcdef/", None),
        ("https://user@rutube.ru/video/0123456789abcdef0123456789abcdef/", None),
        ("https://[bad/", None),
    ],
)
def test_player_of_a_link(url, player):
    assert video.player(url) == player


def test_print_view_writes_links_out_and_has_no_navigation(client):
    article = make_article(["en"])
    article.body_en = (
        '<p><a href="https://a.example/x">One</a>, <a href="/en/states/kz/">two</a>, <a href="https://a.example/x">one</a>, '
        '<a href="mailto:press@a.example">three</a>.</p>'
    )
    article.save()

    html = client.get(article.address("en", "news:print")).content.decode()

    assert re.findall(r"\[(\d)\]", html) == ["1", "2", "1", "3"]
    assert '<li><a class="address" href="mailto:press@a.example">press@a.example</a></li>' in html
    assert '<li><a class="address" href="https://a.example/x">https://a.example/x</a></li>' in html
    assert article.address("en") in html
    assert not re.search(r"<(nav|form|button)\b", html)


def test_archive_leads_only_to_days_with_news(client):
    import datetime

    moscow = datetime.timezone(datetime.timedelta(hours=3))
    for day in (3, 7, 12):
        make_article(["en"], at=datetime.datetime(2024, 5, day, 12, tzinfo=moscow))

    html = main(client.get("/en/archive/2024/05/07/"))

    assert 'rel="prev" href="/en/archive/2024/05/03/"' in html
    assert 'rel="next" href="/en/archive/2024/05/12/"' in html
    assert 'href="/archive/2024/05/07/"' not in client.get("/en/archive/2024/05/07/").content.decode()


@pytest.mark.parametrize(
    ("prefix", "trail", "neighbours"),
    [
        ("", ["2024", "Май", "7\u00a0мая"], ["31\u00a0декабря 2023", "12\u00a0мая"]),
        ("/en", ["2024", "May", "7\u00a0May"], ["31\u00a0December 2023", "12\u00a0May"]),
        ("/zh-hans", ["2024年", "5月", "5月7日"], ["2023年12月31日", "5月12日"]),
    ],
)
def test_day_of_the_archive_says_the_year_only_where_it_is_another(client, prefix, trail, neighbours):
    for year, month, day in [(2023, 12, 31), (2024, 5, 7), (2024, 5, 12)]:
        make_article(at=datetime(year, month, day, 9, tzinfo=UTC))

    html = client.get(f"{prefix}/archive/2024/05/07/").content.decode()

    breadcrumbs, days = re.findall(r'<nav class="(?:breadcrumbs|pagination)".*?</nav>', html, re.DOTALL)
    assert re.findall(r">([^<>]*[^<>\s][^<>]*)</", breadcrumbs)[2:] == trail
    assert re.findall(r">([^<>]*[^<>\s][^<>]*)</", days) == neighbours


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("水与时间：中亚大河的同一本账", ["水与时间：", "中亚大河的同一本账"]),
        ("他说：“走吧！”，于是<走>了", ["他说：", "“走吧！”，", "于是&lt;走&gt;了"]),
        ("无标点", []),
        ("末尾有标点！", []),
        ("北京时间10：30开幕，比分2：1", ["北京时间10：30开幕，", "比分2：1"]),
    ],
)
def test_chinese_headline_in_a_list_breaks_between_its_clauses(client, title, shown):
    make_article(title_zh_hans=title)

    link = re.search(r'<a class="card__link"[^>]*>(.*?)</a>', client.get("/zh-hans/").content.decode())[1]

    assert re.findall(r'<span class="clause">(.*?)</span>', link) == shown
    assert re.sub(r"<.*?>", "", link) == escape(title)


def test_pages_of_a_list_have_ends(client):
    section = make_section("politics")
    for _number in range(41):
        make_article(["en"], section=section)

    first = main(client.get("/en/section/politics/"))
    last = main(client.get("/en/section/politics/?page=3"))

    assert 'rel="prev"' not in first
    assert 'href="?page=2"' in first
    assert 'rel="next"' not in last
    assert "Page 3 of 3" in last
    assert client.get("/en/section/politics/?page=4").status_code == 404


@pytest.mark.parametrize("language", PREFIX)
@pytest.mark.parametrize("path", ["/section/politics/", "/archive/", "/states/", "/magazine/", "/"])
def test_empty_site_has_its_pages(client, language, path):
    make_section("politics")

    assert client.get(PREFIX[language] + path).status_code == 200


def test_error_page_of_the_server_needs_no_database(client, rf, django_assert_num_queries):
    from infoshos.views import server_error

    with django_assert_num_queries(0):
        response = server_error(rf.get("/en/"))

    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()


def test_contact_form_tells_each_error_at_its_field(client):
    html = client.post("/en/contact/", {"name": "Ann", "email": "no", "subject": "", "text": "Kept"}).content.decode()

    assert 'aria-describedby="id_email_error"' in html
    assert 'id="id_email_error"' in html
    assert 'value="Ann"' in html
    assert "Kept</textarea>" in html
    assert '<div class="form__trap" aria-hidden="true">' in html


@pytest.mark.parametrize(("address", "queries"), [("/en/section/{}/?page=2", 8), ("/en/archive/2026/?page=2", 6)])
def test_a_list_is_counted_once_for_all_its_pages(client, django_assert_num_queries, address, queries):
    section = make_section()
    for _number in range(41):
        make_article(section=section, at=datetime(2026, 3, 2, 12, tzinfo=UTC))
    address = address.format(section.slug)

    assert client.get(address).context["page"].paginator.count == 41
    with django_assert_num_queries(queries):
        assert len(client.get(f"{address}&again").context["page"]) == 20

    make_article(section=section, at=datetime(2026, 3, 3, 12, tzinfo=UTC))
    assert client.get(address).context["page"].paginator.count == 42
