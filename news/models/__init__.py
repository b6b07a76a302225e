from .articles import TEXT_COLUMNS, Article, ArticleQuerySet, Byline, Edition, EditionQuerySet, GalleryItem
from .columns import column
from .corrections import Correction, CorrectionQuerySet
from .derived import Generation, SearchDocument
from .homepage import BREAKING_LASTS, Arrangement, HomepageSlot
from .images import Image, PictureUse, new_token, original_name, originals
from .links import Link, LinkRound
from .named import Author, NamedQuerySet, Section, Tag
from .notes import Assignment, Letter, Note
from .proofs import Proof
from .reading import ReadCount
from .redirects import SlugRedirect, keeping_old_slug
from .translations import Translation
from .writing import Draft, PreviewLink, WorkingCopy

__all__ = [
    "BREAKING_LASTS",
    "TEXT_COLUMNS",
    "Arrangement",
    "Article",
    "ArticleQuerySet",
    "Assignment",
    "Author",
    "Byline",
    "Correction",
    "CorrectionQuerySet",
    "Draft",
    "Edition",
    "EditionQuerySet",
    "GalleryItem",
    "Generation",
    "HomepageSlot",
    "Image",
    "Letter",
    "Link",
    "LinkRound",
    "NamedQuerySet",
    "Note",
    "PictureUse",
    "PreviewLink",
    "Proof",
    "ReadCount",
    "SearchDocument",
    "Section",
    "SlugRedirect",
    "Tag",
    "Translation",
    "WorkingCopy",
    "column",
    "keeping_old_slug",
    "new_token",
    "original_name",
    "originals",
]
