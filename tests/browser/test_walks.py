"""The whole path of a reader's comment, of a typo report and of a story, through the pages that people use."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django_comments_xtd.models import XtdComment
from playwright.sync_api import expect

from comments.models import PendingComment, TypoReport
from news.models import Article, Edition
from states.models import State
from tests.factories import make_article, make_section, make_user

TEXT = "Спасибо за статью!\nА когда откроют порт?"


@pytest.fixture
def article():
    section = make_section("politics")
    return make_article(
        section=section,
        title_en="The port opens",
        body_en="<p>The first ferry recieved its <strong>passengers</strong> at noon.</p><p>More will follow.</p>",
        body_zh_hans="<p>第一艘渡轮中午接纳旅客。</p>",
    )


def address(live_server, article, language):
    return live_server.url + article.address(language)


def mailed_link(to):
    (sent,) = [message for message in mail.outbox if message.to == [to]]
    return re.search(r"https?://\S+", sent.body)[0]


def write_comment(page, name="Айгуль К.", email="reader@example.org", text=TEXT):
    form = page.locator("form[data-comments-form]")
    form.locator("[name=name]").fill(name)
    form.locator("[name=email]").fill(email)
    form.locator("[name=comment], [name=text]").fill(text)
    form.locator("button[type=submit]").click()


def approve_in_the_admin(page, live_server):
    page.goto(f"{live_server.url}/en/admin/django_comments_xtd/xtdcomment/")
    page.locator("input.action-select").first.check()
    page.select_option("select[name=action]", "approve")
    page.locator(".actions button[type=submit]").first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()


@pytest.mark.parametrize("language", ["ru", "en", "zh-hans"])
def test_comment_is_written_confirmed_moderated_and_seen(page, live_server, article, sign_in, language):
    page.goto(address(live_server, article, language))
    page.locator("[data-comments-open]").click()
    write_comment(page)
    expect(page.locator(".comments__sent")).to_be_visible()
    assert {cookie["name"].partition("-")[0] for cookie in page.context.cookies()} == {"reader"}

    page.goto(mailed_link("reader@example.org"))
    assert not XtdComment.objects.exists()
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".own__standing--held")).to_be_visible()
    page.goto(address(live_server, article, language))
    expect(page.locator(".comment")).to_have_count(0)

    sign_in(make_user(groups=["Moderator"]))
    approve_in_the_admin(page, live_server)
    page.context.clear_cookies()
    page.goto(address(live_server, article, language))
    expect(page.locator(".comment")).to_have_count(1)
    expect(page.locator(".comment__text p")).to_contain_text(["Спасибо за статью!"])
    other = "ru" if language == "en" else "en"
    page.goto(address(live_server, article, other))
    expect(page.locator(".comment")).to_have_count(0)


def test_comment_without_javascript(without_scripts, live_server, article):
    page = without_scripts
    page.goto(address(live_server, article, "en"))
    page.locator("#comments a.button").click()
    write_comment(page, email="not an address")
    expect(page.locator("[name=email]")).to_have_attribute("aria-invalid", "true")
    assert page.locator("[name=comment], [name=text]").input_value().splitlines() == TEXT.splitlines()

    write_comment(page)
    expect(page.locator(".comments__sent")).to_be_visible()
    page.goto(mailed_link("reader@example.org"))
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".own__standing--held")).to_be_visible()
    assert XtdComment.objects.get().comment.splitlines() == TEXT.splitlines()


def test_comment_from_a_page_that_lay_in_a_cache_for_a_week(page, live_server, article):
    """The page was kept before the article changed, the caches were emptied and the secret of forms was another."""
    page.goto(address(live_server, article, "en"))
    article.title_en = "The port is open"
    article.save()
    cache.clear()
    page.locator("[data-comments-open]").click()
    write_comment(page)

    expect(page.locator(".comments__sent")).to_be_visible()
    assert PendingComment.objects.get().text.splitlines() == TEXT.splitlines()


def test_comment_stays_in_the_form_while_there_is_no_network(page, live_server, article, quiet_console):
    page.goto(address(live_server, article, "en"))
    page.locator("[data-comments-open]").click()
    expect(page.locator("form[data-comments-form]")).to_be_visible()
    page.context.set_offline(True)
    write_comment(page)
    expect(page.locator("form[data-comments-form] .form-error")).to_be_visible()
    assert page.locator("form[data-comments-form] textarea").input_value() == TEXT

    page.context.set_offline(False)
    page.locator("form[data-comments-form] button[type=submit]").click()
    expect(page.locator(".comments__sent")).to_be_visible()
    quiet_console[:] = [line for line in quiet_console if "ERR_INTERNET_DISCONNECTED" not in line]


def select(page, word):
    """Selects the word in the article's text as a reader's double click does."""
    page.evaluate(
        """word => {
            const walker = document.createTreeWalker(document.querySelector("[data-typo-field=body]"), NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const at = walker.currentNode.data.indexOf(word);
                if (at < 0) continue;
                getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + word.length);
                return;
            }
            throw new Error(`${word} is not in the text`);
        }""",
        word,
    )


def test_typo_is_selected_reported_and_seen_by_a_moderator(page, live_server, article, sign_in):
    page.goto(address(live_server, article, "en"))
    select(page, "recieved")
    page.keyboard.press("Control+Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("mark")).to_have_text("recieved")
    expect(dialog.locator("[name=correction]")).to_have_value("recieved")
    dialog.locator("[name=correction]").fill("received")
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator("[data-typo-done]")).to_be_visible()

    report = TypoReport.objects.get()
    assert (report.quote, report.correction, report.field, report.language) == ("recieved", "received", "body", "en")
    assert report.prefix.endswith("The first ferry ")
    assert report.suffix.startswith(" its passengers at noon.")
    assert report.article_version == article.version
    sign_in(make_user(groups=["Moderator"]))
    page.goto(f"{live_server.url}/en/admin/comments/typoreport/")
    expect(page.locator("#result_list mark")).to_have_text("recieved")


def test_typo_button_appears_at_the_selection_in_chinese(page, live_server, article):
    page.goto(address(live_server, article, "zh-hans"))
    select(page, "接纳")
    page.locator("[data-typo-button]").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=correction]").fill("接待")
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator("[data-typo-done]")).to_be_visible()

    report = TypoReport.objects.get()
    assert (report.quote, report.correction, report.language) == ("接纳", "接待", "zh-hans")


def test_selection_that_is_empty_or_outside_is_told_in_the_page_s_language(page, live_server, article):
    page.goto(address(live_server, article, "en"))
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-typo-message]")).to_have_text("Select the words with the mistake first.")

    page.evaluate("getSelection().selectAllChildren(document.querySelector('footer:last-of-type'))")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-typo-message]")).to_contain_text("headline, text or captions")
    assert not TypoReport.objects.exists()


def test_typo_without_javascript(without_scripts, live_server, article):
    page = without_scripts
    page.goto(address(live_server, article, "en"))
    page.locator("[data-typo-link]").first.click()
    page.fill("main [name=quote]", "recieved")
    page.fill("main [name=correction]", "received")
    page.locator("main form button[type=submit]").last.click()

    expect(page).to_have_url(re.compile(r"/typo/\d+/thanks/"))
    assert TypoReport.objects.get().quote == "recieved"


def test_story_is_written_translated_and_published_in_two_languages_only(page, live_server, sign_in):
    make_section("politics")
    sign_in(make_user(groups=["Editor"]))
    page.goto(f"{live_server.url}/en/admin/news/article/add/")
    page.select_option("#id_section", index=1)
    for language, title, text in (
        ("ru", "Порт открыт", "Первый паром пришёл в полдень."),
        ("en", "Port open", "At noon."),
    ):
        page.fill(f"#id_title_{language}", title)
        page.fill(f"#id_lead_{language}", text)
        page.locator(f".field-body_{language} .tiptap").click()
        page.keyboard.type(text)
    page.select_option("#id_edition_ru_status", "published")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    article = Article.objects.get()
    article.states.set([State.objects.get(iso2="KZ")])
    places = {
        "ru": ["/", "/section/politics/", "/states/kz/"],
        "en": ["/en/", "/en/section/politics/", "/en/states/kz/"],
        "zh-hans": ["/zh-hans/", "/zh-hans/section/politics/", "/zh-hans/states/kz/"],
    }

    def shown(language):
        found = []
        for path in places[language]:
            page.goto(live_server.url + path)
            found.append(page.locator(f"main a[href*='/news/{article.pk}-']").count() > 0)
        return found

    assert shown("ru") == [True] * 3
    assert shown("en") == [False] * 3

    page.goto(f"{live_server.url}/en/admin/news/article/{article.pk}/change/")
    page.select_option("#id_edition_en_status", "published")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist .success")).to_be_visible()

    assert shown("ru") == shown("en") == [True] * 3
    assert shown("zh-hans") == [False] * 3
    assert set(Edition.objects.published().values_list("language", flat=True)) == {"ru", "en"}
    page.goto(address(live_server, article, "zh-hans"))
    expect(page.locator("main [lang=en]", has_text="Port open")).to_be_visible()
