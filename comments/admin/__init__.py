"""The moderators' lists; a module a subject."""

from . import discussion, rules, typos

__all__ = ["discussion", "rules", "typos"]
