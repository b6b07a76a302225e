"""What of the site's own addresses leads somewhere (news/links.py)."""

from news import links

from .models import Magazine, Page


def issues(numbers):
    return Magazine.objects.readable().filter(pk__in=numbers).values_list("pk", flat=True)


def register():
    links.register("page", Page)
    links.register("magazine_pdf", issues)
