"""The mail to a writer whose comment was rejected with a reason."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from comments import moderation, notices
from comments.models import Decision, Notice, RejectionReason
from news.models import column

pytestmark = pytest.mark.django_db
LANGUAGES = ("ru", "en", "zh-hans")


@pytest.fixture
def reason():
    return RejectionReason.objects.get(name_en="Insult")


def send(minutes=11):
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        return notices.send_waiting()


@pytest.mark.parametrize("language", LANGUAGES)
def test_writer_reads_the_reason_in_the_comments_language(post, reason, language):
    held = post("My words", public=False, email="anna@example.org", name="Anna", language=language)
    moderation.reject([held], reason=reason.pk)
    assert notices.send_waiting() == (0, 0)  # a moderator may think again

    assert send() == (1, 0)

    (letter,) = mail.outbox
    assert letter.to == ["anna@example.org"]
    assert "My words" in letter.body
    for other in LANGUAGES:
        assert (getattr(reason, column("text", other)) in letter.body) == (other == language)
    assert held.posting.article.text("title", language) in letter.body
    assert send() == (0, 0)


def test_nobody_is_told_without_a_reason_of_spam_or_of_what_was_taken_back(post, reason):
    silent, spam, back, none = (post(public=False, email=f"{name}@example.org") for name in "abcd")
    nameless = post(public=False)
    moderation.reject([silent])
    moderation.reject([nameless], reason=reason.pk)
    moderation.decide(moderation.states([spam.pk]), "spam", None)
    moderation.reject([none], reason=reason.pk)
    moderation.decide(moderation.states([none.pk]), "spam", None)  # looked at again
    moderation.reject([back], reason=reason.pk)
    moderation.undo(Decision.objects.get(posting=back.pk).pk, None)

    assert send() == (0, 0)
    assert mail.outbox == []
    assert not Decision.objects.filter(announced=False).exists()


def test_what_is_taken_back_between_outbox_and_mail_is_not_mailed(post, reason, monkeypatch):
    held = post(public=False, email="anna@example.org")
    moderation.reject([held], reason=reason.pk)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        notices.spread()
        assert Notice.objects.count() == 1
        moderation.approve([held])
        assert notices.send_waiting() == (0, 0)
    assert not Notice.objects.exists()


def test_a_published_comment_is_said_to_be_taken_down(post, reason):
    moderation.reject([post(email="anna@example.org")], reason=reason.pk)
    moderation.reject([post(email="bob@example.org", public=False)], reason=reason.pk)
    send()

    said = {letter.to[0]: letter.body for letter in mail.outbox}
    assert "We have taken it off the page." in said["anna@example.org"]
    assert "We have not published it." in said["bob@example.org"]


@pytest.mark.parametrize("public", [True, False])
def test_the_headline_of_a_story_that_was_withdrawn_meanwhile_is_not_told(post, reason, article, public):
    comment = post("words", public=public, email="anna@example.org")
    moderation.reject([comment], reason=reason.pk)
    article.editions.update(status="withdrawn")
    type(article).objects.update(title_en="New secret")

    assert send() == (1, 0)

    body = mail.outbox[0].body
    assert "secret" not in body
    assert ("off the page" in body) == public


def test_a_mail_server_that_fails_loses_no_rejection(post, reason, monkeypatch):
    moderation.reject([post(public=False, email="anna@example.org")], reason=reason.pk)

    def fail(self, messages):
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
        assert send() == (0, 1)
    mail.outbox.clear()
    assert send(17) == (1, 0)
    assert [letter.to for letter in mail.outbox] == [["anna@example.org"]]


def test_a_real_mail_server_gets_a_letter_that_can_be_read(post, reason, mail_server):
    held = post("Плохие слова", public=False, email="anna@example.org", name="Анна", language="ru")
    moderation.reject([held], reason=reason.pk)
    send()

    ((receivers, letter),) = mail_server
    assert receivers == ["anna@example.org"]
    assert letter["Subject"] == "Ваш комментарий на InfoSCO"
    assert letter["Auto-Submitted"] == "auto-generated"
    body = letter.get_content()
    assert reason.text_ru in body
    assert "Плохие слова" in body
