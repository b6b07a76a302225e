from django.core.management.base import BaseCommand, CommandError

from news import proof


class Command(BaseCommand):
    help = "Looks whether readers see what they should; fails while something is more than a minute late."

    def handle(self, **options):
        right, wrong, late = proof.prove_due()
        self.stdout.write(f"right {right}, wrong {wrong}, late {late}")
        if late:
            raise CommandError(f"{late} publications are late or wrong: see the desk.")
