"""The map of the region: the states of a day in their colours, all other land in one. See map_geometry.py."""

import json
from dataclasses import dataclass
from functools import cache

from .map_geometry import MAP
from .models import Membership, State

LONG = 12  # letters; a longer name of several words is written in as many lines
LINE = 15  # units from a line to the next


@cache
def geometry():
    return json.loads(MAP.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Place:
    membership: Membership
    shape: dict

    @property
    def state(self):
        return self.membership.state

    @property
    def lines(self):
        """The name with the height of each line; the middle of all is at the height of a name of one line."""
        name = str(self.state)
        words = name.split() if len(name) > LONG else [name]
        top = self.shape["name"][1] - LINE * (len(words) - 1) // 2
        return [(word, top + LINE * number) for number, word in enumerate(words)]


@dataclass(frozen=True)
class RegionMap:
    width: int
    height: int
    land: str  # the outlines of all that is no state of the day
    places: list[Place]  # as the groups; with a marker last: their names lie on neighbours' land
    absent: list[State]  # for which there is no outline


def region_map(groups):
    """The map of the groups that clocks.groups_of makes."""
    drawn = geometry()
    shapes = drawn["shapes"]
    memberships = [row.membership for group in groups for row in group.rows]
    listed = {membership.state.iso2 for membership in memberships}
    places = [Place(each, shapes[each.state.iso2]) for each in memberships if each.state.iso2 in shapes]
    return RegionMap(
        drawn["width"],
        drawn["height"],
        "".join(shape["path"] for iso2, shape in shapes.items() if iso2 not in listed),
        sorted(places, key=lambda place: "marker" in place.shape),
        [each.state for each in memberships if each.state.iso2 not in shapes],
    )
