"""Moments in words: Moscow time, in the manner of the language."""

from django.utils import timezone
from django.utils.formats import date_format


def moscow_time(moment):
    return date_format(timezone.localtime(moment, timezone.get_default_timezone()), "SHORT_DATETIME_FORMAT")
