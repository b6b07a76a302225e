from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from comments import moderation, pages, votes
from comments.models import CommentReport, CommentVote, Decision, Posting
from news.models import Article
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PHONE, DESKTOP = "Mozilla/5.0 (Android 15; Mobile)", "Mozilla/5.0 (X11; Linux x86_64)"


def reader(agent=PHONE, ip="192.0.2.7", **headers):
    return Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=ip, **headers)


def path(comment, language="/en"):
    return f"{language}/comments/vote/{comment.pk}/"


def test_a_device_is_counted_once_and_gets_a_cookie_only_when_it_acts(post):
    comment, client = post("words"), reader()
    assert client.get(path(comment)).status_code == 200
    assert not client.cookies

    for _ in range(3):
        response = client.post(path(comment), {"vote": "on"})
        assert response.status_code == 302
    refusing = reader()  # the same device, which keeps no cookie
    refusing.post(path(comment), {"vote": "on"})

    assert CommentVote.objects.count() == 1
    assert votes.standing(comment, CommentVote.objects.get().device) == (1, True)
    cookie = response.cookies["device"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/en/comments/", True, "Lax")
    assert "192.0.2.7" not in CommentVote.objects.get().device


def test_other_devices_count_and_a_device_on_its_way_is_the_same(post):
    comment, client = post("words"), reader()
    client.post(path(comment), {"vote": "on"})
    client.post(path(comment), {"vote": "on"}, REMOTE_ADDR="198.51.100.9")  # with the cookie
    assert CommentVote.objects.count() == 1

    reader(DESKTOP).post(path(comment), {"vote": "on"})
    reader(ip="198.51.100.9").post(path(comment), {"vote": "on"})

    assert CommentVote.objects.count() == 3
    assert "3 readers agree" in client.get(path(comment)).content.decode()


def test_addresses_of_one_ipv6_line_are_one_device(post):
    comment = post("words")
    for host in range(12):
        reader(ip=f"2001:db8:1:2::{host:x}").post(path(comment), {"vote": "on"})
    assert CommentVote.objects.count() == 1

    reader(ip="2001:db8:1:3::1").post(path(comment), {"vote": "on"})
    reader(ip="::ffff:192.0.2.7").post(path(comment), {"vote": "on"})
    assert CommentVote.objects.count() == 3


def test_limits_hold_for_all_addresses_of_one_ipv6_line(post, monkeypatch):
    monkeypatch.setattr(votes, "FOR_ONE", 2)
    comment = post("words")
    answers = [
        reader(f"Browser {host}", ip=f"2001:db8:1:2::{host:x}").post(path(comment), {"vote": "on"}).status_code
        for host in range(4)
    ]
    assert answers == [302, 302, 429, 429]


def test_the_next_day_nobody_is_known_any_more(post):
    comment, client = post("words"), reader()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.post(path(comment), {"vote": "on"})
        clock.shift(timedelta(days=1))
        assert "Withdraw my vote" not in client.get(path(comment)).content.decode()
        client.post(path(comment), {"vote": "on"})

    first, second = CommentVote.objects.values_list("device", flat=True)
    assert first != second


def test_a_forged_cookie_is_no_other_device(post):
    comment, client = post("words"), reader()
    client.post(path(comment), {"vote": "on"})
    for value in ("x", "", "WyJ4Il0:1:x", "é"):
        client.cookies["device"] = value
        client.post(path(comment), {"vote": "on"})

    assert CommentVote.objects.count() == 1


def test_a_vote_is_withdrawn_and_given_again(post):
    comment, client = post("words"), reader()
    client.post(path(comment), {"vote": "on"})
    reader(DESKTOP).post(path(comment), {"vote": "on"})
    assert "Withdraw my vote" in client.get(path(comment)).content.decode()

    for _ in range(2):
        client.post(path(comment), {"vote": "off"})
    assert CommentVote.objects.count() == 1
    client.post(path(comment), {"vote": "on"})
    assert CommentVote.objects.count() == 2


def test_a_script_gets_the_number(post):
    comment, client = post("words"), reader()

    answer = client.post(path(comment) + "?fragment=1", {"vote": "on"})

    assert answer.json() == {"number": 1, "voted": True, "message": "Your vote is counted."}
    assert "device" in answer.cookies
    answer = client.post(path(comment, "") + "?fragment=1", {"vote": "off"})
    assert (answer.json()["number"], answer.json()["voted"]) == (0, False)


@pytest.mark.browser  # among the tests that have SQLite in a file: threads can't share it in memory
@pytest.mark.django_db(transaction=True)
def test_votes_at_once_count_once(post):
    comment = post("words")

    def send(_number):
        try:
            return reader().post(path(comment), {"vote": "on"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(send, range(8))) == [302] * 8

    assert CommentVote.objects.count() == 1


def test_a_second_row_of_a_device_breaks_nothing_around_it(post):
    comment = post("words")
    with transaction.atomic():
        votes.give(comment, "a")
        votes.give(comment, "a")
        votes.report(comment, "a", "x", "")
        votes.report(comment, "a", "x", "again")

    assert (CommentVote.objects.count(), CommentReport.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_ORIGIN": "https://elsewhere.example"},
        {"HTTP_ORIGIN": "null"},
    ],
)
def test_another_site_can_not_make_readers_vote_or_report(post, headers):
    comment, client = post("words"), reader(**headers)

    assert client.post(path(comment), {"vote": "on"}).status_code == 403
    assert client.post(f"/en/comments/report/{comment.pk}/").status_code == 403
    assert not CommentVote.objects.exists()
    assert not CommentReport.objects.exists()


@pytest.mark.parametrize("headers", [{"HTTP_SEC_FETCH_SITE": "same-origin"}, {"HTTP_ORIGIN": "http://testserver"}, {}])
def test_a_page_of_any_age_votes(post, headers):
    reader(**headers).post(path(post("words")), {"vote": "on"})

    assert CommentVote.objects.count() == 1


@pytest.mark.parametrize(
    ("agent", "data"),
    [("Googlebot/2.1 (+http://www.google.com/bot.html)", {}), ("", {}), (PHONE, {"website": "https://spam.example"})],
)
def test_robots_are_not_counted(post, agent, data):
    comment = post("words")
    response = reader(agent).post(path(comment), {"vote": "on"} | data)

    assert response.status_code == 302
    assert reader(agent).get(path(comment))["X-Robots-Tag"] == "noindex"
    assert not CommentVote.objects.exists()


def test_votes_from_one_address_are_limited(post, monkeypatch):
    monkeypatch.setattr(votes, "AN_HOUR", 4)
    monkeypatch.setattr(votes, "FOR_ONE", 2)
    comment, other = post("words"), post("others")
    for number in range(3):
        response = reader(f"{PHONE} {number}").post(path(comment), {"vote": "on"})
    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert "Too many votes" in response.content.decode()

    assert reader().post(path(other), {"vote": "on"}).status_code == 302
    assert reader().post(path(other) + "?fragment=1", {"vote": "on"}).status_code == 429
    assert reader(ip="198.51.100.1").post(path(other), {"vote": "on"}).status_code == 302
    assert CommentVote.objects.count() == 4


def test_only_what_readers_see_can_be_voted_for(post):
    withdrawn, above = post("gone"), post("above")
    below = post("below", parent=above)
    moderation.reject([withdrawn])
    moderation.hold([above])

    for number in (withdrawn.pk, above.pk, below.pk, post(public=False).pk, 2**31, 12345):
        assert reader().get(f"/en/comments/vote/{number}/").status_code == 404
        assert reader().post(f"/en/comments/vote/{number}/", {"vote": "on"}).status_code == 404
    assert not CommentVote.objects.exists()


def test_pages_show_the_number_and_stay_as_they_are_until_their_minute_ends(post, article, client):
    comment = post("words")
    address = f"/en/comments/{article.pk}/"
    with time_machine.travel(timezone.now().replace(second=5), tick=False) as clock:
        before = client.get(address)
        for number in range(3):
            votes.give(comment, str(number))
        assert client.get(address).content == before.content  # no vote makes other readers' pages stale
        clock.shift(timedelta(minutes=1))
        assert "<span data-vote-number>3</span>" in client.get(address).content.decode()


def test_numbers_of_votes_take_no_query_a_comment(post, article, django_assert_num_queries):
    for number in range(6):
        votes.give(post("words"), str(number))
    article = Article.objects.prefetch_related("editions").get()
    with django_assert_num_queries(2):
        comments = pages.Page.at(pages.Tree(article, "en")).comments()
    assert [comment.number_of_votes for comment in comments] == [1] * 6


# Reports


QUEUE = "/en/admin/django_comments_xtd/xtdcomment/queue/"


@pytest.fixture
def moderator(client):
    user = make_user("moderator", groups=["Moderator"])
    client.force_login(user)
    return user


def reports(comment, *agents, reason="An insult"):
    for agent in agents:
        assert reader(agent).post(f"/en/comments/report/{comment.pk}/", {"reason": reason}).status_code == 200


def test_reports_reach_the_queue_with_their_number_once_a_device(client, moderator, post):
    comment = post("rude words")
    post("polite words")
    reports(comment, PHONE, PHONE, DESKTOP)

    page = client.get(f"{QUEUE}?reported")

    assert [card.comment.comment for card in page.context["cards"]] == ["rude words"]
    assert "Reported by 2 readers" in page.content.decode()
    assert "reported by readers (1)" in " ".join(page.content.decode().split()).replace("</a>", "")
    assert "rude words" not in [card.comment.comment for card in client.get(QUEUE).context["cards"]]


def test_who_approves_a_reported_comment_settles_its_reports(client, moderator, post):
    comment = post("rude words")
    reports(comment, PHONE)
    state = str(moderation.states([comment.pk])[0])

    answer = client.post(
        f"{QUEUE}?reported", {"row": state, "action": "approved"}, headers={"Accept": "application/json"}
    )

    assert answer.json()["message"] == "It stands. Its reports are settled."
    assert CommentReport.objects.get().settled_by == moderator
    assert not Posting.objects.reported().exists()
    assert not Decision.objects.exists()
    reports(comment, DESKTOP)  # a new one comes back
    assert Posting.objects.reported().count() == 1


def test_a_rejected_comment_leaves_the_reported_and_comes_back_when_taken_back(client, moderator, post):
    comment = post("rude words")
    reports(comment, PHONE)
    decisions, _refused = moderation.decide(moderation.states([comment.pk]), "rejected", moderator)
    assert not Posting.objects.reported().exists()

    moderation.undo(decisions[0].pk, moderator)
    assert Posting.objects.reported().count() == 1


def test_the_desk_names_reported_comments(client, moderator, post):
    reports(post("rude words"), PHONE)

    assert f"{QUEUE}?reported" in client.get("/en/admin/").content.decode()
