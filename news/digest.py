"""A digest: the full texts of a Moscow day or of some days, of a section or a state, for those who print or file them."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from states.forms import DayField

from .caching import public_page
from .filters import FilterForm
from .models import Article, Byline, GalleryItem, Image, column
from .richtext import image_tokens
from .views import readable

MAX_DAYS = 31
USUAL_DAYS = 7  # of a section or a state, where no day is named
PER_PART = 100
FIRST_YEAR = 1990


class DigestForm(FilterForm):
    """What a digest holds. Whoever names a section or a state and no day gets the last week."""

    def __init__(self, data):
        super().__init__(data, auto_id="digest-%s")
        self.fields |= {"from": DayField(label=_("First day")), "to": DayField(label=_("Last day"))}

    def clean(self):
        today, fields = timezone.localdate(), self.cleaned_data
        if not {"from", "to"} & self.errors.keys():
            first, last = fields.get("from"), fields.get("to")
            usual, most = timedelta(days=USUAL_DAYS - 1), timedelta(days=MAX_DAYS - 1)
            last = last or (min(first + most, today) if first and first <= today else first or today)
            first = first or max(last, date.min + usual) - usual
            fields |= {"from": first, "to": last}
            if first.year < FIRST_YEAR:
                self.add_error("from", _("There is no news of that time."))
            elif last > today:
                self.add_error("to" if first <= today else "from", _("This day has not come yet."))
            elif first > last:
                self.add_error("to", _("The last day lies before the first one."))
            elif (last - first).days >= MAX_DAYS:
                self.add_error("to", _("A digest holds at most %(days)s days.") % {"days": MAX_DAYS})
            else:
                # The form shows the days that were meant.
                self.data["from"], self.data["to"] = first.isoformat(), last.isoformat()
        return fields

    @property
    def span(self):
        """The moments [first, last) of the days."""
        moscow = timezone.get_default_timezone()
        return [
            datetime.combine(day, time(), moscow)
            for day in (self.cleaned_data["from"], self.cleaned_data["to"] + timedelta(days=1))
        ]


@require_safe
@public_page
def digest_day(request, day):
    try:
        day = date.fromisoformat(day)
    except ValueError as error:
        raise Http404(_("There is no such day.")) from error
    if day > timezone.localdate():
        raise Http404(_("This day has not come yet."))
    data = request.GET.copy()
    data["from"] = data["to"] = day.isoformat()
    return shown(request, DigestForm(data))


@require_safe
@public_page(keep=False)
def digest_range(request):
    """Without any choice the form alone. A single day has one address, its own."""
    if not any(request.GET.get(name) for name in ("from", "to", "section", "state")):
        return render(request, "news/digest.html", {"form": DigestForm(request.GET), "asked": False})
    form = DigestForm(request.GET)
    if form.is_valid() and form.cleaned_data["from"] == form.cleaned_data["to"]:
        return HttpResponseRedirect(address(form, translation.get_language()))
    return shown(request, form)


def address(form, language, part=1):
    fields = form.cleaned_data
    single = fields["from"] == fields["to"]
    query = {} if single else {"from": fields["from"].isoformat(), "to": fields["to"].isoformat()}
    query |= {name: fields[name] for name in ("section", "state") if fields[name]}
    if part > 1:
        query["page"] = part
    with translation.override(language):
        path = reverse("news:digest_day", args=[fields["from"].isoformat()]) if single else reverse("news:digest")
    return path + (f"?{urlencode(query)}" if query else "")


def alternates(form, part):
    """The digest's address in each language that has news for it; one query."""
    section = form.section_row
    editions = readable().filter(published_at__gte=form.span[0], published_at__lt=form.span[1])
    if section:
        editions = editions.filter(article__section=section)
    if form.state_row:
        editions = editions.filter(article__states=form.state_row)
    found = set(editions.order_by().values_list("language", flat=True).distinct())
    active = translation.get_language()
    return {
        code: address(form, code, part if code == active else 1)
        for code, _name in settings.LANGUAGES
        if code in found and (not section or getattr(section, column("title", code)))
    }


def shown(request, form):
    if not form.is_valid():
        # What was typed into the form is answered by the form; an address with a day of its own names something.
        status = 404 if request.resolver_match.url_name == "digest_day" else 200
        return render(request, "news/digest.html", {"form": form, "asked": False, "alternates": {}}, status=status)
    articles = Article.objects.published().filter(
        edition__published_at__gte=form.span[0], edition__published_at__lt=form.span[1]
    )
    if form.section_row:
        articles = articles.filter(section=form.section_row)
    if form.state_row:
        articles = articles.filter(states=form.state_row)
    try:
        part = Paginator(full_texts(articles), PER_PART).page(request.GET.get("page") or 1)
    except InvalidPage as error:
        raise Http404(_("There is no such page.")) from error
    context = {
        "form": form,
        "asked": True,
        "part": part,
        "articles": with_pictures(list(part.object_list)),
        "days": [form.cleaned_data["from"], form.cleaned_data["to"]],
        "names": [str(row) for row in (form.state_row, form.section_row) if row],
        "alternates": alternates(form, part.number),
        "address": settings.SITE_URL + address(form, translation.get_language(), part.number),
        "pages": [(number, address(form, translation.get_language(), number)) for number in part.paginator.page_range],
    }
    return render(request, "news/digest.html", context)


def full_texts(articles):
    """All that a digest prints of the stories, the newest first; a fixed number of queries."""
    active = translation.get_language()
    return (
        articles.select_related("section", "lead_image")
        .defer(*[column("body", code) for code, _name in settings.LANGUAGES if code != active])
        .prefetch_related(
            Prefetch("bylines", Byline.objects.select_related("author")),
            Prefetch("gallery", GalleryItem.objects.select_related("image")),
        )
        .newest()
    )


def with_pictures(articles):
    """``Article.pictures`` of all stories: those of the galleries are there, those that the bodies name take one query."""
    tokens = {article.pk: image_tokens(article.body or "") for article in articles}
    named = {token for found in tokens.values() for token in found}
    images = {image.token: image for image in Image.objects.filter(token__in=named)} if named else {}
    for image in images.values():
        image.place = image.item = None
    for article in articles:
        article.pictures = [images[token] for token in tokens[article.pk] if token in images]
        for item in article.gallery.all():
            item.image.place, item.image.item = item.position, item.pk
            article.pictures.append(item.image)
    return articles
