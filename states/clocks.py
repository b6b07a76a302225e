"""What each page shows of the states: the groups with their capitals' clocks, and the currency table."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from .models import Currency, Membership, State

MOSCOW = ZoneInfo("Europe/Moscow")
STALE_AFTER = timedelta(days=4)  # a table lasts from Saturday to Tuesday; longer than this it is old
HEADINGS = {
    Membership.Status.MEMBER: _("Member states"),
    Membership.Status.OBSERVER: _("Observer states"),
    Membership.Status.PARTNER: _("Dialogue partners"),
}


def moscow_today(now=None):
    return (now or timezone.now()).astimezone(MOSCOW).date()


@dataclass(frozen=True)
class Clock:
    local: datetime
    differs: bool  # the capital has another date than Moscow

    @classmethod
    def of(cls, state, now):
        local = now.astimezone(ZoneInfo(state.tz))
        return cls(local, local.date() != moscow_today(now))

    @property
    def time(self):
        return f"{self.local:%H:%M}"

    @property
    def iso(self):
        return self.local.isoformat(timespec="minutes")

    @property
    def day(self):
        """As Intl.DateTimeFormat writes it in static/js/clocks.js."""
        return date_format(self.local.date(), "MONTH_DAY_FORMAT")

    @property
    def offset(self):
        """``UTC+5:45``, ``UTC−3``, ``UTC``."""
        minutes = int(self.local.utcoffset().total_seconds()) // 60
        if not minutes:
            return "UTC"
        hours, rest = divmod(abs(minutes), 60)
        return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")


@dataclass(frozen=True)
class Row:
    membership: Membership
    clock: Clock

    @property
    def state(self):
        return self.membership.state


@dataclass(frozen=True)
class Group:
    status: str
    heading: str
    rows: list[Row]


@dataclass(frozen=True)
class CurrencyTable:
    date: date | None  # of the last table; nothing before the first one
    stale: bool
    rows: list[tuple[State, Currency]]


def groups_of(memberships, now):
    """All three groups, an empty one too, from memberships that come with their states."""
    groups = {status: Group(status, heading, []) for status, heading in HEADINGS.items()}
    for membership in memberships:
        groups[membership.status].rows.append(Row(membership, Clock.of(membership.state, now)))
    return list(groups.values())


def currency_table(states, today):
    rows = [(state, state.currency) for state in states if state.currency and not state.currency.is_base]
    last = max((currency.rate_date for _state, currency in rows if currency.quoted), default=None)
    return CurrencyTable(last, last is not None and is_stale(last, today), rows)


def is_stale(rate_date, today):
    return today - rate_date > STALE_AFTER


def furniture(now=None):
    """The groups of today and their currency table, from one query."""
    now = now or timezone.now()
    today = moscow_today(now)
    memberships = list(Membership.objects.current(today).in_groups().with_states())
    return groups_of(memberships, now), currency_table([membership.state for membership in memberships], today)
