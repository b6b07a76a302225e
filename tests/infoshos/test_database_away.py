"""While the database is away nothing that a person wrote is lost: it comes back in a form that sends it again."""

import html
import re

import pytest
from django.db import OperationalError

from comments.models import PendingComment, TypoReport
from infoshos.admin import PageAdmin
from infoshos.models import ContactMessage
from news.models import Article
from tests.factories import make_article, make_section, make_user

pytestmark = pytest.mark.django_db
TEXT = 'Long & careful text <b>with</b> "marks"\nand a second line.'
FORMS = [
    ("/en/contact/", ContactMessage, {"name": "A", "email": "a@example.org", "subject": "Hello", "text": TEXT}),
    ("/en/comments/{pk}/new/", PendingComment, {"name": "A", "email": "a@example.org", "text": TEXT}),
    ("/en/comments/typo/{pk}/", TypoReport, {"quote": "story", "correction": "tale", "remark": TEXT, "field": "body"}),
]


def away(*args, **kwargs):
    raise OperationalError("database is locked")


def sent_again(response):
    areas = re.findall(r'<textarea name="([^"]*)" hidden>\n(.*?)</textarea>', response.content.decode(), re.DOTALL)
    return {name: html.unescape(value) for name, value in areas}


@pytest.mark.parametrize(("path", "model", "form"), FORMS)
def test_form_comes_back_whole_and_can_be_sent_again(client, monkeypatch, path, model, form):
    path = path.format(pk=make_article().pk)
    with monkeypatch.context() as context:
        context.setattr(model, "save_base", away)
        response = client.post(path, form)

    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert "It is all here" in response.content.decode()
    again = sent_again(response)
    assert again == form
    assert client.post(path, again).status_code in {200, 302}
    assert model.objects.count() == 1


def test_editor_s_text_comes_back_too(client, monkeypatch):
    section = make_section()
    client.force_login(make_user(groups=["Editor"]))
    form = {"section": section.pk, "title_en": "A story", "body_en": f"<p>{TEXT}</p>"}
    monkeypatch.setattr(Article, "save_base", away)
    monkeypatch.setattr("django.contrib.admin.options.ModelAdmin.changeform_view", away)

    response = client.post("/en/admin/news/article/add/", form)

    assert response.status_code == 503
    assert sent_again(response)["body_en"] == form["body_en"]


def test_nothing_is_called_saved_that_was_not(client, monkeypatch):
    client.force_login(make_user(groups=["Editor"]))
    form = {"slug": "tea", "position": "0", "title_en": "Tea"}
    with monkeypatch.context() as context:
        context.setattr(PageAdmin, "response_post_save_add", away)  # the success is told already
        assert client.post("/en/admin/infoshos/page/add/", form).status_code == 503

    assert "was added successfully" not in client.get("/en/admin/").content.decode()
    client.post("/en/admin/infoshos/page/add/", form)
    assert "was added successfully" in client.get("/en/admin/").content.decode()


def test_passwords_are_not_shown(client, monkeypatch):
    monkeypatch.setattr("django.contrib.auth.authenticate", away)
    monkeypatch.setattr("infoshos.models.User.check_password", away)
    make_user("someone")

    response = client.post("/en/admin/login/", {"username": "someone", "password": "very-secret-words"})

    assert response.status_code == 503
    assert "very-secret-words" not in response.content.decode()


@pytest.mark.parametrize(("path", "sentence"), [("/", "Сейчас не получается"), ("/en/", "We can’t do this right now")])
def test_pages_say_it_in_their_language(client, monkeypatch, path, sentence):
    monkeypatch.setattr("news.caching.state", away)

    response = client.get(path)

    assert response.status_code == 503
    assert sentence in response.content.decode()
