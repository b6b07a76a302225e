"""The moderators' queue in a real browser: by keyboard, without a script, and two moderators at once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone
from django_comments_xtd.models import XtdComment
from playwright.sync_api import expect

from comments import moderation, notices, threads
from comments.models import Ban, Decision, HoldingRule, Notice, RejectionReason

from ..factories import make_article, make_user

PATH = "/en/admin/django_comments_xtd/xtdcomment/queue/"


@pytest.fixture
def moderator():
    return make_user("olga", groups=["Moderator"])


@pytest.fixture
def held():
    """held(5): comments that wait, named 0 to 4."""

    def held(number):
        article = make_article()
        languages = ("en", "ru", "zh-hans")
        return [
            threads.post(
                article, languages[place % 3], text=f"Words {place}", name=str(place), email=f"r{place}@example.org"
            )
            for place in range(number)
        ]

    return held


@pytest.fixture
def queue(page, live_server, sign_in, moderator):
    """Opens the queue as a moderator."""

    def open_queue():
        sign_in(moderator)
        page.goto(live_server.url + PATH)
        return page

    return open_queue


def verdicts():
    return list(Decision.objects.order_by("posting_id", "number").values_list("verdict", flat=True))


def settled(page, number):
    """All answers are there."""
    expect(page.locator("[data-card-said]")).to_have_count(number)


def test_fifty_comments_are_cleared_by_keyboard(queue, held):
    """The time that it takes is printed (pytest -s), with what a moderator does between: looks on, and back."""
    held(50)
    page = queue()
    begun = time.monotonic()
    for place in range(50):
        if place % 5 == 3:
            page.keyboard.press("j")
            page.keyboard.press("k")
        key = "arsa"[place % 4]
        page.keyboard.press(key)
        if key == "r":
            page.keyboard.press("1")
    settled(page, 50)
    print(f"50 comments were decided on in {time.monotonic() - begun:.1f} s")

    log = Decision.objects.order_by("posting_id").values_list("verdict", "reason")
    reason = RejectionReason.objects.order_by("position").first().pk
    wanted = [("approved", None), ("rejected", reason), ("spam", None), ("approved", None)]
    assert list(log) == [wanted[place % 4] for place in range(50)]
    page.reload()
    expect(page.get_by_text("0 comments wait.")).to_be_visible()


def test_moving_undoing_and_choosing_by_keyboard(queue, held):
    held(3)
    page = queue()
    card = page.locator("[data-card]")
    expect(card.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(card.nth(1)).to_be_focused()
    page.keyboard.press("s")
    expect(card.nth(2)).to_be_focused()
    page.keyboard.press("u")
    expect(card.nth(1)).to_be_focused()
    expect(card.nth(1).locator("[data-card-said]")).to_have_text("Taken back: the comment of 1 stands as before.")
    assert not XtdComment.objects.filter(is_removed=True).exists()
    page.keyboard.press("a")
    settled(page, 1)
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(card.nth(0)).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator("#bulk button[value=spam]").click()
    expect(page.locator(".messagelist")).to_contain_text("2 comments: Marked as spam.")
    assert verdicts() == ["spam", "spam", "waiting", "approved", "spam"]
    page.keyboard.press("u")  # the newest of what the page lists
    expect(page.get_by_text("1 comment waits.")).to_be_visible()


def test_a_ban_by_keyboard(queue, held):
    held(2)
    page = queue()
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    settled(page, 1)

    assert Ban.objects.get().value == "r0@example.org"
    expect(page.locator("[data-card]").nth(1)).to_be_focused()


def test_keys_in_a_field_decide_nothing(queue, held):
    held(1)
    page = queue()
    page.locator("#bulk-reason").focus()
    for key in "arsbu":
        page.keyboard.press(key)
    page.locator("[data-card]").first.focus()
    page.keyboard.press("Control+s")
    page.wait_for_timeout(300)

    assert not Decision.objects.exists()


def test_the_second_moderator_is_told_and_nothing_is_changed(queue, held):
    (comment,) = held(1)
    page = queue()
    moderation.decide(moderation.states([comment.pk]), "spam", make_user("ivan"))
    page.keyboard.press("a")
    expect(page.locator("[data-card-said]")).to_contain_text("ivan has decided on this comment meanwhile")
    assert verdicts() == ["spam"]
    page.keyboard.press("a")  # now knowingly
    expect(page.locator("[data-card-said]")).to_have_text("Approved.")
    assert verdicts() == ["spam", "approved"]


def test_without_the_network_nothing_is_decided_and_the_card_stays(queue, held, quiet_console):
    held(1)
    page = queue()
    page.context.set_offline(True)
    page.keyboard.press("a")
    expect(page.locator("[data-card-said]")).to_have_text("It could not be sent. Nothing was decided; try again.")
    page.context.set_offline(False)
    page.keyboard.press("a")
    expect(page.locator("[data-card-said]")).to_have_text("Approved.")
    assert verdicts() == ["approved"]
    quiet_console[:] = [text for text in quiet_console if "ERR_INTERNET_DISCONNECTED" not in text]


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize(
    ("prefix", "button", "heading"),
    [
        ("", "Проверить на последних комментариях", "Проверено на последних 3"),
        ("/en", "Try on the last comments", "Tried on the last 3 comments"),
        ("/zh-hans", "用最近的评论试验", "已用最近 3 条"),
    ],
)
def test_a_rule_is_tried_seen_and_then_saved(
    live_server, open_browser, moderator, held, prefix, button, heading, javascript
):
    said = held(3)
    moderation.decide_all([said[1]], "approved", moderator)
    HoldingRule.objects.all().delete()
    page = open_browser(moderator, java_script_enabled=javascript)
    page.goto(f"{live_server.url}{prefix}/admin/comments/holdingrule/add/")
    page.select_option("#id_kind", "words")
    page.fill("#id_words", "words")

    page.get_by_role("button", name=button).click()

    trial = page.locator(".trial")
    expect(trial.get_by_role("heading", level=2)).to_contain_text(heading)
    expect(trial.get_by_role("listitem").filter(has_text="Words 1")).to_have_count(1)
    expect(page.locator("#id_words")).to_have_value("words")
    assert not HoldingRule.objects.exists()
    page.locator("input[name=_save]").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert HoldingRule.objects.get().words == "words"


@pytest.mark.parametrize(("path", "approved"), [("/admin", "Одобрено."), ("/zh-hans/admin", "已通过。")])
def test_without_a_script_buttons_do_the_same(without_scripts, live_server, moderator, held, path, approved):
    from django.conf import settings
    from django.test import Client

    held(2)
    client = Client()
    client.force_login(moderator)
    name = settings.SESSION_COOKIE_NAME
    without_scripts.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    without_scripts.goto(f"{live_server.url}{path}/django_comments_xtd/xtdcomment/queue/")
    without_scripts.locator("[data-card] button[value=approved]").first.click()
    expect(without_scripts.locator(".messagelist")).to_contain_text(approved)
    without_scripts.locator("[data-panel=r] summary").first.click()
    without_scripts.locator("[data-digit='1']").first.click()
    expect(without_scripts.locator("[data-card]")).to_have_count(0)
    without_scripts.locator(".decided [data-key=u]").click()
    expect(without_scripts.locator("[data-card]")).to_have_count(1)
    assert verdicts() == ["approved", "rejected", "waiting"]


def test_two_moderators_at_the_same_moment_make_one_decision(held, moderator):
    (comment,) = held(1)
    before, barrier = moderation.states([comment.pk]), Barrier(2)

    def decide(verdict):
        try:
            barrier.wait(10)
            return moderation.decide(before, verdict, moderator)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(decide, ("approved", "spam")))

    assert sorted(len(decisions) for decisions, _refused in answers) == [0, 1]
    assert sorted(refused for _decisions, refused in answers) == [[], [comment.pk]]
    (decision,) = Decision.objects.all()
    comment = XtdComment.objects.get()
    assert (comment.is_public, comment.is_removed) == (
        (True, False) if decision.verdict == "approved" else (False, True)
    )


def test_two_senders_at_the_same_moment_send_each_letter_once(held):
    from django.core import mail

    (first,) = held(1)
    moderation.approve([first])
    article = first.posting.article
    for place in range(4):
        threads.post(
            article,
            "en",
            text="followed",
            name="F",
            email=f"f{place}@example.org",
            parent=first,
            followup=True,
            public=True,
        )
    for number in range(2):
        threads.post(article, "en", text=f"answer {number}", name="A", parent=first, public=True)
    Notice.objects.update(due_at=timezone.now() - timedelta(hours=2), sent_at=None, attempts=0)
    mail.outbox.clear()
    barrier = Barrier(2)

    def send(_number):
        try:
            barrier.wait(10)
            return notices.send_waiting()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        sent = list(pool.map(send, range(2)))

    assert sum(number for number, _failed in sent) == 4
    assert sorted(letter.to[0] for letter in mail.outbox) == [f"f{place}@example.org" for place in range(4)]
    assert all("answer 0" in letter.body and "answer 1" in letter.body for letter in mail.outbox)
