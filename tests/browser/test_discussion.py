"""Discussions in a browser: permalinks and their focus, votes, the counter, with and without scripts."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from comments import flood, moderation, pages, threads
from comments.models import CommentReport, CommentVote, Posting
from tests.factories import make_article

pytestmark = pytest.mark.django_db(transaction=True)


AGENT = {
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0"
}  # a browser without a head is taken for a robot


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | AGENT


@pytest.fixture
def without_scripts(browser):
    context = browser.new_context(java_script_enabled=False, **AGENT)
    yield context.new_page()
    context.close()


@pytest.fixture
def article():
    return make_article()


@pytest.fixture
def post(article):
    def post(text, *, language="en", **fields):
        return threads.post(article, language, text=text, name="Reader", public=True, **fields)

    return post


@pytest.mark.parametrize("query", ["", "?order=newest&language=all"])
def test_a_permalink_shows_the_comment_and_the_keyboard_goes_on_from_it(page, live_server, post, query, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 5)
    wanted = [post(f"said {number}") for number in range(12)][6]

    page.goto(f"{live_server.url}/en/comments/c{wanted.pk}/{query}")

    comment = page.locator(f"#c{wanted.pk}")
    expect(comment).to_be_in_viewport()
    expect(comment).to_be_focused()
    colours = page.eval_on_selector_all(
        ".comment__text", "nodes => nodes.map((n) => getComputedStyle(n).backgroundColor)"
    )
    assert len(set(colours)) == 2  # it stands out
    page.keyboard.press("Tab")
    expect(comment.locator(".comment__date")).to_be_focused()


def test_an_old_link_to_a_comment_leads_to_where_it_stands_now(page, live_server, article, post, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 2)
    wanted = [post(f"said {number}") for number in range(5)][4]

    page.goto(f"{live_server.url}{article.address('en')}#c{wanted.pk}")

    expect(page.locator(".comment:target")).to_contain_text("said 4")


def test_a_reader_agrees_and_takes_it_back_without_leaving(page, live_server, article, post, quiet_console):
    comment = post("What was said")
    page.goto(live_server.url + article.address("en"))
    assert page.context.cookies() == []
    button = page.get_by_role("button", name="I agree")

    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_text(re.compile(r"I agree\s*1"))
    expect(page.locator("[data-votes-said]")).to_have_text("Your vote is counted.")
    assert CommentVote.objects.get().comment_id == comment.pk
    assert [cookie["name"] for cookie in page.context.cookies()] == ["device"]

    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert not CommentVote.objects.exists()
    page.route("**/vote/**", lambda route: route.abort())
    button.click()
    expect(page.locator("[data-votes-said]")).to_have_text("Your vote could not be sent. Please try again.")
    quiet_console.clear()  # the request that failed


@pytest.mark.parametrize(
    ("language", "agree", "withdraw"),
    [
        ("en", "I agree", "Withdraw my vote"),
        ("ru", "Поддерживаю", "Отозвать мой голос"),
        ("zh-hans", "赞同", "撤回我的投票"),
    ],
)
def test_without_scripts_a_page_counts_and_takes_back(
    without_scripts, live_server, article, post, language, agree, withdraw
):
    comment = post("What was said", language=language)
    page = without_scripts
    page.goto(live_server.url + article.address(language))

    page.get_by_role("button", name=agree).click()
    assert CommentVote.objects.count() == 1
    page.get_by_role("button", name=withdraw).click()
    assert not CommentVote.objects.exists()
    page.locator(f"main a[href$='/c{comment.pk}/']").click()
    expect(page.locator(".comment:target")).to_contain_text("What was said")


PREFIXES = {"ru": "", "en": "/en", "zh-hans": "/zh-hans"}


@pytest.mark.parametrize("language", PREFIXES)
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_answer_is_written_told_by_a_letter_muted_and_reported(
    page, without_scripts, live_server, article, post, language, script
):
    page = page if script else without_scripts
    first = post("What was said", language=language, email="anna@example.org", followup=True)
    page.goto(live_server.url + article.address(language))
    page.locator(f"#c{first.pk} [data-comments-reply]").click()
    form = page.locator(".comment-form")
    expect(form.locator("blockquote")).to_contain_text("What was said")
    for name, value in {"name": "Bob", "email": "bob@example.org", "text": "An answer"}.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button[type=submit]").click()
    expect(page.locator(".comments__sent")).to_be_visible()
    page.goto(address_in(mail.outbox[-1], "/comments/confirm/"))
    page.locator("main form button").click()
    expect(page.locator(".form-done")).to_be_visible()
    answer = Posting.objects.get(author="bob@example.org").comment
    assert answer.parent_id == first.pk
    moderation.approve([answer])

    letter = mail.outbox[-1]
    assert letter.to == ["anna@example.org"]
    page.goto(address_in(letter, f"{PREFIXES[language]}/comments/c{answer.pk}/"))
    expect(page.locator(".comment:target")).to_contain_text("An answer")
    page.goto(address_in(letter, f"{PREFIXES[language]}/comments/mute/"))
    first.refresh_from_db()
    assert first.followup  # a program that looks at links ahead mutes nothing
    page.locator("main form button").click()
    expect(page.locator("main [role=status]")).to_be_visible()
    first.refresh_from_db()
    assert not first.followup

    page.goto(live_server.url + article.address(language))
    page.locator(f"#c{answer.pk} a[href$='/report/{answer.pk}/']").click()
    page.locator("main form [name=reason]").fill("Rude")
    page.locator("main form button").click()
    expect(page.locator("main [role=status]")).to_be_visible()
    assert CommentReport.objects.get().reason == "Rude"


def address_in(letter, part):
    return next(line for line in letter.body.splitlines() if part in line)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Please send it again in a minute."), ("ru", "отправьте ещё раз через минуту"), ("zh-hans", "一分钟")],
)
def test_in_a_flood_the_form_stays_and_says_when_to_come_again(
    page, live_server, article, settings, monkeypatch, language, said
):
    page.goto(live_server.url + article.address(language))
    page.locator("[data-comments-open]").click()
    page.locator("#comment-text").fill("What I wanted to say")
    settings.POSTS_A_MINUTE = 0
    flood.kinds["posts"].bucket.take(0)

    page.locator(".comment-form button[type=submit]").click()
    expect(page.locator(".comment-form [role=alert]")).to_contain_text(said)
    expect(page.locator("#comment-text")).to_have_value("What I wanted to say")


def test_pages_orders_and_languages_are_plain_links(without_scripts, live_server, article, post, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 2)
    for number in range(5):
        post(f"said {number}")
    post("сказано", language="ru")
    page = without_scripts
    page.goto(live_server.url + article.address("en"))

    page.get_by_role("link", name="Next page").click()
    expect(page.locator(".comment__text")).to_have_text(["said 2", "said 3"])
    page.get_by_role("link", name="Newest first").click()
    expect(page.locator(".comment__text")).to_have_text(["said 4", "said 3"])
    page.get_by_role("link", name="In all languages").click()
    expect(page.locator(".comment__text")).to_have_text(["сказано", "said 4"])
    expect(page.locator('[lang="ru"]', has_text="сказано")).to_be_visible()


def test_the_counter_speaks_when_the_writer_pauses_near_the_end(page, live_server, article):
    page.goto(live_server.url + article.address("en"))
    page.get_by_role("link", name="Write a comment").click()
    field = page.locator("#comment-text")
    expect(page.get_by_text("Plain text, up to 3,000 characters.")).to_be_visible()

    field.fill("a" * 100)
    expect(page.locator(".counter [aria-hidden]")).to_have_text("Characters left: 2,900")
    field.fill("🙂" * 3005)  # a text that is too long stays whole
    expect(page.locator(".counter [aria-hidden]")).to_have_text("Characters too many: 5")
    expect(page.locator(".counter [role=status]")).to_have_text("Characters too many: 5")
    assert field.input_value() == "🙂" * 3005


def test_an_old_form_of_a_discussion_closed_meanwhile_keeps_the_text(page, live_server, article):
    page.goto(live_server.url + article.address("en"))
    page.get_by_role("link", name="Write a comment").click()
    page.locator("#comment-text").fill("What I wanted to say")
    page.locator("#comment-name").fill("Reader")
    page.locator("#comment-email").fill("reader@example.org")
    type(article).objects.update(comment_policy="closed", comments_note_en="It became a quarrel.")

    page.get_by_role("button", name="Send the comment").click()

    expect(page.get_by_text("It became a quarrel.")).to_be_visible()
    expect(page.get_by_label("Your text, so that nothing is lost:")).to_have_value("What I wanted to say")
