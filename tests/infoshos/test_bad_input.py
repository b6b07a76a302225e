"""No address and no form answers 500, whatever is thrown at it; errors speak the language of the address."""

from urllib.parse import quote

import pytest

from infoshos.models import Page
from tests.factories import make_article, make_section

pytestmark = pytest.mark.django_db
JUNK = [
    "abc",
    "-1",
    "0",
    "1.5",
    "99999999999999999999999999",
    "١٢٣",
    "2",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "🙂" * 50,
    "\u202eevil\u202c",
    "%ff%fe",
    "%00",
    "a" * 5000,
    "../../etc/passwd",
    "{{7*7}}",
    "\r\nX-Injected: 1",
]
PATHS = [
    "/news/{}/",
    "/news/{}-x/",
    "/news/1-{}/",
    "/news/{}-x/print/",
    "/section/{}/",
    "/section/{}/feed.rss",
    "/tag/{}/",
    "/author/{}/",
    "/states/{}/",
    "/states/{}/feed.atom",
    "/states/?on={}",
    "/archive/{}/",
    "/archive/2026/{}/",
    "/archive/2026/02/{}/",
    "/search/?q={}",
    "/search/?q=a&page={}",
    "/?page={}",
    "/section/politics/?page={}",
    "/page/{}/",
    "/?idn={}",
    "/print.php?idn={}",
    "/images/{}/1/wide-320.jpg",
    "/images/aaaaaaaaaaaaaaaaaaaaaa/{}/wide-320.jpg",
    "/comments/{}/new/",
    "/comments/typo/{}/",
    "/news-sitemap.xml?p={}",
    "/sitemap.xml?p={}",
    "/{}",
]


@pytest.fixture(autouse=True)
def portal():
    make_article(section=make_section("politics"))
    Page.objects.create(slug="about", title_ru="О нас", title_en="About", title_zh_hans="关于")


@pytest.mark.parametrize("prefix", ["", "/en", "/zh-hans"])
@pytest.mark.parametrize("pattern", PATHS)
def test_junk_in_addresses_is_never_a_fault(client, prefix, pattern):
    client.raise_request_exception = False
    for junk in JUNK:
        path = prefix + pattern.format(junk if junk.startswith("%") else quote(junk))
        response = client.get(path)
        assert response.status_code in {200, 301, 302, 400, 404, 405, 422}, (path, response.status_code)
        assert "X-Injected" not in response


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/nowhere/", "Такой страницы нет"),
        ("/en/nowhere/", "There is no such page"),
        ("/zh-hans/nowhere/", "页面不存在"),
    ],
)
def test_unknown_address_is_told_in_its_language(client, path, sentence):
    response = client.get(path)

    assert response.status_code == 404
    assert sentence in response.content.decode()
    assert not response.cookies


@pytest.mark.parametrize(
    "day", ["2026/02/30", "2026/13/01", "0000/01/01", "0001/01/01", "1899/12/31", "9999/12/31", "2026/00/10"]
)
def test_day_that_does_not_exist_is_not_found(client, day):
    assert client.get(f"/en/archive/{day}/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options", "trace"])
@pytest.mark.parametrize("path", ["/", "/en/section/politics/", "/en/states/", "/en/search/", "/en/feed.rss"])
def test_pages_refuse_other_methods(client, method, path):
    assert getattr(client, method)(path).status_code == 405


@pytest.mark.parametrize("path", ["archive/0001/", "archive/0001/01/", "zh-hans/archive/0001/01/01/"])
def test_archive_of_a_year_before_time_zones_is_not_there(client, path):
    assert client.get(f"/{path}").status_code == 404
