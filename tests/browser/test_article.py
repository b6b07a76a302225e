"""An article's page under a reader's hands: gallery, text size, handing on; with and without JavaScript."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from news.models import GalleryItem

from ..factories import make_article, make_image, make_section


@pytest.fixture
def article():
    article = make_article(
        section=make_section("politics"),
        title_en="The port opens",
        body_en="<p>The first ferry came at noon.</p>" * 40,
    )
    for number in range(1, 4):
        image = make_image((700, 500), alt_en=f"Port {number}", caption_en=f"Caption {number}", credit_en="Our desk")
        GalleryItem.objects.create(article=article, image=image, position=number)
    return article


@pytest.fixture
def address(live_server, article):
    return live_server.url + article.address("en")


def in_sight(page, picture):
    """Whether the picture is the one that fills the dialog."""
    return (
        page.get_by_role("dialog")
        .get_by_role("img", name=picture)
        .evaluate(
            "image => { const box = image.closest('figure').getBoundingClientRect(); return box.left > -2 && box.right < innerWidth + 2 }"
        )
    )


def test_arrow_keys_walk_along_the_strip(page, address):
    page.goto(address)
    links = page.locator("[data-gallery-link]")
    links.first.focus()

    for key, place in (
        ("ArrowRight", 1),
        ("End", 2),
        ("ArrowRight", 2),
        ("ArrowLeft", 1),
        ("Home", 0),
        ("ArrowLeft", 0),
    ):
        page.keyboard.press(key)
        expect(links.nth(place)).to_be_focused()


def test_enlarged_pictures_by_keyboard_alone(page, address):
    page.goto(address)
    page.locator("[data-gallery-link]").nth(1).focus()
    page.keyboard.press("Enter")

    dialog = page.get_by_role("dialog")
    count = dialog.get_by_role("status")
    expect(count).to_have_text("Picture 2 of 3")
    assert in_sight(page, "Port 2")
    expect(dialog.get_by_text("Caption 2")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(count).to_have_text("Picture 3 of 3")
    assert in_sight(page, "Port 3")
    assert not in_sight(page, "Port 2")
    page.keyboard.press("Home")
    expect(count).to_have_text("Picture 1 of 3")
    assert in_sight(page, "Port 1")
    page.keyboard.press("End")
    expect(count).to_have_text("Picture 3 of 3")
    expect(dialog.get_by_role("button", name="Next picture")).to_have_attribute("aria-disabled", "true")

    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-gallery-link]").nth(1)).to_be_focused()


def test_focus_stays_in_the_dialog(page, address):
    page.goto(address)
    page.locator("[data-gallery-link]").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()

    for _step in range(12):
        page.keyboard.press("Tab")
        # A modal dialog lets the focus out to the browser's own bar alone, where the page sees none.
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog[open]')"
        )


def test_finger_moves_the_pictures_and_the_count_follows(page, address):
    page.goto(address)
    page.locator("[data-gallery-link]").first.click()
    count = page.get_by_role("dialog").get_by_role("status")
    expect(count).to_have_text("Picture 1 of 3")

    page.locator("[data-viewer-track]").evaluate("track => track.scrollBy({ left: track.clientWidth * 0.7 })")

    expect(count).to_have_text("Picture 2 of 3")  # it snaps to the whole picture
    expect(page.locator("[data-viewer-track]")).to_have_js_property("scrollLeft", 1366)


def test_gallery_without_javascript_leads_to_the_large_pictures(without_scripts, live_server, address):
    page = without_scripts
    page.goto(address)
    expect(page.locator("dialog.viewer")).to_be_hidden()
    link = page.get_by_role("link", name="Port 2 Enlarge picture 2 of 3")
    href = link.get_attribute("href")

    response = page.request.get(live_server.url + href)

    assert response.status == 200
    assert response.headers["content-type"] == "image/jpeg"


def test_link_is_copied_and_said(page, address, article, settings):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address)
    page.get_by_role("button", name="Copy the link").click()

    expect(page.locator("[data-share-status]")).to_have_text("The link is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == settings.SITE_URL + article.address("en")


def test_link_that_can_t_be_copied_is_shown(page, address):
    page.add_init_script(
        "navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    page.goto(address)
    page.get_by_role("button", name="Copy the link").click()

    expect(page.locator("[data-share-status]")).to_contain_text(address)


def test_browser_s_own_sheet_gets_the_story(page, address):
    page.add_init_script("navigator.share = async data => { window.shared = data }")
    page.goto(address)
    page.get_by_role("link", name="Share", exact=True).click()

    assert page.evaluate("shared") == {"url": address, "title": "The port opens"}


def test_code_for_wechat_is_fetched_when_it_is_asked_for(page, address, article):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    codes = [url for url in asked if url.endswith(".svg") and "/news/" in url]

    page.get_by_text("WeChat").click()
    expect(page.locator(".share__picture")).not_to_have_js_property("naturalWidth", 0)

    assert codes == []
    assert any(url.endswith(f"/en/news/{article.pk}/qr.svg") for url in asked)


def test_sharing_without_javascript(without_scripts, live_server, address):
    page = without_scripts
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    expect(page.get_by_role("button", name="Copy the link")).to_be_hidden()
    telegram = page.get_by_role("link", name="Share: Telegram").get_attribute("href")
    assert parse_qs(urlsplit(telegram).query) == {"url": [address], "text": ["The port opens"]}

    page.get_by_text("WeChat").click()

    code = page.get_by_role("img", name="QR code with the address of this story")
    expect(code).to_be_visible()
    assert [url for url in asked if not url.startswith(live_server.url)] == []


def size_of(page):
    return page.locator(".story__body").evaluate("body => parseFloat(getComputedStyle(body).fontSize)")


def test_size_of_the_text_is_kept_and_moves_nothing_after_a_reload(page, address):
    page.add_init_script(
        """window.shift = 0;
        new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shift += entry.value })
            .observe({ type: "layout-shift", buffered: true });"""
    )
    page.goto(address)
    before = size_of(page)
    larger = page.get_by_role("button", name="Larger text")
    larger.click()
    larger.click()
    page.get_by_role("button", name="More space between lines").click()
    assert size_of(page) == pytest.approx(before * 1.3, rel=0.01)
    expect(page.locator(".text-size [role=status]")).to_have_text("130 %")

    page.reload()
    page.wait_for_load_state("networkidle")

    assert size_of(page) == pytest.approx(before * 1.3, rel=0.01)
    expect(page.get_by_role("button", name="More space between lines")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("shift") == 0
    assert page.context.cookies() == []


def test_size_of_the_text_has_ends(page, address):
    page.goto(address)
    smaller = page.get_by_role("button", name="Smaller text")
    before = size_of(page)
    for _press in range(3):
        smaller.click(force=True)  # it says that it is disabled, and keeps the focus

    assert size_of(page) == pytest.approx(before * 0.9, rel=0.01)
    expect(smaller).to_have_attribute("aria-disabled", "true")


def test_page_reads_without_a_place_to_keep_the_size(page, address):
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    page.goto(address)
    before = size_of(page)
    page.get_by_role("button", name="Larger text").click()

    assert size_of(page) > before


def test_page_reflows_on_a_narrow_screen(page, address):
    page.set_viewport_size({"width": 320, "height": 600})
    page.goto(address)

    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_controls_are_large_enough_for_a_finger(page, address):
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(address)

    boxes = page.locator(".text-size button, .story__share, .share__way:visible").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(box => [box.width, box.height])"
    )

    assert len(boxes) >= 8
    assert min(min(box) for box in boxes) >= 24
