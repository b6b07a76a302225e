"""Two people at the form of a page, a section, a picture: neither overwrites unseen what the other has saved."""

import pytest
from django.db.models.fields.files import FieldFile
from django.urls import reverse
from reversion.models import Version

from infoshos.models import Magazine, Page, PartnerLink, SiteNotice
from tests.factories import make_article, make_author, make_image, make_section, make_tag
from tests.news.test_admin import errors, posted, signed_in

pytestmark = pytest.mark.django_db
OTHERS = {
    "page": (lambda: Page.objects.create(slug="tea", title_en="Tea", body_en="<p>Old.</p>"), "title_en"),
    "notice": (lambda: SiteNotice.objects.create(text_en="Old"), "text_en"),
    "partner": (lambda: PartnerLink.objects.create(name_en="Old"), "name_en"),
    "issue": (lambda: Magazine.objects.create(title_en="Old", month="2026-01-01"), "contents_en"),
    "section": (make_section, "description_en"),
    "tag": (make_tag, "name_en"),
    "author": (make_author, "name_en"),
    "picture": (make_image, "caption_en"),
}


def path_of(row):
    with_language = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return with_language if with_language.startswith("/en/") else f"/en{with_language}"


def form_of(response):
    """What a browser would post of it, where no file is chosen."""
    data = {name: value for name, value in posted(response).items() if not isinstance(value, FieldFile)}
    return data | {"opened_digests": response.context["opened_digests"]}


def opened(client, row):
    return form_of(client.get(path_of(row)))


@pytest.mark.parametrize("kind", OTHERS)
def test_who_comes_second_sees_what_was_saved_and_then_decides(kind):
    make, field = OTHERS[kind]
    row, first, second = make(), signed_in("Editor"), signed_in("Editor")
    forms = [
        opened(client, row) | {field: words} for client, words in ((first, "First words"), (second, "Second words"))
    ]
    assert first.post(path_of(row), forms[0]).status_code == 302

    answer = second.post(path_of(row), forms[1])

    assert list(errors(answer)) == [field]
    assert "First words" in errors(answer)[field][0]
    assert "Second words" in answer.content.decode()
    row.refresh_from_db()
    assert getattr(row, field) == "First words"
    assert second.post(path_of(row), form_of(answer)).status_code == 302
    row.refresh_from_db()
    assert getattr(row, field) == "Second words"
    assert "First words" in Version.objects.get_for_object(row)[1].serialized_data


def test_what_one_side_alone_has_changed_is_merged():
    page, first, second = (
        Page.objects.create(slug="tea", title_en="Tea", title_ru="Чай"),
        *map(signed_in, ("Editor", "Editor")),
    )
    forms = [opened(first, page) | {"title_ru": "Зелёный чай"}, opened(second, page) | {"title_en": "Green tea"}]
    first.post(path_of(page), forms[0])

    answer = second.post(path_of(page), forms[1], follow=True)

    page.refresh_from_db()
    assert (page.title_ru, page.title_en) == ("Зелёный чай", "Green tea")
    assert "Kept as somebody else has saved it meanwhile" in answer.content.decode()


@pytest.mark.parametrize("sent", ["", "nonsense", "[]", "{}"])
def test_form_without_its_digests_overwrites_nothing_unseen(sent):
    page, editor = Page.objects.create(slug="tea", title_en="Tea"), signed_in("Editor")
    form = opened(editor, page) | {"title_en": "Green tea", "opened_digests": sent}

    answer = editor.post(path_of(page), form)

    assert list(errors(answer)) == ["title_en"]


def test_who_writes_on_what_was_deleted_gets_back_the_short_words_too():
    editor, tag = signed_in("Editor"), make_tag()
    path, form = (
        path_of(tag),
        opened(editor, tag) | {"name_ru": "Чай", "name_en": "", "name_zh_hans": "茶", "_why": "Asked"},
    )
    tag.delete()

    answer = editor.post(path, form | {"_save": "Save"}, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 410
    assert sorted(answer.context["texts"]) == sorted([form["slug"], "Чай", "茶", "Asked"])


def test_links_in_a_text_that_has_no_place_any_more_are_given_back():
    editor, page = signed_in("Editor"), Page.objects.create(slug="tea", title_en="Tea")
    text = '<p>See <a href="https://example.org/tea">there</a>.</p>'
    path, form = path_of(page), opened(editor, page) | {"body_en": text}
    page.delete()

    answer = editor.post(path, form, headers={"Sec-Fetch-Site": "same-origin"})

    assert text in answer.context["texts"]


def test_note_on_an_article_that_was_deleted_is_given_back():
    editor, article = signed_in("Editor"), make_article(["en"], published=False)
    path = f"/en/admin/news/article/{article.pk}/colleagues/"
    article.delete()
    headers = {"Sec-Fetch-Site": "same-origin"}

    answer = editor.post(path, {"note-text": "Please ask the ministry again."}, headers=headers)

    assert answer.status_code == 410
    assert answer.context["texts"] == ["Please ask the ministry again."]
    assert "Please ask the ministry again." in answer.content.decode()
    assert editor.post(path, {"done": "7"}, headers=headers).status_code == 404
    elsewhere = editor.post(path, {"note-text": "Words of another site"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 404
