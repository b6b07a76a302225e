import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.apps import apps

from states import facts
from states.models import State

TABLE = (Path(__file__).parent.parent / "data" / "rates.xml").read_bytes()


@pytest.fixture(autouse=True)
def known_states(db):
    """A test that commits empties the tables behind it, those that a migration filled too."""
    if not State.objects.exists():
        facts.load(apps)


class Bank:
    """A server on this machine that answers as ``answer`` says, and remembers what it was asked."""

    def __init__(self):
        self.requests = []
        self.answer = self.table
        bank = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                bank.requests.append((self.path, self.headers["User-Agent"]))
                self.close_connection = True
                bank.answer(self)

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                """We hang up on a slow answer; that is no error of the server's."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/scripts/XML_daily.asp"

    @staticmethod
    def send(handler, body, status=200, length=None, **headers):
        handler.send_response(status)
        handler.send_header("Content-Length", len(body) if length is None else length)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    def table(self, handler):
        self.send(handler, TABLE, Content_Type="application/xml; charset=windows-1251")

    def answers(self, body, **how):
        self.answer = lambda handler: self.send(handler, body, **how)


@pytest.fixture
def bank(settings):
    bank = Bank()
    settings.RATES_URL = bank.url
    thread = threading.Thread(target=bank.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield bank
    bank.server.shutdown()
    bank.server.server_close()
    thread.join()


@pytest.fixture
def table():
    """The bytes of a table with other dates, rows or values."""

    def with_changes(*changes):
        body = TABLE.decode("windows-1251")
        for old, new in changes:
            assert old in body
            body = body.replace(old, new)
        return body.encode("windows-1251")

    return with_changes
