from django.core.paginator import InvalidPage, Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .clocks import Clock, currency_table, groups_of, is_stale, moscow_today
from .forms import AsOfForm
from .history import rate_chart
from .map import region_map
from .models import FOUNDED, Membership, State

NEWS_PER_PAGE = 20


@require_safe
def state_list(request):
    """The groups of today, or of the day asked for."""
    form = AsOfForm(request.GET)
    on = form.cleaned_data["on"] if form.is_valid() else None
    today = moscow_today()
    memberships = Membership.objects.current(on or today).in_groups().with_states()
    groups = groups_of(memberships, timezone.now())
    context = {
        "form": form,
        "on": on,
        "groups": groups,
        "map": region_map(groups),
        "rate_date": currency_table([row.state for group in groups for row in group.rows], today).date,
        "first_day": FOUNDED,
        "last_day": today,
    }
    return render(request, "states/list.html", context)


@require_safe
def state_detail(request, slug):
    state = get_object_or_404(State.objects.select_related("currency"), iso2=slug.upper())
    paginator = Paginator(state.articles.published().for_lists().newest(), NEWS_PER_PAGE)
    try:
        page = paginator.page(request.GET.get("page") or 1)
    except InvalidPage as error:
        raise Http404(_("There is no such page.")) from error
    currency, today = state.currency, moscow_today()
    context = {
        "state": state,
        "clock": Clock.of(state, timezone.now()),
        "stale": currency and currency.quoted and is_stale(currency.rate_date, today),
        "chart": currency and rate_chart(currency, today),
        "memberships": state.memberships.order_by("-since"),
        "page": page,
    }
    return render(request, "states/detail.html", context)
