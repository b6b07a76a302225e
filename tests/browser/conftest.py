"""A real Chromium against a live server. `make test` says where Chromium is and gives SQLite a file to live in."""

import os
import shutil

import pytest
from playwright.sync_api import expect

from tests.run import CHROMIUM_NAMES

expect.set_options(timeout=15_000)  # a busy machine is late, not wrong; what must be quick says so itself
# Playwright's own loop runs in this thread; the ORM is used by fixtures beside it, not inside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
# A window of Chromium prepares what no test looks at: lists under its line of addresses, a process for the next site.
UNUSED = ["SpareRendererForSitePerProcess", "WebUIOmniboxAimPopup", "WebUIOmniboxPopup"]
# What Playwright 1.65 switches off, again: of two such switches the last one counts.
UNUSED_BY_PLAYWRIGHT = [
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
]

# What a page looks like, and does in the browser alone: whichever database its words come from.
OF_ANY_DATABASE = {"admin_names", "article", "desk_access", "map", "navigation", "offline", "print"}


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            if item.path.stem.removeprefix("test_") in OF_ANY_DATABASE:
                item.add_marker(pytest.mark.once)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if not CHROMIUM:
        pytest.skip("no Chromium")
    arguments = ["--no-sandbox", f"--disable-features={','.join(UNUSED + UNUSED_BY_PLAYWRIGHT)}"]
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"viewport": {"width": 1366, "height": 900}, "locale": "en-GB"}


@pytest.fixture(autouse=True)
def site_url(live_server, settings):
    settings.SITE_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]


@pytest.fixture
def sign_in(page, live_server):
    """``sign_in(user)``: the page's browser has the user's session."""
    from .desk import cookie_of

    def use(user):
        page.context.clear_cookies()
        page.context.add_cookies([cookie_of(user, live_server)])
        return page

    return use


@pytest.fixture
def open_browser(browser, browser_context_args, live_server):
    """``open_browser(user)``: a browser of their own, in which errors of the network are expected; ``more``: its options."""
    from .desk import cookie_of

    contexts = []

    def use(user, **more):
        context = browser.new_context(**browser_context_args | more)
        context.add_cookies([cookie_of(user, live_server)])
        contexts.append(context)
        return context.new_page()

    yield use
    for context in contexts:
        context.close()


@pytest.fixture
def without_scripts(browser):
    """A page of a browser that runs no JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture(autouse=True)
def quiet_console(page):
    """A script's error or a breach of the content security policy fails the test."""
    said = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "console",
        lambda message: (
            said.append(message.text) if message.type == "error" and "status of 4" not in message.text else None
        ),
    )
    yield said
    assert said == []
