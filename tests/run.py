"""`make test`: the whole suite on SQLite, and on PostgreSQL what depends on a database, the browser tests too; says what of
this was not there.

REQUIRE=postgres,browser,redis makes the absence of these a failure. ARGS="tests/news -x" goes to pytest.
A browser's few failures are tried again one by one; what passes then is named at the end and has to be looked into.
PostgreSQL is TEST_POSTGRES_URL, or a server started here for the time of the tests; so is Redis.
"""

import contextlib
import os
import pwd
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

BASE = Path(__file__).resolve().parent.parent
KEPT = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TERM", "CI", "CHROMIUM", "PYENV_VERSION", "PYENV_ROOT")
FEW = 5  # failures of a browser that may be a busy machine's
# The shell is Chromium without its windows, which no test looks at, and needs two thirds of the processor's time.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main():
    required = set(os.environ.get("REQUIRE", "").replace(",", " ").split())
    if unknown := required - {"postgres", "browser", "redis"}:
        sys.exit(f"REQUIRE knows postgres, browser and redis, not {', '.join(sorted(unknown))}.")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="infoshos-tests-")))
        absent = {}
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment["PYTHONWARNINGS"] = "default"
        postgres = attempt(absent, "postgres", find_postgres, stack)
        if chromium := attempt(absent, "browser", find_chromium):
            environment["CHROMIUM"] = chromium
        redis = attempt(absent, "redis", find_redis, stack)
        begun = time.monotonic()
        results = run_all(stack, folder, environment, postgres, chromium, redis)
    print()
    for label, (code, counts, seconds, shaky) in results.items():
        print(f"{label:24}{summary(counts)} in {seconds:.0f} s" + ("" if code in {0, 5} else f"  (exit {code})"))
        for name in shaky:
            print(f"{'':24}PASSED ONLY ALONE: {name}")
    for name, reason in absent.items():
        print(f"{name:24}NOT TESTED: {reason}" + (" (required)" if name in required else ""))
    total = {
        name: sum(counts[name] for _code, counts, *_rest in results.values())
        for name in ("passed", "failed", "skipped")
    }
    print(f"{summary(total)} in {time.monotonic() - begun:.0f} s")
    if "PostgreSQL" in results:
        print("Tests that ask no database ran once, on SQLite; so did what pages only look like.")
    nothing = not total["passed"]
    failed = nothing or total["failed"] or any(code not in {0, 5} for code, *_rest in results.values())
    sys.exit(1 if failed or required & absent.keys() else 0)


class Absent(Exception):  # noqa: N818 (it is what it says)
    pass


def attempt(absent, name, find, *args):
    try:
        return find(*args)
    except Absent as error:
        absent[name] = str(error)
        return None


def run_all(stack, folder, environment, postgres, chromium, redis):
    """{label: Job.result()}. From four processors on two jobs at a time, as a browser's leaves some idle;
    two processors are not quicker by it, and pages come too late for the browser's tests."""
    at_a_time = 2 if (os.cpu_count() or 1) >= 4 else 1
    jobs = [("SQLite", {}, "not browser")]
    if chromium:
        # The live server's threads and the tests share a database: of SQLite, that is a file.
        jobs.append(("Browser on SQLite", {"TEST_DATABASE_NAME": str(folder / "browser.sqlite3")}, "browser"))
    if postgres:
        jobs.append(("PostgreSQL", {"DATABASE_URL": postgres}, "database and not browser"))
        if chromium:
            names = {"DATABASE_URL": postgres, "TEST_DATABASE_NAME": "test_infoshos_browser"}
            jobs.append(("Browser on PostgreSQL", names, "browser and not once"))
    arguments = shlex.split(os.environ.get("ARGS", "")) + sys.argv[1:]
    attended = any(argument.startswith("-n") or argument in {"--pdb", "-s"} for argument in arguments)
    if not attended:
        arguments = ["-n", str(min(os.cpu_count() or 1, 8)), "--dist", "worksteal", *arguments]
    waiting, running, results = [], [], {}
    for number, (label, extra, marker) in enumerate(jobs):
        if redis:
            extra["TEST_REDIS_URL"] = f"{redis}/{number}"
        else:
            marker += " and not redis"
        own = folder / str(number)
        own.mkdir()
        waiting.append(Job(label, ["-m", marker, *arguments], environment | extra, own))
    begun = told = time.monotonic()
    while waiting or running:
        while waiting and len(running) < (1 if attended else at_a_time):
            running.append(waiting.pop(0))
            running[-1].start(stack, attended)
        time.sleep(0.2)
        for job in [job for job in running if job.process.poll() is not None]:
            running.remove(job)
            results[job.label] = job.result()
        if not attended and time.monotonic() > told + 60:
            told = time.monotonic()
            print(f"{told - begun:4.0f} s: {', '.join(f'{job.label} {job.percent()}' for job in running)}", flush=True)
    return {label: results[label] for label, *_rest in jobs}


class Job:
    """One run of pytest. Its output is kept and shown as a whole, unless somebody attends it and may be asked."""

    def __init__(self, label, arguments, environment, folder):
        self.label, self.folder = label, folder
        self.command = [sys.executable, "-m", "pytest", "-q", "-o", f"cache_dir={folder}/cache", *arguments]
        self.environment = environment | {"DATA_DIR": str(folder / "data")}
        self.said = folder / "said"

    def start(self, stack, attended):
        print(f"\n{self.label}" if attended else f"{self.label} begins", flush=True)
        self.begun, self.attended = time.monotonic(), attended
        self.run("first")
        stack.callback(lambda: stop(self.process))  # of the second run too

    def run(self, name, *more):
        self.report = self.folder / f"{name}.xml"
        with self.said.open("w") as said:
            output = {"stdout": said, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
            self.process = subprocess.Popen(
                [*self.command, f"--junitxml={self.report}", *more],
                cwd=BASE,
                env=self.environment,
                **{} if self.attended else output,
            )

    def percent(self):
        return (re.findall(r"\[ *(\d+%)\]", self.said.read_text(errors="replace")) or ["0%"])[-1]

    def result(self):
        """(exit code, counts, seconds, names of the tests that passed only when they ran alone)."""
        first = self.tell()
        failed, shaky = first["failed"], set()
        # 1: tests failed. With any other code some have not run at all.
        if self.process.returncode == 1 and "Browser" in self.label and not self.attended and 0 < len(failed) <= FEW:
            print(f"{self.label}: what failed is tried alone", flush=True)
            self.run("alone", "--last-failed", "-n0")
            self.process.wait()
            shaky = failed & self.tell()["passed"] if self.process.returncode in {0, 1} else shaky
        counts = {kind: len(names) for kind, names in first.items()}
        counts["passed"] += len(shaky)
        counts["failed"] -= len(shaky)
        return self.process.returncode, counts, time.monotonic() - self.begun, sorted(shaky)

    def tell(self):
        if said := self.said.read_text(errors="replace"):
            print(f"\n{self.label}\n{said.rstrip()}", flush=True)
        return read_report(self.report)


def read_report(path):
    """The names of what passed, failed and was skipped in pytest's report."""
    found = {"passed": set(), "failed": set(), "skipped": set()}
    for case in ElementTree.parse(path).getroot().iter("testcase") if path.exists() else ():
        bad = case.find("failure") is not None or case.find("error") is not None
        kind = "failed" if bad else "skipped" if case.find("skipped") is not None else "passed"
        found[kind].add(f"{case.get('classname')}::{case.get('name')}")
    return found


def summary(counts):
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    return f"{counts['passed']} passed, {counts['failed']} failed{skipped}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process, what):
    for _try in range(200):
        if process.poll() is not None:
            raise Absent(f"{what} does not start here.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise Absent(f"{what} does not answer.")


def stop(process):
    process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown; SIGTERM would wait for clients
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def find_chromium():
    named = os.environ.get("CHROMIUM")
    if named and not os.access(named, os.X_OK):
        raise Absent(f"CHROMIUM={named} is not a program.")
    if found := named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None):
        return found
    raise Absent("no Chromium; name one with CHROMIUM=/path/to/it.")


def find_redis(stack):
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if not program:
        raise Absent("no redis-server or valkey-server.")
    port = free_port()
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="infoshos-redis-"))
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(stop, process)
    wait_for(port, process, "Redis")
    return f"redis://127.0.0.1:{port}"


def find_postgres(stack):
    if url := os.environ.get("TEST_POSTGRES_URL"):
        return url
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    found = shutil.which("postgres")
    folders += [Path(found).resolve().parent] if found else []
    programs = next((folder for folder in folders if (folder / "initdb").exists()), None)
    if not programs:
        raise Absent("no PostgreSQL; name a server with TEST_POSTGRES_URL=postgres://…")
    return start_postgres(stack, programs)


def start_postgres(stack, programs):
    """A server of our own with an empty cluster, gone after the tests. PostgreSQL refuses to run as root."""
    user = pwd.getpwuid(os.getuid())
    if user.pw_uid == 0:
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                user = pwd.getpwnam(name)
                break
    folder = tempfile.mkdtemp(prefix="infoshos-postgres-")
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    as_user = {}
    if os.getuid() == 0:
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": folder, "LC_ALL": "C.UTF-8"}
    made = subprocess.run(
        [programs / "initdb", "-D", f"{folder}/data", "-U", "infoshos", "-A", "trust", "-E", "UTF8", "--no-sync"],
        env=environment, cwd=folder, capture_output=True, text=True, **as_user,
    )  # fmt: skip
    if made.returncode:
        raise Absent(f"initdb fails: {made.stderr.strip()[:300]}")
    port = free_port()
    settings = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off",
        "synchronous_commit": "off", "full_page_writes": "off", "max_connections": 200,
    }  # fmt: skip
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with Path(folder, "log").open("w") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", f"{folder}/data", *options],
            env=environment, cwd=folder, stdout=log, stderr=log, **as_user,
        )  # fmt: skip
    stack.callback(stop, process)
    wait_for(port, process, "PostgreSQL")
    return f"postgres://infoshos@127.0.0.1:{port}/postgres"


if __name__ == "__main__":
    main()
