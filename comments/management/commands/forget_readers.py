from django.core.management.base import BaseCommand

from comments import erasing


class Command(BaseCommand):
    help = "Forgets readers' networks, digests and addresses after READER_DATA_DAYS. May run as often as you like."

    def handle(self, **options):
        self.stdout.write(f"forgotten {erasing.forget_old()}")
