"""The settings in a process of their own, as they read the environment when they are loaded."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "k9" * 40,
    "DATABASE_URL": "postgres://infoshos:secret@db/infoshos",
    "SITE_URL": "https://infoshos.example/",
    "EMAIL_URL": "smtp://user:p%40ss@mail.example:587/?tls=1",
    "DEFAULT_FROM_EMAIL": "portal@infoshos.example",
    "DESK_EMAIL": "desk@infoshos.example",
}


@pytest.fixture
def load(tmp_path):
    """Loads the settings with these variables alone; what the process prints, or its error."""

    def load(*names, **variables):
        code = (
            f"import json; from infoshos import settings; print(json.dumps([getattr(settings, n) for n in {names!r}]))"
        )
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=BASE,
            env=kept | {"DATA_DIR": str(tmp_path)} | variables,
            capture_output=True,
            text=True,
        )
        return json.loads(done.stdout) if done.returncode == 0 else done.stderr.strip().splitlines()[-1]

    return load


def test_development_needs_no_variable(load, tmp_path):
    debug, production, key, database = load("DEBUG", "PRODUCTION", "SECRET_KEY", "DATABASES")
    assert (debug, production) == (False, False)
    assert len(key) >= 50
    assert database["default"]["NAME"] == str(tmp_path / "db.sqlite3")


def test_development_keeps_its_secret_key(load):
    assert load("SECRET_KEY") == load("SECRET_KEY")


@pytest.mark.parametrize("name", [*sorted(PRODUCTION.keys() - {"PRODUCTION"}), "DATA_DIR"])
def test_production_names_what_is_missing(load, name):
    error = load("DEBUG", **(PRODUCTION | {name: ""}))
    assert error == (
        f"django.core.exceptions.ImproperlyConfigured: {name} is not set. Production needs it: see .env.example."
    )


def test_production_is_guarded(load):
    found = load(
        "DEBUG", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "ALLOWED_HOSTS", **PRODUCTION
    )
    assert found == [False, True, True, True, ["infoshos.example", "www.infoshos.example"]]


def test_debug_is_refused_in_production(load):
    assert load("DEBUG", **PRODUCTION, DEBUG="1").endswith("DEBUG can't be on together with PRODUCTION.")


def test_mail_address_is_read(load):
    [mailers] = load("MAILERS", **PRODUCTION)
    assert mailers["default"]["OPTIONS"] == {
        "host": "mail.example",
        "port": 587,
        "timeout": 10,
        "username": "user",
        "password": "p@ss",
        "use_tls": True,
    }


@pytest.mark.parametrize("url", ["mail.example", "https://mail.example", "smtp://"])
def test_mail_address_that_is_none_is_named(load, url):
    assert "EMAIL_URL must be" in load("MAILERS", EMAIL_URL=url)


def test_number_that_is_none_is_named(load):
    assert load("DEBUG", TRUSTED_PROXIES="two").endswith("TRUSTED_PROXIES must be a whole number, not 'two'.")


def test_example_names_every_variable():
    settings = (BASE / "infoshos/settings.py").read_text()
    read = set(re.findall(r"(?:flag|words|number|required|environ\.get)\(\s*\"([A-Z_]+)\"", settings))
    example = (BASE / ".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z_]+)=", example, re.MULTILINE))
    assert read - named == set()
    servers = (BASE / "deploy/gunicorn.conf.py").read_text()
    assert named - read - set(re.findall(r"\"([A-Z_]+)\"", servers)) == set()


@pytest.mark.parametrize(("url", "key"), [("ftp://x", "k"), ("example.org", "k"), ("https://example.org", "")])
def test_half_a_spam_service_stops_the_program(load, url, key):
    assert "SPAM_SERVICE_URL must begin" in load("DEBUG", SPAM_SERVICE_URL=url, SPAM_SERVICE_KEY=key)
    assert load("SPAM_SERVICE_URL", SPAM_SERVICE_URL="https://example.org/", SPAM_SERVICE_KEY="k") == [
        "https://example.org"
    ]
