from .articles import TEXT_COLUMNS, Article, ArticleQuerySet, Byline, Edition, EditionQuerySet, GalleryItem
from .columns import column
from .corrections import Correction, CorrectionQuerySet
from .derived import Generation, SearchDocument
from .homepage import HomepageSlot
from .images import Image, new_token, original_name, originals
from .named import Author, NamedQuerySet, Section, Tag
from .notes import Assignment, Letter, Note
from .proofs import Proof

__all__ = [
    "TEXT_COLUMNS",
    "Article",
    "ArticleQuerySet",
    "Assignment",
    "Author",
    "Byline",
    "Correction",
    "CorrectionQuerySet",
    "Edition",
    "EditionQuerySet",
    "GalleryItem",
    "Generation",
    "HomepageSlot",
    "Image",
    "Letter",
    "NamedQuerySet",
    "Note",
    "Proof",
    "SearchDocument",
    "Section",
    "Tag",
    "column",
    "new_token",
    "original_name",
    "originals",
]
