from django.core.management.base import BaseCommand

from infoshos import statistics


class Command(BaseCommand):
    help = "Tells SQLite's planner how large the tables have become; does nothing on PostgreSQL."

    def handle(self, **options):
        statistics.gather()
