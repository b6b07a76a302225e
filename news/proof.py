"""The proof of publication: after each change, what readers really get is fetched and compared with what should be there.

Visibility is a query and needs no job. This looks whether it worked: through every cache and proxy, by the address that
readers use. A page that is not fresh, shows what it should not or lacks what it should show is named to the editor; what
is not proved a minute after its moment raises an alarm (``manage.py prove_publications``, on a timer each minute).
"""

import http.client
import logging
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from . import caching, sitemaps
from .models import Article, Edition, Proof

logger = logging.getLogger(__name__)

LANGUAGES = [code for code, _name in settings.LANGUAGES]
CLAIM = timedelta(minutes=5)  # after that a process that took a proof is taken for dead
KEPT = timedelta(days=30)
TIMEOUT = 10  # seconds
PAUSES = (0, 1.5, 3)  # seconds before each try: a cache between us and the reader may keep a page for a second
AT_ONCE = 4  # requests
RUN = 45  # seconds that a run of the command begins new proofs
FIRST_PAGE, FIRST_OF_FEED, SURELY_AT_HOME = 20, 30, 5

UNREACHABLE = gettext_noop("can't be reached")
FAILS = gettext_noop("answers with an error")
MISSING = gettext_noop("does not show the story")
LEAKS = gettext_noop("shows the story, which is not public")
STALE = gettext_noop("is out of date")


# What is to be proved


def queue(article):
    """Part of the transaction of a change: what readers see of the article is to be proved."""
    if not Edition.objects.filter(article=article, published_at__lte=timezone.now()).exists():
        return
    # The update takes the row's lock: whoever proves it, proves it after our transaction.
    if not Proof.objects.due().filter(article=article, claimed_at=None).update(found=[]):
        Proof.objects.create(article=article, due_at=timezone.now())
        if settings.BACKGROUND_TASKS:
            from .tasks import prove_article

            transaction.on_commit(lambda: prove_article.enqueue(article.pk))


def plan(edition, before):
    """Part of the transaction that schedules: each moment at which the clock will change something is to be proved."""
    now = timezone.now()
    touched = {moment for row in (before, edition) for moment in moments(row) if moment > now}
    if not touched:
        return
    editions = Edition.objects.filter(article=edition.article_id)
    wanted = {moment for row in editions for moment in moments(row) if moment > now}
    planned = Proof.objects.filter(article=edition.article_id, due_at__gt=now)
    planned.exclude(due_at__in=wanted).delete()
    rows = [Proof(article_id=edition.article_id, due_at=moment) for moment in wanted]
    Proof.objects.bulk_create(rows, ignore_conflicts=True)


def moments(edition):
    if edition.status != Edition.Status.PUBLISHED:
        return []
    return [moment for moment in (edition.published_at, edition.unpublish_at) if moment]


@dataclass(frozen=True)
class Expected:
    """What an address should answer. ``shows``: the story must be there, must not, or (None) either is right."""

    path: str
    depends_on: str  # the language whose state the page must have
    shows: bool | None = None
    marks: tuple = ()  # the story is there if one of these is in the answer


def expectations(article):
    """Every address that the article's publication touches, in every language in which it has been, or is, public."""
    found = [Expected("/sitemap.xml", caching.ALL)]
    now = timezone.now()
    for edition in article.editions.all():
        if edition.published_at and edition.published_at <= now:
            with translation.override(edition.language):
                found += expected_in(article, edition, now)
    return list(dict.fromkeys(found))


def expected_in(article, edition, now):
    language, site = edition.language, settings.SITE_URL
    shown = article.is_published(language, now)
    address = article.address(language)
    page = (f'rel="canonical" href="{escape(site + address)}"',)
    link = (f'href="{address.partition(f"{article.pk}-")[0]}{article.pk}-',)
    number = (f">{site}{reverse('news:number', args=[article.pk])}<",)
    place = (f"<loc>{site}{address}</loc>",)

    def listed(articles, first):
        if not shown:
            return False
        newest = articles.published(language, now).newest().values_list("pk", flat=True)[:first]
        return True if article.pk in list(newest) else None

    everything = Article.objects.all()
    yield Expected(address, language, shown, page)
    yield Expected(article.address(language, "news:print"), language, shown, page)
    yield Expected(reverse("home"), language, listed(everything, SURELY_AT_HOME), link)
    for kind in ("rss", "atom"):
        yield Expected(reverse(f"news:{kind}"), language, listed(everything, FIRST_OF_FEED), number)
    if article.section.title:
        section, slug = Article.objects.filter(section=article.section), article.section.slug
        yield Expected(reverse("news:section", args=[slug]), language, listed(section, FIRST_PAGE), link)
        for kind in ("rss", "atom"):
            path = reverse(f"news:section_{kind}", args=[slug])
            yield Expected(path, language, listed(section, FIRST_OF_FEED), number)
    for thing in [*article.tags.all(), *[byline.author for byline in article.bylines.all()]]:
        if thing.name:
            yield Expected(thing.get_absolute_url(), language, listed(thing.articles.all(), FIRST_PAGE), link)
    for state in article.states.all():
        articles = state.articles.all()
        yield Expected(state.get_absolute_url(), language, listed(articles, FIRST_PAGE), link)
        for kind in ("rss", "atom"):
            path = reverse(f"news:state_{kind}", args=[state.slug])
            yield Expected(path, language, listed(articles, FIRST_OF_FEED), number)
    day = timezone.localtime(edition.published_at, timezone.get_default_timezone())
    midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
    of_day = Article.objects.published(language, now).filter(
        edition__published_at__gte=midnight, edition__published_at__lt=midnight + timedelta(days=1)
    )
    path = reverse("news:archive_day", args=[f"{day:%Y}", f"{day:%m}", f"{day:%d}"])
    yield Expected(path, language, listed(of_day, FIRST_PAGE), link)
    path = f"{reverse('sitemap_articles', args=[language])}?p={article.pk // sitemaps.PER_FILE + 1}"
    yield Expected(path, caching.ALL, shown, place)
    recent = shown and edition.published_at > now - timedelta(hours=47)
    yield Expected("/news-sitemap.xml", caching.ALL, True if recent else None if shown else False, place)


# What readers get


@dataclass(frozen=True)
class Answer:
    status: int  # 0: there is none
    state: str = ""
    text: str = ""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def fetch(path):
    """The answer to a reader's request, sent to PROOF_URL in the name of SITE_URL."""
    site = urlsplit(settings.SITE_URL)
    headers = {"Host": site.netloc, "X-Forwarded-Proto": site.scheme, "User-Agent": "InfoSCO-proof"}
    request = urllib.request.Request(settings.PROOF_URL + path, headers=headers)  # noqa: S310 (a setting, and checked there)
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=TIMEOUT) as response:
            text = response.read().decode("utf-8", "replace")
            return Answer(response.status, response.headers.get(caching.STATE_HEADER, ""), text)
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, "", error.read().decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException) as error:
        logger.warning("%s can't be reached: %r", path, error)
        return Answer(0)


def fetch_all(paths):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(fetch, paths))


def problem(expected, answer, states):
    """What is wrong with the answer, or ""; ``states``: what the page's state may be."""
    if not answer.status:
        return UNREACHABLE
    if answer.status != 200 and (expected.shows or answer.status not in {404, 410}):
        return FAILS
    there = any(mark in answer.text for mark in expected.marks)
    if expected.shows is True and not there:
        return MISSING
    if expected.shows is False and there:
        return LEAKS
    if answer.state and answer.state not in states:
        return STALE
    return ""


def compare(article, fetch_all=fetch_all, pauses=PAUSES):
    """[[address, problem or ""]] of every address that the article touches; what is wrong is looked at again."""
    found, open_ = {}, expectations(article)
    for pause in pauses:
        time.sleep(pause)
        languages = {expected.depends_on for expected in open_}
        states = {language: {caching.state(language)} for language in languages}
        answers = fetch_all([expected.path for expected in open_])
        for language in languages:
            states[language].add(caching.state(language))  # somebody may have published meanwhile
        found |= {
            expected.path: problem(expected, answer, states[expected.depends_on])
            for expected, answer in zip(open_, answers, strict=True)
        }
        open_ = [expected for expected in open_ if found[expected.path]]
        if not open_:
            break
    return [[path, wrong] for path, wrong in found.items()]


def prove(pk, **how):
    """Proves what is due of the article. None where nothing is, or another process is at it; else whether all is right.

    Twice is the same as once: each run takes its rows first."""
    now = timezone.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM)
    if not Proof.objects.due(now).filter(free, article=pk).update(claimed_at=now):
        return None
    claimed = Proof.objects.filter(article=pk, claimed_at=now, proved_at=None)
    try:
        article = Article.objects.for_page().get(pk=pk)
        found = compare(article, **how)
    except BaseException:
        claimed.update(claimed_at=None)
        raise
    right = not any(wrong for _path, wrong in found)
    done = timezone.now()
    claimed.update(found=found, tried_at=done, proved_at=done if right else None, claimed_at=None)
    return right


# The timer's part


def prove_due(**how):
    """Proves what is due, raises the alarm for what is late, forgets what is old. Returns (right, wrong, late)."""
    begun = time.monotonic()
    right = wrong = 0
    waiting = Proof.objects.due().order_by(F("tried_at").asc(nulls_first=True), "due_at")
    for pk in dict.fromkeys(waiting.values_list("article", flat=True)):
        if time.monotonic() - begun > RUN:
            break
        outcome = prove(pk, **how)
        right += outcome is True
        wrong += outcome is False
    late = Proof.objects.late()
    alarm(late.filter(alarmed_at=None))
    Proof.objects.filter(due_at__lt=timezone.now() - KEPT).delete()
    return right, wrong, late.count()


def alarm(late):
    """One mail about all that is late, to the administrators and the desk; once for each."""
    rows = list(late.select_related("article").order_by("due_at")[:50])
    if not rows:
        return
    with translation.override(settings.LANGUAGE_CODE):
        addresses = [address for row in rows for address in row.stale]
        context = {
            "rows": [{"title": str(row.article), "due": row.due_at, "desk": desk_address(row)} for row in rows],
            "addresses": list(dict.fromkeys(settings.SITE_URL + address for address in addresses)),
        }
        mail = EmailMessage(
            subject=_("[InfoSCO] Readers do not see what they should"),
            body=render_to_string("email/late_publication.txt", context),
            to=list(dict.fromkeys([*settings.ADMINS, settings.DESK_EMAIL])),
            headers={"Auto-Submitted": "auto-generated"},
        )
    try:
        mail.send()
    except OSError:
        logger.exception("The alarm could not be mailed; the next run tries again.")
    else:
        Proof.objects.filter(pk__in=[row.pk for row in rows]).update(alarmed_at=timezone.now())


def desk_address(row):
    return settings.SITE_URL + reverse("admin:news_article_change", args=[row.article_id])
