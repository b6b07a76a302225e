"""Letters of another script and doubled words: what is found, and above all what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.wording import doubled_words, mixed_scripts

CYRILLIC_TWINS = {"а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "А": "A", "В": "B", "С": "C"}


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("ru", "В Cамарканде открылся саммит", ["Cамарканде"]),
        ("ru", "страны ШOС и HАТО", ["ШOС", "HАТО"]),
        ("ru", "Киiв, ghивет, IТ", ["Киiв", "ghивет", "IТ"]),
        ("ru", "вышли c утра", ["c утра"]),
        ("ru", "C утра шёл снег. A потом пошёл дождь", ["C утра", "A потом"]),
        ("ru", "МоскΒа с греческой бетой", ["МоскΒа"]),
        ("en", "The Sаmarkand summit", ["Sаmarkand"]),
        ("en", "it was а good day", ["а good"]),
        ("en", "Telegramа", ["Telegramа"]),
        ("zh-hans", "中国 Cамарканд 峰会", ["Cамарканд"]),
    ],
)
def test_letters_of_another_script_are_found(language, text, found):
    assert list(mixed_scripts(text, language)) == found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "От COVID-19й до SMSки, VIPы, ITшник, WhatsAppом и iPhoneы"),
        ("ru", "IT-специалист, Wi-Fi-роутер, 4K-видео, 3D-модель, G20, 5G"),
        ("ru", "XXго века, в XIXм, XXI век, Пётр I и Екатерина II"),
        ("ru", "витамин C и кальций, гепатит B, план «Б», группа A"),
        ("ru", "10 кВт·ч, 5 µm, 3 kΩ, 20 °C, 7 м², α-частица"),
        ("ru", "почта desk@пример.рф, https://site.ru/новостьNews, #ШОСnews"),
        ("ru", "Москва́ и со\u00adюз, Қазақстан, Ӯзбекистон, ШОС (SCO)"),
        ("ru", "Компания OPEC+ и NATO, Xiaomi, BRICS"),
        ("en", "The party (Единая Россия) and the SCO (ШОС), Erdoğan, Přemysl, naïve"),
        ("zh-hans", "人工AI智能，COVID-19疫情，俄语 Москва 意为莫斯科"),
    ],
)
def test_what_may_stand_beside_each_other_is_left_alone(language, text):
    assert list(mixed_scripts(text, language)) == []


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "Paris in the the spring", ["the the"]),
        ("en", "The the end. THE THE END", ["The the", "THE THE"]),
        ("ru", "саммит и и встреча в\u00a0в Москве", ["и и", "в\u00a0в"]),
        ("ru", "В в Москве", ["В в"]),
        ("ru", "президент президент подписал", ["президент президент"]),
    ],
)
def test_doubled_words_are_found(language, text, found):
    assert list(doubled_words(text, language)) == found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He knew that that was so, and had had enough; gave her her book"),
        ("en", "Bora Bora, Sing Sing, Duran Duran, Baden Baden, J J Abrams"),
        ("en", "New York, New York; well-known known facts; don't t; 15 15 19 19"),
        ("en", "very very long, so so many; no, no; on on-line"),
        ("en", "the end.\nThe beginning; the\nthe"),
        ("ru", "потому что что-то случилось, чуть чуть, очень очень, да да"),
        ("ru", "Бора Бора; в. в. путин; и, и; по-по"),
        ("zh-hans", "看看 看看，天天 天天，the the"),
    ],
)
def test_what_is_said_twice_on_purpose_is_left_alone(language, text):
    assert list(doubled_words(text, language)) == []


@given(st.text(st.sampled_from("абвгдежзиклмнопрстуфхцчшщыэюя"), min_size=3, max_size=12), st.data())
def test_one_twin_letter_in_a_russian_word_is_always_found(word, data):
    places = [place for place, letter in enumerate(word) if letter in CYRILLIC_TWINS]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    wrong = word[:place] + CYRILLIC_TWINS[word[place]] + word[place + 1 :]
    assert wrong in list(mixed_scripts(f"слово {wrong} здесь", "ru"))
    assert list(mixed_scripts(f"слово {word} здесь", "ru")) == []


@given(st.lists(st.text(st.characters(categories=("L", "N", "P", "Zs", "M")), max_size=8), max_size=12))
def test_no_text_breaks_the_rules_and_each_finding_stands_in_it(words):
    text = " ".join(words)
    for language in ("ru", "en", "zh-hans"):
        assert all(found in text for found in mixed_scripts(text, language))
        list(doubled_words(text, language))
