"""Nothing but the quote is ever changed, and never in the wrong place: 10,000 reports on generated texts; no database."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comments import quotes
from news.richtext import clean_html, plain_text

# Not kept between runs; never failed for being slow on a busy machine.
quick = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
PIECES = [
    "the", " the ", "begin", "ning", " was ", ". ", ", ", "Xi’an", "a", "aa", "tea ", "tea and ", "10&nbsp;000", "\u202f", "&nbsp;",
    " &nbsp;\n ", "&amp;", "&lt;b&gt;", "&quot;", "&#8217;", "<br>", "<strong>", "</strong>", "<em>", "</em>", "<em>b</em>",
    "<strong>the <em>tea</em></strong>", '<a href="https://example.org/?a=1&amp;b=2" title="the &gt; tea">tea</a>', "</a>",
    '<span lang="ru">чай</span>', "со\u00adгла\u00adше\u00adние", "\u00ad", "\u200b", "и\u0306", "и\u0301", "ё", "е\u0308", "е",
    "e\u0301", "q\u0307\u0323", "上海", "合作", "合作组织", "，", "。", "\u1112\u1161\u11ab", "🙂", "👩\u200d🚀", "A\u030a", "\ufeff",
    "<sup>2</sup>", "\n",
]  # fmt: skip
BLOCKS = ["<p>{}</p>", "<p>{}</p>", "<h2>{}</h2>", "<ul><li>{}</li></ul>", "<blockquote><p>{}</p></blockquote>"]
blocks = st.tuples(st.sampled_from(BLOCKS), st.lists(st.sampled_from(PIECES), min_size=1, max_size=9))
articles = st.lists(blocks, min_size=1, max_size=4).map(
    lambda parts: clean_html("".join(block.format("".join(pieces)) for block, pieces in parts))
)
articles = articles.filter(lambda html: quotes.plain(html, html=True))
WORDS = ["the", " ", "x", "ning", "<b>", "&", "&amp;", "«", "合", "ё", "и\u0301", "\u0301", "1 000", "\u00ad", "."]
REPORTS = 10  # on each text: making texts takes longer than reading them
marks = st.tuples(st.integers(0, 999), st.integers(1, 25), st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
reports = st.lists(marks, min_size=REPORTS, max_size=REPORTS)


def place_in(text, start, length):
    """A part of the text that begins and ends with a letter, as every report has it."""
    start %= len(text)
    start += text[start] == " "
    end = min(len(text), start + length)
    return start, end - (text[end - 1] == " ")


def corrections(text, marked):
    """[(place, correction)] of the reports on a text."""
    made = [(place_in(text, start, length), quotes.normalise("".join(words))) for start, length, words in marked]
    return [(place, correction or "x") for place, correction in made]


def read(html):
    """The words of a page by another reader than the one under test."""
    return quotes.normalise(plain_text(html))


def assert_only_the_quote_changed(before, after, place, correction):
    old = read(before)
    assert read(after) == old[: place[0]] + correction + old[place[1] :]
    assert clean_html(after) == after
    # The source up to the quote, and from it on, is the same byte for byte: it holds all the words before and behind it.
    left = before[: same_start(before, after)]
    right = before[len(before) - same_start(before[::-1], after[::-1]) :]
    assert quotes.collapse(plain_text(left)).lstrip(" ").startswith(old[: place[0]].rstrip(" "))
    assert quotes.collapse(plain_text(right)).rstrip(" ").endswith(old[place[1] :].lstrip(" "))


def same_start(one, other):
    pairs = zip(one, other, strict=False)
    return next((index for index, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


@settings(max_examples=600, **quick)
@given(html=articles, marked=reports)
def test_correction_changes_nothing_but_its_quote_and_is_taken_back_exactly(html, marked):
    text = quotes.plain(html, html=True)
    for place, correction in corrections(text, marked):
        mended = quotes.mend(html, place, correction, html=True)
        if mended is None:  # not certain: the editor opens there
            continue
        assert_only_the_quote_changed(html, mended.source, place, correction)
        there = place[0], place[0] + len(correction)
        restored = quotes.restore(mended.source, there, (mended.before, mended.after, text[slice(*place)]), html=True)
        assert restored is None or restored.source == html
        if mended.source.count(mended.after) == 1 and "<" not in mended.before:
            assert restored.source == html


@settings(max_examples=250, **quick)
@given(html=articles, marked=reports, added=st.sampled_from(["x", "tea ", "the begin", "合作", " "]))
def test_quote_is_found_where_it_was_marked_or_not_at_all(html, marked, added):
    """Repeated words, then a change somewhere else: the words around the quote name the same place, or none."""
    text = quotes.plain(html, html=True)
    for start, length, words in marked:
        place = place_in(text, start, length)
        if quotes.is_repeated(text, place):
            continue
        quote, (prefix, suffix) = text[slice(*place)], quotes.surroundings(text, place)
        assert quotes.find(text, quote, prefix, suffix, whole=True) == place

        at = (start * 7 + length + len(words)) % (len(text) + 1)
        if not place[0] < at < place[1]:
            later = text[:at] + added + text[at:]
            shift = len(added) if at <= place[0] else 0
            there = place[0] + shift, place[1] + shift
            assert quotes.find(later, quote, prefix, suffix, whole=True) in {None, there}


@settings(max_examples=300, **quick)
@given(html=articles)
def test_letters_with_their_places_spell_the_text(html):
    atoms = quotes.atoms_of(html, html=True)

    text = "".join(atom.text for atom in atoms)
    assert text == quotes.plain(html, html=True) == read(html)
    for atom in atoms:
        if not atom.edge:
            assert quotes.collapse(plain_text(html[atom.start : atom.end])).strip(" ") in {
                atom.text.strip(" "),
                "",
            } or (atom.text in quotes.collapse(html[atom.start : atom.end]))


plain_texts = st.lists(st.sampled_from([piece for piece in PIECES if "</" not in piece]), min_size=1, max_size=9).map(
    "".join
)
plain_texts = plain_texts.filter(lambda source: quotes.plain(source, html=False))


@settings(max_examples=150, **quick)
@given(source=plain_texts, marked=reports)
def test_headlines_and_captions_are_no_html(source, marked):
    text = quotes.plain(source, html=False)
    for place, correction in corrections(text, marked):
        mended = quotes.mend(source, place, correction, html=False)
        if mended:
            assert quotes.normalise(mended.source) == text[: place[0]] + correction + text[place[1] :]
            assert mended.source.replace(mended.after, "", 1) or mended.source == mended.after


@pytest.mark.parametrize(
    ("html", "quote", "correction", "result"),
    [
        ("<p>The beg<em>in</em>ing</p>", "begining", "beginning", "<p>The beg<em>inn</em>ing</p>"),
        ("<p>10&nbsp;000 tonns</p>", "10 000 tonns", "10 000 tonnes", "<p>10&nbsp;000 tonnes</p>"),
        ("<p>со\u00adгла\u00adше\u00adние</p>", "соглашение", "соглашения", "<p>со\u00adгла\u00adше\u00adния</p>"),
        ("<p>со\u00adгла\u00adше\u00adние</p>", "соглашение", "мир", "<p>мир</p>"),
        ("<p>и\u0306од и еж</p>", "йод и еж", "йод и ёж", "<p>и\u0306од и ёж</p>"),
        ("<p>за\u0301мок</p>", "за\u0301мок", "замо\u0301к", "<p>замо\u0301к</p>"),
        ("<p>A &amp; B</p>", "A & B", "A &amp; <B>", "<p>A &amp;amp; &lt;B&gt;</p>"),
        ("<p>the <b>the</b> tea</p>", "the the tea", "the tea", "<p><strong>the</strong> tea</p>"),
        ("<p>既使试点</p>", "既使", "即使", "<p>即使试点</p>"),
        ("<p>One.</p><p>two</p>", "One. two", "One. Two", "<p>One.</p><p>Two</p>"),
        ("<p>One.</p><p>Two</p>", "One. Two", "One, two", "<p>One,</p><p>two</p>"),
        ("<p>One</p><p>two</p>", "One two", "Onetwo", None),  # two paragraphs stay two
        ("<p>One</p><p>two</p>", "One two", "three", None),
        ("<p>q\u0307\u0323x</p>", "q", "k", None),  # half a letter
        ("<p>ab</p>", "b", "\u0301", None),  # would melt into what stands before it
    ],
)
def test_mended(html, quote, correction, result):
    html, quote = clean_html(html), unicodedata.normalize("NFC", quote)
    place = quotes.find(quotes.plain(html, html=True), quote)

    mended = quotes.mend(html, place, correction, html=True)

    assert (mended and mended.source) == result


def test_two_readings_of_one_sentence():
    assert quotes.changed_words("The begining was cold.", "The beginning was cold.") == [
        ("same", "The "),
        ("old", "begining"),
        ("new", "beginning"),
        ("same", " was cold."),
    ]
    assert quotes.changed_words("既使延长。", "即使延长。")[0] == ("old", "既")


def test_nothing_is_restored_over_what_was_written_since():
    mended = quotes.mend("<p>the begining</p>", (4, 12), "beginning", html=True)
    since = "<p>the <em>beginning</em></p>".replace("<em>beg", "beg<em>")

    assert quotes.restore(since, (4, 13), (mended.before, mended.after, "begining"), html=True) is None
