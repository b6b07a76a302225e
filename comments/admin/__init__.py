"""The moderators' lists; a module a subject."""

from . import discussion, typos

__all__ = ["discussion", "typos"]
