from django.core.management.base import BaseCommand

from comments import notices


class Command(BaseCommand):
    help = "Mails the notices of new answers that wait in the outbox. May run as often as you like."

    def handle(self, **options):
        self.stdout.write("sent {}, failed {}".format(*notices.send_waiting()))
