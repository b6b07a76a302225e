import re

from django import template
from django.utils.html import escape, format_html, linebreaks
from django.utils.safestring import mark_safe

from .. import closing, pages, typos

register = template.Library()
# Up to what can't belong to an address, in three languages; what ends a sentence does not belong to it.
ADDRESS = re.compile(r"""(https?://[^\s<>"'«»“”‘’，。、；：！？（）【】《》]+(?<![.,;:!?)\]]))""")


@register.inclusion_tag("comments/includes/section.html", takes_context=True)
def article_comments(context, article):
    """The first page of the discussion in the page's language: no token; two queries at most, none where it is hidden."""
    language = context["language"]
    reason = closing.closed(article, language)
    if reason == closing.Closed.HIDDEN:
        return {"hidden": True}
    page = pages.Page.at(pages.Tree(article, language))
    return {"article": article, "discussion": page, "reason": reason, "below_story": True}


@register.filter
def paragraphs(comment):
    """The comment's text. Addresses in it are links where a moderator trusts the writer, and letters else."""
    pieces = ADDRESS.split(comment.comment) if comment.is_trusted else [comment.comment]
    text = "".join(
        format_html('<a href="{0}" rel="nofollow ugc noopener">{0}</a>', piece) if place % 2 else escape(piece)
        for place, piece in enumerate(pieces)
    )
    return mark_safe(linebreaks(text))  # noqa: S308 (each piece is escaped)


register.simple_tag(closing.sentence, name="why_closed")


@register.inclusion_tag("comments/includes/typo_report.html")
def typo_report(article):
    """What typo.js needs in the page, and a link to the form for readers without it."""
    return {"article": article}


@register.simple_tag
def corrected_by_readers(language):
    """How many mistakes in the language's texts were corrected thanks to readers; one query."""
    return typos.corrections_by_readers(language)
