import socket
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_comments_xtd.models import XtdComment

from comments import moderation
from comments.models import PendingComment
from news.models import Article, Edition

from .conftest import STRANGER

pytestmark = pytest.mark.django_db


def link_of(pending):
    return pending.address().removeprefix("http://127.0.0.1:8000")


def test_from_the_form_by_mail_to_the_moderator_and_to_readers(client, article, shown):
    client.post(f"/zh-hans/comments/{article.pk}/new/", STRANGER)
    (link,) = [line for line in mail.outbox[0].body.splitlines() if "comments/confirm/" in line]
    link = link.removeprefix("http://127.0.0.1:8000")

    assert "Хорошая новость" in client.get(link).content.decode()
    assert not XtdComment.objects.exists()  # a mail scanner that follows the link confirms nothing
    client.post(link, follow=True)

    comment = XtdComment.objects.get()
    assert (comment.is_public, comment.level) == (False, 0)
    assert (comment.user_name, comment.comment) == ("Айгуль", STRANGER["text"])
    assert comment.posting.language == "zh-hans"
    assert "Хорошая" not in shown(article, "zh-hans")
    moderation.approve([comment])
    assert "Хорошая" in shown(article, "zh-hans")
    assert "Хорошая" not in shown(article, "ru")
    assert "reader@example.org" not in shown(article, "zh-hans")


def test_link_works_once(client, pending):
    row = pending()
    assert client.post(link_of(row)).status_code == 302

    for again in (client.get(link_of(row)), client.post(link_of(row))):
        assert again.status_code == 410
        assert again.context["reason"] == "used"
    assert XtdComment.objects.count() == 1


def test_link_does_not_bring_back_what_was_deleted(client, pending):
    row = pending()
    client.post(link_of(row))
    XtdComment.objects.all().delete()

    assert client.post(link_of(row)).status_code == 410
    assert not XtdComment.objects.exists()


def test_link_is_good_for_48_hours(client, pending, time_machine):
    row = pending()
    link = link_of(row)

    time_machine.move_to(timezone.now() + timedelta(hours=47, minutes=59))
    assert client.get(link).status_code == 200
    time_machine.shift(timedelta(minutes=2))
    for response in (client.get(link), client.post(link)):
        assert response.status_code == 410
        assert response.context["reason"] == "expired"
        own = client.get(response.context["own"])
        assert own.context["row"].standing == "expired"
        assert row.text in own.content.decode()  # nobody types twice
    assert not XtdComment.objects.exists()


def test_an_old_link_of_a_confirmed_comment_does_not_ask_for_it_again(client, pending, time_machine):
    link = link_of(pending())
    client.post(link)

    time_machine.move_to(timezone.now() + timedelta(hours=49))
    assert client.get(link).context["reason"] == "used"
    PendingComment.objects.all().delete()
    response = client.get(link)
    assert (response.status_code, response.context["reason"]) == (410, "gone")


def test_changed_links_are_refused(client, pending):
    link = link_of(pending())
    token = link.rstrip("/").rpartition("/")[2]
    base = link.removesuffix(f"{token}/")

    for place in range(len(token)):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        response = client.post(f"{base}{changed}/")
        # The last letter of a signature holds bits that no byte needs.
        assert response.status_code in {404, 410} or place == len(token) - 1, place
    for junk in ("x", ":", "a:b:c", "%F0%9F%99%82", "x" * 3000):
        assert client.get(f"{base}{junk}/").status_code == 404


def test_confirming_needs_no_cookie_and_no_token(pending):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(link_of(pending())).status_code == 302


def test_mute_token_confirms_nothing(client, article, pending):
    from comments.notices import mute_address

    pending()
    token = mute_address(1, "a@b.example", "en").rstrip("/").rpartition("/")[2]

    assert client.post(f"/en/comments/confirm/{token}/").status_code == 404


@pytest.mark.parametrize("how", ["closed", "withdrawn"])
def test_discussion_that_was_closed_meanwhile(client, pending, how):
    row = pending()
    if how == "closed":
        Article.objects.update(comment_policy=Article.Comments.CLOSED)
    else:
        Edition.objects.update(status=Edition.Status.WITHDRAWN)

    response = client.post(link_of(row))

    assert (response.status_code, response.context["reason"]) == (409, "closed")
    assert "Held" in response.content.decode()
    assert PendingComment.objects.get().confirmed_at is None


def test_answer_joins_its_thread_when_confirmed(client, post, pending):
    parent = post("First", followup=False)
    client.post(link_of(pending(parent=parent)))

    answer = XtdComment.objects.get(comment="Held")
    assert (answer.parent_id, answer.thread_id, answer.level) == (parent.pk, parent.pk, 1)


def test_answer_whose_parent_is_deleted_meanwhile_starts_a_thread(client, post, pending):
    parent = post("First")
    row = pending(parent=parent)
    parent.delete()

    assert client.post(link_of(row)).status_code == 302
    answer = XtdComment.objects.get()
    assert (answer.level, answer.thread_id) == (0, answer.pk)


def test_purge_forgets_after_30_days(pending):
    old = pending(created_at=timezone.now() - timedelta(days=30, minutes=1))
    young = pending(created_at=timezone.now() - timedelta(days=29))

    call_command("purge_pending")

    assert list(PendingComment.objects.all()) == [young]
    assert not PendingComment.objects.filter(pk=old.pk).exists()


def test_a_real_mail_server_gets_a_letter_that_can_be_read(client, article, settings):
    from email import message_from_bytes, policy

    from aiosmtpd.controller import Controller

    class Keeper:
        letters = []

        async def handle_DATA(self, server, session, envelope):  # noqa: N802 -- aiosmtpd's name
            self.letters.append(envelope)
            return "250 kept"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Keeper(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        settings.MAILERS = {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5},
            }
        }
        client.post(f"/zh-hans/comments/{article.pk}/new/", STRANGER)
    finally:
        controller.stop()

    (envelope,) = Keeper.letters
    letter = message_from_bytes(envelope.content, policy=policy.default)
    assert envelope.rcpt_tos == ["reader@example.org"]
    assert letter["To"] == "reader@example.org"
    assert letter["Auto-Submitted"] == "auto-generated"
    row = PendingComment.objects.get()
    assert row.mailed_at
    (link,) = [line for line in letter.get_content().splitlines() if "comments/confirm/" in line]
    assert client.post(link.removeprefix("http://127.0.0.1:8000")).status_code == 302
