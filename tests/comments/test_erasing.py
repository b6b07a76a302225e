"""All that an address has written: a mailed link to read, save and erase it; and what is forgotten by itself."""

import json
import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_comments_xtd.models import XtdComment

from comments import devices, erasing, moderation, readers
from comments.models import (
    AddressLink,
    Ban,
    CommentReport,
    CommentVote,
    Decision,
    Notice,
    PendingComment,
    Posting,
    Remembered,
    TrustedWriter,
    TypoAnswer,
    TypoDecision,
    TypoReport,
)

pytestmark = pytest.mark.django_db
READER = "reader@example.org"


@pytest.fixture
def link(client):
    """link(): the address in the mail that the reader has asked for."""

    def link(email=READER, prefix="/en"):
        mail.outbox.clear()
        client.post(f"{prefix}/comments/mine/", {"email": email})
        (line,) = [line for line in mail.outbox[0].body.splitlines() if "/comments/mine/" in line]
        return line.removeprefix("http://127.0.0.1:8000")

    return link


@pytest.fixture
def erase(client, link):
    def erase(email=READER):
        return client.post(link(email), {"sure": "on"})

    return erase


@pytest.fixture
def report(article):
    def report(**fields):
        values = {"article": article, "language": "en", "quote": "teh", "correction": "the", "reporter_email": READER}
        return TypoReport.objects.create(**values | fields)

    return report


# Asking


@pytest.mark.parametrize("prefix", ["", "/en", "/zh-hans"])
def test_who_asks_gets_the_same_answer_whether_the_address_has_written_or_not(client, post, prefix):
    post("Words", email=READER)

    answers = [client.post(f"{prefix}/comments/mine/", {"email": email}) for email in (READER, "no@example.org")]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, f"{prefix}/comments/mine/?sent")}
    assert [letter.to for letter in mail.outbox] == [[READER], ["no@example.org"]]
    bodies = [[line for line in letter.body.splitlines() if "/comments/mine/" not in line] for letter in mail.outbox]
    assert bodies[0] == bodies[1]


def test_link_reaches_a_real_mail_server_and_works(client, post, mail_server):
    post("Words", email=READER)
    client.post("/zh-hans/comments/mine/", {"email": READER})

    ((receivers, letter),) = mail_server
    (line,) = [line for line in letter.get_content().splitlines() if "/comments/mine/" in line]
    assert receivers == [READER]
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "Words" not in letter.get_content()
    assert "Words" in client.get(line.removeprefix("http://127.0.0.1:8000")).content.decode()


@pytest.mark.parametrize("email", ["", "nobody", "a@example.org\nBcc: b@example.org", "a@example.org\r\n\r\nBuy"])
def test_what_is_no_address_is_shown_again(client, email):
    response = client.post("/en/comments/mine/", {"email": email})

    assert response.status_code == 422
    assert response.context["form"]["email"].value() == email
    assert mail.outbox == []


@pytest.mark.parametrize("field", ["email", "network", "domain"])
def test_asking_is_limited(client, monkeypatch, field):
    monkeypatch.setattr(readers, "MAILS", {field: 2})
    for _ in range(2):
        assert client.post("/en/comments/mine/", {"email": READER}).status_code == 302

    response = client.post("/en/comments/mine/", {"email": READER})

    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert response.context["form"]["email"].value() == READER
    assert len(mail.outbox) == 2


def test_comments_that_wait_for_confirmation_tell_nothing_by_the_limit(client, pending, monkeypatch):
    monkeypatch.setattr(readers, "MAILS", {"email": 1})
    pending()

    assert client.post("/en/comments/mine/", {"email": READER}).status_code == 302


def test_link_comes_later_when_the_mail_server_fails(client, monkeypatch):
    def fail(self, *args, **kwargs):
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", fail)
        assert client.post("/en/comments/mine/", {"email": READER})["Location"].endswith("?delayed")
    call_command("resend_confirmations")
    call_command("resend_confirmations")

    assert len(mail.outbox) == 1


def test_robot_gets_no_mail_sent(client):
    assert client.post("/en/comments/mine/", {"email": READER, "website": "x"}).status_code == 302
    assert mail.outbox == []


# The link


def test_link_ends_after_a_day(client, link, post, time_machine):
    post("Words", email=READER)
    address = link()
    time_machine.move_to(timezone.now() + timedelta(hours=23, minutes=59))
    assert client.get(address).status_code == 200
    time_machine.shift(timedelta(minutes=2))

    for response in (client.get(address), client.get(address + "export.json"), client.post(address, {"sure": "on"})):
        assert (response.status_code, response.context["reason"]) == (410, "old")
    assert XtdComment.objects.exists()


def test_list_holds_what_the_address_wrote_and_nothing_else(client, link, post, pending, report):
    post("In English", email="Reader@Example.org")
    post("По-русски", email=READER, language="ru", public=False)
    post("By another", email="other@example.org")
    pending(text="Unconfirmed")
    report(quote="mistaek")

    page = client.get(link())

    assert [row.words for row in page.context["rows"]] == ["Unconfirmed", "По-русски", "In English"]
    text = page.content.decode()
    assert "mistaek" in text
    assert "By another" not in text
    assert 'lang="ru"' in text
    assert "no-store" in page["Cache-Control"]


def test_long_lists_come_in_pages_at_the_same_cost(client, link, post, django_assert_num_queries):
    address = link()
    post("1", email=READER)
    client.get(address)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(address)
    for number in range(2, 23):
        post(str(number), email=READER)
    with django_assert_num_queries(LIST_QUERIES):
        rows = client.get(address).context["rows"]

    assert len(rows) == 20
    assert [row.words for row in client.get(address + "?page=2").context["rows"]] == ["2", "1"]


LIST_QUERIES = 10


def test_export_holds_all_that_is_stored(client, link, post, report, pending, article):
    post("Слова", email=READER, ip="192.0.2.7")
    pending(text="Unconfirmed")
    report(remark="look", reporter_name="Anna")
    devices.remember("d" * 32, READER, "Anna")

    response = client.get(link() + "export.json")

    assert response["Content-Disposition"].startswith('attachment; filename="infosco-')
    data = json.loads(response.content)
    (comment,) = data["comments"]
    assert (comment["text"], comment["ip_address"], comment["network"], comment["standing"]) == (
        "Слова",
        "192.0.2.7",
        "192.0.2.0/24",
        "published",
    )
    assert comment["article"] == article.title_en
    assert [row["text"] for row in data["unconfirmed"]] == ["Unconfirmed"]
    assert [row["remark"] for row in data["typo_reports"]] == ["look"]
    assert [row["name"] for row in data["remembered"]] == ["Anna"]
    assert data["address"] == READER


# Erasing


def test_erasing_wants_a_tick(client, link, post):
    post("Words", email=READER)
    response = client.post(link(), {})

    assert response.status_code == 422
    assert XtdComment.objects.get().comment == "Words"


def test_erased_comments_vanish_and_those_with_answers_are_withdrawn(client, erase, post, shown, article):
    alone, answered = post("Alone", email=READER), post("Answered", email=READER, ip="192.0.2.7")
    own_answer = post("Own answer", email=READER, parent=alone)
    post("An answer", parent=answered, email="other@example.org")
    before = client.get(article.address("en"))["ETag"]

    assert erase().status_code == 200

    page = shown(article)
    assert "An answer" in page
    assert "withdrawn by its author" in page
    assert "Answered" not in page and "Alone" not in page and "Own answer" not in page
    assert client.get(article.address("en"))["ETag"] != before
    assert not XtdComment.objects.filter(pk__in=[alone.pk, own_answer.pk]).exists()
    kept = XtdComment.objects.get(pk=answered.pk)
    assert (kept.comment, kept.user_name, kept.user_email, kept.ip_address) == ("", "", "", None)
    posting = kept.posting
    assert (posting.author, posting.network, posting.fingerprint, posting.device) == ("", "", "", "")


def test_answer_that_still_waits_keeps_the_place_too(erase, post, shown, article):
    answered = post("Answered", email=READER)
    answer = post("An answer", parent=answered, email="other@example.org", public=False)
    erase()
    moderation.approve([answer])

    assert "An answer" in shown(article)


def test_nothing_of_the_address_is_left_anywhere(client, erase, post, pending, report):
    answered = post("Answered", email=READER, ip="192.0.2.7", followup=True, public=False)
    post("An answer", parent=answered, email="other@example.org")
    moderation.ban(moderation.states([answered.pk])[0], None, "email")
    CommentReport.objects.create(comment=answered, ip_hash="x", reason="Reader is a liar")
    pending(email="Reader@Example.org")
    Notice.objects.create(comment=answered, email=READER, language="en")
    TrustedWriter.objects.create(email=READER)
    devices.remember("d" * 32, READER, "Anna")
    row = report(reporter_name="Anna", remark="I am Anna", ip_hash="x")
    report(correction="", remark="I am Anna")
    decision = TypoDecision.objects.create(
        kind="applied", article=row.article, language="en", field="body", quote="teh", article_version=1
    )
    TypoAnswer.objects.create(decision=decision, email=READER, name="Anna")

    erase()

    from django.core import serializers

    models = (
        XtdComment, Posting, PendingComment, Notice, Ban, TrustedWriter, Remembered, TypoReport, TypoAnswer, AddressLink,
        Decision, CommentReport,
    )  # fmt: skip
    left = serializers.serialize("json", [row for model in models for row in model._default_manager.all()])
    for trace in ("reader@", "Reader@", "Anna", "192.0.2", "Answered", "liar"):
        assert trace not in left, trace
    assert TypoReport.objects.get().correction == "the"


def test_ban_outlives_the_erased_address_as_a_digest(client, erase, post, article):
    Ban.objects.create(kind="email", value=READER)
    post("Words", email=READER)
    erase()

    assert Ban.objects.get().value.startswith("erased:")
    response = client.post(
        f"/en/comments/{article.pk}/new/", {"name": "R", "email": "Reader@Example.org", "text": "Again"}
    )
    assert response.status_code == 403
    other = {"name": "R", "email": "other@example.org", "text": "Again"}
    assert client.post(f"/en/comments/{article.pk}/new/", other).status_code == 302


def test_banned_digest_holds_through_a_change_of_the_secret_key(erase, settings):
    Ban.objects.create(kind="email", value=READER)
    erase()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-secret-key-for-the-test"

    assert Ban.objects.of(READER, None).exists()


def test_link_works_once(client, erase, link, post):
    post("Words", email=READER)
    address = link()
    assert client.post(address, {"sure": "on"}).status_code == 200
    post("Later words", email=READER)

    for response in (client.get(address), client.post(address, {"sure": "on"}), client.get(address + "export.json")):
        assert (response.status_code, response.context["reason"]) == (410, "erased")
    assert XtdComment.objects.count() == 1


def test_comments_of_others_stay(erase, post):
    post("Words", email=READER)
    others = [post(text, email=f"{text}@example.org") for text in ("a", "another-reader")]
    erase()

    assert set(XtdComment.objects.values_list("pk", flat=True)) == {comment.pk for comment in others}


@pytest.mark.parametrize("decided", ["approved", "undo"])
def test_moderator_can_not_publish_what_was_erased(client, erase, post, decided):
    answered = post("Answered", email=READER)
    post("An answer", parent=answered)
    moderation.reject([answered])
    seen = moderation.states([answered.pk])
    erase()

    if decided == "undo":
        with pytest.raises(moderation.Stale):
            moderation.undo(Decision.objects.get().pk, None)
    else:
        assert moderation.decide(seen, "approved", None)[0] == []
    assert XtdComment.objects.get(pk=answered.pk).is_removed


def test_many_comments_are_erased_in_few_queries(link, post, django_assert_max_num_queries):
    for number in range(30):
        post(str(number), email=READER)
    row = erasing.read_token(link().rstrip("/").rpartition("/")[2])
    with django_assert_max_num_queries(60):
        assert erasing.erase(row) == 30
    assert not XtdComment.objects.exists()


# Forgetting


@pytest.fixture
def later(time_machine):
    def later(days):
        time_machine.move_to(timezone.now() + timedelta(days=days))
        call_command("forget_readers")

    return later


def test_where_a_comment_came_from_is_forgotten_after_90_days(post, later):
    comment = post("Words", email=READER, ip="192.0.2.7")

    later(89)
    assert Posting.objects.get().network
    later(2)
    posting = Posting.objects.get()
    assert (posting.network, posting.fingerprint) == ("", "")
    comment.refresh_from_db()
    assert (comment.ip_address, comment.comment) == (None, "Words")


@pytest.mark.parametrize("sent", [True, False])
def test_reporters_address_is_forgotten_after_the_letter(report, later, sent):
    row = report(status="accepted", decided_at=timezone.now(), reporter_name="Anna", ip_hash="x")
    decision = TypoDecision.objects.create(
        kind="applied", article=row.article, language="en", field="body", quote="teh", article_version=1
    )
    TypoReport.objects.update(decision=decision)
    TypoAnswer.objects.create(decision=decision, email=READER, sent_at=timezone.now() if sent else None)

    later(91)

    row.refresh_from_db()
    assert row.reporter_email == ("" if sent else READER)
    assert row.ip_hash == ""
    assert TypoAnswer.objects.exists() is not sent


def test_reporter_who_waits_for_the_desk_is_not_forgotten(report, later):
    report()
    later(91)

    assert TypoReport.objects.get().reporter_email == READER


def test_withdrawn_texts_are_erased_after_90_days(post, later):
    from comments import own

    comment = post("Words", email=READER)
    own.withdraw(Posting.objects.get())

    later(89)
    assert XtdComment.objects.filter(pk=comment.pk).exists()
    later(2)
    assert not XtdComment.objects.exists()


def test_devices_links_and_reporters_are_forgotten(client, post, link, later):
    link()
    devices.remember("d" * 32, READER, "Anna")
    comment = post("Words")
    Posting.objects.update(device="d" * 32)
    for whose in "ab":
        CommentReport.objects.create(comment=comment, ip_hash=whose * 32, device=whose * 32)
        CommentVote.objects.create(comment=comment, device=whose * 32)

    later(91)
    assert not AddressLink.objects.exists()
    assert set(CommentReport.objects.values_list("ip_hash", flat=True)) == {""}
    for model in (CommentReport, CommentVote):
        assert set(model.objects.values_list("device", flat=True)).isdisjoint({"a" * 32, "b" * 32})
    assert Remembered.objects.exists()
    later(300)
    assert not Remembered.objects.exists()
    assert Posting.objects.get().device == ""


def test_forgetting_twice_finds_nothing(post, later):
    post("Words", email=READER, ip="192.0.2.7")
    later(91)

    assert erasing.forget_old() == 0


def test_erasing_forgets_the_device_that_does_it(client, link, post, article):
    client.post(f"/en/comments/{article.pk}/new/", {"name": "R", "email": READER, "text": "Words"})
    assert client.get("/en/comments/own/").context["rows"]
    response = client.post(link(), {"sure": "on"})

    assert response.cookies["reader-en"]["max-age"] == 0
    assert not PendingComment.objects.exists()
    assert Client().get("/en/comments/own/").context["rows"] == []
