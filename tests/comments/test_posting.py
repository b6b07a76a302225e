import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_comments_xtd.models import XtdComment
from django_tasks_db.models import DBTaskResult

from comments import readers
from comments.models import PendingComment, Posting
from news.models import Article, Edition
from tests.factories import make_article, make_user

from .conftest import STRANGER

pytestmark = pytest.mark.django_db


def address(article, prefix="/en"):
    return f"{prefix}/comments/{article.pk}/new/"


def test_form_is_the_same_for_every_stranger_and_sets_no_cookie(client, article):
    response = client.get(address(article))

    assert response.status_code == 200
    assert not response.cookies
    assert b"csrfmiddlewaretoken" not in response.content
    # No cache shares it; but what was typed is still there for who comes back to it when the network has gone.
    assert response["Cache-Control"] == "private, no-cache"
    assert response["X-Robots-Tag"] == "noindex"


def test_form_that_the_browser_has_kept_is_not_sent_again(client, article, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # the page's clocks stand
    etag = client.get(address(article))["ETag"]

    assert client.get(address(article), headers={"If-None-Match": etag}).status_code == 304


def test_fragment_is_the_form_alone(client, article):
    page = client.get(address(article) + "?fragment=1").content.decode()

    assert page.lstrip().startswith("<form")
    assert f'action="{address(article)}"' in page


@pytest.mark.parametrize(("language", "prefix"), [("ru", ""), ("en", "/en"), ("zh-hans", "/zh-hans")])
def test_strangers_comment_is_kept_and_a_short_link_without_its_text_is_mailed(client, article, language, prefix):
    text = "很长的评论" * 600

    response = client.post(address(article, prefix), STRANGER | {"text": text})

    assert response.status_code == 302
    kept = PendingComment.objects.get()
    assert (kept.text, kept.name, kept.email, kept.language, kept.ip) == (
        text,
        "Айгуль",
        "reader@example.org",
        language,
        "127.0.0.1",
    )
    assert not XtdComment.objects.exists()
    (letter,) = mail.outbox
    assert letter.to == ["reader@example.org"]
    (link,) = [line for line in letter.body.splitlines() if "comments/confirm" in line]
    assert link.startswith(f"http://127.0.0.1:8000{prefix}/")
    assert len(link) < 160
    assert text[:20] not in letter.body
    assert "Айгуль" not in letter.body


def test_post_works_without_any_cookie_and_without_the_form_ever_loaded(article):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(address(article), STRANGER).status_code == 302
    assert PendingComment.objects.count() == 1


def test_same_comment_sent_twice_is_one_and_one_mail(client, article):
    for _ in range(3):
        assert client.post(address(article), STRANGER).status_code == 302

    assert PendingComment.objects.count() == 1
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "\u202e\u2066"}, "name"),
        ({"name": "x" * 51}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"email": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "email"),
        ({"email": "a@example.org\r\n\r\nBuy"}, "email"),
        ({"email": "a\x00@example.org"}, "email"),
        ({"text": ""}, "text"),
        ({"text": " \n\t "}, "text"),
        ({"text": "x" * 3001}, "text"),
        ({"text": "x" * 1_000_000}, "text"),
        ({"text": "before\x00after"}, "text"),
    ],
)
def test_wrong_comment_is_shown_again_with_all_that_was_typed(client, article, change, field):
    typed = STRANGER | change

    response = client.post(address(article), typed)

    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert {name: form[name].value() for name in typed} == typed
    assert not PendingComment.objects.exists()
    assert mail.outbox == []


def test_3000_characters_fit_with_line_breaks_as_browsers_send_them(client, article):
    text = "a\r\n" * 1499 + "bb"

    assert client.post(address(article), STRANGER | {"text": text}).status_code == 302
    assert PendingComment.objects.get().text == text.replace("\r\n", "\n")


def test_markup_direction_marks_and_line_breaks_in_a_name_do_no_harm(client, article, post):
    client.post(address(article), STRANGER | {"name": "<script>alert(1)</script>\u202e\nBcc: x"})
    kept = PendingComment.objects.get()

    assert kept.name == "<script>alert(1)</script> Bcc: x"
    post("<img src=x onerror=alert(1)>", name=kept.name)
    page = client.get(article.address("en")).content.decode()
    assert "<script>alert" not in page
    assert "onerror=alert(1)>" not in page.replace("&gt;", "")


def test_what_came_with_the_hidden_field_filled_in_is_kept_and_marked(client, article):
    """A browser that fills in forms by itself does it too: nobody's words are thrown away unseen."""
    assert client.post(address(article), STRANGER | {"website": "spam"}).status_code == 302
    assert PendingComment.objects.get().trapped


@pytest.mark.parametrize("error", [ConnectionRefusedError(), smtplib.SMTPRecipientsRefused({}), TimeoutError()])
def test_comment_is_kept_and_the_page_honest_when_the_mail_server_fails(client, article, monkeypatch, error):
    def fail(self, *args, **kwargs):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", fail)
        response = client.post(address(article), STRANGER, follow=True)

    assert response.context["outcome"] == "delayed"
    assert PendingComment.objects.get().mailed_at is None
    call_command("resend_confirmations")
    assert len(mail.outbox) == 1
    call_command("resend_confirmations")
    assert len(mail.outbox) == 1


@pytest.fixture
def worker(settings):
    """Work beside the request waits in the database, as in a newsroom."""
    settings.BACKGROUND_TASKS = True
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    return lambda: [result.task.func(*result.args_kwargs["args"]) for result in DBTaskResult.objects.all()]


def test_with_a_worker_no_request_waits_for_the_mail_server(client, article, worker):
    for _press in range(2):
        response = client.post(address(article), STRANGER, follow=True)
        assert response.context["outcome"] == "mail"
    client.post("/en/comments/mine/", {"email": "reader@example.org"})
    assert mail.outbox == []
    assert client.get("/en/comments/own/").context["rows"][0].standing == "unconfirmed"
    call_command("resend_confirmations")  # which leaves to the worker what has just come
    assert mail.outbox == []

    worker()
    assert [letter.to for letter in mail.outbox] == [["reader@example.org"]] * 2
    worker()
    assert len(mail.outbox) == 2


def test_mailed_links_tell_no_name_of_our_machine(client, article):
    client.post(address(article), STRANGER)

    assert (
        mail.outbox[0].extra_headers["Message-ID"] == f"<pendingcomment-{PendingComment.objects.get().pk}@127.0.0.1>"
    )


def test_what_the_worker_could_not_mail_is_mailed_later(client, article, worker):
    client.post(address(article), STRANGER)

    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert client.get("/en/comments/own/").context["rows"][0].standing == "delayed"
        call_command("resend_confirmations")
    assert len(mail.outbox) == 1


def test_no_late_mail_tells_the_headline_of_what_was_withdrawn_meanwhile(client, article, pending):
    pending(mailed_at=None)
    article.editions.update(status="withdrawn")

    call_command("resend_confirmations")
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("field", "same"),
    [
        ("email", {"email": "Reader@example.org"}),
        ("network", {"ip": "10.1.2.77"}),
        ("domain", {"domain": "example.org"}),
    ],
)
def test_confirmation_mails_are_limited_and_the_text_stays(client, article, pending, monkeypatch, field, same):
    monkeypatch.setattr(readers, "MAILS", {field: 2})
    for number in range(2):
        row = {"email": f"other{number}@example.com", "domain": "example.com"} | same
        pending(text=str(number), network="10.1.2.0/24" if "ip" in same else "", **row)
    if field == "network":
        client.defaults["REMOTE_ADDR"] = "10.1.2.3"

    response = client.post(address(article), STRANGER)

    assert response.status_code == 429
    assert response["Retry-After"]
    assert response.context["form"]["text"].value() == STRANGER["text"]
    assert PendingComment.objects.count() == 2
    PendingComment.objects.filter(text="0").update(
        created_at=PendingComment.objects.first().created_at - timedelta(hours=2)
    )
    assert client.post(address(article), STRANGER).status_code == 302


def test_networks():
    assert readers.network_of("10.1.2.77") == "10.1.2.0/24"
    assert readers.network_of("2001:db8:1:2::5") == "2001:db8:1::/48"
    assert readers.network_of(None) == ""


# Where one may not write


@pytest.mark.parametrize("policy", [Article.Comments.CLOSED, Article.Comments.HIDDEN])
def test_closed_discussion_says_so_and_gives_the_text_back(client, article, policy):
    Article.objects.update(comment_policy=policy)

    assert client.get(address(article)).context.get("form") is None
    response = client.post(address(article), STRANGER)

    assert response.status_code == 409
    assert "Хорошая новость. 🙂" in response.content.decode()
    assert not PendingComment.objects.exists()


def test_article_that_is_not_published_in_the_language_has_no_discussion_there(client):
    article = make_article(["ru"])

    assert client.get(address(article)).status_code == 404
    response = client.post(address(article), STRANGER)
    assert response.status_code == 404
    assert "Хорошая новость. 🙂" in response.content.decode()
    assert client.get(address(article, "")).status_code == 200


def test_withdrawn_and_future_articles_have_no_discussion(client, article):
    Edition.objects.filter(language="en").update(status=Edition.Status.WITHDRAWN)

    assert client.get(address(article)).status_code == 404
    assert client.post(address(article), STRANGER).status_code == 404
    assert not PendingComment.objects.exists()


@pytest.mark.parametrize("number", ["0", "99999999999999999999", "9" * 5000])
def test_huge_article_numbers_are_not_found(client, db, number):
    assert client.get(f"/en/comments/{number}/new/").status_code == 404


# Answers


def test_answer_is_kept_with_its_parent(client, article, post):
    parent = post("First")

    page = client.get(f"{address(article)}?reply={parent.pk}").content.decode()
    assert "First" in page
    client.post(address(article), STRANGER | {"reply": parent.pk})

    assert PendingComment.objects.get().parent == parent


def bad_parents(article, post):
    level1 = post("one", parent=post("zero"))
    level2 = post("two", parent=level1)
    withdrawn = post("gone")
    XtdComment.norel_objects.get(pk=withdrawn.pk)
    from comments import moderation

    moderation.reject([withdrawn])
    above = post("held later")
    below = post("below it", parent=above)
    moderation.hold([above])
    return {
        "missing": 999_999,
        "foreign": post("elsewhere", on=make_article()).pk,
        "below a held one": below.pk,
        "held": post("held", public=False).pk,
        "withdrawn": withdrawn.pk,
        "too deep": level2.pk,
        "huge": 10**30,
        "beyond int": 2**31,
        "junk": "1 OR 1=1",
        "negative": -1,
        "sign": "²",
    }


def test_answer_to_what_is_not_there_keeps_the_text_and_stores_nothing(client, article, post):
    for kind, number in bad_parents(article, post).items():
        before = XtdComment.objects.count()

        response = client.post(address(article), STRANGER | {"reply": number})

        assert response.status_code == 422, kind
        assert response.context["form"]["text"].value() == STRANGER["text"]
        assert 'name="reply"' not in response.content.decode()  # sent again it starts a thread
        assert client.get(f"{address(article)}?reply={number}").status_code == 200, kind
        assert (PendingComment.objects.count(), XtdComment.objects.count()) == (0, before)


# Signed-in staff


def test_moderators_comment_is_public_at_once(client, article):
    moderator = make_user("olga", groups=["Moderator"], first_name="Ольга", last_name="К")
    client.force_login(moderator)

    response = client.post(address(article), {"text": "From the desk"}, follow=True)

    assert response.context["outcome"] == "published"
    comment = XtdComment.objects.get()
    assert (comment.is_public, comment.user, comment.user_name, comment.posting.language) == (
        True,
        moderator,
        "Ольга К",
        "en",
    )
    assert b"From the desk" in client.get(article.address("en")).content
    assert mail.outbox == []


def test_reporters_comment_waits_for_a_moderator(client, article):
    client.force_login(make_user(groups=["Reporter"]))

    assert client.post(address(article), {"text": "Mine"}, follow=True).context["outcome"] == "held"
    assert XtdComment.objects.get().is_public is False


def test_signed_in_post_without_a_token_is_shown_again_with_its_text(article):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user(groups=["Moderator"]))

    response = strict.post(address(article), {"text": "Not from our page"})

    assert response.status_code == 403
    form = response.context["form"]
    assert form["text"].value() == "Not from our page"
    assert not Posting.objects.exists()
    token = response.cookies["csrftoken"].value
    assert strict.post(address(article), {"text": "From ours", "csrfmiddlewaretoken": token}).status_code == 302
    assert XtdComment.objects.get().comment == "From ours"


@pytest.mark.parametrize("nothing", ["\u200b", "\u202a\u202b", "\u00ad\u200d", "\u2800"])
def test_comment_of_characters_that_nobody_sees_is_empty(client, article, nothing):
    response = client.post(address(article), STRANGER | {"text": nothing})

    assert response.status_code == 422
    assert not PendingComment.objects.exists()
