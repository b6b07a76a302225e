import re
import time
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.management import CommandError, call_command

from states import rates
from states.models import Currency, Rate
from states.rates import Quote, RatesError, parse_rates, rates_stored, update_rates

from .conftest import TABLE

pytestmark = pytest.mark.django_db

OURS_IN_TABLE = 18  # of the 20 rows; the other two are AUD and USD


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-10 09:00+03:00"):
        yield


def rate(code):
    currency = Currency.objects.get(code=code)
    return currency.quoted, currency.nominal, currency.value, currency.rate_date


def row(code, nominal, value):
    return f"<Valute><CharCode>{code}</CharCode><Nominal>{nominal}</Nominal><Value>{value}</Value></Valute>"


def answer(*rows, day="10.03.2026"):
    return f'<ValCurs Date="{day}">{"".join(rows)}</ValCurs>'.encode()


def test_table_is_read_exactly(table):
    read = parse_rates(table())

    assert read.date == date(2026, 3, 10)
    assert len(read.rates) == 20
    assert read.rates["IRR"] == Quote(100000, Decimal("12.0834"))
    assert read.rates["CNY"] == Quote(1, Decimal("11.3050"))
    assert read.damaged == frozenset()


def test_utf8_under_the_name_of_windows_1251_is_read(table):
    body = table().decode("windows-1251").encode()

    assert b'encoding="windows-1251"' in body
    assert len(parse_rates(body).rates) == 20


def test_byte_order_mark_is_read(table):
    assert len(parse_rates(b"\xef\xbb\xbf" + table().decode("windows-1251").encode()).rates) == 20


@pytest.mark.parametrize(
    "value", ["0", "0,00001", "-1,5", "NaN", "Infinity", "1e5", "", "1 234,5", "12345678901", "abc"]
)
def test_value_without_sense_is_left_out(value):
    read = parse_rates(answer(row("CNY", 1, "11,3"), row("KZT", 100, value)))

    assert read.rates == {"CNY": Quote(1, Decimal("11.3000"))}
    assert read.damaged == {"KZT"}


@pytest.mark.parametrize("nominal", ["0", "-100", "1,5", "", "9" * 10])
def test_nominal_without_sense_is_left_out(nominal):
    assert parse_rates(answer(row("CNY", 1, "11,3"), row("KZT", nominal, "15"))).damaged == {"KZT"}


def test_same_row_twice_is_one_and_two_different_ones_are_none():
    read = parse_rates(
        answer(row("CNY", 1, "11,3"), row("CNY", 1, "11,3"), row("KZT", 100, "15"), row("KZT", 100, "16"))
    )

    assert read.rates == {"CNY": Quote(1, Decimal("11.3000"))}
    assert read.damaged == {"KZT"}


BOMB = b"""<!DOCTYPE ValCurs [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<ValCurs Date="10.03.2026">&b;</ValCurs>"""


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not whole XML"),
        (b"\x00\x01\x02", "not whole XML"),
        (BOMB, "DOCTYPE"),
        (b'<!DOCTYPE ValCurs SYSTEM "file:///etc/passwd"><ValCurs/>', "DOCTYPE"),
        (b"<!DOCTYPE html><html><body>Checking your browser</body></html>", "HTML page"),
        (b"<html><body>DDoS guard</body></html>", "HTML page"),
        (b"<rss/>", "instead of <ValCurs>"),
        (
            b'<?xml version="1.0" encoding="windows-1251" ?><ValCurs>Error in parameters</ValCurs>',
            "Error in parameters",
        ),
        (b"<ValCurs></ValCurs>", "no date"),
        (answer(row("CNY", 1, "11"), day="31.02.2026"), "no date"),
        (answer(row("CNY", 1, "11"), day="\N{ARABIC-INDIC DIGIT ONE}"), "no date"),
        (answer(), "no rates"),
        (answer(row("CNY", 1, "0")), "no rates"),
        (answer(row("CNY", 1, "11"), day="14.03.2026"), "future"),
        (b" " * (rates.MAX_BYTES + 1), "more than"),
    ],
)
def test_what_is_no_table_is_refused(body, reason):
    with pytest.raises(RatesError, match=reason):
        parse_rates(body)


def test_rates_of_the_next_days_are_accepted():
    assert parse_rates(answer(row("CNY", 1, "11"), day="13.03.2026")).date == date(2026, 3, 13)


def test_table_is_fetched_and_stored(bank):
    stored = update_rates()

    assert (stored.date, stored.quoted, stored.is_newest) == (date(2026, 3, 10), OURS_IN_TABLE, True)
    assert rate("IRR") == (True, 100000, Decimal("12.0834"), date(2026, 3, 10))
    assert rate("AFN") == (False, None, None, None)
    assert Rate.objects.count() == OURS_IN_TABLE


def test_bank_is_told_who_asks(bank, settings):
    settings.SITE_URL = "https://portal.example"
    update_rates()

    [(path, agent)] = bank.requests
    assert path == "/scripts/XML_daily.asp"
    assert agent == "Mozilla/5.0 (compatible; InfoSCO-rates/1.0; +https://portal.example)"


def test_bank_that_refuses_libraries_serves_us(bank):
    def refuse_libraries(handler):
        if re.search("urllib|python|curl", handler.headers["User-Agent"], re.IGNORECASE):
            bank.send(handler, b"Forbidden", status=403)
        else:
            bank.table(handler)

    bank.answer = refuse_libraries

    assert update_rates().quoted == OURS_IN_TABLE


def test_day_is_asked_for_in_the_form_of_the_bank(bank, settings):
    update_rates(date=date(2026, 3, 8))
    settings.RATES_URL += "?mirror=1"
    update_rates(date=date(2026, 3, 8))

    assert [path.partition("?")[2] for path, _agent in bank.requests] == [
        "date_req=08/03/2026",
        "mirror=1&date_req=08/03/2026",
    ]


def test_date_returned_counts_and_not_the_date_asked_for(bank, table):
    bank.answers(table(('Date="10.03.2026"', 'Date="07.03.2026"')))

    assert update_rates(date=date(2026, 3, 8)).date == date(2026, 3, 7)


def test_redirect_is_followed(bank):
    def move(handler):
        if handler.path == "/new":
            bank.table(handler)
        else:
            bank.send(handler, b"", status=302, Location="/new")

    bank.answer = move

    assert update_rates().quoted == OURS_IN_TABLE


def truncated(bank):
    bank.answers(TABLE[:900], length=len(TABLE))


def silent(bank):
    bank.answer = lambda handler: time.sleep(1)


def dripping(bank):
    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(40):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    bank.answer = drip


FAILURES = {
    "refused": (lambda bank: bank.answers(b"Forbidden", status=403), "answered 403"),
    "broken": (lambda bank: bank.answers(b"", status=500), "answered 500"),
    "unavailable": (lambda bank: bank.answers(b"", status=503), "answered 503"),
    "not modified": (lambda bank: bank.answers(b"", status=304), "answered 304"),
    "in circles": (lambda bank: bank.answers(b"", status=302, Location="/scripts/XML_daily.asp"), "answered 302"),
    "sent to a file": (lambda bank: bank.answers(b"", status=302, Location="file:///etc/passwd"), "not allowed"),
    "sent to ftp": (lambda bank: bank.answers(b"", status=302, Location="ftp://127.0.0.1/"), "not safe"),
    "error with status 200": (
        lambda bank: bank.answers(b"<ValCurs>Error in parameters</ValCurs>"),
        "Error in parameters",
    ),
    "guard page": (lambda bank: bank.answers(b"<!DOCTYPE html><html></html>"), "HTML page"),
    "bomb": (lambda bank: bank.answers(BOMB), "DOCTYPE"),
    "cut off by the network": (truncated, "broke off"),
    "cut off at its end": (lambda bank: bank.answers(TABLE[:900]), "not whole XML"),
    "empty": (lambda bank: bank.answers(b""), "not whole XML"),
    "too large": (lambda bank: bank.answers(TABLE + b" " * rates.MAX_BYTES), "more than"),
    "without rows": (lambda bank: bank.answers(answer()), "no rates"),
    "only a part": (lambda bank: bank.answers(answer(row("CNY", 1, "12"), row("KZT", 100, "16"))), "only a part"),
    "silent": (silent, "did not answer within"),
    "dripping": (dripping, "did not answer within"),
    "not HTTP": (lambda bank: setattr(bank, "answer", lambda handler: handler.wfile.write(b"*" * 99)), "broke off"),
    "hanging up": (lambda bank: setattr(bank, "answer", lambda handler: None), "broke off"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_failure_has_a_clear_message_and_the_last_good_table_stays(bank, monkeypatch, failure):
    update_rates()
    break_bank, reason = FAILURES[failure]
    break_bank(bank)
    if failure in {"silent", "dripping"}:
        monkeypatch.setattr(rates, "TIMEOUT", 0.3)

    with pytest.raises(CommandError, match=reason) as error:
        call_command("update_rates")

    assert error.value.returncode == 1
    assert str(error.value).endswith("The last good table stays.")
    assert rate("CNY") == (True, 1, Decimal("11.3050"), date(2026, 3, 10))
    assert Currency.objects.filter(quoted=True).count() == Rate.objects.count() == OURS_IN_TABLE


def test_bank_that_is_not_there(bank, settings):
    bank.server.server_close()
    with pytest.raises(CommandError, match="can't be reached"):
        call_command("update_rates")


def test_address_of_another_kind_is_refused(settings):
    settings.RATES_URL = "file:///etc/passwd"
    with pytest.raises(CommandError, match="RATES_URL must begin with"):
        call_command("update_rates")


def test_saved_answer_is_read(tmp_path, table, capsys):
    path = tmp_path / "saved.xml"
    path.write_bytes(table())

    call_command("update_rates", file=str(path))

    assert rate("UZS") == (True, 10000, Decimal("66.3097"), date(2026, 3, 10))
    assert capsys.readouterr().out == "Rates of 2026-03-10: 18 currencies.\n"


def test_saved_answer_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match=r"saved\.xml can't be read: No such file"):
        call_command("update_rates", file=str(tmp_path / "saved.xml"))


def test_nominal_changes_with_the_table(bank, table):
    update_rates()
    bank.answers(
        table(
            ('Date="10.03.2026"', 'Date="11.03.2026"'),
            ("<Nominal>100000</Nominal>", "<Nominal>1000000</Nominal>"),
            ("12,0834", "120,9010"),
        )
    )
    update_rates()

    assert rate("IRR") == (True, 1000000, Decimal("120.9010"), date(2026, 3, 11))
    assert list(Rate.objects.filter(currency__code="IRR").values_list("date", "nominal")) == [
        (date(2026, 3, 11), 1000000),
        (date(2026, 3, 10), 100000),
    ]


def test_older_table_goes_into_the_history_alone(bank, table, capsys):
    update_rates()
    bank.answers(table(('Date="10.03.2026"', 'Date="06.03.2026"'), ("11,3050", "11,1000")))

    call_command("update_rates", date=date(2026, 3, 6))

    assert rate("CNY") == (True, 1, Decimal("11.3050"), date(2026, 3, 10))
    assert Rate.objects.get(currency__code="CNY", date=date(2026, 3, 6)).value == Decimal("11.1")
    assert "older than the table shown" in capsys.readouterr().out


def test_same_table_again_corrects_and_doubles_nothing(bank, table):
    update_rates()
    bank.answers(table(("11,3050", "11,3060")))
    update_rates()

    assert rate("CNY")[2] == Decimal("11.3060")
    assert Rate.objects.count() == OURS_IN_TABLE


def test_currency_that_the_next_table_lacks_is_not_quoted(bank, table):
    update_rates()
    bank.answers(table(('Date="10.03.2026"', 'Date="11.03.2026"'), ("MNT", "XXX")))
    update_rates()

    assert rate("MNT")[0] is False
    assert rate("CNY")[0] is True


def test_damaged_row_keeps_the_last_good_rate_of_its_currency(bank, table):
    update_rates()
    bank.answers(table(('Date="10.03.2026"', 'Date="11.03.2026"'), ("22,5106", "0")))
    update_rates()

    assert rate("MNT") == (True, 1000, Decimal("22.5106"), date(2026, 3, 10))
    assert rate("CNY")[3] == date(2026, 3, 11)


def test_table_without_any_of_our_currencies_is_refused_by_a_fresh_portal(bank):
    bank.answers(answer(row("AUD", 1, "52")))
    with pytest.raises(RatesError, match="none of our currencies"):
        update_rates()


def test_who_listens_is_told_of_every_table_as_charts_show_old_ones_too(bank, table):
    told = []

    def listen(table, **kwargs):
        told.append((table.date, rate("CNY")[2]))

    rates_stored.connect(listen)
    try:
        update_rates()
        bank.answers(table(('Date="10.03.2026"', 'Date="09.03.2026"')))
        update_rates()  # into the history alone
    finally:
        rates_stored.disconnect(listen)

    assert told == [(date(2026, 3, 10), Decimal("11.3050")), (date(2026, 3, 9), Decimal("11.3050"))]
