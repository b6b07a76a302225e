from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.forms import ModelMultipleChoiceField
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from reversion.models import Version

from news import publication
from news.models import Article, Edition, Image, Translation
from states.models import State

from ..factories import make_article, make_author, make_image, make_section, make_tag, make_user

pytestmark = pytest.mark.django_db
Status = Edition.Status


def signed_in(*groups, **fields):
    user = make_user(groups=groups, **fields) if groups else make_user(is_staff=True, is_superuser=True, **fields)
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def editor():
    return signed_in("Editor")


def address(article, language="en"):
    return (
        f"/en/admin/news/article/{article.pk}/change/"
        if language == "en"
        else f"/admin/news/article/{article.pk}/change/"
    )


# Short stories need no lead: whoever writes them here has said so.
NO_LEADS = "ru:lead_missing en:lead_missing zh-hans:lead_missing"


def posted(response):
    """What a browser would post of the form that it was shown, unchanged."""
    form = response.context["adminform"].form
    data = {"seen_warnings": NO_LEADS}
    for bound in form:
        if bound.field.disabled:
            continue
        value = bound.value()
        if isinstance(value, datetime):
            value = value.strftime("%Y-%m-%dT%H:%M")
        if isinstance(value, (list, tuple)) or hasattr(value, "all"):
            value = [getattr(item, "pk", item) for item in value]
        if value is None:
            value = [] if isinstance(bound.field, ModelMultipleChoiceField) else ""
        data[bound.html_name] = value
    for inline in response.context["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        data |= {
            f"{prefix}-TOTAL_FORMS": inline.formset.initial_form_count(),
            f"{prefix}-INITIAL_FORMS": inline.formset.initial_form_count(),
        }
        for form in inline.formset.initial_forms:
            for bound in form:
                data[bound.html_name] = "" if bound.value() is None else bound.value()
    return data


def save(client, article, **changes):
    """Of somebody who has seen what the checks say and wants it so."""
    response = client.get(address(article))
    assert response.status_code == 200
    data = posted(response) | changes
    response = client.post(address(article), data)
    if response.status_code == 200 and response.context["adminform"].form.asked:
        findings = response.context["adminform"].form.findings.values()
        response = client.post(
            address(article), data | {"seen_warnings": [row.key for found in findings for row in found]}
        )
    return response


def errors(response):
    with translation.override("en"):
        return {
            name: [str(text) for text in found] for name, found in response.context["adminform"].form.errors.items()
        }


def test_article_is_written_and_published_in_one_form(editor):
    section = make_section("politics")
    page = editor.get("/en/admin/news/article/add/")
    data = posted(page) | {
        "section": section.pk,
        "title_en": "Summit opens",
        "body_en": "<p>Text.</p>",
        "edition_en_status": "published",
        "edition_en_published_at": "",
        "title_ru": "Саммит открыт",
        "edition_ru_status": "review",
    }

    response = editor.post("/en/admin/news/article/add/", data)

    assert response.status_code == 302, errors(response)
    article = Article.objects.get()
    assert {edition.language: (edition.status, edition.slug) for edition in article.editions.all()} == {
        "en": ("published", "summit-opens"),
        "ru": ("review", "sammit-otkryt"),
    }
    assert article.is_published("en")
    assert (article.created_by, article.updated_by) == (editor.user, editor.user)


def test_saving_an_unchanged_form_changes_nothing_but_the_version(editor):
    article = make_article(["ru"], at=datetime(2026, 3, 1, 10, 20, 45, tzinfo=UTC), lead_image=make_image())

    response = save(editor, article)

    assert response.status_code == 302
    saved = Article.objects.get(pk=article.pk)
    for name in ("title_ru", "title_en", "title_zh_hans", "body_ru", "section_id", "lead_image_id"):
        assert (getattr(saved, name) or "") == (getattr(article, name) or "")
    assert saved.version == 2
    [edition] = saved.editions.all()
    assert edition.published_at == datetime(2026, 3, 1, 10, 20, 45, tzinfo=UTC)
    assert edition.updated_at is None


def test_no_language_copies_another(editor):
    article = make_article(["ru"])
    response = editor.get(f"/en/admin/news/article/{article.pk}/change/")

    editor.post(f"/en/admin/news/article/{article.pk}/change/", posted(response))

    assert not Article.objects.get(pk=article.pk).title_en
    assert [edition.language for edition in article.editions.all()] == ["ru"]


@pytest.mark.parametrize(("missing", "message"), [("title_en", "needs a headline"), ("body_en", "needs a body")])
def test_publishing_without_a_text_is_refused_beside_the_field(editor, missing, message):
    article = make_article(["ru", "en"], published=False)

    response = save(editor, article, edition_en_status="published", title_ru="Напечатано", **{missing: "  "})

    assert response.status_code == 200
    assert list(errors(response)) == [missing]
    assert message in errors(response)[missing][0]
    assert "Напечатано" in response.content.decode()
    assert article.editions.get(language="en").status == "draft"


def test_wrong_step_is_refused_beside_the_status(editor):
    article = make_article(["en"])

    response = save(editor, article, edition_en_status="draft")

    assert response.status_code == 200
    assert list(errors(response)) == ["edition_en_status"]
    assert article.editions.get().status == "published"


def test_times_are_moscow_times(editor):
    article = make_article(["en"], published=False)

    save(editor, article, edition_en_status="published", edition_en_published_at="2030-05-01T09:00")

    assert article.editions.get().published_at == datetime(2030, 5, 1, 6, 0, tzinfo=UTC)
    page = editor.get(address(article)).content.decode()
    assert 'value="2030-05-01T09:00"' in page
    assert "Moscow time (UTC+3)" in page


def test_edition_ends_after_it_begins(editor):
    article = make_article(["en"], published=False)

    response = save(
        editor, article, edition_en_status="published", edition_en_published_at="2030-05-01T09:00",
        edition_en_unpublish_at="2030-05-01T09:00",
    )  # fmt: skip

    assert list(errors(response)) == ["edition_en_unpublish_at"]


def test_change_of_one_language_dates_that_edition_alone(editor):
    article = make_article(["ru", "en"])

    save(editor, article, title_en="New words", _publish_changes="en")

    ru, en = article.editions.order_by("pk")
    assert ru.updated_at is None
    assert en.updated_at is not None
    assert (en.source_version, en.translator) == (2, editor.user)


def test_published_story_is_on_the_home_page_at_the_next_request(editor, client):
    article = make_article(["en"], published=False, title_en="Fresh from the desk")
    assert "Fresh from the desk" not in client.get("/en/").content.decode()

    save(editor, article, edition_en_status="published")

    assert "Fresh from the desk" in client.get("/en/").content.decode()
    assert "Fresh from the desk" not in client.get("/").content.decode()


def test_list_shows_each_article_once_with_a_headline_and_its_statuses(editor):
    make_article(["ru"], title_ru="Только по-русски")
    make_article(["en", "zh-hans"], at=timezone.now() + timedelta(days=1))

    page = editor.get("/en/admin/news/article/").content.decode()

    assert '<span lang="ru">Только по-русски</span>' in page
    assert page.count("badge-scheduled") == 2
    assert page.count("badge-published") == 1


@pytest.mark.parametrize("number", [1, 12])
def test_list_takes_few_queries(editor, number, django_assert_num_queries):
    for _ in range(number):
        make_article()
    editor.get("/en/admin/news/article/")

    with django_assert_num_queries(9):
        assert editor.get("/en/admin/news/article/").status_code == 200


@pytest.mark.parametrize(
    "words", ["самарканд", "Самарканде", "встречи самаркан", "samarkand", "meetings samar", "撒马尔罕", "1815"]
)
def test_article_is_found_in_each_language(editor, words):
    make_article()
    found = make_article(
        title_ru="Встреча в Самарканде", title_en="Meeting in Samarkand", title_zh_hans="撒马尔罕会议", legacy_idn=1815
    )

    response = editor.get("/en/admin/news/article/", {"q": words})

    assert list(response.context["cl"].result_list) == [found]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status_en=published", {"both"}),
        ("status_en=none", {"ru", "flags"}),
        ("status_ru=draft", {"draft"}),
        ("doubts=yes", {"flags"}),
        ("states=KZ", {"both"}),
    ],
)
def test_filters(editor, query, expected):
    both = make_article(["ru", "en"])
    both.states.set(State.objects.filter(iso2__in=["KZ", "CN"]))
    query = query.replace("KZ", str(both.states.first().pk))
    names = {
        both.pk: "both",
        make_article(["ru"]).pk: "ru",
        make_article(["ru", "en"], published=False).pk: "draft",
        make_article(["ru"], legacy_flags=["cut headline"]).pk: "flags",
    }

    response = editor.get(f"/en/admin/news/article/?{query}")

    assert {names[article.pk] for article in response.context["cl"].result_list} == expected


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by the size of the tables")
@pytest.mark.parametrize(
    ("articles", "index"),
    [
        (lambda: Article.objects.exclude(legacy_flags=[]), "article_with_doubts"),
        (lambda: Translation.objects.filter(language="en", state="missing").values("article"), "translation_missing"),
    ],
)
def test_filters_of_few_among_many_use_an_index(articles, index):
    assert index in articles().order_by().explain()


def act(client, action, *articles):
    data = {"action": action, "_selected_action": [article.pk for article in articles]}
    return client.post("/en/admin/news/article/", data, follow=True)


def test_many_are_published_and_withdrawn(editor):
    leads = {"lead_ru": "Вводка.", "lead_en": "A lead.", "lead_zh_hans": "导语。"}
    full, empty = make_article(published=False, **leads), make_article([], published=False)

    page = act(editor, "publish_selected", full, empty).content.decode()

    assert "3 editions were changed." in page
    assert "Left as they were" in page
    assert len(full.published_languages()) == 3
    act(editor, "withdraw_selected", full)
    assert set(full.editions.values_list("status", flat=True)) == {"withdrawn"}


def test_history_returns_to_old_texts_and_leaves_the_publication(editor):
    article = make_article(["ru", "en"], published=False, title_en="Old words")
    save(editor, article, title_en="First words")
    save(editor, article, title_en="Second words", title_ru="Вторые слова", edition_en_status="published")
    article = Article.objects.get(pk=article.pk)
    oldest = Version.objects.get_for_object(article).last()

    assert editor.get(f"/en/admin/news/article/{article.pk}/history/").status_code == 200
    url = f"/en/admin/news/article/{article.pk}/history/{oldest.pk}/"
    page = editor.get(url)
    assert "First words" in page.content.decode()
    assert Article.objects.get().title_en == "Second words"
    response = editor.post(url, posted(page))

    assert response.status_code == 302, errors(response)
    back = Article.objects.get()
    assert (back.title_en, back.working_copies.get().texts) == ("Second words", {"title": "First words"})
    assert back.title_ru == oldest.field_dict["title_ru"]
    assert back.version > article.version
    assert back.is_published("en")


@pytest.mark.parametrize("how", ["by itself", "with others"])
def test_deleted_article_is_recovered_with_all_that_was_written(editor, how):
    words = {"published": False, "title_en": "Recovered words"}
    article = make_article(["ru", "en"], authors=[make_author()], tags=[make_tag()], **words)
    save(editor, article)
    Article.objects.update(lead_en="Changed by no form")
    article.notes.create(author=editor.user, text="Ask the ministry")
    article.assignments.create(assignee=editor.user, created_by=editor.user, task="Call them")
    if how == "by itself":
        response = editor.post(f"/en/admin/news/article/{article.pk}/delete/", {"post": "yes"})
    else:
        chosen = {"action": "delete_selected", "_selected_action": [article.pk], "post": "yes"}
        response = editor.post("/en/admin/news/article/", chosen)
    assert response.status_code == 302
    assert not Article.objects.exists()

    page = editor.get("/en/admin/news/article/recover/")
    version = Version.objects.get_deleted(Article).get()
    assert f"/recover/{version.pk}/" in page.content.decode()
    url = f"/en/admin/news/article/recover/{version.pk}/"
    response = editor.post(url, posted(editor.get(url)))

    assert response.status_code == 302, errors(response)
    back = Article.objects.get()
    assert (back.title_en, back.lead_en) == ("Recovered words", "Changed by no form")
    assert (back.bylines.count(), back.tags.count()) == (1, 1)
    assert [note.text for note in back.notes.all()] == ["Ask the ministry"]
    assert [row.task for row in back.assignments.all()] == ["Call them"]


@pytest.mark.parametrize("stage", ["published", "withdrawn"])
def test_what_readers_have_seen_is_not_deleted(editor, stage):
    article = make_article(["ru", "en"], title_en="Seen words")
    if stage == "withdrawn":
        for code in ("ru", "en"):
            publication.withdraw(article, code)
    draft = make_article(["en"], published=False)
    url = f"/en/admin/news/article/{article.pk}/"

    assert 'class="deletelink"' not in editor.get(f"{url}change/").content.decode()
    assert 'class="deletelink"' in editor.get(f"/en/admin/news/article/{draft.pk}/change/").content.decode()
    page = editor.post(f"{url}delete/", {"post": "yes"}).content.decode()
    assert "Readers have seen these texts" in page
    chosen = {"action": "delete_selected", "_selected_action": [article.pk, draft.pk], "post": "yes"}
    page = editor.post("/en/admin/news/article/", chosen).content.decode()

    assert "<li>Seen words</li>" in page
    assert Article.objects.count() == 2


def test_scheduled_article_can_be_deleted_before_its_time(editor):
    article = make_article(["en"], at=timezone.now() + timedelta(hours=1))
    assert editor.post(f"/en/admin/news/article/{article.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Article.objects.exists()


@pytest.mark.parametrize(("language", "words"), [("ru", "Новость"), ("en", "Story"), ("zh-hans", "新闻")])
def test_preview_shows_a_draft_to_the_staff_alone(editor, client, language, words):
    article = make_article(published=False)
    url = reverse("admin:news_article_preview", args=[article.pk, language])

    response = editor.get(url)

    assert response.status_code == 200
    assert article.text("title", language) in response.content.decode()
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    assert "noindex" in response["X-Robots-Tag"]
    assert client.get(url).status_code == 302
    assert editor.get(reverse("admin:news_article_preview", args=[article.pk, "fr"])).status_code == 404


def test_body_is_clean_whatever_was_pasted(editor):
    article = make_article(["en"], published=False)

    save(editor, article, body_en='<p class="MsoNormal" style="mso-x:1">Text<o:p></o:p></p><script>alert(1)</script>')

    assert Article.objects.get().body_en == "<p>Text</p>"


# Pictures


def picture(size=(400, 300), colour=(10, 90, 40), name="photo.jpg"):
    import io

    from PIL import Image as Pillow

    buffer = io.BytesIO()
    Pillow.new("RGB", size, colour).save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def upload(client, file, **fields):
    data = {"file": file, "focal_x": "0.5", "focal_y": "0.5", "title": "Bridge"} | fields
    return client.post("/en/admin/news/image/add/", data)


def test_picture_is_uploaded_and_known_again(editor):
    response = upload(editor, picture(), alt_en="A bridge")
    assert response.status_code == 302, errors(response)
    [image] = Image.objects.all()
    assert (image.width, image.height, len(image.sha256), image.created_by) == (400, 300, 64, editor.user)

    again = upload(editor, picture(name="other.jpg"))

    assert again.status_code == 200
    assert f"/en/admin/news/image/{image.pk}/change/" in errors(again)["file"][0]
    assert Image.objects.count() == 1
    assert 'class="thumbnail"' in editor.get("/en/admin/news/image/").content.decode()


@pytest.mark.parametrize(
    "content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff\xe0 not really"]
)
def test_what_is_no_picture_is_refused_beside_the_field(editor, content):
    response = upload(editor, SimpleUploadedFile("photo.jpg", content, "image/jpeg"), alt_en="Kept words")

    assert response.status_code == 200
    assert list(errors(response)) == ["file"]
    assert "Kept words" in response.content.decode()
    assert not Image.objects.exists()


def test_focal_point_is_moved_and_stays_in_the_picture(editor):
    image = make_image()
    url = f"/en/admin/news/image/{image.pk}/change/"

    assert editor.post(url, {"focal_x": "0.1", "focal_y": "0.9"}).status_code == 302
    image.refresh_from_db()
    assert (image.focal_x, image.focal_y, image.version) == (0.1, 0.9, 2)
    assert list(errors(editor.post(url, {"focal_x": "1.5", "focal_y": "0.9"}))) == ["focal_x"]


@pytest.mark.parametrize("use", ["lead", "body"])
def test_picture_in_use_is_not_deleted(editor, use):
    image = make_image(title="Bridge")
    if use == "lead":
        article = make_article(["en"], lead_image=image)
    else:
        article = make_article(["en"], body_en=f'<figure><img src="/images/{image.token}/" alt=""></figure>')

    assert article.title_en in editor.get(f"/en/admin/news/image/{image.pk}/change/").content.decode()
    response = editor.post(f"/en/admin/news/image/{image.pk}/delete/", {"post": "yes"})

    assert response.status_code in (200, 403)
    assert Image.objects.filter(pk=image.pk).exists()
    act_response = editor.post(
        "/en/admin/news/image/", {"action": "delete_selected", "_selected_action": [image.pk], "post": "yes"}
    )
    assert act_response.status_code in (200, 403)
    assert Image.objects.filter(pk=image.pk).exists()


def test_unused_picture_is_deleted_with_its_files(editor, django_capture_on_commit_callbacks):
    image = make_image()
    storage, name = image.file.storage, image.file.name

    with django_capture_on_commit_callbacks(execute=True):
        assert editor.post(f"/en/admin/news/image/{image.pk}/delete/", {"post": "yes"}).status_code == 302

    assert not storage.exists(name)


def test_library_picker_finds_and_offers_the_language_s_words(editor):
    image = make_image(title="Bridge", alt_en="A bridge", caption_ru="Мост")
    make_image(title="Ship")

    page = editor.get("/en/admin/news/image/picker/?CKEditorFuncNum=-1&language=en&q=bridge").content.decode()

    assert f'data-address="/images/{image.token}/"' in page
    assert 'data-alt="A bridge"' in page
    assert "Ship" not in page
    assert "Мост" not in page


def test_address_of_stored_html_answers_to_the_staff_alone(editor, client):
    image = make_image()

    response = editor.get(f"/images/{image.token}/")

    assert response["Location"] == f"/images/{image.token}/1/full-480.jpg"
    assert client.get(f"/images/{image.token}/").status_code == 404


def test_date_before_time_zones_is_refused_with_a_word(editor):
    response = save(editor, make_article(["en"]), edition_en_published_at="0001-01-01T00:00")

    assert errors(response) == {"edition_en_published_at": ["No date before the year 1900 can be right here."]}


def test_editor_marks_one_language_as_live_and_names_the_place(editor):
    article = make_article(["ru", "en"])

    save(editor, article, edition_en_live_until="2030-05-01T09:00", dateline_en="Aktau", _publish_changes="en")

    article.refresh_from_db()
    assert article.editions.get(language="en").live_until == datetime(2030, 5, 1, 6, tzinfo=UTC)  # Moscow is UTC+3
    assert article.editions.get(language="ru").live_until is None
    assert (article.text("dateline", "en"), article.text("dateline", "ru")) == ("Aktau", "")


def test_reporter_can_t_mark_a_story_as_live():
    reporter = signed_in("Reporter")
    article = make_article(["en"], published=False, created_by=reporter.user)

    save(reporter, article, edition_en_live_until="2030-05-01T09:00", dateline_en="Aktau")

    article.refresh_from_db()
    assert article.dateline_en == "Aktau"
    assert article.editions.get().live_until is None


@pytest.mark.parametrize("languages", [["en"], ["ru", "en", "zh-hans"]])
def test_form_takes_as_many_queries_for_one_language_as_for_three(languages, django_assert_num_queries):
    editor, article = signed_in("Editor"), make_article(languages)
    editor.get(address(article))

    with django_assert_num_queries(27):
        editor.get(address(article))
