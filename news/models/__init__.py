from .articles import TEXT_COLUMNS, Article, ArticleQuerySet, Byline, Edition, EditionQuerySet, GalleryItem
from .columns import column
from .derived import Generation, SearchDocument
from .homepage import HomepageSlot
from .images import Image, new_token, original_name, originals
from .named import Author, NamedQuerySet, Section, Tag
from .translations import Translation

__all__ = [
    "TEXT_COLUMNS",
    "Article",
    "ArticleQuerySet",
    "Author",
    "Byline",
    "Edition",
    "EditionQuerySet",
    "GalleryItem",
    "Generation",
    "HomepageSlot",
    "Image",
    "NamedQuerySet",
    "SearchDocument",
    "Section",
    "Tag",
    "Translation",
    "column",
    "new_token",
    "original_name",
    "originals",
]
