from django.core.management.base import BaseCommand
from rich.progress import Progress

from news import translations
from news.models import Article


class Command(BaseCommand):
    help = "Finds anew which translations are missing and stale; needed once for articles that were stored in bulk."

    def handle(self, **options):
        with Progress() as progress:
            task = progress.add_task("Articles", total=Article.objects.count())
            translations.rebuild(lambda number: progress.advance(task, number))
