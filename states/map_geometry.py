"""Makes data/map.json, the geometry of the region's map, from Natural Earth's public-domain data.

    python -m states.map_geometry countries-50m.json codes.json

The first file is of the npm package world-atlas (Natural Earth 4.1 at 1 : 50 million, as TopoJSON), the second of
i18n-iso-countries (rows of ISO 3166-1 codes). To be run only when the data, the frame or the places of names change.

Shapes are taken as the source has them: none is cut, moved or joined, with one exception. A shape that ISO 3166-1,
whose codes are the keys of this portal, names as a part of a state is drawn with that state.
"""

import json
import sys
from heapq import heapify, heappop, heappush
from itertools import pairwise
from math import cos, hypot, radians, sin, sqrt
from pathlib import Path

MAP = Path(__file__).parent / "data" / "map.json"
SOURCE = "Natural Earth 4.1, 1:50m Cultural Vectors, Admin 0 – Countries, by way of the npm package world-atlas 2.0.2"
LICENCE = "Public domain (https://www.naturalearthdata.com/about/terms-of-use/)"

MERIDIAN, PARALLELS = 90, (5, 45)  # of the projection, Albers's equal-area conic one: upright, and true to scale
SCALE = 520  # units for a radius of the earth
FRAME = -508, -780, 494, -2  # left, top, right, bottom, in units
DETAIL = 12  # square units: a corner of less is left out
COARSE = 50  # the same between the sea and states without a name on the map, which stay good enough to get one
ISLET = 7  # square units: an island of less is left out, and a state of less that has no name on the map
ROCK = 40  # the same of an island of such a state
SMALL = 100  # square units: an island of less keeps tenths of a unit
PARTS = {"HK": "CN", "MO": "CN", "TW": "CN"}
# Where a name stands, in units of the frame, and which of its ends is there; else it is amid the state's largest part.
NAMES = {
    "AE": (274, 617, "start"), "AF": (336, 456, "middle"), "AM": (168, 311, "end"), "AZ": (262, 398, "start"),
    "BH": (230, 697, "start"), "BY": (150, 206, "middle"), "CN": (590, 448, "middle"), "EG": (56, 440, "middle"),
    "IN": (420, 578, "middle"), "IR": (250, 440, "middle"), "KG": (430, 384, "middle"), "KH": (635, 657, "middle"),
    "KW": (160, 445, "end"), "KZ": (362, 316, "middle"), "LA": (612, 588, "middle"), "LK": (443, 713, "start"),
    "MM": (552, 579, "middle"), "MN": (590, 336, "middle"), "MV": (374, 742, "start"), "NP": (463, 513, "middle"),
    "PK": (343, 504, "middle"), "QA": (252, 657, "start"), "RU": (550, 220, "middle"), "SA": (152, 530, "middle"),
    "TJ": (402, 417, "start"), "TR": (146, 342, "middle"), "UZ": (322, 366, "middle"),
}  # fmt: skip
# States too small to be hit or named on the spot have a marker: its place, in units of the frame.
MARKERS = {
    "AE": (258, 612), "AM": (182, 306), "AZ": (248, 388), "BH": (214, 692), "KW": (174, 435), "LK": (426, 707),
    "MV": (358, 737), "QA": (236, 652), "TJ": (383, 412),
}  # fmt: skip


def project(east, north):
    """Albers's equal-area conic projection, in units from where the meridian meets the equator, downwards."""
    first, second = map(radians, PARALLELS)
    cone = (sin(first) + sin(second)) / 2
    base = cos(first) ** 2 + 2 * cone * sin(first)
    radius = SCALE * sqrt(max(base - 2 * cone * sin(radians(north)), 0)) / cone
    turn = cone * radians((east - MERIDIAN + 180) % 360 - 180)
    return radius * sin(turn), radius * cos(turn) - SCALE * sqrt(base) / cone


def area(ring):
    """Twice the area with the sign of the direction, halved."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*ring, ring[0]])) / 2


def triangle(a, b, c):
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def simplify(points, detail):
    """Visvalingam's way: the corner with the smallest triangle goes first. The ends stay, so neighbours still meet."""
    flat = [project(*point) for point in points]
    before, after = list(range(-1, len(points) - 1)), list(range(1, len(points) + 1))
    queue = [
        (triangle(flat[place - 1], flat[place], flat[place + 1]), place)
        for place in range(1, len(points) - 1)
        if abs(points[place][0]) < 179.99
    ]
    heapify(queue)
    weight, gone = {place: size for size, place in queue}, set()
    while queue:
        size, place = heappop(queue)
        if size > detail:
            break
        if place in gone or weight[place] != size:
            continue
        gone.add(place)
        left, right = before[place], after[place]
        after[left], before[right] = right, left
        for near in (left, right):
            if near in weight and near not in gone:
                weight[near] = max(size, triangle(flat[before[near]], flat[near], flat[after[near]]))
                heappush(queue, (weight[near], near))
    return [point for place, point in enumerate(points) if place not in gone]


def decode(topology):
    """The arcs in degrees; https://github.com/topojson/topojson-specification"""
    (across, up), (left, low) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * across + left, y * up + low))
        yield points


def polygons(geometry):
    return [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry.get("arcs", [])


def state_of(geometry, codes):
    """The alpha-2 code of the state that the shape is drawn with; empty for one without a code."""
    iso2 = codes.get(geometry.get("id"), "")
    return PARTS.get(iso2, iso2)


def outlines(geometry, arcs):
    """The outer and inner rings of a country, in degrees, open."""
    for rings in polygons(geometry):
        for ring in rings:
            points = []
            for number in ring:
                arc = arcs[number] if number >= 0 else arcs[~number][::-1]
                points += arc[1:]
            yield points


def seam(ring):
    """The ring turned so that it begins and ends on the 180th meridian, and the two latitudes; or nothing."""
    on = [abs(east) > 179.99 for east, _north in ring]
    if not any(on) or all(on):
        return None
    starts = [place for place in range(len(ring)) if on[place - 1] and not on[place]]
    if len(starts) != 1:
        return None
    turned = ring[starts[0] - 1 :] + ring[: starts[0] - 1] if starts[0] else [ring[-1], *ring[:-1]]
    last = max(place for place in range(len(turned)) if abs(turned[place][0]) < 179.99)
    return turned[: last + 2] if last + 2 <= len(turned) else [*turned, turned[0]]


def join_halves(rings):
    """The source cuts land at the 180th meridian; the halves are put together again."""
    whole, halves = [], []
    for ring in rings:
        half = seam(ring)
        (halves if half else whole).append(half or ring)
    while halves:
        half = halves.pop()
        other = next(
            (
                o
                for o in halves
                if hypot(o[0][1] - half[-1][1], o[-1][1] - half[0][1]) < 0.3 and o[1][0] * half[1][0] < 0
            ),
            None,
        )
        if other:
            halves.remove(other)
            half = [*half[1:-1], *other[1:-1]]
        whole.append(half)
    return whole


def clip(ring):
    """Sutherland and Hodgman's way, along a frame a little larger than ours, so that no cut is seen."""
    left, top, right, bottom = FRAME[0] - 8, FRAME[1] - 8, FRAME[2] + 8, FRAME[3] + 8
    for axis, limit, sign in ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)):
        kept = []
        for a, b in pairwise([*ring, ring[0]]):
            inside_a, inside_b = sign * (a[axis] - limit) >= 0, sign * (b[axis] - limit) >= 0
            if inside_a:
                kept.append(a)
            if inside_a != inside_b:
                share = (limit - a[axis]) / (b[axis] - a[axis])
                kept.append((a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))
        if not kept:
            return []
        ring = kept
    return ring


def beyond(ring):
    """On the other side of the earth, where the projection is cut open."""
    return any(-120 < east < -60 for east, _north in ring)


def path(rings):
    """As SVG writes it, each step from the point before: in whole units, in tenths where a ring is small."""
    text = []
    for ring in rings:
        unit = 10 if abs(area(ring)) < SMALL else 1
        points = [(round((x - FRAME[0]) * unit), round((y - FRAME[1]) * unit)) for x, y in ring]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
        numbers = [number / unit for step in steps if step != (0, 0) for number in step]
        text.append(f"M{points[0][0] / unit:g} {points[0][1] / unit:g}l{joined(numbers)}z")
    return "".join(text)


def joined(numbers):
    text = ""
    for number in numbers:
        written = f"{number:g}".replace("0.", ".", 1) if abs(number) < 1 else f"{number:g}"
        text += written if not text or written.startswith("-") else f" {written}"
    return text


def details(topology, codes):
    """How coarse each arc may be."""
    fine = {
        number if number >= 0 else ~number
        for geometry in topology["objects"]["countries"]["geometries"]
        if state_of(geometry, codes) in NAMES
        for rings in polygons(geometry)
        for ring in rings
        for number in ring
    }
    return [DETAIL if number in fine else COARSE for number in range(len(topology["arcs"]))]


def middle(ring):
    """The centre of gravity."""
    whole = area(ring)
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairwise([*ring, ring[0]])) / (6 * whole)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairwise([*ring, ring[0]])) / (6 * whole)
    return x, y


def draw(topology, codes):
    full = list(decode(topology))
    # A shape that is left without area keeps more of its corners, up to all, where it has a name: its area decides below.
    steps = [
        [simplify(*arc) for arc in zip(full, details(topology, codes), strict=True)],
        [simplify(points, DETAIL / 2) for points in full],
    ]
    land = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        iso2 = state_of(geometry, codes)
        for arcs in [*steps, full] if iso2 in NAMES else steps:
            rings = [ring for ring in outlines(geometry, arcs) if len(ring) > 2 and not beyond(ring)]
            if any(abs(area([project(*p) for p in ring])) > ISLET for ring in rings):
                break
        land.setdefault(iso2, []).extend(rings)
    shapes = {}
    for iso2, rings in sorted(land.items()):
        flat = [[project(*point) for point in ring] for ring in join_halves(rings)]
        flat = [ring for ring in map(clip, flat) if len(ring) > 2]
        if not flat:
            continue
        flat.sort(key=lambda ring: -abs(area(ring)))
        if iso2 not in NAMES and abs(area(flat[0])) < ISLET:
            continue
        x, y = middle(flat[0])
        spot = round(x - FRAME[0]), round(y - FRAME[1])
        shapes[iso2] = {
            "path": path([ring for ring in flat if abs(area(ring)) >= (ISLET if iso2 in NAMES else ROCK)] or flat[:1]),
            "name": NAMES.get(iso2, (*spot, "middle")),
        }
        if iso2 in MARKERS:
            shapes[iso2] |= {"marker": MARKERS[iso2], "spot": spot}
    return {
        "source": SOURCE,
        "licence": LICENCE,
        "width": FRAME[2] - FRAME[0],
        "height": FRAME[3] - FRAME[1],
        "shapes": shapes,
    }


def main(topology_file, codes_file):
    topology = json.loads(Path(topology_file).read_text(encoding="utf-8"))
    codes = {
        numeric: alpha2
        for alpha2, _alpha3, numeric, *_rest in json.loads(Path(codes_file).read_text(encoding="utf-8"))
    }
    MAP.write_text(written(draw(topology, codes)), encoding="utf-8")


def written(drawn):
    """As JSON with a line for each shape, so that a change can be read."""
    text = json.dumps(drawn | {"shapes": {}}, ensure_ascii=False, indent=1)
    lines = ",\n".join(f"  {json.dumps(iso2)}: {json.dumps(shape)}" for iso2, shape in drawn["shapes"].items())
    return text.replace('"shapes": {}', f'"shapes": {{\n{lines}\n }}') + "\n"


if __name__ == "__main__":
    main(*sys.argv[1:])
