"""The Bank of Russia's daily table: fetch it, read it, store it.

Whatever goes wrong raises RatesError with a sentence for the operator, and the last good table stays.
The form of the table: https://www.cbr.ru/development/SXML/
"""

import http.client
import logging
import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from .models import Currency, Rate

logger = logging.getLogger(__name__)

# Sent with `table` in the transaction that stores it: public pages show other rates now, or another history of them.
rates_stored = Signal()

TIMEOUT = 15  # seconds
PAUSE = 0.25  # seconds between two requests for the history
MAX_BYTES = 1024 * 1024  # a real table has about 10 KB
MAX_DAYS_AHEAD = 3  # rates are set in the afternoon for the next day
# The bank refuses the names of HTTP libraries, so this says what we are in the form of a browser's name.
USER_AGENT = "Mozilla/5.0 (compatible; InfoSCO-rates/1.0; +{site})"

NUMBER = re.compile(r"[0-9]{1,10}(?:[.,][0-9]{1,8})?")
CENTS = Decimal("0.0001")


class RatesError(Exception):
    pass


@dataclass(frozen=True)
class Quote:
    nominal: int
    value: Decimal  # roubles for `nominal` units


@dataclass(frozen=True)
class RateTable:
    date: date
    rates: dict[str, Quote]  # by ISO 4217 code
    damaged: frozenset[str] = field(default=frozenset())  # quoted, but in a row that makes no sense


@dataclass(frozen=True)
class Stored:
    date: date
    quoted: int  # how many of our currencies the table has
    is_newest: bool  # or else the table went into the history alone


def update_rates(date=None, path=None):
    body = read(path) if path else fetch(settings.RATES_URL, date, TIMEOUT)
    return store_rates(parse_rates(body))


def fetch_history(days, today):
    """Fetches the tables of so many days up to today that the history lacks, the newest first, and yields each of
    these days as it is done. What is stored stays, so a walk that broke off is taken up by another one."""
    oldest = today - timedelta(days=days - 1)
    known = set(Rate.objects.filter(date__gte=oldest).values_list("date", flat=True).distinct())
    day = today
    while day >= oldest:
        if day not in known:
            table = parse_rates(fetch(settings.RATES_URL, day, TIMEOUT))
            if table.date > day:
                raise RatesError(f"Asked for {day}, the bank sent the table of {table.date}.")
            # On a day without a table the bank sends the one before it, which was valid on that day.
            day = table.date
            if oldest <= day and day not in known:
                store_rates(table)
            time.sleep(PAUSE)
        yield max(day, oldest)
        day -= timedelta(days=1)


def read(path):
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RatesError(f"{path} can't be read: {error.strerror}.") from error


class HttpsStaysHttps(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req, fp, code, msg, headers, newurl):
        before, after = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if after != "https" and after != before:
            fp.close()
            raise RatesError(f"The server sends us from {req.full_url} on to {newurl}, which is not safe.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(url, date, timeout):
    """The table of that day, or without one the last, as bytes. ``timeout`` in seconds is for the whole answer."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise RatesError(f"RATES_URL must begin with https:// or http://, not {url!r}.")
    if date:
        url += ("&" if "?" in url else "?") + urlencode({"date_req": f"{date:%d/%m/%Y}"}, safe="/")
    request = urllib.request.Request(  # noqa: S310 (the scheme is checked above)
        url, headers={"User-Agent": USER_AGENT.format(site=settings.SITE_URL), "Accept": "application/xml, text/xml"}
    )
    deadline = time.monotonic() + timeout
    try:
        with urllib.request.build_opener(HttpsStaysHttps).open(request, timeout=timeout) as response:
            return read_until(response, deadline)
    except urllib.error.HTTPError as error:
        error.close()
        raise RatesError(f"{url} answered {error.code} {error.reason}.") from error
    except TimeoutError as error:
        raise RatesError(f"{url} did not answer within {timeout} seconds.") from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise RatesError(f"{url} did not answer within {timeout} seconds.") from error
        raise RatesError(f"{url} can't be reached: {error.reason}.") from error
    except (http.client.HTTPException, OSError) as error:
        raise RatesError(f"The answer of {url} broke off: {error!r}.") from error


def read_until(response, deadline):
    """The body; the socket's own time-out counts anew with every byte that a slow server sends."""
    body = bytearray()
    while chunk := response.read1(64 * 1024):
        body += chunk
        if len(body) > MAX_BYTES:
            break  # parse_rates says why it is refused
        if time.monotonic() > deadline:
            raise TimeoutError
    if response.length:
        raise http.client.IncompleteRead(bytes(body), response.length)
    return bytes(body)


class NoDoctype(ElementTree.TreeBuilder):
    """The bank sends no DOCTYPE; with one come entities, which can be bombs."""

    def doctype(self, name, pubid, system):
        raise RatesError("The answer has a DOCTYPE: it is not the bank's table.")


def parse_rates(body: bytes) -> RateTable:
    if len(body) > MAX_BYTES:
        raise RatesError(f"The answer has more than {MAX_BYTES} bytes: it is not the bank's table.")
    text = decode(body)
    if re.match(r"\s*(?:<!doctype\s+html|<html)", text, re.IGNORECASE):
        raise RatesError("The answer is an HTML page instead of the table, as a guard against attacks sends it.")
    parser = ElementTree.XMLParser(target=NoDoctype())  # noqa: S314 (it refuses every DOCTYPE)
    try:
        parser.feed(text)
        root = parser.close()
    except ElementTree.ParseError as error:
        raise RatesError(f"The answer is not whole XML: {error}.") from error
    if root.tag != "ValCurs":
        raise RatesError(f"The answer begins with <{root.tag[:40]}> instead of <ValCurs>.")
    rows = root.findall("Valute")
    if not rows and (root.text or "").strip():
        raise RatesError(f"The bank answered “{root.text.strip()[:100]}”.")
    table_date = parse_date(root.get("Date", ""))
    rates, damaged = {}, set()
    for row in rows:
        code, quote = parse_row(row)
        if quote is None or rates.get(code, quote) != quote:
            logger.warning("The rate of %r on %s makes no sense and is left out.", code, table_date)
            damaged.add(code)
        else:
            rates[code] = quote
    for code in damaged:
        rates.pop(code, None)
    if not rates:
        raise RatesError("The table has no rates.")
    return RateTable(table_date, rates, frozenset(damaged))


def decode(body):
    """The bank's encoding is windows-1251; on some days it sent UTF-8 under that name. Russian text in the one is
    practically never valid in the other. The declaration goes, as it may be wrong."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("windows-1251", errors="replace")
    return re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)


def parse_date(text):
    try:
        table_date = datetime.strptime(text.replace("/", "."), "%d.%m.%Y").date()  # noqa: DTZ007 (a day, not a time)
    except ValueError:
        raise RatesError(f"The table has no date that we can read: {text[:40]!r}.") from None
    if table_date > timezone.localdate() + timedelta(days=MAX_DAYS_AHEAD):
        raise RatesError(f"The table is of {table_date}, which is too far in the future.")
    return table_date


def parse_row(row):
    """The code, and the quote or nothing where the numbers make no sense."""
    code, nominal, value = ((row.findtext(name) or "").strip() for name in ("CharCode", "Nominal", "Value"))
    if not re.fullmatch(r"[A-Z]{3}", code) or not re.fullmatch(r"[0-9]{1,9}", nominal) or not NUMBER.fullmatch(value):
        return code[:10], None
    quote = Quote(int(nominal), Decimal(value.replace(",", ".")).quantize(CENTS))
    return code, quote if quote.nominal and quote.value else None


def store_rates(table: RateTable) -> Stored:
    """Into the history, and where no newer table is known, into the currencies, all at once."""
    with transaction.atomic():
        currencies = list(Currency.objects.select_for_update().order_by("pk"))
        ours = [currency for currency in currencies if currency.code in table.rates]
        newest = max((currency.rate_date for currency in currencies if currency.rate_date), default=table.date)
        is_newest = table.date >= newest
        if is_newest:
            check_completeness(table, currencies)
        Rate.objects.bulk_create(
            [
                Rate(currency=currency, date=table.date, nominal=quote.nominal, value=quote.value)
                for currency in ours
                for quote in [table.rates[currency.code]]
            ],
            update_conflicts=True,
            unique_fields=["currency", "date"],
            update_fields=["nominal", "value"],
        )
        if is_newest:
            for currency in currencies:
                quote = table.rates.get(currency.code)
                if quote:
                    currency.nominal, currency.value, currency.rate_date = quote.nominal, quote.value, table.date
                # A damaged row does not mean that the bank quotes the currency no more: its last good rate stays.
                currency.quoted = bool(quote) or (currency.quoted and currency.code in table.damaged)
            Currency.objects.bulk_update(currencies, ["nominal", "value", "rate_date", "quoted"])
        rates_stored.send(sender=Currency, table=table)
    return Stored(table.date, len(ours), is_newest)


def check_completeness(table, currencies):
    before = {currency.code for currency in currencies if currency.quoted}
    missing = before - table.rates.keys() - table.damaged
    if len(missing) > len(before) / 2:
        raise RatesError(
            f"The table of {table.date} is only a part: {len(missing)} of our {len(before)} currencies are missing."
        )
    if not before and not any(currency.code in table.rates for currency in currencies):
        raise RatesError(f"The table of {table.date} has none of our currencies.")
