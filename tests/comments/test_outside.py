"""The outside spam service, against a real server on this machine."""

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest
from django.core import mail
from django.core.management import call_command
from django_comments_xtd.models import XtdComment

from comments import bayes, moderation, outside, own
from comments.models import HoldingRule, Opinion, Posting
from comments.pending import confirm
from news.caching import state
from tests.factories import make_user

from .test_queue import QUEUE

pytestmark = pytest.mark.django_db


class Service:
    """What it was asked, as (method, fields); what it answers: a status and a text, or nothing for `silent` seconds."""

    def __init__(self):
        self.asked, self.status, self.text, self.silent = [], 200, "false", 0


@pytest.fixture
def service(settings):
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = {name: value for name, (value,) in parse_qs(body, keep_blank_values=True).items()}
            service.asked.append((self.path.removeprefix("/1.1/"), fields))
            time.sleep(service.silent)
            self.send_response(service.status)
            self.end_headers()
            self.wfile.write(service.text.encode())

        def log_message(self, *args):
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            """We hang up on a slow answer; that is no error of the server's."""

    server = Server(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    settings.SPAM_SERVICE_URL = f"http://127.0.0.1:{server.server_port}"
    settings.SPAM_SERVICE_KEY = "key-1"
    settings.COMMENTS_PASS = "clean"
    HoldingRule.objects.all().delete()
    yield service
    server.shutdown()
    server.server_close()


@pytest.fixture
def write(pending, django_capture_on_commit_callbacks):
    """write("text"): a stranger's confirmed comment, after what follows its transaction."""

    def write(text="Fine words", **fields):
        with django_capture_on_commit_callbacks(execute=True):
            comment = confirm(pending(text=text, **fields))
        return XtdComment.objects.get(pk=comment.pk)

    return write


def reasons(comment):
    return Posting.objects.get(pk=comment.pk).held_because


def test_comment_that_the_rules_pass_is_shown_after_the_service_has_said_no_spam(service, write, post):
    first = post("first", email="anna@example.org", followup=True)
    before = state("en")
    comment = write("An answer", parent=first)

    assert comment.is_public
    assert reasons(comment) == []
    assert state("en") != before
    assert [letter.to for letter in mail.outbox] == [["anna@example.org"]]
    ((method, fields),) = service.asked
    assert method == "comment-check"
    assert fields == {
        "api_key": "key-1",
        "blog": "http://127.0.0.1:8000",
        "blog_lang": "en",
        "blog_charset": "UTF-8",
        "user_ip": "",
        "permalink": f"http://127.0.0.1:8000{first.posting.article.address('en')}",
        "comment_type": "reply",
        "comment_author": "Reader",
        "comment_author_email": "reader@example.org",
        "comment_content": "An answer",
        "comment_date_gmt": comment.submit_date.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def test_changed_text_is_asked_about_anew(service, write, django_capture_on_commit_callbacks):
    comment = write()
    service.text = "true"

    with django_capture_on_commit_callbacks(execute=True):
        posting = Posting.objects.with_last_decision().select_related("comment").get()
        own.edit(posting, moderation.State.of(posting), "Buy here", None, vouched=True)

    comment.refresh_from_db()
    assert (comment.is_public, comment.comment) == (False, "Buy here")
    assert reasons(comment) == [["service"]]

    service.text = "false"
    with django_capture_on_commit_callbacks(execute=True):
        posting = Posting.objects.with_last_decision().select_related("comment").get()
        own.edit(posting, moderation.State.of(posting), "Fine words again", None, vouched=True)

    comment.refresh_from_db()
    assert comment.is_public
    assert [fields["comment_content"] for _method, fields in service.asked][1:] == ["Buy here", "Fine words again"]


def test_spam_is_held_and_moderators_see_who_says_so(service, write, client):
    service.text = "true"
    comment = write()

    assert not comment.is_public
    assert reasons(comment) == [["service"]]
    client.force_login(make_user(groups=["Moderator"]))
    assert "the spam service takes it for spam" in client.get(QUEUE).content.decode()


def test_what_other_rules_hold_stays_held_whatever_it_says(service, write):
    HoldingRule.objects.create(kind="words", words="casino")
    fine = write("casino")
    service.text = "true"
    both = write("casino again", email="b@example.org")

    assert not fine.is_public
    assert reasons(fine) == [["words", "casino"]]
    assert not both.is_public
    assert reasons(both) == [["words", "casino"], ["service"]]


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"text": "invalid"},
        {"text": ""},
        {"text": "<html>true"},
        {"text": "\x00" * 5000},
        {"silent": 0.5},
    ],
)
def test_service_that_fails_leaves_the_other_rules_to_decide(service, write, fault, monkeypatch):
    monkeypatch.setattr(outside, "TIMEOUT", 0.2)
    HoldingRule.objects.create(kind="words", words="casino")
    vars(service).update(fault)

    passed, held = write("fine"), write("casino", email="b@example.org")

    assert passed.is_public
    assert not held.is_public
    assert reasons(held) == [["words", "casino"]]
    assert set(Opinion.objects.values_list("answer", flat=True)) == {"failed"}


def test_service_that_is_not_there_leaves_the_other_rules_to_decide(service, settings, write):
    settings.SPAM_SERVICE_URL = "http://127.0.0.1:9"

    assert write().is_public


def test_nobody_is_asked_by_default(settings, write):
    assert settings.SPAM_SERVICE_URL == ""
    settings.COMMENTS_PASS = "clean"
    HoldingRule.objects.all().delete()

    assert write().is_public
    assert not Opinion.objects.exists()


def test_comment_whose_question_was_interrupted_is_asked_about_by_the_timer(service, pending):
    row = pending(text="words")
    comment = confirm(row)  # killed before what follows the transaction
    assert not comment.is_public
    assert reasons(comment) == [["asked"]]

    call_command("ask_spam_service", verbosity=0)

    assert XtdComment.objects.get().is_public
    call_command("ask_spam_service", verbosity=0)
    assert len(service.asked) == 1


def test_what_a_moderator_decided_meanwhile_stands(service, pending):
    comments = [confirm(pending(text=f"words {place}", email=f"r{place}@example.org")) for place in range(2)]
    moderation.reject(comments[:1])
    moderation.approve(comments[1:])
    moderation.hold(comments[1:])

    assert outside.work() == (2, 0, 0)

    for comment in comments:
        comment.refresh_from_db()
    assert [(comment.is_public, comment.is_removed) for comment in comments] == [(False, True), (False, False)]


def test_it_is_told_where_moderators_think_otherwise_once(service, write, post):
    good = write("good", email="a@example.org")
    service.text = "true"
    bad, sure = write("bad", email="b@example.org"), write("sure", email="c@example.org")
    del service.asked[:]
    service.text = "Thanks for making the web a better place."
    moderation.approve([bad])
    moderation.decide(moderation.states([good.pk, sure.pk]), "spam", None)

    bayes.learn()
    assert outside.work() == (0, 2, 0)
    assert outside.work() == (0, 0, 0)

    assert [(method, fields["comment_content"]) for method, fields in service.asked] == [
        ("submit-spam", "good"),
        ("submit-ham", "bad"),
    ]


def test_what_could_not_be_told_is_told_later(service, write):
    service.text = "true"
    comment = write()
    moderation.approve([comment])
    bayes.learn()
    service.status = 503
    assert outside.work() == (0, 0, 1)
    service.status = 200
    Opinion.objects.update(due_at="2020-01-01T00:00Z")

    assert outside.work() == (0, 1, 0)
