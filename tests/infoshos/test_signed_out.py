"""Whose session or token has ended while they were writing loses nothing."""

import pytest
from django.test import Client

from infoshos.models import Page
from tests.factories import make_user

from .test_database_away import sent_again

pytestmark = pytest.mark.django_db
PATH = "/en/admin/infoshos/page/add/"
FORM = {"slug": "tea", "position": "0", "title_en": "Tea", "body_en": '<p>An hour\'s "work" &amp; more</p>'}
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def editor():
    return make_user("desk", groups=["Editor"])


def test_text_of_an_ended_session_is_stored_after_signing_in_again(editor):
    browser = Client(enforce_csrf_checks=True)
    token = browser.get("/en/admin/login/").context["csrf_token"]

    answer = browser.post(PATH, FORM | {"csrfmiddlewaretoken": str(token)}, headers=OURS)

    assert (answer.status_code, answer["Cache-Control"]) == (403, "no-store")
    assert "You are not signed in any more" in answer.content.decode()
    again = sent_again(answer)
    assert {name: again[name] for name in FORM} == FORM
    login = browser.get("/en/admin/login/").context["csrf_token"]
    sign_in = {"username": "desk", "password": "secret-pass-42", "csrfmiddlewaretoken": str(login)}
    assert browser.post("/en/admin/login/", sign_in).status_code == 302
    # The token is another one since: once more, and nothing is lost.
    answer = browser.post(PATH, again, headers=OURS)
    assert answer.status_code == 403
    assert browser.post(PATH, sent_again(answer), headers=OURS).status_code == 302
    assert Page.objects.get().body_en == FORM["body_en"]


@pytest.mark.parametrize(
    ("prefix", "sentence"),
    [("", "Сеанс закончился"), ("/en", "not signed in any more"), ("/zh-hans", "您已不在登录状态")],
)
def test_it_is_said_in_the_language_of_the_address(client, prefix, sentence):
    answer = client.post(f"{prefix}/admin/infoshos/page/add/", FORM, headers={"Origin": "http://testserver"})

    assert sentence in answer.content.decode()


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {}],
)
def test_what_another_site_has_sent_is_not_offered(editor, headers):
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(PATH, FORM, headers=headers).status_code == 403
    assert sent_again(browser.post(PATH, FORM, headers=headers)) == {}
    assert Client().post(PATH, FORM, headers=headers)["Location"].startswith("/en/admin/login/")
    browser.force_login(editor)

    answer = browser.post(PATH, FORM, headers=headers)

    assert answer.status_code == 403
    assert sent_again(answer) == {}


@pytest.mark.parametrize("form", [{}, {"title_en": ""}, {"title_en": "T", "new_password1": "very-secret-words"}])
def test_who_has_typed_nothing_or_a_password_signs_in_as_ever(client, form):
    assert client.post(PATH, form, headers=OURS)["Location"].startswith("/en/admin/login/")
