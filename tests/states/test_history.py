import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.management import CommandError, call_command

from states import rates
from states.history import DAYS, axis, rate_chart
from states.models import Currency, Rate, State

from ..factories import make_article
from .conftest import TABLE
from .test_pages import bare_pages, main  # noqa: F401

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-10 12:00+03:00"):
        yield


def keep(code, *values, nominal=1):
    """Rates of days ago: ``(days, value)`` or ``(days, value, nominal)``."""
    currency = Currency.objects.get(code=code)
    for days, value, *other in values:
        Rate.objects.create(
            currency=currency,
            date=TODAY - timedelta(days=days),
            nominal=other[0] if other else nominal,
            value=Decimal(value),
        )
    return currency


def test_chart_shows_lowest_highest_last_and_change():
    chart = rate_chart(keep("CNY", (60, "10"), (30, "12.5"), (20, "9"), (0, "11")), TODAY)

    assert (chart.lowest.value, chart.lowest.date) == (Decimal(9), date(2026, 2, 18))
    assert (chart.highest.value, chart.highest.date) == (Decimal("12.5"), date(2026, 2, 8))
    assert (chart.last.value, chart.last.date) == (Decimal(11), TODAY)
    assert (chart.sign, chart.change) == ("+", Decimal("10.0"))


@pytest.mark.parametrize(("last", "sign"), [("10.5", "+"), ("9.5", "−"), ("10", ""), ("10.0001", "")])
def test_sign_of_the_change(last, sign):
    assert rate_chart(keep("CNY", (1, "10"), (0, last)), TODAY).sign == sign


def test_another_nominal_makes_no_jump():
    chart = rate_chart(keep("IRR", (2, "12", 100000), (1, "120", 1000000), (0, "121", 1000000)), TODAY)

    assert chart.nominal == 1000000
    assert [point.value for point in chart.points] == [120, 120, 121]
    assert chart.recalculated
    assert [point.rate.nominal for point in chart.points] == [100000, 1000000, 1000000]


def test_chart_reaches_ninety_days_back():
    currency = keep("CNY", (DAYS, "10"), (DAYS - 1, "11"), (0, "12"))

    assert [point.value for point in rate_chart(currency, TODAY).points] == [11, 12]


def test_rates_set_for_tomorrow_are_shown():
    chart = rate_chart(keep("CNY", (1, "10"), (-1, "11")), TODAY)

    assert chart.last_day == date(2026, 3, 11)
    assert chart.last.x == chart.width


def test_drawing_stays_in_its_frame():
    chart = rate_chart(keep("CNY", (DAYS - 1, "9.87"), (40, "13.21"), (0, "11")), TODAY)

    assert (chart.first.x, chart.last.x) == (0, chart.width)
    assert all(0 <= point.y <= chart.height for point in chart.points)
    assert chart.highest.y < chart.lowest.y
    assert (chart.ticks[0][1], chart.ticks[-1][1]) == (0, chart.height)


def test_line_breaks_where_the_currency_was_not_quoted():
    assert rate_chart(keep("CNY", (60, "10"), (46, "10"), (45, "11")), TODAY).line.count("M") == 1
    Rate.objects.all().delete()
    assert rate_chart(keep("CNY", (60, "10"), (45, "10"), (44, "11")), TODAY).line.count("M") == 2


@pytest.mark.parametrize("values", [[], [(0, "10")], [(DAYS + 1, "10"), (0, "11")]])
def test_too_few_rates_make_no_chart(values):
    assert rate_chart(keep("CNY", *values), TODAY) is None


def test_chart_is_of_its_currency_alone():
    keep("KZT", (1, "15"), (0, "16"))

    assert rate_chart(Currency.objects.get(code="CNY"), TODAY) is None


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        ("9.87", "13.21", ["14", "13", "12", "11", "10", "9"]),
        ("12.0475", "12.7755", ["12.8", "12.6", "12.4", "12.2", "12"]),
        ("0.0301", "0.0309", ["0.031", "0.0308", "0.0306", "0.0304", "0.0302", "0.03"]),
        ("100", "200", ["200", "180", "160", "140", "120", "100"]),
        ("88", "112", ["120", "110", "100", "90", "80"]),
        ("5", "5", ["5.05", "5", "4.95"]),
    ],
)
def test_axis_has_round_values_around_the_rates(low, high, ticks):
    assert axis(Decimal(low), Decimal(high)) == [Decimal(tick) for tick in ticks]


@pytest.mark.parametrize(
    ("address", "texts"),
    [
        ("/states/ir/", ["Курс валюты за 90 дней", "120,0000", "1\xa0000\xa0000 IRR", "Изменение", "+0,8"]),
        ("/en/states/ir/", ["Exchange rate over 90 days", "120.0000", "1,000,000 IRR", "Change +0.8%"]),
        ("/zh-hans/states/ir/", ["90天汇率走势", "120.0000", "1,000,000 IRR", "+0.8%"]),
    ],
)
def test_page_tells_the_history_in_words_and_figures(client, address, texts):
    keep("IRR", (2, "12", 100000), (1, "120.5", 1000000), (0, "121", 1000000))

    html = client.get(address).content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split(" ")).replace("\n", " ")
    text = re.sub(r" +", " ", text)

    for expected in texts:
        assert expected in text
    table = re.search(r'<table class="rate-history__table">.*?</table>', html, re.DOTALL)[0]
    assert len(re.findall(r"<tr>", table)) == 4
    assert "2026-03-10" in table
    assert re.search(r'<svg class="chart__drawing"[^>]* role="img" aria-labelledby="rate-history"', html)


def test_numbers_of_the_drawing_have_no_comma(client):
    keep("CNY", (2, "10.55"), (0, "11"))

    [drawing] = re.findall(
        r'<svg class="chart__drawing".*?</svg>', client.get("/states/cn/").content.decode(), re.DOTALL
    )

    assert "," not in drawing


def test_page_of_a_currency_without_history_has_no_chart(client):
    keep("CNY", (1, "10"), (0, "11"))

    assert "rate-history" in client.get("/en/states/cn/").content.decode()
    for slug in ("pk", "ru", "kz"):
        assert "rate-history" not in client.get(f"/en/states/{slug}/").content.decode()


@pytest.mark.parametrize("number", [2, 80])
def test_page_with_history_takes_no_more_queries(bare_pages, django_assert_num_queries, number, rf):  # noqa: F811
    from states.views import state_detail

    keep("KZT", *((days, "15") for days in range(number)), nominal=100)

    with django_assert_num_queries(4):  # state, number of news, memberships, rates
        response = state_detail(rf.get("/en/states/kz/"), "kz")

    assert b"chart__line" in response.content


@pytest.mark.parametrize("number", [1, 3])
def test_whole_page_of_a_state_takes_nine_queries(client, django_assert_num_queries, number):
    keep("KZT", (1, "15"), (0, "16"), nominal=100)
    for _ in range(number):
        make_article(states=[State.objects.get(iso2="KZ")])
    client.get("/en/")  # what is looked up once in a process

    with django_assert_num_queries(9):
        response = client.get("/en/states/kz/")

    assert b"chart__line" in response.content


# Fetching the history


@pytest.fixture
def daily_bank(bank, monkeypatch):
    """A bank that has tables for Tuesdays to Saturdays, and sends the last one before the day asked for."""
    monkeypatch.setattr(rates, "PAUSE", 0)

    def answer(handler):
        asked = re.search(r"date_req=(\d\d/\d\d/\d{4})", handler.path)[1]
        day = date(*map(int, reversed(asked.split("/"))))
        while day.weekday() in {6, 0}:
            day -= timedelta(days=1)
        body = TABLE.replace(b'Date="10.03.2026"', f'Date="{day:%d.%m.%Y}"'.encode())
        bank.send(handler, body)

    bank.answer = answer
    return bank


def stored_days():
    return sorted(set(Rate.objects.values_list("date", flat=True)))


def test_history_is_fetched_the_newest_first(daily_bank, capsys):
    call_command("update_rates", history=10)

    days = [day for day in (TODAY - timedelta(days=n) for n in range(10)) if day.weekday() not in {6, 0}]
    assert stored_days() == sorted(days)
    assert Currency.objects.get(code="CNY").rate_date == TODAY
    asked = [re.search(r"\d\d/\d\d/\d{4}", path)[0] for path, _agent in daily_bank.requests]
    assert asked[:3] == ["10/03/2026", "09/03/2026", "06/03/2026"]
    assert capsys.readouterr().out == "The rates since 2026-03-01 are in the history.\n"


def test_history_that_broke_off_is_taken_up_again(daily_bank):
    answer = daily_bank.answer
    daily_bank.answer = lambda handler: (
        daily_bank.send(handler, b"", status=503) if "05/03/2026" in handler.path else answer(handler)
    )
    with pytest.raises(CommandError, match="answered 503"):
        call_command("update_rates", history=10)
    assert stored_days() == [date(2026, 3, 6), date(2026, 3, 7), TODAY]

    daily_bank.answer = answer
    daily_bank.requests.clear()
    call_command("update_rates", history=10)

    asked = [re.search(r"\d\d/\d\d/\d{4}", path)[0] for path, _agent in daily_bank.requests]
    assert "10/03/2026" not in asked
    assert "06/03/2026" not in asked
    assert stored_days()[0] == date(2026, 3, 3)


def test_history_keeps_what_is_shown(daily_bank):
    Currency.objects.filter(code="CNY").update(nominal=1, value=9, rate_date=date(2026, 3, 11), quoted=True)

    call_command("update_rates", history=3)

    assert Currency.objects.get(code="CNY").rate_date == date(2026, 3, 11)
    assert stored_days() == [TODAY]


def test_history_refuses_a_table_of_a_later_day(daily_bank):
    daily_bank.answers(TABLE.replace(b'Date="10.03.2026"', b'Date="11.03.2026"'))

    with pytest.raises(CommandError, match="Asked for 2026-03-10, the bank sent the table of 2026-03-11"):
        call_command("update_rates", history=3)
    assert not Rate.objects.exists()


def test_stopped_history_can_be_gone_on_with(daily_bank, monkeypatch):
    def stop(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(rates.time, "sleep", stop)
    with pytest.raises(CommandError, match="Run it again") as error:
        call_command("update_rates", history=10)

    assert error.value.returncode == 130
    assert stored_days() == [TODAY]


@pytest.mark.parametrize("days", ["0", "-1", "3661", "many"])
def test_number_of_days_must_make_sense(days):
    with pytest.raises(CommandError, match="--history"):
        call_command("update_rates", "--history", days)


def test_history_and_a_day_exclude_each_other():
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("update_rates", "--history", "3", "--date", "2026-03-01")


def test_history_of_a_day_before_bumps_the_pages(client, daily_bank):
    from news import caching

    before = caching.state("en")
    rates.store_rates(rates.parse_rates(TABLE.replace(b'Date="10.03.2026"', b'Date="03.03.2026"')))
    Currency.objects.update(rate_date=TODAY)
    between = caching.state("en")
    rates.store_rates(rates.parse_rates(TABLE.replace(b'Date="10.03.2026"', b'Date="04.03.2026"')))

    assert before != between != caching.state("en")
