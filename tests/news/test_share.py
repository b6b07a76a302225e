from datetime import timedelta
from html import unescape
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from django.core.cache import cache
from django.utils import timezone, translation

from news import share

from ..factories import make_article

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def address(settings):
    settings.SITE_URL = "https://news.example"


def query(url):
    return parse_qs(urlsplit(url).query)


def test_services_get_the_address_and_the_headline():
    article = make_article(title_en='Tea & "talks" + 100 %?')
    url = f"https://news.example{article.address('en')}"
    with translation.override("en"):
        telegram, vk = share.services(article)
        mail = share.mail(article)

    assert telegram.url.startswith("https://t.me/share/url?")
    assert query(telegram.url) == {"url": [url], "text": [article.title_en]}
    assert vk.url.startswith("https://vk.com/share.php?")
    assert query(vk.url) == {"url": [url], "title": [article.title_en]}
    assert mail.startswith("mailto:?")
    assert "+" not in mail  # a mail program shows it as it stands
    assert query(mail) == {"subject": [article.title_en], "body": [f"{article.title_en}\n{url}\n"]}


@pytest.mark.parametrize(
    ("language", "marked"), [("ru", {"Telegram", "WeChat"}), ("en", set()), ("zh-hans", {"Telegram", "VK"})]
)
def test_names_in_latin_letters_are_marked_on_pages_of_other_languages(client, language, marked):
    html = client.get(make_article().address(language)).content.decode()
    section = html.partition('<section class="share"')[2].partition("</section>")[0]

    names = {part.partition("<")[0] for part in section.split('<span lang="en">')[1:]}

    assert names == marked


def test_page_asks_nobody_else(client):
    html = unescape(client.get(make_article().address("en")).content.decode())
    section = html.partition('<section class="share"')[2].partition("</section>")[0]

    assert 'href="https://t.me/share/url' in section
    assert "src=" not in section.replace('src="/en/news/', "")


def drawn(url):
    out = BytesIO()
    segno.make_qr(url, error="m").save(
        out, kind="svg", border=4, dark="#000", light="#fff", omitsize=True, xmldecl=False, svgclass=None,
        lineclass=None, nl=False,
    )  # fmt: skip
    return out.getvalue()


@pytest.mark.parametrize("language", ["ru", "en", "zh-hans"])
def test_code_holds_the_short_address_in_the_language(client, language):
    article = make_article()
    prefix = {"ru": "", "en": "/en", "zh-hans": "/zh-hans"}[language]

    response = client.get(f"{prefix}/news/{article.pk}/qr.svg")

    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    assert response.content == drawn(f"https://news.example{prefix}/news/{article.pk}/")
    assert client.get(f"{prefix}/news/{article.pk}/", follow=True).status_code == 200
    assert b"style" not in response.content
    assert response.cookies == {}


def test_code_can_be_kept_and_asked_for_again(client):
    article = make_article()
    path = f"/en/news/{article.pk}/qr.svg"
    first = client.get(path)

    assert first["Cache-Control"].startswith("public")
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_only_published_stories_have_a_code(client):
    article = make_article(["en"])
    path = f"/en/news/{article.pk}/qr.svg"
    assert client.get(path).status_code == 200
    assert client.get(f"/news/{article.pk}/qr.svg").status_code == 404  # not in Russian
    assert client.get("/en/news/999999999/qr.svg").status_code == 404

    edition = article.editions.get()
    edition.unpublish_at = timezone.now()
    edition.save()

    assert client.get(path).status_code == 404
    draft = make_article(["en"], published=False)
    scheduled = make_article(["en"], at=timezone.now() + timedelta(hours=1))
    cache.clear()
    assert client.get(f"/en/news/{draft.pk}/qr.svg").status_code == 404
    assert client.get(f"/en/news/{scheduled.pk}/qr.svg").status_code == 404


def test_preview_offers_nothing_to_hand_on(client, admin_user):
    article = make_article(["en"], published=False)
    client.force_login(admin_user)

    html = client.get(f"/en/admin/news/article/{article.pk}/preview/en/").content.decode()

    assert article.title_en in html
    assert "data-share" not in html
    assert "qr.svg" not in html
