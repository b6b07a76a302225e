"""Stories related to a story: the one rule, in one query."""

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from .models import Article

NUMBER = 4
LABELS = 8  # of each kind; a communiqué about everything is related to nothing
NEWEST = 50  # of each label: what is looked at stays the same, however large the archive grows
TAG, STATE, SECTION = 3, 2, 1  # what sharing one of them counts


def newest(rows, name):
    """The articles of the newest of the rows. The limit stands one level deeper, as SQLite has none within a UNION."""
    return rows.model._base_manager.filter(pk__in=rows.order_by("-pk").values("pk")[:NEWEST]).order_by().values(name)


def shared(rows):
    """How many of the rows an article has."""
    counted = rows.filter(article=OuterRef("pk")).order_by().values("article").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)


def related(article, number=NUMBER):
    """At most ``number`` stories, published in the active language, that share tags, states or the section.

    A shared tag counts more than a shared state, which counts more than the section; among equals the newest come
    first. Only the newest stories of each tag, of each state and of the section are looked at.
    """
    tagged, about = Article.tags.through.objects, Article.states.through.objects
    tags = [tag.pk for tag in article.tags.all()][:LABELS]
    states = [state.pk for state in article.states.all()][:LABELS]
    candidates = newest(Article.objects.filter(section=article.section_id), "pk").union(
        *(newest(tagged.filter(tag=pk), "article") for pk in tags),
        *(newest(about.filter(state=pk), "article") for pk in states),
        all=True,
    )
    same_section = Case(
        When(section=article.section_id, then=Value(SECTION)), default=Value(0), output_field=IntegerField()
    )
    nearness = (
        shared(tagged.filter(tag__in=tags)) * TAG + shared(about.filter(state__in=states)) * STATE + same_section
    )
    # Not Article.objects.published() itself: SQLite would walk all editions of the language and look for candidates there.
    published = Article.objects.published().filter(pk=OuterRef("pk"))
    return list(
        Article.objects.in_language()
        .for_lists()
        .filter(Exists(published), pk__in=candidates)
        .exclude(pk=article.pk)
        .annotate(nearness=nearness)
        .order_by("-nearness", "-edition__published_at", "-pk")[:number]
    )
