from datetime import date

from django.core.management.base import BaseCommand, CommandError

from states.rates import RatesError, update_rates


def day(text):
    return date.fromisoformat(text)


class Command(BaseCommand):
    help = "Gets the Bank of Russia's table of currencies. Upon any failure the last good table stays."

    def add_arguments(self, parser):
        parser.add_argument("--date", type=day, metavar="YYYY-MM-DD", help="of that day, not the last")
        parser.add_argument("--file", metavar="PATH", help="read a saved answer of the bank")

    def handle(self, *, date, file, **options):
        try:
            stored = update_rates(date, file)
        except RatesError as error:
            raise CommandError(f"{error} The last good table stays.") from error
        rest = "" if stored.is_newest else " It is older than the table shown, so it went into the history alone."
        self.stdout.write(f"Rates of {stored.date}: {stored.quoted} currencies.{rest}")
