"""Comments and typo reports; a module a subject."""

from .discussion import (
    CONFIRM_SALT,
    CONFIRM_WITHIN,
    OWN_SALT,
    CommentReport,
    CommentVote,
    Notice,
    PendingComment,
    Posting,
    PostingQuerySet,
)
from .moderation import (
    Ban,
    Decision,
    HoldingRule,
    Opinion,
    RejectionReason,
    TrustedWriter,
    Verdict,
    Word,
    erased_values,
)
from .own import MINE_SALT, AddressLink, Remembered
from .typos import TypoAnswer, TypoDecision, TypoReport, place_key

__all__ = [
    "CONFIRM_SALT",
    "CONFIRM_WITHIN",
    "MINE_SALT",
    "OWN_SALT",
    "AddressLink",
    "Ban",
    "CommentReport",
    "CommentVote",
    "Decision",
    "HoldingRule",
    "Notice",
    "Opinion",
    "PendingComment",
    "Posting",
    "PostingQuerySet",
    "RejectionReason",
    "Remembered",
    "TrustedWriter",
    "TypoAnswer",
    "TypoDecision",
    "TypoReport",
    "Verdict",
    "Word",
    "erased_values",
    "place_key",
]
