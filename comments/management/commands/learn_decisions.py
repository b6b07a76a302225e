from django.core.management.base import BaseCommand

from comments import bayes


class Command(BaseCommand):
    help = "Teaches the filter what moderators have decided. May run as often as you like."

    def handle(self, **options):
        self.stdout.write(f"learned {bayes.learn()}")
