import pytest

from comments import moderation, readers
from comments.models import CommentReport
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def test_reader_reports_a_comment_once(client, post):
    path = f"/en/comments/report/{post('rude words').pk}/"

    assert "rude words" in client.get(path).content.decode()
    assert not CommentReport.objects.exists()
    assert not client.cookies  # none before they act
    for _ in range(2):
        response = client.post(path, {"reason": "An insult"})
        assert response.context["done"]

    report = CommentReport.objects.get()
    assert report.reason == "An insult"
    assert "127.0.0.1" not in report.ip_hash
    assert set(response.cookies) == {"device"}


@pytest.mark.parametrize("reason", ["x" * 501, "a\x00b"])
def test_bad_reason_is_shown_again(client, post, reason):
    response = client.post(f"/en/comments/report/{post().pk}/", {"reason": reason})

    assert response.status_code == 422
    assert not CommentReport.objects.exists()


def test_only_what_readers_see_can_be_reported(client, post):
    withdrawn = post()
    moderation.reject([withdrawn])
    draft = make_article(published=False)
    held = post("held with its answers")
    below = post("answer", parent=held)
    moderation.hold([held])
    russian = make_article(["en"])
    elsewhere = post(language="ru", on=russian)  # its language is not published there
    hidden = [post(public=False).pk, withdrawn.pk, below.pk, elsewhere.pk, post(on=draft).pk, 2**31, 10**30, 12345]

    for number in hidden:
        assert client.get(f"/en/comments/report/{number}/").status_code == 404
        assert client.post(f"/en/comments/report/{number}/").status_code == 404


def test_reports_are_limited(client, post, monkeypatch):
    monkeypatch.setattr(readers, "REPORTS", 1)
    client.post(f"/en/comments/report/{post().pk}/")

    response = client.post(f"/en/comments/report/{post().pk}/", {"reason": "Rude words"})
    assert (response.status_code, response["Retry-After"]) == (429, "3600")
    assert response.context["form"]["reason"].value() == "Rude words"
