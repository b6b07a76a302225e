"""Small charts of the last days, drawn on the server: columns of figures by language, with the same said in words."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, number_format

DAYS = 30
WIDTH, HEIGHT = 600, 120  # of the drawing's own units
STEP = WIDTH / DAYS
GAP = 3


@dataclass(frozen=True)
class Part:
    language: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Chart:
    parts: list
    top: int  # the highest column
    totals: list  # [(language's name, number)]
    total: int
    best: object  # the day with the highest column, or None
    table: list  # [(day, [number a language])], the newest first
    first: object
    last: object
    width: int = WIDTH
    height: int = HEIGHT


def last_days(on=None):
    on = on or timezone.localdate()
    return [on - timedelta(days=back) for back in reversed(range(DAYS))]


def chart(figures, days=None):
    """``figures``: {(day, language): number}; whatever lies outside of the days is left out."""
    days = days or last_days()
    languages = [code for code, _name in settings.LANGUAGES]
    table = [(day, [figures.get((day, code), 0) for code in languages]) for day in days]
    top = max(sum(numbers) for _day, numbers in table)
    parts = []
    for place, (_day, numbers) in enumerate(table):
        below = 0
        for code, number in zip(languages, numbers, strict=True):
            if number:
                height = number / top * HEIGHT
                y = HEIGHT - below - height
                below += height
                spans = (place * STEP + GAP / 2, y, STEP - GAP, height)
                parts.append(Part(code, *(f"{span:.2f}" for span in spans)))
    totals = [(name, sum(numbers[i] for _day, numbers in table)) for i, (_code, name) in enumerate(settings.LANGUAGES)]
    best = max(table, key=lambda row: sum(row[1]))[0] if top else None
    return Chart(parts, top, totals, sum(number for _name, number in totals), best, table[::-1], days[0], days[-1])


def shown(number):
    return number_format(number, force_grouping=True)


def in_words(drawn):
    """The chart as a sentence's parts: the sum a language, and the best day."""
    said = [f"{name}: {shown(number)}" for name, number in drawn.totals]
    if drawn.best:
        said.append(f"{date_format(drawn.best, 'MONTH_DAY_FORMAT')}: {shown(drawn.top)}")
    return "; ".join(map(str, said))
