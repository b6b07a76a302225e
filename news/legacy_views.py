"""Old addresses: each leads for good to its item, in its own language where that is published."""

from django.conf import settings
from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .legacy import LANGUAGES, parse_idn
from .models import Article, column


def redirect_old_address(request):
    """For ``/?idn=N`` under any language: the answer, or None where the address names no item.

    Raises Http404 for an item that is not here or not published: a redirect must not tell of it.
    """
    # PHP took the last of a repeated parameter, and so does QueryDict.
    return _to_item(request, "news:article") if request.GET.get("idn", "").strip() else None


@require_safe
def home(request, prefix):
    """``/cn/`` and ``/ru/``: beginnings of addresses that have another one now."""
    return redirect_old_address(request) or HttpResponsePermanentRedirect(reverse("home"))


@require_safe
def print_page(request, prefix=""):
    return _to_item(request, "news:print")


@require_safe
def feed(request, name):
    with translation.override(LANGUAGES[name]):
        return HttpResponsePermanentRedirect(reverse("news:rss"))


def _to_item(request, view):
    idn = parse_idn(request.GET.get("idn", "").strip())
    article = None
    if idn is not None:
        bodies = [column("body", code) for code, _name in settings.LANGUAGES]
        article = Article.objects.filter(legacy_idn=idn).prefetch_related("editions").defer(*bodies).first()
    languages = article.published_languages() if article else []
    if not languages:
        raise Http404(_("There is no such story."))
    language = translation.get_language()
    return HttpResponsePermanentRedirect(article.address(language if language in languages else languages[0], view))
