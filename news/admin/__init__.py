"""The editors' admin of articles and of what belongs to them."""

from . import articles, corrections, homepage, images, named, translations
from .base import AllLanguages, LanguageFieldsMixin, RevisedAdmin, language_fieldsets, moscow, thumbnail

__all__ = [
    "AllLanguages",
    "LanguageFieldsMixin",
    "RevisedAdmin",
    "articles",
    "corrections",
    "homepage",
    "images",
    "language_fieldsets",
    "moscow",
    "named",
    "thumbnail",
    "translations",
]
