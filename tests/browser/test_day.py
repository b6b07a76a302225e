"""A newsroom's day, with one story: written through a crash, edited, translated, fought over, placed, and out to the minute."""

from contextlib import closing
from datetime import datetime, time, timedelta
from http.client import HTTPConnection
from urllib.parse import quote

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from news.models import Article, Edition, HomepageSlot
from states.models import State

from .. import places
from ..factories import make_article, make_author, make_image, make_section, make_tag, make_user
from .desk import crash, form_of, kept, save, save_and_stay, wait_for, write

RUSSIAN = ["Первый паром отошёл утром.", "На борту двести пассажиров.", "Рейсы идут ежедневно."]
ENGLISH = ["The first ferry left in the morning.", "Two hundred passengers are on board.", "It sails every day."]
OUT = {"ru": "Открыта паромная линия", "en": "A ferry line opens on the Caspian"}


@pytest.fixture
def neighbour():
    """What stands on every page already, and shares the story's labels."""
    labels = {
        "tags": [make_tag("ferries")],
        "states": [State.objects.get(iso2="KZ")],
        "authors": [make_author("desk")],
    }
    return make_article(section=make_section("economy"), at=timezone.now() - timedelta(hours=2), **labels)


@pytest.fixture
def embargo():
    """Nine in the morning of tomorrow, in Moscow."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return datetime.combine(tomorrow, time(9), timezone.get_default_timezone())


@pytest.fixture
def enter(open_browser):
    """``enter("editor")``: that person's browser, a new one each time."""
    people = {
        "reporter": make_user("rustam", groups=["Reporter"]),
        "editor": make_user("pavel", groups=["Editor"]),
        "second editor": make_user("aigul", groups=["Editor"]),
        "translator": make_user("mira", groups=["Translator"], languages=["en"]),
    }

    def enter(name):
        page = open_browser(people[name])
        page.route(
            "**/proof/", lambda route: route.abort()
        )  # asks for every page of the story: another test's subject
        return page

    return enter


def paragraphs(texts):
    return "".join(f"<p>{text}</p>" for text in texts)


def test_story_from_the_first_word_to_the_minute_of_its_embargo(page, live_server, enter, neighbour, embargo):
    article = written_through_a_crash(enter, live_server)
    labelled_like(neighbour, article)
    editor, second, translator = enter("editor"), enter("second editor"), enter("translator")
    corrected_and_scheduled(editor, live_server, article, embargo)
    translated_while_the_source_changes(translator, editor, live_server, article)
    fought_over(editor, second, live_server, article)
    scheduled_in_english(second, live_server, article, embargo)
    placed_on_the_home_page(editor, live_server, article)

    article = Article.objects.get(pk=article.pk)
    with closing(HTTPConnection(live_server.thread.host, live_server.thread.port)) as stranger:
        with time_machine.travel(embargo - timedelta(minutes=1), tick=False):
            assert places.leaks(article, neighbour, asked_by(stranger)) == []
        with time_machine.travel(embargo, tick=False):
            is_out_in_its_languages_alone(page, live_server, asked_by(stranger), article, neighbour)


def written_through_a_crash(enter, live_server):
    reporter = enter("reporter")
    reporter.goto(form_of(live_server, None))
    reporter.get_by_label("section").first.select_option(label="Politics")
    reporter.fill("#id_title_ru", "Открыта паромная линния")
    write(reporter, RUSSIAN, "body_ru")
    wait_for(kept(title_ru="Открыта паромная линния", body_ru=paragraphs(RUSSIAN)))
    crash(reporter)
    reporter.context.close()
    assert Article.objects.count() == 1  # the neighbour

    again = enter("reporter")
    again.goto(form_of(live_server, None))
    again.get_by_role("link", name="Go on with it").click()
    expect(again.locator("#id_title_ru")).to_have_value("Открыта паромная линния")
    again.select_option("#id_edition_ru_status", "review")
    save(again)
    article = Article.objects.latest("pk")
    assert article.body_ru == paragraphs(RUSSIAN)
    return article


def labelled_like(neighbour, article):
    """What makes a story stand on the pages of a tag, a state and an author, with a picture."""
    article.tags.set(neighbour.tags.all())
    article.states.set(neighbour.states.all())
    for author in neighbour.authors.all():
        article.bylines.create(author=author, position=0)
    Article.objects.filter(pk=article.pk).update(lead_image=make_image(), section=neighbour.section)


def corrected_and_scheduled(editor, live_server, article, embargo):
    editor.goto(f"{live_server.url}/en/admin/")
    editor.get_by_role("link", name="Открыта паромная линния").first.click()
    editor.fill("#id_title_ru", OUT["ru"])
    editor.select_option("#id_edition_ru_status", "published")
    editor.fill("#id_edition_ru_published_at", f"{embargo:%Y-%m-%dT%H:%M}")
    save_and_stay(editor, warned=True)
    expect(editor.locator("[data-language-bar=ru]")).to_contain_text("scheduled")
    assert Edition.objects.get(article=article, language="ru").published_at == embargo


def translated_while_the_source_changes(translator, editor, live_server, article):
    translator.goto(form_of(live_server, article))
    translator.fill("#id_title_en", "A ferry line opens")
    write(translator, ENGLISH)

    changed = [RUSSIAN[0], "На борту триста пассажиров.", RUSSIAN[2]]
    editor.goto(form_of(live_server, article))
    write(editor, changed, "body_ru")
    save(editor)

    translator.select_option("#id_edition_en_status", "review")
    save_and_stay(translator)
    panel = translator.get_by_role("region", name="1 segment of the source has changed")
    expect(panel.get_by_role("heading", name="Changed in the source")).to_have_count(1)
    expect(panel.locator("del")).to_contain_text(["двести"])
    expect(panel.locator("ins")).to_contain_text(["триста"])
    expect(panel).to_contain_text(ENGLISH[1])
    assert ENGLISH[0] not in panel.inner_text()

    write(translator, [ENGLISH[0], "Three hundred passengers are on board.", ENGLISH[2]])
    save_and_stay(translator)
    expect(translator.get_by_role("region", name="up to date")).to_be_visible()


def fought_over(first, second, live_server, article):
    for page in (first, second):
        page.goto(form_of(live_server, article))
    first.fill("#id_title_en", "A ferry line opens in Aktau")
    save(first)
    second.fill("#id_title_en", "A ferry line opens on the Caspian Sea")
    second.get_by_role("button", name="Save", exact=True).first.click()

    conflict = second.get_by_role("region", name="Two people have changed this article")
    expect(conflict).to_contain_text("A ferry line opens in Aktau")
    expect(conflict).to_contain_text("A ferry line opens on the Caspian Sea")
    assert Article.objects.get(pk=article.pk).title_en == "A ferry line opens in Aktau"
    second.fill("#id_title_en", OUT["en"])
    conflict.get_by_label("mine, as it stands in the form below").check()
    save(second)
    assert Article.objects.get(pk=article.pk).title_en == OUT["en"]


def scheduled_in_english(editor, live_server, article, embargo):
    editor.goto(form_of(live_server, article))
    editor.select_option("#id_edition_en_status", "published")
    editor.fill("#id_edition_en_published_at", f"{embargo:%Y-%m-%dT%H:%M}")
    save(editor, warned=True)


def placed_on_the_home_page(editor, live_server, article):
    for language, words in OUT.items():
        editor.goto(f"{live_server.url}/en/admin/news/homepageslot/?language={language}")
        editor.get_by_role("button", name=f"Lead story: {words}").click()
        expect(editor.get_by_role("button", name=f"Take off: {words}")).to_be_visible()
        save(editor)
    assert set(HomepageSlot.objects.values_list("language", "article", "place")) == {
        (language, article.pk, "lead") for language in OUT
    }


def asked_by(stranger):
    """The live server's answers without the browser: each address in as little time as possible."""

    def read(address):
        stranger.request("GET", quote(address, safe="/?&=%"))
        response = stranger.getresponse()
        return response.status, response.read().decode()

    return read


def is_out_in_its_languages_alone(page, live_server, read, article, neighbour):
    for language in places.LANGUAGES:
        page.goto(f"{live_server.url}/{'' if language == 'ru' else f'{language}/'}")
        lead = page.get_by_role("article").first
        expect(lead).to_contain_text(OUT.get(language, neighbour.text("title", language)))
        for address in [*places.that_list(article, language), neighbour.address(language)]:
            status, text = read(address)
            assert (status, f"/news/{article.pk}" in text) == (200, language in OUT) or language not in OUT, address
            others = [words for code, words in OUT.items() if code != language and words in text]
            assert others == [], address
    page.goto(live_server.url + article.address("en"))
    expect(page.get_by_role("heading", level=1)).to_have_text(OUT["en"])
    expect(page.get_by_role("main")).to_contain_text("Three hundred passengers are on board.")
