"""`make check`: what can be said about the code without running its tests. All steps run; failures come last."""

import ast
import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LOCALES = ("ru", "en", "zh_Hans")
IGNORED = (".venv", "tests", "var", "static-collected", "node_modules", "bench")
MESSAGES = ["--no-obsolete", "--no-wrap", "--add-location=file", *(part for name in IGNORED for part in ("-i", name))]


class Failed(Exception):  # noqa: N818 (a step failed)
    pass


class Skipped(Exception):  # noqa: N818 (nothing is wrong)
    pass


def main():
    failures = {}
    for step in STEPS:
        start = time.monotonic()
        name = step.__doc__
        print(f"{name:44}", end="", flush=True)
        try:
            said = step() or "ok"
        except Failed as error:
            failures[name] = str(error)
            said = "FAILED"
        except Skipped as error:
            said = f"not checked: {error}"
        print(f"{said} ({time.monotonic() - start:.1f} s)")
    for name, text in failures.items():
        print(f"\n--- {name}\n{text.strip()}")
    print(f"\n{len(STEPS) - len(failures)} of {len(STEPS)} steps passed.")
    sys.exit(1 if failures else 0)


def run(*command, cwd=BASE, **variables):
    """Runs a program; its output is the failure's text."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=kept | variables,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        raise Failed((done.stdout + done.stderr)[-20000:])
    return done.stdout


def manage(*arguments, **variables):
    with tempfile.TemporaryDirectory() as folder:
        return run(sys.executable, "-W", "error::DeprecationWarning:infoshos", "manage.py", *arguments,
                   **({"DATA_DIR": folder} | variables))  # fmt: skip


def files(*suffixes):
    """Our own files, committed or not, by what they end in."""
    try:
        listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    except (Failed, FileNotFoundError):  # an archive without its history
        listed = [
            str(p.relative_to(BASE)) for p in BASE.rglob("*") if not {*p.relative_to(BASE).parts} & {*IGNORED, ".git"}
        ]
    return sorted({path for path in listed if path.endswith(suffixes) and (BASE / path).is_file()})


def ruff():
    """ruff check"""
    run(BIN / "ruff", "check", "--output-format=concise", ".")


def ruff_format():
    """ruff format"""
    run(BIN / "ruff", "format", "--check", ".")


def django_upgrade():
    """django-upgrade"""
    run(BIN / "django-upgrade", "--check", "--target-version", "6.1", *files(".py"))


def templates():
    """templates (djlint)"""
    run(BIN / "djlint", "--lint", "--quiet", "templates")


def scripts():
    """scripts (node --check)"""
    if not shutil.which("node"):
        raise Skipped("no node")
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for path in files(".js"):
            if not path.startswith("static/"):
                continue
            module = Path(folder, Path(path).with_suffix(".mjs").name)
            shutil.copy(BASE / path, module)
            try:
                run("node", "--check", module)
            except Failed as error:
                failed.append(f"{path}:\n{error}")
    if failed:
        raise Failed("\n".join(failed))


def migrations():
    """missing migrations"""
    manage("makemigrations", "--check", "--dry-run")


def production():
    """production settings (check --deploy)"""
    manage(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        PRODUCTION="1",
        SECRET_KEY="x1y2z3" * 12 + "-check-only",
        SITE_URL="https://infoshos.example",
        DATABASE_URL="postgres://infoshos:secret@127.0.0.1:1/infoshos",
        EMAIL_URL="smtp://127.0.0.1:1",
        DEFAULT_FROM_EMAIL="portal@infoshos.example",
        DESK_EMAIL="desk@infoshos.example",
    )


def requirements():
    """locked requirements"""
    wrong = []
    for path in files(".txt"):
        if not path.startswith("requirements/"):
            continue
        text = (BASE / path).read_text()
        wrong += [f"{path}: names a place: {line}" for line in text.splitlines() if re.search(r"://|^-|@ |/\w", line)]
        for block in re.split(r"\n(?=\S)", text.strip()):
            if "--hash=sha256:" not in block or "==" not in block:
                wrong.append(f"{path}: not locked with a hash: {block.splitlines()[0]}")
    base = (BASE / "requirements/base.txt").read_text().lower()
    declared = (BASE / "pyproject.toml").read_text().partition("dependencies = [")[2].partition("\n]")[0]
    for name in re.findall(r'^\s*"([\w.-]+)', declared, re.MULTILINE):
        if not re.search(rf"^{re.escape(name.lower())}\b", base, re.MULTILINE):
            wrong.append(f"{name} is in pyproject.toml and not in requirements/base.txt: run `make lock`.")
    if wrong:
        raise Failed("\n".join(wrong))


# Translations


def read_po(path):
    """{(context, text, plural): ([translations], fuzzy)} of a catalogue; obsolete entries are left out."""
    entries, entry, field, fuzzy = {}, {}, None, False

    def keep():
        if "msgid" in entry:
            texts = [entry[name] for name in sorted(entry) if name.startswith("msgstr")]
            entries[entry.get("msgctxt"), entry["msgid"], entry.get("msgid_plural")] = (texts, entry["fuzzy"])

    for line in [*path.read_text(encoding="utf-8").splitlines(), 'msgid ""']:
        if line.startswith("#,"):
            fuzzy = "fuzzy" in line
        if not line or line.startswith("#"):
            continue
        if match := re.match(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+(.*)", line):
            name, line = match.groups()
            if name == "msgctxt" or (name == "msgid" and field != "msgctxt"):
                keep()
                entry = {"fuzzy": fuzzy}
                fuzzy = False
            field = name
            entry[field] = ""
        entry[field] += ast.literal_eval(line)
    return entries


def catalogues():
    return [
        (locale, path)
        for locale in LOCALES
        for domain in ("django", "djangojs")
        if (path := BASE / "locale" / locale / "LC_MESSAGES" / f"{domain}.po").exists()
    ]


def translated():
    """missing and fuzzy translations"""
    wrong = []
    found = catalogues()
    for locale in ("ru", "zh_Hans"):
        if locale not in {name for name, _path in found}:
            wrong.append(f"locale/{locale} has no catalogue.")
    for locale, path in found:
        entries = {key: value for key, value in read_po(path).items() if key[1]}
        if locale == "en" and not any(any(texts) for texts, _fuzzy in entries.values()):
            continue  # English is what the code says
        for (_context, text, _plural), (texts, fuzzy) in entries.items():
            if fuzzy or not all(texts):
                wrong.append(f"{path.relative_to(BASE)}: {'fuzzy' if fuzzy else 'untranslated'}: {text!r}")
            names = set(re.findall(r"%\(\w+\)", text))
            if any(texts) and names != set(re.findall(r"%\(\w+\)", "".join(texts))) and not _plural:
                wrong.append(f"{path.relative_to(BASE)}: other placeholders: {text!r}")
    if wrong:
        raise Failed("\n".join(wrong))
    return f"ok, {len(found)} catalogues"


def compiled():
    """compiled catalogues"""
    wrong = []
    for _locale, path in catalogues():
        compiled_path = path.with_suffix(".mo")
        if not compiled_path.exists():
            wrong.append(f"{compiled_path.relative_to(BASE)} is missing: run `make compilemessages`.")
            continue
        with compiled_path.open("rb") as file:
            there = gettext.GNUTranslations(file)._catalog
        wanted = {}
        for (context, text, plural), (texts, fuzzy) in read_po(path).items():
            if fuzzy or not all(texts) or not text:
                continue
            key = f"{context}\x04{text}" if context is not None else text
            wanted |= {(key, number): value for number, value in enumerate(texts)} if plural else {key: texts[0]}
        there.pop("", None)
        if there != wanted:
            differing = sorted({str(key) for key, _value in there.items() ^ wanted.items()})
            wrong.append(
                f"{compiled_path.relative_to(BASE)} is not what {path.name} says (run `make compilemessages`): "
                + "; ".join(differing[:5])
            )
    if wrong:
        raise Failed("\n".join(wrong))


def collected():
    """texts missing in the catalogues"""
    if not shutil.which("xgettext"):
        raise Skipped("no gettext")
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for path in files(".py", ".html", ".txt", ".js", ".po", ".toml"):
            copy = Path(folder, path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(BASE / path, copy)
        for locale in LOCALES:
            Path(folder, "locale", locale, "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
        names = [part for locale in LOCALES for part in ("-l", locale)]
        for domain in ("django", "djangojs"):
            run(sys.executable, "manage.py", "makemessages", "-d", domain, *names, *MESSAGES, cwd=folder,
                DATA_DIR=f"{folder}/var")  # fmt: skip
        for locale in LOCALES:
            for domain in ("django", "djangojs"):
                path = Path("locale", locale, "LC_MESSAGES", f"{domain}.po")
                if not (folder / path).exists() or (locale == "en" and not (BASE / path).exists()):
                    continue
                there = read_po(BASE / path) if (BASE / path).exists() else {}
                missing = read_po(folder / path).keys() - there.keys()
                wrong += [
                    f"{path}: run `make messages`: {text!r}"
                    for _context, text, _plural in sorted(missing, key=str)
                    if text
                ]
    if wrong:
        raise Failed("\n".join(wrong))


STEPS = [
    ruff, ruff_format, django_upgrade, templates, scripts, migrations, production, requirements, translated, compiled,
    collected,
]  # fmt: skip

if __name__ == "__main__":
    main()
