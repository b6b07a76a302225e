"""The guides: their pictures are there, their links lead somewhere, and each calls things as the desk does."""

import gettext
import re
from pathlib import Path

import django
import pytest

BASE = Path(__file__).resolve().parent.parent
DOCS = BASE / "docs"
GUIDES = {"en": DOCS / "editors.md", "ru": DOCS / "editors.ru.md", "zh": DOCS / "editors.zh.md"}
PICTURE = re.compile(r"!\[([^\]]+)\]\(images/([\w.-]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
PART = re.compile(r"^(?:(#+|-|\|)|!\[[^\]]+\]\(images/(\w+))", re.MULTILINE)
# How a guide sets what the desk says, and the desk's catalogue.
LABELS = {
    "ru": (re.compile(r"(?<![*\w])\*([^*\s][^*]*)\*(?!\*)"), "ru"),
    "zh": (re.compile(r"【([^】]+)】"), "zh_Hans"),
}


def anchors(path):
    """The headings' anchors, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("language", GUIDES)
def test_pictures_of_a_guide_are_those_in_its_language(language):
    """`make pictures` makes them; each has its words for who can't see it."""
    named = [name for _words, name in PICTURE.findall(GUIDES[language].read_text(encoding="utf-8"))]

    assert sorted(named) == sorted(path.name for path in DOCS.glob(f"images/*.{language}.webp"))
    assert named


def test_pictures_belong_to_a_guide_and_are_light():
    pictures = list((DOCS / "images").iterdir())

    assert {path.name.split(".", 1)[1] for path in pictures} == {f"{language}.webp" for language in GUIDES}
    assert sum(path.stat().st_size for path in pictures) < 750_000 * len(GUIDES)


@pytest.mark.parametrize("path", [BASE / "README.md", *sorted(DOCS.glob("*.md"))], ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    wrong = []
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        target, _hash, anchor = link.partition("#")
        if "://" in link:
            continue
        file = (path.parent / target).resolve() if target else path
        if not file.exists() or (anchor and anchor not in anchors(file)):
            wrong.append(link)
    assert wrong == []


def test_guides_have_the_same_parts():
    """The same headings, list items, tables' rows and pictures, in the same order."""
    parts = {language: PART.findall(path.read_text(encoding="utf-8")) for language, path in GUIDES.items()}

    assert parts["ru"] == parts["en"]
    assert parts["zh"] == parts["en"]


@pytest.mark.parametrize("language", LABELS)
def test_guide_calls_things_as_the_desk_does(language):
    """What it sets as a label is a whole message of the desk, apart from a first capital and a last mark."""
    label_of, catalogue = LABELS[language]
    said = set()
    catalogues = [BASE / "locale", *(Path(django.__file__).parent.glob("contrib/*/locale"))]
    for folder in catalogues:
        for file in folder.glob(f"{catalogue}/LC_MESSAGES/*.mo"):
            with file.open("rb") as opened:
                said |= {plain(text) for text in gettext.GNUTranslations(opened)._catalog.values()}
    text = re.sub(r"\s+", " ", GUIDES[language].read_text(encoding="utf-8").replace("**", ""))
    labels = label_of.findall(text)

    assert len(labels) > 40
    assert [label for label in labels if plain(label) not in said] == []


def plain(text):
    return text.strip().rstrip(".:…").casefold()
