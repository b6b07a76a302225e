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
