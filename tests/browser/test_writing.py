"""A newsroom's accidents, by really having them: crashes, a server away, a lost session, two editors at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from playwright.sync_api import expect

from news import drafts
from news.models import Article, Draft, WorkingCopy

from ..factories import make_article, make_section, make_user
from .desk import body, cookie_of, crash, form_of, kept, save, wait_for


@pytest.fixture
def editor():
    return make_user("aigul", groups=["Editor"], first_name="Aigul", last_name="K.")


@pytest.fixture
def article():
    return make_article(["ru", "en"], published=False, title_en="Title", body_en="<p>Body.</p>")


def trouble(page):
    return page.locator("[data-writing-trouble]")


def test_browser_dies_while_writing_and_the_text_is_offered_back(open_browser, live_server, editor, article):
    page = open_browser(editor)
    page.goto(form_of(live_server, article))
    body(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Written before the crash.")
    wait_for(kept(body_en="<p>Body. Written before the crash.</p>"))
    crash(page)
    assert Article.objects.get().body_en == "<p>Body.</p>"

    again = open_browser(editor)
    again.goto(form_of(live_server, article))
    offer = again.locator(".offer")
    offer.get_by_text("What differs from what is saved").click()
    expect(offer).to_contain_text("Body. Written before the crash.")
    offer.get_by_role("link", name="Go on with it").click()
    expect(body(again)).to_have_text("Body. Written before the crash.")
    save(again)

    assert Article.objects.get().body_en == "<p>Body. Written before the crash.</p>"
    again.goto(form_of(live_server, article))
    expect(again.locator(".offer")).to_have_count(0)


def test_text_of_a_new_article_survives_a_crash(open_browser, live_server, editor):
    make_section("politics")
    page = open_browser(editor)
    page.goto(form_of(live_server, None))
    page.fill("#id_title_en", "Never saved")
    wait_for(kept(title_en="Never saved"))
    crash(page)
    assert not Article.objects.exists()

    again = open_browser(editor)
    again.goto(form_of(live_server, None))
    again.get_by_role("link", name="Go on with it").click()

    expect(again.locator("#id_title_en")).to_have_value("Never saved")


def test_closed_tab_sends_its_last_words(open_browser, live_server, editor, article):
    page = open_browser(editor)
    page.goto(form_of(live_server, article))
    page.fill("#id_title_en", "Typed a moment ago")
    page.wait_for_timeout(300)
    page.goto(f"{live_server.url}/en/")

    wait_for(kept(title_en="Typed a moment ago"))


def test_server_away_text_stays_in_the_browser_and_is_sent_later(open_browser, live_server, editor, article):
    page = open_browser(editor)
    page.goto(form_of(live_server, article))
    expect(page.locator("[data-writing-state]")).to_be_visible()
    page.context.set_offline(True)
    page.fill("#id_title_en", "Written without a server")
    expect(trouble(page)).to_contain_text(
        "The server can't be reached. Your text is kept in this browser", timeout=8000
    )
    assert kept(title_en="Written without a server")() is None

    page.context.set_offline(False)

    wait_for(kept(title_en="Written without a server"), 20)
    expect(trouble(page)).to_contain_text("The server is there again")


def test_server_away_and_then_the_browser_dies(open_browser, live_server, editor, article):
    page = open_browser(editor)
    page.goto(form_of(live_server, article))
    page.wait_for_timeout(500)
    page.route("**/draft/", lambda route: route.abort())
    page.fill("#id_title_en", "Only in this browser")
    page.wait_for_timeout(1000)
    crash(page)
    assert kept(title_en="Only in this browser")() is None

    again = page.context.new_page()
    again.goto(form_of(live_server, article))

    again.locator(".offer").get_by_role("link", name="Go on with it").click()
    expect(again.locator("#id_title_en")).to_have_value("Only in this browser")


def test_lost_session_keeps_the_text_until_somebody_signs_in_again(open_browser, live_server, editor, article):
    page = open_browser(editor)
    page.goto(form_of(live_server, article))
    page.wait_for_timeout(500)
    Session.objects.all().delete()
    page.fill("#id_title_en", "Written after the session was lost")
    expect(trouble(page)).to_contain_text("You are signed out. Your text is kept in this browser", timeout=8000)

    with page.context.expect_page() as opened:
        trouble(page).get_by_role("link", name="Sign in").click()
    tab = opened.value
    tab.fill("#id_username", "aigul")
    tab.fill("#id_password", "secret-pass-42")
    tab.click("input[type=submit]")

    wait_for(kept(title_en="Written after the session was lost"), 20)
    expect(trouble(page)).to_be_empty()
    save(page)  # with the token of the new session
    assert Article.objects.get().title_en == "Written after the session was lost"


def test_saved_text_is_not_offered_after_the_browsers_back(open_browser, live_server, editor, article):
    page = open_browser(editor)
    page.goto(form_of(live_server, article))
    page.fill("#id_title_en", "Saved")
    save(page)
    page.goto(form_of(live_server, article))

    page.wait_for_timeout(1000)

    expect(page.locator(".offer")).to_have_count(0)
    expect(trouble(page)).to_be_empty()
    assert not Draft.objects.unsaved().exists()


def test_two_editors_see_each_other_and_their_fields_are_merged(open_browser, live_server, editor, article):
    other = make_user("boris", groups=["Editor"], first_name="Boris")
    first, second = open_browser(editor), open_browser(other)
    first.goto(form_of(live_server, article))
    wait_for(lambda: Draft.objects.filter(user=editor).exists())
    second.goto(form_of(live_server, article))
    expect(second.locator("[data-writing-others]")).to_contain_text("Aigul K. has this article open, since ")

    first.fill("#id_title_en", "The first one's title")
    expect(first.locator("[data-writing-others]")).to_contain_text("Boris has this article open", timeout=8000)
    save(first)
    second.fill("#id_lead_en", "The second one's lead")
    expect(second.locator("[data-writing-others]")).to_contain_text("Aigul K. has saved this article", timeout=8000)
    save(second)

    expect(second.locator(".messagelist .warning")).to_contain_text("Headline · English")
    saved = Article.objects.get()
    assert (saved.title_en, saved.lead_en) == ("The first one's title", "The second one's lead")


def test_two_editors_of_one_field_are_shown_both(open_browser, live_server, editor, article):
    other = make_user("boris", groups=["Editor"])
    first, second = open_browser(editor), open_browser(other)
    for page in (first, second):
        page.goto(form_of(live_server, article))
    first.fill("#id_title_en", "The first one's title")
    save(first)
    second.fill("#id_title_en", "The second one's title")
    second.get_by_role("button", name="Save", exact=True).first.click()

    conflict = second.locator(".conflict")
    expect(conflict).to_contain_text("The first one's title")
    expect(conflict).to_contain_text("The second one's title")
    assert Article.objects.get().title_en == "The first one's title"
    conflict.get_by_label("mine, as it stands in the form below").check()
    save(second)

    assert Article.objects.get().title_en == "The second one's title"


def test_changes_of_a_published_text_wait_until_they_are_published(sign_in, live_server, editor):
    article = make_article(["en"], title_en="Published title")
    page = sign_in(editor)
    page.goto(form_of(live_server, article))
    page.fill("#id_title_en", "Waiting title")
    page.get_by_role("button", name="Save (waits)").click()
    expect(page.locator(".messagelist .info")).to_contain_text("Readers still see the published text")
    reader = page.context.browser.new_page()
    reader.goto(live_server.url + article.address("en"))
    expect(reader.get_by_role("heading", level=1)).to_have_text("Published title")

    page.get_by_role("link", name="Compare or discard").click()
    expect(page.locator(".comparison")).to_contain_text("Published title")
    page.get_by_role("button", name="Publish changes").click()
    expect(page.locator(".messagelist .success")).to_contain_text("The changes are public now: English.")

    reader.reload()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Waiting title")
    reader.close()
    assert not WorkingCopy.objects.exists()


def test_keyboard_saves_goes_on_previews_and_publishes(sign_in, live_server, editor, article):
    page = sign_in(editor)
    page.goto(form_of(live_server, article))
    page.fill("#id_title_en", "By keyboard")
    page.fill("#id_lead_en", "Without a mouse.")
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist .success").first).to_be_visible()
    assert Article.objects.get().title_en == "By keyboard"

    page.locator("#id_title_ru").focus()
    page.keyboard.press("Control+Alt+g")
    expect(page.locator("#id_title_en")).to_be_focused()
    page.keyboard.type("! ")
    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Alt+v")
    frame = opened.value.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_contain_text("!")  # unsaved
    opened.value.close()

    page.once("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("Control+Alt+u")
    expect(page.locator(".messagelist .success").first).to_be_visible()
    assert Article.objects.get().published_languages() == ["en"]


@pytest.mark.parametrize("width", ["360", "768", "1366"])
@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(15, 23, 25)")])
def test_preview_has_the_width_and_the_colours_that_were_chosen(
    sign_in, live_server, editor, article, width, scheme, paper
):
    page = sign_in(editor)
    page.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/preview/?language=en")
    page.get_by_label("width").select_option(width)
    page.wait_for_url(f"**width={width}*")
    page.get_by_label("colours").select_option(scheme)
    page.wait_for_url(f"**scheme={scheme}*")

    inside = page.frame_locator("iframe")

    expect(inside.locator("html")).to_have_css("background-color", paper)
    assert inside.locator("html").evaluate("() => window.innerWidth") == int(width)


def test_form_works_without_javascript(without_scripts, live_server, editor, article):
    page = without_scripts
    page.context.add_cookies([cookie_of(editor, live_server)])
    page.goto(form_of(live_server, article))
    page.fill("#id_title_en", "Without scripts")
    Article.objects.update(title_en="Saved meanwhile", version=2)
    page.get_by_role("button", name="Save", exact=True).first.click()
    conflict = page.locator(".conflict")
    expect(conflict).to_contain_text("Saved meanwhile")
    conflict.get_by_label("mine, as it stands in the form below").check()
    save(page)

    assert Article.objects.get().title_en == "Without scripts"


def test_unsaved_text_that_comes_while_it_is_saved_waits_and_neither_is_refused():
    article, user = make_article(), make_user(groups=["Editor"])
    drafts.keep(user, article, "session", {"title_en": ["A"]}, sequence=1)
    has_the_article = Event()

    def save_it():
        try:
            with transaction.atomic():
                Article.objects.select_for_update().get(pk=article.pk).save()
                has_the_article.set()
                Event().wait(0.5)  # in which the other one begins
                drafts.saved(user, "session")
        finally:
            connection.close()

    def keep_it():
        try:
            has_the_article.wait(10)
            drafts.keep(user, article, "session", {"title_en": ["AB"]}, sequence=2)
        except drafts.Refused as refused:
            return refused.answer["state"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        saving, keeping = pool.submit(save_it), pool.submit(keep_it)
        assert (saving.result(), keeping.result()) == (None, "closed")
