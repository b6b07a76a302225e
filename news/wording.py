"""Slips that no reader should see and no spelling checker tells of: letters of another script, words written twice.

Pure functions over plain text. Each yields the words as they stand there, so that an editor can be led to them. They had
rather miss one than cry wolf: an editor who is asked too often stops reading.
"""

import re
import unicodedata

LETTER = r"[^\W\d_]"
MARKS = "\u0300-\u036f\u00ad"  # accents that are put on letters, and places to hyphenate
WORD = re.compile(rf"{LETTER}(?:{LETTER}|[{MARKS}])*")
ADDRESS = re.compile(r"\S*(?:://|@)\S*|#\w+")  # other people's spelling
SCRIPTS = {
    "latin": re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]"),
    "cyrillic": re.compile(r"[\u0400-\u052f\u1c80-\u1c8f]"),
    "greek": re.compile(r"[ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοντρυχ]"),  # those that pass for others; µm and kΩ are units
}
LIKE_CYRILLIC = set("ABCEHKMOPTXYaceopxy")  # Latin letters that look the same

# An abbreviation or a name with a Russian ending, as SMSки, VIPы, WhatsAppом; a Roman numeral with one, as XXго.
ENDED = re.compile(r"([A-Z][A-Za-z]+|[a-z][A-Z][A-Za-z]+)([а-яё]{1,6})")
ROMAN = re.compile(r"[IVXLCDM]{2,}[а-яё]{1,3}")
# A Latin letter that stands for a Russian word of one letter, as in "c утра", and a Cyrillic one in Latin text.
LONE_LATIN = re.compile(
    r"(?:(?<=[а-яё] )|(?<=[а-яё], ))[aocyk]\s+[А-Яа-яё]+|(?:^|(?<=[.!?…] ))[AOCYKB]\s+[а-яё]+", re.M
)
LONE_CYRILLIC = re.compile(r"(?<=[A-Za-z] )[аоАО]\s+[A-Za-z]+|(?:^|(?<=[.!?] ))А\s+[a-z]+", re.M)

DOUBLED = re.compile(rf"(?<![\w'’\u2010\u2011-])({LETTER}+)[ \t\xa0\u202f]+(\1)(?![\w'’\u2010\u2011-])", re.IGNORECASE)
# Never twice on purpose, even where both are capitals, as in headlines.
LINK_WORDS = frozenset(
    re.findall(r"\w+", "the a an of in on to and for with at by from is are was as or")
    + re.findall(r"\w+", "и в на с по не из за к о от до у для")
)
# Said twice on purpose, or twice by grammar: "knew that that was", "gave her her book", "очень очень".
SAID_TWICE = frozenset(
    re.findall(
        r"\w+", "that had her you do who there very really so far long many much more no never now well bye ha hear"
    )
    + re.findall(r"\w+", "очень много долго далеко да нет ну так тот ха ура чуть еле едва вот")
)


def without_addresses(text):
    return ADDRESS.sub(lambda found: " " * len(found[0]), text)


def mixed_scripts(text, language):
    """Words with letters of two scripts that look alike: "Cамарканд" with a Latin C."""
    text = without_addresses(text)
    for found in WORD.finditer(text):
        word = found[0]
        if sum(1 for script in SCRIPTS.values() if script.search(word)) > 1 and not borrowed(word, language):
            yield word
    for pattern in {"ru": [LONE_LATIN], "en": [LONE_CYRILLIC]}.get(language, []):
        yield from (found[0] for found in pattern.finditer(text))


def borrowed(word, language):
    """Whether a word may have two scripts: a foreign name with a Russian ending."""
    if language != "ru":
        return False
    word = "".join(letter for letter in word if not re.match(f"[{MARKS}]", letter))
    if ROMAN.fullmatch(word):
        return True
    ended = ENDED.fullmatch(word)
    return bool(ended) and not LIKE_CYRILLIC.issuperset(ended[1])


def doubled_words(text, language):
    """ "the the", "и и". Chinese doubles words by grammar: nothing is said there."""
    if language.startswith("zh"):
        return
    text = without_addresses(unicodedata.normalize("NFC", text))
    for found in DOUBLED.finditer(text):
        first, second = found[1], found[2]
        word = first.lower()
        if word in SAID_TWICE or not (SCRIPTS["latin"].search(word) or SCRIPTS["cyrillic"].search(word)):
            continue
        if first[0].isupper() and second[0].isupper() and (word not in LINK_WORDS or len(word) == 1):
            continue  # Bora Bora, New York's Sing Sing, initials
        yield found[0]
