"""How long a story takes to read."""

import math
import re

from .richtext import plain_text

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
WORD = re.compile(r"[^\W_]+(?:[-'’.,][^\W_]+)*")
WORDS_A_MINUTE = {"ru": 184, "en": 228, "zh-hans": 228}
HAN_A_MINUTE = 255


def reading_minutes(article, language):
    """Whole minutes, at least one, for headline, lead and text.

    Words in Russian and English; in Chinese, which puts no space between words, characters, and whatever stands in
    another script as English words. The speeds are those of adults who read texts of the same content in their own
    language: Trauzettel-Klosinski, Dietz: Standardized Assessment of Reading Performance: The New International Reading
    Speed Texts IReST. Investigative Ophthalmology & Visual Science 53 (2012), 5452-5461. They were measured aloud, hence
    rather too slow than too fast for a reader of English, and one source for all three keeps the languages comparable.
    """
    text = " ".join(article.text(name, language) for name in ("title", "lead"))
    text += f" {plain_text(article.text('body', language))}"
    characters = 0
    if language == "zh-hans":
        text, characters = HAN.subn(" ", text)
    words = len(WORD.findall(text))
    return max(1, math.ceil(characters / HAN_A_MINUTE + words / WORDS_A_MINUTE[language]))
