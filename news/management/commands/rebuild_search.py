from django.core.management.base import BaseCommand
from rich.progress import Progress

from news import search
from news.models import Article


class Command(BaseCommand):
    help = "Indexes all articles for search again; needed after a change of how words are analysed."

    def handle(self, **options):
        with Progress() as progress:
            task = progress.add_task("Articles", total=Article.objects.count())
            search.rebuild(lambda number: progress.advance(task, number))
