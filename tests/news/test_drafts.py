"""Unsaved text: kept apart from the article, for its writer alone, until it is saved."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from news import drafts
from news.models import Article, Draft

from ..factories import make_article, make_author, make_section
from .test_admin import address, errors, posted, save, signed_in

pytestmark = pytest.mark.django_db
URL = "/en/admin/news/article/draft/"


@pytest.fixture
def editor():
    return signed_in("Editor")


def send(client, article=None, session="s1", sequence=1, url=URL, **fields):
    return client.post(
        url,
        {
            "session": session,
            "article": article.pk if article else "",
            "sequence": sequence,
            "opened_version": article.version if article else 0,
            "fields": json.dumps(
                {name: [value] if isinstance(value, str) else value for name, value in fields.items()}
            ),
        },
    )


def test_unsaved_text_is_kept_apart_from_the_article(editor):
    article = make_article(["en"], title_en="As it is")

    answer = send(editor, article, title_en="As it may be").json()

    draft = Draft.objects.get()
    assert (draft.user, draft.article, draft.fields) == (editor.user, article, {"title_en": ["As it may be"]})
    assert (answer["state"], answer["id"]) == ("kept", draft.pk)
    article.refresh_from_db()
    assert (article.title_en, article.version) == ("As it is", 1)


def test_the_same_text_once_more_is_no_second_one(editor):
    """A browser that died before our answer sends again what we have, under the number that it knows."""
    article = make_article(["en"])
    send(editor, article, sequence=1, title_en="One")

    assert send(editor, article, sequence=1, title_en="One").json()["state"] == "kept"
    late = send(editor, article, sequence=1, title_en="Another")

    assert (late.status_code, late.json()["state"]) == (409, "behind")
    assert Draft.objects.get().fields == {"title_en": ["One"]}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (r"The sign \u0000 in a text", r"The sign \u0000 in a text"),
        (r'A path: C:\u0000"', r'A path: C:\u0000"'),
        ("A null\x00 byte", "A null byte"),
        ("Half of a smile: \ud83d", "Half of a smile: \ufffd"),
        ("A whole one: 😀", "A whole one: 😀"),
    ],
)
def test_any_text_that_a_browser_sends_is_kept(editor, typed, kept):
    article = make_article(["en"])

    answer = send(editor, article, title_en=typed)

    assert answer.json()["state"] == "kept"
    assert Draft.objects.get().fields == {"title_en": [kept]}
    assert editor.get(address(article) + f"?draft={Draft.objects.get().pk}").status_code == 200


def test_a_session_of_writing_is_one_row_however_often_it_is_kept(editor):
    article = make_article(["en"])

    send(editor, article, sequence=1, title_en="One")
    send(editor, article, sequence=2, lead_en="Two")
    send(editor, article, sequence=3, title_en="Three")

    assert Draft.objects.get().fields == {"title_en": ["Three"], "lead_en": ["Two"]}


def test_what_arrives_late_overwrites_nothing_newer(editor):
    article = make_article(["en"])
    send(editor, article, sequence=5, title_en="Newer")

    late = send(editor, article, sequence=4, title_en="Older")

    assert (late.status_code, late.json()) == (409, {"state": "behind", "message": "", "sequence": 5})
    assert Draft.objects.get().fields == {"title_en": ["Newer"]}


def test_rows_of_a_list_are_kept_together(editor):
    article = make_article(["en"])
    send(editor, article, sequence=1, **{"bylines-TOTAL_FORMS": "2", "bylines-0-author": "1", "bylines-1-author": "2"})

    send(editor, article, sequence=2, title_en="New", **{"bylines-TOTAL_FORMS": "1", "bylines-0-author": "2"})

    assert Draft.objects.get().fields == {
        "title_en": ["New"], "bylines-TOTAL_FORMS": ["1"], "bylines-0-author": ["2"],
    }  # fmt: skip


def test_text_of_an_article_without_a_row_is_kept_and_offered(editor):
    make_section()
    send(editor, title_en="Never saved")

    page = editor.get("/en/admin/news/article/add/").content.decode()

    assert "You have text that was never saved" in page
    assert "Never saved" in page
    restored = editor.get(f"/en/admin/news/article/add/?draft={Draft.objects.get().pk}")
    assert posted(restored)["title_en"] == "Never saved"


def test_unsaved_text_is_offered_with_what_has_changed_since(editor):
    article = make_article(["en"], title_en="At first", published=False)
    opened = posted(editor.get(address(article)))
    editor.post(
        URL,
        {
            "session": "s1", "article": article.pk, "sequence": 1, "opened_version": 1,
            "opened_digests": opened["opened_digests"],
            "fields": json.dumps({"title_en": ["Mine"], "lead_en": ["My lead"]}),
        },
    )  # fmt: skip
    other = signed_in("Editor")
    save(other, article, title_en="Theirs")

    [offer] = editor.get(address(article)).context["offers"]

    assert [(str(row["label"]), row["saved"], row["written"], row["changed_since"]) for row in offer["rows"]] == [
        ("Headline · English", "Theirs", "Mine", True),
        ("Lead · English", "", "My lead", False),
    ]


def test_restored_text_is_saved_and_then_offered_no_more(editor):
    article = make_article(["en"], published=False)
    send(editor, article, title_en="From the crash")
    draft = Draft.objects.get()
    page = editor.get(f"{address(article)}?draft={draft.pk}")

    response = editor.post(f"{address(article)}?draft={draft.pk}", posted(page))

    assert response.status_code == 302, errors(response)
    assert Article.objects.get().title_en == "From the crash"
    assert not Draft.objects.unsaved().exists()
    assert editor.get(address(article)).context["offers"] == []


def test_restored_text_brings_its_bylines(editor):
    article, author = make_article(["en"], published=False), make_author()
    rows = {
        "bylines-TOTAL_FORMS": "1", "bylines-INITIAL_FORMS": "0", "bylines-0-author": str(author.pk),
        "bylines-0-position": "0",
    }  # fmt: skip
    send(editor, article, **rows)
    draft = Draft.objects.get()

    page = editor.get(f"{address(article)}?draft={draft.pk}")

    bylines = next(f.formset for f in page.context["inline_admin_formsets"] if f.formset.prefix == "bylines")
    assert [form["author"].value() for form in bylines.forms] == [str(author.pk)]


def test_what_arrives_after_the_save_is_refused(editor):
    article = make_article(["en"], published=False)
    send(editor, article, title_en="Typed")
    save(editor, article, title_en="Saved", draft_session="s1")

    late = send(editor, article, sequence=9, title_en="Typed")

    assert (late.status_code, late.json()["state"]) == (409, "closed")
    assert not Draft.objects.unsaved().exists()


def test_a_refused_form_keeps_the_session(editor):
    article = make_article(["en"], published=False)
    send(editor, article, title_en="Typed")

    response = save(editor, article, title_en="", edition_en_status="published", draft_session="s1")

    assert response.status_code == 200
    assert posted(response)["draft_session"] == "s1"
    assert Draft.objects.unsaved().count() == 1


def test_nobody_reads_changes_or_discards_the_text_of_another(editor):
    article = make_article(["en"], published=False)
    send(editor, article, title_en="A secret of mine")
    draft = Draft.objects.get()
    other = signed_in("Administrator")

    assert "A secret of mine" not in other.get(f"{address(article)}?draft={draft.pk}").content.decode()
    preview = f"/en/admin/news/article/{article.pk}/preview/en/?draft=s1"
    assert "A secret of mine" not in other.get(preview).content.decode()
    assert "A secret of mine" in editor.get(preview).content.decode()
    assert other.post(f"/en/admin/news/article/draft/{draft.pk}/discard/").status_code == 404
    send(other, article, session="s1", sequence=9, title_en="Overwritten")
    draft.refresh_from_db()
    assert draft.fields == {"title_en": ["A secret of mine"]}


def test_draft_of_another_article_is_not_put_into_this_one(editor):
    one, other = make_article(["en"], published=False), make_article(["en"], published=False)
    send(editor, one, title_en="Of the first")

    page = editor.get(f"{address(other)}?draft={Draft.objects.get().pk}")

    assert posted(page)["title_en"] == other.title_en


@pytest.mark.parametrize(
    ("role", "status"), [("Reporter", 403), ("Moderator", 403), ("Translator", 200), ("Editor", 200)]
)
def test_text_is_kept_for_those_who_may_write(role, status):
    article = make_article(["ru", "en"])

    assert send(signed_in(role), article, title_en="Words").status_code == status


def test_strangers_are_sent_to_sign_in(client):
    response = send(client, make_article(["en"]), title_en="Words")

    assert response.status_code == 302
    assert not Draft.objects.exists()


def test_token_is_asked_for_and_given_anew():
    editor = Client(enforce_csrf_checks=True)
    editor.force_login(signed_in("Editor").user)
    article = make_article(["en"])
    assert send(editor, article, title_en="Words").status_code == 403

    token = editor.get(URL).json()["token"]

    response = editor.post(URL, {"csrfmiddlewaretoken": token, "session": "s1", "article": article.pk, "fields": "{}"})
    assert response.json()["state"] == "kept"


def test_reporter_keeps_what_was_begun_before_publication():
    reporter = signed_in("Reporter")
    article = make_article(["ru"], published=False, created_by=reporter.user)
    send(reporter, article, title_ru="Начало")
    article.publish("ru")

    assert send(reporter, article, sequence=2, title_ru="Начало и конец").status_code == 200
    page = reporter.get(address(article))
    assert "Начало и конец" in page.content.decode()


@pytest.mark.parametrize(
    "fields", ["nonsense", "[]", '{"title_en": "no list"}', '{"title_en": [1]}', '{"' + "x" * 101 + '": []}']
)
def test_what_can_not_be_read_is_refused(editor, fields):
    article = make_article(["en"])

    response = editor.post(URL, {"session": "s1", "article": article.pk, "fields": fields})

    assert (response.status_code, response.json()["state"]) == (400, "broken")


def test_size_has_a_limit_with_a_message(editor, monkeypatch):
    monkeypatch.setattr(drafts, "MAX_BYTES", 2000)
    article = make_article(["en"])
    assert send(editor, article, sequence=1, body_en="x" * 1900).status_code == 200

    response = send(editor, article, sequence=2, lead_en="x" * 200)

    assert (response.status_code, response.json()["state"]) == (413, "large")
    assert "2 MB" in response.json()["message"]
    assert list(Draft.objects.get().fields) == ["body_en"]


def test_number_of_unsaved_texts_has_a_limit(editor, monkeypatch):
    monkeypatch.setattr(drafts, "MAX_DRAFTS", 1)
    assert send(editor, session="s1", title_en="One").status_code == 200

    assert send(editor, session="s2", title_en="Two").json()["state"] == "many"
    assert send(editor, session="s1", sequence=2, title_en="One more").status_code == 200


def test_colleagues_see_who_has_the_article_open():
    article = make_article(["en"])
    first, second = signed_in("Editor", first_name="Aigul", last_name="K."), signed_in("Editor")
    with time_machine.travel(datetime(2026, 3, 1, 9, 0, tzinfo=UTC), tick=False) as clock:
        send(first, article, session="a")
        clock.shift(timedelta(seconds=60))

        assert "Aigul K. has this article open, since 12:00." in second.get(address(article)).content.decode()
        assert send(second, article, session="b").json()["others"] == [{"name": "Aigul K.", "since": "12:00"}]
        assert send(first, article, session="a").json()["others"] == [{"name": second.user.username, "since": "12:01"}]
        clock.shift(timedelta(seconds=76))
        assert send(second, article, session="b").json()["others"] == []


def test_who_leaves_is_there_no_more():
    article = make_article(["en"])
    first, second = signed_in("Editor"), signed_in("Editor")
    send(first, article, session="a")

    first.post(URL, {"session": "a", "article": article.pk, "fields": "{}", "leaving": "1"})

    assert send(second, article, session="b").json()["others"] == []


def test_the_other_hears_of_a_save():
    article = make_article(["en"], published=False)
    first, second = signed_in("Editor"), signed_in("Editor")
    assert send(first, article, session="a").json()["saved"] == ""

    save(second, article, title_en="Saved by the second")

    assert second.user.username in send(first, article, session="a").json()["saved"]


def test_old_drafts_are_pruned_by_the_command_alone(editor, capsys):
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        send(editor, session="old", title_en="Old")
        send(editor, session="empty")
    with time_machine.travel(datetime(2026, 3, 3, tzinfo=UTC), tick=False):
        send(editor, session="new", title_en="New")
    with time_machine.travel(datetime(2026, 3, 31, 12, tzinfo=UTC), tick=False):
        call_command("prune_drafts")

    assert [draft.session for draft in Draft.objects.all()] == ["new"]
    assert capsys.readouterr().out == "1 unsaved texts and 1 empty sessions were deleted.\n"


def test_unsaved_text_outlives_the_article_and_its_writer(editor):
    article = make_article(["en"])
    send(editor, article, title_en="Words")

    article.delete()
    assert "Words" in editor.get("/en/admin/news/article/add/").content.decode()
    editor.user.delete()

    assert Draft.objects.get().fields == {"title_en": ["Words"]}


@pytest.mark.parametrize("number", [1, 3])
def test_keeping_takes_few_queries(editor, number, django_assert_num_queries):
    article = make_article()
    for session in range(number):
        send(signed_in("Editor"), article, session=f"other{session}", title_en="Words")
    send(editor, article, sequence=1, title_en="Words")

    with django_assert_num_queries(12):
        send(editor, article, sequence=2, title_en="More words")


@pytest.mark.parametrize(
    ("prefix", "told", "offered"),
    [
        ("/en", "This article was deleted meanwhile.", "The article that you wrote on was deleted."),
        ("", "Этот материал тем временем удалили.", "Материал, в котором вы писали, удалили."),
        ("/zh-hans", "此稿件已被删除。", "您所编写的稿件已被删除。"),
    ],
)
def test_who_writes_on_a_deleted_article_is_told_and_keeps_the_text(editor, prefix, told, offered):
    article = make_article(["en"], published=False, title_en="Saved title")
    form = posted(editor.get(f"{prefix}/admin/news/article/{article.pk}/change/"))
    assert send(editor, article, title_en="A title of many words").json()["saved"] == ""
    Article.objects.get().delete()

    answer = send(
        editor, article, sequence=2, url=URL.replace("/en", prefix, 1), title_en="A title of many, many words"
    ).json()
    gone = editor.post(
        f"{prefix}/admin/news/article/{article.pk}/change/",
        form | {"title_en": "A title of many, many words", "body_en": "<p>A <b>whole</b> paragraph of mine.</p>"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    page = editor.get(f"{prefix}/admin/news/article/add/").content.decode()

    assert (answer["state"], answer["saved"].startswith(told)) == ("kept", True)
    assert gone.status_code == 410
    assert gone.context["texts"] == ["A title of many, many words", "A whole paragraph of mine."]
    assert "Send again" not in gone.content.decode()
    assert offered in page
    assert "A title of many, many words" in page


def test_who_may_begin_no_article_is_told_to_copy_the_text_and_finds_it_when_the_article_comes_back():
    translator = signed_in("Translator", languages=["ru"])
    article = make_article(["en"], published=False)
    send(translator, article, title_ru="Слова")
    Article.objects.get().delete()

    said = send(translator, article, sequence=2, title_ru="Много слов").json()["saved"]

    assert "on this page alone" in said
    article.save(force_insert=True)
    send(translator, article, sequence=3, title_ru="Много, много слов")
    page = translator.get(f"/en/admin/news/article/{article.pk}/change/").content.decode()
    assert "Много, много слов" in page
