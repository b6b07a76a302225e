"""In which script a text is written."""

import re

SCRIPTS = {
    "zh-hans": ("zh-Hans", re.compile(r"[\u3400-\u9fff]")),
    "ru": ("ru", re.compile(r"[\u0400-\u04ff]")),
    "en": ("en", re.compile(r"[A-Za-z\u00c0-\u024f]")),
    "ar": ("ar", re.compile(r"[\u0600-\u06ff]")),
}


def lang_of(text, language):
    """The `lang` attribute of a text that is written in another script than the page's language; "" where it is not."""
    counts = {code: len(pattern.findall(text)) for code, (_tag, pattern) in SCRIPTS.items()}
    main = max(counts, key=counts.get)
    return SCRIPTS[main][0] if counts[main] > counts[language] else ""
