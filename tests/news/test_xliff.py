"""Texts out to translators and back, as XLIFF 2.0."""

import io
import re
import zipfile
from datetime import timedelta
from html import escape
from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from reversion.models import Version

from news import exchange, publication, translation_files, translations, xliff
from news.models import Article, Edition, Translation
from news.richtext import TAG, clean_html
from news.segments import body_segments, join, split

from ..factories import make_article, make_section, make_user
from .test_admin import signed_in

pytestmark = pytest.mark.django_db
NS = {"x": xliff.NAMESPACE}
FILES = "/en/admin/news/translation/files/"
RICH = (
    '<h2>Heading &amp; more</h2><p>One <strong>bold <em>both</em></strong> and <a href="https://example.org/?a=1&amp;b=2">'
    'a link</a>.<br>Next&nbsp;line &lt;tag&gt;</p><figure><img src="/images/aaaaaaaaaaaaaaaa/" alt="A &quot;view&quot;">'
    "<figcaption>Caption</figcaption></figure><table><tbody><tr><td><p>Cell</p></td></tr></tbody></table>"
    "<ul><li>Item<ul><li>Inner</li></ul></li></ul>"
)


def make_source(body=RICH, **fields):
    return make_article(["ru"], title_ru="Заголовок", lead_ru="Вводка <b>", body_ru=body, **fields)


def filled(content, translate, *, only=None):
    """The file as a translator gives it back: each text node of the source translated, each code where it was."""
    root = ET.fromstring(content)
    for unit in root.iter(f"{{{xliff.NAMESPACE}}}unit"):
        segment = unit.find("x:segment", NS)
        source = segment.find("x:source", NS)
        if (old := segment.find("x:target", NS)) is not None:
            segment.remove(old)
        if only and not only("".join(source.itertext())):
            continue
        target = ET.fromstring(ET.tostring(source))
        target.tag = f"{{{xliff.NAMESPACE}}}target"
        target.tail = None
        for element in target.iter():
            if element.text:
                element.text = translate(element.text)
            if element is not target and element.tail:
                element.tail = translate(element.tail)
        segment.append(target)
        segment.set("state", "translated")
    return ET.tostring(root)


def marked(text):
    return re.sub(r"\w", "ж", text)


def take_in(content, by=None, name="a.xlf"):
    return translation_files.take_in(name, content, by=by or make_user(groups=["Editor"]))


def translated(html, translate):
    """The same words put into the markup by hand: what a round trip must come to."""
    out = []
    for piece in split(html):
        if isinstance(piece, str):
            out.append(piece)
            continue
        parts, last = [], 0
        for match in [*TAG.finditer(piece.markup), None]:
            text = piece.markup[last : match.start() if match else None]
            parts.append(
                "".join(part if part.startswith("&") else translate(part) for part in re.split(r"(&\w+;)", text))
            )
            if match:
                parts.append(match[0])
                last = match.end()
        out.append("".join(parts))
    return clean_html("".join(out))


# Round trip


def test_new_words_come_back_in_the_same_markup():
    article = make_source()

    [report] = take_in(filled(xliff.export(article, "en"), marked))

    assert (report.error, report.applied, report.changed) == ("", 9, [])
    saved = Article.objects.get()
    assert saved.title_en == "жжжжжжжжж"
    assert saved.lead_en == "жжжжжж <ж>"
    assert saved.body_en == translated(RICH, marked)
    assert saved.body_ru == article.body_ru


words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)
inline = st.deferred(
    lambda: st.one_of(
        words.map(lambda text: escape(text)),
        st.just("<br>"),
        st.just('<img src="/images/aaaaaaaaaaaaaaaa/" alt="Вид &amp; &quot;x&quot;">'),
        st.tuples(st.sampled_from(["strong", "em", "s", "sub", "sup", "kbd", "cite"]), inlines).map(
            lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"
        ),
        inlines.map(lambda text: f'<a href="https://example.org/?a=1&amp;b=&quot;" title="t">{text}</a>'),
        inlines.map(lambda text: f'<span lang="zh-Hans">{text}</span>'),
    )
)
inlines = st.lists(inline, min_size=1, max_size=3).map("".join)
block = st.deferred(
    lambda: st.one_of(
        st.tuples(st.sampled_from(["p", "h2", "h3", "blockquote"]), inlines).map(lambda b: f"<{b[0]}>{b[1]}</{b[0]}>"),
        inlines,
        st.just("<hr>"),
        inlines.map(lambda text: f"<strong>{text}<p>{text}</p></strong>"),
        st.lists(st.one_of(inlines, blocks), min_size=1, max_size=3).map(
            lambda items: "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
        ),
        inlines.map(
            lambda text: (
                f'<figure><img src="/images/bbbbbbbbbbbbbbbb/" alt="Вид"><figcaption>{text}</figcaption></figure>'
            )
        ),
        st.lists(inlines, min_size=1, max_size=3).map(
            lambda cells: (
                "<table><tbody><tr>" + "".join(f"<td><p>{cell}</p></td>" for cell in cells) + "</tr></tbody></table>"
            )
        ),
    )
)
blocks = st.lists(block, min_size=1, max_size=4).map("".join)


@given(blocks)
@settings(max_examples=150, deadline=None)
def test_any_rich_text_is_cut_and_joined_without_loss(html):
    html = clean_html(html)

    assert join(split(html)) == html
    for segment in body_segments(html):
        assert exchange.canonical(segment) is not None


@given(html=blocks)
@settings(max_examples=60, deadline=None)
def test_any_rich_text_makes_the_round_trip(html):
    section = make_section()
    body = clean_html(html)
    article = Article.objects.create(section=section, title_ru="Т", body_ru=body)
    Edition.objects.create(article=article, language="ru", slug="x")

    [report] = take_in(filled(xliff.export(article, "en"), lambda text: text), by=make_user(is_superuser=True))

    assert report.error == ""
    saved = Article.objects.get(pk=article.pk)
    # Once more through the cleaner: it is what every save does, and some texts it makes cleaner each time.
    assert clean_html(saved.body_en) == clean_html(clean_html(body))


def test_characters_that_xml_cannot_hold_make_the_round_trip():
    article = make_source("<p>a\x0bb\x1fc\ufffed</p>")
    assert "\x0b" in Article.objects.get().body_ru

    take_in(filled(xliff.export(article, "en"), lambda text: text))

    assert Article.objects.get().body_en == article.body_ru


def test_file_names_its_languages_its_article_and_the_page(settings):
    settings.SITE_URL = "https://news.example"
    article = make_source()

    root = ET.fromstring(xliff.export(article, "zh-hans"))

    assert (root.tag, root.get("version")) == (f"{{{xliff.NAMESPACE}}}xliff", "2.0")
    assert (root.get("srcLang"), root.get("trgLang")) == ("ru", "zh-Hans")
    address = f"https://news.example{article.address('ru')}"
    assert root.find("x:file", NS).get("id") == f"article-{article.pk}"
    assert root.find("x:file/x:notes/x:note", NS).text == address


def test_existing_translation_goes_along_and_tells_what_is_stale():
    article = make_article(body_ru="<p>Раз <em>два</em></p><p>Три</p>", body_en="<p>One <em>two</em></p><p>Three</p>")
    article.body_ru = "<p>Раз <em>два</em></p><p>Четыре</p>"
    article.save()

    units = ET.fromstring(xliff.export(Article.objects.get(), "en")).findall(".//x:unit", NS)

    found = [
        (unit.find("x:segment", NS).get("state"), "".join(unit.find("x:segment/x:target", NS).itertext()))
        for unit in units
    ]
    assert found[1:] == [("translated", "One two"), ("initial", "Three")]
    assert units[2].find("x:notes/x:note", NS).text == "Три"


def test_untouched_stale_segment_stays_stale_after_the_round_trip():
    article = make_article(published=False, body_ru="<p>Раз</p><p>Три</p>", body_en="<p>One</p><p>Three</p>")
    Edition.objects.update(status=Edition.Status.REVIEW)
    Article.objects.get().editions.get(language="en").save()
    article.body_ru = "<p>Раз</p><p>Четыре</p>"
    article.save()

    [report] = take_in(xliff.export(Article.objects.get(), "en"))

    assert (report.error, report.applied) == ("", 2)
    assert Translation.objects.get(language="en").segments == 1
    assert Article.objects.get().body_en == "<p>One</p><p>Three</p>"


def test_tools_that_cut_units_and_use_sc_and_ec_are_understood():
    article = make_source("<p>Раз <strong>два</strong>. Три</p>")
    content = xliff.export(article, "en").decode()
    start = content.index("<segment", content.index('name="p"'))
    end = content.index("</unit>", start)
    segments = (
        '<segment state="final"><source xml:space="preserve">Раз <sc id="1"/>два<ec startRef="1"/>. </source>'
        '<target>One <sc id="1"/>two<ec startRef="1"/>. </target></segment>'
        '<segment state="final"><source>Три</source><target><mrk id="m" translate="no">Three</mrk></target></segment>'
    )

    [report] = take_in((content[:start] + segments + content[end:]).encode())

    assert (report.error, report.applied) == ("", 1)
    assert Article.objects.get().body_en == "<p>One <strong>two</strong>. Three</p>"


# Taking in


def test_nothing_is_published_and_a_version_and_a_revision_are_made():
    editor = make_user(groups=["Editor"])
    article = make_source()

    take_in(filled(xliff.export(article, "en"), marked), by=editor)

    saved = Article.objects.get()
    edition = saved.editions.get(language="en")
    assert (edition.status, edition.translator, edition.source_version) == ("draft", editor, 2)
    assert (saved.version, saved.updated_by) == (2, editor)
    assert Version.objects.get_for_object(saved).count() == 1
    assert not Article.objects.published("en").exists()


def test_translation_of_a_text_that_readers_see_waits():
    article = make_article()

    [report] = take_in(filled(xliff.export(article, "en"), marked))

    assert not report.error
    saved = Article.objects.get()
    assert (saved.body_en, saved.version) == (article.body_en, 1)
    assert saved.working_copies.get().language == "en"
    assert saved.working_copies.get().texts["body"] != article.body_en


def test_text_that_will_appear_by_itself_is_not_changed_by_a_file():
    article = make_article(at=timezone.now() + timedelta(hours=1))

    [report] = take_in(filled(xliff.export(article, "en"), marked))

    assert "will appear without anybody" in report.error
    assert Article.objects.get().body_en == article.body_en


def test_segments_whose_source_has_changed_are_told_and_left_out():
    article = make_source("<p>Раз</p><p>Два</p><p>Три</p>")
    content = filled(xliff.export(article, "en"), marked)
    article.body_ru = "<p>Новое</p><p>Раз</p><p>Два иначе</p><p>Три</p>"
    article.save()

    [report] = take_in(content)

    assert report.changed == [("p", "Два")]
    assert report.applied == 4
    assert Article.objects.get().body_en == "<p>[…]</p><p>жжж</p><p>[…]</p><p>жжж</p>"
    assert Translation.objects.get(language="en").segments == 2


def test_half_a_translation_goes_on_in_a_second_file():
    article = make_source("<p>Раз</p><p>Два</p>")
    content = xliff.export(article, "en")

    [report] = take_in(filled(content, marked, only=lambda text: text == "Два"))
    assert (report.applied, report.waiting) == (1, 3)
    assert Article.objects.get().body_en == "<p>[…]</p><p>жжж</p>"

    take_in(filled(content, lambda text: "One", only=lambda text: text == "Раз"))
    assert Article.objects.get().body_en == "<p>One</p><p>жжж</p>"


def test_formatting_that_changed_since_the_export_is_told():
    article = make_source("<p>Раз два</p>")
    content = filled(xliff.export(article, "en"), marked)
    article.body_ru = "<p>Раз <strong>два</strong></p>"
    article.save()

    [report] = take_in(content)

    assert report.changed == [("p", "Раз два")]


def test_other_paragraphs_in_the_translation_are_not_overwritten_by_half_a_file():
    article = make_article(published=False, body_ru="<p>Раз</p><p>Два</p>", body_en="<p>All in one.</p>")

    [report] = take_in(filled(xliff.export(article, "en"), marked, only=lambda text: text == "Два"))

    assert "other paragraphs" in report.error
    assert Article.objects.get().body_en == "<p>All in one.</p>"


def test_translation_in_other_blocks_keeps_its_own_markup():
    article = make_article(published=False, body_ru="<p>Раз</p><p>Два</p>", body_en="<h2>One</h2><p>Two</p>")

    take_in(filled(xliff.export(article, "en"), marked, only=lambda text: text == "Два"))

    assert Article.objects.get().body_en == "<h2>One</h2><p>жжж</p>"


def test_headline_that_is_too_long_is_refused_with_its_name():
    article = make_source()

    [report] = take_in(filled(xliff.export(article, "en"), lambda text: text * 60))

    assert report.error.startswith("headline: at most 200 characters")
    assert Article.objects.get().title_en is None


@pytest.mark.parametrize(
    "target",
    [
        "One two",
        'One <pc id="1">two</pc> <pc id="1">three</pc>',
        'One <pc id="2">two</pc>',
        'One <ph id="1"/>two',
        'One <ec startRef="1"/>two<sc id="1"/>',
        'One <pc id="x">two</pc>',
        "One <pc>two</pc>",
    ],
)
def test_broken_codes_are_refused_with_the_segments_name(target):
    article = make_source("<p>Раз <strong>два</strong></p>")
    content = filled(xliff.export(article, "en"), marked).decode()
    prefix = re.search(r"<(\w*:?)xliff", content)[1]
    place = content.index(f"<{prefix}target", content.index('name="p"'))
    end = content.index(f"</{prefix}segment>", place)
    wanted = re.sub(r"<(/?)(pc|ph|sc|ec)", rf"<\1{prefix}\2", target)

    [report] = take_in(f"{content[:place]}<{prefix}target>{wanted}</{prefix}target>{content[end:]}".encode())

    [segment] = body_segments(article.body_ru)
    assert f"s-{segment.key}-1 (“Раз два”)" in report.error
    assert Article.objects.get().body_en is None


def test_hostile_markup_in_a_target_is_text():
    article = make_source("<p>Раз</p>")

    take_in(filled(xliff.export(article, "en"), lambda text: "<script>alert(1)</script>"))

    assert Article.objects.get().body_en == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_data_of_a_hostile_file_is_not_used():
    article = make_source('<p>Раз <a href="https://example.org/">два</a></p>')
    content = filled(xliff.export(article, "en"), marked).replace(b"https://example.org/", b"https://evil.example/")

    take_in(content)

    assert Article.objects.get().body_en == '<p>жжж <a href="https://example.org/">жжж</a></p>'


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>
<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="ru" trgLang="en">&b;</xliff>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xliff>&a;</xliff>"""
XLIFF = b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="ru" trgLang="en">%s</xliff>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BOMB, "document type or entities"),
        (OUTSIDE, "document type or entities"),
        (b'<!DOCTYPE xliff SYSTEM "http://evil.example/x.dtd"><xliff/>', "document type or entities"),
        (b"", "no well-formed XML: line 1"),
        (b"no xml", "no well-formed XML: line 1, character 1"),
        (b"<xliff>\n<a></xliff>", "no well-formed XML: line 2"),
        (b"<?xml version='1.0' encoding='x-none'?><a/>", "no well-formed XML"),
        (b"<?xml version='1.0' encoding='utf-8'?><a>\xff</a>", "no well-formed XML"),
        (b"<a>&unknown;</a>", "no well-formed XML"),
        (b"\xff\xfe\x00\x00" * 20, "no well-formed XML"),
        (b"<a>" * 100 + b"</a>" * 100, "nested too deep"),
        (b"<html/>", "no XLIFF 2 file"),
        (b'<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"/>', "no XLIFF 2 file"),
        (XLIFF.replace(b'"en"', b'"fr"') % b"", "two of this portal's"),
        (XLIFF % b"", "no text in the file"),
        (XLIFF % b'<file id="f1"><unit id="u"/></file>', "“f1” is no article"),
        (XLIFF % b'<file id="article-99999999999999999"><unit id="s-0123456789abcdef-1"><segment><source>a</source>'
                 b"</segment></unit></file>", "is no article"),
        (XLIFF % b'<file id="article-%d"></file>', "no text in the file"),
        (XLIFF % b'<file id="article-%d"><unit id="u1"/></file>', "“u1” is no segment of ours"),
        (XLIFF % b'<file id="article-%d"><unit id="s-0123456789abcdef-1"/></file>', "has no source"),
        (XLIFF % (b'<file id="article-%d">' + 2 * b'<unit id="s-0123456789abcdef-1"><segment><source>a</source></segment>'
                  b"</unit>" + b"</file>"), "is there twice"),
        (XLIFF % b'<file id="article-%d"><unit id="s-0123456789abcdef-1"><segment><source>a<b/></source></segment>'
                 b"</unit></file>", "XLIFF 2 does not know"),
        (XLIFF % b'<file id="article-%d"><unit id="s-0123456789abcdef-1"><segment><source>a<cp hex="zz"/></source>'
                 b"</segment></unit></file>", "no such character"),
        (XLIFF.replace(b'"ru"', b'"zh-Hans"') % b'<file id="article-%d"><unit id="s-0123456789abcdef-1"><segment><source>a'
                 b"</source></segment></unit></file>", "another language"),
        (b"PK\x03\x04 no archive", "archive can't be read"),
    ],
)  # fmt: skip
def test_bad_file_is_refused_with_a_word_and_changes_nothing(content, said):
    article = make_source()
    before = Article.objects.values().get()

    [report] = take_in(content.replace(b"%d", str(article.pk).encode()))

    assert said in report.error
    assert Article.objects.values().get() == before


@pytest.mark.parametrize(("code", "kept"), [(0, ""), (0xD83D, "\ufffd"), (0x1F600, "😀")])
def test_any_character_that_a_file_names_can_be_stored(code, kept):
    article = make_source("<p>Текст</p>")
    content = filled(xliff.export(article, "en"), lambda text: "Word ")
    content = content.replace(b"Word ", f'Word <cp xmlns="{xliff.NAMESPACE}" hex="{code:X}"/>.'.encode())

    [report] = take_in(content)

    article.refresh_from_db()
    assert report.error == ""
    assert (article.title_en, article.body_en) == (f"Word {kept}.", f"<p>Word {kept}.</p>")


def test_segment_that_the_source_does_not_have_is_left_out():
    article = make_source()
    content = XLIFF % (
        b'<file id="article-%d"><unit id="s-0123456789abcdef-1" name="p"><segment state="final"><source>Gone</source>'
        b"<target>x</target></segment></unit></file>" % article.pk
    )

    [report] = take_in(content)

    assert (report.error, report.applied, report.changed) == ("", 0, [("p", "Gone")])


def test_zip_holds_a_file_for_each_article_and_one_bad_file_spoils_no_other():
    first, second = make_source(), make_source("<p>Другой</p>")
    archive = zipfile.ZipFile(io.BytesIO(translation_files.export_many([(first, "en"), (second, "en")], "xliff")))
    assert archive.namelist() == [f"{first.pk}-ru-en.xlf", f"{second.pk}-ru-en.xlf"]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as back:
        back.writestr("bad.xlf", BOMB)
        for name in archive.namelist():
            back.writestr(name, filled(archive.read(name), marked))

    reports = take_in(buffer.getvalue(), name="a.zip")

    assert [bool(report.error) for report in reports] == [True, False, False]
    assert all(article.title_en for article in Article.objects.all())


def test_zip_bomb_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xlf", b" " * (translation_files.LARGEST + 1))

    [report] = take_in(buffer.getvalue())

    assert report.error == "The archive is too large."


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_broken_archive_is_told(method):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a.xlf", bytes(range(256)) * 20)
    content = bytearray(buffer.getvalue())
    content[40:60] = b"\xff" * 20

    [report] = take_in(bytes(content))

    assert report.error == "The archive can't be read."


def test_empty_archive_is_told():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("folder/", "")

    [report] = take_in(buffer.getvalue())

    assert report.error == "There is no text in the file."


# Who, and by which pages


def upload(client, content, prefix="/en"):
    return client.post(f"{prefix}/admin/news/translation/files/", {"file": SimpleUploadedFile("a.xlf", content)})


def test_translator_takes_a_file_out_and_in_by_the_pages():
    translator = signed_in("Translator", languages=["en"])
    article = make_source()

    out = translator.get(f"/en/admin/news/article/{article.pk}/translation/en/xliff/")
    assert out["Content-Disposition"] == f'attachment; filename="{article.pk}-ru-en.xlf"'
    assert "no-store" in out["Cache-Control"]
    response = upload(translator, filled(out.content, marked))

    assert "9 segments are stored." in response.content.decode()
    assert Article.objects.get().title_en == "жжжжжжжжж"


def test_translator_of_another_language_may_neither_take_out_nor_in():
    translator = signed_in("Translator", languages=["zh-hans"])
    article = make_source()

    assert translator.get(f"/en/admin/news/article/{article.pk}/translation/en/xliff/").status_code == 403
    response = upload(translator, filled(xliff.export(article, "en"), marked))

    assert "You may not change the text in this language." in response.content.decode()
    assert Article.objects.get().title_en is None


@pytest.mark.parametrize(("group", "status"), [("Reporter", 403), ("Moderator", 403), ("Editor", 200)])
def test_who_may_take_in_files(group, status):
    assert signed_in(group).get(FILES).status_code == status


def test_bad_file_is_told_in_the_language_of_the_desk():
    response = upload(signed_in("Editor"), BOMB, prefix="")

    assert "Файл объявляет тип документа или сущности" in response.content.decode()


def test_form_without_a_file_says_so():
    response = signed_in("Editor").post(FILES, {})

    assert response.context["form"].errors == {"file": ["This field is required."]}


def test_article_of_somebody_else_can_not_be_told_from_none():
    article = make_source()
    moderator = make_user(groups=["Moderator"])

    [report] = take_in(filled(xliff.export(article, "en"), marked), by=moderator)

    assert "is no article of this portal" in report.error


def test_source_language_is_that_of_the_oldest_edition():
    article = make_article(["en", "ru"])

    assert publication.source_language(article) == "en"
    assert ET.fromstring(xliff.export(article, "zh-hans")).get("srcLang") == "en"
    assert set(article.translations.values_list("language", flat=True)) == {"ru", "zh-hans"}
    assert translations.languages_of(make_user(groups=["Reporter"])) == []
