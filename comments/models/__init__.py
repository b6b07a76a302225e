"""Comments and typo reports; a module a subject."""

from .discussion import CONFIRM_SALT, CONFIRM_WITHIN, CommentReport, Notice, PendingComment, Posting, PostingQuerySet
from .moderation import Ban, Decision, HoldingRule, Opinion, RejectionReason, TrustedWriter, Verdict, Word
from .typos import TypoAnswer, TypoDecision, TypoReport, place_key

__all__ = [
    "CONFIRM_SALT",
    "CONFIRM_WITHIN",
    "Ban",
    "CommentReport",
    "Decision",
    "HoldingRule",
    "Notice",
    "Opinion",
    "PendingComment",
    "Posting",
    "PostingQuerySet",
    "RejectionReason",
    "TrustedWriter",
    "TypoAnswer",
    "TypoDecision",
    "TypoReport",
    "Verdict",
    "Word",
    "place_key",
]
