from django import template
from django.utils import timezone

from ..clocks import MOSCOW, furniture

register = template.Library()


def furniture_of(context):
    """The same furniture, from one query, for all tags of a page."""
    request = context.get("request")
    if request is None:
        return furniture()
    if not hasattr(request, "states_furniture"):
        request.states_furniture = furniture()
    return request.states_furniture


@register.inclusion_tag("states/includes/groups.html", takes_context=True)
def state_groups(context):
    groups, _currencies = furniture_of(context)
    return {"groups": groups, "moscow_time": f"{timezone.now().astimezone(MOSCOW):%H:%M}"}


@register.inclusion_tag("states/includes/currencies.html", takes_context=True)
def currency_table(context):
    _groups, table = furniture_of(context)
    return {"table": table}
