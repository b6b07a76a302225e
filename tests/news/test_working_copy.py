"""What is changed in a published text waits until it is published: readers see nothing of it before."""

import pytest
import reversion
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from reversion.models import Version

from news import publication, search, working_copy
from news.models import Article, Generation, SearchDocument, WorkingCopy

from ..factories import make_article
from .test_admin import address, errors, posted, save, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return signed_in("Editor")


@pytest.fixture
def article():
    return make_article(
        ["ru", "en"], title_en="Published words", lead_en="Published lead", body_en="<p>Published text.</p>"
    )


PAGES = (
    "/en/", "{article}", "{article}print/", "/en/section/{section}/", "/en/archive/", "/en/feed.rss", "/en/feed.atom",
    "/en/search/?q=Waiting", "/en/search/?q=Published", "/sitemap.xml", "/news-sitemap.xml",
)  # fmt: skip


def pages(client, article):
    """What readers get, made anew."""
    found = {}
    for page in PAGES:
        cache.clear()
        path = page.format(article=article.address("en"), section=article.section.slug)
        found[path] = client.get(path).content
    return found


def test_readers_see_nothing_of_what_waits(editor, article, client, time_machine):
    time_machine.move_to("2026-03-01T09:00:00Z", tick=False)
    article.editions.update(published_at="2026-03-01T08:00:00Z")
    before = pages(client, article)
    generation = Generation.objects.filter(language="en").values_list("number", flat=True)[0]

    response = save(editor, article, title_en="Waiting words", lead_en="Waiting lead", body_en="<p>Waiting text.</p>")

    assert response.status_code == 302, errors(response)
    assert WorkingCopy.objects.get().texts == {
        "title": "Waiting words", "lead": "Waiting lead", "body": "<p>Waiting text.</p>",
    }  # fmt: skip
    assert pages(client, article) == before
    assert Generation.objects.get(language="en").number == generation
    assert SearchDocument.objects.get(article=article, language="en").title == search_title(article)
    article.refresh_from_db()
    assert (article.title_en, article.version) == ("Published words", 1)
    assert article.editions.get(language="en").updated_at is None


def search_title(article):
    search.index(article)
    return SearchDocument.objects.get(article=article, language="en").title


def test_published_changes_are_seen_at_once(editor, article, client):
    save(editor, article, title_en="Waiting words")
    assert b"Waiting words" not in client.get(article.address("en")).content

    response = save(editor, article, _publish_changes="en")

    assert response.status_code == 302
    assert b"Waiting words" in client.get(article.address("en")).content
    assert b"Waiting words" in client.get("/en/search/?q=Waiting").content
    assert not WorkingCopy.objects.exists()
    article.refresh_from_db()
    assert (article.title_en, article.version) == ("Waiting words", 2)
    assert article.editions.get(language="en").updated_at is not None
    assert article.editions.get(language="ru").updated_at is None


def test_publishing_one_language_leaves_the_other_waiting(editor, article):
    save(editor, article, title_en="Waiting words", title_ru="Ждущие слова")

    save(editor, article, _publish_changes="en")

    article.refresh_from_db()
    assert (article.title_en, article.title_ru) == ("Waiting words", Article.objects.get().title_ru)
    assert [(copy.language, copy.texts) for copy in article.working_copies.all()] == [
        ("ru", {"title": "Ждущие слова"})
    ]


def test_form_goes_on_from_what_waits(editor, article):
    save(editor, article, title_en="Waiting words")

    page = editor.get(address(article))

    assert posted(page)["title_en"] == "Waiting words"
    assert "changes wait" in page.content.decode()
    assert "changes wait" in editor.get("/en/admin/news/article/").content.decode()


def test_text_that_is_the_published_one_again_waits_no_more(editor, article):
    save(editor, article, title_en="Waiting words")

    save(editor, article, title_en="Published words")

    assert not WorkingCopy.objects.exists()


def test_what_is_not_text_changes_at_once(editor, article, client):
    save(editor, article, title_en="Waiting words", comment_policy="closed")

    article.refresh_from_db()
    assert (article.comment_policy, article.title_en, article.version) == ("closed", "Published words", 2)
    assert WorkingCopy.objects.get().texts == {"title": "Waiting words"}


def test_drafts_and_scheduled_texts_are_changed_directly(editor, time_machine):
    time_machine.move_to("2026-03-01T09:00:00Z", tick=False)
    draft = make_article(["en"], published=False)
    scheduled = make_article(["en"])
    scheduled.editions.update(published_at="2026-03-02T09:00:00Z")

    for one in (draft, scheduled):
        save(editor, one, title_en="New words")
        one.refresh_from_db()
        assert one.title_en == "New words"
    assert not WorkingCopy.objects.exists()


def test_text_that_went_out_while_the_form_was_open_is_not_changed_unseen(editor, time_machine):
    time_machine.move_to("2026-03-01T09:00:00Z", tick=False)
    article = make_article(["en"], title_en="As planned")
    article.editions.update(published_at="2026-03-01T09:05:00Z")
    form = posted(editor.get(address(article)))

    time_machine.move_to("2026-03-01T09:05:00Z", tick=False)
    editor.post(address(article), form | {"title_en": "Half a thou"})

    article.refresh_from_db()
    assert article.title_en == "As planned"
    assert article.working_copies.get().texts == {"title": "Half a thou"}


def test_withdrawing_takes_what_waits_into_the_text(editor, article):
    save(editor, article, title_en="Waiting words")

    save(editor, article, edition_en_status="withdrawn")

    article.refresh_from_db()
    assert article.title_en == "Waiting words"
    assert not WorkingCopy.objects.exists()


def test_translator_changes_wait_and_are_not_theirs_to_publish(article):
    translator = signed_in("Translator", languages=["en"])

    save(translator, article, title_en="Their words")
    with pytest.raises(PermissionDenied):
        working_copy.publish_changes(article, "en", by=translator.user)
    response = save(translator, article, _publish_changes="en")

    assert response.status_code == 403
    article.refresh_from_db()
    assert article.title_en == "Published words"
    assert article.working_copies.get().updated_by == translator.user
    page = translator.get(address(article)).content.decode()
    assert "Save (waits)" in page
    assert "_publish_changes" not in page
    translator.post(changes(article), {"publish": "1"})
    assert Article.objects.get().title_en == "Published words"


def test_translator_does_not_publish_the_source_by_saving_the_translation(article):
    working_copy.stage(article, "ru", {"title": "Ждёт"})

    save(signed_in("Translator", languages=["en"]), article, lead_en="Their lead")

    article.refresh_from_db()
    assert article.title_ru != "Ждёт"
    assert article.working_copies.get(language="ru").texts == {"title": "Ждёт"}


@pytest.mark.parametrize("language", ["ru", "zh-hans"])
def test_nobody_stages_or_discards_a_language_that_is_not_theirs(article, language):
    translator = signed_in("Translator", languages=["en"]).user

    for action in (lambda: working_copy.stage(article, language, {"title": "x"}, translator),
                   lambda: working_copy.discard(article, language, translator)):  # fmt: skip
        with pytest.raises(PermissionDenied):
            action()


def changes(article, language="en"):
    return f"/en/admin/news/article/{article.pk}/changes/{language}/"


def test_both_texts_are_compared_and_changes_discarded(editor, article):
    save(editor, article, title_en="Waiting words")
    page = editor.get(changes(article)).content.decode()
    assert "Published words" in page
    assert "Waiting words" in page

    assert editor.post(changes(article), {"discard": "1"}).status_code == 302

    assert not WorkingCopy.objects.exists()
    assert Article.objects.get().title_en == "Published words"
    assert "No changes wait here." in editor.get(changes(article)).content.decode()


def test_changes_are_published_from_the_comparison(editor, article):
    save(editor, article, title_en="Waiting words")

    editor.post(changes(article), {"publish": "1"})

    assert Article.objects.get().title_en == "Waiting words"


@pytest.mark.parametrize(("role", "status"), [("Reporter", 404), ("Moderator", 200), ("Translator", 200)])
def test_comparison_is_for_those_who_may_see_the_article(article, role, status):
    working_copy.stage(article, "en", {"title": "Waiting words"})

    client = signed_in(role, languages=["ru"])

    assert client.get(changes(article)).status_code == status
    response = client.post(changes(article), {"discard": "1"})
    assert response.status_code == {"Reporter": 404}.get(role, 403)
    assert WorkingCopy.objects.exists()


def test_correction_of_the_published_text_is_not_undone_unseen(editor, article):
    working_copy.stage(article, "en", {"title": "Waiting words"})
    article = Article.objects.get()
    article.title_en = "Corrected words"
    publication.save_edit(article, by=editor.user)

    with pytest.raises(ValidationError) as refused:
        working_copy.publish_changes(article, "en", by=editor.user)
    assert refused.value.code == "overtaken"
    assert save(editor, article, _publish_changes="en").status_code == 200
    assert Article.objects.get().title_en == "Corrected words"

    response = save(editor, article, _publish_changes="en", seen_en="1")

    assert response.status_code == 302, errors(response)
    assert Article.objects.get().title_en == "Waiting words"


def test_correction_of_another_field_goes_along(editor, article):
    working_copy.stage(article, "en", {"title": "Waiting words"})
    article = Article.objects.get()
    article.lead_en = "Corrected lead"
    publication.save_edit(article, by=editor.user)

    working_copy.publish_changes(article, "en", by=editor.user)

    saved = Article.objects.get()
    assert (saved.title_en, saved.lead_en) == ("Waiting words", "Corrected lead")


def test_nothing_is_published_without_a_headline(editor, article):
    working_copy.stage(article, "en", {"title": ""})

    with pytest.raises(ValidationError) as refused:
        working_copy.publish_changes(article, "en", by=editor.user)

    assert refused.value.messages == ["A published text needs a headline."]
    assert article.is_published("en")


def test_publishing_nothing_is_refused(editor, article):
    with pytest.raises(ValidationError) as refused:
        working_copy.publish_changes(article, "en", by=editor.user)

    assert refused.value.code == "nothing"


def test_staged_text_is_clean_and_has_its_length(article):
    copy = working_copy.stage(article, "en", {"body": "<p onclick='x'>Text<script>x</script></p>"})

    assert copy.texts == {"body": "<p>Text</p>"}
    with pytest.raises(ValidationError):
        working_copy.stage(article, "en", {"title": "x" * 201})


def test_translation_is_of_the_version_that_was_published(editor, article):
    save(editor, article, title_en="Waiting words")

    working_copy.publish_changes(article, "en", by=editor.user)

    edition = article.editions.get(language="en")
    assert (edition.source_version, edition.translator) == (2, editor.user)


def test_history_holds_what_waited_and_brings_it_back_waiting(editor, article):
    save(editor, article, title_en="Waiting words")
    waiting = Version.objects.get_for_object(article).first()
    editor.post(changes(article), {"discard": "1"})
    url = f"/en/admin/news/article/{article.pk}/history/{waiting.pk}/"

    page = editor.get(url)
    assert posted(page)["title_en"] == "Waiting words"
    assert not WorkingCopy.objects.exists()
    response = editor.post(url, posted(page))

    assert response.status_code == 302, errors(response)
    assert Article.objects.get().title_en == "Published words"
    assert WorkingCopy.objects.get().texts == {"title": "Waiting words"}


def test_publishing_is_one_revision_with_its_author(editor, article):
    working_copy.stage(article, "en", {"title": "Waiting words"})

    working_copy.publish_changes(article, "en", by=editor.user)

    [version] = Version.objects.get_for_object(article)
    assert version.revision.user == editor.user
    assert version.field_dict["title_en"] == "Waiting words"


def test_discarded_changes_leave_a_revision_that_holds_them(editor, article):
    working_copy.stage(article, "en", {"title": "Waiting words"})

    editor.post(changes(article), {"discard": "1"})

    kept = Version.objects.get_for_model(WorkingCopy)
    assert [version.field_dict["texts"] for version in kept] == [{"title": "Waiting words"}]


def test_deleted_article_is_recovered_with_what_waits(editor, article):
    with reversion.create_revision():
        working_copy.stage(article, "en", {"title": "Waiting words"})
        reversion.add_to_revision(article)
    article.delete()
    url = f"/en/admin/news/article/recover/{Version.objects.get_deleted(Article).get().pk}/"

    response = editor.post(url, posted(editor.get(url)))

    assert response.status_code == 302, errors(response)
    assert (Article.objects.get().title_en, WorkingCopy.objects.get().texts) == (
        "Published words",
        {"title": "Waiting words"},
    )


def test_two_people_change_what_waits():
    article = make_article(["en"], title_en="Published words")
    first, second = signed_in("Editor"), signed_in("Editor")
    theirs, ours = posted(first.get(address(article))), posted(second.get(address(article)))
    first.post(address(article), theirs | {"title_en": "Their words"})

    asked = second.post(address(article), ours | {"title_en": "Our words"})

    assert asked.status_code == 200
    assert "Their words" in asked.content.decode()
    assert WorkingCopy.objects.get().texts == {"title": "Their words"}
    assert second.post(address(article), ours | {"lead_en": "Our lead"}).status_code == 302
    assert WorkingCopy.objects.get().texts == {"title": "Their words", "lead": "Our lead"}


def test_public_page_asks_nothing_about_what_waits(article, client):
    working_copy.stage(article, "en", {"title": "Waiting"})

    with CaptureQueriesContext(connection) as queries:
        client.get(article.address("en"))

    assert len(queries) > 0
    assert not [query for query in queries if "workingcopy" in query["sql"] or "news_draft" in query["sql"]]
