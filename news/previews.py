"""The public page of what is not public: saved, waiting and unsaved text, for the staff and for holders of a link."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from states.models import State

from . import conflicts, drafts, video, working_copy
from .forms import LANGUAGES, ArticleForm
from .languages import html_lang
from .models import Article, Author, Byline, Edition, GalleryItem, Image, PreviewLink, Section, Tag, column
from .numbers import number

SCHEMES = ("light", "dark")


def with_waiting(article, language):
    """The article with the texts of the language that wait; it is not to be saved."""
    copy = article.working_copies.filter(language=language).first() if article.pk else None
    for name, text in working_copy.waiting_texts(article, language, copy).items():
        setattr(article, column(name, language), text)
    return article


def with_draft(article, draft, language):
    """The article with what its writer has not saved yet; it is not to be saved."""
    data = drafts.data_of(draft)
    form = ArticleForm.base_fields
    for name in working_copy.TEXTS:
        if (field := column(name, language)) in data:
            setattr(article, field, form[field].to_python(data[field]) or "")
    if data.get("source_url"):
        article.source_url = data["source_url"] if data["source_url"].startswith(("http://", "https://")) else ""
    for name, model in (("section", Section), ("lead_image", Image)):
        if name in data:
            setattr(article, name, model.objects.filter(pk__in=keys(data.getlist(name))).first())
    loaded = article.__dict__.setdefault("_prefetched_objects_cache", {})
    for name, model in (("tags", Tag), ("states", State)):
        if name in data:
            loaded[name] = list(model.objects.filter(pk__in=keys(data.getlist(name))))
    for prefix, model, row_model in (("bylines", Author, Byline), ("gallery", Image, GalleryItem)):
        if f"{prefix}-TOTAL_FORMS" in data:
            rows = [key for key, _position in conflicts.posted_rows(data, prefix)]
            found = model.objects.in_bulk(keys(rows))
            name = conflicts.LISTS[prefix][1][0]
            loaded[prefix] = [row_model(**{name: found[int(key)]}) for key in rows if number(key) in found]
    return article


def keys(values):
    return [key for key in map(number, values) if key is not None]


def nothing_yet():
    """An article that has no row: all that hangs on it is empty."""
    article = Article(pk=0)
    article.__dict__["_prefetched_objects_cache"] = {
        name: [] for name in ("editions", "tags", "states", "bylines", "gallery", "working_copies")
    }
    return article


def page(request, article, language, *, scheme="", shared=False):
    """The article's public page in the language, as if it were published now; nobody keeps or indexes it."""
    if article.__dict__.get("edition") is None:
        article.edition = Edition(article=article, language=language, slug="-")
    if not article.edition.is_published():
        article.comment_policy = Article.Comments.HIDDEN  # nobody can write there, and what was written is not public
    article.edition.published_at = article.edition.published_at or timezone.now()
    if article.section_id is None:
        article.section = Section(slug="-")
    with translation.override(language):
        request.LANGUAGE_CODE = language
        context = {"article": article, "languages": [], "alternates": {}, "preview": True, "scheme": scheme}
        response = render(request, "news/preview.html", context)
    csp = dict(settings.SECURE_CSP)
    if frames := video.frame_sources(article.body):
        csp["frame-src"] = frames
    if not shared:  # the preview's own frame
        csp["frame-ancestors"] = ["'self'"]
        response["X-Frame-Options"] = "SAMEORIGIN"
    response._csp_config = csp
    return never_kept(response, language)


def never_kept(response, language):
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    response["Content-Language"] = html_lang(language)
    return response


@require_safe
def shared_preview(request, signed):
    """For whoever holds the link: one language of one article, until the link expires or is revoked."""
    language = translation.get_language()
    key = PreviewLink.key_of(signed)
    link = PreviewLink.objects.filter(key=key, language=language).first() if key else None
    if link is None:
        raise Http404
    if not link.is_open():
        return never_kept(render(request, "news/preview_over.html", status=410), language)
    article = Article.objects.in_language(language).for_page().get(pk=link.article_id)
    return page(request, with_waiting(article, language), language, shared=True)


def scheme_css(scheme):
    """The tokens of one scheme for every device: static/css/tokens.css without its question."""
    css = Path(finders.find("css/tokens.css")).read_text(encoding="utf-8")
    question = "(prefers-color-scheme: dark)"
    css = css.replace("color-scheme: light dark", f"color-scheme: {scheme}")
    return css.replace(question, "all" if scheme == "dark" else "not all")


def languages_with_text(article):
    return [code for code in LANGUAGES if article.text("title", code) or article.text("body", code)]
