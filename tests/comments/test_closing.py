from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from comments import closing
from comments.models import PendingComment
from news.models import Article, Edition
from tests.factories import make_article, make_section

from .conftest import STRANGER

pytestmark = pytest.mark.django_db
SAID = {
    "ru": "Комментарии открыты 30 дней после публикации; это обсуждение закрыто.",
    "en": "Comments are open for 30 days after publication; this discussion is closed.",
}


def old(days, **fields):
    return make_article(at=timezone.now() - timedelta(days=days), **fields)


def read(article, language="en"):
    return closing.closed(Article.objects.select_related("section").get(pk=article.pk), language)


def test_a_discussion_closes_after_the_sites_days():
    now = timezone.now()
    article = old(0)
    begun = article.edition_in("en").published_at
    assert closing.closed(article, "en", now) is None
    assert closing.closed(article, "en", begun + timedelta(days=30, seconds=-1)) is None
    assert closing.closed(article, "en", begun + timedelta(days=30)) == "age"


@pytest.mark.parametrize(
    ("days_of_site", "days_of_section", "policy", "reason"),
    [
        (30, None, "open", "age"),
        (60, None, "open", None),
        (0, None, "open", None),
        (30, 60, "open", None),
        (60, 7, "open", "age"),
        (30, 0, "open", None),
        (30, None, "kept", None),
        (60, None, "closed", "editor"),
        (60, None, "hidden", "hidden"),
    ],
)
def test_site_section_and_editor_say_when(settings, days_of_site, days_of_section, policy, reason):
    settings.COMMENTS_DAYS = days_of_site
    article = old(40, section=make_section(comments_days=days_of_section), comment_policy=policy)

    assert read(article) == reason


def test_a_later_edition_is_open_for_its_own_readers():
    article = old(40)
    Edition.objects.filter(article=article, language="en").update(published_at=timezone.now() - timedelta(days=2))

    assert (read(article, "en"), read(article, "ru")) == (None, "age")


def test_a_closed_discussion_is_readable_and_says_why_in_the_language_of_the_page(client, post):
    article = old(40)
    comment = post("What was said", on=article)

    for path in (f"/en/comments/{article.pk}/", article.address("en")):
        page = client.get(path).content.decode()
        assert "What was said" in page
        assert SAID["en"] in page
        assert f"?reply={comment.pk}" not in page
        assert f"/en/comments/{article.pk}/new/" not in page
    assert SAID["ru"] in client.get(article.address("ru")).content.decode()


def test_the_editors_sentence_is_shown_where_it_is_written_and_no_other(client):
    article = make_article(
        comment_policy="closed",
        comments_note_ru="Обсуждение стало перепалкой.",
        comments_note_en="It became a quarrel.",
    )

    assert "It became a quarrel." in client.get(article.address("en")).content.decode()
    assert "Обсуждение стало перепалкой." in client.get(article.address("ru")).content.decode()
    chinese = client.get(article.address("zh-hans")).content.decode()
    assert "quarrel" not in chinese
    assert "перепалкой" not in chinese
    Article.objects.update(comment_policy="open")
    assert "quarrel" not in client.get(f"/en/comments/{article.pk}/").content.decode()


@pytest.mark.parametrize("fragment", ["", "?fragment=1"])
def test_an_old_form_keeps_the_text_and_says_why(client, fragment):
    article = old(40)
    response = client.post(f"/en/comments/{article.pk}/new/{fragment}", STRANGER)

    assert response.status_code == 409
    page = response.content.decode()
    assert "Хорошая новость. 🙂" in page
    assert SAID["en"] in page
    assert not PendingComment.objects.exists()

    Article.objects.update(comment_policy="closed", comments_note_en="It became a quarrel.")
    page = client.post(f"/en/comments/{article.pk}/new/{fragment}", STRANGER).content.decode()
    assert "It became a quarrel." in page
    assert "Хорошая новость. 🙂" in page


def test_what_was_written_in_time_is_confirmed_when_the_discussion_has_become_too_old(client):
    article = old(29.9)
    client.post(f"/en/comments/{article.pk}/new/", STRANGER)
    pending = PendingComment.objects.get()

    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert read(article) == "age"
        assert client.post(pending.address().removeprefix("http://127.0.0.1:8000")).status_code == 302
    pending.refresh_from_db()
    assert pending.comment
