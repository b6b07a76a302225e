import os
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from news import caching, legacy_import
from news.legacy import FLAGS, LegacyError, parse_address, parse_page
from news.models import Article, Author, Edition, Section

PAGES = Path(__file__).parent.parent / "data" / "legacy"

SURROUNDINGS = (
    "financial assistance", "Make Infoshos", "Member States", "Phnom Penh", "Add Comment", "Print", "Leave a comment",
    "chess train", "14.06.2019", "орфографической", "слишком", "Партнеры",
)  # fmt: skip


def saved(name):
    return parse_page((PAGES / name).read_bytes())


def a_page(
    body="A text that ends.",
    *,
    head="A headline\n01.02.2018 10:00",
    url="http://infoshos.ru/en/print.php?idn=7",
    mark="no",
):
    return f"URL: {url}\nTRUNCATED: {mark}\n\n{head}\n\n{body}\n"


# The page


def test_article_comes_out_whole_and_alone():
    page = saved("70001.txt")

    assert (page.idn, page.language, page.is_print, page.whole) == (70001, "en", False, True)
    assert page.headline == "Railway engineers agree on a common ticket"
    assert page.published_at.isoformat() == "2019-06-15T09:30:00+03:00"
    assert page.paragraphs == [
        (
            "Engineers of six railways met in Tashkent and agreed that a passenger should need one ticket"
            " for the whole way."
        ),
        "The first trains under the new rules are to leave at 07:15 on the first of September.",
        '"It took us four years and eleven drafts," said the chairwoman of the meeting, Gulnora Yusupova.',
    ]
    assert not any(word in page.text for word in SURROUNDINGS)
    assert page.flags == set()


def test_list_of_dates_and_titles_before_the_article_does_not_shift_its_date():
    page = saved("70002.txt")

    assert page.headline == "Glaciers of the Pamir measured from the air"
    assert page.published_at.isoformat() == "2016-07-11T17:50:00+03:00"
    assert len(page.paragraphs) == 2
    assert page.flags == {"text_truncated"}


LISTS = {
    "date first": "11.07.2016 17:18\nWind pump\n18.05.2016 12:20\nDictionary\n",
    "date first, with a heading": "Latest news\n11.07.2016 17:18\nWind pump\n18.05.2016 12:20\nDictionary\n",
    "date first, a blank line below": "11.07.2016 17:18\nWind pump\n18.05.2016 12:20\nDictionary\n\n",
    "date first, other links below": "11.07.2016 17:18\nWind pump\n18.05.2016 12:20\nDictionary\nSome partner\n",
    "one entry with a heading": "Latest news\n11.07.2016 17:18\nWind pump\n\nSome partner\n",
    "title first": "Wind pump\n11.07.2016 17:18\nDictionary\n18.05.2016 12:20\n",
    "title first, a blank line below": "Wind pump\n11.07.2016 17:18\nDictionary\n18.05.2016 12:20\n\n",
}


@pytest.mark.parametrize("list_above", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("byline", ["", "\nAmina Karimova, special correspondent"], ids=["", "byline"])
@pytest.mark.parametrize("list_below", LISTS.values(), ids=LISTS)
def test_article_is_found_between_lists_in_any_order(list_above, byline, list_below):
    source = (
        f"URL: http://infoshos.ru/en/?idn=5\n\nMember States:\n04:01Phnom Penh\n\n{list_above}"
        f"The headline\n15.07.2016 10:00{byline}\n\nOne.\n\nTwo.\n\n{list_below}"
    )
    page = parse_page(source)

    assert (page.headline, page.published_at.day, page.published_at.hour) == ("The headline", 15, 10)
    assert bool(page.byline) == bool(byline)
    # A heading of the list below can't be told from text where no label stands between; the list itself never stays.
    assert page.paragraphs[:2] == ["One.", "Two."]
    assert not {"Wind pump", "Dictionary"} & set(page.paragraphs)


def test_single_line_breaks_separate_paragraphs_too():
    assert saved("70004.txt").paragraphs == [
        "Question: How many people work here in winter?",
        "Answer: Four of us and a dog. The dog is the only one who never asks for leave.",
        "The road is closed from November.",
        "Once a month a helicopter brings flour, letters and the newspapers of the whole month at once.",
    ]


def test_headline_cut_at_150_characters_is_flagged_and_kept():
    page = saved("70004.txt")

    assert "headline_cut" in page.flags
    assert len(page.headline) == 150
    assert page.headline.endswith("loses the count and t")


@pytest.mark.parametrize(("length", "cut"), [(149, False), (150, True), (151, False)])
def test_only_headlines_of_exactly_150_characters_count_as_cut(length, cut):
    page = parse_page(a_page(head=f"{'H' * length}\n01.02.2018 10:00"))

    assert ("headline_cut" in page.flags) == cut


def test_headline_cut_after_a_space_is_flagged():
    page = parse_page(a_page(head=f"{'H' * 149} \n01.02.2018 10:00"))

    assert "headline_cut" in page.flags
    assert page.headline == "H" * 149


def test_daggers_become_the_no_break_spaces_that_they_stood_for():
    page = saved("print-70003.txt")

    assert page.headline == "Doctors of\u00a0the region train together"
    assert page.paragraphs[1] == "The course begins in Bishkek on\u00a04\u00a0April."
    assert "daggers_replaced" in page.flags
    assert page.is_print


def test_lost_characters_are_flagged_and_the_text_is_kept():
    page = saved("70003.txt")

    assert "characters_lost" in page.flags
    assert page.headline == "Doctors ofthe region train together"


@pytest.mark.parametrize(
    "text", ["The interview was given toCGSS.", "Chinas part is clear.", "One ofthe bridges.", "A b\ufffdd sign."]
)
def test_signs_of_lost_characters(text):
    assert "characters_lost" in parse_page(a_page(text)).flags


@pytest.mark.parametrize(
    "text", ["NGOs and MPs met InfoSCO.", "He doesn't go to the SCO's office.", "Mr McAllen of YouTube."]
)
def test_no_signs_of_lost_characters(text):
    assert parse_page(a_page(text)).flags == set()


def test_spaces_lost_around_links_are_flagged():
    page = saved("70006.txt")

    assert page.flags == {"spaces_lost"}
    assert page.paragraphs[0].startswith("The round table was opened by Rustam Aliev,Silkroad Herald")


@pytest.mark.parametrize(
    "text", ["See www.example.org or a.b@example.org.", "At 3.5 per cent, i.e. 1,000 tonnes.", "来自八个国家,一百。"]
)
def test_addresses_and_numbers_have_no_lost_spaces(text):
    assert "spaces_lost" not in parse_page(a_page(text)).flags


def test_byline_below_the_date():
    page = saved("print-70005.txt")

    assert page.headline == "“The river has two names.” And nobody agrees which is older …"
    assert page.byline == "Amina Karimova, special correspondent – from Osh"
    assert len(page.paragraphs) == 2
    assert "byline_found" in page.flags


@pytest.mark.parametrize(
    "line", ["Question: How are you?", "The road is closed from November.", "background", "Short Title: a list of"]
)
def test_other_lines_below_the_date_are_text(line):
    page = parse_page(a_page(head=f"A headline\n01.02.2018 10:00\n{line}"))

    assert page.byline == ""
    assert page.paragraphs[0] == line


@pytest.mark.parametrize(
    ("moscow", "utc"),
    [
        ("15.06.2008 12:00", datetime(2008, 6, 15, 8, 0, tzinfo=UTC)),
        ("15.01.2008 12:00", datetime(2008, 1, 15, 9, 0, tzinfo=UTC)),
        ("15.01.2013 12:00", datetime(2013, 1, 15, 8, 0, tzinfo=UTC)),
        ("25.10.2014 23:59", datetime(2014, 10, 25, 19, 59, tzinfo=UTC)),
        ("26.10.2014 12:00", datetime(2014, 10, 26, 9, 0, tzinfo=UTC)),
        ("25.02.2020 13:59", datetime(2020, 2, 25, 10, 59, tzinfo=UTC)),
    ],
)
def test_moscow_time_is_that_of_the_day(moscow, utc):
    page = parse_page(a_page(head=f"A headline\n{moscow}"))

    assert page.published_at == utc
    assert page.flags == set()


def test_time_that_the_clock_showed_twice_is_flagged():
    assert parse_page(a_page(head="A headline\n26.10.2014 01:30")).flags == {"time_ambiguous"}


def test_russian_page():
    page = saved("ru-70007.txt")

    assert (page.language, page.headline) == ("ru", "Садоводы Самарканда вывели позднюю вишню")
    assert page.published_at == datetime(2013, 7, 9, 4, 15, tzinfo=UTC)
    assert [paragraph[:12] for paragraph in page.paragraphs] == ["Новый сорт ц", "Саженцы обещ"]
    assert page.flags == set()


def test_chinese_page():
    page = saved("cn-70008.txt")

    assert (page.language, page.headline) == ("zh-hans", "撒马尔罕举办丝路手工艺展")
    assert page.paragraphs == ["来自八个国家的一百多名工匠参加了展览,带来了地毯、陶瓷和木雕。", "展览将持续到十月底。"]
    assert page.flags == set()


def test_language_of_the_text_overrules_that_of_the_address():
    page = parse_page(a_page("Новый сорт цветёт позже.", head="Вишня\n01.02.2018 10:00"))

    assert page.language == "ru"
    assert page.flags == {"language_differs"}


def test_latin_names_do_not_make_a_chinese_text_english():
    page = parse_page(a_page("来自 Samarkand Silk Road Herald 的记者参加了展览。", url="http://infoshos.ru/cn/?idn=3"))

    assert page.language == "zh-hans"


@pytest.mark.parametrize(
    ("mark", "body", "whole"),
    [
        ("no", "An unfinished sent", True),
        ("the text may end early", "A sentence.", False),
        ("the text may end early", "A sentence.\n\n  • Add Comment\n  • Print\n\nLeave a comment", True),
    ],
)
def test_text_may_end_early_unless_the_end_was_seen(mark, body, whole):
    page = parse_page(a_page(body, mark=mark, url="http://infoshos.ru/en/?idn=7"))

    assert page.whole == whole
    assert ("text_truncated" in page.flags) == (not whole)
    assert len(page.paragraphs) == 1


@pytest.mark.parametrize(("body", "whole"), [("A sentence.”", True), ("An unfinished sent", False)])
def test_without_a_mark_the_last_sentence_tells_whether_it_ended(body, whole):
    source = a_page(body).replace("TRUNCATED: no\n", "")

    assert parse_page(source).whole == whole


def test_text_cut_inside_a_character_is_read_up_to_there():
    page = parse_page(a_page("Новый сорт цветёт позже", head="Вишня\n01.02.2018 10:00").encode().rstrip()[:-1])

    assert page.paragraphs == ["Новый сорт цветёт позж"]
    assert "text_truncated" in page.flags


def test_line_ends_and_control_characters_of_any_kind():
    page = parse_page(
        a_page("One.\x07\x0b Still one.\n\n\t\nTwo\u00a0words.").replace("\n", "\r\n").encode("utf-8-sig")
    )

    assert page.paragraphs == ["One. Still one.", "Two\u00a0words."]


BAD = {
    "empty": (b"", "empty"),
    "blank": (b" \n\n", "empty"),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
    "windows-1251": (a_page("Новый сорт цветёт позже обычного.").encode("cp1251"), "not UTF-8"),
    "utf-16": (a_page().encode("utf-16"), "UTF-16"),
    "utf-16 without a mark": (a_page().encode("utf-16-le"), "binary"),
    "large": (b"a" * 5_000_001, "too large"),
    "no address": (a_page().partition("\n")[2].encode(), "first line"),
    "other host": (a_page(url="http://example.org/en/?idn=7").encode(), "not an address of the old portal"),
    "broken address": (a_page(url="http://[infoshos.ru/en/?idn=7").encode(), "not an address"),
    "no number": (a_page(url="http://infoshos.ru/en/").encode(), "names no item"),
    "number of letters": (a_page(url="http://infoshos.ru/en/?idn=abc").encode(), "names no item"),
    "negative number": (a_page(url="http://infoshos.ru/en/?idn=-1").encode(), "names no item"),
    "huge number": (a_page(url=f"http://infoshos.ru/en/?idn={'9' * 30}").encode(), "names no item"),
    "number of another script": (a_page(url="http://infoshos.ru/en/?idn=٧").encode(), "names no item"),
    "other page": (a_page(url="http://infoshos.ru/en/forum.php?idn=7").encode(), "names no item"),
    "no date": (a_page(head="A headline").encode(), "no date"),
    "no text": (a_page("").encode(), "no text"),
    "nothing but lists": (
        b"URL: http://infoshos.ru/en/?idn=7\n\n11.07.2016 17:18\nA\n18.05.2016 12:20\nB\n",
        "no headline",
    ),
    "30 February": (a_page(head="A headline\n30.02.2020 10:00").encode(), "no such date"),
    "31.02.2020": (a_page(head="A headline\n31.02.2020 10:00").encode(), "no such date"),
    "25 o'clock": (a_page(head="A headline\n01.02.2020 25:00").encode(), "no such date"),
    "year 1": (a_page(head="A headline\n01.01.0001 00:00").encode(), "can't be right"),
    "year 9999": (a_page(head="A headline\n31.12.9999 23:59").encode(), "can't be right"),
    "half a character as text": ("URL: \ud800", "binary"),
}


@pytest.mark.parametrize(("source", "reason"), BAD.values(), ids=BAD)
def test_bad_file_is_refused_with_a_reason(source, reason):
    with pytest.raises(LegacyError, match=reason):
        parse_page(source)


LINES = st.sampled_from(
    [
        "",
        "A headline",
        "01.02.2018 10:00",
        "31.02.2018 10:00",
        "04:01Phnom Penh",
        "Print",
        "• Print",
        "Leave a comment",
        "†",
        "•",
        "Member States:",
    ]
)


@hypothesis_settings(deadline=None)
@given(st.lists(LINES | st.text(max_size=20)), st.sampled_from(["?idn=7", "print.php?idn=7"]))
def test_whatever_a_page_holds_it_is_read_or_refused(lines, address):
    try:
        page = parse_page(f"URL: http://infoshos.ru/{address}\n" + "\n".join(lines))
    except LegacyError:
        return
    assert page.headline.strip()
    assert all(paragraph.strip() for paragraph in page.paragraphs)
    assert page.flags <= FLAGS.keys()


@hypothesis_settings(deadline=None)
@given(st.binary() | st.text())
def test_anything_else_is_refused(source):
    with pytest.raises(LegacyError):
        parse_page(source)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://infoshos.ru/en/?idn=23", (23, "en", False)),
        ("http://www.infoshos.ru/en/print.php?idn=23", (23, "en", True)),
        ("https://infoshos.ru/?utm_source=a&idn=23&x=", (23, "ru", False)),
        ("http://infoshos.ru?idn=23", (23, "ru", False)),
        ("http://INFOSHOS.ru/cn/index.php?idn=1&idn=23", (23, "zh-hans", False)),
        ("http://infoshos.ru/cn/print.php?idn=23", (23, "zh-hans", True)),
    ],
)
def test_old_address_is_understood(address, expected):
    assert parse_address(address) == expected


# The import


def run(*paths, **options):
    out = StringIO()
    call_command("import_legacy", *map(str, paths), stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def row(report, name):
    """The cells of a file's row; long cells go on in the lines below it."""
    lines = [[cell.strip() for cell in line.split("│")[1:-1]] for line in report.splitlines() if "│" in line]
    for number, cells in enumerate(lines):
        if cells[0].endswith(name):
            return cells, lines[number + 1 :]
    raise AssertionError(f"{name} is not in the report:\n{report}")


def result(report, name):
    return row(report, name)[0][3]


@pytest.fixture
def put(tmp_path, monkeypatch):
    """Writes a file into the folder that the test imports from."""
    monkeypatch.chdir(tmp_path)

    def put(name, source):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source if isinstance(source, bytes) else source.encode())
        return name

    return put


def snapshot():
    return [
        (
            article.pk,
            article.title_ru,
            article.title_en,
            article.title_zh_hans,
            article.body_en,
            article.updated_at,
            article.version,
        )
        for article in Article.objects.order_by("pk")
    ]


@pytest.mark.django_db
def test_folder_is_imported_and_a_second_run_changes_nothing():
    run(PAGES)
    first = snapshot()
    report = run(PAGES)

    assert snapshot() == first
    assert len(first) == 8
    assert Edition.objects.count() == 8
    assert Section.objects.count() == 1
    assert "unchanged: 8" in report
    assert set(Edition.objects.values_list("article__legacy_idn", "language", "status")) == {
        *((number, "en", "published") for number in range(70001, 70007)),
        (70007, "ru", "published"),
        (70008, "zh-hans", "published"),
    }


@pytest.mark.django_db
def test_article_has_its_text_time_and_language():
    run(PAGES / "70001.txt")
    article = Article.objects.get(legacy_idn=70001)

    assert article.title_en == "Railway engineers agree on a common ticket"
    assert article.body_en.count("<p>") == 3
    assert article.body_en.endswith("Gulnora Yusupova.</p>")
    assert not article.title_ru
    assert not article.title_zh_hans
    assert article.legacy_flags == []
    assert article.published_languages() == ["en"]
    assert article.editions.get().published_at == datetime(2019, 6, 15, 6, 30, tzinfo=UTC)
    assert Article.objects.published("en").get() == article
    assert not Article.objects.published("ru").exists()


@pytest.mark.django_db
def test_best_copy_is_taken():
    report = run(PAGES)

    # The whole copy; the print copy; of two alike, one.
    assert Article.objects.get(legacy_idn=70001).legacy_flags == []
    doctors = Article.objects.get(legacy_idn=70003)
    assert doctors.title_en == "Doctors of\u00a0the region train together"
    assert doctors.legacy_flags == ["daggers_replaced", "text_truncated"]
    assert result(report, "/70001.txt") == "imported"
    assert result(report, "www.70001.txt") == "copy"
    assert result(report, "print-70003.txt") == "imported"
    assert result(report, "/70003.txt") == "copy"
    assert sorted([result(report, "/70004.txt"), result(report, "www.70004.txt")]) == ["copy", "imported"]
    assert Article.objects.get(legacy_idn=70004).legacy_flags == ["headline_cut", "text_truncated"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "print_copy", "expected"),
    [
        (("no", "One. Two."), ("no", "One. Two.”"), "One. Two.”"),
        (("no", "One. Two. Three."), ("it may end early", "One. Two. Th"), "One. Two. Three."),
        (("no", "One."), ("it may end early", "One. Two. Th"), "One. Two. Th"),
        (("it may end early", "One. Two. T"), ("it may end early", "One. Two."), "One. Two."),
        (("it may end early", "One. Two. T"), ("no", "One. Two. Three."), "One. Two. Three."),
    ],
)
def test_print_copy_is_preferred_unless_only_the_page_is_whole(put, page, print_copy, expected):
    put("a/page.txt", a_page(page[1], mark=page[0], url="http://infoshos.ru/en/?idn=7"))
    put("a/print.txt", a_page(print_copy[1], mark=print_copy[0]))
    run("a")

    assert Article.objects.get().body_en == f"<p>{expected}</p>"


@pytest.mark.django_db
def test_copies_that_differ_are_flagged(put):
    put("a/one.txt", a_page("The bridge is open."))
    put("a/two.txt", a_page("The bridge is closed."))
    put("b/one.txt", a_page(url="http://infoshos.ru/en/?idn=8"))
    put("b/two.txt", a_page(url="http://infoshos.ru/en/?idn=8", head="A headline\n02.02.2018 10:00"))
    put("c/one.txt", a_page("It’s open.", url="http://infoshos.ru/en/?idn=9"))
    put("c/two.txt", a_page("It's open. ", url="http://infoshos.ru/en/?idn=9"))
    run("a", "b", "c")

    flags = dict(Article.objects.values_list("legacy_idn", "legacy_flags"))
    assert flags == {7: ["copies_differ"], 8: ["copies_differ"], 9: []}


@pytest.mark.django_db
def test_copy_that_lost_characters_is_known_by_the_other(put):
    put("a/page.txt", a_page("Caf on the corner stays.", url="http://infoshos.ru/en/?idn=7"))
    put("a/www.txt", a_page("Café on the corner st", mark="it may end early", url="http://www.infoshos.ru/en/?idn=7"))
    report = run("a")

    assert "characters_lost" in row(report, "page.txt")[0][5]


@pytest.mark.django_db
def test_cut_headline_is_completed_by_another_copy_only(put):
    whole = "H" * 100 + " " + "i" * 60
    put("a/page.txt", a_page(head=f"{whole[:150]}\n01.02.2018 10:00", url="http://infoshos.ru/en/?idn=7"))
    run("a")
    assert Article.objects.get().title_en == whole[:150]

    put("a/print.txt", a_page(head=f"{whole}\n01.02.2018 10:00"))
    run("a")
    article = Article.objects.get()
    assert (article.title_en, article.legacy_flags) == (whole, [])


@pytest.mark.django_db
def test_headline_too_long_for_a_title_stands_whole_above_the_text(put):
    headline = "word " * 60 + "end"
    put("a.txt", a_page(head=f"{headline}\n01.02.2018 10:00"))
    run("a.txt")
    article = Article.objects.get()

    assert len(article.title_en) == 200
    assert article.body_en.startswith(f"<p><strong>{headline}</strong></p>")
    assert article.legacy_flags == ["headline_shortened"]


@pytest.mark.django_db
def test_byline_names_the_author_and_stays_above_the_text():
    run(PAGES / "print-70005.txt")
    article = Article.objects.get()

    assert [author.name_en for author in article.authors.all()] == ["Amina Karimova"]
    assert article.body_en.startswith("<p><em>Amina Karimova, special correspondent – from Osh</em></p>")
    assert "byline_found" in article.legacy_flags
    assert Author.objects.count() == 1


@pytest.mark.django_db
def test_text_is_text_and_no_markup(put):
    put("a.txt", a_page("A <script>alert(1)</script> & a <b>bold</b> word.\n\n• One\n• Two"))
    run("a.txt")

    assert Article.objects.get().body_en == (
        "<p>A &lt;script&gt;alert(1)&lt;/script&gt; &amp; a &lt;b&gt;bold&lt;/b&gt; word.</p>"
        "<ul><li>One</li><li>Two</li></ul>"
    )


@pytest.mark.django_db
def test_better_copy_that_is_found_later_improves_the_article(put):
    put("early.txt", a_page("One. Tw", mark="it may end early"))
    put("late.txt", a_page("One. Two."))
    run("early.txt")
    before = Article.objects.get()
    report = run("late.txt")
    article = Article.objects.get()

    assert (article.pk, article.body_en, article.legacy_flags) == (before.pk, "<p>One. Two.</p>", [])
    assert article.editions.count() == 1
    assert result(report, "late.txt") == "improved"
    # … and the worse one does not undo it.
    assert result(run("early.txt"), "early.txt") == "unchanged"
    assert Article.objects.get().body_en == "<p>One. Two.</p>"


@pytest.mark.django_db
@pytest.mark.parametrize("trace", ["updated_by", "version"])
def test_article_that_an_editor_changed_is_left_alone(put, django_user_model, trace):
    put("early.txt", a_page("One. Tw", mark="it may end early"))
    put("late.txt", a_page("One. Two."))
    run("early.txt")
    article = Article.objects.get()
    article.title_en = "A better headline"
    if trace == "version":
        article.version = 2
    else:
        article.updated_by = django_user_model.objects.create_user("editor")
    article.save()
    report = run("late.txt")

    article.refresh_from_db()
    assert (article.title_en, article.body_en) == ("A better headline", "<p>One. Tw</p>")
    assert row(report, "late.txt")[0][3:5] == ["left alone", "an editor has changed it since"]


@pytest.mark.django_db
def test_withdrawn_article_stays_withdrawn(put):
    put("a.txt", a_page("One. Tw", mark="it may end early"))
    run("a.txt")
    Edition.objects.update(status=Edition.Status.WITHDRAWN)
    put("a.txt", a_page("One. Two."))
    report = run("a.txt")

    assert result(report, "a.txt") == "left alone"
    assert Edition.objects.get().status == Edition.Status.WITHDRAWN
    assert Article.objects.get().body_en == "<p>One. Tw</p>"


@pytest.mark.django_db
def test_bad_files_are_reported_and_do_not_stop_the_import(put):
    for number, (name, (source, _reason)) in enumerate(BAD.items()):
        if isinstance(source, bytes):
            put(f"pages/{number} [{name}].txt", source)
    put("pages/z.txt", a_page())
    put("pages/.hidden", "hidden")
    report = run("pages", "missing.txt")

    assert Article.objects.count() == 1
    assert result(report, "z.txt") == "imported"
    assert result(report, "0 [empty].txt") == "failed"
    assert row(report, "missing.txt")[0][3:5] == ["failed", "there is no such file"]
    assert ".hidden" not in report
    assert f"failed: {len(BAD)}, imported: 1" in report


@pytest.mark.django_db
def test_date_in_the_future_is_not_imported(put):
    put("a.txt", a_page(head=f"A headline\n{timezone.now() + timedelta(days=400):%d.%m.%Y} 10:00"))
    report = run("a.txt")

    assert result(report, "a.txt") == "failed"
    assert not Article.objects.exists()


@pytest.mark.django_db
def test_import_fails_if_nothing_could_be_read(put):
    put("a.txt", "no page")
    with pytest.raises(CommandError, match="Nothing could be read"):
        run("a.txt")


@pytest.mark.django_db
def test_file_name_that_is_no_text_is_reported(put, tmp_path):
    put("a.txt", a_page())
    (tmp_path / "a.txt").rename(tmp_path / os.fsdecode(b"\xff.txt"))
    report = run(tmp_path)

    assert result(report, "?.txt") == "imported"


@pytest.mark.django_db
def test_dry_run_tells_and_changes_nothing():
    report = run(PAGES, dry_run=True)

    assert "imported: 8" in report
    assert not Article.objects.exists()
    assert not Section.objects.exists()


@pytest.mark.django_db
def test_stopped_import_reports_what_it_did_and_is_resumed(monkeypatch):
    store, calls = legacy_import._store, []

    def stop_at_the_third(*args):
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return store(*args)

    with monkeypatch.context() as patch, pytest.raises(CommandError) as stopped:
        patch.setattr(legacy_import, "_store", stop_at_the_third)
        run(PAGES)
    assert stopped.value.returncode == 130
    assert Article.objects.count() == 2
    report = run(PAGES)

    assert Article.objects.count() == 8
    assert "imported: 6" in report
    assert "unchanged: 2" in report


@pytest.mark.django_db
def test_imported_article_is_on_cached_pages_at_once(client):
    assert "Glaciers" not in client.get("/en/").text
    run(PAGES / "70002.txt")

    assert "Glaciers of the Pamir measured from the air" in client.get("/en/").text


@pytest.mark.django_db
def test_import_that_changes_nothing_leaves_the_caches_alone():
    run(PAGES)
    before = [caching.state(language) for language in ("ru", "en", "zh-hans")]
    run(PAGES)
    run(PAGES, dry_run=True)

    assert [caching.state(language) for language in ("ru", "en", "zh-hans")] == before


# Old addresses


@pytest.fixture
def imported(db):
    run(PAGES)
    return {article.legacy_idn: article for article in Article.objects.prefetch_related("editions")}


@pytest.mark.parametrize("host", ["infoshos.ru", "www.infoshos.ru"])
@pytest.mark.parametrize(
    ("path", "number", "language", "view"),
    [
        ("/en/?idn=70001", 70001, "en", "news:article"),
        ("/?idn=70001", 70001, "en", "news:article"),
        ("/cn/?idn=70001", 70001, "en", "news:article"),
        ("/zh-hans/?idn=70008", 70008, "zh-hans", "news:article"),
        ("/cn/?idn=70008", 70008, "zh-hans", "news:article"),
        ("/cn?idn=70008", 70008, "zh-hans", "news:article"),
        ("/ru/?idn=70007", 70007, "ru", "news:article"),
        ("/?idn=70007&utm_source=mail", 70007, "ru", "news:article"),
        ("/?utm_source=mail&idn=1&idn=70007", 70007, "ru", "news:article"),
        ("/en/print.php?idn=70001&x=%FF", 70001, "en", "news:print"),
        ("/print.php?idn=70007", 70007, "ru", "news:print"),
        ("/cn/print.php?idn=70008", 70008, "zh-hans", "news:print"),
        ("/zh-hans/print.php?idn=70007", 70007, "ru", "news:print"),
    ],
)
def test_old_address_leads_to_its_item(client, settings, imported, host, path, number, language, view):
    settings.ALLOWED_HOSTS = ["infoshos.ru", "www.infoshos.ru"]
    response = client.get(path, headers={"host": host})

    assert response.status_code == 301
    assert urlsplit(response["Location"]).path == imported[number].address(language, view)
    assert client.get(response["Location"], headers={"host": host}).status_code == 200


def test_item_with_several_editions_goes_to_the_language_of_the_address(client, imported):
    article = imported[70001]
    article.title_ru = "Единый билет"
    article.save()
    article.editions.create(language="ru", status="published", published_at=timezone.now() - timedelta(days=1))
    article = Article.objects.get(pk=article.pk)

    assert client.get("/?idn=70001")["Location"] == article.address("ru")
    assert client.get("/en/?idn=70001")["Location"] == article.address("en")
    assert client.get("/cn/?idn=70001")["Location"] in (article.address("ru"), article.address("en"))


UNKNOWN = [
    "1",
    "4294967296",
    "9" * 30,
    "0",
    "-1",
    "+1",
    "1.5",
    "1e3",
    "abc",
    "٧",
    "%u0661",
    "70001;",
    "70001%27",
    "%FF",
]


@pytest.mark.parametrize("path", ["/", "/en/", "/cn/", "/zh-hans/", "/print.php", "/en/print.php", "/cn/print.php"])
def test_unknown_number_is_a_page_with_search(client, db, path):
    language = {"en": "en", "cn": "zh-Hans", "zh-hans": "zh-Hans"}.get(path.split("/")[1], "ru")
    for number in [*UNKNOWN, "\N{STEAM LOCOMOTIVE}"]:
        response = client.get(f"{path}?idn={number}")

        assert response.status_code == 404, number
        assert f'<html lang="{language}"' in response.text
        assert 'name="q"' in response.text


@pytest.mark.parametrize("path", ["/", "/en/", "/cn/", "/en/print.php"])
def test_null_byte_is_a_bad_request(client, db, path):
    assert client.get(f"{path}?idn=%00").status_code == 400


@pytest.mark.parametrize("query", ["", "?idn=", "?idn=%20"])
def test_address_without_a_number_is_the_home_page(client, db, query):
    assert client.get(f"/{query}").status_code == 200
    response = client.get(f"/cn/{query}")
    assert (response.status_code, response["Location"]) == (301, "/zh-hans/")


@pytest.mark.parametrize(
    "change", [{"status": "draft"}, {"status": "withdrawn"}, {"published_at": timezone.now() + timedelta(days=9)}]
)
@pytest.mark.parametrize("path", ["/en/?idn=70001", "/en/print.php?idn=70001"])
def test_unpublished_item_does_not_leak_through_its_old_address(client, imported, change, path):
    Edition.objects.filter(article__legacy_idn=70001).update(**change)
    response = client.get(path)

    assert response.status_code == 404
    assert "Location" not in response
    assert "ailway" not in response.text


@pytest.mark.parametrize(("name", "language"), [("ru", ""), ("en", "/en"), ("cn", "/zh-hans")])
def test_old_feed_leads_to_the_feed_of_its_language(client, db, name, language):
    response = client.get(f"/rss/rss_{name}.xml")

    assert (response.status_code, response["Location"]) == (301, f"{language}/feed.rss")
    assert client.get(response["Location"]).status_code == 200
