from django.core.management.base import BaseCommand

from news import reading


class Command(BaseCommand):
    help = "Adds up old reading figures by the day, and forgets those over a year old."

    def handle(self, **options):
        saved = reading.fold()
        self.stdout.write(f"{saved} rows fewer.")
