import tomllib
import zoneinfo
from datetime import date
from itertools import pairwise

import pytest
from django.apps import apps
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from states import facts
from states.models import FOUNDED, Currency, Membership, State

pytestmark = pytest.mark.django_db

FACTS = tomllib.loads(facts.FACTS.read_text(encoding="utf-8"))
FOUNDERS = {"CN", "KZ", "KG", "RU", "TJ", "UZ"}


def groups(on):
    found = {"member": set(), "observer": set(), "partner": set()}
    for membership in Membership.objects.current(on).select_related("state"):
        found[membership.status].add(membership.state.iso2)
    return found


@pytest.mark.parametrize(
    ("on", "members", "observers", "partners"),
    [
        (date(2001, 6, 14), set(), set(), set()),
        (date(2001, 6, 15), FOUNDERS, set(), set()),
        (date(2005, 7, 4), FOUNDERS, {"MN"}, set()),
        (date(2005, 7, 5), FOUNDERS, {"MN", "IN", "IR", "PK"}, set()),
        (date(2017, 6, 8), FOUNDERS, {"AF", "BY", "IN", "IR", "MN", "PK"}, {"AM", "AZ", "KH", "LK", "NP", "TR"}),
        (
            date(2020, 2, 25),
            {"CN", "IN", "KZ", "KG", "PK", "RU", "TJ", "UZ"},
            {"AF", "BY", "IR", "MN"},
            {"AM", "AZ", "KH", "NP", "LK", "TR"},
        ),
        (
            date(2024, 7, 3),
            {"CN", "IN", "IR", "KZ", "KG", "PK", "RU", "TJ", "UZ"},
            {"AF", "BY", "MN"},
            {"AE", "AM", "AZ", "BH", "EG", "KH", "KW", "LK", "MM", "MV", "NP", "QA", "SA", "TR"},
        ),
        (
            date(2026, 3, 10),
            {"BY", "CN", "IN", "IR", "KZ", "KG", "PK", "RU", "TJ", "UZ"},
            {"AF", "MN"},
            {"AE", "AM", "AZ", "BH", "EG", "KH", "KW", "LA", "LK", "MM", "MV", "NP", "QA", "SA", "TR"},
        ),
    ],
)
def test_groups_as_of_a_day(on, members, observers, partners):
    assert groups(on) == {"member": members, "observer": observers, "partner": partners}


def test_day_of_a_change_belongs_to_the_new_status():
    india = Membership.objects.filter(state__iso2="IN")

    assert [m.status for m in india.current(date(2017, 6, 8))] == ["observer"]
    assert [m.status for m in india.current(date(2017, 6, 9))] == ["member"]


def test_groups_come_in_their_order_and_states_in_theirs():
    found = Membership.objects.current(date(2020, 2, 25)).in_groups().select_related("state")

    assert [m.state.iso2 for m in found] == (
        ["IN", "KZ", "CN", "KG", "PK", "RU", "TJ", "UZ", "AF", "BY", "IR", "MN", "AZ", "AM", "KH", "NP", "TR", "LK"]
    )


def membership(iso2, since, until=None, status="member"):
    return Membership(state=State.objects.get(iso2=iso2), status=status, since=since, until=until)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (date(2004, 1, 1), date(2005, 7, 6)),
        (date(2006, 1, 1), date(2007, 1, 1)),
        (date(2004, 1, 1), date(2020, 1, 1)),
        (date(2017, 6, 8), date(2017, 6, 10)),
        (date(2030, 1, 1), date(2031, 1, 1)),
        (date(2030, 1, 1), None),
    ],
)
def test_statuses_of_a_state_do_not_overlap(since, until):
    with pytest.raises(ValidationError, match="another status in this time"):
        membership("IN", since, until).clean()


def test_status_before_the_first_one_is_accepted():
    membership("IN", FOUNDED, date(2005, 7, 5), "partner").full_clean()


def test_status_may_be_changed_in_its_place():
    Membership.objects.get(state__iso2="IN", until=None).full_clean()


def test_status_begins_with_the_organisation():
    with pytest.raises(ValidationError, match="founded on 15 June 2001"):
        membership("LA", date(2001, 6, 14), date(2002, 1, 1)).clean()


@pytest.mark.parametrize("until", [date(2004, 1, 1), date(2003, 12, 31)])
def test_database_refuses_a_status_that_ends_before_it_began(until):
    with pytest.raises(IntegrityError), transaction.atomic():
        membership("LA", date(2004, 1, 1), until).save()


def test_database_refuses_two_statuses_without_end():
    with pytest.raises(IntegrityError), transaction.atomic():
        membership("LA", date(2030, 1, 1)).save()


def test_loading_the_facts_again_doubles_nothing_and_keeps_what_editors_wrote():
    State.objects.filter(iso2="LA").update(capital_en="Viangchan")
    Membership.objects.filter(state__iso2="SA").update(approximate=False)
    counts = [model.objects.count() for model in (State, Membership, Currency)]

    facts.load(apps)

    assert [model.objects.count() for model in (State, Membership, Currency)] == counts == [27, 32, 27]
    assert State.objects.get(iso2="LA").capital_en == "Viangchan"
    assert not Membership.objects.get(state__iso2="SA").approximate


def test_facts_loaded_into_empty_tables_are_those_of_the_migration():
    def rows():
        return list(
            State.objects.values_list("iso2", "name_ru", "name_en", "name_zh_hans", "capital_zh_hans", "position")
        )

    before = rows()
    State.objects.all().delete()
    Currency.objects.all().delete()

    facts.load(apps)

    assert rows() == before


def test_facts_are_whole():
    assert len(FACTS["state"]) == len({state["iso2"] for state in FACTS["state"]}) == 27
    for state in FACTS["state"]:
        for field in ("name", "formal_name", "capital"):
            assert set(state[field]) == {"ru", "en", "zh_hans"}
        zoneinfo.ZoneInfo(state["tz"])
        days = [status["since"] for status in state["memberships"]]
        assert days[0] >= FOUNDED
        assert all(earlier < later for earlier, later in pairwise(days))
    for state in State.objects.all():
        state.full_clean()
        assert finders.find(state.flag)
    for currency in Currency.objects.all():
        currency.full_clean()


def test_state_whose_flag_was_not_drawn_yet_has_none():
    assert State(iso2="ZZ").flag == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [("iso2", "kz"), ("iso2", "K\n"), ("iso2", "КЗ"), ("tz", "Asia/Astana"), ("tz", "../etc/passwd")],
)
def test_nonsense_in_a_state_is_refused(field, value):
    state = State.objects.get(iso2="KZ")
    setattr(state, field, value)
    with pytest.raises(ValidationError) as error:
        state.full_clean()
    assert list(error.value.message_dict) == [field]
