"""A writer and their comment, from the form to erasing it, with and without a script, in each language."""

import json
from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import Error, expect

from comments.models import PendingComment, Posting, Remembered

from ..factories import make_article

pytestmark = pytest.mark.django_db(transaction=True)
PREFIXES = {"ru": "", "en": "/en", "zh-hans": "/zh-hans"}


def mailed(word):
    letter = mail.outbox[-1].body
    return next(line for line in letter.splitlines() if word in line)


def write(page, text, **typed):
    page.locator("[data-comments-open]").click()
    form = page.locator(".comment-form")
    for name, value in typed.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("[name=text]").fill(text)
    form.locator("button[type=submit]").click()
    expect(page.locator(".comments__sent")).to_be_visible()


@pytest.mark.parametrize("language", PREFIXES)
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_comment_is_written_confirmed_changed_withdrawn_and_erased(
    page, without_scripts, live_server, language, script
):
    page = page if script else without_scripts
    base, article = live_server.url + PREFIXES[language], make_article()
    page.goto(live_server.url + article.address(language))
    assert page.context.cookies() == []
    write(page, "Слова", name="Анна", email="anna@example.org")
    page.locator(".comments__sent a").click()
    expect(page.locator(".own__text")).to_have_text("Слова")

    page.goto(mailed("/comments/confirm/"))
    boxes = [page.locator(part).bounding_box() for part in ("[for=confirm-remember]", "#confirm-remember-help")]
    assert boxes[0]["y"] < boxes[1]["y"]  # the label stands beside its box, and what it means below
    page.locator("[name=remember]").check()
    page.locator("main form button").click()
    page.locator("main form [name=text]").fill("Лучшие слова")
    page.locator("[name=edit]").click()
    expect(page.locator(".own__text")).to_have_text("Лучшие слова")
    assert Posting.objects.get().earlier[0][1] == "Слова"

    page.goto(live_server.url + article.address(language))
    write(page, "Ещё слова")  # no address is asked for any more
    assert Posting.objects.filter(author="anna@example.org").count() == 2
    page.goto(f"{base}/comments/own/")
    page.locator(".own__actions a").first.click()
    page.locator("[name=withdraw]").click()
    expect(page.locator(".own__standing--withdrawn")).to_be_visible()
    assert Posting.objects.exclude(withdrawn_at=None).count() == 1

    page.goto(f"{base}/comments/mine/")
    page.locator("#mine-email").fill("anna@example.org")
    page.locator("main form button").click()
    page.goto(mailed("/comments/mine/"))
    expect(page.locator(".own__text")).to_have_count(2)
    with page.expect_download() as download:
        page.locator("a[download]").click()
    kept = json.loads(Path(download.value.path()).read_text())
    assert [row["text"] for row in kept["comments"]] == ["Ещё слова", "Лучшие слова"]
    page.locator("[name=sure]").check()
    page.locator("main form button").click()
    expect(page.locator(".form-done")).to_be_visible()
    assert not Posting.objects.exists()
    assert not PendingComment.objects.exists()
    assert not Remembered.objects.exists()
    assert page.context.cookies() == []


def test_what_was_typed_is_there_after_the_browsers_error_page(without_scripts, live_server):
    page = without_scripts
    page.goto(live_server.url + make_article().address("en"))
    page.locator("[data-comments-open]").click()
    form = page.locator(".comment-form")
    form.locator("[name=name]").fill("Anna")
    form.locator("[name=email]").fill("anna@example.org")
    form.locator("[name=text]").fill("A long thought")
    page.wait_for_timeout(2000)  # Chromium notes what stands in a form a second after it changed
    page.context.set_offline(True)
    form.locator("button[type=submit]").click(no_wait_after=True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    page.go_back()
    expect(form.locator("[name=text]")).to_have_value("A long thought")
    form.locator("button[type=submit]").click()
    expect(page.locator(".comments__sent")).to_be_visible()
    assert PendingComment.objects.get().text == "A long thought"
