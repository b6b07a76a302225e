from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from infoshos import statistics
from infoshos.demo import bulk, loading


class Command(BaseCommand):
    help = "Loads the demonstration content, once; with --articles also generated articles, in bulk."
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument(
            "--articles",
            type=int,
            default=0,
            metavar="N",
            help="have N generated articles; can be stopped and resumed",
        )

    def handle(self, *, articles, verbosity, **options):
        if settings.PRODUCTION:
            raise CommandError("The demo's users have a printed password: not where PRODUCTION is set.")
        if articles < 0:
            raise CommandError("--articles takes a number from 0 up.")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database ...")
            call_command("migrate", verbosity=0, interactive=False)
        if loading.load(self.stdout.write):
            self.stdout.write("The demo content is loaded.")
        elif verbosity:
            self.stdout.write("The demo content is there already.")
        if articles:
            bulk.fill(articles)
            statistics.gather()
        if verbosity:
            self.stdout.write(f"Sign in at /admin/ as {', '.join(loading.USERS)}; password: {loading.password()}")
