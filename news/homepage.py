"""What stands where on the home page: the editors' slots first, the latest after them, no story twice."""

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone, translation

from .models import Article, HomepageSlot, Section

FEATURES = 4
LATEST = 10
IN_SECTION = 4
STATES_NEWS = 4
ENOUGH = 1 + FEATURES + LATEST + STATES_NEWS + IN_SECTION  # of a section, should it hold all that stands above


@dataclass
class Homepage:
    lead: Article | None = None
    features: list = field(default_factory=list)
    latest: list = field(default_factory=list)
    sections: list = field(default_factory=list)  # [(section, [article, …])]
    states: list = field(default_factory=list)


def slots(language, at):
    """The articles that editors placed and that readers may see, as [(place, article)]; one query."""
    placed = HomepageSlot.objects.filter(
        Q(since=None) | Q(since__lte=at), Q(until=None) | Q(until__gt=at), language=language
    )
    order = placed.order_by("position", "pk").values_list("place", "article_id")
    return list(order)


def by_section(published):
    """The newest of each section that has a title, as [(section, [article, …])]; three queries, whatever the number."""
    sections = list(Section.objects.named())
    # One sliced subquery a section: each walks the index of the newest and stops, where a window would rank them all.
    wanted = Q(pk=None)
    for section in sections:
        wanted |= Q(pk__in=published.filter(section=section).newest().values("pk")[:ENOUGH])
    found = {section.pk: [] for section in sections}
    for article in published.filter(pk__in=list(Article.objects.filter(wanted).values_list("pk", flat=True))).newest():
        found[article.section_id].append(article)
    return [(section, found[section.pk]) for section in sections]


def build(language=None, at=None):
    language = language or translation.get_language()
    at = at or timezone.now()
    published = Article.objects.published(language, at).for_lists()
    newest = list(published.newest()[: 1 + FEATURES + LATEST])
    placed = slots(language, at)
    loaded = {article.pk: article for article in newest}
    if missing := {pk for _place, pk in placed} - set(loaded):
        loaded |= {article.pk: article for article in published.filter(pk__in=missing)}
    page = Homepage()
    used = set()

    def take(articles, number):
        chosen = []
        for article in articles:
            if len(chosen) == number:
                break
            if article.pk not in used:
                used.add(article.pk)
                chosen.append(article)
        return chosen

    def in_place(place):
        return [loaded[pk] for kind, pk in placed if kind == place and pk in loaded]

    Place = HomepageSlot.Place
    page.lead = next(iter(take([*in_place(Place.LEAD), *(a for a in newest if a.lead_image_id), *newest], 1)), None)
    page.features = take([*in_place(Place.FEATURE), *newest], FEATURES)
    page.latest = take(newest, LATEST)
    page.states = take(states_news(published), STATES_NEWS)
    page.sections = [
        (section, chosen) for section, articles in by_section(published) if (chosen := take(articles, IN_SECTION))
    ]
    return page


def states_news(published):
    """The newest stories about states with their states, enough should some stand elsewhere on the page; two queries."""
    about_states = Exists(Article.states.through.objects.filter(article_id=OuterRef("pk")))
    articles = published.filter(about_states).newest()
    return list(articles[: 1 + FEATURES + LATEST + STATES_NEWS].prefetch_related("states"))
