"""From what the checks found to its place, and past it with one more press."""

import pytest
from playwright.sync_api import expect

from news.models import Article

from ..factories import make_article, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BODY = (
    "<p>First paragraph.</p>" * 3
    + '<p>Then <a href="/en/tag/none/">a <strong>link</strong></a>, and the the slip.</p>'
)


def change(live_server, article):
    return f"{live_server.url}/en/admin/news/article/{article.pk}/change/"


def test_a_finding_leads_into_the_editor_and_a_warning_is_confirmed(sign_in, page, live_server):
    article = make_article(["en"], published=False, title_en="A summit opens", lead_en="Words.", body_en=BODY)
    sign_in(make_user(groups=["Editor"]))
    page.goto(change(live_server, article))
    found = page.locator("[data-checks=en]")

    found.get_by_role("link", name="the the").click()
    expect(page.locator(".field-body_en .tiptap")).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "the the"
    found.get_by_role("link", name="leads nowhere").click()
    assert page.evaluate("getSelection().toString()").startswith("a ")

    # The link goes, and what is checked is what is typed.
    page.locator(".field-body_en .tiptap").focus()  # a click may miss it while notices come in above
    page.keyboard.press("Control+a")
    page.keyboard.type("Nothing but the the slip.")
    found.get_by_role("button", name="Check").click()
    expect(found.get_by_role("link", name="leads nowhere")).to_have_count(0)
    assert Article.objects.get().body_en == BODY

    page.reload()
    page.locator(".field-body_en .tiptap").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("Nothing but the the slip.")
    page.select_option("#id_edition_en_status", "published")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".checks-said")).to_be_visible()
    expect(page.locator(".field-body_en .tiptap")).to_have_text("Nothing but the the slip.")
    found.get_by_role("button", name="I have seen it").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Article.objects.get().is_published("en")


def test_checks_work_without_scripts(sign_in, page, without_scripts, live_server):
    article = make_article(["en"], published=False, lead_en="Words.")
    sign_in(make_user(groups=["Editor"]))
    without_scripts.context.add_cookies(page.context.cookies())
    without_scripts.goto(change(live_server, article))
    without_scripts.fill("#id_lead_en", "The the lead.")
    without_scripts.locator("[data-checks=en]").get_by_role("button", name="Check").click()
    expect(without_scripts.locator("#id_lead_en")).to_have_value("The the lead.")
    without_scripts.locator("[data-checks=en]").get_by_role("link", name="The the").click()
    assert without_scripts.url.endswith("#id_lead_en")
    assert Article.objects.get().lead_en == "Words."
