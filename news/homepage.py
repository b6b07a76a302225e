"""What stands where on the home page: the editors' slots first, the latest after them, no story twice.

What is read most is a list of links to wherever its stories stand, hence not asked.
"""

from dataclasses import dataclass, field

from django.db.models import Exists, FilteredRelation, OuterRef, Q
from django.utils import timezone, translation

from . import reading
from .models import Article, HomepageSlot, Section

SECONDS = 3
FEATURES = 4
LATEST = 10
MOST_READ = 5
IN_SECTION = 4
STATES_NEWS = 4
ABOVE = 2 + SECONDS + FEATURES + LATEST  # with the breaking bar's; before states and sections
ENOUGH = ABOVE + STATES_NEWS + IN_SECTION  # of a section, should it hold all that stands above

Place = HomepageSlot.Place


@dataclass
class Homepage:
    breaking: Article | None = None
    lead: Article | None = None
    seconds: list = field(default_factory=list)
    features: list = field(default_factory=list)
    latest: list = field(default_factory=list)
    most_read: list = field(default_factory=list)
    states: list = field(default_factory=list)
    sections: list = field(default_factory=list)  # [(section, [article, …])]
    placed: dict = field(default_factory=dict)  # {article's pk: the slot that gave it its place}


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


def build(language=None, at=None, slots=None):
    """The home page as it is at the moment; ``slots``: another arrangement than the stored one."""
    language = language or translation.get_language()
    at = at or timezone.now()
    published = Article.objects.published(language, at).for_lists()
    newest = list(published.newest()[:ABOVE])
    if slots is None:
        slots = HomepageSlot.objects.current(language, at).order_by("position", "pk")
    slots = [slot for slot in slots if slot.is_current(at)]
    much_read = reading.most_read_numbers(language, at)
    loaded = {article.pk: article for article in newest}
    if missing := {slot.article_id for slot in slots}.union(much_read) - set(loaded):
        loaded |= {article.pk: article for article in published.filter(pk__in=missing)}
    slots = [slot for slot in slots if slot.article_id in loaded]
    page = Homepage()
    used = set()
    kept_free = {slot.article_id for slot in slots}  # what has a place is not taken to another by itself

    def take(articles, number, place=None, section=None):
        """The articles that were given the place, then others, to the number."""
        chosen = []
        for slot in slots:
            if slot.place == place and slot.section_id == section and slot.article_id not in used:
                if len(chosen) < number:
                    used.add(slot.article_id)
                    page.placed[slot.article_id] = slot
                    chosen.append(loaded[slot.article_id])
        for article in articles:
            if len(chosen) >= number:
                break
            if article.pk not in used and article.pk not in kept_free:
                used.add(article.pk)
                chosen.append(article)
        return chosen

    page.breaking = next(iter(take([], 1, Place.BREAKING)), None)
    illustrated = [article for article in newest if article.lead_image_id]
    page.lead = next(iter(take([*illustrated, *newest], 1, Place.LEAD)), None)
    page.seconds = take(newest, SECONDS, Place.SECOND)
    page.features = take([*illustrated, *newest], FEATURES, Place.FEATURE)  # a row of pictures
    tops = [
        (section, take([], IN_SECTION, Place.SECTION, section.pk), articles)
        for section, articles in by_section(published)
    ]
    kept_free.clear()  # what found no room in its place stands wherever it would by itself
    about_states = states_news(published)

    def next_ones():
        """What the feed and the states' news would take now."""
        feed = [article.pk for article in newest if article.pk not in used | kept_free][:LATEST]
        others = [article.pk for article in about_states if article.pk not in {*used, *kept_free, *feed}]
        return {*feed, *others[:STATES_NEWS]}

    # On a small portal a section would be left with nothing: it keeps the oldest of what would be taken from it. Twice,
    # since what one of them keeps moves the others' stories up.
    for _section, top, articles in tops * 2:
        left = [article.pk for article in articles if article.pk not in used]
        if left and not top and next_ones().issuperset(left):
            kept_free.add(left[-1])
    page.latest = take(newest, LATEST)
    page.states = take(about_states, STATES_NEWS)
    kept_free.clear()
    tops = [(section, top or take(articles, 1), articles) for section, top, articles in tops]
    page.most_read = [loaded[pk] for pk in much_read if pk in loaded][:MOST_READ]
    page.sections = [(section, top + take(articles, IN_SECTION - len(top))) for section, top, articles in tops if top]
    return page


def states_news(published):
    """The newest stories about states with their states, enough should some stand elsewhere on the page; two queries."""
    about_states = Exists(Article.states.through.objects.filter(article_id=OuterRef("pk")))
    articles = published.filter(about_states).newest()
    return list(articles[: ABOVE + STATES_NEWS].prefetch_related("states"))


def breaking_stories(language, at):
    """What may stand in the breaking news bar, as articles with ``slot``: each page's furniture shows the first."""
    slot = Q(slots__language=language, slots__place=Place.BREAKING)
    few = HomepageSlot.objects.filter(language=language, place=Place.BREAKING)
    return (
        Article.objects.published(language, at)
        .annotate(slot=FilteredRelation("slots", condition=slot))
        .filter(pk__in=few.values("article"))  # else SQLite begins with all editions
        .filter(Q(slot__since=None) | Q(slot__since__lte=at), slot__until__gt=at)
    )
