from django.core.management.base import BaseCommand

from news import library


class Command(BaseCommand):
    help = "Notes anew which articles, pages and issues refer to which pictures, older versions included."

    def handle(self, **options):
        self.stdout.write(f"{library.rebuild()} uses.")
