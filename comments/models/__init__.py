"""Comments and typo reports; a module a subject."""

from .discussion import CONFIRM_SALT, CONFIRM_WITHIN, CommentReport, Notice, PendingComment, Posting, PostingQuerySet
from .typos import TypoAnswer, TypoDecision, TypoReport, place_key

__all__ = [
    "CONFIRM_SALT",
    "CONFIRM_WITHIN",
    "CommentReport",
    "Notice",
    "PendingComment",
    "Posting",
    "PostingQuerySet",
    "TypoAnswer",
    "TypoDecision",
    "TypoReport",
    "place_key",
]
