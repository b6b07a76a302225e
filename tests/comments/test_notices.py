import re
import smtplib
from datetime import timedelta
from email import policy as policies

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_comments_xtd.models import XtdComment

from comments import moderation, notices, pages
from comments.models import Notice, Posting

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"


def later(minutes):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False)


@pytest.fixture
def at_once(django_capture_on_commit_callbacks):
    """Runs what a decision leaves to the moment after its transaction."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_followers_are_told_when_an_answer_is_approved(post, at_once):
    first = post("first", email="anna@example.org", followup=True)
    with at_once():
        held = post("An answer", parent=first, email="bob@example.org", name="Bob", public=False)
    assert mail.outbox == []

    with at_once():
        moderation.approve([held])

    (letter,) = mail.outbox
    assert letter.to == ["anna@example.org"]
    assert "An answer" in letter.body
    assert f"{SITE}/en/comments/c{held.pk}/\n" in letter.body
    assert "bob@example.org" not in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.extra_headers["List-Unsubscribe"].startswith(f"<{SITE}/en/comments/mute/")
    assert len(letter.extra_headers["List-Unsubscribe"]) < 160
    assert "anna" not in letter.extra_headers["List-Unsubscribe"]
    as_sent = letter.message(policy=policies.SMTP).as_bytes()
    assert f"List-Unsubscribe: {letter.extra_headers['List-Unsubscribe']}\r\n".encode() in as_sent
    with at_once():
        moderation.hold([held])
        moderation.approve([held])
    assert len(mail.outbox) == 1  # once an answer


def test_nobody_is_told_of_their_own_answer_of_other_threads_or_unasked(post, at_once):
    first = post("first", email="Anna@example.org", followup=True)
    post("other thread", email="other@example.org", followup=True)
    post("silent", parent=first, email="silent@example.org")
    post("held follower", parent=first, email="held@example.org", followup=True, public=False)

    with at_once():
        post("own", parent=first, email="anna@EXAMPLE.org")

    assert mail.outbox == []


def test_a_follower_with_two_comments_gets_one_mail(post, at_once):
    first = post("first", email="anna@example.org", followup=True)
    with at_once():
        post("second", parent=first, email="Anna@example.org", followup=True)
        post("answer", parent=first, email="bob@example.org")

    assert [letter.to for letter in mail.outbox] == [["Anna@example.org"]]


@pytest.mark.parametrize(("language", "prefix"), [("ru", ""), ("en", "/en"), ("zh-hans", "/zh-hans")])
def test_mails_are_in_the_language_of_their_receiver(post, at_once, language, prefix):
    from django.utils import translation

    first = post("first", email="anna@example.org", followup=True, language=language)
    with translation.override("ru" if language != "ru" else "en"), at_once():
        post("answer", parent=first, language=language)

    (letter,) = mail.outbox
    assert f"{SITE}{prefix}/comments/mute/" in letter.body
    assert f"{SITE}{prefix}/comments/c" in letter.body
    with translation.override(language):
        assert translation.gettext("Read and answer:") in letter.body


def test_the_letter_leads_to_the_answer_in_a_long_thread(client, post, at_once, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 5)
    first = post("first", email="anna@example.org", followup=True)
    last = [post(f"said {number}", parent=first, name=f"N{number}") for number in range(12)][-1]
    mail.outbox.clear()
    Notice.objects.all().delete()
    with at_once():
        notices.queue([last.posting])

    address = re.search(rf"{SITE}(/en/comments/c\d+/)", mail.outbox[0].body)[1]
    page = client.get(address, follow=True)
    assert page.redirect_chain[0][0].endswith(f"#c{last.pk}")
    assert "said 11" in page.content.decode()


@pytest.mark.parametrize(("shown_to_anna", "prefix"), [(True, "/zh-hans"), (False, "/en")])
def test_the_letter_leads_to_a_page_of_the_receivers_language_where_there_is_one(
    client, article, post, at_once, shown_to_anna, prefix
):
    first = post("first", email="anna@example.org", followup=True, language="zh-hans")
    with at_once():
        answer = post("answer", parent=first, language="en")
        if not shown_to_anna:
            article.editions.filter(language="zh-hans").update(status="withdrawn")

    (letter,) = mail.outbox
    assert f"{SITE}{prefix}/comments/c{answer.pk}/" in letter.body
    page = client.get(f"{prefix}/comments/c{answer.pk}/", follow=True)
    assert "answer" in page.content.decode()


def test_no_letter_tells_of_an_answer_whose_thread_is_held_again(post, at_once):
    first = post("first", email="anna@example.org", followup=True)
    second = post("second", parent=first, email="anna@example.org")
    with at_once():
        post("An answer", parent=second, email="bob@example.org", name="Bob")
        moderation.hold([second])

    assert mail.outbox == []


def test_header_injection_by_title_or_name_is_not_possible(article, post, at_once):
    article.title_en = "Line\nBcc: x@example.org"
    article.save()
    first = post("first", email="anna@example.org", followup=True)
    with at_once():
        post("answer", parent=first, name="A B")

    (letter,) = mail.outbox
    assert "\n" not in letter.subject
    assert letter.recipients() == ["anna@example.org"]


def test_mail_server_that_fails_loses_no_notice(post, at_once, monkeypatch):
    first = post("first", email="anna@example.org", followup=True)

    def fail(self, messages):
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as patched, at_once():
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
        held = post("answer", parent=first)
        moderation.approve([held])
        assert notices.send_waiting() == (0, 1)
        assert Notice.objects.get().sent_at is None

    mail.outbox.clear()
    with later(6):
        call_command("send_notices")
        call_command("send_notices")
    assert len(mail.outbox) == 1
    assert Notice.objects.get().sent_at


def test_answers_of_an_hour_are_gathered_into_one_letter(post, mail_server):
    first = post("first", email="anna@example.org", followup=True)
    post("One", parent=first, name="Bob")
    assert notices.send_waiting() == (1, 0)
    post("Two", parent=first, name="Eve")
    with later(30):
        assert notices.send_waiting() == (0, 0)
        post("Three", parent=first, name="Ada")
        assert notices.send_waiting() == (0, 0)
    with later(59):
        assert notices.send_waiting() == (0, 0)
    with later(61):
        assert notices.send_waiting() == (1, 0)
        assert notices.send_waiting() == (0, 0)

    (_receivers, alone), (receivers, both) = mail_server
    title = first.posting.article.title_en
    assert alone["Subject"] == f"A new answer: {title}"
    assert both["Subject"] == f"2 new answers: {title}"
    assert receivers == ["anna@example.org"]
    text = both.get_content().replace("\r\n", "\n")
    assert text.index("Eve:\n\nTwo") < text.index("Ada:\n\nThree")
    assert "One" not in text
    assert text.count("/en/comments/c") == 2
    assert text.count("/comments/mute/") == 1
    assert not Notice.objects.filter(sent_at=None).exists()


def test_each_thread_and_each_reader_has_an_hour_of_its_own(post):
    threads = [
        post(email=email, followup=True) for email in ("anna@example.org", "Anna@example.org", "bob@example.org")
    ]
    for thread in threads:
        post("answer", parent=thread)
        post("another", parent=thread)

    assert notices.send_waiting() == (3, 0)
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "Anna@example.org",
        "anna@example.org",
        "bob@example.org",
    ]


def test_a_letter_that_failed_takes_along_what_came_meanwhile(post, monkeypatch):
    first = post("first", email="anna@example.org", followup=True)
    post("One", parent=first)

    def fail(self, messages):
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
        assert notices.send_waiting() == (0, 1)
    post("Two", parent=first)
    assert notices.send_waiting() == (0, 0)
    with later(6):
        assert notices.send_waiting() == (1, 0)

    (letter,) = mail.outbox
    assert "One" in letter.body
    assert "Two" in letter.body


def test_of_gathered_answers_one_that_was_withdrawn_is_left_out(post):
    first = post("first", email="anna@example.org", followup=True)
    post("Fine", parent=first)
    moderation.reject([post("Foul", parent=first)])

    assert notices.send_waiting() == (1, 0)
    (letter,) = mail.outbox
    assert letter.subject.startswith("A new answer:")
    assert "Foul" not in letter.body


@pytest.mark.parametrize(("language", "said"), [("en", "(Russian)"), ("zh-hans", "(俄文)")])
def test_an_answer_in_another_language_says_so(post, language, said):
    first = post("first", email="anna@example.org", followup=True, language=language)
    answer = post("Ответ", parent=first, language=language, name="Боб")
    Posting.objects.filter(pk=answer.pk).update(language="ru")

    assert notices.send_waiting() == (1, 0)
    (letter,) = mail.outbox
    assert f"Боб {said}:" in letter.body
    assert answer.posting.article.text("title", language) in letter.subject


def test_thirty_letters_of_answers_are_made_in_few_queries_each(post, django_assert_max_num_queries):
    first = post("first")
    for number in range(30):
        post("follower", parent=first, email=f"reader{number}@example.org", followup=True)
    Notice.objects.all().delete()
    post("answer", parent=first)

    with django_assert_max_num_queries(30 * 12 + 10):
        assert notices.send_waiting() == (30, 0)


def test_no_mail_about_what_was_withdrawn_or_muted_meanwhile(post):
    first = post("first", email="anna@example.org", followup=True)
    moderation.reject([post("answer", parent=first)])
    post("another", parent=first)
    notices.mute(first.thread_id, notices.digest("anna@example.org"))

    assert notices.send_waiting() == (0, 0)
    assert mail.outbox == []
    assert not Notice.objects.exists()


def test_thirty_followers_cost_a_constant_number_of_queries_before_the_mails(post, django_assert_max_num_queries):
    first = post("first")
    for number in range(30):
        post("follower", parent=first, email=f"reader{number}@example.org", followup=True)
    Notice.objects.all().delete()

    with django_assert_max_num_queries(16):
        post("answer", parent=first)
    assert Notice.objects.count() == 30


# Muting


def mute_path(thread, email="anna@example.org", language="en"):
    return notices.mute_address(thread, email, language).removeprefix(SITE)


def test_muting_needs_a_button_and_then_no_more(client, post, at_once):
    first = post("first", email="Anna@example.org", followup=True)
    other = post("other thread", email="anna@example.org", followup=True)
    path = mute_path(first.pk)

    assert client.get(path).status_code == 200
    assert XtdComment.objects.get(pk=first.pk).followup
    assert client.post(path).context["done"]

    assert not XtdComment.objects.get(pk=first.pk).followup
    assert XtdComment.objects.get(pk=other.pk).followup
    with at_once():
        post("answer", parent=first)
    assert mail.outbox == []


@pytest.mark.parametrize("form", ["urlencoded", "multipart"])
def test_mail_programs_mute_with_one_click_without_cookie(post, mail_server, form):
    """RFC 8058: by what the letter itself says, as a form of either kind, answered without a redirect."""
    first = post("first", email="anna@example.org", followup=True)
    post("answer", parent=first)
    notices.send_waiting()
    ((_receivers, letter),) = mail_server
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = letter["List-Unsubscribe"]
    assert address.startswith(f"<{SITE}/en/comments/mute/")
    assert address.endswith(">")
    path = address[1:-1].removeprefix(SITE)
    program = Client(enforce_csrf_checks=True)

    if form == "multipart":
        response = program.post(path, {"List-Unsubscribe": "One-Click"})
    else:
        response = program.post(
            path, letter["List-Unsubscribe-Post"], content_type="application/x-www-form-urlencoded"
        )

    assert response.status_code == 200
    assert not response.cookies
    assert not XtdComment.objects.get(pk=first.pk).followup
    assert program.post(mute_path(first.pk)).status_code == 200


def test_nobody_mutes_another_with_a_changed_link(client, post):
    first = post("first", email="anna@example.org", followup=True)
    client.post(mute_path(first.pk, "eve@example.org"))
    path = mute_path(first.pk)
    token = path.rstrip("/").rpartition("/")[2]

    for place in range(0, len(token) - 1, 3):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert client.post(path.replace(token, changed)).status_code == 404
    assert XtdComment.objects.get(pk=first.pk).followup
