from datetime import date, timedelta

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from states.clocks import moscow_today
from states.rates import RatesError, fetch_history, update_rates

MOST_DAYS = 3660


def day(text):
    return date.fromisoformat(text)


def days(text):
    number = int(text)
    if not 1 <= number <= MOST_DAYS:
        raise ValueError
    return number


class Command(BaseCommand):
    help = (
        "Gets the Bank of Russia's table of currencies. Upon any failure the last good table stays. With --history "
        "it gets those of past days that are missing; that can be stopped at any time and run again."
    )

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--date", type=day, metavar="YYYY-MM-DD", help="of that day, not the last")
        what.add_argument("--file", metavar="PATH", help="read a saved answer of the bank")
        what.add_argument(
            "--history", type=days, metavar="DAYS", help=f"of the last DAYS days (1 to {MOST_DAYS}) that are missing"
        )

    def handle(self, *, date, file, history, **options):
        try:
            if history:
                self.get_history(history, moscow_today())
                return
            stored = update_rates(date, file)
        except RatesError as error:
            raise CommandError(f"{error} The last good table stays.") from error
        rest = "" if stored.is_newest else " It is older than the table shown, so it went into the history alone."
        self.stdout.write(f"Rates of {stored.date}: {stored.quoted} currencies.{rest}")

    def get_history(self, number, today):
        columns = (*Progress.get_default_columns(), MofNCompleteColumn())
        try:
            with Progress(*columns, console=Console(file=self.stderr), transient=True) as progress:
                task = progress.add_task("Rates", total=number)
                for reached in fetch_history(number, today):
                    progress.update(task, completed=(today - reached).days + 1)
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again to go on.", returncode=130) from None
        self.stdout.write(f"The rates since {today - timedelta(days=number - 1)} are in the history.")
