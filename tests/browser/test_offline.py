"""What stays readable without a network, and that nothing else does."""

import re
import threading

import pytest
from django.core.signals import request_started
from playwright.sync_api import expect

from infoshos import offline
from news import caching, views
from news.models import Edition
from tests.factories import make_article, make_image, make_user

NOTICE = {"ru": "Связи нет", "en": "There is no connection", "zh-hans": "无网络连接"}


@pytest.fixture(autouse=True)
def network_errors(quiet_console):
    """Without a network the browser complains of it; that is no error of ours."""
    yield
    quiet_console[:] = [line for line in quiet_console if not re.search(r"net::ERR_|status of 50\d", line)]


def eventually(page, script, arg=None):
    """Waits until the asynchronous script says yes."""
    for _attempt in range(200):
        if page.evaluate(script, arg):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {script}")


def kept(page):
    """The keys of the kept pages, the last read last."""
    script = "async () => (await (await caches.open('pages-1')).keys()).map(({url}) => new URL(url).pathname)"
    return page.evaluate(script)


def read(page, live_server, article, language="en"):
    """Reads the article until the worker has kept it."""
    page.goto(live_server.url + article.address(language))
    wait_until_kept(page, article, language)


def wait_for_worker(page):
    """What is cut off in the middle of its script's way makes the browser complain, and a reader's second page has one."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def key(article, language="en"):
    return {"ru": "", "en": "/en", "zh-hans": "/zh-hans"}[language] + f"/news/{article.pk}/"


def wait_until_kept(page, article, language="en"):
    home = key(article, language).split("news/")[0]
    eventually(
        page,
        """async ([key, home]) => {
            const pages = await caches.open("pages-1");
            const loaded = [...document.querySelectorAll("main img")].filter((img) => img.complete && img.currentSrc);
            const stored = await Promise.all(loaded.map((img) => caches.match(img.currentSrc)));
            return Boolean(navigator.serviceWorker.controller && await pages.match(key) && await pages.match(home)
                && stored.every(Boolean));
        }""",
        [key(article, language), home],
    )


@pytest.mark.parametrize("language", NOTICE)
def test_article_that_was_read_once_is_readable_without_a_network_and_tells_its_age(page, live_server, language):
    article = make_article(lead_image=make_image(alt_en="A dam"))
    read(page, live_server, article, language)
    page.context.set_offline(True)

    page.reload()

    expect(page.locator("h1")).to_have_text(article.text("title", language))
    notice = page.get_by_role("status").filter(has_text=NOTICE[language])
    expect(notice).to_be_visible()
    expect(notice.locator("time")).to_have_text(re.compile(r"[(（].*20\d\d.*[)）]"))
    assert page.locator("main img").first.evaluate("img => img.complete && img.naturalWidth > 0")
    styled = "getComputedStyle(document.querySelector('.skip')).position"
    assert page.evaluate(styled) == "absolute"


def test_front_page_of_the_reader_s_language_is_kept_with_the_first_article(page, live_server):
    article = make_article()
    read(page, live_server, article)
    page.context.set_offline(True)

    page.goto(f"{live_server.url}/en/")

    expect(page.locator("main")).to_contain_text(article.title_en)
    expect(page.locator("html")).to_have_attribute("data-kept", re.compile(r"^\d+$"))
    assert "/" not in kept(page)


def test_current_text_is_shown_at_once_when_the_network_is_back(page, live_server):
    article = make_article()
    read(page, live_server, article)
    page.context.set_offline(True)
    page.reload()
    notice = page.locator("[data-offline]")
    expect(notice).to_contain_text(NOTICE["en"])
    article.title_en = "The port is open again"
    article.save()

    page.context.set_offline(False)
    expect(notice).to_contain_text("connection is back")
    page.get_by_role("link", name="Load the current page").click()

    expect(page.locator("h1")).to_have_text("The port is open again")
    expect(page.locator("html")).not_to_have_attribute("data-kept", re.compile("."))
    expect(page.get_by_role("status").filter(has_text="connection")).to_have_count(0)


def test_page_of_the_network_is_shown_though_another_one_is_kept(page, live_server):
    article = make_article()
    read(page, live_server, article)
    article.title_en = "A correction"
    article.save()

    page.goto(live_server.url + article.address("en"))

    expect(page.locator("h1")).to_have_text("A correction")


@pytest.mark.parametrize("elsewhere", [False, True])
def test_withdrawn_article_is_kept_no_more_once_that_was_seen(page, live_server, elsewhere):
    article = make_article(["ru", "en"] if elsewhere else ["en"])
    read(page, live_server, article)
    assert key(article) in kept(page)
    Edition.objects.filter(article=article, language="en").update(status=Edition.Status.WITHDRAWN)
    article.save()

    page.reload()
    eventually(page, "async key => !(await caches.match(key))", key(article))
    page.context.set_offline(True)
    page.reload()

    expect(page.locator("h1")).to_have_text("There is no connection")
    expect(page.locator("body")).not_to_contain_text(article.title_en)


@pytest.mark.parametrize(
    ("path", "heading"),
    [("/archive/", "Связи нет"), ("/en/archive/", NOTICE["en"]), ("/zh-hans/archive/", "无网络连接")],
)
def test_other_pages_give_way_to_one_in_their_language_that_lists_what_is_kept(page, live_server, path, heading):
    article = make_article()
    read(page, live_server, article, "zh-hans")
    page.context.set_offline(True)

    page.goto(live_server.url + path)

    expect(page.locator("h1")).to_have_text(heading)
    link = page.locator("[data-offline-list] a")
    expect(link).to_have_text(article.title_zh_hans)
    expect(link).to_have_attribute("lang", "zh-Hans")
    link.click()
    expect(page.locator("h1")).to_have_text(article.title_zh_hans)


def test_least_recently_read_article_gives_way(page, live_server, monkeypatch):
    monkeypatch.setattr(offline, "ARTICLES", 2)
    first, second, third = make_article(), make_article(), make_article()
    for article in (first, second, first, third):
        read(page, live_server, article)

    eventually(page, "async key => !(await caches.match(key))", key(second))

    assert [path for path in kept(page) if "news" in path] == [key(first), key(third)]


def test_pictures_beyond_their_budget_give_way(page, live_server, monkeypatch):
    monkeypatch.setattr(offline, "PICTURE_BYTES", 10)
    article = make_article(lead_image=make_image())
    page.goto(live_server.url + article.address("en"))
    eventually(page, "async key => Boolean(await caches.match(key)) && await caches.has('pictures-1')", key(article))

    eventually(page, "async () => (await (await caches.open('pictures-1')).keys()).length === 0")


def test_server_that_does_not_answer_in_time_gives_way_to_the_kept_page(page, live_server, monkeypatch):
    monkeypatch.setattr(offline, "PATIENCE", 1)
    article = make_article()
    read(page, live_server, article)
    stuck, shown = threading.Event(), views.shown
    monkeypatch.setattr(views, "shown", lambda *args: stuck.wait(30) and shown(*args))
    article.title_en = "The current headline"
    article.save()
    try:
        page.goto(live_server.url + article.address("en"))
        expect(page.locator("html")).to_have_attribute("data-kept", re.compile(r"^\d+$"))
    finally:
        stuck.set()
    # Between an old copy and a new one there is none for a moment.
    script = "async key => (await (await caches.match(key))?.text())?.includes('The current headline')"
    eventually(page, script, key(article))


def test_admin_comments_and_private_answers_are_never_kept(page, live_server, sign_in, monkeypatch):
    article = make_article()
    read(page, live_server, article)
    sign_in(make_user(groups=["Editor"]))
    secret = make_article(title_en="A preview", lead_image=make_image())
    page.goto(f"{live_server.url}/en/admin/")
    page.goto(f"{live_server.url}/en/comments/{article.pk}/new/")
    monkeypatch.setattr(caching, "cache_control", lambda *args: "private, no-store")
    page.goto(live_server.url + secret.address("en"), wait_until="networkidle")
    assert page.locator("main img").first.evaluate("img => img.complete")
    page.goto(f"{live_server.url}/en/archive/", wait_until="networkidle")
    page.wait_for_timeout(1000)  # what the worker was told when the preview was left

    script = """async () => {
        const found = [];
        for (const name of await caches.keys())
            for (const {url} of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
        return found;
    }"""
    stored = page.evaluate(script)
    assert key(article) in stored
    assert [path for path in stored if re.search(rf"admin/|comments/|/images/|news/{secret.pk}/", path)] == []


@pytest.mark.parametrize("place", ["admin/", "comments/sent/", "archive/"])
def test_page_is_asked_for_once(page, live_server, sign_in, place):
    """A browser asks for a page while it starts the worker; a worker that leaves that answer lying makes it ask again,
    and a message of the desk was shown to nobody."""
    read(page, live_server, make_article())
    sign_in(make_user(groups=["Editor"]))
    path, asked = f"/en/{place}", []
    note = lambda environ, **_more: asked.append(environ["PATH_INFO"])  # noqa: E731 (signals hold it weakly)
    request_started.connect(note)
    try:
        page.goto(live_server.url + path, wait_until="networkidle")
    finally:
        request_started.disconnect(note)

    assert asked.count(path) == 1


def test_admin_without_a_network_is_the_browser_s_own_error(page, live_server, sign_in):
    article = make_article()
    read(page, live_server, article)
    page.context.set_offline(True)

    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(f"{live_server.url}/en/admin/")


def test_form_that_is_sent_without_a_network_keeps_what_was_typed(page, live_server):
    page.goto(f"{live_server.url}/en/contact/")
    wait_for_worker(page)
    page.fill("main textarea", "A long letter to the desk")
    page.context.set_offline(True)

    page.locator("main form button[type=submit]").click()

    expect(page.get_by_role("status").filter(has_text="nothing was sent")).to_be_visible()
    expect(page.locator("main textarea")).to_have_value("A long letter to the desk")


def test_comment_form_that_can_t_be_opened_says_so_and_the_article_stays(page, live_server):
    article = make_article()
    page.goto(live_server.url + article.address("en"))
    wait_for_worker(page)
    page.context.set_offline(True)

    page.locator("[data-comments-open]").click()

    expect(page.locator("#comments [role=alert]")).to_contain_text("no connection")
    expect(page.locator("h1")).to_have_text(article.title_en)


def test_page_that_lost_the_network_before_it_was_loaded_asks_for_no_worker(page, live_server, quiet_console):
    article = make_article()
    page.add_init_script("""
        Object.defineProperty(navigator, "onLine", { get: () => false });
        window.asked = [];
        navigator.serviceWorker.register = (path) => (window.asked.push(path), Promise.reject(new Error("no network")));
    """)

    page.goto(live_server.url + article.address("en"), wait_until="networkidle")

    assert page.evaluate("window.asked") == []
