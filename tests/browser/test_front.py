"""The home page is arranged by drag and drop and by keyboard, and is seen so in its language alone; a read is counted."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from news import reading
from news.models import HomepageSlot, ReadCount

from ..factories import make_article, make_image, make_section, make_user
from .desk import cookie_of

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"


@pytest.fixture
def stories():
    section = make_section("politics")
    now = timezone.now()
    return [
        make_article(
            section=section,
            at=now - timedelta(hours=n),
            lead_image=make_image() if n < 3 else None,
            title_en=f"Story {n}",
        )
        for n in range(12)
    ]


@pytest.fixture
def desk(sign_in, stories, live_server):
    page = sign_in(make_user(groups=["Editor"]))
    page.goto(f"{live_server.url}/en/admin/news/homepageslot/?language=en")
    return page


def lane(page, key):
    return page.locator(f'[data-lane="{key}"]')


def stored(language="en"):
    return [
        (slot.place, slot.article.title_en)
        for slot in HomepageSlot.objects.filter(language=language).order_by("position")
    ]


def save(page):
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_arranged_by_drag_and_drop_and_seen_in_that_language_alone(desk, stories, live_server):
    found = desk.locator(".front-found [data-article]").filter(has_text="Story 9")
    found.locator(".front-card__title").drag_to(lane(desk, "lead:"))
    expect(lane(desk, "lead:").locator("[data-slot]")).to_contain_text("Story 9")
    desk.locator(".front-found [data-article]").filter(has_text="Story 10").locator(".front-card__title").drag_to(
        lane(desk, "second:")
    )
    expect(lane(desk, "second:").locator("[data-slot]")).to_contain_text("Story 10")
    expect(desk.get_by_role("status")).to_contain_text("“Story 10”: Second stories, 1 of 1.")
    assert stored() == []
    save(desk)

    assert stored() == [("lead", "Story 9"), ("second", "Story 10")]
    desk.goto(f"{live_server.url}/en/")
    expect(desk.locator("main article").nth(0)).to_contain_text("Story 9")
    expect(desk.locator("main article").nth(1)).to_contain_text("Story 10")
    desk.goto(f"{live_server.url}/")
    expect(desk.locator("main article").nth(0)).to_contain_text(stories[0].title_ru)


def test_placed_story_is_dragged_from_one_place_into_another(desk):
    desk.set_viewport_size({"width": 1366, "height": 2000})  # both places in sight
    desk.get_by_role("button", name="Lead story: Story 5").click()
    card = lane(desk, "lead:").locator("[data-slot]")
    expect(card).to_contain_text("Story 5")

    card.locator(".front-card__title").drag_to(lane(desk, "feature:"))

    expect(lane(desk, "feature:").locator("[data-slot]")).to_contain_text("Story 5")
    expect(lane(desk, "lead:").locator("[data-slot]")).to_have_count(0)


def test_arranged_by_keyboard_with_each_step_announced(desk):
    for title in ("Story 4", "Story 5"):
        desk.get_by_role("button", name=f"Second stories: {title}").press("Enter")
        expect(lane(desk, "second:").locator("[data-slot]").filter(has_text=title)).to_be_visible()
    handle = desk.locator(":focus")
    expect(handle).to_have_attribute("aria-label", "Move with the arrow keys: Story 5")

    for said in ("Second stories, 1 of 2", "Lead story, 1 of 1"):
        desk.keyboard.press("ArrowUp")
        expect(desk.get_by_role("status")).to_contain_text(f"“Story 5”: {said}")
        expect(desk.locator(":focus")).to_have_attribute("aria-label", "Move with the arrow keys: Story 5")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_role("status")).to_contain_text("“Story 5”: Second stories, 2 of 2")
    desk.keyboard.press("Delete")
    expect(desk.get_by_role("status")).to_contain_text("“Story 5” has lost its place")
    save(desk)

    assert stored() == [("second", "Story 4")]


def test_leaving_an_unsaved_arrangement_is_asked_about(desk, live_server):
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk.get_by_role("button", name="Lead story: Story 5").click()
    expect(desk.get_by_text("Not saved yet.")).to_be_visible()

    desk.goto(f"{live_server.url}/en/")

    assert asked == ["beforeunload"]


def test_step_that_the_server_does_not_answer_loses_nothing(desk):
    desk.get_by_role("button", name="Lead story: Story 5").click()
    expect(lane(desk, "lead:").locator("[data-slot]")).to_contain_text("Story 5")
    desk.route("**/admin/news/homepageslot/**", lambda route: route.fulfill(status=403, body="away"))
    desk.get_by_role("button", name="Second stories: Story 6").click()
    expect(desk.get_by_text("Nothing is lost: try that again.")).to_be_visible()
    desk.unroute("**/admin/news/homepageslot/**")

    desk.get_by_role("button", name="Second stories: Story 6").click()

    expect(lane(desk, "second:").locator("[data-slot]")).to_contain_text("Story 6")
    expect(lane(desk, "lead:").locator("[data-slot]")).to_contain_text("Story 5")


def test_arranged_by_plain_buttons_without_scripts(without_scripts, stories, live_server):
    page = without_scripts
    page.context.add_cookies([cookie_of(make_user(groups=["Editor"]), live_server)])
    page.goto(f"{live_server.url}/en/admin/news/homepageslot/?language=en")
    page.fill("#front-q", "Story 7")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Features: Story 7").click()
    page.get_by_role("button", name="Up: Story 7").click()
    page.get_by_role("button", name="Save", exact=True).click()

    assert page.locator(".messagelist .success").is_visible()
    assert stored() == [("second", "Story 7")]


def test_picture_fits_a_phone(desk):
    desk.get_by_role("button", name="Breaking news bar: Story 5").click()
    expect(lane(desk, "breaking:").locator("[data-slot]")).to_be_visible()
    desk.set_viewport_size({"width": 390, "height": 800})

    assert desk.evaluate("document.documentElement.scrollWidth") <= 390


def test_read_is_counted_when_the_story_has_been_in_sight_for_a_while(browser, stories, live_server):
    context = browser.new_context(user_agent=BROWSER)
    context.add_init_script("Object.defineProperty(navigator, 'webdriver', { get: () => false })")
    page = context.new_page()
    page.clock.install()
    page.goto(f"{live_server.url}{stories[0].address('en')}")
    page.clock.run_for(4000)
    assert not reading.buffer.reads
    with page.expect_response("**/read/**") as answered:
        page.clock.run_for(2000)
    assert answered.value.status == 204
    page.clock.run_for(20_000)
    context.close()
    reading.buffer.flush()

    assert list(ReadCount.objects.values_list("article", "language", "reads")) == [(stories[0].pk, "en", 1)]


@pytest.mark.parametrize(("home", "day"), [("/", "30 ноября"), ("/en/", "30 November"), ("/zh-hans/", "11月30日")])
def test_clocks_are_put_right_by_the_reader_s_own(page, live_server, home, day):
    page.clock.set_fixed_time("2026-11-29T20:31:00Z")
    page.goto(f"{live_server.url}{home}states/")

    def clock(zone):
        return page.locator(f"[data-clock='{zone}']").first

    expect(clock("Asia/Shanghai").locator("[data-clock-time]")).to_have_text("04:31")
    expect(clock("Asia/Shanghai").locator("[data-clock-date]")).to_have_text(day)
    expect(clock("Asia/Kolkata").locator("[data-clock-time]")).to_have_text("02:01")
    expect(clock("Asia/Kolkata").locator("[data-clock-offset]")).to_have_text("UTC+5:30")
    expect(clock("Europe/Moscow").locator("[data-clock-time]")).to_have_text("23:31")
    expect(clock("Europe/Moscow").locator("[data-clock-date]")).to_be_hidden()


def test_clocks_of_this_minute_cost_a_phone_nothing(page, live_server):
    page.add_init_script("""
        const { DateTimeFormat } = Intl;
        window.formats = 0;
        Intl.DateTimeFormat = new Proxy(DateTimeFormat, { construct(...args) { formats += 1; return Reflect.construct(...args); } });
    """)
    page.goto(f"{live_server.url}/en/states/")
    made = page.locator("[data-clock-time]").first.get_attribute("datetime")
    page.clock.install(time=made)
    page.reload()
    page.clock.run_for(1000)
    assert page.evaluate("formats") == 0
    page.clock.run_for(61_000)
    assert page.evaluate("formats") > 0


def test_clock_writes_the_day_where_it_begins_and_takes_it_away_where_it_ends(page, live_server):
    page.clock.install(time="2026-11-29T15:58:30Z")
    page.goto(f"{live_server.url}/en/states/")
    page.clock.run_for(1000)
    shanghai = page.locator("[data-clock='Asia/Shanghai']").first
    expect(shanghai.locator("[data-clock-time]")).to_have_text("23:58")
    expect(shanghai.locator("[data-clock-date]")).to_have_count(0)
    page.clock.run_for(120_000)
    expect(shanghai.locator("[data-clock-date]")).to_have_text("30 November")
    page.clock.fast_forward("05:00:00")
    page.clock.run_for(120_000)
    expect(shanghai.locator("[data-clock-date]")).to_have_count(0)
