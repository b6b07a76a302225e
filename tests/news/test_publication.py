from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from news import publication
from news.models import Article, Edition

from ..factories import make_article, make_user
from .test_admin import address, errors, save, signed_in

pytestmark = pytest.mark.django_db
Status = Edition.Status


def visible(language, at=None):
    return set(Article.objects.published(language, at).values_list("pk", flat=True))


def test_published_asks_for_an_edition_of_the_language():
    article = make_article(["ru", "en"])

    assert visible("ru") == visible("en") == {article.pk}
    assert visible("zh-hans") == set()
    assert article.published_languages() == ["ru", "en"]


@pytest.mark.parametrize(
    ("status", "published", "unpublish", "expected"),
    [
        (Status.PUBLISHED, -1, None, True),
        (Status.PUBLISHED, 0, None, True),
        (Status.PUBLISHED, 1, None, False),
        (Status.PUBLISHED, -2, 1, True),
        (Status.PUBLISHED, -2, 0, False),
        (Status.DRAFT, -1, None, False),
        (Status.REVIEW, -1, None, False),
        (Status.WITHDRAWN, -1, None, False),
    ],
)
def test_query_and_its_one_row_twin_agree(status, published, unpublish, expected):
    now = timezone.now()
    article = make_article(["en"])
    Edition.objects.filter(article=article).update(
        status=status,
        published_at=now + timedelta(seconds=published),
        unpublish_at=None if unpublish is None else now + timedelta(seconds=unpublish),
    )
    article = Article.objects.get(pk=article.pk)

    assert (article.pk in visible("en", now)) is expected
    assert article.is_published("en", now) is expected


def test_edition_without_a_headline_is_not_shown():
    article = make_article(["en"])
    Article.objects.filter(pk=article.pk).update(title_en="")
    assert visible("en") == set()

    Article.objects.filter(pk=article.pk).update(title_en=None)
    assert visible("en") == set()


def test_other_languages_edition_does_not_lend_its_slug():
    article = make_article(["ru", "en"])
    Edition.objects.filter(article=article, language="ru").update(slug="novost")
    Edition.objects.filter(article=article, language="en").update(slug="story")

    with translation.override("en"):
        found = Article.objects.published().get()
        assert found.edition.slug == "story"
        assert found.get_absolute_url() == f"/en/news/{article.pk}-story/"
        assert found.address("ru") == f"/news/{article.pk}-novost/"


def test_publish_needs_headline_and_body():
    article = make_article(["en"], published=False)
    with pytest.raises(ValidationError):
        article.publish("zh-hans")
    article.body_en = "<p> </p>"
    with pytest.raises(ValidationError):
        article.publish("en")

    assert visible("en") == visible("zh-hans") == set()


def test_published_edition_without_a_date_is_refused_by_the_database():
    article = make_article(["en"], published=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(article=article).update(status=Status.PUBLISHED, published_at=None)


def test_saving_cleans_the_text():
    article = make_article(["en"])
    article.body_en = '<p onclick="x()">Fine</p><script>alert(1)</script><img src="https://elsewhere.example/x.png">'
    article.save()

    assert Article.objects.get(pk=article.pk).body_en == "<p>Fine</p>"


def test_slugs_are_made_of_the_headline_in_each_script():
    article = make_article(["ru", "zh-hans"], published=False)
    Edition.objects.filter(article=article).delete()
    article.title_ru, article.title_zh_hans = "Щедрый урожай", "丝绸之路"

    slugs = {code: article.publish(code).slug for code in ("ru", "zh-hans")}

    assert slugs == {"ru": "shchedryi-urozhai", "zh-hans": "si-chou-zhi-lu"}


def test_what_was_withdrawn_before_its_hour_never_was(client):
    later = timezone.now() + timedelta(hours=1)
    article = make_article(["en"], at=later)
    Edition.objects.filter(article=article).update(status=Status.WITHDRAWN)
    assert client.get(f"/en/news/{article.pk}-x/").status_code == 404

    Edition.objects.filter(article=article).update(published_at=timezone.now() - timedelta(hours=1))
    assert client.get(f"/en/news/{article.pk}-x/").status_code == 410


# Every stage, every step, every role

STAGES = ("draft", "review", "ready", "scheduled", "published", "withdrawn")
# By writer: reporters with their own draft, translators in their languages, editors. By publisher: editors alone.
STEPS = {
    ("draft", "review"): "writer",
    ("draft", "ready"): "publisher",
    ("draft", "scheduled"): "publisher",
    ("draft", "published"): "publisher",
    ("review", "draft"): "writer",
    ("review", "ready"): "publisher",
    ("review", "scheduled"): "publisher",
    ("review", "published"): "publisher",
    ("ready", "draft"): "publisher",
    ("ready", "review"): "publisher",
    ("ready", "scheduled"): "publisher",
    ("ready", "published"): "publisher",
    ("scheduled", "draft"): "publisher",
    ("scheduled", "review"): "publisher",
    ("scheduled", "published"): "publisher",
    ("published", "withdrawn"): "publisher",
    ("withdrawn", "published"): "publisher",
    ("withdrawn", "scheduled"): "publisher",
}
PAIRS = [(before, after) for before in STAGES for after in STAGES if before != after]
ROLES = {"Reporter": {"writer"}, "Translator": {"writer"}, "Editor": {"writer", "publisher"}, "Moderator": set()}


def row_of(stage, now):
    if stage == "scheduled":
        return {"status": Status.PUBLISHED, "published_at": now + timedelta(hours=1)}
    past = now - timedelta(hours=1) if stage in {"published", "withdrawn"} else None
    return {"status": Status(stage), "published_at": past}


def edition_at(stage, **fields):
    article = make_article(["ru", "en"], published=False, **fields)
    Edition.objects.filter(article=article, language="en").update(**row_of(stage, timezone.now()))
    return Edition.objects.get(article=article, language="en")


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_whoever_saves_makes_only_steps_of_the_table(before, after):
    edition = edition_at(before)
    assert edition.stage() == before
    for name, value in row_of(after, timezone.now()).items():
        setattr(edition, name, value)

    if (before, after) in STEPS:
        edition.save()
        assert Edition.objects.get(pk=edition.pk).stage() == after
    else:
        with pytest.raises(ValidationError):
            edition.save()
        assert Edition.objects.get(pk=edition.pk).stage() == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("before", STAGES)
def test_steps_by_role(before, role):
    user = make_user(groups=[role])
    edition = edition_at(before, created_by=user)

    refused = {}
    for after in STAGES:
        if after != before:
            wanted = row_of(after, timezone.now())
            dates = {"published_at": wanted["published_at"], "unpublish_at": None}
            refused[after] = publication.change_refused(edition, wanted["status"], by=user, **dates)

    allowed = {after for (start, after), who in STEPS.items() if start == before and who in ROLES[role]}
    assert {after for after, reason in refused.items() if reason is None} == allowed


def test_dates_are_an_editors():
    edition = edition_at("published")
    dates = {"published_at": edition.published_at, "unpublish_at": timezone.now() + timedelta(days=1)}

    refused = {
        role: publication.change_refused(edition, Status.PUBLISHED, by=make_user(groups=[role]), **dates)
        for role in ROLES
    }

    assert [role for role, reason in refused.items() if reason is None] == ["Editor"]


def test_public_text_cannot_be_hidden_by_a_later_date():
    edition = edition_at("published")
    edition.published_at = timezone.now() + timedelta(hours=1)

    with pytest.raises(ValidationError):
        edition.save()


def test_scheduled_edition_is_a_draft_again_when_it_is_withdrawn():
    edition = edition_at("scheduled")

    publication.withdraw(edition.article, "en")

    edition.refresh_from_db()
    assert edition.status == Status.DRAFT


def test_edition_ends_at_its_minute_and_may_be_published_again():
    now = timezone.now()
    edition = edition_at("published")
    edition.unpublish_at = now + timedelta(minutes=5)
    edition.save()
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        assert edition.stage() == "withdrawn"
        assert visible("en") == set()

        publication.publish(Article.objects.get(pk=edition.article_id), "en")

        assert visible("en") == {edition.article_id}


# What is withdrawn


@pytest.mark.parametrize("reason", ["The source has taken its report back.", ""])
def test_withdrawn_story_answers_410_with_the_desks_sentence(client, reason):
    article = make_article(["en"])
    publication.withdraw(article, "en", reason=reason)

    response = client.get(article.address("en"))

    assert response.status_code == 410
    assert ("error-page__reason" in response.content.decode()) is bool(reason)
    assert reason in response.content.decode()


def test_reason_is_shown_in_its_own_language_alone(client):
    article = make_article(["ru", "en"])
    publication.withdraw(article, "ru", reason="Ошибка источника.")

    withdrawn = client.get(f"/news/{article.pk}-x/")

    assert withdrawn.status_code == 410
    assert "Ошибка источника." in withdrawn.content.decode()
    assert f'hreflang="en">{article.title_en}</a>' in withdrawn.content.decode()
    assert client.get(article.address("en")).status_code == 200
    assert "Ошибка" not in client.get(f"/zh-hans/news/{article.pk}-x/").content.decode()


# Languages that go out together


def test_languages_that_go_out_together_wait_for_the_last():
    article = make_article(["ru", "en", "zh-hans"], published=False, together=["ru", "en"])

    publication.publish(article, "ru")

    assert article.editions.get(language="ru").status == Status.READY
    assert visible("ru") == visible("en") == set()

    publication.publish(Article.objects.get(pk=article.pk), "en")

    assert visible("ru") == visible("en") == {article.pk}
    assert visible("zh-hans") == set()
    assert len(set(article.editions.filter(status=Status.PUBLISHED).values_list("published_at", flat=True))) == 1


def test_group_goes_out_at_the_latest_moment_that_was_asked_for():
    article = make_article(["ru", "en"], published=False, together=["ru", "en"])
    later = timezone.now() + timedelta(hours=2)

    publication.publish(article, "ru", at=later)
    publication.publish(Article.objects.get(pk=article.pk), "en")

    assert set(article.editions.values_list("status", "published_at")) == {(Status.PUBLISHED, later)}
    assert visible("ru", later) == visible("en", later) == {article.pk}
    assert visible("en", later - timedelta(seconds=1)) == set()


def test_group_goes_out_whole_or_not_at_all(monkeypatch):
    article = make_article(["ru", "en"], published=False, together=["ru", "en"])
    publication.publish(article, "ru")
    real = Edition.save

    def failing(self, **kwargs):
        if self.language == "en" and self.status == Status.PUBLISHED:
            raise RuntimeError
        return real(self, **kwargs)

    monkeypatch.setattr(Edition, "save", failing)
    with pytest.raises(RuntimeError):
        publication.publish(Article.objects.get(pk=article.pk), "en")

    assert visible("ru") == visible("en") == set()


def test_ready_language_that_leaves_its_group_goes_back_to_review():
    article = make_article(["ru", "en"], published=False, together=["ru", "en"])
    publication.publish(article, "ru")
    article = Article.objects.get(pk=article.pk)
    article.together = []

    publication.settle(article)

    assert article.editions.get(language="ru").status == Status.REVIEW


def test_group_in_the_form():
    editor = signed_in("Editor")
    article = make_article(["ru", "en"], published=False)

    response = save(editor, article, together=["ru", "en"], edition_ru_status="published")

    assert response.status_code == 302
    assert article.editions.get(language="ru").status == Status.READY
    assert "Ready, and waits for: English" in editor.get(address(article)).content.decode()
    save(editor, article, edition_en_status="published")
    assert visible("ru") == visible("en") == {article.pk}


def test_one_language_alone_waits_for_nothing():
    response = save(signed_in("Editor"), make_article(["ru", "en"], published=False), together=["ru"])

    assert list(errors(response)) == ["together"]


def test_reporter_leaves_a_text_alone_that_is_ready():
    reporter = signed_in("Reporter")
    article = make_article(["ru", "en"], published=False, together=["ru", "en"], created_by=reporter.user)
    publication.publish(article, "ru")

    response = reporter.post(address(article), {"title_ru": "Чужая рука", "opened_version": 1})

    assert response.status_code == 403
