"""Names of languages."""

from django.conf import settings
from django.utils import translation

NAMES = dict(settings.LANGUAGES)


def html_lang(language=None):
    """The language, or the page's own, as HTML, HTTP and feeds write it (BCP 47)."""
    language = language or translation.get_language() or settings.LANGUAGE_CODE
    return "zh-Hans" if language == "zh-hans" else language
