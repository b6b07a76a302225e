import json
import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from reversion.models import Version

from news import publication
from news.models import Article, Correction, Edition

from ..factories import make_article, make_user
from .test_admin import address, errors, posted, save, signed_in

pytestmark = pytest.mark.django_db
Decision = Correction.Decision
SENTENCE = "The first version named the wrong city."


@pytest.fixture
def editor():
    return signed_in("Editor")


def correct(article, language="en", text=SENTENCE, at=None, **fields):
    return Correction.objects.create(
        article=article, language=language, text=text, corrected_at=at or timezone.now(), **fields
    )


def parts():
    return set(Correction.objects.values_list("language", "decision", "text"))


# In the form


def test_correction_goes_out_with_a_decision_for_each_other_public_language(editor, client):
    article = make_article()

    response = save(
        editor, article, title_en="Right words",
        correction_en_text=SENTENCE, correction_ru_decision="corrected", correction_ru_text="Был назван не тот город.",
        correction_zh_hans_decision="not-applicable",
    )  # fmt: skip

    assert response.status_code == 302, errors(response)
    assert parts() == {
        ("en", "corrected", SENTENCE),
        ("ru", "corrected", "Был назван не тот город."),
        ("zh-hans", "not-applicable", ""),
    }
    assert SENTENCE in client.get(Article.objects.get().address("en")).content.decode()
    assert SENTENCE not in client.get(article.address("ru")).content.decode()


def test_correction_waits_until_each_public_language_is_answered(editor):
    article = make_article(["ru", "en"])

    response = save(editor, article, title_en="Right words", correction_en_text=SENTENCE)

    assert response.status_code == 200
    assert list(errors(response)) == ["correction_ru_decision"]
    assert "To do" in errors(response)["correction_ru_decision"][0]
    assert SENTENCE in response.content.decode()
    assert not Correction.objects.exists()
    assert Article.objects.get().title_en != "Right words"


def test_to_do_lets_it_out_and_waits_on_the_desk(editor):
    article = make_article(["ru", "en"])
    save(editor, article, correction_en_text=SENTENCE, correction_ru_decision="to-do")

    desk = editor.get("/en/admin/").content.decode()
    form = editor.get(address(article)).content.decode()
    task = Correction.objects.to_do().get()
    decision = f"/en/admin/news/correction/{task.pk}/change/"
    assert decision in desk
    assert decision in form
    assert "Corrections to decide" not in signed_in("Reporter").get("/en/admin/").content.decode()

    response = editor.post(decision, {"decision": "corrected", "text": "Был назван не тот город."})

    assert response.status_code == 302, errors(response)
    assert parts() == {("en", "corrected", SENTENCE), ("ru", "corrected", "Был назван не тот город.")}
    assert "Corrections to decide" not in editor.get("/en/admin/").content.decode()


def test_drafts_and_scheduled_languages_are_not_asked(editor):
    article = make_article(["ru", "en", "zh-hans"])
    Edition.objects.filter(article=article, language="ru").update(status=Edition.Status.DRAFT)
    Edition.objects.filter(article=article, language="zh-hans").update(
        published_at=timezone.now() + timedelta(hours=1)
    )

    response = save(editor, article, correction_en_text=SENTENCE)

    assert response.status_code == 302, errors(response)
    assert parts() == {("en", "corrected", SENTENCE)}


def test_silent_typo_fix_tells_nobody(editor, client):
    article = make_article(["en"])

    save(editor, article, body_en="<p>Mended.</p>")

    assert not Correction.objects.exists()
    assert "story__corrections" not in client.get(article.address("en")).content.decode()


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"correction_en_decision": "corrected"}, "correction_en_text"),
        ({"correction_en_decision": "not-applicable", "correction_en_text": SENTENCE}, "correction_en_text"),
        ({"correction_en_decision": "to-do"}, "correction_en_decision"),
        ({"correction_en_text": "x" * 501}, "correction_en_text"),
    ],
)
def test_correction_without_sense_is_refused_beside_the_field(editor, data, wrong):
    response = save(editor, make_article(["en"]), **data)

    assert wrong in errors(response)
    assert not Correction.objects.exists()


@pytest.mark.parametrize("role", ["Reporter", "Translator"])
def test_editors_alone_correct(role):
    client = signed_in(role)
    article = make_article(["ru", "en"], created_by=client.user)

    client.post(address(article), {"correction_en_text": SENTENCE, "opened_version": 1})

    assert not Correction.objects.exists()


def test_database_refuses_a_correction_without_a_sentence_or_a_date():
    article = make_article(["en"])
    for fields in (
        {"text": "", "corrected_at": timezone.now()},
        {"text": SENTENCE, "corrected_at": None},
        {"text": SENTENCE, "decision": Decision.NOT_APPLICABLE},
        {"text": "", "decision": Decision.TO_DO},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Correction.objects.bulk_create([Correction(article=article, language="en", **fields)])


# What readers see


def test_corrections_are_shown_with_dates_and_told_to_machines(client):
    article = make_article(["en"])
    correct(article, at=timezone.now() - timedelta(days=1), text="Older.")
    correct(article)

    html = client.get(article.address("en")).content.decode()

    shown = re.search(r"story__corrections.*?</aside>", html, re.DOTALL)[0]
    assert shown.index(SENTENCE) < shown.index("Older.")
    assert shown.count("<time ") == 2
    blocks = [json.loads(text) for text in re.findall(r'ld\+json">(.*?)</script>', html, re.DOTALL)]
    [story] = [block for block in blocks if block["@type"] == "NewsArticle"]
    assert [row["text"] for row in story["correction"]] == [SENTENCE, "Older."]
    assert {row["@type"] for row in story["correction"]} == {"CorrectionComment"}
    assert story["correction"][0]["datePublished"][:10] == story["dateModified"][:10]
    assert SENTENCE in client.get(article.address("en", "news:print")).content.decode()


def test_correction_dates_the_edition_in_feeds_and_sitemaps(client):
    now = timezone.now().replace(microsecond=0)
    article = make_article(["en"], at=now - timedelta(days=3))
    correct(article, at=now)

    entry = re.search(r"<entry>.*?</entry>", client.get("/en/feed.atom").content.decode(), re.DOTALL)[0]
    assert datetime.fromisoformat(re.search(r"<updated>(.*?)<", entry)[1]) == now
    places = client.get(f"/sitemap-articles-en.xml?p={article.pk // 5000 + 1}").content.decode()
    assert datetime.fromisoformat(re.search(r"<lastmod>(.*?)<", places)[1]) == now
    edition = article.editions.get()
    assert (edition.corrected_at, edition.updated_at) == (now, now)


def test_page_shows_a_correction_at_once_and_forgets_a_deleted_one(client):
    article = make_article(["en"])
    assert SENTENCE not in client.get(article.address("en")).content.decode()
    row = correct(article)
    assert SENTENCE in client.get(article.address("en")).content.decode()

    row.delete()

    assert SENTENCE not in client.get(article.address("en")).content.decode()
    assert article.editions.get().corrected_at is None


@pytest.mark.parametrize("number", [1, 3])
def test_corrected_story_takes_one_query_more(client, number):
    article = make_article()
    for _number in range(number):
        correct(article)
    addresses = [make_article().address("en"), article.address("en")]
    client.get(addresses[0])  # content types and the like are looked up once a process
    counted = []
    for path in addresses:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        counted.append(len(captured))

    assert counted == [11, 12]


PREFIX = {"ru": "", "en": "/en", "zh-hans": "/zh-hans"}


@pytest.mark.parametrize("language", PREFIX)
def test_page_of_corrections_holds_its_language_alone(client, language):
    article = make_article()
    for code, text in (("ru", "Ошибка."), ("en", SENTENCE), ("zh-hans", "更正。")):
        correct(article, code, text)

    html = client.get(f"{PREFIX[language]}/corrections/").content.decode()

    main = re.search(r"<main.*?</main>", html, re.DOTALL)[0]
    texts = {"ru": "Ошибка.", "en": SENTENCE, "zh-hans": "更正。"}
    assert [code for code, text in texts.items() if text in main] == [language]
    assert article.address(language) in main
    assert f"{PREFIX[language]}/contact/" in main
    assert f'href="{PREFIX[language]}/corrections/"' in client.get(f"{PREFIX[language]}/").content.decode()


def test_page_of_corrections_hides_what_is_not_public(client):
    now = timezone.now()
    withdrawn, draft, later = make_article(["en"]), make_article(["en"], published=False), make_article(["en"])
    for article in (withdrawn, draft):
        correct(article)
    correct(later, at=now + timedelta(hours=1))
    publication.withdraw(withdrawn, "en")

    assert SENTENCE not in client.get("/en/corrections/").content.decode()
    assert not Correction.objects.published("en").exists()
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        assert SENTENCE in client.get("/en/corrections/").content.decode()


def test_page_of_corrections_is_paged(client):
    article = make_article(["en"])
    for number in range(21):
        correct(article, text=f"Sentence {number}.", at=timezone.now() - timedelta(hours=number))

    assert "Sentence 20." not in client.get("/en/corrections/").content.decode()
    assert "Sentence 20." in client.get("/en/corrections/?page=2").content.decode()
    assert client.get("/en/corrections/?page=3").status_code == 404


@pytest.mark.parametrize("number", [1, 12])
def test_page_of_corrections_takes_few_queries(client, number):
    for _number in range(number):
        correct(make_article(["en"]))
    client.get("/en/")
    cache.clear()

    with CaptureQueriesContext(connection) as captured:
        client.get("/en/corrections/")

    assert len(captured) == 8  # one for what readers found


# Revisions


def test_change_of_a_sentence_is_a_revision(editor):
    row = correct(make_article(["en"]))
    change = f"/en/admin/news/correction/{row.pk}/change/"

    editor.post(change, posted(editor.get(change)) | {"text": "Better words."})

    assert Correction.objects.get().text == "Better words."
    assert Version.objects.get_for_object(row).count() == 1


def test_going_back_to_an_old_text_keeps_the_corrections(editor):
    article = make_article(["en"], title_en="First words")
    save(editor, article)
    oldest = Version.objects.get_for_object(article).last()
    save(editor, article, title_en="Second words", correction_en_text=SENTENCE)
    url = f"/en/admin/news/article/{article.pk}/history/{oldest.pk}/"

    response = editor.post(url, posted(editor.get(url)))

    assert response.status_code == 302, errors(response)
    assert Article.objects.get().title_en == "Second words"  # readers see it: the old text waits
    assert article.working_copies.get().texts["title"] == "First words"
    assert parts() == {("en", "corrected", SENTENCE)}
    assert article.editions.get().corrected_at is not None


def test_deleted_article_is_recovered_with_its_corrections(editor):
    article = make_article(["en"])
    save(editor, article, correction_en_text=SENTENCE)
    article.delete()  # by hand: the desk doesn't delete what readers have seen
    version = Version.objects.get_deleted(Article).get()
    url = f"/en/admin/news/article/recover/{version.pk}/"

    editor.post(url, posted(editor.get(url)))

    assert parts() == {("en", "corrected", SENTENCE)}


def test_those_who_may_not_publish_decide_nothing():
    row = correct(make_article(["en"], created_by=make_user()))
    for role in ("Reporter", "Translator", "Moderator"):
        response = signed_in(role).post(f"/en/admin/news/correction/{row.pk}/change/", {"text": "Mine"})
        assert response.status_code == 403
    assert parts() == {("en", "corrected", SENTENCE)}
