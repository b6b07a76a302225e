"""`make bench`: how pages behave when the portal is large, as ratios in one run. No number here is a test.

Two portals with the same demo content, a small and a large one, each with a database of its own and a process of its own,
answer the same requests in turn, uncached; the table shows the medians, their ratio and the number of queries. Where a
page of the change list takes more than MOST_QUERIES, or MOST_RATIO times what it takes in the small portal, it is named
and the exit code is 1.
DATABASE_SMALL and DATABASE_LARGE name empty PostgreSQL databases; without them both are SQLite files.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

BASE = Path(__file__).resolve().parent.parent
LIMITED = "change list"
MOST_QUERIES, MOST_RATIO = 10, 5


class Portal:
    """A process with a portal of its own: ``ask(name)`` → (seconds, queries)."""

    def __init__(self, folder, database, articles, comments):
        folder.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {"DATA_DIR": str(folder), "PYTHONPATH": str(BASE)}
        environment |= {"DATABASE_URL": database} if database else {}
        self.process = subprocess.Popen(
            [sys.executable, "bench/measure.py", str(articles), str(comments)],
            cwd=BASE, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.subjects = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("The measuring process ended; what it said stands above.")
        return json.loads(line)

    def ask(self, name):
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        return self.answer()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", type=int, default=1000, help="articles of the small portal")
    parser.add_argument("--large", type=int, default=100_000, help="articles of the large portal")
    parser.add_argument("--few", type=int, default=50, help="comments below one article of the small portal")
    parser.add_argument("--many", type=int, default=5000, help="comments below one article of the large portal")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="a folder for the data, used again at the next run")
    options = parser.parse_args()
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=BASE, check=True)
    with tempfile.TemporaryDirectory(prefix="infoshos-bench-") as temporary:
        folder = (options.keep or Path(temporary)).resolve()
        small = Portal(folder / "small", os.environ.get("DATABASE_SMALL"), options.small, options.few)
        large = Portal(folder / "large", os.environ.get("DATABASE_LARGE"), options.large, options.many)
        times = {name: ([], []) for name in small.subjects}
        queries = {name: [0, 0] for name in small.subjects}
        for name in [*small.subjects, *small.subjects * options.rounds]:  # the first round warms up
            for place, portal in enumerate((small, large)):
                seconds, count = portal.ask(name)
                times[name][place].append(seconds)
                queries[name][place] = count
    medians = {name: [statistics.median(part[1:]) for part in measured] for name, measured in times.items()}
    show(options, medians, queries)
    if over := list(above(medians, queries)):
        sys.exit("Above the limits:\n" + "\n".join(over))


def above(medians, queries):
    """What the change list may not be."""
    for name, (small, large) in medians.items():
        if name.startswith(LIMITED):
            if max(queries[name]) > MOST_QUERIES:
                yield f"{name}: {max(queries[name])} queries, {MOST_QUERIES} are allowed"
            if large > small * MOST_RATIO:
                yield f"{name}: {large / small:.1f} times as slow, {MOST_RATIO} times are allowed"


def show(options, medians, queries):
    table = Table("subject", *(f"{number:,} ms" for number in (options.small, options.large)), "ratio", "queries")
    for name, (small, large) in medians.items():
        table.add_row(
            name, f"{small * 1000:.1f}", f"{large * 1000:.1f}", f"{large / small:.2f}",
            " / ".join(map(str, queries[name])),
        )  # fmt: skip
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
