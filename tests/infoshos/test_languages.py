"""No page mixes languages: the demo site is crawled in each language, and every visible text is looked at."""

import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.management import call_command

FOREIGN = {
    "ru": re.compile(r"[A-Za-z\u3400-\u9fff]+"),
    "en": re.compile(r"[\u0400-\u04ff\u3400-\u9fff]+"),
    "zh": re.compile(r"[A-Za-z\u0400-\u04ff]+"),
}
# The same in every language: codes of currencies (three capitals), names of formats, the zone of all zones.
INTERNATIONAL = re.compile(r"\b([A-Z]{3}|RSS|Atom|PDF)\b|https?://\S+|\S+@\S+\.\S+")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Each digest repeats the full texts of many stories, each form is the same beside another text: some tell of all.
ALIKE = re.compile(r"^/(?:(en|zh-hans)/)?(digest|comments/.*\b(?:new|typo|report))/.")
SOME = 6
TEXTS = {"alt", "title", "aria-label", "placeholder", "aria-description", "data-label"}


class Texts(HTMLParser):
    """Collects (language, text) of all that a reader sees or hears, and the links."""

    def __init__(self):
        super().__init__()
        self.open = []  # [(tag, language)]
        self.texts = []
        self.links = []

    @property
    def language(self):
        return self.open[-1][1] if self.open else ""

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        language = attrs.get("lang", self.language)
        self.texts += [(language, attrs[name]) for name in TEXTS & attrs.keys() if attrs[name]]
        if tag == "meta" and (
            attrs.get("name") == "description" or attrs.get("property") in {"og:title", "og:description"}
        ):
            self.texts.append((language, attrs.get("content", "")))
        if tag == "input" and attrs.get("type") == "submit":
            self.texts.append((language, attrs.get("value", "")))
        if tag == "a" and attrs.get("href"):
            self.links.append(attrs["href"])
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not any(tag in {"script", "style"} for tag, _language in self.open):
            self.texts.append((self.language, data.strip()))


def foreign(language, text):
    found = FOREIGN[language[:2]].findall(INTERNATIONAL.sub(" ", text))
    return [word for word in found if len(word) > 1 or language != "zh"]


def test_parser_sees_what_is_foreign():
    texts = Texts()
    texts.feed('<html lang="en"><p>Партнеры<span lang="ru">Русский</span><img alt="中国"> KZT</p></html>')

    assert [text for language, text in texts.texts if foreign(language, text)] == ["Партнеры", "中国"]


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_no_page_of_the_demo_mixes_languages(client):
    call_command("demo", verbosity=0)
    mixed, broken, seen, alike = [], [], {}, Counter()
    for root in ("/", "/en/", "/zh-hans/"):
        queue = [root]
        while queue:
            path = queue.pop()
            if path in seen:
                continue
            if kind := ALIKE.match(path):
                alike[kind.groups()] += 1
                if alike[kind.groups()] > SOME:
                    continue
            response = client.get(path)
            seen[path] = response.status_code
            if response.status_code in {301, 302}:
                queue.append(urljoin(path, response["Location"]))
                continue
            if response.status_code != 200:
                broken.append((path, response.status_code))
                continue
            if not response["Content-Type"].startswith("text/html"):
                continue
            texts = Texts()
            texts.feed(response.content.decode())
            mixed += [(path, text[:80], foreign(lang, text)[:3]) for lang, text in texts.texts if foreign(lang, text)]
            for link in texts.links:
                target = urlsplit(urljoin(f"http://testserver{path}", link))
                inside = target.netloc == "testserver" and "/admin/" not in target.path and "/feed." not in target.path
                if inside:
                    queue.append(target.path + (f"?{target.query}" if target.query else ""))

    assert len(seen) > 300
    assert broken == []
    assert mixed == []
    assert {path.split("/")[1] for path in seen} >= {
        "",
        "en",
        "zh-hans",
        "news",
        "section",
        "tag",
        "states",
        "archive",
    }
