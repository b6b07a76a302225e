"""What comes of a paste: from Word, from Google Docs, from web pages, from the editor itself."""

import pytest

from news.richtext import clean_html, image_tokens, plain_text

TOKEN = "AbCdEfGhIjKlMnOpQrStUv"

WORD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40"><head>
<meta name=Generator content="Microsoft Word 15"><title>Report</title>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- /* Style Definitions */ p.MsoNormal, li.MsoNormal {mso-style-unhide:no; margin:0cm;} --></style></head>
<body lang=RU style='tab-interval:35.4pt'><!--StartFragment-->
<h1 style='mso-outline-level:1'><span style='font-family:"Calibri Light"'>Итоги<o:p></o:p></span></h1>
<p class=MsoNormal align=center style='text-align:center'><b style='mso-bidi-font-weight:normal'><span lang=EN-US
style='font-size:14.0pt;line-height:107%;mso-ansi-language:EN-US'>First</span></b
><font color="#FF0000" face="Arial"> line</font><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp; </span></span><![endif]>Point</p>
<table class=MsoTableGrid border=1 cellspacing=0 style='border-collapse:collapse'><tr style='mso-yfti-irow:0'>
<td width=100 valign=top style='width:75pt'><p class=MsoNormal>Cell<o:p></o:p></p></td></tr></table>
<p class=MsoNormal><o:p>&nbsp;</o:p></p><!--EndFragment--></body></html>"""


def test_paste_from_word():
    html = clean_html(WORD)

    for remnant in (
        "mso",
        "Mso",
        "style",
        "class",
        "font",
        "o:p",
        "<!",
        "[if",
        "xml",
        "WordDocument",
        "Definitions",
        "width",
    ):
        assert remnant not in html
    assert "<h2>Итоги</h2>" in html
    assert '<strong><span lang="EN-US">First</span></strong> line' in html
    assert "<td><p>Cell</p></td>" in html
    assert html.endswith("</table>")


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ('<div class="story"><p>One</p><p>Two</p></div>', "<p>One</p><p>Two</p>"),
        ('<p onclick="x()">A <a href="javascript:x()">link</a></p>', "<p>A link</p>"),
        (
            '<p><a href="https://example.org/" target="_blank" rel="x" title="">go</a></p>',
            '<p><a href="https://example.org/">go</a></p>',
        ),
        ('<p>Text<img src="https://elsewhere.example/spy.gif"></p>', "<p>Text</p>"),
        ('<p>Text</p><iframe src="https://elsewhere.example/"></iframe><form><input></form>', "<p>Text</p>"),
        ("<p>Text<script>alert(1)</script><style>p{}</style></p>", "<p>Text</p>"),
        ("<h1>Big</h1><h6>Small</h6>", "<h2>Big</h2><h4>Small</h4>"),
        ("<p>&nbsp;</p><p><br></p><p>Text</p>", "<p>Text</p>"),
        ("<p>1 &lt; 2 &amp; 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
        (None, None),
        ("", ""),
    ],
)
def test_paste_from_web_pages(pasted, expected):
    assert clean_html(pasted) == expected


def test_what_the_editor_writes_stays():
    html = (
        "<h2>Head</h2><ul><li><p>One</p></li></ul><blockquote><p>Said</p></blockquote><hr>"
        '<table><tbody><tr><th colspan="2"><p>Head</p></th></tr><tr><td><p>1</p></td><td><p>2</p></td></tr></tbody></table>'
        f'<figure><img src="/images/{TOKEN}/" alt="A bridge"><figcaption>Dusk</figcaption></figure>'
        '<p><a href="https://rutube.ru/video/1/">https://rutube.ru/video/1/</a></p><p>H<sub>2</sub>O</p>'
    )

    assert clean_html(html) == html
    assert image_tokens(html) == [TOKEN]


def test_classes_of_figures_go():
    html = (
        f'<figure class="figure"><img src="/images/{TOKEN}/" alt="" data-file="1">'
        '<figcaption class="figure-caption">x</figcaption></figure>'
    )

    assert clean_html(html) == f'<figure><img src="/images/{TOKEN}/" alt=""><figcaption>x</figcaption></figure>'


@pytest.mark.parametrize("html", [WORD, "<div><div>a</div></div>", "<p><b>a</b><b></b></p>", "<table><td>1"])
def test_cleaning_twice_changes_nothing(html):
    assert clean_html(clean_html(html)) == clean_html(html)


def test_words_alone():
    assert plain_text("<p>One&nbsp;two</p><ul><li>three</li></ul>").split() == ["One", "two", "three"]


def test_nested_wrappers_that_say_nothing_go_and_their_text_stays():
    depth = 200
    html = "<p>a" + "<span>" * depth + "x" + "</span>" * depth + "</p>" + "<ul><li>" * depth + "</li></ul>" * depth

    assert clean_html(html) == "<p>ax</p>"


def test_links_to_places_inside_the_pasted_document_lose_their_link():
    html = '<p>Said<a href="#_ftn1">[1]</a> <a href="https://example.org/#top">there</a><span> </span>now</p>'

    assert clean_html(html) == '<p>Said[1] <a href="https://example.org/#top">there</a> now</p>'


def test_quotation_set_large_is_the_one_class_that_stays():
    kept = '<blockquote class="pull"><p>Words.</p></blockquote>'

    assert clean_html(kept) == kept
    assert (
        clean_html('<blockquote class="pull big"><p>Words.</p></blockquote>')
        == "<blockquote><p>Words.</p></blockquote>"
    )
    assert clean_html('<p class="pull">Words.</p><blockquote class="pull"><p> </p></blockquote>') == "<p>Words.</p>"
