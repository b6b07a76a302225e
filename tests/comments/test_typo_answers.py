"""What reporters who left an address are told, read as their mail program reads it."""

import smtplib
import socket
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from comments import typo_answers, typos
from comments.models import TypoAnswer, TypoDecision
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
REPORTS = {
    "en": ("begining", "beginning", "<p>Tea. The begining was cold. More.</p>"),
    "ru": ("ушол", "ушёл", "<p>Чай. Поезд ушол в полдень. Ещё.</p>"),
    "zh-hans": ("既使", "即使", "<p>茶。既使下雨，列车也开。还有。</p>"),
}


@pytest.fixture
def moderator():
    return make_user("mod", groups=["Moderator"])


@pytest.fixture
def decided(moderator):
    """decided("en", "declined", email=…): a report on an article of its own, and what was decided on it."""

    def decided(language="en", kind="applied", email="anna@example.org", name="Anna", thanks=True, article=None):
        quote, correction, body = REPORTS[language]
        article = article or make_article(**{f"body_{language.replace('-', '_')}": body})
        names = ("prefix", "suffix", "remark", "image")
        data = dict.fromkeys(names, "") | {"field": "body", "position": None, "version": None, "quote": quote}
        row = typos.take(article, language, data | {"correction": correction, "name": name, "email": email}, "")
        if kind == "applied":
            return typos.apply_correction(row.place, correction, by=moderator)
        return typos.decide(row.place, kind, by=moderator, thanks=thanks)

    return decided


def later(minutes=6):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False)


@pytest.fixture
def catcher(settings):
    """A real mail server on this machine; the letters that it got."""

    class Keeper:
        letters = []

        async def handle_DATA(self, server, session, envelope):  # noqa: N802 -- aiosmtpd's name
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
            return "250 kept"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    keeper = Keeper()
    controller = Controller(keeper, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5},
        }
    }
    yield keeper.letters
    controller.stop()


@pytest.mark.parametrize(
    ("language", "subject", "sentence"),
    [
        ("en", "Corrected thanks to you", "The beginning was cold."),
        ("ru", "Исправлено благодаря вам", "Поезд ушёл в полдень."),
        ("zh-hans", "已根据您的反馈更正", "即使下雨，列车也开。"),
    ],
)
def test_thanks_come_with_the_corrected_sentence_in_the_text_s_language(decided, catcher, language, subject, sentence):
    decision = decided(language)

    with later():
        call_command("send_typo_answers", verbosity=0)
        call_command("send_typo_answers", verbosity=0)

    (letter,) = catcher
    assert (letter["To"], letter["Subject"]) == ("anna@example.org", subject)
    assert letter["Auto-Submitted"] == "auto-generated"
    lines = [line.strip() for line in letter.get_content().splitlines()]
    assert sentence in lines
    assert f"http://127.0.0.1:8000{decision.article.address(language)}" in lines
    assert any("Anna" in line for line in lines)
    if language != "en":
        assert "thank" not in letter.get_content().lower()


def test_declining_is_polite_and_says_nothing_of_a_correction(decided):
    decided(kind="declined")

    with later():
        assert typo_answers.send_waiting() == (1, 0)

    (letter,) = mail.outbox
    assert letter.subject == "About the mistake that you reported"
    assert "The begining was cold." in letter.body
    assert "thank you for reading so carefully" in letter.body
    assert "beginning" not in letter.body


def test_nobody_is_told_who_left_no_address_or_is_not_to_be(decided):
    decided(email="")
    decided(kind="declined", thanks=False)

    assert not TypoAnswer.objects.exists()


def test_decision_that_is_taken_back_at_once_is_never_told(decided, moderator):
    decision = decided()
    assert typo_answers.send_waiting() == (0, 0)

    typos.undo(decision.pk, by=moderator)

    with later():
        assert typo_answers.send_waiting() == (0, 0)
    assert mail.outbox == []


def test_reader_with_two_reports_of_one_place_gets_one_letter(moderator, decided):
    article = make_article(body_en=REPORTS["en"][2])
    data = dict.fromkeys(("prefix", "suffix", "image", "name"), "") | {
        "field": "body", "position": None, "version": None, "quote": "begining", "correction": "beginning",
    }  # fmt: skip
    for email, remark in (("anna@example.org", ""), ("Anna@Example.org", "n"), ("bob@example.org", "")):
        row = typos.take(article, "en", data | {"email": email, "remark": remark}, "")
    typos.decide(row.place, "mended", by=moderator)

    with later():
        assert typo_answers.send_waiting() == (2, 0)


def test_mail_server_that_fails_is_asked_again(decided, monkeypatch):
    decided()

    def fail(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected

    with later(), monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
        assert typo_answers.send_waiting() == (0, 1)
    with later(12):
        assert typo_answers.send_waiting() == (1, 0)
    assert len(mail.outbox) == 1


def test_letter_about_a_withdrawn_text_tells_nothing_of_what_it_is_now(decided):
    decision = decided()
    article = decision.article
    article.editions.update(status="withdrawn")
    type(article).objects.update(**{f"title_{code}": "New secret" for code in ("ru", "en", "zh_hans")})
    TypoDecision.objects.update(prefix="Another secret. A ", suffix=" third one.")

    with later():
        typo_answers.send_waiting()

    body = mail.outbox[0].body
    assert "http" not in body
    assert "secret" not in body
    assert decision.correction in body
