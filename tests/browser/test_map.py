import pytest

from states.map import geometry
from states.models import Currency, Membership, Rate, State


def focused(page):
    """The address that the focus is on."""
    return page.evaluate("document.activeElement.closest('a')?.getAttribute('href')")


def strokes(page, slug):
    """How wide the outline of the state is drawn, in pixels."""
    outline = page.locator(f'a[href="/en/states/{slug}/"] .region__hit')
    return float(outline.evaluate("element => parseFloat(getComputedStyle(element).strokeWidth)")), outline.evaluate(
        "element => getComputedStyle(element).stroke"
    )


def groups():
    """The links in their order: as the groups, and those with a marker last."""
    states = [membership.state for membership in Membership.objects.filter(until=None).in_groups()]
    states.sort(key=lambda state: "marker" in geometry()["shapes"][state.iso2])
    return [f"/en/states/{state.slug}/" for state in states]


def test_tab_reaches_each_state_of_the_map_in_order(page, live_server):
    page.goto(f"{live_server.url}/en/states/")
    page.locator(".as-of__button").focus()

    reached = []
    for _ in range(27):
        page.keyboard.press("Tab")
        reached.append(focused(page))

    assert reached == groups()


def test_focus_is_seen_and_enter_opens_the_state(page, live_server):
    page.goto(f"{live_server.url}/en/states/")
    page.locator(".as-of__button").focus()
    assert strokes(page, "by")[1] == "none"

    page.keyboard.press("Tab")

    width, colour = strokes(page, "by")
    assert (focused(page), width) == ("/en/states/by/", 5)
    assert colour == page.evaluate("getComputedStyle(document.body).color")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/states/by/")
    assert page.locator("h1").inner_text() == "Belarus"


def test_each_state_has_a_name_for_screen_readers(page, live_server):
    page.goto(f"{live_server.url}/en/states/")
    region = page.get_by_role("group", name="Map of the region")

    for membership in Membership.objects.filter(until=None).select_related("state"):
        name = f"{membership.state} – {membership.get_status_display()}"
        assert region.get_by_role("link", name=name, exact=True).count() == 1, name


@pytest.mark.parametrize("slug", ["bh", "mv", "qa", "kw", "ae", "lk", "am"])
@pytest.mark.parametrize("width", [320, 1366])
def test_small_state_is_opened_by_its_marker(page, live_server, slug, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server.url}/en/states/")
    target = page.locator(f'a[href="/en/states/{slug}/"] .region__target')
    target.scroll_into_view_if_needed()

    box = target.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    assert min(box["width"], box["height"]) >= 24
    page.wait_for_url(f"**/en/states/{slug}/")


@pytest.mark.parametrize("prefix", ["/", "/en/", "/zh-hans/"])
def test_every_name_on_the_map_leads_to_its_state(page, live_server, prefix):
    page.goto(f"{live_server.url}{prefix}states/")

    elsewhere = page.locator(".region__name").evaluate_all("""names => names.filter(name => {
        name.scrollIntoView({ block: "center", behavior: "instant" });
        const { left, top, width, height } = name.getBoundingClientRect();
        const found = document.elementFromPoint(left + width / 2, top + height / 2);
        return !name.parentElement.contains(found);
    }).map(name => name.textContent)""")

    assert elsewhere == []


def test_map_scrolls_on_a_phone_and_the_page_does_not(page, live_server):
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{live_server.url}/en/states/")

    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.locator(".region__scroll").evaluate("element => element.scrollWidth > element.clientWidth")
    page.locator('.region__state[href="/en/states/kh/"]').focus()
    box = page.locator('.region__state[href="/en/states/kh/"] .region__name').bounding_box()
    assert 0 <= box["x"] < 320


@pytest.mark.parametrize("prefix", ["/", "/en/", "/zh-hans/"])
@pytest.mark.parametrize("width", [320, 360, 768, 1024, 1366])
def test_table_of_states_fits_its_place(page, live_server, prefix, width):
    """Nobody scrolls sideways for a rate, and nothing reaches over the edge of its cell."""
    Currency.objects.filter(code="IRR").update(nominal=100_000, value="12.0475", rate_date="2026-11-28", quoted=True)
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(f"{live_server.url}{prefix}states/")

    table = page.locator(".state-table")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert table.evaluate("table => table.scrollWidth <= table.clientWidth && !table.closest('[tabindex=\"0\"]')")
    reaching = "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.innerText)"
    assert table.locator("th, td").evaluate_all(reaching) == []
    assert table.locator("thead").is_visible()


def test_map_works_without_scripts_and_in_forced_colours(without_scripts, live_server):
    page = without_scripts
    page.emulate_media(forced_colors="active")
    page.goto(f"{live_server.url}/en/states/?on=2020-02-25")

    assert page.locator(".region__state").count() == 18
    figure = page.locator("#region-observer .region__figure").evaluate("element => getComputedStyle(element).fill")
    ground = page.locator("#region-observer .region__ground").evaluate("element => getComputedStyle(element).fill")
    assert figure != ground
    page.locator('.region__state[href="/en/states/mn/"]').click()
    page.wait_for_url("**/en/states/mn/")


def test_figures_of_the_chart_open_by_keyboard(page, live_server):
    kazakhstan = State.objects.get(iso2="KZ")
    from states.clocks import moscow_today

    today = moscow_today()
    for days, value in enumerate(["15.2", "15.4", "15.1"]):
        Rate.objects.create(
            currency=Currency.objects.get(pk=kazakhstan.currency_id),
            date=today.fromordinal(today.toordinal() - days),
            nominal=100,
            value=value,
        )
    page.goto(f"{live_server.url}/en/states/kz/")

    assert page.get_by_role("img", name="Exchange rate over 90 days").count() == 1
    page.locator(".rate-history__summary").focus()
    page.keyboard.press("Enter")
    rows = page.get_by_role("region", name="Official rates day by day").get_by_role("row")
    assert rows.count() == 4
    assert "15.2000" in rows.nth(1).inner_text()
