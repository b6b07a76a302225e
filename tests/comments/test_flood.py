"""Too many posts at once: refused before the database is asked, and nothing typed is lost."""

import html
import re
from threading import Timer
from time import monotonic

import pytest

from comments import flood
from comments.models import PendingComment
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LANGUAGES = [
    ("", "ru", "Сейчас не получается"),
    ("/en", "en", "We can’t do this right now"),
    ("/zh-hans", "zh-Hans", "暂时无法完成"),
]
FORM = {"name": "A <b>", "email": "a@example.org", "text": 'Long & careful </textarea><script>x</script> "words"'}


@pytest.fixture
def flooded(settings):
    settings.POSTS_A_MINUTE = 0
    for kind in flood.kinds.values():
        kind.bucket.take(0), kind.bucket.take(0)  # its last drop


def sent_again(response):
    areas = re.findall(r'<textarea name="([^"]*)" hidden>\n(.*?)</textarea>', response.content.decode(), re.DOTALL)
    return {name: html.unescape(value) for name, value in areas}


@pytest.mark.parametrize(("prefix", "lang", "title"), LANGUAGES)
def test_post_comes_back_whole_and_is_taken_when_the_flood_is_over(
    client, article, settings, flooded, django_assert_num_queries, prefix, lang, title
):
    path = f"{prefix}/comments/{article.pk}/new/"
    with django_assert_num_queries(0):
        response = client.post(path, FORM)

    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (429, "60", "no-store")
    page = response.content.decode()
    assert f'<html lang="{lang}">' in page
    assert title in page
    assert "<script>x" not in page
    assert sent_again(response) == FORM
    settings.POSTS_A_MINUTE = 60_000
    flood.kinds["posts"].bucket.left = 10
    flood.kinds["posts"].shares.buckets.clear()
    assert client.post(path, sent_again(response)).status_code == 302
    assert PendingComment.objects.get().text == FORM["text"]


def test_votes_of_a_flood_are_refused_before_the_database_and_take_no_room_from_comments(
    client, article, post, settings, django_assert_num_queries
):
    comment = post("A comment")
    flood.kinds["votes"].bucket.left, flood.kinds["votes"].bucket.filled_at = 0, monotonic()
    settings.POSTS_A_MINUTE = 1

    with django_assert_num_queries(0):
        response = client.post(f"/en/comments/vote/{comment.pk}/?fragment=1", {"vote": "on"})

    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert response.json()["errors"] == ["Too much is being sent to us at once. Please send it again in a minute."]
    assert client.post(f"/en/comments/{article.pk}/new/", FORM).status_code == 302


def test_letter_to_the_desk_comes_back_too(client, flooded, django_assert_num_queries):
    letter = FORM | {"subject": "A question"}
    with django_assert_num_queries(0):
        response = client.post("/en/contact/", letter)

    assert response.status_code == 429
    assert sent_again(response) == letter


def test_short_chinese_comment_is_shown_and_a_name_is_not(client, article, flooded):
    page = client.post(
        f"/zh-hans/comments/{article.pk}/new/", {"name": "王芳", "text": "这是我的看法。"}
    ).content.decode()

    assert re.findall('<pre class="error-page__text" dir="auto">(.*)</pre>', page) == ["这是我的看法。"]


@pytest.mark.parametrize("path", ["comments/{}/new/", "comments/typo/{}/", "comments/mine/"])
def test_scripts_get_a_sentence_in_the_pages_language(client, article, flooded, path):
    response = client.post("/" + path.format(article.pk) + "?fragment=1", FORM)

    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert response.json() == {
        "errors": ["Нам присылают слишком много сразу. Пожалуйста, отправьте ещё раз через минуту."]
    }


def test_who_has_signed_in_and_who_reads_are_not_concerned(client, article, flooded):
    path = f"/en/comments/{article.pk}/new/"
    assert client.get(path).status_code == 200
    client.cookies["sessionid"] = "forged"
    assert client.post(path, FORM).status_code == 429

    client.force_login(make_user(groups=["Moderator"]))
    assert client.post(path, {"text": "Words"}).status_code != 429


def test_a_forged_session_is_looked_up_so_often_and_no_more(
    client, article, flooded, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(flood, "SESSIONS_A_MINUTE", 12)  # two at once
    client.cookies["sessionid"] = "forged"
    path = f"/en/comments/{article.pk}/new/"
    assert [client.post(path, FORM).status_code for _ in range(2)] == [429, 429]

    with django_assert_num_queries(0):
        assert client.post(path, FORM).status_code == 429


def test_one_network_can_not_take_what_all_readers_have(client, article, settings):
    settings.POSTS_A_MINUTE = 120  # twenty at once
    path = f"/en/comments/{article.pk}/new/?fragment=1"

    answers = [client.post(path, {}, REMOTE_ADDR=f"192.0.2.{host}").status_code for host in range(40)]
    assert answers == [422] * 5 + [429] * 35
    assert client.post(path, {}, REMOTE_ADDR="198.51.100.7").status_code == 422


def test_posts_that_take_long_leave_threads_to_readers(client, article):
    """As with a mail server that hangs: whoever comes third is asked to come again, who has signed in is not."""
    path = f"/en/comments/{article.pk}/new/?fragment=1"
    under_way = flood.kinds["posts"].under_way

    assert under_way.acquire(timeout=0) and under_way.acquire(timeout=0)
    assert client.post(path, FORM).status_code == 429
    assert client.get(path).status_code == 200
    under_way.release()
    assert [client.post(path, FORM | {"text": text}).status_code for text in "abc"] == [200] * 3


def test_vote_waits_its_turn_and_not_behind_comments(client, post):
    vote = f"/en/comments/vote/{post('A comment').pk}/?fragment=1"
    posts, votes = flood.kinds["posts"].under_way, flood.kinds["votes"].under_way
    assert posts.acquire(timeout=0) and posts.acquire(timeout=0) and votes.acquire(timeout=0)

    assert client.post(vote, {"vote": "on"}).status_code == 429
    soon = Timer(0.1, votes.release)
    soon.start()
    assert client.post(vote, {"vote": "on"}).status_code == 200
    soon.join()


def test_few_networks_are_remembered():
    shares = flood.Shares()
    for number in range(3 * shares.MOST):
        shares.take(str(number), 8)
    assert len(shares.buckets) <= shares.MOST + 1


def test_a_bucket_gives_ten_seconds_worth_at_once_and_then_as_much_as_flows_in(monkeypatch):
    now = 100.0
    monkeypatch.setattr(flood, "monotonic", lambda: now)
    bucket = flood.Bucket()

    assert [bucket.take(120) for _ in range(21)] == [True] * 20 + [False]
    now += 0.4
    assert not bucket.take(120)
    now += 0.2
    assert [bucket.take(120) for _ in range(2)] == [True, False]
    now += 3600
    assert [bucket.take(120) for _ in range(21)] == [True] * 20 + [False]


def test_the_log_tells_of_a_flood_once_a_minute(client, article, flooded, monkeypatch, caplog):
    now = 100.0
    monkeypatch.setattr(flood, "monotonic", lambda: now)
    path = f"/en/comments/{article.pk}/new/?fragment=1"
    for _ in range(9):
        client.post(path, FORM)
    assert len(caplog.records) == 1

    now += 61
    for _ in range(9):
        client.post(path, FORM)
    assert len(caplog.records) == 2
