from django.core.management.base import BaseCommand

from comments import outside


class Command(BaseCommand):
    help = "Asks the outside spam service about comments, and tells it what moderators think. May run as often as you like."

    def handle(self, **options):
        self.stdout.write("asked {}, told {}, failed {}".format(*outside.work()))
