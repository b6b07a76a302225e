from django import template

from news.models import Article

from .. import threads, typos

register = template.Library()


@register.inclusion_tag("comments/includes/section.html", takes_context=True)
def article_comments(context, article):
    """The discussion of the article in the page's language: no form, no token; one query, none where it is hidden."""
    language = context["language"]
    if article.comment_policy == Article.Comments.HIDDEN:
        return {"hidden": True}
    comments, count = threads.tree(article, language)
    return {
        "article": article,
        "comments": comments,
        "count": count,
        "open": article.comment_policy == Article.Comments.OPEN,
    }


@register.inclusion_tag("comments/includes/typo_report.html")
def typo_report(article):
    """What typo.js needs in the page, and a link to the form for readers without it."""
    return {"article": article}


@register.simple_tag
def corrected_by_readers(language):
    """How many mistakes in the language's texts were corrected thanks to readers; one query."""
    return typos.corrections_by_readers(language)
