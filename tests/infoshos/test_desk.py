"""The first page of the admin: a box for each thing that waits or is worth a look, for those whom it concerns."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from comments.models import TypoReport
from infoshos import charts
from infoshos.boxes import boxes
from infoshos.models import ContactMessage
from news.models import Edition, Proof, ReadCount
from states.models import Currency, Rate

from ..factories import make_article, make_user
from ..news.test_admin import signed_in

pytestmark = pytest.mark.django_db


def shown(client, path="/en/admin/"):
    return {box.key: box.context for box in client.get(path).context["boxes"]}


def rates(day):
    Rate.objects.create(currency=Currency.objects.exclude(code="RUB").first(), date=day, nominal=1, value="12.5")


def test_editor_sees_what_waits_and_since_when():
    editor = signed_in("Editor")
    article = make_article(["en"], published=False, title_en="Waits for review")
    article.editions.update(status=Edition.Status.REVIEW)
    make_article(["ru"], at=timezone.now() + timedelta(hours=1), title_ru="Выйдет через час")
    make_article(["ru"], title_ru="Давно вышла")
    make_article(["ru"], legacy_flags=["cut"])
    ContactMessage.objects.create(language="en", name="A", email="a@example.org", subject="S", text="T")
    for days in (1, 3):
        report = TypoReport.objects.create(article=article, language="en", quote=f"waits {days}")
        TypoReport.objects.filter(pk=report.pk).update(created_at=timezone.now() - timedelta(days=days))

    page = editor.get("/en/admin/")
    found = {box.key: box.context for box in page.context["boxes"]}

    assert [row["title"] for row in found["review"]["rows"]] == ["Waits for review"]
    assert [row["title"] for row in found["scheduled"]["rows"]] == ["Выйдет через час"]
    assert {(task["number"], task["address"]) for task in found["tasks"]["tasks"]} == {
        (1, "/en/admin/infoshos/contactmessage/?answered=no"),
        (1, "/en/admin/news/article/?doubts=yes"),
        (2, "/en/admin/comments/typoreport/queue/"),
        (3, "/en/admin/news/translation/?language=en"),
        (3, "/en/admin/news/translation/?language=zh-hans"),
    }
    html = page.content.decode()
    assert "the oldest: 3\xa0days" in html
    assert 'lang="ru">Выйдет через час' in html


@pytest.mark.parametrize(
    ("tried", "title", "badge"),
    [(False, "Whether readers see what they should", "not checked yet"), (True, "Readers do not see what they should", "late")],
)  # fmt: skip
def test_what_was_not_checked_is_not_called_wrong(tried, title, badge):
    due = timezone.now() - timedelta(minutes=5)
    Proof.objects.create(article=make_article(["en"]), due_at=due, tried_at=due if tried else None)

    page = signed_in("Editor").get("/en/admin/").content.decode()

    assert f">{title}</h2>" in page
    assert f'<span class="badge">{badge}</span>' in page


def test_reporter_sees_own_drafts_and_nobody_else_s_work():
    reporter = signed_in("Reporter")
    for title, by in (("Somebody's", None), ("My own", reporter.user)):
        article = make_article(["en"], published=False, title_en=title, created_by=by)
        article.editions.update(status=Edition.Status.REVIEW)
    make_article(["en"], title_en="Published", created_by=reporter.user)

    page = reporter.get("/en/admin/")

    found = {box.key: box.context for box in page.context["boxes"]}
    assert [row["title"] for row in found["drafts"]["rows"]] == ["My own"]
    assert "review" not in found
    assert "Somebody" not in page.content.decode()


@pytest.mark.parametrize(
    ("role", "keys"),
    [
        ("Reporter", {"drafts", "published", "reads", "most-read"}),
        ("Translator", {"tasks", "published", "reads", "most-read"}),
        ("Moderator", {"tasks", "typos", "published", "reads", "most-read"}),
        ("Editor", {"tasks", "typos", "review", "scheduled", "rates", "published", "reads", "most-read"}),
    ],
)
def test_each_role_sees_its_boxes(role, keys):
    article = make_article(["en"])
    TypoReport.objects.create(article=article, language="en", quote="waits")

    assert set(shown(signed_in(role))) == keys


@pytest.mark.parametrize(("days", "told"), [(4, False), (5, True)])
def test_old_rates_are_told(days, told):
    rates(date(2026, 11, 24) - timedelta(days=days))
    with time_machine.travel("2026-11-24 12:00:00+03:00", tick=False):
        assert ("rates" in shown(signed_in("Editor"))) is told


def test_charts_count_by_moscow_s_day_and_language():
    with time_machine.travel("2026-11-24 12:00:00+03:00", tick=False):
        now = timezone.now()
        late = now.replace(hour=20, minute=59) - timedelta(days=1)  # 23:59 in Moscow
        make_article(["ru", "en"], at=late)
        article = make_article(["ru"], at=late + timedelta(minutes=1))
        make_article(["ru"], at=now + timedelta(hours=1))
        make_article(["ru"], published=False)
        make_article(["ru"], at=now - timedelta(days=30))
        ReadCount.objects.create(article=article, language="ru", hour=now.replace(minute=0), reads=1200)
        ReadCount.objects.create(article=article, language="ru", hour=now - timedelta(days=31), reads=7)

        found = shown(signed_in("Editor"))

    published, reads = found["published"]["chart"], found["reads"]["chart"]
    assert published.total == 3
    assert published.table[0] == (date(2026, 11, 24), [1, 0, 0])
    assert published.table[1] == (date(2026, 11, 23), [1, 1, 0])
    assert len(published.table) == charts.DAYS
    assert (reads.total, reads.best) == (1200, date(2026, 11, 24))


def test_chart_says_in_words_what_it_draws(client):
    with time_machine.travel("2026-11-24 12:00:00+03:00", tick=False):
        make_article(["en"])
        page = signed_in("Editor").get("/en/admin/").content.decode()

    drawing = re.search(r'<svg class="desk-chart".*?</svg>', page, re.DOTALL)[0]
    assert 'role="img" aria-labelledby="desk-published chart-published"' in drawing
    assert "English: 1" in drawing
    assert drawing.count("<rect") == 1
    assert 'height="120.00"' in drawing
    assert '<h2 id="desk-published">' in page


def test_empty_chart_divides_by_nothing():
    drawn = charts.chart({}, charts.last_days(date(2026, 11, 24)))

    assert (drawn.total, drawn.top, drawn.best, drawn.parts) == (0, 0, None, [])


def test_most_read_today_is_of_the_desk_s_language_and_day():
    with time_machine.travel("2026-11-24 12:00:00+03:00", tick=False):
        now = timezone.now()
        article, less, hidden = make_article(), make_article(), make_article()
        for story, language, hour, reads in (
            (article, "en", now, 5),
            (less, "en", now, 3),
            (less, "en", now - timedelta(hours=13), 100),
            (less, "ru", now, 100),
            (hidden, "en", now, 9),
        ):
            ReadCount.objects.create(article=story, language=language, hour=hour, reads=reads)
        Edition.objects.filter(article=hidden).update(status=Edition.Status.WITHDRAWN)

        rows = shown(signed_in("Editor"))["most-read"]["rows"]

    assert [(row["title"], row["number"]) for row in rows] == [(article.title_en, 5), (less.title_en, 3)]


@pytest.mark.parametrize("number", [1, 3])
def test_all_boxes_take_few_queries(number, django_assert_num_queries):
    editor = make_user(groups=["Editor"])
    for _ in range(number):
        article = make_article(legacy_flags=["cut"])
        make_article(["en"], published=False).editions.update(status=Edition.Status.REVIEW)
        make_article(["en"], at=timezone.now() + timedelta(hours=1))
        ReadCount.objects.create(article=article, language="en", hour=timezone.now(), reads=5)
        TypoReport.objects.create(article=article, language="en", quote="x")
    editor.has_perm("news.view_article")
    cache.clear()
    with django_assert_num_queries(20):
        boxes(editor)
