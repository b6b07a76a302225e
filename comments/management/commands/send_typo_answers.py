from django.core.management.base import BaseCommand

from comments import typo_answers


class Command(BaseCommand):
    help = "Mails the answers to readers who reported a mistake. May run as often as you like."

    def handle(self, **options):
        self.stdout.write("sent {}, failed {}".format(*typo_answers.send_waiting()))
