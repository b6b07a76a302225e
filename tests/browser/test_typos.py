"""A reader finds a mistake, and a moderator corrects it, as both do it: keyboard, touch, without scripts."""

import json
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from comments import readers, typos
from comments.models import TypoDecision, TypoReport
from news.models import Article
from tests.factories import make_article, make_image, make_section, make_user

CASES = json.loads((Path(__file__).parent.parent / "data" / "typos.json").read_text())
BODIES = {
    "body_en": "<p>Tea and milk.</p><p>The fer<strong>ry recie</strong>ved its\u00a0passengers at noon. More will follow.</p>",
    "body_ru": "<p>Паром ушол в со\u00adглас\u00adованный час. Ещё будет.</p>",
    "body_zh_hans": "<p>第一艘渡轮中午<em>接</em>纳旅客。既使下雨也开。</p>",
}


@pytest.fixture
def article():
    lead = make_image(caption_en="The port in Aktau", caption_ru="Порт", caption_zh_hans="港口")
    article = make_article(
        section=make_section("politics"),
        title_en="The port opens",
        lead_en="It caries tea.",
        lead_image=lead,
        **BODIES,
    )
    article.gallery.create(image=make_image(caption_en="The ferri in Aktau"))
    return article


SELECT = """([field, words]) => {
    for (const part of document.querySelectorAll(`[data-typo-field=${field}]`)) {
        const nodes = [];
        const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) nodes.push(walker.currentNode);
        const text = nodes.map((node) => node.data).join("");
        const start = text.indexOf(words);
        if (start < 0) continue;
        const place = (index) => {
            for (const node of nodes) { if (index <= node.length) return [node, index]; index -= node.length; }
        };
        getSelection().setBaseAndExtent(...place(start), ...place(start + words.length));
        return;
    }
    throw new Error(`${words} is not in ${field}`);
}"""


def open_article(page, live_server, article, language="en"):
    page.goto(live_server.url + article.address(language))


def select(page, words, field="body"):
    """Selects the words, also through tags, as a reader's keys or fingers do."""
    page.evaluate(SELECT, [field, words])


@pytest.mark.parametrize(
    ("language", "keys", "selected", "quote", "correction", "thanks"),
    [
        ("en", "Control+Enter", "recieved its\u00a0passengers ", "recieved its passengers", "received its passengers", "Thank you"),
        ("ru", "Meta+Enter", "ушол в со\u00adглас\u00adованный", "ушол в согласованный", "ушёл в согласованный", "Спасибо"),
        ("zh-hans", "Control+Enter", "接纳", "接纳", "接待", "感谢"),
    ],
)  # fmt: skip
def test_report_by_keyboard(page, live_server, article, language, keys, selected, quote, correction, thanks):
    open_article(page, live_server, article, language)
    select(page, selected)

    page.keyboard.press(keys)
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("mark")).to_have_text(quote)
    expect(dialog.locator("[name=correction]")).to_be_focused()
    expect(dialog.locator("[name=correction]")).to_have_value(quote)
    page.keyboard.insert_text(correction)
    page.keyboard.press("Enter")
    expect(dialog.locator("[data-typo-done]")).to_contain_text(thanks)
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)

    report = TypoReport.objects.get()
    assert (report.quote, report.correction, report.language, report.anchored) == (quote, correction, language, True)
    assert page.context.cookies() == []
    typos.apply_correction(report.place, correction, by=make_user())
    texts = {"en": "received its", "ru": "ушёл в со\u00adглас", "zh-hans": "<em>接</em>待"}
    body = Article.objects.get().text("body", language).replace("<strong>ry rece</strong>ived", "received")
    assert texts[language] in body.replace("<strong>", "").replace("</strong>", "").replace("&nbsp;", " ")


def test_report_by_touch(browser, live_server, article):
    context = browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 760})
    page = context.new_page()
    open_article(page, live_server, article, "zh-hans")
    select(page, "既使")

    button = page.locator("[data-typo-button]")
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box["height"] >= 44
    assert box["y"] + box["height"] <= 760
    assert box["y"] > 650  # at the foot, where the system's own menu does not cover it
    button.tap()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=correction]").fill("即使")
    dialog.locator("summary").tap()
    dialog.locator("[name=email]").fill("anna@example.org")
    dialog.locator("[data-typo-send]").tap()
    expect(dialog.locator("[data-typo-done]")).to_be_visible()
    context.close()

    report = TypoReport.objects.get()
    assert (report.quote, report.correction, report.reporter_email) == ("既使", "即使", "anna@example.org")


@pytest.mark.parametrize(
    ("field", "words", "column"),
    [
        ("title", "port", "title_en"),
        ("lead", "caries", ""),
        ("caption", "ferri", "caption"),
        ("caption", "port", "lead"),
    ],
)
def test_report_in_headline_lead_and_captions(page, live_server, article, field, words, column):
    open_article(page, live_server, article)
    select(page, words, field)
    page.keyboard.press("Control+Enter")
    page.locator("dialog[open] [name=correction]").fill("x")
    page.keyboard.press("Enter")
    expect(page.locator("[data-typo-done]")).to_be_visible()

    report = TypoReport.objects.get()
    image = {"caption": article.gallery.get().image, "lead": article.lead_image}.get(column)
    assert (report.field, report.image, report.anchored) == (field, image, True)


def test_report_by_mouse(page, live_server, article):
    open_article(page, live_server, article)
    page.evaluate(SELECT, ["body", "milk"])
    box = page.evaluate(
        "(() => { const b = getSelection().getRangeAt(0).getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })()"
    )
    page.evaluate("getSelection().removeAllRanges()")
    page.mouse.dblclick(box[0] + box[2] / 2, box[1] + box[3] / 2)

    page.locator("[data-typo-button]").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("[name=correction]")).to_have_value("milk")
    dialog.locator("[name=correction]").fill("cream")
    dialog.locator("[data-typo-send]").click()
    expect(dialog.locator("[data-typo-done]")).to_be_visible()

    report = TypoReport.objects.get()
    assert (report.quote, report.correction, report.anchored) == ("milk", "cream", True)


def test_selection_is_refused_in_the_page_s_language(page, live_server, article):
    Article.objects.update(
        body_en=f"<p>{'word ' * 60}</p>", body_ru=f"<p>{'слово ' * 60}</p>", body_zh_hans=f"<p>{'字' * 300}</p>"
    )
    said = {
        "en": ("Select the words", "longer than 250", "headline, text or captions"),
        "ru": ("Сначала выделите", "250", "заголовк"),
        "zh-hans": ("请先选", "250", "标题"),
    }
    for language, (none, long, outside) in said.items():
        open_article(page, live_server, article, language)
        note = page.locator("[data-typo-message]")
        page.keyboard.press("Control+Enter")
        expect(note).to_contain_text(none)
        page.evaluate("getSelection().selectAllChildren(document.querySelector('[data-typo-field=body] p'))")
        page.keyboard.press("Control+Enter")
        expect(note).to_contain_text(long)
        page.evaluate("getSelection().selectAllChildren(document.querySelector('footer:last-of-type'))")
        page.keyboard.press("Control+Enter")
        expect(note).to_contain_text(outside)
        expect(page.locator("dialog[open]")).to_have_count(0)
    assert not TypoReport.objects.exists()


def test_report_survives_a_lost_network_and_is_sent_when_it_is_back(page, live_server, article, quiet_console):
    open_article(page, live_server, article)
    select(page, "recieved")
    page.keyboard.press("Control+Enter")
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=correction]").fill("received")
    dialog.locator("[name=remark]").fill("i before e")
    page.context.set_offline(True)
    dialog.locator("[data-typo-send]").click()
    expect(dialog.locator("[data-typo-errors]")).to_contain_text("was not sent")
    expect(dialog.locator("[data-typo-done]")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    select(page, "recieved")
    page.keyboard.press("Control+Enter")
    expect(dialog.locator("[name=correction]")).to_have_value("received")
    expect(dialog.locator("[name=remark]")).to_have_value("i before e")
    dialog.locator("[data-typo-send]").click()
    expect(dialog.locator("[data-typo-errors]")).to_be_visible()
    page.context.set_offline(False)  # the page hears of it and sends by itself

    expect(dialog.locator("[data-typo-done]")).to_be_visible()
    assert TypoReport.objects.get().remark == "i before e"
    quiet_console[:] = [line for line in quiet_console if "ERR_INTERNET_DISCONNECTED" not in line]


def test_refusal_of_the_server_keeps_what_was_typed(page, live_server, article, monkeypatch):
    monkeypatch.setattr(readers, "REPORTS", 0)
    open_article(page, live_server, article, "ru")
    select(page, "ушол")
    page.keyboard.press("Control+Enter")
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=correction]").fill("ушёл")
    page.keyboard.press("Enter")

    expect(dialog.locator("[data-typo-errors]")).to_contain_text("слишком много")
    expect(dialog.locator("[name=correction]")).to_have_value("ушёл")
    expect(dialog.locator("[data-typo-done]")).to_be_hidden()


def test_dialog_keeps_the_focus_and_gives_it_back(page, live_server, article):
    open_article(page, live_server, article)
    link = page.locator("[data-typo-link]").first
    link.focus()
    select(page, "recieved")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[name=correction]")).to_be_focused()
    for _ in range(9):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")

    expect(link).to_be_focused()


def test_report_without_scripts(without_scripts, live_server, article):
    page = without_scripts
    open_article(page, live_server, article, "zh-hans")
    page.locator("[data-typo-link]").first.click()
    page.fill("main [name=quote]", "既使")
    page.fill("main [name=correction]", "即使")
    page.locator("main form button[type=submit]").last.click()

    expect(page.locator("h1")).to_have_text("谢谢！")
    report = TypoReport.objects.get()
    assert (report.quote, report.anchored, report.suffix) == ("既使", True, "下雨也开。")


def test_browser_and_server_normalise_alike(page, live_server, article):
    open_article(page, live_server, article)

    script = (
        "async (texts) => { const { normalise } = await import('/static/js/typo.js'); return texts.map(normalise); }"
    )
    assert page.evaluate(script, [raw for raw, _normal in CASES["normalise"]]) == [
        normal for _raw, normal in CASES["normalise"]
    ]


def test_queue_of_ten_is_worked_off_by_keyboard(page, live_server, article, sign_in):
    fields = ("prefix", "suffix", "remark", "name", "email", "image", "field")
    data = dict.fromkeys(fields, "") | {"position": None, "version": None}
    for number in range(8):
        story = make_article(body_en=f"<p>Story {number}. The <em>begin</em>ing was cold.</p>")
        typos.take(story, "en", data | {"field": "body", "quote": "begining", "correction": "beginning"}, "")
    typos.take(article, "ru", data | {"field": "body", "quote": "ушол", "correction": "ушёл"}, "")
    typos.take(article, "zh-hans", data | {"field": "body", "quote": "既使", "correction": "即使"}, "")
    moderator = make_user(groups=["Moderator"])
    sign_in(moderator)
    page.goto(f"{live_server.url}/en/admin/comments/typoreport/queue/")
    current = page.locator("[data-typos-group]:focus")
    expect(page.locator("[data-typos-group]")).to_have_count(10)

    page.keyboard.press("j")
    expect(page.locator("[data-typos-group]").nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("d")
    expect(page.locator("[data-typos-group]")).to_have_count(9)
    for left in range(8, -1, -1):
        expect(current).to_have_count(1)
        page.keyboard.press("a")
        expect(page.locator("[data-typos-group]")).to_have_count(left)
    page.keyboard.press("u")
    expect(page.locator("[data-typos-group]")).to_have_count(1)

    kinds = list(TypoDecision.objects.order_by("pk").values_list("kind", "undone_at"))
    assert [kind for kind, _undone in kinds] == ["declined", *["applied"] * 9]
    assert [undone is None for _kind, undone in kinds] == [*[True] * 9, False]
    story = Article.objects.get(pk=article.pk)
    assert "ушёл" in story.body_ru
    assert "既使" in story.body_zh_hans
    assert Article.objects.filter(body_en__contains="<em>beginn</em>ing").count() == 7


def test_of_two_moderators_at_once_one_decides(browser, page, live_server, article, sign_in):
    data = dict.fromkeys(("prefix", "suffix", "remark", "name", "email", "image"), "") | {
        "position": None,
        "version": None,
    }
    typos.take(article, "ru", data | {"field": "body", "quote": "ушол", "correction": "ушёл"}, "")
    address = f"{live_server.url}/en/admin/comments/typoreport/queue/"
    sign_in(make_user(groups=["Moderator"]))
    other = browser.new_context()
    other.add_cookies(page.context.cookies())
    desks = [page, other.new_page()]
    sign_in(make_user(groups=["Editor"]))
    for desk in desks:
        desk.goto(address)
        expect(desk.locator("[data-typos-group]")).to_be_focused()

    for desk, key in zip(desks, "ad", strict=True):
        desk.keyboard.press(key)

    for desk in desks:
        expect(desk.locator("[data-typos-group]")).to_have_count(0)
    said = sorted(desk.locator(".messagelist li").get_attribute("class") for desk in desks)
    assert said == ["success", "warning"]
    assert TypoDecision.objects.count() == 1
    other.close()


def test_queue_without_scripts(without_scripts, live_server, article, sign_in):
    page = without_scripts
    fields = ("prefix", "suffix", "remark", "name", "email", "image")
    data = dict.fromkeys(fields, "") | {"position": None, "version": None, "field": "body"}
    typos.take(article, "ru", data | {"quote": "ушол", "correction": "ушёл"}, "")
    signed_in = sign_in(make_user(groups=["Moderator"]))
    page.context.add_cookies(signed_in.context.cookies())
    page.goto(f"{live_server.url}/admin/comments/typoreport/queue/")

    page.get_by_role("button", name="Исправить в тексте").click()
    expect(page.locator(".messagelist .success")).to_contain_text("ушёл")
    page.get_by_role("button", name="Отменить").click()
    expect(page.locator("[data-typos-group] del")).to_have_text("ушол")
    assert "ушол" in Article.objects.get().body_ru


def test_fifty_mixed_reports_are_worked_off_by_keyboard(page, live_server, article, sign_in):
    """Corrections in three languages and all fields, some to be declined, some mended already. The time is printed."""
    data = dict.fromkeys(("prefix", "suffix", "remark", "name", "image"), "") | {"position": None, "version": None}
    data |= {"field": "body", "email": "reader@example.org"}
    expected = []
    for number in range(50):
        story = make_article(
            body_en=f"<p>Story {number}. The <em>begin</em>ing was&nbsp;cold.</p>",
            body_ru=f"<p>Рассказ {number}. Поезд ушол в полдень.</p>",
            body_zh_hans=f"<p>故事{number}。既使下雨也开。</p>",
            title_en=f"The ferri {number}",
        )
        language, name, quote, correction = (
            ("en", "body", "begining", "beginning"), ("ru", "body", "ушол", "ушёл"),
            ("zh-hans", "body", "既使", "即使"), ("en", "title", "ferri", "ferry"), ("en", "body", "cold", "warm"),
        )[number % 5]  # fmt: skip
        typos.take(story, language, data | {"field": name, "quote": quote, "correction": correction}, "")
        if number % 10 == 7:  # somebody has corrected it meanwhile
            story.body_zh_hans = story.body_zh_hans.replace(quote, correction)
            story.save()
        expected.append("declined" if number % 5 == 4 else "mended" if number % 10 == 7 else "applied")
    sign_in(make_user(groups=["Moderator"]))
    page.goto(f"{live_server.url}/en/admin/comments/typoreport/queue/")
    begun = time.monotonic()
    for kind in expected:
        expect(page.locator("[data-typos-group]:focus")).to_have_count(1)
        with page.expect_navigation():
            page.keyboard.press("d" if kind == "declined" else "a")
    expect(page.locator("[data-typos-group]")).to_have_count(0)
    print(f"50 reports were decided on in {time.monotonic() - begun:.1f} s")

    assert list(TypoDecision.objects.order_by("pk").values_list("kind", flat=True)) == expected
    stories = Article.objects.exclude(pk=article.pk)
    assert stories.filter(body_en__contains="<em>beginn</em>ing was&nbsp;cold").count() == 10
    assert stories.filter(body_ru__contains="ушёл").count() == 10
    assert stories.filter(body_zh_hans__contains="即使").count() == 10
    assert stories.filter(title_en__startswith="The ferry").count() == 10
    assert not stories.filter(body_en__contains="warm").exists()
