from .articles import TEXT_COLUMNS, Article, ArticleQuerySet, Byline, Edition, EditionQuerySet, GalleryItem
from .columns import column
from .derived import Generation, SearchDocument
from .homepage import BREAKING_LASTS, Arrangement, HomepageSlot
from .images import Image, new_token, original_name, originals
from .named import Author, NamedQuerySet, Section, Tag
from .reading import ReadCount
from .redirects import SlugRedirect, keeping_old_slug

__all__ = [
    "BREAKING_LASTS",
    "TEXT_COLUMNS",
    "Arrangement",
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
    "ReadCount",
    "SearchDocument",
    "Section",
    "SlugRedirect",
    "Tag",
    "column",
    "keeping_old_slug",
    "new_token",
    "original_name",
    "originals",
]
