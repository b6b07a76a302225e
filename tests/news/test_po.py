"""Texts out to translators and back, as PO."""

import polib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from news import po, publication, translation_files, translations
from news.exchange import canonical, codes_of, written
from news.models import Article, Edition
from news.richtext import clean_html
from news.segments import Segment, body_segments

from ..factories import make_article, make_section, make_user
from .test_admin import signed_in
from .test_xliff import RICH, blocks, make_source, marked, translated

pytestmark = pytest.mark.django_db
CODE = po.PART


def filled(content, translate=marked):
    """The file as a translator's program gives it back: each code where it was, all else translated."""
    file = polib.pofile(content.decode())
    for entry in file:
        parts, last = [], 0
        for found in [*CODE.finditer(entry.msgid), None]:
            parts.append(translate(entry.msgid[last : found.start() if found else None]))
            if found:
                parts.append(found[0])
                last = found.end()
        entry.msgstr = "".join(parts)
        entry.flags = []
    return str(file).encode()


def take_in(content, by=None, name="a.po"):
    return translation_files.take_in(name, content, by=by or make_user(groups=["Editor"]))


def test_new_words_come_back_in_the_same_markup():
    article = make_source()
    [report] = take_in(filled(po.export(article, "en")))

    assert (report.error, report.applied, report.changed) == ("", 9, [])
    saved = Article.objects.get()
    assert (saved.title_en, saved.lead_en) == ("жжжжжжжжж", "жжжжжж <ж>")
    assert saved.body_en == translated(RICH, marked)
    assert saved.body_ru == article.body_ru


@given(st.text(max_size=30))
@example("&lt;1&gt; &amp;lt; <1> </2> <3/> &#x41; &#x0; &\u2028\x85\x0b\r\n\t")
def test_any_words_make_the_round_trip_through_a_file(text):
    text = "".join(letter for letter in text if not 0xD800 <= ord(letter) <= 0xDFFF)
    file = polib.POFile()
    file.append(polib.POEntry(msgid="x", msgstr=po.escaped(text)))
    [entry] = polib.pofile("#\n" + str(file))
    assert "".join(po.items_of(entry.msgstr)) == text


@given(blocks)
@settings(max_examples=60, deadline=None)
def test_any_markup_makes_the_round_trip(html):
    for segment in body_segments(clean_html(html)):
        back = written(po.items_of(po.text_of(segment.markup)), codes_of(segment.markup)[1], kind=segment.kind)
        assert back == canonical(segment)


@given(blocks)
@settings(max_examples=8, deadline=None)
def test_an_unchanged_file_stores_the_same_text(html):
    body = clean_html(html)
    article = Article.objects.create(section=make_section(), title_ru="Т", body_ru=body)
    Edition.objects.create(article=article, language="ru")
    if translations.source_segments(article)[1:]:
        [report] = take_in(filled(po.export(article, "en"), lambda text: text))
        assert report.error == ""
        again = filled(po.export(Article.objects.get(pk=article.pk), "en"), lambda text: text)
        assert [report.error for report in take_in(again)] == [""]
        first, second = (
            body_segments(getattr(Article.objects.get(pk=article.pk), name)) for name in ("body_ru", "body_en")
        )
        assert [canonical(row) for row in first] == [canonical(row) for row in second]


def test_what_is_behind_its_source_is_fuzzy_with_the_source_as_it_was():
    article = make_article(["ru", "en"], body_ru="<p>Было так.</p>", body_en="<p>It was so.</p>")
    article.body_ru = "<p>Стало <strong>так</strong>.</p>"
    article.save()
    article.body_en = "<p>It was <strong>so</strong>.</p>"
    article.save()
    entry = polib.pofile(po.export(article, "en").decode())[-1]
    assert (entry.msgid, entry.msgstr) == ("Стало <1>так</1>.", "It was <1>so</1>.")
    assert (entry.previous_msgid, entry.fuzzy) == ("Было так.", True)
    assert entry.comment == "p\n<1> = <strong>"


def test_codes_that_are_lost_or_crossed_are_told_and_nothing_is_stored():
    article = make_source("<p>Раз <strong>два <em>три</em></strong></p>")
    content = po.export(article, "en").decode()
    for wrong in ("one", "<1>one<2>two</1></2>", "<1>one</1><2>two</2><3/>", "<2>x</2><2>x</2><1>x</1>"):
        file = polib.pofile(content)
        file[-1].msgstr = wrong
        [report] = take_in(str(file).encode())
        assert "are missing, doubled or crossed" in report.error
    assert not Article.objects.get().body_en


def test_words_of_a_hostile_translation_are_no_markup():
    article = make_source("<p>Раз</p>")
    take_in(filled(po.export(article, "en"), lambda text: "<script>alert(1)</script>"))
    assert Article.objects.get().body_en == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


HEADER = 'msgid ""\nmsgstr ""\n"Project-Id-Version: article-%d\\n"\n"X-Source-Language: ru\\n"\n"Language: en\\n"\n\n'
UNIT = 'msgctxt "s-0123456789abcdef-1"\nmsgid "a"\nmsgstr "b"\n\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "“” is no article"),
        ("words", "that can be read: line 1"),
        ("/etc/passwd", "that can be read: line 1"),
        ("manage.py", "that can be read: line 1"),
        ('msgid "a\nmsgstr "b"\n', "“” is no article"),
        (HEADER + 'msgstr[9] "x"\n', "that can be read"),
        (HEADER + 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "x"\nmsgstr[99999999999999999999] "y"\n', "segment of ours"),
        (HEADER + 'msgid "a"\nmsgid_plural "b"\nmsgstr[x] "x"\n', "that can be read"),
        (HEADER.replace("article-%d", "other"), "“other” is no article"),
        (HEADER.replace("article-%d", "article-99999999999999999") + UNIT, "is no article"),
        (HEADER.replace("Language: en", "Language: fr") + UNIT, "two of this portal's"),
        (HEADER.replace('"X-Source-Language: ru\\n"\n', "") + UNIT, "two of this portal's"),
        (HEADER.replace("Source-Language: ru", "Source-Language: zh_Hans") + UNIT, "another language"),
        (HEADER, "no text in the file"),
        (HEADER + 'msgid "a"\nmsgstr "b"\n', "“” is no segment of ours"),
        (HEADER + 'msgctxt "x"\nmsgid "a"\nmsgstr "b"\n', "“x” is no segment of ours"),
        (HEADER + 2 * UNIT, "is there twice"),
        (HEADER + "#~ " + UNIT.strip().replace("\n", "\n#~ ") + "\n", "no text in the file"),
        (b"\xff\xfe\x00m", "not UTF-8"),
        (HEADER.encode() + b'msgid "\xff"\n', "not UTF-8"),
        ("\x00" * 100, "that can be read"),
        ('"Content-Type: text/plain; charset=rot13\\n"\n', "that can be read"),
        ("#~ \n#| \n#, \n#: \n#. \n", "that can be read: line 1"),
    ],
)  # fmt: skip
def test_bad_file_is_refused_with_a_word_and_changes_nothing(content, said):
    article = make_source()
    before = Article.objects.values().get()
    content = content if isinstance(content, bytes) else content.encode()

    [report] = take_in(content.replace(b"%d", str(article.pk).encode()))

    assert said in report.error
    assert Article.objects.values().get() == before


pieces = st.sampled_from(
    ["msgid ", "msgstr ", "msgctxt ", "msgid_plural ", "msgstr[0] ", "msgstr[x] ", "#", "#, fuzzy", "#| ", "#~ ", "#: a:1",
     '"', '"a"', "\\", "\n", "\n", " ", "x", "\x00", "\x85", '""']
)  # fmt: skip


@given(st.lists(pieces, max_size=25).map("".join))
@settings(max_examples=300, deadline=None)
def test_no_file_breaks_the_reader(text):
    try:
        po.read(text.encode())
    except po.BadFileError:
        return
    raise AssertionError("such a file names no article")


def test_translator_downloads_and_uploads_their_language_alone(tmp_path):
    article = make_source("<p>Раз</p>")
    translator = signed_in("Translator", languages=["en"])
    address = f"/en/admin/news/article/{article.pk}/translation"
    out = translator.get(f"{address}/en/po/")
    assert out["Content-Disposition"] == f'attachment; filename="{article.pk}-ru-en.po"'
    assert translator.get(f"{address}/zh-hans/po/").status_code == 403
    assert translator.get(f"{address}/en/doc/").status_code == 404

    with (tmp_path / "a.po").open("wb+") as file:
        file.write(filled(out.content))
        file.seek(0)
        page = translator.post("/en/admin/news/translation/files/", {"file": file}).content.decode()

    assert "3 segments are stored." in page
    assert Article.objects.get().title_en == "жжжжжжжжж"
    assert publication.source_language(Article.objects.get()) == "ru"


def test_many_go_out_as_po_in_a_zip():
    article = make_source("<p>Раз</p>")
    client = signed_in("Translator", languages=["en"])
    data = {"action": "as_po_files", "_selected_action": [article.translations.get(language="en").pk]}
    response = client.post("/en/admin/news/translation/?language=en&state=missing", data)
    assert f"{article.pk}-ru-en.po".encode() in response.content


def test_codes_are_numbered_as_in_the_source():
    own = Segment("p", "<em>a</em> <strong>b</strong>")
    assert po.text_of(own.markup, "<strong>x</strong> <em>y</em>") == "<2>a</2> <1>b</1>"
