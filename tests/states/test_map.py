import gzip
import json
import re
from itertools import combinations

import pytest
import time_machine
from django.utils import translation

from states import map_geometry
from states.map import geometry
from states.models import State

pytestmark = pytest.mark.django_db

HOMES = {"ru": "/", "en": "/en/", "zh-hans": "/zh-hans/"}
NARROWEST = 800  # pixels of the drawing: 50rem in static/css/states.css
TARGET = 24  # pixels, as WCAG 2.2 has it


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-10 23:30+03:00", tick=False):
        yield


def figure(response):
    [html] = re.findall(r'<figure class="region">.*?</figure>', response.content.decode(), re.DOTALL)
    return html


def links(response):
    return re.findall(r'<a class="region__state" href="([^"]+)"><title>([^<]+)</title>', figure(response))


def test_every_state_is_a_link_in_the_order_of_the_groups_and_those_with_a_marker_last(client):
    response = client.get("/en/states/")

    shown = links(response)

    states = [row.state for group in response.context["groups"] for row in group.rows]
    marked = {iso2 for iso2, shape in geometry()["shapes"].items() if "marker" in shape}
    states.sort(key=lambda state: state.iso2 in marked)
    assert [href for href, _title in shown] == [f"/en/states/{state.slug}/" for state in states]
    assert len(shown) == 27
    assert shown[0] == ("/en/states/by/", "Belarus – Member state")
    assert shown[-1] == ("/en/states/lk/", "Sri Lanka – Dialogue partner")


@pytest.mark.parametrize(
    ("language", "iran"),
    [("ru", "Иран – Государство-член"), ("en", "Iran – Member state"), ("zh-hans", "伊朗 – 成员国")],
)
def test_names_are_in_the_language_of_the_page(client, language, iran):
    response = client.get(f"{HOMES[language]}states/")

    assert (f"{HOMES[language]}states/ir/", iran) in links(response)
    with translation.override(language):
        name = State.objects.get(iso2="AE").name
    drawn = re.sub(r"<[^>]+>", "", re.search(r'href="[^"]*/ae/".*?</a>', figure(response), re.DOTALL)[0])
    assert " ".join(drawn.split()).endswith(f" {name}")


def test_map_follows_the_day(client):
    shown = dict(links(client.get("/en/states/?on=2020-02-25")))

    assert shown["/en/states/ir/"] == "Iran – Observer state"
    assert "/en/states/qa/" not in shown
    assert len(shown) == 18


def test_state_that_was_none_of_the_groups_is_other_land(client):
    qatar = geometry()["shapes"]["QA"]["path"]

    assert client.get("/en/states/?on=2020-02-25").context["map"].land.count(qatar) == 1
    assert client.get("/en/states/").context["map"].land.count(qatar) == 0


def test_status_is_told_by_a_pattern(client):
    html = figure(client.get("/en/states/"))

    assert '<use class="region__shape" href="#region-mn" fill="url(#region-observer)"/>' in html
    for status in ("member", "observer", "partner"):
        assert f'<pattern id="region-{status}"' in html


def test_legend_names_the_groups_that_there_are(client):
    keys = re.findall(r'class="region__key">.*?</svg>([^<]+)</li>', figure(client.get("/en/states/?on=2001-06-15")))

    assert keys == ["Member states", "Other land"]


def test_state_without_an_outline_is_named_below(client):
    somewhere = State.objects.create(iso2="XZ", name_en="Somewhere", capital_en="Town", tz="UTC")
    somewhere.memberships.create(status="partner", since="2020-01-01")

    html = figure(client.get("/en/states/"))

    assert len(re.findall('class="region__state"', html)) == 27
    assert '<a href="/en/states/xz/">Somewhere</a>' in html


def test_state_that_joins_later_is_drawn_without_a_change_of_the_data(client):
    late = State.objects.create(iso2="TM", name_en="Turkmenistan", capital_en="Ashgabat", tz="Asia/Ashgabat")
    late.memberships.create(status="partner", since="2026-01-01")

    assert ("/en/states/tm/", "Turkmenistan – Dialogue partner") in links(client.get("/en/states/"))


@pytest.mark.parametrize("language", HOMES)
def test_numbers_of_the_drawing_have_no_comma(client, language):
    response = client.get(f"{HOMES[language]}states/")

    assert re.findall(r'="[^"]*[0-9][,\xa0][0-9][^"]*"', figure(response)) == []


def test_map_is_light(client):
    assert len(gzip.compress(figure(client.get("/states/")).encode(), 6)) < 25_000


def test_note_says_that_the_map_decides_nothing(client):
    html = figure(client.get("/en/states/"))

    assert "make no statement on the legal status of any territory" in html
    assert 'aria-describedby="region-note"' in html
    assert 'id="region-note"' in html


def extent(path):
    """Width and height of the largest ring."""
    sizes = []
    for ring in re.findall(r"M([^z]+)z", path):
        start, _l, steps = ring.partition("l")
        x, y = map(float, start.split())
        xs, ys = [x], [y]
        numbers = [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", steps)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            xs.append(x)
            ys.append(y)
        sizes.append((max(xs) - min(xs), max(ys) - min(ys)))
    return max(sizes, key=lambda size: size[0] * size[1])


def test_small_states_have_markers_and_all_targets_are_large_enough():
    drawn = geometry()
    least = TARGET * drawn["width"] / NARROWEST
    ours = set(State.objects.values_list("iso2", flat=True))

    small = {iso2 for iso2 in ours if min(extent(drawn["shapes"][iso2]["path"])) < least}
    markers = {iso2: shape["marker"] for iso2, shape in drawn["shapes"].items() if "marker" in shape}

    assert small <= markers.keys()
    assert {"BH", "MV", "QA", "KW", "AE", "LK"} <= markers.keys()
    assert least <= 2 * 17  # the circle that templates/states/includes/map.html draws
    for (x, y), (x2, y2) in combinations(markers.values(), 2):
        assert (x - x2) ** 2 + (y - y2) ** 2 >= least**2


def test_data_names_its_source_and_licence():
    drawn = json.loads(map_geometry.MAP.read_text(encoding="utf-8"))

    assert drawn["source"] == map_geometry.SOURCE
    assert drawn["licence"].startswith("Public domain")
    assert map_geometry.written(drawn) == map_geometry.MAP.read_text(encoding="utf-8")


# How the data is made


def box(*corners):
    """An arc of a made-up topology, in degrees."""
    steps, before = [], (0, 0)
    for corner in [*corners, corners[0]]:
        steps.append([corner[0] - before[0], corner[1] - before[1]])
        before = corner
    return steps


def topology(*countries):
    return {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [arc for _id, arc in countries],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "id": number, "arcs": [[place]]}
                    for place, (number, _arc) in enumerate(countries)
                ]
            }
        },
    }


CODES = {"001": "AA", "156": "CN", "446": "MO"}


def test_country_becomes_a_closed_outline():
    drawn = map_geometry.draw(topology(("001", box((80, 30), (90, 30), (90, 40), (80, 40)))), CODES)

    path = drawn["shapes"]["AA"]["path"]
    assert re.fullmatch(r"M[0-9.]+ [0-9.]+l[-0-9. ]+z", path)
    assert drawn["shapes"]["AA"]["name"][2] == "middle"
    assert extent(path)[0] > 50


def test_part_by_the_codes_is_drawn_with_its_state():
    drawn = map_geometry.draw(
        topology(
            ("156", box((100, 30), (110, 30), (110, 40), (100, 40))),
            ("446", box((112, 20), (116, 20), (116, 24), (112, 24))),
        ),
        CODES,
    )

    assert set(drawn["shapes"]) == {"CN"}
    assert drawn["shapes"]["CN"]["path"].count("M") == 2


def test_what_lies_beyond_the_frame_is_left_out():
    drawn = map_geometry.draw(topology(("001", box((-80, 30), (-70, 30), (-70, 40), (-80, 40)))), CODES)

    assert drawn["shapes"] == {}


def test_halves_on_both_sides_of_the_180th_meridian_are_one():
    east = [(170, 65), (180, 65), (180, 68), (170, 68)]
    west = [(-180, 68), (-180, 65), (-175, 66), (-175, 67)]

    [ring] = map_geometry.join_halves([east, west])

    assert len(ring) == 4
    assert all(abs(lon) < 179 for lon, _lat in ring)


def test_simplification_keeps_the_ends_and_the_large_corners():
    line = [(80, 30), (82, 30.01), (84, 30), (84, 40), (90, 40)]

    assert map_geometry.simplify(line, 5) == [(80, 30), (84, 30), (84, 40), (90, 40)]


def test_outline_is_cut_at_the_frame():
    left, top, right, bottom = map_geometry.FRAME
    ring = map_geometry.clip([(left - 500, top - 500), (right + 500, top - 500), (right + 500, bottom + 500),
                              (left - 500, bottom + 500)])  # fmt: skip

    assert {min(x for x, _y in ring), max(x for x, _y in ring)} == {left - 8, right + 8}


def test_numbers_are_written_short():
    assert map_geometry.joined([0.5, -0.3, 12, 0, 1.5]) == ".5-.3 12 0 1.5"
