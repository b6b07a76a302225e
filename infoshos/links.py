"""What of the site's own addresses leads somewhere (news/links.py)."""

from news import links
from states.models import State

from .models import Magazine, Page


def pages(slugs, language):
    return links.named(Page, slugs, language)


def issues(numbers, _language):
    numbers = {number for number in numbers if len(number) < 18}
    there = set(Magazine.objects.exclude(pdf="").filter(pk__in=numbers).values_list("pk", flat=True))
    return {number for number in numbers if int(number) in there}


def states(slugs, _language):
    upper = {slug.upper() for slug in slugs}
    return {iso2.lower() for iso2 in State.objects.filter(iso2__in=upper).values_list("iso2", flat=True)}


def register():
    links.register("page", pages)
    links.register("magazine_pdf", issues)
    for view in ("states:detail", "news:state_rss", "news:state_atom"):
        links.register(view, states)
