from django.core.management.base import BaseCommand

from news import drafts


class Command(BaseCommand):
    help = "Deletes unsaved texts that nobody has touched for 30 days (--days), and empty sessions after a day."

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, default=drafts.KEPT.days)

    def handle(self, *args, days, **options):
        old, empty = drafts.prune(days=days)
        self.stdout.write(f"{old} unsaved texts and {empty} empty sessions were deleted.")
