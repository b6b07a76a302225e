"""Comments and typo reports; a module a subject."""

from .discussion import CONFIRM_SALT, CONFIRM_WITHIN, CommentReport, Notice, PendingComment, Posting, PostingQuerySet
from .typos import TypoReport

__all__ = [
    "CONFIRM_SALT",
    "CONFIRM_WITHIN",
    "CommentReport",
    "Notice",
    "PendingComment",
    "Posting",
    "PostingQuerySet",
    "TypoReport",
]
