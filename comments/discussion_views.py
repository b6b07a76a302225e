"""Discussions as readers read them: pages that caches keep, permalinks, votes."""

import re

from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from news import caching
from news.models import Article
from news.reading import is_robot

from . import closing, flood, pages, readers, threads, voters, votes
from .models import Posting
from .views import alternates, find_article, find_comment, is_fragment, reader_page, too_many


def choices(request):
    """(order, language) as the address says."""
    order = pages.NEWEST if request.GET.get("order") == pages.NEWEST else pages.OLDEST
    return order, pages.ALL if request.GET.get("language") == pages.ALL else pages.OWN


def shown_article(pk):
    article = find_article(pk)
    if article.comment_policy == Article.Comments.HIDDEN:
        raise Http404
    return article


@require_safe
@caching.public_page(language=caching.ALL)
def discussion(request, pk, branch=None):
    """A page of the discussion, or of the answers to one comment; its counts are those of all languages."""
    article, language = shown_article(pk), translation.get_language()
    order, choice = choices(request)
    after = request.GET.get("after", "")
    if after and (not re.fullmatch(r"[0-9]{1,10}", after, re.ASCII) or int(after) > threads.MAX_NUMBER):
        raise Http404
    tree = pages.Tree(article, language, choice)
    top = tree.nodes.get(branch) if branch else None
    if branch and not (top and top.size and top.below):
        raise Http404
    page = pages.Page.at(tree, order, int(after or 0), top)
    context = {"article": article, "discussion": page, "reason": closing.closed(article, language)}
    context["alternates"] = alternates(article, "comments:discussion")
    response = render(request, "comments/discussion.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@reader_page
def permalink(request, pk):
    """Leads to the page on which the comment stands now, and to the comment. In all languages, if it is in another one."""
    if pk > threads.MAX_NUMBER:
        raise Http404
    posting = get_object_or_404(Posting.objects.select_related("comment"), pk=pk)
    article, language = shown_article(posting.article_id), translation.get_language()
    order, choice = choices(request)
    tree = pages.Tree(article, language, choice if posting.language == language else pages.ALL)
    node = tree.find(pk)
    if node is None:
        if pk in tree.nodes and article.is_published(posting.language):  # readers have seen it
            return render(request, "comments/gone.html", {"article": article, "error": True}, status=410)
        raise Http404
    return HttpResponseRedirect(f"{pages.Page.of(tree, node, order).here}#c{pk}")


@reader_page
@flood.limited(kind="votes")
def vote(request, pk):
    """GET shows how many agree; POST counts the reader among them (vote=on) or takes that back (vote=off)."""
    comment, article = find_comment(pk)
    device, status, error = voters.device_of(request), 200, ""
    if request.method == "POST":
        wanted = request.POST.get("vote") != "off"
        if readers.comes_from_elsewhere(request):
            status, error = 403, _("We could not check that this came from you. Please send it again.")
        elif is_flooding(request, pk, wanted):
            status, error = 429, _("Too many votes came from your network in the last hour. Please try again later.")
        elif not request.POST.get("website") and not is_robot(request.headers.get("User-Agent", "")[:300]):
            (votes.give if wanted else votes.withdraw)(comment, device)
        if not error and not is_fragment(request):
            response = redirect(request.path)
            voters.remember(response, device)
            return response
    number, voted = votes.standing(comment, device)
    if request.method == "POST" and is_fragment(request):
        said = _("Your vote is counted.") if wanted else _("Your vote is withdrawn.")
        response = JsonResponse({"number": number, "voted": voted, "message": error or said}, status=status)
    else:
        context = {"comment": comment, "article": article, "number": number, "voted": voted, "error_text": error}
        context["alternates"] = {translation.get_language(): request.path}
        response = render(request, "comments/vote.html", context, status=status)
    if request.method == "POST" and not error:
        voters.remember(response, device)
    return too_many(response) if status == 429 else response


def is_flooding(request, pk, wanted):
    if readers.too_often(request, "vote", votes.AN_HOUR):
        return True
    return wanted and readers.too_often(request, f"vote:{pk}", votes.FOR_ONE)
