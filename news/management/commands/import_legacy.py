from collections import defaultdict
from contextlib import nullcontext

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.markup import escape
from rich.progress import MofNCompleteColumn, Progress
from rich.table import Table

from news import caching
from news.legacy_import import find_files, import_copies, read, section_for_imports
from news.models import Section


class Command(BaseCommand):
    help = (
        "Imports saved pages of the old portal: files, or folders of them. It can be stopped at any time and run "
        "again: nothing is imported twice, and what an editor changed stays as it is."
    )

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
        parser.add_argument("--section", help="slug of the section that new articles are put in")

    def handle(self, *, paths, dry_run, section, **options):
        try:
            section = section_for_imports(section, make=not dry_run)
        except Section.DoesNotExist:
            raise CommandError(f"There is no section {section}.") from None
        copies, stopped = [], False
        try:
            with self.progress() as progress, nullcontext() if dry_run else caching.bump_once():
                copies.extend(map(read, progress.track(list(find_files(paths)), description="Reading")))
                items = defaultdict(list)
                for copy in copies:
                    if copy.page:
                        items[copy.page.idn].append(copy)
                for item in progress.track(items.values(), description="Importing"):
                    import_copies(item, section, write=not dry_run)
        except KeyboardInterrupt:
            stopped = True
        self.report(copies, dry_run)
        if stopped:
            raise CommandError("Stopped. Run it again to go on.", returncode=130)
        if not any(copy.page for copy in copies):
            raise CommandError("Nothing could be read.")

    def progress(self):
        console = Console(file=self.stderr)
        return Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=console, transient=True)

    def report(self, copies, dry_run):
        table = Table(title="Dry run: nothing was changed" if dry_run else None)
        for heading in ("File", "idn", "Language", "Result", "Note", "Flags"):
            table.add_column(heading, overflow="fold")
        for copy in copies:
            number, language = (str(copy.page.idn), copy.page.language) if copy.page else ("", "")
            cells = (copy.path, number, language, copy.result or "not reached", copy.note, " ".join(copy.flags))
            table.add_row(*map(escape, cells))
        console = Console(file=self.stdout, width=None if self.stdout.isatty() else 200)
        console.print(table)
        results = [copy.result or "not reached" for copy in copies]
        console.print(", ".join(f"{result}: {results.count(result)}" for result in sorted(set(results))) or "no files")
