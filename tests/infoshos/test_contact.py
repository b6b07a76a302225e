import smtplib

import pytest
from django.core import mail

from infoshos.models import ContactMessage

pytestmark = pytest.mark.django_db
LETTER = {"name": "Айгуль", "email": "reader@example.org", "subject": "О тарифах", "text": "Спасибо 🙏\nза статью"}


def test_letter_is_stored_and_mailed(client, settings):
    response = client.post("/en/contact/", LETTER)

    assert response.status_code == 302
    letter = ContactMessage.objects.get()
    assert (letter.name, letter.email, letter.subject, letter.text.splitlines(), letter.language) == (
        "Айгуль",
        "reader@example.org",
        "О тарифах",
        ["Спасибо 🙏", "за статью"],
        "en",
    )
    assert letter.mailed_at
    (sent,) = mail.outbox
    assert sent.to == [settings.DESK_EMAIL]
    assert sent.reply_to == ["reader@example.org"]
    assert "О тарифах" in sent.subject


@pytest.mark.parametrize("error", [ConnectionRefusedError(), smtplib.SMTPServerDisconnected(), TimeoutError()])
def test_letter_is_kept_when_the_mail_server_fails(client, monkeypatch, error):
    def fail(self, *args, **kwargs):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)

    assert client.post("/contact/", LETTER).status_code == 302
    assert ContactMessage.objects.get().mailed_at is None


@pytest.mark.parametrize(
    "change",
    [
        {"email": "not an address"},
        {"email": "a@b.c\nBcc: x@y.z"},
        {"name": ""},
        {"name": "x" * 121},
        {"text": "x" * 5001},
        {"subject": "a\x00b"},
    ],
)
def test_bad_letter_is_shown_again_with_all_that_was_typed(client, change):
    response = client.post("/en/contact/", LETTER | change)

    assert response.status_code == 422
    assert response.context["form"].errors
    assert LETTER["text"].splitlines()[0] in response.content.decode() or "text" in change
    assert not ContactMessage.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("prefix", "said"), [("", "Тема</a>: Обязательное"), ("/en", "Subject</a>: This"), ("/zh-hans", "主题</a>：这个")]
)
def test_list_of_errors_is_punctuated_as_its_language_does(client, prefix, said):
    response = client.post(f"{prefix}/contact/", LETTER | {"subject": ""})

    assert said in response.content.decode()


def test_line_breaks_in_the_subject_do_not_make_headers(client):
    client.post("/contact/", LETTER | {"subject": "Hello\r\nBcc: everyone@example.org"})

    (sent,) = mail.outbox
    assert "\n" not in sent.subject
    assert sent.bcc == []


def test_robot_that_fills_the_hidden_field_is_thanked_and_forgotten(client):
    assert client.post("/contact/", LETTER | {"website": "https://spam.example"}).status_code == 302
    assert not ContactMessage.objects.exists()


@pytest.mark.parametrize("field", ["name", "subject", "text"])
@pytest.mark.parametrize("nothing", ["\u200b", "\u202a\u202b", "\u3000\u2060", "\u3164"])
def test_letter_of_characters_that_nobody_sees_is_empty(client, field, nothing):
    response = client.post("/en/contact/", LETTER | {field: nothing})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not ContactMessage.objects.exists()


def test_so_many_letters_in_an_hour_and_the_text_is_kept(client, monkeypatch):
    monkeypatch.setattr("infoshos.views.LETTERS", 2)
    codes = [client.post("/en/contact/", LETTER).status_code for _letter in range(2)]

    response = client.post("/en/contact/", LETTER)

    assert codes == [302, 302]
    assert response.status_code == 429
    assert response["Retry-After"] == "3600"
    assert LETTER["text"].splitlines()[1] in response.content.decode()
    assert ContactMessage.objects.count() == 2
    other = client.post("/en/contact/", LETTER, REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 302
