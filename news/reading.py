"""What is read: counted by a beacon, without cookies, addresses or anything else of a reader being kept.

A read goes into this process's memory (`count`); every few seconds, and at the process's end, what has gathered is added
to the figures by one statement (`flush`). No read touches an article's row, and none waits for another.
"""

import atexit
import hashlib
import logging
import os
import secrets
import threading
from collections import Counter
from datetime import timedelta
from functools import lru_cache

import crawleruseragents
from django.core.cache import cache
from django.db import Error, connection, transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import TruncDay
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac

from .models import Article, Edition, ReadCount

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 5
MOST_KEYS = (
    20_000  # stories, languages and hours that wait in memory; at 5 s between flushes no honest load reaches it
)
MOST_MARKS = 100_000  # readers' marks in memory
FROM_ONE_ADDRESS = 50  # reads of one story in an hour: an office or a village behind one address, not a robot
ROWS = 200  # a statement
FRESH_SECONDS = 120  # how long the list of what is read most may be old
BY_THE_HOUR = timedelta(days=8)  # then by the day
KEPT = timedelta(days=400)


class Buffer:
    """The reads that this process has counted and not stored yet."""

    def __init__(self):
        self.lock = threading.Lock()
        self.storing = threading.Lock()
        self.timer = None
        self.reads = Counter()
        self.forget_readers()

    def forget_readers(self):
        self.hour, self.salt, self.marks = None, secrets.token_bytes(16), Counter()

    def mark(self, *parts):
        """What tells this hour's readers apart in this process, and means nothing without its salt."""
        text = "\n".join(map(str, parts)).encode(errors="replace")
        return hashlib.blake2b(text, key=self.salt, digest_size=8).digest()

    def count(self, article, language, *, address, agent, at):
        """Whether the read counts: one a reader, story and hour, and not too many from one address."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        with self.lock:
            if hour != self.hour or len(self.marks) >= MOST_MARKS:
                self.forget_readers()
                self.hour = hour
            reader = self.mark(article, language, address, agent)
            place = self.mark(article, language, address)
            if self.marks[reader] or self.marks[place] >= FROM_ONE_ADDRESS:
                return False
            if (article, language, hour) not in self.reads and len(self.reads) >= MOST_KEYS:
                return False
            self.marks[reader] += 1
            self.marks[place] += 1
            self.reads[article, language, hour] += 1
        self.start_timer()
        return True

    def start_timer(self):
        with self.lock:
            if self.timer is None:
                self.timer = threading.Timer(FLUSH_SECONDS, self.flush_in_time)
                self.timer.daemon = True
                self.timer.start()

    def flush_in_time(self):
        with self.lock:
            self.timer = None
        try:
            self.flush()
        finally:
            connection.close()  # this thread's own
        if self.reads:
            self.start_timer()

    def flush(self):
        """Stores what has gathered; what can't be stored now stays for the next time. How many reads were stored."""
        with self.storing:
            with self.lock:
                taken, self.reads = self.reads, Counter()
            if not taken:
                return 0
            try:
                return store(taken)
            except Error as error:
                logger.warning("Reads could not be stored and wait: %s", error)
                with self.lock:
                    for key, number in taken.items():
                        if key in self.reads or len(self.reads) < MOST_KEYS:
                            self.reads[key] += number
                return 0


buffer = Buffer()
os.register_at_fork(after_in_child=lambda: buffer.__init__())


@atexit.register
def flush_at_exit():
    buffer.flush()


# Counting


def signature(article, language):
    """Shows that an address to count a read at came from a page of ours: nobody makes up stories to be counted."""
    return salted_hmac("news.reading", f"{article}:{language}", algorithm="sha256").hexdigest()[:16]


@lru_cache(maxsize=2000)
def is_robot(agent):
    return not agent or crawleruseragents.is_crawler(agent)


def count(article, language, signed, *, address, agent):
    """Counts a read, unless it is a robot's or a repeated one; no query. Whether it did."""
    agent = agent[:300]
    if not constant_time_compare(signed, signature(article, language)) or is_robot(agent):
        return False
    return buffer.count(article, language, address=address, agent=agent, at=timezone.now())


def store(reads):
    """Adds {(article, language, hour): number} to the figures, in one transaction; only of what readers may see."""
    public = set(
        Edition.objects.published()
        .filter(article__in={article for article, _language, _hour in reads})
        .values_list("article_id", "language")
    )
    # In one order: two processes that add to the same figures wait for each other, and never both.
    rows = sorted((key, number) for key, number in reads.items() if key[:2] in public)
    with transaction.atomic():
        for start in range(0, len(rows), ROWS):
            add(rows[start : start + ROWS])
    return sum(number for _key, number in rows)


def add(rows):
    table = connection.ops.quote_name(ReadCount._meta.db_table)
    values = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
    parameters = [
        value
        for (article, language, hour), number in rows
        for value in (article, language, connection.ops.adapt_datetimefield_value(hour), number)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (article_id, language, hour, reads) VALUES {values} "  # noqa: S608 - our own names
            f"ON CONFLICT (language, hour, article_id) DO UPDATE SET reads = {table}.reads + excluded.reads",
            parameters,
        )


# Figures


def most_read_numbers(language, at, number=40):
    """The numbers of the stories read most in the last 24 hours, then in the week; one query every two minutes."""
    return cache.get_or_set(
        f"most-read:{language}:{int(at.timestamp()) // FRESH_SECONDS}",
        lambda: _most_read_numbers(language, at, number),
        FRESH_SECONDS,
    )


def _most_read_numbers(language, at, number):
    day, week = at - timedelta(days=1), at - timedelta(days=7)
    figures = (
        ReadCount.objects.filter(language=language, hour__gt=week, hour__lte=at)
        .values("article_id")
        .annotate(today=Sum("reads", filter=Q(hour__gt=day)), in_week=Sum("reads"))
        .order_by(F("today").desc(nulls_last=True), "-in_week", "-article_id")
    )
    return list(figures.values_list("article_id", flat=True)[:number])


def most_read(language=None, at=None, number=5):
    """The stories read most in the language that readers may see there, the most read first; at most two queries."""
    language = language or translation.get_language()
    at = at or timezone.now()
    numbers = most_read_numbers(language, at)
    found = Article.objects.published(language, at).for_lists().in_bulk(numbers) if numbers else {}
    return [found[pk] for pk in numbers if pk in found][:number]


# Tidying


def fold(at=None):
    """Makes old hours into days (of Moscow), and forgets figures over a year old. How many rows that saved."""
    at = at or timezone.now()
    moscow = timezone.get_default_timezone()
    limit = (at - BY_THE_HOUR).astimezone(moscow).replace(hour=0, minute=0, second=0, microsecond=0)
    saved, _by_model = ReadCount.objects.filter(hour__lt=at - KEPT).delete()
    old = ReadCount.objects.filter(hour__lt=limit)
    for start in list(old.order_by().values_list(TruncDay("hour", tzinfo=moscow), flat=True).distinct()):
        hours = ReadCount.objects.filter(hour__gte=start, hour__lt=start + timedelta(days=1))
        if not hours.exclude(hour=start).exists():
            continue
        with transaction.atomic():
            sums = hours.values("article_id", "language").annotate(number=Sum("reads"))
            days = [
                ReadCount(article_id=row["article_id"], language=row["language"], hour=start, reads=row["number"])
                for row in sums
            ]
            saved += hours.delete()[0] - len(days)
            ReadCount.objects.bulk_create(days, batch_size=ROWS)
    return saved
