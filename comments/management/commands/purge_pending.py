from django.core.management.base import BaseCommand

from comments import pending


class Command(BaseCommand):
    help = "Forgets comments that nobody confirmed within 30 days, and the copies of those that were confirmed."

    def handle(self, **options):
        self.stdout.write(f"removed {pending.purge()}")
