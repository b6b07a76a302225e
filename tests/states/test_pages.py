import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from states.models import Currency, Membership, State
from states.views import state_detail, state_list

from ..factories import make_article

pytestmark = pytest.mark.django_db

FOREIGN = {"ru": r"[\u4e00-\u9fff]", "en": r"[\u4e00-\u9fff\u0400-\u04ff]", "zh-hans": r"[\u0400-\u04ff]"}
HOMES = {"ru": "/", "en": "/en/", "zh-hans": "/zh-hans/"}


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-10 23:30+03:00", tick=False):
        yield


@pytest.fixture
def quoted():
    Currency.objects.filter(code="IRR").update(
        nominal=100000, value=Decimal("12.0834"), rate_date=date(2026, 3, 10), quoted=True
    )
    Currency.objects.filter(code="CNY").update(
        nominal=1, value=Decimal("11.3050"), rate_date=date(2026, 3, 10), quoted=True
    )


def main(response):
    """The text of the page's main part, without what is marked as being in another language."""
    assert response.status_code == 200
    [html] = re.findall(r"<main\b.*?</main>", response.content.decode(), re.DOTALL)
    html = re.sub(r"<(\w+)[^>]* lang=[^>]*>.*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def render(template, **context):
    return Template("{% load states %}" + template).render(Context(context))


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def names(response):
    return [[row.state.iso2 for row in group.rows] for group in response.context["groups"]]


def test_list_of_today_has_three_groups(client):
    response = client.get("/en/states/")

    assert [len(group) for group in names(response)] == [10, 2, 15]
    text = main(response)
    assert "Member states 10" in text
    assert "Observer states 2" in text
    assert "Dialogue partners 15" in text
    assert "As of today, 10 March 2026" in text


def test_list_as_of_a_day(client):
    response = client.get("/en/states/?on=2020-02-25")

    assert names(response) == [
        ["IN", "KZ", "CN", "KG", "PK", "RU", "TJ", "UZ"],
        ["AF", "BY", "IR", "MN"],
        ["AZ", "AM", "KH", "NP", "TR", "LK"],
    ]
    text = main(response)
    assert "As of 25 February 2020" in text
    assert "Belarus" in text
    assert "Laos" not in text
    assert 'value="25/02/2020"' in response.content.decode()


@pytest.mark.parametrize(
    ("home", "placeholder", "ways", "said"),
    [
        ("/", "25.02.2020", ["25.02.2020", "25.2.2020", "25\u00a0февраля 2020", "25/02/2020"], "25\u00a0февраля 2020"),
        (
            "/en/",
            "25/02/2020",
            ["25/02/2020", "25/2/2020", "25\u00a0February 2020", " 25 february 2020 "],
            "25\u00a0February 2020",
        ),
        (
            "/zh-hans/",
            "2020年2月25日",
            ["2020年2月25日", "2020年02月25日", "2020/2/25", "２０２０年２月２５日"],
            "2020年2月25日",
        ),
    ],
)
def test_day_is_typed_in_the_page_s_own_way_or_in_iso(client, home, placeholder, ways, said):
    assert f'placeholder="{placeholder}"' in client.get(f"{home}states/").content.decode()
    for way in ["2020-02-25", *ways]:
        response = client.get(f"{home}states/", {"on": way})

        assert f'<time datetime="2020-02-25">{said}</time>' in response.content.decode(), way
        assert f'value="{placeholder}"' in response.content.decode(), way


@pytest.mark.parametrize(
    ("home", "typed", "words"),
    [
        ("/", "30.02.2020", "Такого дня нет. Напишите, например, так: 25.02.2020"),
        ("/en/", "02/25/2020", "There is no such day. Write it like this: 25/02/2020"),
        ("/zh-hans/", "25.02.2020", "没有这一天。请这样填写：2020年2月25日"),
    ],
)
def test_what_is_no_day_stays_as_typed_beside_an_example(client, home, typed, words):
    response = client.get(f"{home}states/", {"on": typed})

    html = response.content.decode()
    assert f'<p class="as-of__error" id="id_on_error" role="alert">{words}</p>' in html
    assert f'value="{typed}"' in html


def test_day_before_the_first_observer_shows_no_empty_group(client):
    text = main(client.get("/en/states/?on=2001-06-15"))

    assert "Member states 6" in text
    assert "Observer states" not in text


@pytest.mark.parametrize(
    ("on", "message"),
    [
        ("2020-02-30", "There is no such day."),
        ("abc", "There is no such day."),
        ("99999", "There is no such day."),
        ("25.02.20", "There is no such day."),
        ("2020-02-25T10:00", "There is no such day."),
        ("9" * 5000, "There is no such day."),
        ("😀", "There is no such day."),
        ("0001-01-01", "the organisation did not exist"),
        ("2001-06-14", "the organisation did not exist"),
        ("2026-03-11", "This day has not come yet."),
        ("9999-12-31", "This day has not come yet."),
    ],
)
def test_wrong_day_is_told_at_the_field_and_today_is_shown(client, on, message):
    response = client.get("/en/states/", {"on": on})

    assert message in main(response)
    assert [len(group) for group in names(response)] == [10, 2, 15]
    html = response.content.decode()
    assert 'aria-describedby="id_on_error"' in html
    assert 'id="id_on_error"' in html


@pytest.mark.parametrize("query", ["on=", "off=1"])
def test_no_day_is_today(client, query):
    response = client.get(f"/en/states/?{query}")

    assert [len(group) for group in names(response)] == [10, 2, 15]
    assert "id_on_error" not in response.content.decode()


def test_null_byte_in_the_day_is_no_server_error(client):
    assert client.get("/en/states/?on=2020-02-25%00").status_code in {200, 400}


def test_today_is_that_of_moscow(client):
    with time_machine.travel("2026-03-11 00:30+03:00", tick=False):
        assert "This day" not in main(client.get("/en/states/?on=2026-03-11"))


@pytest.mark.parametrize("language", HOMES)
def test_pages_have_no_foreign_labels(client, language, quoted):
    pages = ["", *(f"{slug.lower()}/" for slug in State.objects.values_list("iso2", flat=True))]
    for page in pages:
        text = main(client.get(f"{HOMES[language]}states/{page}"))
        assert re.findall(FOREIGN[language], text) == [], page


@pytest.mark.parametrize(
    ("address", "texts"),
    [
        (
            "/states/ir/",
            ["Иран", "Исламская Республика Иран", "Тегеран", "Иранский риал (IRR)", "12,0834", "5 июля 2005"],
        ),
        (
            "/en/states/ir/",
            ["Iran", "Islamic Republic of Iran", "Tehran", "Iranian rial (IRR)", "12.0834", "5 July 2005"],
        ),
        (
            "/zh-hans/states/ir/",
            ["伊朗", "伊朗伊斯兰共和国", "德黑兰", "伊朗里亚尔（IRR）", "12.0834", "2005年7月5日"],
        ),
    ],
)
def test_state_page_tells_the_facts(client, quoted, address, texts):
    response = client.get(address)
    text = main(response)

    for expected in texts:
        assert expected in text
    assert "UTC+3:30" in text
    assert 'href="https://en.mfa.ir"' in response.content.decode()
    assert "flags/ir.svg" in response.content.decode()


def test_state_page_tells_how_the_status_changed(client):
    text = main(client.get("/en/states/by/"))

    assert "Member state since 4 July 2024 Observer state since 10 July 2015 until 4 July 2024" in text
    assert "Dialogue partner since 28 April 2010 until 10 July 2015" in text


def test_day_that_is_not_certain_is_a_year(client):
    text = main(client.get("/en/states/sa/"))

    assert "Dialogue partner since 2023" in text
    assert "28 March 2023" not in text


def test_state_page_tells_of_a_currency_that_is_not_quoted(client, quoted):
    assert "not quoted by the Bank of Russia" in main(client.get("/en/states/pk/"))
    assert "not quoted" not in main(client.get("/en/states/ir/"))
    assert "not quoted" not in main(client.get("/en/states/ru/"))


def test_state_page_marks_an_old_rate(client, quoted):
    assert "more than four days old" not in main(client.get("/en/states/ir/"))
    with time_machine.travel("2026-03-15 12:00+03:00", tick=False):
        assert "more than four days old" in main(client.get("/en/states/ir/"))


def test_state_without_status_currency_or_links_has_a_page(client):
    State.objects.create(iso2="XK", name_en="Somewhere", capital_en="Town", tz="UTC")

    assert "Somewhere" in main(client.get("/en/states/xk/"))
    untranslated = main(client.get("/zh-hans/states/xk/"))
    assert "XK" in untranslated
    assert "None" not in untranslated


@pytest.mark.parametrize(
    "address", ["/en/states/zz/", "/en/states/KZ/", "/en/states/kzz/", "/en/states/кз/", "/en/states/1/"]
)
def test_unknown_state_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_state_page_shows_its_news_in_the_language_alone(client):
    kazakhstan = State.objects.get(iso2="KZ")
    shown = make_article(states=[kazakhstan], title_en="Steppe opens")
    make_article(["ru"], states=[kazakhstan], title_ru="Только по-русски")
    make_article(states=[kazakhstan], published=False, title_en="Draft on the steppe")
    make_article(states=[State.objects.get(iso2="CN")], title_en="River opens")

    assert list(client.get("/en/states/kz/").context["page"]) == [shown]
    text = main(client.get("/en/states/kz/"))
    assert "Steppe opens" in text
    assert "Draft on the steppe" not in text
    assert "River opens" not in text
    assert "Только по-русски" in main(client.get("/states/kz/"))


def test_news_come_in_pages_of_twenty(client):
    kazakhstan = State.objects.get(iso2="KZ")
    for _ in range(21):
        make_article(["en"], states=[kazakhstan])

    first, last = client.get("/en/states/kz/"), client.get("/en/states/kz/?page=2")

    assert (len(first.context["page"]), len(last.context["page"])) == (20, 1)
    assert "Page 1 of 2 Next page" in main(first)
    assert "Previous page Page 2 of 2" in main(last)
    assert 'href="?page=2"' in first.content.decode()


@pytest.mark.parametrize("number", ["2", "0", "-1", "abc", "9" * 50, "1.5"])
def test_page_of_news_that_is_not_there_is_not_found(client, number):
    assert client.get("/en/states/kz/", {"page": number}).status_code == 404


def test_page_without_news_says_so(client):
    assert "There is no news about this state yet." in main(client.get("/en/states/kz/?page="))


@pytest.fixture
def bare_pages(settings):
    """Pages without the site around them, so that the views' own queries are counted."""
    [engine] = settings.TEMPLATES
    stubs = {
        "base.html": "<main>{% block content %}{% endblock %}</main>",
        "news/includes/list.html": "{% for article in articles %}{{ article.title }} {% endfor %}",
    }
    loaders = [
        ("django.template.loaders.locmem.Loader", stubs),
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]
    settings.TEMPLATES = [engine | {"APP_DIRS": False, "OPTIONS": engine["OPTIONS"] | {"loaders": loaders}}]


def test_list_takes_one_query(bare_pages, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = state_list(RequestFactory().get("/", {"on": "2020-02-25"}))

    assert b"state-table__name" in response.content


@pytest.mark.parametrize("articles", [1, 3])
def test_state_page_takes_five_queries(bare_pages, django_assert_num_queries, articles):
    kazakhstan = State.objects.get(iso2="KZ")
    for _ in range(articles):
        make_article(states=[kazakhstan])

    with translation.override("en"), django_assert_num_queries(5):  # state, number of news, news, memberships, rates
        response = state_detail(RequestFactory().get("/"), "kz")

    assert response.content.count(b"Story ") == articles


def test_groups_of_the_furniture():
    with translation.override("en"):
        html = render("{% state_groups %}")

    assert re.findall(r"<h2[^>]*>(.*?)</h2>", html) == ["Member states", "Observer states", "Dialogue partners"]
    assert html.count("<li") == html.count("data-clock-time") == html.count('alt=""') == 27
    assert "Kathmandu 02:15 11 March" in words(html)
    assert "at 23:30 in Moscow" in words(html)
    [[cairo, day]] = re.findall(
        r'(<span class="clock" data-clock="Africa/Cairo">.*?</time>)(.*?)</span>', html, re.DOTALL
    )
    assert 'datetime="2026-03-10T22:30+02:00"' in cairo
    assert not day.strip(), "none where it is Moscow's"


@pytest.mark.parametrize(
    ("language", "iran", "none"),
    [
        ("en", "Iran Iranian rial 100,000 IRR 12.0834 ₽", "Pakistan Pakistani rupee PKR not quoted"),
        ("ru", "Иран Иранский риал 100\xa0000 IRR 12,0834 ₽", None),
        ("zh-hans", "伊朗 伊朗里亚尔 100,000 IRR 12.0834 ₽", None),
    ],
)
def test_currency_table_of_the_furniture(quoted, language, iran, none):
    with translation.override(language):
        text = words(render("{% currency_table %}").replace("\xa0", "\\xa0")).replace("\\xa0", "\xa0")

    assert iran in text
    assert none is None or none in text
    assert "RUB" not in text
    assert text.count("IRR") == 1


def test_currency_table_is_marked_when_old(quoted):
    with translation.override("en"):
        assert "more than four days old" not in render("{% currency_table %}")
        with time_machine.travel("2026-03-15 12:00+03:00", tick=False):
            html = render("{% currency_table %}")

    assert "more than four days old" in html
    assert '<time datetime="2026-03-10">10\u00a0March 2026</time>' in html


def test_currency_table_before_the_first_rates():
    with translation.override("en"):
        assert "There are no rates yet." in render("{% currency_table %}")


def test_both_tags_of_a_page_share_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        render("{% state_groups %}{% currency_table %}", request=RequestFactory().get("/"))


def test_address_of_a_state():
    with translation.override("zh-hans"):
        assert State(iso2="KZ").get_absolute_url() == reverse("states:detail", args=["kz"]) == "/zh-hans/states/kz/"


def test_state_that_left_is_in_no_group(client):
    Membership.objects.filter(state__iso2="LA").update(until=date(2026, 3, 10))

    assert "LA" not in names(client.get("/en/states/"))[2]
    assert "Dialogue partner since 1 September 2025 until 10 March 2026" in main(client.get("/en/states/la/"))
