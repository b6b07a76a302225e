"""`make run`: sets the portal up as far as it isn't, and serves it with demo content. For trying, not for production."""

import hashlib
import os
import socket
import sys
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
LANGUAGES = {"Russian": "", "English": "en/", "Chinese": "zh-hans/"}


def main():
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    check_port(host, port)
    everywhere = host in {"0.0.0.0", "::"}  # noqa: S104 (compared, not bound)
    shown = "127.0.0.1" if everywhere else f"[{host}]" if ":" in host else host
    os.environ.setdefault("SITE_URL", f"http://{shown}:{port}")
    if everywhere:
        os.environ.setdefault("ALLOWED_HOSTS", "*")  # whoever listens everywhere is called by many names
    os.environ.pop("DEBUG", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "infoshos.settings"
    os.chdir(BASE)
    sys.path.insert(0, str(BASE))

    import django
    from django.conf import settings
    from django.core.management import CommandError, call_command

    django.setup()
    try:
        call_command("demo", verbosity=0)
    except CommandError as error:
        sys.exit(str(error))
    collect_static(settings)

    from infoshos.demo import loading

    address = settings.SITE_URL
    lines = ["", "The portal runs. Stop it with Ctrl+C.", ""]
    lines += [f"  {name:9}{address}/{prefix}" for name, prefix in LANGUAGES.items()]
    lines += [
        f"  {'Desk':9}{address}/en/admin/",
        f"           {', '.join(loading.USERS)}; password of all: {loading.password()}",
    ]
    if "EMAIL_URL" not in os.environ:
        lines.append(f"  {'Mail':9}is written to {settings.DATA_DIR / 'mail'}")
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    os.environ |= {"BANNER": "\n".join([*lines, ""]), "BIND": bind, "GUNICORN_LOG_LEVEL": "warning"}
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"])  # noqa: S606


def check_port(host, port):
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {port!r}.")
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        sys.exit(f"{host}:{port} can't be used: {error.strerror}. Choose another one: make run PORT={int(port) + 10}")


def collect_static(settings):
    """Collects the static files when ours or a package's have changed since the last time."""
    from django.core.management import call_command

    digest = hashlib.sha256((BASE / "requirements/base.txt").read_bytes())
    for path in sorted((BASE / "static").rglob("*")):
        if path.is_file():
            status = path.stat()
            digest.update(f"{path.relative_to(BASE)} {status.st_size} {status.st_mtime_ns}\n".encode())
    for app in ("infoshos", "comments", "news", "states"):
        for path in sorted((BASE / app / "static").rglob("*")):
            digest.update(f"{path.relative_to(BASE)} {path.stat().st_mtime_ns}\n".encode())
    stamp = settings.DATA_DIR / "static-stamp"
    wanted = f"{settings.STATIC_ROOT} {digest.hexdigest()}"
    if stamp.exists() and stamp.read_text() == wanted and (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return
    print("Collecting the static files ...", flush=True)  # noqa: T201
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted)


if __name__ == "__main__":
    main()
