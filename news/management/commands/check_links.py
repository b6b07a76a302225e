from django.core.management.base import BaseCommand

from news import link_check


class Command(BaseCommand):
    help = "Reads published texts for links, and asks other sites for some that were not asked for a week."

    def handle(self, **options):
        read = link_check.walk()
        asked, failed = link_check.ask_due()
        self.stdout.write(f"{read} articles read, {asked} addresses asked, {failed} of them failed.")
