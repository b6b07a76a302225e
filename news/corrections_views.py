from django.core.paginator import InvalidPage, Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .caching import public_page
from .models import Article, Correction

PER_PAGE = 20


@require_safe
@public_page
def corrections(request):
    """What was corrected in the language's articles, the newest first; three queries."""
    try:
        page = Paginator(Correction.objects.published(), PER_PAGE).page(request.GET.get("page") or 1)
    except InvalidPage as error:
        raise Http404(_("There is no such page.")) from error
    articles = {
        article.pk: article
        for article in Article.objects.published()
        .for_lists()
        .filter(pk__in={correction.article_id for correction in page.object_list})
    }
    entries = [(row, articles[row.article_id]) for row in page.object_list if row.article_id in articles]
    return render(request, "news/corrections.html", {"page": page, "entries": entries})
