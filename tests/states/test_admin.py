from datetime import date

import pytest
from django.urls import reverse

from states.models import Membership, State

from ..factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def statuses(iso2):
    return list(Membership.objects.filter(state__iso2=iso2).order_by("since").values_list("status", "since", "until"))


def save(desk, state, rows):
    """Posts the form of the state with these rows: (pk, status, since, until, delete)."""
    address = f"/en/admin/states/state/{state.pk}/change/"
    form = desk.get(address).context["adminform"].form
    data = {name: form.initial.get(name) or "" for name in form.fields}
    known = sum(1 for pk, *_ in rows if pk)
    data |= {"memberships-TOTAL_FORMS": len(rows), "memberships-INITIAL_FORMS": known}
    for number, (pk, status, since, until, delete) in enumerate(rows):
        fields = {"id": pk or "", "state": state.pk, "status": status, "since": since, "until": until or ""}
        if delete:
            fields["DELETE"] = "on"
        data |= {f"memberships-{number}-{name}": value for name, value in fields.items()}
    return desk.post(address, data)


def test_next_accession_is_recorded_in_one_form(desk):
    laos = State.objects.get(iso2="LA")
    [partner] = laos.memberships.all()

    response = save(
        desk,
        laos,
        [(partner.pk, "partner", "2025-09-01", "2026-07-01", False), (None, "observer", "2026-07-01", "", False)],
    )

    assert response.status_code == 302
    assert statuses("LA") == [
        ("partner", date(2025, 9, 1), date(2026, 7, 1)),
        ("observer", date(2026, 7, 1), None),
    ]


def test_accession_is_taken_back_in_one_form(desk):
    india = State.objects.get(iso2="IN")
    member, observer = india.memberships.order_by("-since")

    response = save(
        desk,
        india,
        [(member.pk, "member", "2017-06-09", "", True), (observer.pk, "observer", "2005-07-05", "", False)],
    )

    assert response.status_code == 302
    assert statuses("IN") == [("observer", date(2005, 7, 5), None)]


@pytest.mark.parametrize(
    ("until", "since", "message"),
    [
        ("", "2026-07-01", "Two statuses overlap"),
        ("2026-07-02", "2026-07-01", "Two statuses overlap"),
        ("", "2025-09-01", "Two statuses overlap"),
        ("2025-09-01", "2026-07-01", "A status must end after it began."),
        ("2025-02-30", "2026-07-01", "Enter a valid date."),
    ],
)
def test_statuses_that_overlap_are_refused_and_nothing_is_lost(desk, until, since, message):
    laos = State.objects.get(iso2="LA")
    [partner] = laos.memberships.all()

    response = save(
        desk, laos, [(partner.pk, "partner", "2025-09-01", until, False), (None, "observer", since, "", False)]
    )

    assert response.status_code == 200
    assert message in response.content.decode()
    assert since in response.content.decode()
    assert statuses("LA") == [("partner", date(2025, 9, 1), None)]


def test_zone_that_does_not_exist_is_refused(desk):
    laos = State.objects.get(iso2="LA")
    laos.tz = "Asia/Nowhere"
    laos.save()

    response = save(desk, laos, [])

    assert "is not in the IANA time zone database" in response.content.decode()


def test_history_of_rates_is_to_be_read_alone(desk):
    assert desk.get(reverse("admin:states_rate_changelist")).status_code == 200
    assert desk.get(reverse("admin:states_rate_add")).status_code == 403


@pytest.mark.parametrize("search", ["Казах", "kazakh", "哈萨克"])
def test_state_is_found_in_each_language(desk, search):
    response = desk.get("/en/admin/states/state/", {"q": search})

    assert [state.iso2 for state in response.context["cl"].queryset] == ["KZ"]
