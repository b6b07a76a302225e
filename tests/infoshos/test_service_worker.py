import re

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

from infoshos import offline
from tests.factories import make_article

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_release():
    offline.release.cache_clear()
    yield
    offline.release.cache_clear()


def test_worker_is_served_at_the_root_to_be_asked_for_each_time(client):
    response = client.get("/sw.js")

    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-cache"
    assert "nonce" not in response.headers["Content-Security-Policy"]
    assert not response.cookies
    assert client.get("/sw.js", headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert client.post("/sw.js").status_code == 405


def test_worker_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/sw.js")


def test_worker_imports_a_script_that_exists_and_names_pages_that_do(client):
    script = client.get("/sw.js").content.decode()

    [imported] = re.findall(r'importScripts\("/static/([^"]+)"\)', script)
    assert finders.find(imported)
    pages = re.findall(r'"(/[^"]*offline/)"', script)
    assert pages == ["/offline/", "/en/offline/", "/zh-hans/offline/"]
    assert [client.get(page).status_code for page in pages] == [200, 200, 200]


def test_worker_changes_with_a_static_file(client, monkeypatch):
    before = client.get("/sw.js")["ETag"]
    offline.release.cache_clear()
    monkeypatch.setattr(staticfiles_storage._wrapped, "manifest_hash", "another", raising=False)

    assert client.get("/sw.js")["ETag"] != before


def test_worker_changes_with_the_release(client, settings):
    before = client.get("/sw.js")["ETag"]
    offline.release.cache_clear()
    settings.RELEASE = "2026.11"

    assert client.get("/sw.js")["ETag"] != before


@pytest.mark.parametrize(
    ("path", "heading", "foreign"),
    [
        ("/offline/", "Связи нет", r"[\u4e00-\u9fff]"),
        ("/en/offline/", "There is no connection", r"[\u4e00-\u9fff\u0400-\u04ff]"),
        ("/zh-hans/offline/", "无网络连接", r"[\u0400-\u04ff]"),
    ],
)
def test_offline_page_shows_nothing_that_becomes_old(client, path, heading, foreign):
    make_article()

    response = client.get(path)

    html = response.content.decode()
    [main] = re.findall(r"<main\b.*?</main>", html, re.DOTALL)
    assert f"<h1>{heading}</h1>" in main
    assert not re.search(foreign, main)
    assert "/news/" not in main
    assert '<meta name="robots" content="noindex">' in html
    assert response.headers["Cache-Control"].startswith("public")
