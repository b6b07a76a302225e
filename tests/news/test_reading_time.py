import pytest

from news.models import Article
from news.reading_time import reading_minutes


def story(**texts):
    return Article(**texts)


@pytest.mark.parametrize(
    ("language", "column", "word", "number", "minutes"),
    [
        ("en", "body_en", "word ", 228, 1),
        ("en", "body_en", "word ", 229, 2),
        ("ru", "body_ru", "слово ", 184, 1),
        ("ru", "body_ru", "слово ", 185, 2),
        ("zh-hans", "body_zh_hans", "字", 255, 1),
        ("zh-hans", "body_zh_hans", "字", 256, 2),
    ],
)
def test_a_minute_holds_so_many_words_or_characters(language, column, word, number, minutes):
    assert reading_minutes(story(**{column: f"<p>{word * number}</p>"}), language) == minutes


def test_headline_and_lead_are_read_too():
    assert reading_minutes(story(title_en="word " * 100, lead_en="word " * 100, body_en="<p>word</p>" * 29), "en") == 2


def test_marks_of_punctuation_and_markup_take_no_time():
    assert reading_minutes(story(body_zh_hans='<p lang="en"><strong>字</strong>，。！</p>' * 255), "zh-hans") == 1
    assert reading_minutes(story(body_en="<p>twenty-one, — 3.5 &amp; it’s</p>" * 76), "en") == 1


def test_latin_words_in_a_chinese_text_count_as_words():
    assert reading_minutes(story(body_zh_hans="<p>" + "UNESCO " * 229 + "</p>"), "zh-hans") == 2


def test_language_without_a_text_takes_a_minute():
    assert reading_minutes(story(body_ru="<p>слово</p>"), "en") == 1
