"""The library of pictures under an editor's hands."""

import base64
import io

import pytest
from PIL import Image as Pillow
from playwright.sync_api import expect

from news.models import Article, Image

from ..factories import make_article, make_user
from .desk import save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SLOW = 20_000  # ms: each upload is checked, stored and made into its first renditions


def content(colour):
    file = io.BytesIO()
    Pillow.new("RGB", (800, 400), colour).save(file, "JPEG")
    return base64.b64encode(file.getvalue()).decode()


DROP = """(place, files) => {
    const data = new DataTransfer();
    for (const [name, content] of files) {
        const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name, { type: "image/jpeg" }));
    }
    place.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def choose(button):
    """Presses it in a window that closes then, maybe before Playwright has seen that the press was done."""
    with button.page.expect_event("close"):
        button.evaluate("button => { setTimeout(() => button.click()) }")


def drop(page, *files):
    page.locator("[data-drop]").evaluate(DROP, [list(file) for file in files])


def test_two_pictures_are_dropped_focused_and_put_into_a_story(sign_in, live_server):
    desk = sign_in(make_user(groups=["Editor"]))
    desk.goto(f"{live_server.url}/en/admin/news/image/upload/")
    bad = base64.b64encode(b"nothing").decode()
    drop(desk, ("red.jpg", content((200, 0, 0))), ("bad.jpg", bad), ("blue.jpg", content((0, 0, 200))))
    expect(desk.locator("[data-upload-said]")).to_have_text("Pictures taken: 2. Not taken: 1.", timeout=SLOW)
    expect(desk.locator(".upload-result", has_text="bad.jpg")).to_contain_text("not a picture that we can use")

    # The focal point by a click, with the crops at once, and by the keyboard.
    desk.locator(".upload-result", has_text="red.jpg").get_by_role("link").click()
    desk.locator("[data-focal]").click(position={"x": 48, "y": 120})
    expect(desk.locator("#id_focal_x")).to_have_value("0.100")
    square = desk.locator("[data-crop] img").nth(1)
    assert square.evaluate(
        "image => [getComputedStyle(image).objectPosition, image.clientWidth === image.clientHeight]"
    ) == [
        "0% 50%",
        True,
    ]
    desk.locator("#id_focal_x").press("ArrowUp")
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator(".messagelist .success")).to_be_visible()
    red, blue = Image.objects.get(file_name="red.jpg"), Image.objects.get(file_name="blue.jpg")
    assert red.focal_x == pytest.approx(0.11)

    # One as the lead, found in the library; another one for the gallery, uploaded in place; one inside the text.
    article = make_article(["en"], body_en="<p>Before</p>", published=False)
    desk.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/change/")
    lead = desk.locator(".field-lead_image [data-picture-input]")
    with desk.expect_popup() as opened:
        lead.locator("[data-picture-choose]").click()
    opened.value.wait_for_load_state()  # its script answers the click
    choose(opened.value.locator("ul.picker button", has_text="red.jpg"))
    expect(lead.locator("input")).to_have_value(str(red.pk))
    expect(lead.locator("img")).to_be_visible()

    gallery = desk.locator("#gallery-0 [data-picture-input]")
    with desk.expect_popup() as opened:
        gallery.locator("[data-picture-choose]").click()
    library = opened.value
    library.wait_for_load_state()
    drop(library, ("green.jpg", content((0, 200, 0))))
    choose(library.locator("[data-upload-results] button"))
    expect(gallery.locator("input")).not_to_have_value("")

    desk.locator(".field-body_en .tiptap").click()
    desk.locator(
        ".field-body_en .prose-menubar button[title*=figure i], .field-body_en .prose-menubar button[title*=image i]"
    ).first.click()
    dialog = desk.locator("dialog.prose-editor-dialog")
    with desk.expect_popup() as opened:
        dialog.get_by_role("button", name="Browse").click()
    opened.value.wait_for_load_state()  # its script answers the click
    choose(opened.value.locator("ul.picker button", has_text="blue.jpg"))
    dialog.locator("button[type=submit]").click()
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator(".messagelist .success")).to_be_visible()

    saved = Article.objects.get()
    assert saved.lead_image == red
    assert [item.image.file_name for item in saved.gallery.all()] == ["green.jpg"]
    assert f'src="/images/{blue.token}/"' in saved.body_en


def test_pictures_dropped_into_a_text_go_into_the_library_and_ask_for_their_words(sign_in, live_server):
    article = make_article(["en"], body_en="<p>Before</p><p>After</p>", published=False)
    desk = sign_in(make_user(groups=["Editor"]))
    desk.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/change/")
    text = desk.locator(".field-body_en .tiptap")
    text.scroll_into_view_if_needed()
    text.locator("p", has_text="Before").evaluate(
        """(place, files) => {
            const data = new DataTransfer();
            for (const [name, content] of files) {
                const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
                data.items.add(new File([bytes], name, { type: "image/jpeg" }));
            }
            const { left, top } = place.getBoundingClientRect();
            place.dispatchEvent(new DragEvent("drop", {
                dataTransfer: data, bubbles: true, cancelable: true, clientX: left + 5, clientY: top + 5,
            }));
        }""",
        [["bad.jpg", base64.b64encode(b"nothing").decode()], ["red.jpg", content((200, 0, 0))],
         ["blue.jpg", content((0, 0, 200))]],
    )  # fmt: skip
    for words in ("A red field", "A blue field"):
        dialog = desk.locator("dialog[open]")
        expect(dialog.locator("[name=altText]")).to_be_focused(timeout=SLOW)
        dialog.locator("[name=altText]").fill(words)
        dialog.locator("button[type=submit]").click()
        expect(text.locator(f'img[alt="{words}"]')).to_be_visible()
    expect(desk.locator(".field-body_en [role=status]")).to_contain_text("bad.jpg: ")
    save(desk)

    red, blue = Image.objects.get(file_name="red.jpg"), Image.objects.get(file_name="blue.jpg")
    body = Article.objects.get().body_en
    places = [body.index(part) for part in ("Before", red.token, "A red field", blue.token, "A blue field", "After")]
    assert places == sorted(places)


def test_pictures_are_uploaded_without_scripts(without_scripts, sign_in, live_server):
    signed = sign_in(make_user(groups=["Reporter"]))
    page = without_scripts
    page.context.add_cookies(signed.context.cookies())
    page.goto(f"{live_server.url}/en/admin/news/image/upload/")
    files = [
        {"name": name, "mimeType": "image/jpeg", "buffer": base64.b64decode(content(colour))}
        for name, colour in (("red.jpg", (200, 0, 0)), ("blue.jpg", (0, 0, 200)))
    ]
    page.set_input_files("#id_files", files)
    page.get_by_role("button", name="Upload").click()

    expect(page.locator(".upload-result a")).to_have_count(2)
