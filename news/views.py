from datetime import MAXYEAR, date, datetime, timedelta

from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.db.models import Count, Q
from django.db.models.functions import ExtractMonth, ExtractYear, TruncDate
from django.http import FileResponse, Http404, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import etag, require_safe

from . import homepage, images, share, video
from .caching import public_page, remembered
from .forms import EARLIEST
from .languages import html_lang
from .models import Article, Author, Edition, Image, Section, Tag, column
from .redirects import follows_renames
from .related import related

PER_PAGE = 20
SHARED_PICTURE_SECONDS = 600  # that a picture which was deleted or replaced may go on coming from a cache before us


def paginated(request, articles, language=None):
    """The list in pages; it is counted once for all of them."""
    paginator = Paginator(articles, PER_PAGE)
    paginator.count = remembered(request, "count", articles.count, language)
    return paginator


def page_of(request, articles):
    """The page asked for by ``?page=``; 404 where there is none."""
    paginator = paginated(request, articles)
    try:
        return paginator.page(request.GET.get("page") or 1)
    except InvalidPage as error:
        raise Http404(_("There is no such page.")) from error


@require_safe
def home(request):
    """The home page; for editors who ask, with ?at=, as it will be at that moment."""
    if "at" in request.GET and settings.SESSION_COOKIE_NAME in request.COOKIES and may_preview(request.user):
        return home_preview(request, moment(request.GET["at"]))
    return public_home(request)


@public_page
def public_home(request):
    return render(request, "news/home.html", {"home": homepage.build()})


def may_preview(user):
    return user.is_active and user.is_staff and user.has_perm("news.view_homepageslot")


def moment(text):
    """The Moscow time that an address names, such as 2026-11-25T09:00; 404 where it names none."""
    try:
        at = datetime.fromisoformat(text)
        if not EARLIEST.year <= at.year < MAXYEAR:  # there are days before and after it
            raise ValueError(text)
        return at if at.tzinfo else at.replace(tzinfo=timezone.get_default_timezone())
    except ValueError as error:
        raise Http404(_("There is no such day.")) from error


def home_preview(request, at, slots=None):
    """Exactly the public home page as of a moment, scheduled stories included; for editors, hence kept nowhere."""
    request.shown_at = at
    response = render(request, "news/home.html", {"home": homepage.build(at=at, slots=slots)})
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def find(pk, queryset=None):
    if len(str(pk)) > 18:
        raise Http404
    return get_object_or_404(queryset if queryset is not None else Article.objects.in_language(), pk=pk)


@require_safe
def article_by_number(request, pk):
    return shown(request, pk, None, "news:article")


@require_safe
@public_page
def article(request, pk, slug):
    return shown(request, pk, slug, "news:article")


@require_safe
@public_page
def article_print(request, pk, slug):
    return shown(request, pk, slug, "news:print")


@require_safe
@public_page
def article_qr(request, pk):
    """The address of the story as a QR code, for WeChat, which has no link to share by; of published stories only."""
    found = find(pk, Article.objects.published())
    return HttpResponse(share.qr_code(found), content_type="image/svg+xml")


TEMPLATES = {"news:article": "news/article.html", "news:print": "news/print.html"}


def shown(request, pk, slug, view):
    """The article in the language of the address; else what else there is of it, honestly; else 404 or 410."""
    article = find(pk, Article.objects.in_language().for_page())
    language = translation.get_language()
    languages = article.published_languages()
    context = {
        "article": article,
        "languages": languages,
        "alternates": {code: article.address(code, view) for code in languages},
    }
    if language in languages:
        if slug != (article.edition.slug or "-"):
            return HttpResponsePermanentRedirect(article.address(view=view))
        if view == "news:article":
            context["related"] = related(article)
        response = render(request, TEMPLATES[view], context)
        if view == "news:article" and (frames := video.frame_sources(article.body)):
            response._csp_config = settings.SECURE_CSP | {"frame-src": frames}
        return response
    edition = article.edition_in(language)
    if edition and edition.is_gone():
        context = {"reason": edition.withdrawal_reason, **other_languages(article, languages)}
        return render(request, "410.html", context, status=410)
    if languages:
        return render(request, "news/other_language.html", context | other_languages(article, languages))
    if any(edition.is_gone() for edition in article.editions.all()):
        return render(request, "410.html", status=410)
    raise Http404(_("There is no such story."))


def other_languages(article, languages):
    names = {"ru": "Русский", "en": "English", "zh-hans": "简体中文"}
    return {
        "offers": [
            {
                "language": code,
                "lang": html_lang(code),
                "name": names[code],
                "title": article.text("title", code),
                "url": article.address(code),
            }
            for code in languages
        ]
    }


def listing(request, subject, articles, template, **context):
    page = page_of(request, articles.published().for_lists().newest())
    context |= {"page": page, "subject": subject, "last_pages": last_pages(request, page, articles)}
    return render(request, template, context)


def last_pages(request, page, articles):
    """Where the list ends in each language, for the switch of languages; on the first page it leads to the first."""
    if page.number == 1:
        return {}
    last = {translation.get_language(): page.paginator.num_pages}
    for code, _name in settings.LANGUAGES:
        if code not in last:
            last[code] = paginated(request, articles.published(code), code).num_pages
    return last


@require_safe
@public_page
@follows_renames(Section)
def section(request, slug):
    found = get_object_or_404(Section.objects.named(), slug=slug)
    return listing(request, found, found.articles, "news/section.html")


@require_safe
@public_page
@follows_renames(Tag)
def tag(request, slug):
    found = get_object_or_404(Tag.objects.named(), slug=slug)
    return listing(request, found, found.articles, "news/tag.html")


@require_safe
@public_page
@follows_renames(Author)
def author(request, slug):
    found = get_object_or_404(Author.objects.named(), slug=slug)
    return listing(request, found, found.articles, "news/author.html")


def bounds(year, month, day):
    """The Moscow days [first, last) that an archive address names; ValueError where there is no such day."""
    if year < EARLIEST.year:
        raise ValueError(year)
    first = date(year, month or 1, day or 1)
    if day:
        return first, first + timedelta(days=1)
    if month:
        return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first, date(year + 1, 1, 1)


def readable():
    """Editions that readers may see, of stories with a headline in their language."""
    titles = Q()
    for code, _name in settings.LANGUAGES:
        titles |= Q(language=code, **{f"article__{column('title', code)}__gt": ""})
    return Edition.objects.published().filter(titles)


def archives_in_languages(match, span):
    """The addresses of the same time's archive in the languages that have news of it; one query."""
    editions = readable().filter(published_at__gte=span[0], published_at__lt=span[1])
    found = set(editions.order_by().values_list("language", flat=True).distinct())
    addresses = {}
    for code, _name in settings.LANGUAGES:
        if code in found:
            with translation.override(code):
                addresses[code] = reverse(match.view_name, kwargs=match.captured_kwargs)
    return addresses


def neighbours(span, moscow):
    """The days with news before and after; two queries."""
    editions = readable().filter(language=translation.get_language()).order_by("published_at")
    before = editions.filter(published_at__lt=span[0]).values_list("published_at", flat=True).last()
    after = editions.filter(published_at__gte=span[1]).values_list("published_at", flat=True).first()
    return {
        "previous": before and before.astimezone(moscow).date(),
        "next": after and after.astimezone(moscow).date(),
    }


def calendar(kind, counts, year):
    """The years, months or days that have news: their names, addresses and numbers of stories."""
    entries = []
    for part, number in counts:
        if kind == "years":
            name, url = str(part), reverse("news:archive_year", args=[f"{part:04}"])
        elif kind == "year":
            name = date_format(date(year, part, 1), "YEAR_MONTH_FORMAT")
            url = reverse("news:archive_month", args=[f"{year:04}", f"{part:02}"])
        else:
            name = date_format(part, "MONTH_DAY_FORMAT")
            url = reverse("news:archive_day", args=[f"{part:%Y}", f"{part:%m}", f"{part:%d}"])
        entries.append(
            {"name": name, "url": url, "number": number, "shown": number_format(number, force_grouping=True)}
        )
    return entries


@require_safe
@public_page
def archive(request, year=None, month=None, day=None):
    """All news of a year, a month or a day; without them the years."""
    moscow = timezone.get_default_timezone()
    articles = Article.objects.published()
    context = {}
    if year:
        year, month, day = int(year), month and int(month), day and int(day)
        try:
            first, last = bounds(year, month, day)
            span = [datetime(d.year, d.month, d.day, tzinfo=moscow) for d in (first, last)]
        except (ValueError, OverflowError) as error:
            raise Http404(_("There is no such day.")) from error
        articles = articles.filter(edition__published_at__gte=span[0], edition__published_at__lt=span[1])
        context = {"first": first, "year": year, "month": month, "day": day}
        context["alternates"] = archives_in_languages(request.resolver_match, span)
        if day:
            context |= neighbours(span, moscow)
    kind = "day" if day else "month" if month else "year" if year else "years"
    counts = []
    if kind in {"years", "year", "month"}:
        part = {"years": ExtractYear, "year": ExtractMonth, "month": TruncDate}[kind]
        editions = readable().filter(language=translation.get_language())
        if year:
            editions = editions.filter(published_at__gte=span[0], published_at__lt=span[1])
        editions = editions.order_by().annotate(part=part("published_at", tzinfo=moscow)).values_list("part")
        editions = editions.annotate(number=Count("pk")).order_by("part")
        counts = remembered(request, "calendar", lambda: list(editions))
    page = page_of(request, articles.for_lists().newest())
    if year and not page.paginator.count:
        raise Http404(_("There is no news of that time."))
    context |= {"page": page, "kind": kind, "counts": counts, "calendar": calendar(kind, counts, year)}
    return render(request, "news/archive.html", context)


@require_safe
def image(request, token, version, name):
    """A rendition; its address is for ever. The original is never served."""
    found = get_object_or_404(Image, token=token)
    if int(version) != found.version:
        return HttpResponseRedirect(f"/images/{token}/{found.version}/{name}")
    return rendition(request, found, name)


# Asked after the picture itself: "not modified" would let caches go on showing what was deleted or replaced.
@etag(lambda request, found, name: f'"{found.token}-{found.version}-{name}"')
def rendition(request, found, name):
    shape, _dash, rest = name.partition("-")
    width, _dot, extension = rest.partition(".")
    try:
        file = images.get_rendition(found, shape, int(width), extension)
    except (images.UnknownRendition, ValueError, FileNotFoundError) as error:
        raise Http404 from error
    response = FileResponse(file, content_type=images.CONTENT_TYPES[extension])
    # For ever in the browser that has it; a cache that serves everybody asks whether it is there still.
    response["Cache-Control"] = f"public, max-age=31536000, s-maxage={SHARED_PICTURE_SECONDS}, immutable"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # feeds name it: readers of feeds show it on their pages
    return response
