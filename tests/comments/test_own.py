"""What writers do with their own comments: see, change, withdraw; from the device and by the mailed link."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_comments_xtd.models import XtdComment

from comments import moderation, own
from comments.models import Decision, HoldingRule, PendingComment, Posting, RejectionReason
from news.models import Edition
from tests.factories import make_user

from .conftest import STRANGER

pytestmark = pytest.mark.django_db
PREFIXES = {"ru": "", "en": "/en", "zh-hans": "/zh-hans"}


@pytest.fixture
def written(client, article):
    """written(): a comment of the stranger who holds `client`, confirmed on another device; its Posting."""

    def written(text="My words", **fields):
        client.post(f"/en/comments/{article.pk}/new/", STRANGER | {"text": text} | fields)
        row = PendingComment.objects.latest("pk")
        Client().post(f"/en/comments/confirm/{row.token}/")
        return Posting.objects.get(ticket=row.pk)

    return written


def page_of(posting):
    return f"/en/comments/own/{posting.pk}/"


def link_of(posting, prefix="/en"):
    return f"{prefix}/comments/own/{PendingComment.objects.get(pk=posting.ticket).own_token}/"


def edit(client, posting, text, state=None, address=None):
    address = address or page_of(posting)
    state = state or str(moderation.states([posting.pk])[0])
    return client.post(address, {"text": text, "state": state, "edit": ""})


def words(posting):
    return XtdComment.norel_objects.get(pk=posting.pk).comment


# The device


def test_post_marks_the_device_for_readers_pages_alone(client, article):
    assert not client.get(f"/en/comments/{article.pk}/new/").cookies
    cookies = client.post(f"/en/comments/{article.pk}/new/", STRANGER).cookies

    assert {name: morsel["path"] for name, morsel in cookies.items()} == {
        "reader-ru": "/comments/",
        "reader-en": "/en/comments/",
        "reader-zh-hans": "/zh-hans/comments/",
    }
    assert len({morsel.value for morsel in cookies.values()}) == 1
    assert all(morsel["httponly"] and morsel["samesite"] == "Lax" for morsel in cookies.values())
    key = cookies["reader-en"].value
    assert key not in PendingComment.objects.get().device  # a digest: who reads the database can't be the reader


def test_refused_post_sets_no_cookie(client, article):
    assert not client.post(f"/en/comments/{article.pk}/new/", STRANGER | {"email": "nobody"}).cookies


@pytest.mark.parametrize("prefix", PREFIXES.values())
def test_only_the_writers_device_sees_what_waits(client, written, prefix):
    posting = written("Waiting words")

    page = client.get(f"{prefix}/comments/own/")
    assert "Waiting words" in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0") and "no-store" in page["Cache-Control"]
    assert "Waiting words" not in Client().get(f"{prefix}/comments/own/").content.decode()
    assert Client().get(page_of(posting)).status_code == 404
    assert Client().post(page_of(posting), {"withdraw": ""}).status_code == 404


def test_list_tells_what_became_of_each(client, written, article):
    waiting, shown, rejected = written("one two"), written("three four"), written("five six")
    moderation.approve([shown.comment])
    reason = RejectionReason.objects.create(name="x", text_en="Off the topic.", text_ru="Не по теме.")
    moderation.reject([rejected.comment], reason=reason.pk)
    client.post(f"/en/comments/{article.pk}/new/", STRANGER | {"text": "unconfirmed"})

    rows = client.get("/en/comments/own/").context["rows"]

    assert [(row.words, row.standing) for row in rows] == [
        ("unconfirmed", "unconfirmed"),
        ("five six", "rejected"),
        ("three four", "published"),
        ("one two", "held"),
    ]
    assert waiting.held_because == []
    page = client.get("/en/comments/own/").content.decode()
    assert "Off the topic." in page
    assert f'href="/en/comments/c{shown.pk}/"' in page


def test_why_a_comment_is_held_is_told_to_moderators_alone(client, written):
    assert HoldingRule.objects.filter(kind="words", words__contains="casino")
    posting = written("to the casino")
    assert posting.held_because == [["words", "casino"]]

    assert client.get(page_of(posting)).content.decode().count("casino") == 2  # the text, shown and in the form


def test_list_costs_the_same_for_one_and_three(client, written, django_assert_num_queries):
    def ask(number):
        with django_assert_num_queries(number):
            client.get("/en/comments/own/")

    written("first words")
    client.get("/en/comments/own/")
    ask(OWN_QUERIES)
    written("second words")
    written("third words")
    ask(OWN_QUERIES)


OWN_QUERIES = 9


def test_unpublished_article_gives_no_headline_away(client, written, article):
    posting = written()
    Edition.objects.filter(language="en").update(status=Edition.Status.WITHDRAWN)

    for address in ("/en/comments/own/", page_of(posting), link_of(posting)):
        page = client.get(address).content.decode()
        assert "My words" in page
        assert article.title_en not in page


# Changing


def test_edit_within_ten_minutes_replaces_the_text_and_keeps_the_old_one(client, written):
    posting = written()

    response = edit(client, posting, "Better words")

    assert (response.status_code, response["Location"]) == (302, page_of(posting) + "?edited")
    posting.refresh_from_db()
    assert words(posting) == "Better words"
    assert [text for _until, text in posting.earlier] == ["My words"]
    assert posting.edited_at
    decision = Decision.objects.get()
    assert (decision.verdict, decision.by_writer, decision.decided_by) == ("waiting", True, None)


@pytest.mark.parametrize(("seconds", "status"), [(599, 302), (600, 409), (601, 409)])
def test_ten_minutes_end_to_the_second_and_the_text_stays(client, written, time_machine, seconds, status):
    posting = written()
    time_machine.move_to(posting.comment.submit_date + timedelta(seconds=seconds), tick=False)

    response = edit(client, posting, "Late words")

    assert response.status_code == status
    if status == 409:
        assert words(posting) == "My words"
        assert response.context["kept"] == "Late words"
        assert "Late words" in response.content.decode()
        assert b'name="edit"' not in client.get(page_of(posting)).content


def test_edited_comment_says_so_to_readers(client, written, shown, settings, article):
    settings.COMMENTS_PASS = "clean"
    posting = written()
    assert "edited" not in shown(article)
    before = client.get(article.address("en"))["ETag"]

    edit(client, posting, "Better words")

    assert "Better words" in shown(article)
    assert "edited" in shown(article)
    after = client.get(article.address("en"))
    assert after["ETag"] != before
    assert b"Better words" in after.content


def test_harmless_text_edited_into_spam_is_held_again(client, written, settings, article, shown):
    settings.COMMENTS_PASS = "clean"
    posting = written()
    assert "My words" in shown(article)

    edit(client, posting, "Buy at https://spam.example/")

    posting = Posting.objects.get()
    assert (posting.comment.is_public, posting.held_because) == (False, [["links", 1]])
    assert "My words" not in shown(article)
    assert "spam.example" not in shown(article)


def test_edit_is_not_held_for_being_like_itself(client, written, settings):
    settings.COMMENTS_PASS = "clean"
    HoldingRule.objects.filter(kind__in=["repeat", "flood"]).update(number=1)
    posting = written()

    edit(client, posting, "My words!")

    assert Posting.objects.get().comment.is_public is True


def test_two_windows_overwrite_nothing_unseen(client, written):
    posting = written()
    state = str(moderation.states([posting.pk])[0])
    edit(client, posting, "From the first window", state)

    response = edit(client, posting, "From the second window", state)

    assert response.status_code == 409
    page = response.content.decode()
    assert "From the first window" in page
    assert "From the second window" in page
    assert words(posting) == "From the first window"
    again = response.context["row"].state
    assert edit(client, posting, "From the second window", again).status_code == 302
    assert words(posting) == "From the second window"
    assert [text for _until, text in Posting.objects.get().earlier] == ["My words", "From the first window"]


def test_moderator_never_approves_a_text_that_was_changed_meanwhile(client, written):
    posting = written()
    seen = moderation.states([posting.pk])
    edit(client, posting, "Other words")

    decisions, refused = moderation.decide(seen, "approved", None)

    assert (decisions, refused) == ([], [posting.pk])
    assert Posting.objects.get().comment.is_public is False


def test_moderator_who_is_late_is_told_that_the_writer_was_there(client, written):
    posting = written()
    seen = str(moderation.states([posting.pk])[0])
    edit(client, posting, "Other words")
    desk = Client()
    desk.force_login(make_user(groups=["Moderator"]))

    response = desk.post(
        "/en/admin/django_comments_xtd/xtdcomment/queue/",
        {"row": seen, "action": "approved"},
        headers={"Accept": "application/json"},
    )

    assert response.status_code == 409
    assert "Its writer has changed the text meanwhile" in response.json()["message"]


@pytest.mark.parametrize("verdict", ["rejected", "spam"])
def test_what_a_moderator_turned_down_is_not_changed_any_more(client, written, verdict):
    posting = written()
    state = str(moderation.states([posting.pk])[0])
    moderation.decide(moderation.states([posting.pk]), verdict, None)

    response = edit(client, posting, "Other words", state)

    assert response.status_code == 409
    assert response.context["kept"] == "Other words"
    assert client.post(page_of(posting), {"withdraw": ""}).status_code == 409
    assert words(posting) == "My words"


def test_approved_meanwhile_is_said_and_the_same_can_be_sent_again(client, written):
    posting = written()
    state = str(moderation.states([posting.pk])[0])
    moderation.approve([posting.comment])

    response = edit(client, posting, "Other words", state)

    assert (response.status_code, words(posting)) == (409, "My words")
    assert response.context["row"].standing == "published"
    assert edit(client, posting, "Other words", response.context["row"].state).status_code == 302


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "This field is required."), ("x" * 3001, "at most 3000 characters"), ("\u200b", "required")],
)
def test_wrong_text_is_shown_again(client, written, text, problem):
    posting = written()

    response = edit(client, posting, text)

    assert response.status_code == 422
    assert problem in response.content.decode()
    assert response.context["form"]["text"].value() == text
    assert words(posting) == "My words"


def test_banned_writer_changes_nothing_and_keeps_the_text(client, written):
    from comments.models import Ban

    posting = written()
    Ban.objects.create(kind="email", value="reader@example.org")

    response = edit(client, posting, "Other words")

    assert response.status_code == 403
    assert "Other words" in response.content.decode()
    assert words(posting) == "My words"


def test_changes_of_one_comment_are_limited(client, written, monkeypatch):
    monkeypatch.setattr(own, "EDITS", 1)
    posting = written()
    edit(client, posting, "Second")

    response = edit(client, posting, "Third")

    assert response.status_code == 429
    assert "Third" in response.content.decode()
    assert words(posting) == "Second"


def test_trust_needs_more_than_the_device_that_wrote(client, written, settings, article):
    """Whoever wrote in another's name, and was confirmed by mistake, does not write on with that one's good name."""
    from comments.models import TrustedWriter

    settings.COMMENTS_PASS = "trusted"
    TrustedWriter.objects.create(email="reader@example.org")
    posting = written()
    assert posting.comment.is_public

    edit(client, posting, "From the device")
    assert not Posting.objects.get().comment.is_public
    edit(Client(), posting, "From the mail", address=link_of(posting))
    assert Posting.objects.get().comment.is_public


def test_the_filter_unlearns_the_old_words(client, written):
    from comments import bayes
    from comments.models import Word

    posting = written("lovely pictures")
    moderation.approve([posting.comment])
    bayes.learn()
    edit(client, posting, "awful noise")
    bayes.learn()

    assert set(Word.objects.exclude(token="#").values_list("good", flat=True)) == {0}


# Withdrawing


def test_withdrawn_comment_vanishes_where_nobody_answered(client, written, shown, article):
    posting = written()
    moderation.approve([posting.comment])
    before = client.get(article.address("en"))["ETag"]

    response = client.post(page_of(posting), {"withdraw": ""}, follow=True)

    assert response.context["row"].standing == "withdrawn"
    assert "My words" not in shown(article)
    assert "withdrawn" not in shown(article)
    assert client.get(article.address("en"))["ETag"] != before


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "withdrawn by its author"), ("ru", "отозван автором"), ("zh-hans", "作者撤回")],
)
def test_answers_stay_below_a_withdrawn_comment(client, article, post, shown, language, words):
    prefix = PREFIXES[language]
    client.post(f"{prefix}/comments/{article.pk}/new/", STRANGER)
    client.post(f"{prefix}/comments/confirm/{PendingComment.objects.get().token}/")
    posting = Posting.objects.get()
    moderation.approve([posting.comment])
    post("An answer", parent=posting.comment, language=language)

    client.post(f"{prefix}/comments/own/{posting.pk}/", {"withdraw": ""})

    page = shown(article, language)
    assert "An answer" in page
    assert words in page
    assert "Хорошая новость" not in page


def test_withdrawing_has_no_end_and_twice_is_once(client, written, time_machine):
    posting = written()
    time_machine.move_to(timezone.now() + timedelta(days=200))

    for _ in range(2):
        assert client.post(page_of(posting), {"withdraw": ""}).status_code == 302
    assert Decision.objects.filter(verdict="withdrawn").count() == 1


def test_moderator_can_not_bring_back_what_was_withdrawn(client, written):
    posting = written()
    client.post(page_of(posting), {"withdraw": ""})

    assert moderation.approve([posting.comment]) == 0
    made_up = moderation.State(posting.pk, 1, "rejected", False, True, 0, "en")
    with pytest.raises(moderation.Stale):
        moderation.write([made_up], "approved", None)
    with pytest.raises(moderation.Stale):
        moderation.undo(Decision.objects.get().pk, None)
    assert XtdComment.norel_objects.get().is_removed


def test_withdrawing_goes_over_a_moderators_approval_of_the_same_moment(client, written, shown, article):
    posting = written()
    client.get(page_of(posting))
    moderation.approve([posting.comment])

    client.post(page_of(posting), {"withdraw": ""})

    assert "My words" not in shown(article)


def test_withdrawn_before_it_was_confirmed_is_never_confirmed(client, article):
    client.post(f"/en/comments/{article.pk}/new/", STRANGER)
    row = PendingComment.objects.get()
    (waiting,) = client.get("/en/comments/own/").context["rows"]

    assert client.post(waiting.own, {"withdraw": ""}).status_code == 302

    response = client.post(f"/en/comments/confirm/{row.token}/")
    assert (response.status_code, response.context["reason"]) == (410, "gone")
    assert client.get(waiting.own).status_code == 410
    assert not XtdComment.objects.exists()


# The mail


@pytest.mark.parametrize("language", PREFIXES)
def test_both_links_come_through_a_real_mail_server(client, article, mail_server, language):
    client.post(f"{PREFIXES[language]}/comments/{article.pk}/new/", STRANGER)

    ((_receivers, letter),) = mail_server
    lines = letter.get_content().splitlines()
    links = {
        name: next(line.removeprefix("http://127.0.0.1:8000") for line in lines if f"/comments/{name}/" in line)
        for name in ("confirm", "own")
    }
    assert client.post(links["confirm"]).status_code == 302
    page = Client().get(links["own"])
    assert page.context["row"].standing == "held"
    assert page.headers["Content-Language"] == {"zh-hans": "zh-Hans"}.get(language, language)


def test_form_of_the_plain_page_has_an_address_of_its_own(client, article):
    """So that going back from the browser's error page finds what was typed."""
    page = client.get(f"/en/comments/{article.pk}/new/").content.decode()

    assert f'action="/en/comments/{article.pk}/new/?send"' in page


def test_mail_has_a_link_of_its_own_to_the_comment(client, article):
    client.post(f"/en/comments/{article.pk}/new/", STRANGER)
    (link,) = [line for line in mail.outbox[0].body.splitlines() if "/comments/own/" in line]
    link = link.removeprefix("http://127.0.0.1:8000")
    phone = Client()
    assert phone.get(link).context["row"].standing == "unconfirmed"
    phone.post(f"/en/comments/confirm/{PendingComment.objects.get().token}/")

    assert phone.get(link).context["row"].standing == "held"
    posting = Posting.objects.get()
    assert edit(phone, posting, "From the phone", address=link).status_code == 302
    assert words(posting) == "From the phone"
    assert phone.post(link, {"withdraw": ""}).status_code == 302


def test_link_leads_to_the_language_of_the_comment(client, written, article):
    posting = written()

    response = client.get(link_of(posting, "/zh-hans"))

    assert (response.status_code, response["Location"]) == (307, link_of(posting))


def test_confirmation_in_another_language_shows_no_draft(client, pending, article):
    Edition.objects.filter(language="zh-hans").update(status=Edition.Status.DRAFT)
    row = pending()

    response = client.get(f"/zh-hans/comments/confirm/{row.token}/")

    assert (response.status_code, response["Location"]) == (307, f"/en/comments/confirm/{row.token}/")
    assert article.title_zh_hans not in client.get(response["Location"]).content.decode()


# Users of the desk


def test_user_changes_own_comment_with_a_token_alone(article):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(groups=["Reporter"]))
    client.get(f"/en/comments/{article.pk}/new/")
    token = client.cookies["csrftoken"].value
    client.post(f"/en/comments/{article.pk}/new/", {"text": "Mine", "csrfmiddlewaretoken": token})
    posting = Posting.objects.get()
    data = {"text": "Mine, better", "state": str(moderation.states([posting.pk])[0]), "edit": ""}

    refused = client.post(page_of(posting), data)
    assert refused.status_code == 403
    assert "Mine, better" in refused.content.decode()
    assert client.post(page_of(posting), data | {"csrfmiddlewaretoken": token}).status_code == 302
    assert words(posting) == "Mine, better"


def test_another_site_can_not_withdraw(client, written):
    posting = written()

    response = client.post(page_of(posting), {"withdraw": ""}, headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403
    assert not XtdComment.norel_objects.get().is_removed
