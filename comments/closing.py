"""Whether readers may write below an article, and if not, why: the one rule."""

from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from news.models import Article


class Closed(StrEnum):
    HIDDEN = "hidden"  # there is no discussion
    EDITOR = "editor"
    AGE = "age"


def days_of(article):
    """How many days the article's discussion is open; 0: for good."""
    days = article.section.comments_days
    return settings.COMMENTS_DAYS if days is None else days


def closes_at(article, language):
    """When the discussion closes by age; None: never. Each edition counts from its own publication."""
    edition, days = article.edition_in(language), days_of(article)
    if article.comment_policy != Article.Comments.OPEN or not days or not edition or not edition.published_at:
        return None
    return edition.published_at + timedelta(days=days)


def closed(article, language, at=None):
    """A reason of `Closed`, or None where readers of the language may write. ``at``: when the comment was written."""
    if article.comment_policy == Article.Comments.HIDDEN:
        return Closed.HIDDEN
    if article.comment_policy == Article.Comments.CLOSED:
        return Closed.EDITOR
    end = closes_at(article, language)
    return Closed.AGE if end and end <= (at or timezone.now()) else None


def sentence(article, reason):
    """What readers are told of it: the editors' words in their language, else ours."""
    if reason == Closed.EDITOR:
        said = article.text("comments_note", translation.get_language())
        return said or _("The editors have closed this discussion.")
    if reason == Closed.AGE:
        days = days_of(article)
        text = ngettext(
            "Comments are open for %(days)s day after publication; this discussion is closed.",
            "Comments are open for %(days)s days after publication; this discussion is closed.",
            days,
        )
        return text % {"days": days}
    return _("There is no discussion here.")
