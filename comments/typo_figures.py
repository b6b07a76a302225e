"""Typo reports in figures, for the desk."""

from datetime import timedelta
from statistics import median

from django.db.models import Count
from django.utils import timezone
from django.utils.timesince import timesince

from news.models import Author, Section

from .models import TypoReport

SINCE = timedelta(days=90)
ROWS = 5


def figures():
    """Of the last 90 days: how many reports, the median time to correction, whose texts they were; at most six queries."""
    reports = TypoReport.objects.filter(created_at__gt=timezone.now() - SINCE).order_by()
    accepted = reports.filter(status=TypoReport.Status.ACCEPTED, decided_at__isnull=False)
    now = timezone.now()
    times = [decided - created for created, decided in accepted.values_list("created_at", "decided_at")]
    return {
        "reports": reports.count(),
        "corrected": len(times),
        "median": timesince(now - median(times), now) if times else "",
        "sections": most(reports, "article__section", Section),
        "authors": most(reports, "article__bylines__author", Author),
    }


def most(reports, path, model):
    rows = reports.exclude(**{path: None}).values(path).annotate(number=Count("pk")).order_by("-number", path)[:ROWS]
    named = model.objects.in_bulk([row[path] for row in rows])
    return [(str(named[row[path]]), row["number"]) for row in rows]
