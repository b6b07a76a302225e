"""Getting about by keyboard: menu, skip link, languages, and where the focus goes with dialogs and forms."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import make_article, make_section

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def article():
    return make_article(
        section=make_section("politics"),
        title_en="The port opens",
        body_en="<p>The ferry recieved its passengers.</p>",
    )


@pytest.fixture
def phone(page, live_server, article):
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/en/")
    return page


def tab_to(page, locator, limit=40):
    for _step in range(limit):
        page.keyboard.press("Tab")
        if locator.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{locator} can't be reached by Tab")


def test_first_tab_stop_leads_to_the_content(phone):
    phone.keyboard.press("Tab")
    expect(phone.locator(".skip")).to_be_focused()
    phone.keyboard.press("Enter")

    expect(phone.locator("main")).to_be_focused()


def test_menu_opens_by_keyboard_and_escape_returns_to_its_button(phone):
    button, first = phone.locator(".menu__button"), phone.locator(".menu__list a").first
    tab_to(phone, button)
    expect(first).to_be_hidden()
    phone.keyboard.press("Enter")
    expect(first).to_be_visible()
    phone.keyboard.press("Tab")
    expect(first).to_be_focused()

    phone.keyboard.press("Escape")

    expect(first).to_be_hidden()
    expect(button).to_be_focused()


def test_menu_closes_when_the_focus_leaves_it(phone):
    tab_to(phone, phone.locator(".menu__button"))
    phone.keyboard.press("Enter")
    tab_to(phone, phone.locator(".menu__list a").last)

    phone.keyboard.press("Tab")

    expect(phone.locator(".menu__list")).to_be_hidden()
    expect(phone.locator("main a:focus")).to_have_count(1)


def test_menu_closes_by_a_press_beside_it(phone):
    phone.locator(".menu__button").click()
    expect(phone.locator(".menu__list")).to_be_visible()

    phone.locator(".wordmark").dispatch_event("pointerdown")

    expect(phone.locator(".menu__list")).to_be_hidden()


def test_menu_of_a_phone_works_without_javascript(without_scripts, live_server, article):
    page = without_scripts
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/en/")
    page.locator(".menu__button").click()
    page.locator(".menu__list a").first.click()

    expect(page).to_have_url(f"{live_server.url}/en/section/politics/")


def test_menu_of_a_wide_screen_is_a_bar(page, live_server, article):
    page.goto(f"{live_server.url}/en/section/politics/")

    expect(page.locator(".menu__button")).to_be_hidden()
    expect(page.locator(".menu__list a[aria-current=page]")).to_have_text("Politics")
    tab_to(page, page.locator(".menu__list a").first)
    page.keyboard.press("Escape")
    expect(page.locator(".menu__list a").first).to_be_focused()


def test_what_a_wide_screen_shows_unfolded_is_open_and_folds_on_a_phone(page, live_server, article):
    page.goto(f"{live_server.url}/en/section/politics/")
    folds = page.locator("[data-menu], .fold")
    opened = lambda: folds.evaluate_all("folds => folds.map(fold => fold.open)")  # noqa: E731

    assert opened() == [True] * folds.count()
    page.set_viewport_size(PHONE)
    page.wait_for_function("!document.querySelector('.fold').open")
    assert opened() == [False] * folds.count()
    assert folds.count() >= 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/en/", "/zh-hans/"])
def test_front_page_fits_320_pixels(page, live_server, article, path, scheme):
    article.title_en = "Supercalifragilisticexpialidocious-internationalisation of freight " * 2
    article.save()
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(live_server.url + path)

    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_language_switch_takes_the_place_in_the_page_along(page, live_server, article):
    page.goto(f"{live_server.url}{article.address('en')}#comments")
    page.locator(".languages a[lang=zh-Hans]").click()

    expect(page).to_have_url(re.compile(r"/zh-hans/news/.*#comments$"))


def select(page, word):
    page.evaluate(
        """word => {
            const text = document.querySelector("[data-typo-field=body] p").firstChild;
            const at = text.data.indexOf(word);
            getSelection().setBaseAndExtent(text, at, text, at + word.length);
        }""",
        word,
    )


def test_typo_dialog_keeps_the_focus_and_returns_it(page, live_server, article):
    page.goto(live_server.url + article.address("en"))
    select(page, "recieved")
    button, dialog = page.locator("[data-typo-button]"), page.locator("dialog")
    expect(button).to_be_visible()
    button.focus()
    page.keyboard.press("Enter")
    expect(dialog.locator("[name=correction]")).to_be_focused()

    for _step in range(9):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")

    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "recieved"


def test_comment_form_takes_the_focus_where_it_is_wanted(page, live_server, article):
    page.goto(live_server.url + article.address("en"))
    page.locator("[data-comments-open]").focus()
    page.keyboard.press("Enter")
    form = page.locator("form[data-comments-form]")
    expect(form.locator("[name=name]")).to_be_focused()

    form.locator("[name=name]").fill("Ann")
    form.locator("[name=email]").fill("no address")
    form.locator("textarea").first.fill("Kept")
    form.locator("button[type=submit]").press("Enter")

    expect(form.locator("[name=email]")).to_be_focused()
    expect(form.locator("textarea").first).to_have_value("Kept")


@pytest.mark.parametrize("javascript", [True, False])
def test_search_on_a_phone_folds_its_filters_until_they_are_wanted(browser, live_server, article, javascript):
    page = browser.new_context(viewport=PHONE, java_script_enabled=javascript).new_page()
    page.goto(f"{live_server.url}/en/search/?q=port")
    form, state = page.locator(".search-page__form"), page.get_by_label("State", exact=True)
    expect(state).to_be_hidden()
    assert page.locator(".hit__title").bounding_box()["y"] < PHONE["height"]

    page.locator(".search-page__filters summary").focus()
    page.keyboard.press("Enter")
    state.select_option("KZ")
    form.get_by_role("button", name="Find").click()

    assert "q=port&section=&state=KZ" in page.url
    expect(state).to_be_visible()
    page.context.close()


def test_search_on_a_wide_screen_shows_its_filters_without_a_button(page, live_server, article):
    page.goto(f"{live_server.url}/en/search/?q=port")

    expect(page.get_by_label("Order", exact=True)).to_be_visible()
    expect(page.locator(".search-page__filters summary")).to_be_hidden()
    page.set_viewport_size(PHONE)
    expect(page.get_by_label("Order", exact=True)).to_be_hidden()
