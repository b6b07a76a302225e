"""Links of published texts that lead nowhere, for the desk (``manage.py check_links``, on a timer each hour).

`walk` reads published articles, the newest first and then all of them in rounds, and notes the addresses that their texts
lead to. `ask_due` asks other sites for some of those that were not asked for a week, gently: HEAD, and GET where that is
refused, one after another, few of one site, never an address of a private network. One failure is none.
"""

import http.client
import ipaddress
import logging
import socket
import ssl
import threading
import time
from contextlib import closing, suppress
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from .links import dead_internal, is_internal, links_of
from .models import Article, Edition, Link, LinkRound

logger = logging.getLogger(__name__)

LANGUAGES = [code for code, _name in settings.LANGUAGES]
READ = 400  # articles a run
STEP = 100  # articles at once
ASKED = 100  # addresses a run
OF_ONE_SITE = 5  # a run
RUN = 300  # seconds that a run begins new requests
PAUSE = 1.0  # seconds between requests
TIMEOUT = 10  # seconds without a byte
DEADLINE = 30  # seconds for an answer
HOPS = 5
AGAIN = timedelta(days=7)
ROUND = timedelta(days=7)  # at the soonest, the next one begins
FORGOTTEN = timedelta(days=90)  # what no text was seen to lead to
LONGEST = 1000  # characters; what is longer is not looked at
AGENT = "InfoSCO-links (+{site})"


# What texts lead to


def addresses_of(article, language):
    """{address: the field that it stands in}, of an article's text in a language."""
    found = {}
    if article.source_url:
        found[article.source_url] = "source_url"
    for address, _words in links_of(article.text("body", language)):
        found[address.strip()] = "body"
    return found


def walk(limit=READ):
    """Reads the next articles, at most about ``limit``; returns how many."""
    now = timezone.now()
    row = LinkRound.objects.filter(pk=1).first() or LinkRound(pk=1, begun_at=now - ROUND, read_at=now)
    if row.position is None and now - row.begun_at >= ROUND:
        row.position, row.begun_at = 2**62, now
    fresh = Edition.objects.published(now).filter(language__in=LANGUAGES, published_at__gt=row.read_at)
    numbers = list(fresh.order_by("-published_at").values_list("article", flat=True)[:limit])
    read = look_at(Article.objects.filter(pk__in=numbers), now) if numbers else 0
    row.read_at = now
    while row.position is not None and read < limit:
        pks = list(Article.objects.filter(pk__lt=row.position).order_by("-pk").values_list("pk", flat=True)[:STEP])
        read += look_at(Article.objects.filter(pk__in=pks), now)
        row.position = pks[-1] if len(pks) == STEP else None
    row.save()
    Link.objects.filter(seen_at__lt=now - FORGOTTEN).delete()
    return read


def look_at(articles, now):
    """Notes the links of these articles in the languages in which they are published; a fixed number of queries."""
    articles = list(articles.prefetch_related("editions"))
    outside, inside = {}, {code: {} for code in LANGUAGES}
    for article in articles:
        for language in article.published_languages(now):
            for address, field in addresses_of(article, language).items():
                if is_internal(address):
                    inside[language].setdefault(address, (article.pk, language, field))
                elif (key := normal(address)) is not None:
                    outside.setdefault(key, (article.pk, language, field))
    places = [Link(address=key, seen_at=now, **place(*found)) for key, found in outside.items()]
    update = ["article", "language", "field", "seen_at"]
    Link.objects.bulk_create(places, 200, update_conflicts=True, unique_fields=["address"], update_fields=update)
    dead = {}
    for language, found in inside.items():
        for address in dead_internal(found, language, now):
            dead[key_of(address)] = found[address]
    alive = {key_of(address) for found in inside.values() for address in found} - dead.keys()
    Link.objects.filter(address__in=alive, problem=Link.Problem.INSIDE).delete()
    certain = {"failures": Link.SURE, "problem": Link.Problem.INSIDE, "seen_at": now, "checked_at": now}
    rows = [Link(address=key, **place(*found), **certain) for key, found in dead.items()]
    update = [*update, "failures", "problem", "checked_at"]
    Link.objects.bulk_create(rows, 200, update_conflicts=True, unique_fields=["address"], update_fields=update)
    Link.objects.broken().filter(article__in=[article.pk for article in articles], seen_at__lt=now).delete()  # mended
    return len(articles)


def place(article, language, field):
    return {"article_id": article, "language": language, "field": field}


def normal(address):
    """The address in ASCII, without its fragment; None for what is not asked."""
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname, parts.port
        host = host and (host if ":" in host else host.encode("idna").decode())
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    if port not in {None, 80 if parts.scheme == "http" else 443}:
        return None
    parts = parts._replace(netloc=f"[{host}]" if ":" in host else host, fragment="", path=parts.path or "/")
    found = iri_to_uri(parts.geturl())
    return found if len(found) <= LONGEST else None


# What other sites answer


class Refused(Exception):  # noqa: N818 (it is what it says)
    """An address that we do not ask."""


def is_public(address):
    """Whether an IP address is one of the open network: nobody makes us knock at doors behind the portal."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if found.version == 6 and found in ipaddress.ip_network("64:ff9b::/96"):
        inner = ipaddress.ip_address(int(found) & 0xFFFFFFFF)
    return all(one.is_global and not one.is_multicast for one in (found, inner) if one)


def look_up(host, port):
    """The IP addresses of a host; raises socket.gaierror where there is no such host."""
    return [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def connect(ip, port):
    return socket.create_connection((ip, port), TIMEOUT)


def ask(method, address):
    """(status, where it leads on) of one request; to the very IP address that was judged, by no proxy."""
    parts = urlsplit(address)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    found = look_up(parts.hostname, port)
    if not found or not all(is_public(ip) for ip in found):
        raise Refused(parts.hostname)
    connection = http.client.HTTPConnection(parts.hostname, port)
    connection.sock = raw = connect(found[0], port)
    late = threading.Timer(DEADLINE, hang_up, [raw])  # a time-out counts anew with each byte that comes
    late.start()
    try:
        if secure:
            connection.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=parts.hostname)
        headers = {"Host": parts.netloc, "User-Agent": AGENT.format(site=settings.SITE_URL), "Accept": "*/*"}
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, headers=headers | {"Connection": "close"})
        with closing(connection.getresponse()) as response:  # its body is not read
            return response.status, response.headers.get("Location", "")
    finally:
        late.cancel()
        connection.close()


def hang_up(raw):
    with suppress(OSError):
        raw.shutdown(socket.SHUT_RDWR)


def follow(method, address):
    """The status at the end of the redirects; None where that is not known."""
    for _hop in range(HOPS):
        status, onward = ask(method, address)
        if status not in {301, 302, 303, 307, 308} or not onward:
            return status
        address = normal(urljoin(address, onward))
        if address is None:
            return None
    return None


def examine(address):
    """A `Link.Problem`, "" where the page is there, or None where nobody can tell (a time-out, a refusal, an error)."""
    try:
        status = follow("HEAD", address)
        if status is not None and status >= 400:
            status = follow("GET", address)  # many sites answer HEAD as they like
    except socket.gaierror as error:
        return Link.Problem.HOST if error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)} else None
    except (Refused, OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
        logger.info("%s does not tell: %r", address, error)
        return None
    if status in {404, 410}:
        return Link.Problem.GONE
    return "" if status is not None and status < 400 else None


def ask_due(limit=ASKED):
    """Asks for the addresses that are due: those that failed before first. Returns (how many, how many failed)."""
    begun, now = time.monotonic(), timezone.now()
    outside = Link.objects.exclude(problem=Link.Problem.INSIDE)
    due = outside.filter(Q(checked_at=None) | Q(checked_at__lte=now - AGAIN))
    due = due.order_by("-failures", F("checked_at").asc(nulls_first=True), "-pk").values_list("pk", "address")
    sites, asked, failed = {}, 0, 0
    for pk, address in list(due[: limit * 50]):
        site = urlsplit(address).hostname
        if asked >= limit or time.monotonic() - begun > RUN:
            break
        if sites.get(site, 0) >= OF_ONE_SITE:
            continue
        # Taken before it is asked: another run leaves it alone.
        if not due.filter(pk=pk).update(checked_at=now):
            continue
        sites[site] = sites.get(site, 0) + 1
        if asked:
            time.sleep(PAUSE)
        asked += 1
        problem = examine(address)
        link = Link.objects.filter(pk=pk)
        if problem:
            failed += 1
            link.update(problem=problem, failures=F("failures") + 1)
        elif problem == "":
            link.update(problem="", failures=0)
    return asked, failed


# For the desk


def broken(limit):
    """The links that are broken for sure, of articles that readers see and that still have them; few queries."""
    found = list(Link.objects.broken().order_by("-checked_at", "-pk")[: 3 * limit])
    articles = Article.objects.prefetch_related("editions").in_bulk({link.article_id for link in found})
    still = []
    for link in found:
        link.article = articles[link.article_id]
        if link.article.is_published(link.language):
            addresses = {key_of(address): address for address in addresses_of(link.article, link.language)}
            if address := addresses.get(link.address):
                still.append((link, address))
    for language in LANGUAGES:
        inside = {
            address for link, address in still if link.problem == Link.Problem.INSIDE and link.language == language
        }
        alive = inside - dead_internal(inside, language)
        still = [(link, address) for link, address in still if link.language != language or address not in alive]
    return [link for link, _address in still][:limit]


def key_of(address):
    """What ``address`` of a row is for an address as it stands in a text."""
    return iri_to_uri(address)[:LONGEST] if is_internal(address) else normal(address)
