from django.core.management.base import BaseCommand

from news import notes


class Command(BaseCommand):
    help = "Mails the notes and assignments of colleagues that wait in the outbox. May run as often as you like."

    def handle(self, **options):
        self.stdout.write("sent {}, failed {}".format(*notes.send_waiting()))
