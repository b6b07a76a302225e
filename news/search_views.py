from django import forms
from django.core.paginator import InvalidPage, Paginator
from django.db.models import F
from django.http import Http404
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from . import search as engine
from .caching import public_page
from .filters import FilterForm
from .models import Article, column
from .richtext import plain_text

PER_PAGE = 20
LONGEST = 200  # characters of a question


class SearchForm(FilterForm):
    q = forms.CharField(label=gettext_lazy("Search for"), max_length=LONGEST, required=False, empty_value="")
    sort = forms.ChoiceField(
        label=gettext_lazy("Order"),
        choices=[("best", gettext_lazy("Best match first")), ("date", gettext_lazy("Newest first"))],
        required=False,
        error_messages={"invalid_choice": gettext_lazy("There is no order “%(value)s”. Choose one of the list.")},
    )

    def __init__(self, data):
        data = data.copy()
        data["sort"] = data.get("sort", "best").strip()[:20]
        super().__init__(data, label_suffix="")
        # The length is checked here, so that a browser doesn't cut what was pasted without a word.
        self.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "enterkeyhint": "search", "autocomplete": "off"}
        )

    @property
    def filters(self):
        return [self[name] for name in ("section", "state", "sort")]

    @property
    def filtered(self):
        """Whether more than words was asked for; of a phone's folded fields such are shown, and so are wrong ones."""
        return any(field.value() not in {"", None, "best"} for field in self.filters)


@require_safe
@public_page(keep=False)
def search(request):
    """The form, and what was found; the same for every reader, but too many questions to be worth keeping."""
    response = results(request)
    if request.GET:
        response["X-Robots-Tag"] = "noindex"
    return response


def results(request):
    form = SearchForm(request.GET)
    context = {"form": form, "question": request.GET.get("q", "").strip()}
    if not form.is_valid():
        return render(request, "news/search.html", context, status=422)
    asked = form.cleaned_data
    if not asked["q"]:
        return render(request, "news/search.html", context)
    language = translation.get_language()
    articles = Article.objects.published(language)
    if form.section_row:
        articles = articles.filter(section=form.section_row)
    if form.state_row:
        articles = articles.filter(states=form.state_row)
    found = engine.search(asked["q"], language=language, articles=articles, best=asked["sort"] != "date")
    try:
        page = Paginator(found.pks, PER_PAGE).page(request.GET.get("page") or 1)
    except InvalidPage as error:
        raise Http404(_("There is no such page.")) from error
    query = request.GET.copy()
    query.pop("page", None)
    context |= {
        "found": found,
        "page": page,
        "hits": shown(list(page.object_list), found.clauses, language),
        "query": query.urlencode(),
    }
    return render(request, "news/search.html", context)


def shown(pks, clauses, language):
    """The articles of one page with ``marked_title`` and ``snippet``; two queries."""
    articles = Article.objects.published(language).for_lists()
    articles = articles.filter(pk__in=pks).annotate(text_found=F(column("body", language))).in_bulk()
    hits = [articles[pk] for pk in pks if pk in articles]
    for article in hits:
        text = f"{article.text('lead', language)}\n{plain_text(article.text_found)}"
        article.marked_title = engine.marked_title(article.text("title", language), clauses)
        article.snippet = engine.snippet(text, clauses, language)
    return hits
