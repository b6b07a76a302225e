from django.conf import settings
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from news.languages import html_lang

from .furniture import furniture


def site(request):
    """Costs nothing until a template asks."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "SITE_URL": settings.SITE_URL,
        "html_lang": html_lang(language),
        "language": language,
        "furniture": SimpleLazyObject(lambda: furniture(language, at=getattr(request, "shown_at", None))),
    }
