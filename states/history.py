"""A currency's rates of the last months, as a chart."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from .models import Currency, Rate

DAYS = 90
GAP = timedelta(days=14)  # longer than the holidays of the new year: the bank did not quote the currency in it
WIDTH, HEIGHT = 900, 300  # units; the page stretches the drawing and writes the words beside it
STEPS = 5  # at most, on the upright axis


@dataclass(frozen=True)
class Point:
    rate: Rate
    value: Decimal  # roubles for the nominal of the chart, whatever the nominal of that day
    x: int
    y: int

    @property
    def date(self):
        return self.rate.date


@dataclass(frozen=True)
class Chart:
    currency: Currency
    nominal: int
    points: list[Point]
    first_day: date
    middle_day: date
    last_day: date
    ticks: list[tuple[Decimal, int]]  # from the top: value, height
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def first(self):
        return self.points[0]

    @property
    def last(self):
        return self.points[-1]

    @property
    def lowest(self):
        return min(self.points, key=lambda point: (point.value, -point.date.toordinal()))

    @property
    def highest(self):
        return max(self.points, key=lambda point: (point.value, point.date))

    @property
    def signed_change(self):
        return ((self.last.value / self.first.value - 1) * 100).quantize(Decimal("0.1"))

    @property
    def change(self):
        """From the first to the last, in per cent, without its sign."""
        return abs(self.signed_change)

    @property
    def sign(self):
        return "+" if self.signed_change > 0 else "−" if self.signed_change < 0 else ""

    @property
    def decimals(self):
        """Of the numbers at the axis."""
        step = self.ticks[0][0] - self.ticks[1][0]
        return max(0, -step.normalize().as_tuple().exponent)

    @property
    def recalculated(self):
        return any(point.rate.nominal != self.nominal for point in self.points)

    @property
    def newest_first(self):
        return self.points[::-1]

    @property
    def line(self):
        """Broken where the currency was not quoted."""
        path = f"M{self.first.x} {self.first.y}"
        for before, point in pairwise(self.points):
            path += f"{'M' if point.date - before.date > GAP else 'L'}{point.x} {point.y}"
        return path


def rate_chart(currency, today):
    """The chart of the days up to today, or to the day of rates that are set in advance; None without two of them."""
    first_day = today - timedelta(days=DAYS - 1)
    rates = list(Rate.objects.filter(currency=currency, date__gte=first_day).order_by("date"))
    if len(rates) < 2:
        return None
    last_day = max(today, rates[-1].date)
    nominal = rates[-1].nominal
    values = [rate.value * nominal / rate.nominal for rate in rates]
    ticks = axis(min(values), max(values))
    bottom, top = ticks[-1], ticks[0]

    def height(value):
        return round((top - value) / (top - bottom) * HEIGHT)

    span = (last_day - first_day).days
    points = [
        Point(rate, value, round((rate.date - first_day).days / span * WIDTH), height(value))
        for rate, value in zip(rates, values, strict=True)
    ]
    middle_day = first_day + timedelta(days=span // 2)
    return Chart(
        currency, nominal, points, first_day, middle_day, last_day, [(value, height(value)) for value in ticks]
    )


def axis(low, high):
    """Round values from above the highest to below the lowest, in equal steps of 1, 2 or 5 and noughts."""
    if low == high:  # a line in the middle
        low, high = low * Decimal("0.99"), high * Decimal("1.01")
    least = (high - low) / STEPS
    power = Decimal(10) ** least.adjusted()
    for step in (power, 2 * power, 5 * power, 10 * power, 20 * power):
        bottom = (low / step).to_integral_value(ROUND_FLOOR)
        top = (high / step).to_integral_value(ROUND_CEILING)
        if top - bottom <= STEPS:
            break
    return [count * step for count in range(int(top), int(bottom) - 1, -1)]
