"""The columns of translated fields."""

from django.conf import settings
from django.utils import translation
from modeltranslation.utils import build_localized_fieldname


def column(field, language=None):
    """The name of a translated field's column: ``column("title", "zh-hans") == "title_zh_hans"``."""
    return build_localized_fieldname(field, language or translation.get_language() or settings.LANGUAGE_CODE)
