"""`make reads`: beacons against a real server, as many as this machine makes, while pages go on being read.

Readers (threads with a connection of their own that stays open) send beacons for some seconds; each is another browser from
another address, so each counts. Reported: beacons accepted a second, how a page's answer times compare before and
meanwhile, and whether the figures say afterwards what was sent. Exits with 1 if they do not. No number here is a test.
DATABASE_URL names an empty PostgreSQL database; without it SQLite is used.
"""

import argparse
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

BASE = Path(__file__).resolve().parent.parent
ARTICLES = 50  # that are read
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.{}.0 Safari/537.36"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--readers", type=int, default=8, help="connections that send beacons")
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--port", type=int, default=8299)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="infoshos-reads-") as folder:
        os.environ |= {
            "DATA_DIR": folder, "SITE_URL": f"http://127.0.0.1:{options.port}", "TRUSTED_PROXIES": "1",
            "PYTHONPATH": str(BASE), "DJANGO_SETTINGS_MODULE": "infoshos.settings", "BIND": f"127.0.0.1:{options.port}",
            "GUNICORN_LOG_LEVEL": "warning",
        }  # fmt: skip
        for command in (["collectstatic", "--noinput", "-v0"], ["demo", "--articles", str(options.articles), "-v0"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=BASE, check=True)
        sys.path.insert(0, str(BASE))
        import django

        django.setup()
        measure(options)


def measure(options):
    from django.db import connection
    from django.db.models import Sum

    from news.models import Article, ReadCount
    from news.reading import signature

    articles = list(Article.objects.published("en").newest()[:ARTICLES])
    page = articles[0].address("en")
    paths = [f"/read/{article.pk}/en/{signature(article.pk, 'en')}/" for article in articles]
    ReadCount.objects.all().delete()
    connection.close()
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
    server = subprocess.Popen(command, cwd=BASE)
    try:
        wait_for(options.port)
        ask_for(options.port, page, 1)  # warms up
        before = ask_for(options.port, page, options.seconds / 4)
        stop, accepted = threading.Event(), [0] * options.readers
        readers = [
            threading.Thread(target=read, args=(options.port, paths, number, accepted, stop))
            for number in range(options.readers)
        ]
        start = time.perf_counter()
        for reader in readers:
            reader.start()
        during = ask_for(options.port, page, options.seconds)
        stop.set()
        for reader in readers:
            reader.join()
        seconds = time.perf_counter() - start
    finally:
        server.terminate()  # stores what waits in memory
        server.wait(30)
    show(sum(accepted), seconds, before, during, ReadCount.objects.aggregate(sum=Sum("reads"))["sum"] or 0)


def wait_for(port):
    for _try in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("The server does not answer.")


def ask_for(port, page, seconds):
    """Reads the page again and again, as one reader does; how long each answer took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times, end = [], time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        connection.request("GET", page)
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            sys.exit(f"{page} answers {response.status}")
        times.append(time.perf_counter() - start)
        time.sleep(0.02)
    return times


def read(port, paths, number, accepted, stop):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    turn = 0
    while not stop.is_set():
        headers = {
            "User-Agent": AGENT.format(turn % 100),
            "X-Forwarded-For": f"10.{number}.{turn // 250 % 250}.{turn % 250}",
        }
        connection.request("POST", paths[turn % len(paths)], headers=headers)
        response = connection.getresponse()
        response.read()
        accepted[number] += response.status == 204
        turn += 1


def show(sent, seconds, before, during, counted):
    table = Table("subject", "value")
    table.add_row("reads accepted a second", f"{sent / seconds:,.0f}")
    for name, of in (("median", statistics.median), ("95th percentile", lambda t: statistics.quantiles(t, n=20)[-1])):
        table.add_row(f"a page meanwhile, {name}", f"{of(during) / of(before):.1f} times ({of(during) * 1000:.1f} ms)")
    table.add_row("sent / counted", f"{sent:,} / {counted:,}")
    Console(width=110).print(table)
    if sent != counted:
        sys.exit("Not every read was counted once.")


if __name__ == "__main__":
    main()
