"""Links that lead nowhere are found, gently, by nobody's leave to knock at doors behind the portal."""

import socket
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine

from infoshos.boxes import broken_links
from news import link_check
from news.models import Article, Link

from ..factories import make_article, make_user
from .test_admin import signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        self.server.asked.append((self.command, self.path))
        if self.server.mended:
            self.path = "/fine"
        name = self.path.strip("/").partition("?")[0]
        if name.startswith("to-"):
            self.send_response(302)
            self.send_header("Location", self.server.onward.get(name, f"/{name.removeprefix('to-')}"))
        else:
            refused = self.command == "HEAD" and name == "get-only"
            self.send_response(405 if refused else 200 if name in {"fine", "get-only"} else int(name or 200))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET = answer  # noqa: N815 (names of the standard library)

    def log_message(self, *args):
        pass


@pytest.fixture
def site(monkeypatch):
    """A site outside, at an address that has to be allowed for the test; ``site.asked`` is what it was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.onward, server.mended = [], {}, False
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    monkeypatch.setattr(link_check, "connect", lambda _ip, _port: socket.create_connection(server.server_address, 5))
    names = {"outside.example": ["93.184.215.14"]}

    def known(host, _port):
        if host not in names:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return names[host]

    monkeypatch.setattr(link_check, "look_up", known)
    monkeypatch.setattr(link_check, "PAUSE", 0)
    server.names = names
    yield server
    server.shutdown()
    server.server_close()


def link(path, host="outside.example"):
    return f"http://{host}/{path}"


def story(*addresses, **fields):
    body = "".join(f'<p><a href="{address}">x</a></p>' for address in addresses)
    return make_article(["en"], body_en=body, **fields)


def states():
    return {row.address: (row.problem, row.failures) for row in Link.objects.all()}


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("fine", ""), ("404", "gone"), ("410", "gone"), ("500", None), ("403", None), ("429", None), ("get-only", ""),
        ("to-fine", ""), ("to-404", "gone"), ("to-to-to-fine", ""), ("to-" * 7 + "fine", None),
    ],
)  # fmt: skip
def test_what_an_answer_means(site, path, problem):
    assert link_check.examine(link(path)) == problem


def test_head_is_tried_first_and_get_where_it_is_refused(site):
    link_check.examine(link("fine"))
    link_check.examine(link("get-only"))

    assert site.asked == [("HEAD", "/fine"), ("HEAD", "/get-only"), ("GET", "/get-only")]


def test_unknown_host_and_one_that_is_away_for_a_moment(site, monkeypatch):
    assert link_check.examine(link("fine", "gone.example")) == "host"

    def away(*_args):
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    monkeypatch.setattr(link_check, "look_up", away)
    assert link_check.examine(link("fine")) is None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",
        "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_address_of_a_private_network_is_not_public(address):
    assert not link_check.is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e"])
def test_address_of_the_open_network_is_public(address):
    assert link_check.is_public(address)


def test_private_host_is_never_connected_to_nor_by_a_redirect(site):
    site.names |= {"inside.example": ["10.0.0.5"], "both.example": ["93.184.215.14", "10.0.0.5"]}
    site.onward["to-inside"] = link("fine", "inside.example")

    assert link_check.examine(link("fine", "inside.example")) is None
    assert link_check.examine(link("fine", "both.example")) is None
    assert site.asked == []
    assert link_check.examine(link("to-inside")) is None
    assert {path for _method, path in site.asked} == {"/to-inside"}


@pytest.mark.parametrize(
    "address",
    [
        "mailto:a@b.org", "http://user:secret@outside.example/", "http://outside.example:8080/", "http:///x", "http://[/",
        "gopher://outside.example/", "http://a..b/", "http://outside.example/" + "x" * 1000,
    ],
)  # fmt: skip
def test_what_is_not_asked(address):
    assert link_check.normal(address) is None


def test_address_is_asked_in_ascii_without_its_fragment():
    assert link_check.normal("https://пример.рф/путь?q=я#x") == (
        "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C?q=%D1%8F"
    )
    assert link_check.normal("https://example.org:443") == "https://example.org/"


def test_link_is_broken_after_two_failures_a_week_apart_and_mended_by_one_answer(site):
    with time_machine.travel(NOW, tick=False) as clock:
        story(link("404"), link("500"), link("fine"))
        link_check.walk()
        assert link_check.ask_due() == (3, 1)
        assert states()[link("404")] == ("gone", 1)
        assert not Link.objects.broken().exists()

        clock.shift(timedelta(days=6, hours=23))
        assert link_check.ask_due() == (0, 0)

        clock.shift(timedelta(hours=2))
        assert link_check.ask_due() == (3, 1)
        assert [row.address for row in Link.objects.broken()] == [link("404")]

        clock.shift(timedelta(days=8))
        site.mended = True
        link_check.ask_due()
        assert states()[link("404")] == ("", 0)


def test_few_of_one_site_are_asked_in_a_run(site, monkeypatch):
    monkeypatch.setattr(link_check, "OF_ONE_SITE", 2)
    story(*[link(f"fine?{n}") for n in range(5)], link("fine", "gone.example"))
    link_check.walk()

    assert link_check.ask_due()[0] == 3
    assert link_check.ask_due()[0] == 2
    assert link_check.ask_due(limit=0)[0] == 0


def test_only_what_readers_see_is_read():
    story("https://outside.example/draft", published=False)
    story("https://outside.example/later", at=datetime.now(UTC) + timedelta(hours=1))
    shown = story("https://outside.example/a?x=1&amp;y=2", source_url="https://source.example/")

    link_check.walk()

    assert {(row.address, row.article_id, row.language, row.field) for row in Link.objects.all()} == {
        ("https://outside.example/a?x=1&y=2", shown.pk, "en", "body"),
        ("https://source.example/", shown.pk, "en", "source_url"),
    }


def test_walk_goes_round_in_steps_and_reads_new_stories_first(monkeypatch):
    monkeypatch.setattr(link_check, "STEP", 2)
    with time_machine.travel(NOW, tick=False) as clock:
        for n in range(5):
            story(f"https://outside.example/{n}", at=NOW - timedelta(days=30))
        assert [link_check.walk(limit=2) for _turn in range(4)] == [2, 2, 1, 0]
        assert Link.objects.count() == 5

        clock.shift(timedelta(hours=1))
        story("https://outside.example/new", at=NOW + timedelta(minutes=30))
        assert link_check.walk(limit=2) == 1
        assert Link.objects.filter(address="https://outside.example/new").exists()

        clock.shift(timedelta(days=8))
        assert link_check.walk(limit=100) == 6


@pytest.mark.parametrize("number", [1, 3])
def test_walk_takes_the_same_queries_for_many_links(number, django_assert_num_queries):
    for n in range(number):
        story(f"https://outside.example/{n}", f"/news/{n}99-x/")

    with django_assert_num_queries(12):
        link_check.walk()


@pytest.fixture
def editor():
    return make_user(groups=["Editor"])


def rows(user):
    box = broken_links(user)
    return [(row["title"], row["status"]) for row in box.context["rows"]] if box else []


def test_desk_shows_what_is_broken_with_a_jump_to_the_field(editor):
    article = story("/news/999-x/", "/en/", title_en="A broken story")
    link_check.walk()

    assert rows(editor) == [("/news/999-x/", "leads nowhere on this site")]
    desk = signed_in("Editor").get("/en/admin/").content.decode()
    assert f'href="/en/admin/news/article/{article.pk}/change/#id_body_en"' in desk
    assert "A broken story" in desk
    assert broken_links(make_user("rep", groups=["Reporter"])) is None


@pytest.mark.parametrize("mending", ["text", "target", "withdrawn"])
def test_what_was_mended_is_listed_no_more(editor, mending):
    article = story("/en/news/999-x/")
    link_check.walk()
    assert rows(editor)
    if mending == "text":
        Article.objects.filter(pk=article.pk).update(body_en="<p>Without</p>")
    elif mending == "target":
        make_article(["en"], pk=999)
    else:
        article.editions.update(status="withdrawn")

    assert rows(editor) == []


def test_next_reading_forgets_a_link_that_was_taken_out():
    with time_machine.travel(NOW, tick=False) as clock:
        article = story("/en/news/999-x/", at=NOW - timedelta(days=1))
        link_check.walk()
        assert Link.objects.broken().count() == 1
        Article.objects.filter(pk=article.pk).update(body_en="<p>Without</p>")
        clock.shift(timedelta(days=8))

        link_check.walk()

        assert not Link.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_box_takes_the_same_queries_for_many_links(editor, number, django_assert_num_queries):
    for n in range(number):
        story(f"/news/{n}99-x/", f"https://outside.example/{n}")
    link_check.walk()
    Link.objects.update(failures=2)
    assert editor.has_perm("news.publish_edition")

    with django_assert_num_queries(4):
        assert len(rows(editor)) == 2 * number
