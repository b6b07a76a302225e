"""A reader who confirmed an address once is remembered on that device, if they wish."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_comments_xtd.models import XtdComment

from comments import readers
from comments.models import Ban, PendingComment, Posting, Remembered

from .conftest import STRANGER

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(article):
    return f"/en/comments/{article.pk}/new/"


@pytest.fixture
def confirm(client, form):
    """confirm(): the stranger's comment is confirmed on the device that wrote it, with the box ticked or not."""

    def confirm(tick=True, on=client):
        client.post(form, STRANGER)
        row = PendingComment.objects.latest("pk")
        mail.outbox.clear()
        return on.post(f"/en/comments/confirm/{row.token}/", {"remember": "on"} if tick else {})

    return confirm


def test_box_is_not_ticked_by_itself(client, form):
    client.post(form, STRANGER)
    page = client.get(f"/en/comments/confirm/{PendingComment.objects.get().token}/").content.decode()

    assert 'name="remember"' in page
    assert "checked" not in page


def test_without_the_tick_the_next_comment_is_confirmed_again(client, confirm, form):
    confirm(tick=False)
    client.post(form, STRANGER | {"text": "Second"})

    assert not Remembered.objects.exists()
    assert XtdComment.objects.count() == 1
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("prefix", ["", "/en", "/zh-hans"])
def test_remembered_reader_writes_without_a_mail_in_each_language(client, confirm, article, prefix):
    confirm()
    address = f"{prefix}/comments/{article.pk}/new/"
    page = client.get(address + "?fragment=1").content.decode()
    assert 'name="email"' not in page
    assert 'value="Айгуль"' in page
    assert "reader@example.org" not in page  # of the address only as much as tells its owner

    response = client.post(address, {"name": "Айгуль", "text": "Second"}, follow=True)

    assert response.context["outcome"] == "held"
    posting = Posting.objects.latest("pk")
    assert (posting.author, posting.comment.comment, posting.comment.is_public) == (
        "reader@example.org",
        "Second",
        False,
    )
    assert mail.outbox == []
    assert "Second" in client.get(f"{prefix}/comments/own/").content.decode()


def test_same_comment_pressed_twice_is_one(client, confirm, form):
    confirm()
    for _ in range(2):
        client.post(form, {"name": "Айгуль", "text": "Second"})

    assert XtdComment.objects.filter(comment="Second").count() == 1


def test_device_that_wrote_is_not_the_one_that_confirmed(client, confirm, form):
    """Whoever writes in another's name does not become that one, when they press the button by mistake."""
    confirm(on=Client())
    client.post(form, STRANGER | {"text": "Second"})

    assert not XtdComment.objects.filter(comment="Second").exists()
    assert len(mail.outbox) == 1


def test_another_address_is_confirmed_as_ever(client, confirm, form):
    confirm()
    client.post(form, STRANGER | {"email": "boss@example.org", "text": "Second"})

    assert not XtdComment.objects.filter(comment="Second").exists()
    assert mail.outbox[0].to == ["boss@example.org"]


def test_old_form_with_the_same_address_needs_no_mail(client, confirm, form):
    confirm()
    client.post(form, STRANGER | {"email": "Reader@Example.org", "text": "Second"})

    assert XtdComment.objects.filter(comment="Second").exists()
    assert mail.outbox == []


def test_key_changed_anywhere_is_nobodys(client, confirm, form):
    confirm()
    key = client.cookies["reader-en"].value
    for place in range(len(key)):
        changed = key[:place] + ("A" if key[place] != "A" else "B") + key[place + 1 :]
        forger = Client()
        forger.cookies["reader-en"] = changed
        assert 'name="email"' in forger.get(form).content.decode(), place
        assert "Хорошая" not in forger.get("/en/comments/own/").content.decode()
    for junk in ("", "x", key + "A", "A" * 5000, Remembered.objects.get().device):
        forger.cookies["reader-en"] = junk
        assert 'name="email"' in forger.get(form).content.decode()


@pytest.mark.parametrize(("kind", "value"), [("email", "reader@example.org"), ("domain", "example.org")])
@pytest.mark.parametrize("lifted", [False, True])
def test_ban_ends_it_also_when_it_is_over_before_the_reader_comes_back(client, confirm, form, kind, value, lifted):
    confirm()
    Ban.objects.create(kind=kind, value=value, lifted_at=timezone.now() if lifted else None)

    assert 'name="email"' in client.get(form).content.decode()
    assert not Remembered.objects.exists()
    client.post(form, {"name": "Айгуль", "text": "Second"})
    assert not XtdComment.objects.filter(comment="Second").exists()


def test_ban_of_before_is_over(client, confirm, form, time_machine):
    time_machine.move_to(timezone.now() - timedelta(days=9))
    Ban.objects.create(kind="email", value="reader@example.org", until=timezone.now() + timedelta(days=1))
    time_machine.move_to(timezone.now() + timedelta(days=9))
    confirm()

    assert 'name="email"' not in client.get(form).content.decode()


def test_forgotten_device_is_told_by_nothing_any_more(client, confirm, form):
    confirm()
    copied = client.cookies["reader-en"].value
    assert "Forget me on this device" in client.get("/en/comments/own/").content.decode()

    client.get("/en/comments/own/forget/")  # a link that a browser fetches ahead
    assert Remembered.objects.exists()
    response = client.post("/en/comments/own/forget/")

    assert {morsel["path"] for morsel in response.cookies.values()} == {
        "/comments/",
        "/en/comments/",
        "/zh-hans/comments/",
    }
    assert all(morsel["max-age"] == 0 for morsel in response.cookies.values())
    thief = Client()
    thief.cookies["reader-en"] = copied
    assert 'name="email"' in thief.get(form).content.decode()
    assert "Хорошая" not in thief.get("/en/comments/own/").content.decode()
    assert XtdComment.objects.count() == 1


def test_comments_without_a_mail_are_limited_and_the_text_stays(client, confirm, form, monkeypatch):
    monkeypatch.setattr(readers, "COMMENTS", 1)
    confirm()

    response = client.post(form, {"name": "Айгуль", "text": "Second"})

    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert response.context["form"]["text"].value() == "Second"


def test_answer_to_what_went_this_moment_keeps_the_text(client, confirm, form, post, monkeypatch):
    from comments import threads

    confirm()
    parent = post("First")
    found = threads.answerable

    def go(*args):
        comment = found(*args)
        XtdComment.objects.filter(pk=parent.pk).delete()
        return comment

    monkeypatch.setattr(threads, "answerable", go)
    response = client.post(form, {"name": "Айгуль", "text": "Second", "reply": parent.pk})

    assert response.status_code == 422
    assert response.context["form"]["text"].value() == "Second"
