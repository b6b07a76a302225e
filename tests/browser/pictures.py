"""`make pictures`: the editors' guides' pictures, made by a browser at the demo's desk, each in the guide's language.

Not among the tests (they do not look into this file), but made like one: each step waits for what it needs, and fails
where the desk has changed. What is pressed is named by the desk's own words, in whatever language.
"""

import io
from pathlib import Path

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext
from PIL import Image
from playwright.sync_api import expect

from infoshos.demo import loading
from infoshos.models import User
from news.models import Article, Edition, Translation, column

from .desk import body, form_of

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "images"
LOCALES = {"en": "en-GB", "ru": "ru-RU", "zh-hans": "zh-CN"}
SCREEN = {"width": 1366, "height": 860}  # where the form has two columns
WIDTH = 1100


class Desk:
    """The desk in one language, with a browser for each person."""

    def __init__(self, language, open_browser, live_server):
        self.language, self.open_browser, self.live_server = language, open_browser, live_server
        self.prefix = "" if language == "ru" else f"/{language}"
        self.base = f"{live_server.url}{self.prefix}/admin/"
        self.pages = {}

    def say(self, words):
        with translation.override(self.language):
            return gettext(words)

    def go(self, name, address=""):
        """The page of that person, at an address of the desk."""
        if name not in self.pages:
            user = User.objects.get(username=name)
            self.pages[name] = self.open_browser(user, viewport=SCREEN, locale=LOCALES[self.language])
            self.pages[name].route("**/proof/", lambda route: route.abort())  # takes long, and is in no picture
        page = self.pages[name]
        page.goto(address if "://" in address else self.base + address)
        return page

    def form(self, name, article):
        return self.go(name, form_of(self.live_server, article, self.language))

    def press(self, page, words):
        page.get_by_role("button", name=self.say(words), exact=True).first.click()

    def keep(self, page, name, at=None):
        """What the window shows, with ``at`` near its top."""
        if at is not None:
            at.first.evaluate("element => window.scrollTo(0, element.getBoundingClientRect().top + scrollY - 12)")
        page.evaluate("() => document.fonts.ready")
        expect(page.get_by_role("main").or_(page.locator("#main")).first).to_be_visible()
        shot = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
        shot = shot.resize((WIDTH, round(shot.height * WIDTH / shot.width)), Image.Resampling.LANCZOS)
        shot.save(FOLDER / f"{name}.{self.language.partition('-')[0]}.webp", quality=60, method=6)


@pytest.fixture
def articles(live_server):
    """The demo's: what is public in every language, the newest first."""
    loading.load(lambda said: None)
    found = Article.objects.order_by("-pk")
    for language in LOCALES:
        found = found.filter(pk__in=Article.objects.published(language).values("pk"))
    return list(found)


def test_pictures(open_browser, live_server, articles):
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    scheduled = Edition.objects.filter(published_at__gt=timezone.now(), status="published").first()
    drafts = [article for article in Article.objects.order_by("pk") if not article.published_languages()]
    for language in LOCALES:
        desk = Desk(language, open_browser, live_server)
        the_first_page(desk)
        writing(desk, drafts[0])
        previewing(desk, articles[0])
        two_at_once(desk, drafts[-1])
        waiting(desk, articles[1])
        scheduling(desk, scheduled)
        translating(desk, articles[2])
        the_home_page(desk)
        history(desk, drafts[-1])
        correcting(desk, articles[3])
        queues(desk)


def the_first_page(desk):
    desk.keep(desk.go("editor"), "desk")


def writing(desk, article):
    page = desk.form("editor", article)
    column_name = column("body", desk.language)
    body(page, column_name).click()
    page.keyboard.press("Control+End")
    words = {"en": " Not saved anywhere yet.", "ru": " Это ещё нигде не сохранено.", "zh-hans": "这句话尚未保存。"}
    page.keyboard.insert_text(words[desk.language])
    is_kept(desk, page)
    desk.keep(page, "form", page.locator("[data-writing-state]"))

    page = desk.form("editor", article)
    offer = page.get_by_text(desk.say("What differs from what is saved")).first
    offer.click()
    desk.keep(page, "offer", page.get_by_role("heading", level=1))
    desk.press(page, "Discard it")


def is_kept(desk, page):
    said = desk.say("Unsaved text is kept on the server, {time}.").partition("{")[0].strip()
    expect(page.locator("[data-writing-state]")).to_contain_text(said, timeout=20_000)


def previewing(desk, article):
    page = desk.go("editor", f"news/article/{article.pk}/preview/?language={desk.language}")
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_be_visible()
    desk.keep(page, "preview")


def two_at_once(desk, article):
    title = "#id_" + column("title", desk.language)
    words = {
        "ru": ("Паром пошёл по новому расписанию", "Паром пойдёт по новому расписанию с понедельника"),
        "en": ("Ferry follows a new timetable", "Ferry to follow a new timetable from Monday"),
        "zh-hans": ("渡轮启用新时刻表", "渡轮下周一起启用新时刻表"),
    }[desk.language]
    first, second = (desk.form(name, article) for name in ("editor", "admin"))
    for page, text in zip((second, first), words, strict=True):
        page.fill(title, text)
        is_kept(desk, page)
        desk.press(page, "Save and continue editing")
        page.wait_for_load_state()
    found = first.get_by_role("region", name=desk.say("Two people have changed this article"))
    expect(found).to_be_visible()
    desk.keep(first, "collision", found)


def waiting(desk, article):
    page = desk.form("editor", article)
    page.fill("#id_" + column("lead", desk.language), f"{article.text('lead', desk.language)} …")
    desk.press(page, "Save (waits)")
    bar = page.locator(f"[data-language-bar={desk.language}]")
    bar.get_by_role("link", name=desk.say("Compare or discard")).click()
    expect(page.get_by_role("button", name=desk.say("Publish changes")).first).to_be_visible()
    desk.keep(page, "waiting")


def scheduling(desk, edition):
    page = desk.form("editor", edition.article)
    name = f"edition_{edition.language.replace('-', '_')}_status"
    desk.keep(page, "schedule", page.locator(f"#id_{name}"))


def translating(desk, article):
    if desk.language == "en":  # for all guides
        article.body_ru = article.body_ru.replace("<p>В ", "<p>Вчера в ", 1).replace("<p>", "<p>Утром: ", 1)
        article.save()
        assert Translation.objects.filter(article=article, language="en", state=Translation.State.STALE).exists()
    page = desk.go("translator", "news/translation/")
    desk.keep(page, "translations")
    page = desk.form("translator", article)
    into = "en" if desk.language == "ru" else desk.language
    panel = page.locator(f"[aria-labelledby=stale-{into}]")
    expect(panel.get_by_role("heading", name=desk.say("Changed in the source")).first).to_be_visible()
    desk.keep(page, "paragraphs", panel)


def the_home_page(desk):
    page = desk.go("editor", f"news/homepageslot/?language={desk.language}")
    expect(page.get_by_role("button", name=desk.say("Save"), exact=True)).to_be_visible()
    desk.keep(page, "front")


def history(desk, article):
    page = desk.go("editor", f"news/article/{article.pk}/history/")
    desk.keep(page, "history")


def correcting(desk, article):
    page = desk.form("editor", article)
    summary = page.get_by_text(desk.say("Tell readers of a correction")).first
    summary.click()
    desk.keep(page, "corrections", summary)


def queues(desk):
    desk.keep(desk.go("editor", "news/image/"), "images")
    desk.keep(desk.go("moderator", "django_comments_xtd/xtdcomment/queue/"), "moderation")
    desk.keep(desk.go("moderator", "comments/typoreport/queue/"), "typos")
