"""What comes out of a reader's printer: Chromium prints, and the PDF is read back."""

import io
import re
import unicodedata
from datetime import timedelta

import pytest
from django.utils import timezone
from pypdf import PdfReader

from news.models import GalleryItem
from states.models import State
from tests.factories import make_article, make_author, make_image, make_section

A4 = (595, 842)
PARAGRAPHS = {
    "ru": "<p>Паром пришёл в порт в полдень, и его встречали рабочие.</p>",
    "en": "<p>The ferry came into port at noon, and workers met it.</p>",
    "zh-hans": "<p>渡轮中午抵港，工人们在码头迎接。</p>",
}
NAVIGATION = {
    "ru": ("Главная", "Архив", "Комментарии", "Версия для печати", "Последние новости"),
    "en": ("Home", "Archive", "Comments", "Print version", "Latest news", "Report a mistake"),
    "zh-hans": ("首页", "归档", "评论", "打印版", "最新消息"),
}
ADDRESS = {"ru": "Адрес материала", "en": "Address of this story", "zh-hans": "本文网址"}


def printed(page, url):
    """Of a page that stands: no browser waits for pictures that are on their way."""
    page.goto(url, wait_until="networkidle")
    pdf = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    for sheet in pdf.pages:
        assert (round(float(sheet.mediabox.width)), round(float(sheet.mediabox.height))) == A4
    return pdf


def text_of(pdf):
    return " ".join(map(words_of, pdf.pages))


def words_of(sheet):
    """Ligatures and look-alikes, as fonts draw them, are the letters that they stand for."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", sheet.extract_text()))


def pictures_of(pdf):
    """The heights of the pictures in points, as they are on the sheets."""
    found = []
    for sheet in pdf.pages:

        def note(operator, operands, matrix, _text_matrix):
            if operator == b"Do":
                found.append(abs(float(matrix[3])))

        sheet.extract_text(visitor_operand_before=note)
    return found


@pytest.fixture
def article():
    captions = {"caption_ru": "Причал", "caption_en": "The pier", "caption_zh_hans": "码头", "credit_en": "Our desk"}
    lead, image = make_image(size=(800, 2400), **captions), make_image(size=(800, 2400), **captions)
    made = make_article(
        lead_image=lead,
        authors=[make_author()],
        lead_en="A first ferry.",
        source_name_en="The ministry",
        source_url="https://example.org/source",
        body_ru=PARAGRAPHS["ru"] * 40,
        body_en='<p>More is <a href="https://example.org/more">told there</a>.</p>' + PARAGRAPHS["en"] * 40,
        body_zh_hans=PARAGRAPHS["zh-hans"] * 40,
    )
    GalleryItem.objects.create(article=made, image=image)
    return made


@pytest.mark.parametrize("language", PARAGRAPHS)
@pytest.mark.parametrize("view", ["news:article", "news:print"])
def test_article_is_printed_with_its_address_and_without_what_can_be_pressed(
    page, live_server, article, language, view
):
    pdf = printed(page, live_server.url + article.address(language, view))

    text = text_of(pdf)
    assert article.text("title", language) in text
    assert ADDRESS[language] in text
    assert live_server.url + article.address(language) in text.replace(" ", "")
    assert [word for word in NAVIGATION[language] if re.search(rf"\b{word}\b", text)] == []


@pytest.mark.parametrize("view", ["news:article", "news:print"])
def test_printed_article_holds_all_its_parts(page, live_server, article, view):
    text = text_of(printed(page, live_server.url + article.address("en", view)))

    for part in (
        "A first ferry.", "The desk", "Moscow time", "The pier", "Our desk", "The ministry", "https://example.org/more",
        "https://example.org/source",
    ):  # fmt: skip
        assert part in text
    assert text.count("workers met it") == 40


@pytest.mark.parametrize("view", ["news:article", "news:print"])
def test_no_sheet_is_empty_and_no_picture_cut(page, live_server, article, view):
    pdf = printed(page, live_server.url + article.address("en", view))

    assert [number for number, sheet in enumerate(pdf.pages) if len(sheet.extract_text()) < 40] == []
    heights = pictures_of(pdf)
    assert len(heights) >= 2
    assert max(heights) < A4[1] / 2


def test_page_numbers_stand_on_each_sheet(page, live_server, article):
    pdf = printed(page, live_server.url + article.address("en"))

    total = len(pdf.pages)
    assert total > 1
    for number, sheet in enumerate(pdf.pages, 1):
        assert f"{number} / {total}" in sheet.extract_text()


def test_introduction_of_a_list_is_not_left_alone_at_the_foot_of_a_sheet(page, live_server):
    body = "<p>First on the calendar are:</p><ul>" + "<li>a meeting of ministers</li>" * 5 + "</ul>"
    page.goto(live_server.url + make_article(body_en=body).address("en"))
    page.evaluate("document.querySelector('.prose').prepend(document.createElement('div'))")

    for height in range(150, 250, 4):  # millimetres: through the whole foot of the sheet, by less than a line
        page.evaluate("height => document.querySelector('.prose > div').style.blockSize = `${height}mm`", height)
        sheets = [words_of(sheet) for sheet in PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages]
        introduction = next(number for number, words in enumerate(sheets) if "First on the calendar" in words)
        assert "a meeting of ministers" in sheets[introduction], height


@pytest.mark.parametrize("columns", [6, 8, 9, 14, 15, 24])
def test_wide_table_is_whole_on_paper(page, live_server, columns):
    words = [f"Сельскохозяйственное{number:02}" for number in range(columns)]
    head = "".join(f"<th>{word}</th>" for word in words)
    body = f"<table><tbody><tr>{head}</tr><tr>{head.replace('th>', 'td>')}</tr></tbody></table>"
    yesterday = timezone.now() - timedelta(days=1)
    article = make_article(at=yesterday, body_ru=body)
    digest = f"/digest/{timezone.localtime(yesterday).date()}/"

    for path in (article.address("ru"), article.address("ru", "news:print"), digest):
        text = re.sub(r"\s", "", text_of(printed(page, live_server.url + path)))
        assert [word for word in words if text.count(word) != 2] == [], path
        table = page.locator("table")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 673, "height": 900})  # 178mm: between the margins of A4
        assert table.evaluate("table => table.scrollWidth <= table.closest('.prose').clientWidth"), path
        sizes = table.locator("td").evaluate_all(
            "cells => cells.map(cell => parseFloat(getComputedStyle(cell).fontSize))"
        )
        assert min(sizes) >= 7  # CSS pixels: 5.25pt
        page.emulate_media(media="null")


def test_digest_has_its_contents_on_the_first_sheet_and_stories_from_the_second(page, live_server):
    yesterday = timezone.now() - timedelta(days=1)
    made = [make_article(at=yesterday, lead_image=make_image(), body_en=PARAGRAPHS["en"] * 20) for _number in range(3)]
    day = timezone.localtime(yesterday).date()

    pdf = printed(page, f"{live_server.url}/en/digest/{day}/")

    first, second, *_rest = map(words_of, pdf.pages)
    assert "Contents" in first
    assert all(article.title_en in first for article in made)
    assert "workers met it" not in first
    assert second.removeprefix(f"2 / {len(pdf.pages)} ").startswith(f"1. {made[2].title_en}")
    assert "Make the digest" not in text_of(pdf)
    assert len(pictures_of(pdf)) == 3


def test_pictures_far_down_are_there_before_anybody_prints(page, live_server, article):
    page.goto(live_server.url + article.address("en"), wait_until="networkidle")
    page.evaluate("navigator.serviceWorker.ready")

    pictures = page.locator(".story picture > img")
    came = pictures.evaluate_all("images => images.map(image => [image.closest('dialog') !== null, image.complete])")
    assert sorted(came) == [[False, True], [False, True], [True, False]]
    assert len(pictures_of(printed(page, page.url))) == 2  # now by the worker


@pytest.mark.parametrize(
    "path", ["/en/", "/en/section/politics/", "/en/states/kz/", "/en/states/", "/en/search/?q=ferry"]
)
def test_lists_are_printed_without_the_site_around_them(page, live_server, path):
    section = make_section("politics")
    states = [State.objects.get(iso2="KZ")]
    for number in range(3):
        make_article(section=section, title_en=f"A ferry {number}", states=states)

    pdf = printed(page, live_server.url + path)

    text = text_of(pdf)
    assert ("A ferry 2" in text) is (path != "/en/states/")
    assert [word for word in ("Contact us", "Latest news", "Digest to print", "RSS") if word in text] == []
    assert [number for number, sheet in enumerate(pdf.pages) if len(sheet.extract_text()) < 20] == []
