import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_comments_xtd.models import XtdComment

from comments.models import PendingComment, TypoReport
from infoshos.demo import bulk, loading, pictures
from infoshos.models import Magazine, Page, PartnerLink, SiteNotice, User
from news import homepage, reading
from news.caching import state
from news.models import Article, Edition, HomepageSlot, Image, SearchDocument, column
from news.richtext import clean_html, plain_text
from states.models import Currency, Rate

pytestmark = pytest.mark.django_db
FOREIGN = {"ru": r"[A-Za-z\u4e00-\u9fff]", "en": r"[\u0400-\u04ff\u4e00-\u9fff]", "zh-hans": r"[A-Za-z\u0400-\u04ff]"}


def other(original, key):
    return original._replace(content=original.content + repr(key).encode())


@pytest.fixture
def quick_pictures(monkeypatch, settings, tmp_path):
    """One picture for all, as drawing them takes seconds, in files that differ: the library has none twice."""
    settings.DATA_DIR = tmp_path
    drawn = pictures.draw("cover", "1", 1)
    monkeypatch.setattr(pictures, "draw_all", lambda jobs: {key: other(drawn, key) for key in jobs})


@pytest.fixture
def demo(quick_pictures):
    call_command("demo", verbosity=0)


def count_all():
    models = (Article, Edition, Image, Page, PartnerLink, SiteNotice, Magazine, HomepageSlot, User, XtdComment,
              PendingComment, TypoReport, Rate)  # fmt: skip
    return {model.__name__: model.objects.count() for model in models}


def test_demo_shows_everything_once(demo, capsys):
    articles = loading.read_articles()
    there = count_all()
    assert there["Article"] == len(articles) == 32
    assert there["Edition"] == sum(code in article for article in articles.values() for code in FOREIGN)
    assert there["HomepageSlot"] == 23
    assert there["SiteNotice"] == 1
    call_command("demo", verbosity=0)
    assert count_all() == there


def test_demo_is_up_to_date(demo):
    for language in FOREIGN:
        newest = Article.objects.published(language).newest().first()
        assert newest.edition.published_at > timezone.now() - timedelta(hours=24)
    statuses = {edition.is_scheduled() or edition.status for edition in Edition.objects.all()}
    assert statuses == {True, "published", "draft", "review"}
    quoted = Currency.objects.filter(quoted=True)
    assert len(quoted) >= 15
    assert {currency.rate_date for currency in quoted} == {timezone.localdate()}
    assert Rate.objects.earliest().date < timezone.localdate() - timedelta(days=80)
    assert {rate.date.weekday() for rate in Rate.objects.exclude(date=timezone.localdate())} == {1, 2, 3, 4, 5}


def test_demo_leaves_real_rates_alone(quick_pictures):
    Rate.objects.create(currency=Currency.objects.get(code="CNY"), date=timezone.localdate(), nominal=1, value=12)

    call_command("demo", verbosity=0)

    assert [rate.value for rate in Rate.objects.all()] == [12]


def test_demo_shows_breaking_news_in_two_languages_and_what_is_read_in_all(demo):
    pages = {language: homepage.build(language) for language in FOREIGN}
    assert {language for language, page in pages.items() if page.breaking} == {"ru", "zh-hans"}
    for language, page in pages.items():
        assert len(page.seconds) == homepage.SECONDS
        assert page.seconds[0] in [
            slot.article for slot in HomepageSlot.objects.filter(language=language, place="second")
        ]
        assert [section.slug for section, articles in page.sections if articles[0].pk in page.placed] == [
            "culture",
            "society",
        ]
        assert len(reading.most_read(language)) == 5


def test_demo_has_comments_and_reports_of_each_state(demo):
    assert {comment.is_public for comment in XtdComment.objects.all()} == {True, False}
    assert max(comment.level for comment in XtdComment.objects.all()) == 2
    assert PendingComment.objects.count() == 1
    assert all(report.anchored for report in TypoReport.objects.all())


def test_demo_has_a_live_story_datelines_a_gallery_and_a_pull_quote(demo):
    assert {edition.language for edition in Edition.objects.all() if edition.is_live()} == set(FOREIGN)
    for language in FOREIGN:
        assert Article.objects.filter(**{f"{column('dateline', language)}__gt": ""}).count() == 2
        assert (
            Article.objects.filter(**{f"{column('body', language)}__contains": '<blockquote class="pull">'}).count()
            == 1
        )
    assert Article.objects.filter(gallery__isnull=False).distinct().count() == 1


def test_demo_users_can_sign_in(demo, client):
    for name, (group, *_rest) in loading.USERS.items():
        user = User.objects.get(username=name)
        assert user.check_password(loading.password())
        assert [group.name for group in user.groups.all()] == [group]
    assert [user.username for user in User.objects.filter(is_superuser=True)] == ["admin"]


def test_demo_is_refused_in_production(quick_pictures, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="PRODUCTION"):
        call_command("demo", verbosity=0)
    assert not User.objects.exists()


def test_pictures_are_drawn_alike_each_time():
    jobs = {1: ("draw", "tea", 10), 2: ("cover", "1", 1)}
    first, second = pictures.draw_all(jobs), pictures.draw_all(jobs)
    assert first == second
    assert (first[1].width, first[1].extension) == (1600, "jpg")


def test_generated_articles_go_on_where_they_stopped(demo, monkeypatch, capsys):
    monkeypatch.setattr(bulk, "BATCH", 5)
    written = Article.objects.count()
    before = state("ru")
    stored = bulk.Composer.store

    def stop_at_second_batch(composer, start, number):
        if start:
            raise KeyboardInterrupt
        stored(composer, start, number)

    with monkeypatch.context() as patch:
        patch.setattr(bulk.Composer, "store", stop_at_second_batch)
        assert bulk.fill(12) == 5
    assert bulk.fill(12) == 12
    assert Article.objects.count() == written + 12
    assert state("ru") != before
    titles = list(Article.objects.order_by("pk").values_list("title_ru", flat=True)[written:])
    composer = bulk.Composer()
    assert titles == [composer.compose(index)[0].title_ru for index in range(12)]


def test_generated_articles_are_complete_in_each_language(demo, capsys):
    bulk.fill(40)
    for language, foreign in FOREIGN.items():
        articles = Article.objects.published(language).filter(authors__slug="generated")
        assert articles.count() == 40
        for article in articles:
            body = getattr(article, column("body", language))
            assert clean_html(body) == body
            said = " ".join((article.text("title", language), article.text("lead", language), plain_text(body)))
            assert "{" not in said
            assert not re.search(foreign, said), said
            assert article.tags.count() == 2
            assert article.states.exists()
            assert article.edition.slug
        assert SearchDocument.objects.filter(language=language, article__in=articles).count() == 40
