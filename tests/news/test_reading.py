"""Reading figures: what counts, how it is stored, what is read most."""

import sqlite3
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news import homepage, reading
from news.models import Article, Edition, ReadCount
from news.templatetags.news import read_address

from ..factories import make_article

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
HOUR = datetime(2026, 11, 24, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def read(client, article, *, language="en", agent=BROWSER, address="192.0.2.1", **headers):
    path = f"/read/{article.pk}/{language}/{reading.signature(article.pk, language)}/"
    return client.post(path, headers={"User-Agent": agent} | headers, REMOTE_ADDR=address)


def figures():
    reading.buffer.flush()
    return {(row.article_id, row.language): row.reads for row in ReadCount.objects.all()}


def test_article_s_page_says_where_it_is_read_and_the_read_counts(client):
    article = make_article()
    html = client.get(article.address("en")).content.decode()
    path = read_address(article)
    assert f'data-read="{path}"' in html

    response = client.post(path, headers={"User-Agent": BROWSER})

    assert (response.status_code, response.content) == (204, b"")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert figures() == {(article.pk, "en"): 1}
    assert ReadCount.objects.get().hour.minute == 0


def test_read_takes_no_query_and_needs_no_token(django_assert_num_queries):
    article = make_article()
    client = Client(enforce_csrf_checks=True)
    with django_assert_num_queries(0):
        assert read(client, article).status_code == 204
    assert figures() == {(article.pk, "en"): 1}


def test_only_posting_counts(client):
    assert client.get(read_address(make_article())).status_code == 405
    assert figures() == {}


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "curl/8.5.0",
        "python-requests/2.32",
        "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/150.0.0.0 Safari/537.36",
    ],
)
def test_robots_are_left_out(client, agent):
    read(client, make_article(), agent=agent)

    assert figures() == {}


def test_made_up_address_counts_nothing_and_takes_no_memory(client):
    article = make_article()
    for pk, language in ((article.pk, "ru"), (article.pk + 1, "en"), ("0", "en")):
        signed = reading.signature(article.pk, "en")
        assert client.post(f"/read/{pk}/{language}/{signed}/", headers={"User-Agent": BROWSER}).status_code == 204

    assert reading.buffer.reads == {}


def test_other_sites_cannot_count(client):
    read(client, make_article(), **{"Sec-Fetch-Site": "cross-site"})

    assert reading.buffer.reads == {}


def test_reader_counts_once_an_hour_and_a_story(client):
    article, other = make_article(), make_article()
    with time_machine.travel(HOUR, tick=False) as clock:
        for _ in range(3):
            read(client, article)
        read(client, other)
        read(client, article, address="192.0.2.2")
        assert reading.buffer.reads.total() == 3
        clock.shift(timedelta(hours=1))
        read(client, article)
    assert reading.buffer.reads.total() == 4


def test_one_address_cannot_inflate_a_figure_under_many_names(client):
    article = make_article()
    with time_machine.travel(HOUR, tick=False):
        for number in range(reading.FROM_ONE_ADDRESS + 5):
            read(client, article, agent=f"{BROWSER} Edition/{number}")

    assert reading.buffer.reads.total() == reading.FROM_ONE_ADDRESS


def test_nothing_of_a_reader_can_be_read_from_memory(client):
    read(client, make_article(), address="192.0.2.77")

    said = repr(vars(reading.buffer))
    assert "192.0.2.77" not in said
    assert "Chrome" not in said
    other = reading.Buffer()
    assert other.mark("192.0.2.77") != reading.buffer.mark("192.0.2.77")


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(reading, "MOST_KEYS", 3)
    monkeypatch.setattr(reading, "MOST_MARKS", 4)
    buffer = reading.Buffer()
    for number in range(10):
        buffer.count(number, "en", address=f"192.0.2.{number}", agent="x", at=HOUR)

    assert len(buffer.reads) == 3
    assert len(buffer.marks) <= 5


def test_what_readers_may_not_see_is_not_counted():
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    draft, later, russian = (
        make_article(published=False),
        make_article(at=now + timedelta(hours=1)),
        make_article(["ru"]),
    )
    public = make_article()
    gone = make_article()
    gone.delete()
    keys = [(article, "en", hour) for article in (draft.pk, later.pk, russian.pk, public.pk, 999999)]

    stored = reading.store(Counter(keys))

    assert stored == 1
    assert list(ReadCount.objects.values_list("article_id", flat=True)) == [public.pk]


def test_flush_adds_to_what_is_there_in_one_statement(django_assert_num_queries):
    articles = [make_article() for _ in range(3)]
    reads = Counter({(article.pk, "en", HOUR): 2 for article in articles})
    with CaptureQueriesContext(connection) as captured:
        reading.store(reads)
    inserts = [query["sql"] for query in captured if "INSERT" in query["sql"]]
    assert len(inserts) == 1
    assert not [query["sql"] for query in captured if "UPDATE" in query["sql"].split("ON CONFLICT")[0]]

    reading.store(reads)

    assert {row.reads for row in ReadCount.objects.all()} == {4}
    assert {row.hour for row in ReadCount.objects.all()} == {HOUR}


def test_reads_wait_while_the_database_is_away(client, monkeypatch):
    article = make_article()
    read(client, article)
    stored = reading.store

    def away(reads):
        raise DatabaseError("gone")

    monkeypatch.setattr(reading, "store", away)
    assert reading.buffer.flush() == 0
    read(client, article, address="192.0.2.9")
    monkeypatch.setattr(reading, "store", stored)

    assert figures() == {(article.pk, "en"): 2}


@pytest.fixture
def at_once(transactional_db, monkeypatch, tmp_path):
    """``at_once(work, …)``: runs each in a thread with a connection of its own and gives their results. SQLite's database
    in memory knows no waiting, so the threads get a copy of it in a file."""

    def run(*works):
        if connection.vendor == "sqlite" and connection.is_in_memory_db():
            file = sqlite3.connect(tmp_path / "db.sqlite3")
            connection.ensure_connection()
            connection.connection.backup(file)
            file.close()
            monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "db.sqlite3"))

        def alone(work):
            try:
                return work()
            finally:
                connection.close()

        with ThreadPoolExecutor(len(works)) as pool:
            return [future.result(60) for future in [pool.submit(alone, work) for work in works]]

    return run


def sums():
    return list(ReadCount.objects.order_by("article").values_list("reads", flat=True))


def test_many_threads_lose_no_read(at_once):
    articles = [make_article() for _ in range(4)]
    buffer = reading.Buffer()

    def work(reader):
        for number in range(48):
            article = articles[number % 4].pk
            buffer.count(article, "en", address=f"192.0.2.{reader}", agent=f"{number}", at=HOUR)
            if number % 16 == reader:
                buffer.flush()

    at_once(*[partial(work, reader) for reader in range(8)])

    assert at_once(lambda: [buffer.flush(), sums()][1]) == [[96, 96, 96, 96]]


def test_two_processes_add_to_the_same_figures_at_once(at_once):
    articles = [make_article() for _ in range(20)]
    reads = Counter({(article.pk, "en", HOUR): 1 for article in articles})
    backwards = Counter(dict(reversed(reads.items())))
    start = threading.Barrier(4)

    def work(counted):
        start.wait(10)
        for _ in range(5):
            reading.store(counted)

    at_once(*[partial(work, reads if n % 2 else backwards) for n in range(4)])

    assert at_once(sums) == [[20] * 20]


def test_storing_waits_for_nobody_who_holds_the_article(at_once):
    """On SQLite, which locks no rows, whoever writes holds all: there the reads are stored when the writer is done."""
    article = make_article()
    held, stored = threading.Event(), threading.Event()

    def editor():
        with transaction.atomic():
            Article.objects.select_for_update().get(pk=article.pk)
            held.set()
            if connection.vendor == "postgresql":
                assert stored.wait(20)

    def reader():
        held.wait(20)
        reading.store(Counter({(article.pk, "en", HOUR): 1}))
        stored.set()

    at_once(editor, reader)

    assert stored.is_set()
    assert at_once(sums) == [[1]]


# Most read


def count(article, number, *, language="en", ago=timedelta(), at=None):
    hour = ((at or timezone.now()) - ago).replace(minute=0, second=0, microsecond=0)
    ReadCount.objects.create(article=article, language=language, hour=hour, reads=number)


def test_most_read_of_the_day_comes_before_that_of_the_week():
    today, more, week, old = (make_article(at=timezone.now() - timedelta(days=30)) for _ in range(4))
    count(today, 5)
    count(more, 3)
    count(more, 4, ago=timedelta(hours=5))
    count(week, 100, ago=timedelta(days=3))
    count(old, 1000, ago=timedelta(days=8))

    assert reading.most_read("en") == [more, today, week]
    assert reading.most_read("en", number=1) == [more]


def test_most_read_is_of_one_language_and_shows_what_readers_may_see():
    article, withdrawn = make_article(), make_article()
    count(article, 1, language="ru")
    count(withdrawn, 9, language="ru")
    assert reading.most_read("en") == []
    assert reading.most_read("ru") == [withdrawn, article]

    Edition.objects.filter(article=withdrawn).update(status=Edition.Status.WITHDRAWN)

    assert reading.most_read("ru") == [article]


@pytest.mark.parametrize("number", [1, 3])
def test_most_read_takes_two_queries_and_then_one(number, django_assert_num_queries):
    for _ in range(number):
        count(make_article(), 1)
    with django_assert_num_queries(2):
        reading.most_read("en")
    with django_assert_num_queries(1):
        assert len(reading.most_read("en")) == number


def test_home_page_shows_what_is_read_most_wherever_it_stands_within_two_minutes(client):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        old = make_article(at=now - timedelta(days=90))
        for n in range(30):
            make_article(at=now - timedelta(hours=n))
        lead = homepage.build("en").lead
        client.get("/en/")
        count(old, 7)
        count(lead, 9)
        clock.shift(timedelta(minutes=2, seconds=1))
        page = client.get("/en/").context["home"]

    assert page.most_read == [lead, old]
    assert page.lead == lead


def test_old_hours_become_days_once_and_sums_stay(capsys):
    article, other = make_article(), make_article()
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        for hours in (0, 1, 30):
            count(article, 2, ago=timedelta(days=20, hours=hours))
        count(other, 5, ago=timedelta(days=20))
        count(article, 1, language="ru", ago=timedelta(days=20))
        count(article, 3, ago=timedelta(days=1))
        count(other, 9, ago=timedelta(days=401))
        call_command("fold_reads")
        call_command("fold_reads")

    moscow = timezone.get_default_timezone()
    rows = {
        (r.article_id, r.language, f"{r.hour.astimezone(moscow):%d %H:%M}", r.reads) for r in ReadCount.objects.all()
    }
    assert rows == {
        (article.pk, "en", "04 00:00", 4),
        (article.pk, "en", "03 00:00", 2),
        (other.pk, "en", "04 00:00", 5),
        (article.pk, "ru", "04 00:00", 1),
        (article.pk, "en", "23 15:00", 3),
    }
    assert capsys.readouterr().out == "2 rows fewer.\n0 rows fewer.\n"


def test_figures_of_a_deleted_article_are_gone():
    article = make_article()
    count(article, 3)
    article.delete()

    assert not ReadCount.objects.exists()
    cache.clear()
    assert reading.most_read("en") == []
