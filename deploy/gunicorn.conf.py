"""gunicorn, for `make run`, the container and systemd alike. WEB_CONCURRENCY sets the number of processes."""

import os

wsgi_app = "infoshos.wsgi:application"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
bind = os.environ.get("BIND", "127.0.0.1:8000")
timeout = 60
graceful_timeout = 20
keepalive = 75  # longer than the proxy's, so that it never writes into a connection that we just closed
limit_request_line = 8190
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "info")
accesslog = os.environ.get("ACCESS_LOG") or None
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108 (its heartbeat needs no disk)
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
control_socket_disable = True


def when_ready(server):
    if banner := os.environ.get("BANNER"):
        print(banner, flush=True)  # noqa: T201
