"""The preview: exactly the public page, for the staff, and for holders of a link until it is over."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache

from news import working_copy
from news.models import Draft, PreviewLink

from ..factories import make_article, make_author, make_image, make_section, make_tag
from .test_admin import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return signed_in("Editor")


def page(article, language="en", **query):
    query = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/en/admin/news/article/{article.pk if article else 0}/preview/{language}/?{query}"


def draft_of(client, article=None, **fields):
    return Draft.objects.create(
        user=client.user, article=article, session="s1", fields={name: [str(value)] for name, value in fields.items()}
    )


def main(response):
    return re.search(r'<article class="story".*?</article>', response.content.decode(), re.DOTALL)[0]


def unshared(html):
    """Without what only readers need: the ways to share, and the address at which their reading is counted."""
    html = re.sub(
        r' data-read="[^"]*"|<section class="share".*?</section>|<a class="story__share".*?</a>',
        "",
        html,
        flags=re.DOTALL,
    )
    return re.sub(r"\s+", " ", html)


def test_preview_of_a_published_text_is_the_public_page(editor, client):
    article = make_article(lead_image=make_image(), authors=[make_author()], tags=[make_tag()])

    for language in ("ru", "en", "zh-hans"):
        cache.clear()
        previewed, public = (
            main(c.get(path)) for c, path in ((editor, page(article, language)), (client, article.address(language)))
        )
        assert unshared(previewed) == unshared(public)


def test_preview_shows_what_waits(editor):
    article = make_article(["en"])
    working_copy.stage(article, "en", {"title": "Waiting words"})

    assert "Waiting words" in main(editor.get(page(article)))


def test_preview_shows_the_writers_own_unsaved_text(editor):
    article, tag, author = make_article(["en"], published=False), make_tag(), make_author()
    image = make_image(caption_en="A bridge")
    draft_of(
        editor, article, title_en="Unsaved words", body_en="<p>Unsaved<script>x</script></p>", tags=tag.pk,
        lead_image=image.pk, **{"bylines-TOTAL_FORMS": 1, "bylines-0-author": author.pk, "bylines-0-position": 0},
    )  # fmt: skip

    story = main(editor.get(page(article, draft="s1")))

    for words in ("Unsaved words", "<p>Unsaved</p>", "Tea", "The desk", "A bridge"):
        assert words in story
    assert "Unsaved words" not in main(editor.get(page(article)))
    article.refresh_from_db()
    assert article.title_en != "Unsaved words"
    assert not article.tags.exists()


def test_preview_of_an_article_that_was_never_saved(editor):
    section = make_section()
    draft_of(editor, title_en="Brand new", body_en="<p>Text</p>", section=section.pk)

    response = editor.get(page(None, draft="s1"))

    assert response.status_code == 200
    assert "Brand new" in main(response)
    assert editor.get(page(None)).status_code == 404
    assert signed_in("Editor").get(page(None, draft="s1")).status_code == 404
    assert signed_in("Translator").get(page(None, draft="s1")).status_code == 403


@pytest.mark.parametrize(
    "fields", [{"section": "x", "tags": "9" * 30, "source_url": "javascript:x"}, {"lead_image": ""}]
)
def test_nonsense_in_unsaved_text_is_no_fault(editor, fields):
    article = make_article(["en"], published=False)
    draft_of(editor, article, **fields)

    response = editor.get(page(article, draft="s1"))

    assert response.status_code == 200
    assert b"javascript:x" not in response.content


def test_preview_is_framed_by_ourselves_alone(editor):
    article = make_article(["en"])

    response = editor.get(page(article))

    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    frame = editor.get(f"/en/admin/news/article/{article.pk}/preview/?language=en&width=360&scheme=dark")
    assert "frame-ancestors 'none'" in frame["Content-Security-Policy"]
    assert f'src="/en/admin/news/article/{article.pk}/preview/en/?scheme=dark"' in frame.content.decode()
    assert "preview-frame__page--360" in frame.content.decode()


@pytest.mark.parametrize("language", ["ru", "en", "zh-hans"])
def test_frame_speaks_the_language_of_the_desk(editor, language):
    article = make_article()
    prefix = "" if language == "ru" else f"/{language}"

    response = editor.get(f"{prefix}/admin/news/article/{article.pk}/preview/")

    assert response.status_code == 200
    word = {"ru": "Предпросмотр", "en": "Preview", "zh-hans": "预览"}[language]
    assert word in response.content.decode()


def test_scheme_is_forced_by_the_same_colours(editor):
    article = make_article(["en"])
    assert 'href="/en/admin/news/article/scheme-dark.css"' in editor.get(page(article, scheme="dark")).content.decode()
    assert "scheme-" not in editor.get(page(article, scheme="pink")).content.decode()

    dark = editor.get("/en/admin/news/article/scheme-dark.css").content.decode()
    light = editor.get("/en/admin/news/article/scheme-light.css").content.decode()

    assert "prefers-color-scheme" not in dark + light
    assert "color-scheme: dark" in dark
    assert "@media all" in dark
    assert "@media not all" in light
    assert editor.get("/en/admin/news/article/scheme-pink.css").status_code == 404


# Links for people without an account


def make_link(client, article, language="en", days=3):
    client.post(f"/en/admin/news/article/{article.pk}/preview/", {"language": language, "days": days})
    return PreviewLink.objects.first()


def test_link_shows_one_language_of_one_article_without_an_account(editor, client):
    article = make_article(published=False, title_en="Secret words", title_ru="Тайные слова")
    other = make_article(["en"], published=False, title_en="Another secret")
    working_copy.stage(article, "en", {"lead": "Waiting lead"})
    link = make_link(editor, article)

    response = client.get(link.get_absolute_url())

    assert (response.status_code, link.created_by) == (200, editor.user)
    text = response.content.decode()
    assert "Secret words" in text
    assert "Waiting lead" in text
    assert "Тайные слова" not in text
    assert other.title_en not in text
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Frame-Options"] == "DENY"
    assert response.cookies == {}
    assert link.key not in text
    assert client.get(link.get_absolute_url().removeprefix("/en")).status_code == 404
    assert client.post(link.get_absolute_url()).status_code == 405
    assert client.get(article.address("en")).status_code == 404


def test_link_does_not_show_what_is_not_saved(editor, client):
    article = make_article(["en"], published=False)
    draft_of(editor, article, title_en="Half a thought")
    link = make_link(editor, article)

    assert "Half a thought" not in client.get(link.get_absolute_url() + "?draft=s1").content.decode()


def test_pictures_of_the_preview_are_reached_with_the_link(editor, client):
    article = make_article(["en"], published=False, lead_image=make_image())
    text = client.get(make_link(editor, article).get_absolute_url()).content.decode()

    source = re.search(r'src="(/images/[^"]+\.jpg)"', text)[1]

    assert client.get(source).status_code == 200


@pytest.mark.parametrize("days", [1, 3, 7])
def test_link_expires(editor, client, days):
    article = make_article(["en"], published=False, title_en="Secret words")
    with time_machine.travel(datetime(2026, 3, 1, 9, tzinfo=UTC), tick=False) as clock:
        link = make_link(editor, article, days=days)
        clock.shift(timedelta(days=days, seconds=-1))
        assert client.get(link.get_absolute_url()).status_code == 200
        clock.shift(timedelta(seconds=1))

        response = client.get(link.get_absolute_url())

    assert response.status_code == 410
    assert "Secret words" not in response.content.decode()
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "больше не открывается"), ("en", "This preview is over"), ("zh-hans", "预览已结束")]
)
def test_revoked_link_says_so_in_its_language(editor, client, language, words):
    article = make_article(published=False)
    link = make_link(editor, article, language)
    assert client.get(link.get_absolute_url()).status_code == 200

    editor.post(f"/en/admin/news/article/{article.pk}/preview/", {"revoke": link.pk})

    response = client.get(link.get_absolute_url())
    assert response.status_code == 410
    assert words in response.content.decode()
    link.refresh_from_db()
    assert link.revoked_by == editor.user


def test_address_that_we_have_not_signed_opens_nothing(editor, client):
    article = make_article(["en"], published=False)
    link = make_link(editor, article)
    address = link.get_absolute_url()

    for wrong in (f"/en/preview/{link.key}/", address[:-2] + "x/", "/en/preview/x:y/", "/en/preview/:/"):
        assert client.get(wrong).status_code == 404


@pytest.mark.parametrize("data", [{"days": 2}, {"days": "x"}, {"days": 30}, {"days": 1, "language": "fr"}, {}])
def test_link_has_one_of_three_times(editor, data):
    article = make_article(["en"])

    response = editor.post(f"/en/admin/news/article/{article.pk}/preview/", {"language": "en"} | data, follow=True)

    assert response.status_code == 200
    assert not PreviewLink.objects.exists()


def test_link_of_another_article_is_not_revoked_here(editor):
    one, other = make_article(["en"]), make_article(["en"])
    link = make_link(editor, one)

    editor.post(f"/en/admin/news/article/{other.pk}/preview/", {"revoke": link.pk})

    link.refresh_from_db()
    assert link.is_open()


@pytest.mark.parametrize(
    ("role", "frame", "made"),
    [
        ("Reporter", 404, 0),
        ("Translator", 200, 1),
        ("Editor", 200, 1),
        ("Moderator", 200, 0),
        ("Administrator", 200, 1),
    ],
)
def test_who_may_see_and_share(role, frame, made):
    article, client = make_article(["ru", "en"]), signed_in(role)

    assert client.get(f"/en/admin/news/article/{article.pk}/preview/").status_code == frame
    make_link(client, article)

    assert PreviewLink.objects.count() == made


def test_reporter_shares_an_own_draft(client):
    reporter = signed_in("Reporter")
    article = make_article(["ru"], published=False, created_by=reporter.user)

    assert client.get(make_link(reporter, article, "ru").get_absolute_url()).status_code == 200


def test_links_are_gone_with_their_article(editor, client):
    article = make_article(["en"])
    address = make_link(editor, article).get_absolute_url()

    article.delete()

    assert client.get(address).status_code == 404


def test_comments_of_a_withdrawn_story_are_not_in_its_preview(editor, client):
    article = make_article(["en"])
    article.editions.update(status="withdrawn")

    text = client.get(make_link(editor, article).get_absolute_url()).content.decode()

    assert 'id="comments"' not in text
