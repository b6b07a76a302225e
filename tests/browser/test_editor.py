"""The rich text editor in a real browser, under the admin's content security policy."""

import pytest
from playwright.sync_api import expect

from news.models import Article, Edition

from ..factories import make_article, make_image, make_section, make_user

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><style><!-- p.MsoNormal {mso-style-unhide:no; font-family:"Calibri"} --></style></head><body><!--StartFragment-->
<p class=MsoNormal style='margin-bottom:8.0pt;mso-line-height-rule:exactly'><span lang=EN-US style='font-size:14.0pt;
font-family:"Times New Roman",serif;mso-ansi-language:EN-US'>From <b style='mso-bidi-font-weight:normal'>Word</b><o:p></o:p></span></p>
<!--EndFragment--></body></html>"""


@pytest.fixture
def desk(sign_in):
    """An editor, signed in."""
    return sign_in(make_user(groups=["Editor"]))


def area(page, column="body_en"):
    return page.locator(f".field-{column} .tiptap")


def test_story_is_typed_formatted_linked_and_published(desk, live_server):
    make_section("politics")
    desk.goto(f"{live_server.url}/en/admin/news/article/add/")
    desk.select_option("#id_section", index=1)
    desk.fill("#id_title_en", "Written in the browser")
    desk.fill("#id_lead_en", "About a fox and a dog.")
    text = area(desk)
    text.click()
    desk.keyboard.type("The quick ")
    desk.keyboard.press("Control+b")
    desk.keyboard.type("brown fox")
    desk.keyboard.press("Control+b")
    desk.keyboard.type(" jumps over the ")
    desk.keyboard.type("dog")
    desk.keyboard.press("Control+Shift+ArrowLeft")
    desk.locator(".field-body_en button[title='insert link']").click()
    dialog = desk.locator("dialog.prose-editor-dialog")
    dialog.locator("input[name=href]").fill("https://example.org/dog")
    dialog.locator("button[type=submit]").click()
    desk.select_option("#id_edition_en_status", "published")
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator(".messagelist .success")).to_be_visible()

    article = Article.objects.get()
    assert article.body_en == (
        '<p>The quick <strong>brown fox</strong> jumps over the <a href="https://example.org/dog">dog</a></p>'
    )
    desk.goto(f"{live_server.url}/en/")
    expect(desk.get_by_text("Written in the browser").first).to_be_visible()


# Google Docs wraps all in a <b> that is none, and makes bold of spans.
DOCS = """<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr" style="line-height:1.38">
<span style="font-size:11pt;font-weight:400">From </span><span style="font-weight:700;font-style:italic">Docs</span></p></b>"""


def point(text, drawn, level=1):
    return (
        f"<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level{level} lfo1'><![if !supportLists]><span "
        f"style='mso-list:Ignore'>{drawn}<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span><![endif]>{text}</p>"
    )


LISTS = (
    point("One", "1.")
    + point("Inner", "·", 2)
    + point("Two", "2.")
    + "<p class=MsoNormal>Between</p>"
    + point("Dot", "·")
)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (WORD, "<p>From <strong>Word</strong></p>"),
        (DOCS, "<p>From <strong><em>Docs</em></strong></p>"),
        (
            LISTS,
            (
                "<ol><li><p>One</p><ul><li><p>Inner</p></li></ul></li><li><p>Two</p></li></ol><p>Between</p>"
                "<ul><li><p>Dot</p></li></ul>"
            ),
        ),
    ],
)
def test_paste_from_word_processors_comes_out_clean(desk, live_server, html, expected):
    article = make_article(["en"], body_en="<p></p>", published=False)
    desk.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/change/")
    area(desk).click()
    area(desk).evaluate(
        """(element, html) => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        html,
    )
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator(".messagelist .success")).to_be_visible()

    assert Article.objects.get().body_en == expected


def test_picture_is_taken_from_the_library_with_its_caption(desk, live_server):
    image = make_image(title="Bridge", alt_en="A bridge", caption_en="The bridge at dusk")
    article = make_article(["en"], body_en="<p>Before</p>", published=False)
    desk.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/change/")
    area(desk).click()
    desk.locator(
        ".field-body_en .prose-menubar button[title*=figure i], .field-body_en .prose-menubar button[title*=image i]"
    ).first.click()
    dialog = desk.locator("dialog.prose-editor-dialog")
    with desk.context.expect_page() as opened:
        dialog.get_by_role("button", name="Browse").click()
    library = opened.value
    library.wait_for_load_state()  # its script answers the click
    library.get_by_role("button", name="Bridge").click()
    expect(dialog.locator("input[name=altText]")).to_have_value("A bridge")
    dialog.locator("button[type=submit]").click()
    picture = area(desk).locator("figure img")
    expect(picture).to_have_js_property("naturalWidth", 480)  # the editor shows it
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator(".messagelist .success")).to_be_visible()

    assert (
        f'<figure><img src="/images/{image.token}/" alt="A bridge"><figcaption>The bridge at dusk</figcaption></figure>'
        in Article.objects.get().body_en
    )


def test_texts_stand_beside_each_other_and_fit_a_phone(desk, live_server):
    article = make_article()
    desk.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/change/")
    source, translation = (desk.locator(f"fieldset.language-{code}") for code in ("ru", "en"))
    # Beside each other: the state of the translation stands above its fields.
    assert source.bounding_box()["y"] - 10 < translation.bounding_box()["y"] < source.bounding_box()["y"] + 150
    assert source.bounding_box()["x"] < translation.bounding_box()["x"]

    desk.set_viewport_size({"width": 390, "height": 800})

    assert source.bounding_box()["x"] == translation.bounding_box()["x"]
    assert desk.evaluate("document.documentElement.scrollWidth") <= 390


def test_focal_point_is_set_by_a_click(desk, live_server):
    image = make_image()
    desk.goto(f"{live_server.url}/en/admin/news/image/{image.pk}/change/")
    box = desk.locator("[data-focal] img").bounding_box()

    desk.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.75)

    assert float(desk.input_value("#id_focal_x")) == pytest.approx(0.25, abs=0.01)
    assert float(desk.input_value("#id_focal_y")) == pytest.approx(0.75, abs=0.01)


def test_status_is_shown_in_the_language_of_the_address(desk, live_server):
    make_article(["en"])
    desk.goto(f"{live_server.url}/en/admin/news/article/?status_en={Edition.Status.PUBLISHED}")

    desk.get_by_role("link", name="Русский").click()

    expect(desk).to_have_url(f"{live_server.url}/admin/news/article/?status_en=published")


@pytest.mark.parametrize(("prefix", "bold", "rows"), [("", "полужирный", "Строки"), ("/zh-hans", "粗体", "行数")])
def test_editor_speaks_the_language_of_the_desk(desk, live_server, prefix, bold, rows):
    article = make_article(["en"], body_en="<p>Before</p>", published=False)
    desk.goto(f"{live_server.url}{prefix}/admin/news/article/{article.pk}/change/")
    bar = desk.locator(".field-body_en .prose-menubar")
    expect(bar.locator(f"button[title='{bold}']")).to_be_visible()

    titles = bar.locator("[title]").evaluate_all("found => found.map(element => element.title)")
    options = bar.locator(".prose-menubar__option > p, .prose-menubar__option > h2").evaluate_all(
        "found => found.map(element => element.textContent)"
    )

    assert not [word for word in titles + options if word.isascii() and word.strip() and word != "HTML"]


def test_quotation_is_set_large_by_a_choice_of_the_menu(desk, live_server):
    article = make_article(["en"], body_en="<blockquote><p>Words of a minister.</p></blockquote>", published=False)
    desk.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/change/")
    area(desk).locator("blockquote p").click()
    desk.locator(".field-body_en .prose-menubar__selected", has_text="Block style").click()
    desk.locator(".field-body_en .prose-menubar__option", has_text="Pull quote").click()
    expect(area(desk).locator("blockquote.pull")).to_have_text("Words of a minister.")
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator(".messagelist .success")).to_be_visible()

    article.refresh_from_db()
    assert article.body_en == '<blockquote class="pull"><p>Words of a minister.</p></blockquote>'
