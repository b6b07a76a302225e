"""The translators' queue: what waits, for whom, in which order, and at what price."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from news.models import Article, Edition, Section, Translation

from ..factories import make_article, make_section
from .test_admin import signed_in

pytestmark = pytest.mark.django_db
QUEUE = "/en/admin/news/translation/"
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
# The session, the user, and the permissions of the user and of the user's groups.
SIGNED_IN = 4


def rows(client, query=""):
    response = client.get(QUEUE + query)
    assert response.status_code == 200, response.get("Location")
    return [(row.article_id, row.language, row.state) for row in response.context["cl"].result_list]


@pytest.fixture
def translator():
    return signed_in("Translator", languages=["en", "zh-hans"])


def test_translator_sees_what_is_missing_and_stale_in_own_languages(translator):
    done, missing, stale = make_article(), make_article(["ru", "zh-hans"]), make_article()
    stale.title_ru = "Другой заголовок"
    stale.save()

    assert set(rows(translator)) == {(missing.pk, "en", "missing"), (stale.pk, "en", "stale")}
    assert rows(translator, "?language=zh-hans") == [(stale.pk, "zh-hans", "stale")]
    assert rows(translator, "?language=ru") == rows(translator)  # not theirs
    assert rows(translator, "?state=stale") == [(stale.pk, "en", "stale")]
    assert done.pk not in {pk for pk, *_rest in rows(translator)}


def test_urgent_comes_first_then_the_newest_or_the_oldest(translator):
    oldest, newest, urgent = (make_article(["ru"], at=NOW + timedelta(days=day)) for day in (0, 2, 1))
    urgent.translation_priority = Article.TranslationPriority.URGENT
    urgent.save()

    assert [pk for pk, *_rest in rows(translator)] == [urgent.pk, newest.pk, oldest.pk]
    assert [pk for pk, *_rest in rows(translator, "?order=oldest")] == [urgent.pk, oldest.pk, newest.pk]


def test_section_can_be_chosen(translator):
    make_article(["ru"], section=make_section("one"))
    own = make_article(["ru"], section=make_section("two"))

    assert rows(translator, f"?section={own.section_id}") == [(own.pk, "en", "missing")]


@pytest.mark.parametrize(
    "query", ["?section=x", "?section=9999999999999999999", "?state=x", "?order=x", "?language=xx"]
)
def test_strange_filters_harm_nothing(translator, query):
    article = make_article(["ru"])

    assert rows(translator, query) == [(article.pk, "en", "missing")]


@pytest.mark.parametrize(
    ("group", "status"),
    [("Reporter", 403), ("Moderator", 403), ("Translator", 200), ("Editor", 200), ("Administrator", 200)],
)
def test_who_sees_the_queue(group, status):
    assert signed_in(group, is_superuser=group == "Administrator").get(QUEUE).status_code == status


def test_editor_sees_every_language():
    editor = signed_in("Editor")
    russian, english = make_article(["ru"]), make_article(["en"])

    assert rows(editor) == [(english.pk, "ru", "missing")]
    assert rows(editor, "?language=en") == [(russian.pk, "en", "missing")]


def test_row_tells_segments_words_and_leads_to_the_form_and_the_file(translator):
    article = make_article(["ru"], title_ru="Два слова", body_ru="<p>Раз два три</p>")

    page = translator.get(QUEUE).content.decode()

    assert '<td class="field-segments">2</td><td class="field-words">5</td>' in page
    assert f'<a href="/en/admin/news/article/{article.pk}/change/" lang="ru">Два слова</a>' in page
    assert f'<a href="/en/admin/news/article/{article.pk}/translation/en/xliff/" download>XLIFF</a>' in page


def test_editor_sets_priorities_and_a_translator_does_not(translator):
    article = make_article(["ru"])
    data = {"action": "urgent", "_selected_action": [Translation.objects.get(language="en").pk]}

    translator.post(QUEUE, data)
    assert Article.objects.get().translation_priority == 0

    signed_in("Editor").post(f"{QUEUE}?language=en", data)
    article.refresh_from_db()
    assert article.translation_priority == 2
    assert set(Translation.objects.values_list("priority", flat=True)) == {2}


def test_many_are_taken_out_in_one_zip(translator):
    articles = [make_article(["ru"]) for _number in range(2)]
    chosen = list(Translation.objects.filter(language="en").values_list("pk", flat=True))

    response = translator.post(QUEUE, {"action": "as_files", "_selected_action": chosen})

    names = zipfile.ZipFile(io.BytesIO(response.getvalue())).namelist()
    assert set(names) == {f"{article.pk}-ru-en.xlf" for article in articles}


def test_nobody_adds_changes_or_deletes_rows():
    administrator = signed_in()
    make_article(["ru"])
    pk = Translation.objects.first().pk

    for rest in ("add/", f"{pk}/change/", f"{pk}/delete/"):
        assert administrator.get(QUEUE + rest).status_code == 404
    administrator.post(QUEUE, {"action": "delete_selected", "_selected_action": [pk], "post": "yes"})
    assert Translation.objects.filter(pk=pk).exists()


def test_editor_deletes_an_article_with_its_translations():
    editor = signed_in("Editor")
    article = make_article(["ru"], published=False)

    response = editor.post(f"/en/admin/news/article/{article.pk}/delete/", {"post": "yes"})

    assert response.status_code == 302
    assert not Translation.objects.exists()


def test_desk_tells_what_is_to_be_translated(translator):
    make_article(["ru"])
    make_article(["ru", "en"])

    page = translator.get("/en/admin/").content.decode()

    assert f'<a href="{QUEUE}?language=en"><strong>1</strong> to translate: English' in page
    assert f'<a href="{QUEUE}?language=zh-hans"><strong>2</strong> to translate: Chinese' in page
    assert f'<a href="{QUEUE}"' in page  # the menu


def fill(number):
    """Articles in Russian with their translations waiting, without a save for each."""
    section = Section.objects.first() or make_section()
    articles = Article.objects.bulk_create(
        [Article(section=section, title_ru=f"Новость {place}", body_ru="<p>Текст</p>") for place in range(number)]
    )
    Edition.objects.bulk_create(
        [Edition(article=a, language="ru", slug="x", status="published", published_at=NOW) for a in articles]
    )
    Translation.objects.bulk_create(
        [
            Translation(article=a, language=code, state="missing", waiting=True, since=NOW + timedelta(minutes=place),
                        segments=2, words=3, priority=place % 3)
            for place, a in enumerate(articles)
            for code in ("en", "zh-hans")
        ]
    )  # fmt: skip


def test_queue_of_ten_thousand_articles_takes_as_many_queries_as_one_of_three(translator):
    counts = []
    for number in (3, 10_000):
        fill(number)
        for query in ("", "?order=oldest", f"?state=missing&section={Section.objects.get().pk}&p=1"):
            with CaptureQueriesContext(
                connection,
            ) as captured:
                response = translator.get(QUEUE + query)
            assert response.status_code == 200
            counts.append(len(captured) - SIGNED_IN)
    assert counts == [3] * 6


@pytest.mark.parametrize("query", ["", "?order=oldest"])
def test_queue_is_read_in_the_order_of_an_index(translator, query):
    fill(3000)
    with CaptureQueriesContext(connection) as captured:
        translator.get(QUEUE + query)
    [asked] = [found["sql"] for found in captured if "LIMIT 50" in found["sql"]]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
            cursor.execute(f"EXPLAIN {asked}")
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked}")
        plan = "\n".join(str(row) for row in cursor.fetchall())

    assert ("translation_oldest" if query else "translation_newest") in plan
