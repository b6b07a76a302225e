"""A story's way through the newsroom: handed in, talked about, published, proved, corrected."""

import pytest
from playwright.sync_api import expect

from news.models import Article, Assignment, Note

from ..factories import make_article, make_section, make_user


@pytest.fixture(autouse=True)
def proved_through_the_live_server(live_server, settings):
    settings.PROOF_URL = live_server.url


def save(page):
    page.get_by_role("button", name="Save and continue editing").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_reporter_hands_in_and_editor_publishes_and_corrects(sign_in, page, live_server):
    make_section("politics")
    reporter = make_user("rustam", groups=["Reporter"], email="rustam@desk.example")
    editor = make_user("pavel", groups=["Editor"], email="pavel@desk.example")

    sign_in(reporter)
    page.goto(f"{live_server.url}/en/admin/news/article/add/")
    page.select_option("#id_section", index=1)
    page.fill("#id_title_en", "The bridge opens")
    page.fill("#id_lead_en", "Cars cross the river again.")
    page.locator(".field-body_en .tiptap").click()
    page.keyboard.type("The bridge over the Irtysh opens on Monday.")
    assert page.locator("#id_edition_en_status option").all_inner_texts() == ["draft", "in review"]
    page.select_option("#id_edition_en_status", "review")
    save(page)
    page.fill("#id_note-text", "@pavel the ministry confirms")
    page.get_by_role("button", name="Write the note").click()
    expect(page.locator(".notes__item")).to_contain_text("@pavel the ministry confirms")
    assert Note.objects.get().author == reporter

    sign_in(editor)
    page.goto(f"{live_server.url}/en/admin/")
    page.get_by_role("link", name="The bridge opens").first.click()
    page.select_option("#id_edition_en_status", "published")
    save(page)
    expect(page.locator("#proof .proof--right").first).to_contain_text(
        "Every address shows what it should.", timeout=30_000
    )

    page.get_by_text("Tell readers of a correction").click()
    page.fill("#id_correction_en_text", "The bridge opens on Tuesday, not on Monday.")
    save(page)
    page.goto(live_server.url + Article.objects.get().address("en"))
    expect(page.locator(".story__corrections")).to_contain_text("on Tuesday, not on Monday")
    page.get_by_role("contentinfo").get_by_role("link", name="Corrections").click()
    expect(page.locator("main")).to_contain_text("on Tuesday, not on Monday")


def test_words_of_a_note_stay_when_it_is_refused_and_the_article_s_too(sign_in, page, live_server):
    article = make_article(["en"], published=False)
    sign_in(make_user(groups=["Editor"]))
    page.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/change/")
    page.fill("#id_title_en", "Not saved yet")
    page.fill("#id_note-text", "@nobody look at this")

    page.get_by_role("button", name="Write the note").click()

    expect(page.locator("#colleagues")).to_contain_text("Nobody at the desk is called @nobody.")
    expect(page.locator("#id_note-text")).to_have_value("@nobody look at this")
    expect(page.locator("#id_note-text")).to_be_focused()
    expect(page.locator("#id_title_en")).to_have_value("Not saved yet")


def test_words_of_a_note_stay_when_the_server_is_away(sign_in, page, live_server, quiet_console):
    article = make_article(["en"], published=False)
    sign_in(make_user(groups=["Editor"]))
    page.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/change/")
    page.fill("#id_note-text", "Look at this")
    expect(page.locator("#colleagues [data-part-failed]")).to_be_hidden()
    page.route("**/colleagues/", lambda route: route.abort())

    page.get_by_role("button", name="Write the note").click()

    expect(page.locator("#colleagues [data-part-failed]")).to_be_visible()
    expect(page.locator("#id_note-text")).to_have_value("Look at this")
    quiet_console[:] = [line for line in quiet_console if "ERR_FAILED" not in line]


def test_assignment_is_given_and_done_without_leaving_the_article(sign_in, page, live_server):
    article = make_article(["en"], published=False)
    user = make_user("pavel", groups=["Editor"])
    sign_in(user)
    page.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/change/")
    page.get_by_text("Give an assignment").click()
    page.select_option("#id_assignment-assignee", label="pavel")
    page.fill("#id_assignment-task", "Check the figures")
    page.get_by_role("button", name="Give the assignment").click()
    expect(page.locator(".assignments__item")).to_contain_text("Check the figures")

    page.get_by_role("button", name="Done: Check the figures").click()

    expect(page.locator(".assignments__item--done")).to_contain_text("Check the figures")
    assert Assignment.objects.get().done_by == user


def test_desk_beside_the_article_fits_a_phone(sign_in, page, live_server):
    article = make_article()
    sign_in(make_user(groups=["Editor"]))
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/change/")

    expect(page.locator("#proof")).to_be_visible()
    page.wait_for_function("document.documentElement.scrollWidth <= 390")  # the scripts have made their places
    page.set_viewport_size({"width": 1366, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
