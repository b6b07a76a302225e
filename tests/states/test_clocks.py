from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from states.clocks import Clock, currency_table, furniture, is_stale
from states.models import Currency, State

pytestmark = pytest.mark.django_db


def clock(iso2, *moment):
    return Clock.of(State.objects.get(iso2=iso2), datetime(*moment, tzinfo=UTC))


@pytest.mark.parametrize(
    ("iso2", "winter", "summer"),
    [
        ("EG", ("12:00", "UTC+2"), ("13:00", "UTC+3")),  # the only one of the 27 with daylight saving time
        ("RU", ("13:00", "UTC+3"), ("13:00", "UTC+3")),
        ("IR", ("13:30", "UTC+3:30"), ("13:30", "UTC+3:30")),  # none since 2022
        ("AF", ("14:30", "UTC+4:30"), ("14:30", "UTC+4:30")),
        ("KZ", ("15:00", "UTC+5"), ("15:00", "UTC+5")),  # +6 until March 2024
        ("IN", ("15:30", "UTC+5:30"), ("15:30", "UTC+5:30")),
        ("NP", ("15:45", "UTC+5:45"), ("15:45", "UTC+5:45")),
        ("MM", ("16:30", "UTC+6:30"), ("16:30", "UTC+6:30")),
        ("CN", ("18:00", "UTC+8"), ("18:00", "UTC+8")),
        ("TR", ("13:00", "UTC+3"), ("13:00", "UTC+3")),
        ("AM", ("14:00", "UTC+4"), ("14:00", "UTC+4")),
    ],
)
def test_time_and_offset(iso2, winter, summer):
    january, july = clock(iso2, 2026, 1, 15, 10), clock(iso2, 2026, 7, 15, 10)

    assert (january.time, january.offset) == winter
    assert (july.time, july.offset) == summer


def test_cairo_puts_its_clock_on_and_back():
    assert clock("EG", 2026, 4, 23, 21, 59).time == "23:59"
    assert clock("EG", 2026, 4, 23, 22, 0).time == "01:00"
    assert clock("EG", 2026, 10, 29, 20, 59).time == "23:59"
    assert clock("EG", 2026, 10, 29, 21, 0).time == "23:00"


def test_moscow_and_astana_of_earlier_years():
    assert clock("RU", 2014, 10, 25, 10).time == "14:00"
    assert clock("RU", 2014, 10, 26, 10).time == "13:00"
    assert clock("KZ", 2024, 2, 29, 10).time == "16:00"


def test_offset_west_of_greenwich_and_at_it():
    assert Clock(datetime(2026, 1, 1, tzinfo=UTC), False).offset == "UTC"
    west = timezone.get_fixed_timezone(timedelta(hours=-3, minutes=-30))
    assert Clock(datetime(2026, 1, 1, tzinfo=west), False).offset == "UTC−3:30"


def test_date_is_shown_where_it_is_not_that_of_moscow():
    # 20:30 UTC is 23:30 in Moscow, 01:30 in Astana, 22:30 in Cairo
    assert clock("KZ", 2026, 2, 24, 20, 30).differs
    assert not clock("EG", 2026, 2, 24, 20, 30).differs
    assert not clock("RU", 2026, 2, 24, 20, 30).differs
    # half an hour after midnight in Moscow it is yesterday in Cairo
    assert clock("EG", 2026, 2, 24, 21, 30).differs
    assert not clock("KZ", 2026, 2, 24, 21, 30).differs


@pytest.mark.parametrize(
    ("language", "day"), [("ru", "25\u00a0февраля"), ("en", "25\u00a0February"), ("zh-hans", "2月25日")]
)
def test_date_is_written_in_the_language(language, day):
    with translation.override(language):
        assert clock("KZ", 2026, 2, 24, 20, 30).day == day


def test_furniture_takes_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        groups, table = furniture()
        shown = [(row.state.name, row.state.flag, row.clock.time) for group in groups for row in group.rows]
        currencies = [(state.name, currency.name, currency.quoted) for state, currency in table.rows]

    assert len(shown) == 27
    assert len(currencies) == 26  # all but the rouble


def test_table_has_the_date_of_its_newest_rate_and_grows_old():
    cny = Currency.objects.get(code="CNY")
    cny.nominal, cny.value, cny.rate_date, cny.quoted = 1, "11.3", date(2026, 3, 7), True
    state = State(iso2="CN", currency=cny)

    assert currency_table([state], date(2026, 3, 11)).date == date(2026, 3, 7)
    assert not currency_table([state], date(2026, 3, 11)).stale
    assert currency_table([state], date(2026, 3, 12)).stale


def test_four_days_are_not_yet_old():
    assert not is_stale(date(2026, 3, 7), date(2026, 3, 11))
    assert is_stale(date(2026, 3, 7), date(2026, 3, 12))


def test_table_without_any_rate_has_no_date():
    table = currency_table([State(iso2="CN", currency=Currency(code="CNY"))], date(2026, 3, 11))

    assert (table.date, table.stale) == (None, False)
