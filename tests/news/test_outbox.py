"""The outbox that all letters go through, with the letters of notes as an example."""

import smtplib
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from news import notes, outbox
from news.models import Letter, Note
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
SEND = "django.core.mail.backends.locmem.EmailBackend.send_messages"


@pytest.fixture
def letters():
    """letters(3): as many that wait, each to a colleague of its own."""

    def letters(number=1):
        note = Note.objects.create(article=make_article(), text="look")
        return [
            Letter.objects.create(note=note, receiver=make_user(email=f"{place}@desk.example", groups=["Editor"]))
            for place in range(number)
        ]

    return letters


def later(minutes):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False)


def receivers():
    return [letter.to[0] for letter in mail.outbox]


def test_letter_that_another_sender_has_taken_is_left_to_it(letters):
    rows = letters(2)
    outbox.postpone(Letter, rows[:1])

    assert notes.send_waiting() == (1, 0)
    assert receivers() == ["1@desk.example"]


def test_sender_that_is_killed_in_the_middle_loses_nothing(letters, monkeypatch):
    letters(2)

    class Killed(BaseException):
        pass

    def die(self, messages):
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(SEND, die)
        notes.send_waiting()

    assert notes.send_waiting() == (1, 0)  # what it had not taken yet
    with later(6):
        assert notes.send_waiting() == (1, 0)
    assert sorted(receivers()) == ["0@desk.example", "1@desk.example"]


def test_pauses_grow_and_after_ten_attempts_a_letter_is_left_for_people(letters, monkeypatch):
    letters()
    tried = []

    def fail(self, messages):
        tried.append(timezone.now())
        raise smtplib.SMTPRecipientsRefused({})

    monkeypatch.setattr(SEND, fail)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _turn in range(60 * 24 * 3 // 5):
            notes.send_waiting()
            clock.shift(timedelta(minutes=5))

    pauses = [(after - before).total_seconds() / 60 for before, after in pairwise(tried)]
    assert pauses == [5 * 2**number for number in range(9)]
    assert Letter.objects.get().sent_at is None


def test_while_no_server_answers_no_attempt_is_used_up(letters, settings):
    letters(3)
    options = {"host": "127.0.0.1", "port": 9, "timeout": 1}
    working = settings.MAILERS
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}

    assert notes.send_waiting() == (0, 3)
    assert set(Letter.objects.values_list("attempts", flat=True)) == {0}
    settings.MAILERS = working
    assert notes.send_waiting() == (3, 0)


def test_one_letter_that_is_wrong_does_not_hold_up_the_others(letters, monkeypatch):
    first, *_others = letters(3)
    make = notes.message

    def message(rows):
        if rows == [first]:
            raise ValueError("broken")
        return make(rows)

    monkeypatch.setattr(notes, "message", message)

    assert notes.send_waiting() == (2, 1)
    assert receivers() == ["1@desk.example", "2@desk.example"]


def test_letter_has_one_name_at_each_attempt(letters, monkeypatch):
    letters()
    names = []

    def take(self, messages):
        names.append(messages[0].extra_headers["Message-ID"])
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr(SEND, take)
    notes.send_waiting()
    with later(6):
        notes.send_waiting()

    assert len(names) == 2
    assert len(set(names)) == 1
