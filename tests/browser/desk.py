"""Steps at the desk that several browser tests take."""

import time
from contextlib import suppress

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Error, expect

from news.models import Draft


def cookie_of(user, live_server):
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    return {"name": cookie.key, "value": cookie.value, "url": live_server.url}


def form_of(live_server, article, language="en"):
    prefix = "" if language == "ru" else f"/{language}"
    return f"{live_server.url}{prefix}/admin/news/article/{f'{article.pk}/change' if article else 'add'}/"


def wait_for(condition, seconds=5):
    """Asks again and again; the promise to people is five seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    pytest.fail(f"not within {seconds} seconds")


def kept(**fields):
    wanted = {name: [value] for name, value in fields.items()}
    return lambda: next((draft for draft in Draft.objects.all() if draft.fields | wanted == draft.fields), None)


def crash(page):
    """The page's process dies on the spot: no last words to the server."""
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash", timeout=3000)


def body(page, column="body_en"):
    return page.locator(f".field-{column} .tiptap")


def write(page, paragraphs, column="body_en"):
    """Types the paragraphs in place of what is there."""
    body(page, column).click()
    page.keyboard.press("Control+a")
    for number, words in enumerate(paragraphs):
        if number:
            page.keyboard.press("Enter")
        page.keyboard.insert_text(words)


def save(page, button="Save", warned=False):
    """``warned``: the checks ask first, and who saves once more wants it so."""
    button = page.get_by_role("button", name=button, exact=True).first
    button.click()
    if warned:
        expect(page.get_by_text("The checks have found something.")).to_be_visible()
        button.click()
    expect(page.locator(".messagelist .success").first).to_be_visible()


def save_and_stay(page, warned=False):
    save(page, "Save and continue editing", warned)
