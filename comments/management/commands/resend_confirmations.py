from django.core.management.base import BaseCommand

from comments import pending


class Command(BaseCommand):
    help = "Mails the confirmation links that the mail server did not take. May run as often as you like."

    def handle(self, **options):
        self.stdout.write("mailed {}, failed {}".format(*pending.mail_delayed()))
