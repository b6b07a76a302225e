"""What stands around each page and belongs to the site: notice, breaking news, menu, sections, partners, magazine; one query."""

from dataclasses import dataclass, field

from django.db.models import CharField, DateField, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone, translation

from news.homepage import breaking_stories
from news.models import Section, column

from .models import Magazine, Page, PartnerLink, SiteNotice


@dataclass
class Item:
    pk: int
    slug: str
    title: str
    text: str
    url: str
    day: object = None


@dataclass
class Furniture:
    section: list = field(default_factory=list)
    page: list = field(default_factory=list)
    partner: list = field(default_factory=list)
    notice: list = field(default_factory=list)
    breaking: list = field(default_factory=list)
    magazine: list = field(default_factory=list)


def rows(queryset, kind, *, title, text="", slug="", url="", day=None, position="position"):
    def char(name, output=CharField):
        return Cast(F(name), output()) if name else Value("", output_field=output())

    # modeltranslation's values_list() puts expressions into any order, which a UNION can't have.
    plain = QuerySet(queryset.model, query=queryset.query.chain())
    return plain.order_by().values_list(
        Value(kind, output_field=CharField()),
        F("pk"),
        char(slug),
        char(title),
        char(text, TextField),
        char(url),
        F(day) if day else Cast(Value(None), DateField()),
        Cast(F(position), IntegerField()) if position else Value(0, output_field=IntegerField()),
    )


def furniture(language=None, on=None, at=None):
    """The language's furniture; what has no text in the language is left out. ``at``: as of another moment than now."""
    language = language or translation.get_language()
    at = at or timezone.now()
    on = on or timezone.localdate(at)
    title, name, text = column("title", language), column("name", language), column("text", language)
    magazine = Magazine.objects.filter(pk__in=Magazine.objects.order_by("-month", "-pk").values("pk")[:1])
    parts = (
        rows(Section.objects.all(), "section", title=title, slug="slug")
        .union(
            rows(Page.objects.all(), "page", title=title, slug="slug"),
            rows(PartnerLink.objects.current(on), "partner", title=name, url="url"),
            rows(SiteNotice.objects.current(on), "notice", title="", text=text),
            rows(
                breaking_stories(language, at),
                "breaking",
                title=title,
                text="slot__text",
                slug="edition__slug",
                position="slot__position",
            ),
            rows(magazine, "magazine", title=title, slug="number", day="month", position=None),
            all=True,
        )
        .order_by()
    )
    found = Furniture()
    for kind, pk, slug, title, text, url, day, _position in sorted(parts, key=lambda row: (row[7], row[1])):
        if title or text:
            getattr(found, kind).append(Item(pk, slug, title, text, url, day))
    for item in found.section:
        item.url = reverse("news:section", args=[item.slug])
    for item in found.page:
        item.url = reverse("page", args=[item.slug])
    for item in found.breaking:
        item.url = reverse("news:article", args=[item.pk, item.slug or "-"])
    return found
