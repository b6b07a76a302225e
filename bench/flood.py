"""What readers feel while strangers flood the comments: `python bench/flood.py`, one table. No number here is a test.

Starts the portal as `make run` does and reads its pages, in turns in peace and while another process posts from as many
addresses as posts, so that whatever else the machine does meanwhile is felt by both. Each accepted comment must be in the
database, each refused one must come back with its text. Reader, flood and portal share this machine's processors: what
matters is the ratio, on a machine that does nothing else.
"""

import argparse
import asyncio
import contextlib
import http.client
import json
import multiprocessing
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from rich.console import Console
from rich.table import Table

BASE = Path(__file__).resolve().parent.parent
WORDS = "Remark {} on what was said above, as long as remarks mostly are: a sentence or two, and nothing that a rule holds."


class Portal:
    """The portal of deploy/run.py on a free port, with demo content."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = os.environ | {
            "DATA_DIR": str(folder), "PORT": str(self.port), "SITE_URL": f"http://127.0.0.1:{self.port}", "LOG_LEVEL": "ERROR",
            "TRUSTED_PROXIES": "1", "GUNICORN_LOG_LEVEL": "error",
        }  # fmt: skip

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "deploy/run.py"], cwd=BASE, env=self.environment, stdout=subprocess.DEVNULL
        )
        for _try in range(1200):
            with contextlib.suppress(OSError):
                return self if self.get("/healthz")[0] == 200 else sys.exit("The portal is not well.")
            if self.process.poll() is not None:
                sys.exit("The portal does not start; what it said stands above.")
            time.sleep(0.25)
        return sys.exit("The portal does not answer.")

    def __exit__(self, *_error):
        self.process.terminate()
        self.process.wait(30)

    def get(self, path, connection=None):
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        return response.status, response.read()

    def stored(self, numbers):
        """Which of the numbered comments are in the database."""
        code = (
            "import json; from comments.models import PendingComment; "
            "print(json.dumps([text.split()[1] for text in PendingComment.objects.values_list('text', flat=True)]))"
        )
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        done = subprocess.run(command, cwd=BASE, env=self.environment, capture_output=True, text=True, check=True)
        return numbers & {int(text) for text in json.loads(done.stdout) if text.isdecimal()}


def read(portal, pages, seconds, pause):
    """Milliseconds that each page took, one after the other, as a reader with a kept connection."""
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=30)
    times, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        for page in pages:
            start = time.perf_counter()
            status, _body = portal.get(page, connection)
            times.append((time.perf_counter() - start) * 1000)
            if status != 200:
                sys.exit(f"{page} answers {status}.")
            time.sleep(pause)
    return times


# The flood


def flood(port, path, options, numbers, results):
    results.send(asyncio.run(post_all(port, path, options, numbers)))


async def post_all(port, path, options, numbers):
    """{"accepted": numbers, "refused": how many, "wrong": what was answered otherwise, "seconds": …}."""
    answers = {"accepted": [], "refused": 0, "wrong": []}
    start, first, numbers = time.monotonic(), numbers.start, iter(numbers)

    async def work():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            await asyncio.sleep(start + (number - first) / options.rate - time.monotonic())
            try:
                writer.write(request(port, path, number))
                status, head, body = await answer(reader)
            except (OSError, asyncio.IncompleteReadError):
                answers["wrong"].append("no answer")
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                continue
            if status == 302:
                answers["accepted"].append(number)
            elif status == 429 and b"retry-after:" in head and WORDS.format(number).encode() in body:
                answers["refused"] += 1
            else:
                answers["wrong"].append(status)
        writer.close()

    await asyncio.gather(*(work() for _ in range(options.connections)))
    return answers | {"seconds": time.monotonic() - start}


def request(port, path, number):
    a, b, c = number >> 16 & 255, number >> 8 & 255, number & 255
    body = urlencode({"name": "A", "email": f"a@d{number}.example", "text": WORDS.format(number)}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Forwarded-For: {11 + a}.{b}.{c}.7\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def answer(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = re.search(rb"content-length: (\d+)", head)
    return int(head.split(b" ", 2)[1]), head, await reader.readexactly(int(length[1]) if length else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=int, default=200, help="posts a second")
    parser.add_argument("--seconds", type=int, default=60, help="of the flood; peace lasts as long")
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between two pages of the reader")
    parser.add_argument("--keep", type=Path, help="a folder for the data, used again at the next run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="infoshos-flood-") as temporary:
        folder = (options.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with Portal(folder) as portal:
            number, address = re.search(rb'href="(?:/en)(/news/(\d+)-[^"/]+/)"', home_of(portal)).group(2, 1)
            pages = ["/en/", f"/en{address.decode()}", "/en/archive/", "/", "/zh-hans/"]
            read(portal, pages, 3, 0)  # warm
            before, during, answers = [], [], {"accepted": [], "refused": 0, "wrong": [], "seconds": 0}
            mine, theirs = multiprocessing.Pipe()
            path, posts = f"/en/comments/{number.decode()}/new/", int(options.rate * options.seconds / options.turns)
            for turn in range(options.turns):
                before += read(portal, pages, options.seconds / options.turns, options.pause)
                numbers = range(turn * posts, (turn + 1) * posts)
                process = multiprocessing.Process(target=flood, args=(portal.port, path, options, numbers, theirs))
                process.start()
                during += read(portal, pages, options.seconds / options.turns, options.pause)
                answers = {name: value + answers[name] for name, value in mine.recv().items()}
                process.join()
            accepted = set(answers["accepted"])
            lost = accepted - portal.stored(accepted)
    show(before, during, answers, lost)
    if lost or answers["wrong"]:
        sys.exit(f"Lost: {len(lost)}. Answered otherwise: {answers['wrong'][:10]}")


def home_of(portal):
    import gzip

    body = portal.get("/en/")[1]
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def show(before, during, answers, lost):
    table = Table("readers’ pages", "in peace, ms", "in the flood, ms", "ratio")
    for name, part in (("median", 50), ("95th percentile", 95)):
        one, other = (statistics.quantiles(times, n=100)[part - 1] for times in (before, during))
        table.add_row(name, f"{one:.1f}", f"{other:.1f}", f"{other / one:.2f}")
    console = Console(width=110)
    console.print(table)
    posts = len(answers["accepted"]) + answers["refused"] + len(answers["wrong"])
    console.print(
        f"{posts} posts in {answers['seconds']:.1f} s ({posts / answers['seconds']:.0f} a second): "
        f"{len(answers['accepted'])} accepted, {len(lost)} of them lost, {answers['refused']} refused with their text."
    )


if __name__ == "__main__":
    main()
