"""Puts the demonstration content into the database: all of it or none, and once."""

import hashlib
import random
import secrets
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from infoshos.models import Magazine, Page, PartnerLink, SiteNotice, User
from news.caching import bump_once
from news.models import (
    BREAKING_LASTS,
    Article,
    Author,
    Byline,
    Edition,
    GalleryItem,
    HomepageSlot,
    Image,
    ReadCount,
    Section,
    Tag,
    column,
)  # fmt: skip
from states.models import Rate, State
from states.rates import parse_rates, store_rates

from . import pictures
from .discussion import load_comments, load_typos

HERE = Path(__file__).parent
LANGUAGES = [code for code, _name in settings.LANGUAGES]
RATE_DAYS = 90

# name: (group, first and last name, working languages)
USERS = {
    "admin": ("Administrator", "Айгуль", "Садыкова", []),
    "editor": ("Editor", "Павел", "Одинцов", []),
    "translator": ("Translator", "Лин", "Мэй", ["en", "zh-hans"]),
    "reporter": ("Reporter", "Рустам", "Каримов", []),
    "moderator": ("Moderator", "Нина", "Берг", []),
}
# The numbers of the articles' files; what isn't published in a language when its turn comes is left out there.
Place = HomepageSlot.Place
SLOTS = {Place.LEAD: [18], Place.SECOND: [16, 19], Place.FEATURE: [17, 8]}
SECTION_TOPS = [25, 26]  # each on top of its own section
# The article, and what the bar says of it.
BREAKING = {
    "ru": (2, "Координаторы государств ШОС согласовали план на год"),
    "zh-hans": (2, "上合组织国家协调员商定年度计划"),
}
READ_DAYS = 30


def read_site():
    return tomllib.loads((HERE / "site.toml").read_text(encoding="utf-8"))


def read_articles():
    """The articles by the number of their file."""
    return {
        int(path.name.partition("-")[0]): tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted((HERE / "articles").glob("*.toml"))
    }


def is_loaded(articles):
    slugs = [article[code]["slug"] for article in articles.values() for code in LANGUAGES if code in article]
    return Edition.objects.filter(slug__in=slugs).exists()


def load(say=print):
    """Loads it unless it is there. Whether it did."""
    articles = read_articles()
    if is_loaded(articles):
        return False
    site = read_site()
    say("Drawing the pictures ...")
    wanted = {
        number: ("draw", article["image"]["motif"], article["image"]["seed"])
        for number, article in articles.items()
        if "image" in article
    }
    wanted |= {("cover", index): ("cover", issue["number"], index) for index, issue in enumerate(site["magazine"])}
    drawn = pictures.draw_all(wanted)
    say("Writing the content ...")
    with transaction.atomic(), bump_once():
        users = load_users()
        load_site(site, drawn)
        loaded = load_articles(articles, drawn, users)
        load_slots(loaded)
        load_reads(loaded)
        load_comments(site["comment"], site["ban"], loaded, users["moderator"])
        load_typos(site["typo"], loaded)
        load_rates()
    return True


# Pictures


def store_picture(original, title, texts, by=None):
    """A row of the library. ``texts``: {language: {alt, caption, credit}}."""
    image = Image(
        width=original.width,
        height=original.height,
        sha256=hashlib.sha256(original.content).hexdigest(),
        title=title,
        created_by=by,
        **columns(texts, "alt", "caption", "credit"),
    )
    image.file.save(f"picture.{original.extension}", ContentFile(original.content), save=False)
    image.save()
    return image


# Site


def columns(source, *fields):
    """{"title_ru": …} from {"ru": {"title": …}}."""
    return {
        column(field, code): source[code][field]
        for code in LANGUAGES
        for field in fields
        if field in source.get(code, {})
    }


def password():
    """The demo users' password: made once for each installation, as a known one would open a portal on the net."""
    path = settings.DATA_DIR / "demo-password"
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(0o600)
        path.write_text(secrets.token_urlsafe(9))
    return path.read_text().strip()


def load_users():
    users = {}
    for name, (group, first, last, languages) in USERS.items():
        user = User.objects.filter(username=name).first()
        if user is None:
            user = User(username=name, email=f"{name}@infoshos.example", first_name=first, last_name=last)
            user.languages, user.is_staff, user.is_superuser = languages, True, name == "admin"
            user.set_password(password())
            user.save()
            user.groups.set(Group.objects.filter(name=group))
        users[name] = user
    return users


def load_site(site, drawn):
    for fact in site["section"]:
        defaults = columns(fact, "title", "description") | {"position": fact["position"]}
        Section.objects.get_or_create(slug=fact["slug"], defaults=defaults)
    for fact in site["tag"]:
        Tag.objects.get_or_create(slug=fact["slug"], defaults=columns(fact, "name"))
    for fact in site["author"]:
        Author.objects.get_or_create(slug=fact["slug"], defaults=columns(fact, "name", "bio"))
    for fact in site["page"]:
        defaults = columns(fact, "title", "body") | {"position": fact["position"]}
        Page.objects.get_or_create(slug=fact["slug"], defaults=defaults)
    for fact in site["partner"]:
        rest = {name: fact.get(name) for name in ("url", "position", "since", "until")}
        PartnerLink.objects.get_or_create(name_en=fact["en"]["name"], defaults=columns(fact, "name") | rest)
    if not SiteNotice.objects.exists():
        SiteNotice.objects.create(**columns(site["notice"], "text"))
    for index, fact in enumerate(site["magazine"]):
        month = date(fact["year"], fact["month"], 1)
        if Magazine.objects.filter(month=month).exists():
            continue
        texts = {
            code: fact[code] | {"contents": "\n".join(fact[code]["contents"])} for code in LANGUAGES if code in fact
        }
        alt = {code: {"alt": fact[code]["title"]} for code in LANGUAGES if code in fact}
        cover = store_picture(drawn["cover", index], f"Magazine {month:%Y-%m}", alt)
        Magazine.objects.create(number=fact["number"], month=month, cover=cover, **columns(texts, "title", "contents"))


# Articles

STATUS = {"scheduled": Edition.Status.PUBLISHED}


def load_articles(articles, drawn, users):
    """{number of the file: article}; the oldest first, so that numbers grow with time."""
    now = timezone.now().replace(second=0, microsecond=0)
    sections = {section.slug: section for section in Section.objects.all()}
    tags = {tag.slug: tag for tag in Tag.objects.all()}
    authors = {author.slug: author for author in Author.objects.all()}
    states = {state.iso2: state for state in State.objects.all()}

    def moment(fact, article):
        for place in (fact, article):
            if "hours_from_now" in place:
                return now + timedelta(hours=place["hours_from_now"])
            if "hours_ago" in place:
                return now - timedelta(hours=place["hours_ago"])
        return now

    loaded = {}
    for number, fact in sorted(articles.items(), key=lambda item: (moment({}, item[1]), item[0])):
        picture = None
        if "image" in fact:
            title = f"{fact['image']['motif']} {fact['image']['seed']}"
            picture = store_picture(drawn[number], title, fact["image"], users["editor"])
        article = Article.objects.create(
            section=sections[fact["section"]],
            lead_image=picture,
            source_url=fact["source_url"],
            comment_policy=fact["comments"],
            created_by=users["reporter"],
            updated_by=users["editor"],
            **columns(fact, "title", "lead", "dateline", "body", "source_name"),
        )
        article.tags.set(tags[slug] for slug in fact["tags"])
        article.states.set(states[code] for code in fact["states"])
        for position, slug in enumerate(fact["authors"]):
            Byline.objects.create(article=article, author=authors[slug], position=position)
        written_in = None
        for code in LANGUAGES:
            if code not in fact:
                continue
            text = fact[code]
            status = STATUS.get(text["status"], text["status"])
            Edition.objects.create(
                article=article,
                language=code,
                slug=text["slug"],
                status=status,
                published_at=moment(text, fact) if status == Edition.Status.PUBLISHED else None,
                live_until=now + timedelta(hours=fact["live_hours"]) if "live_hours" in fact else None,
                source_version=article.version if written_in else None,
                translator=users["translator"] if written_in else None,
            )
            written_in = written_in or code
        loaded[number] = article
    for number, fact in articles.items():
        for position, other in enumerate(fact.get("gallery", [])):
            GalleryItem.objects.create(article=loaded[number], image=loaded[other].lead_image, position=position)
    return loaded


def load_slots(articles):
    for language in LANGUAGES:
        for place, numbers in SLOTS.items():
            for position, number in enumerate(numbers):
                HomepageSlot.objects.create(
                    language=language, place=place, position=position, article=articles[number]
                )
        for number in SECTION_TOPS:
            article = articles[number]
            HomepageSlot.objects.create(
                language=language, place=Place.SECTION, section=article.section, article=article
            )
        if language in BREAKING:
            number, text = BREAKING[language]
            HomepageSlot.objects.create(
                language=language, place=Place.BREAKING, article=articles[number], text=text,
                until=timezone.now() + BREAKING_LASTS,
            )  # fmt: skip


# Reading figures


def load_reads(articles):
    """Thirty days of reads: a story is read most on its first day, by day more than by night, in Russian most."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    rows = []
    for edition in Edition.objects.filter(article__in=articles.values(), status=Edition.Status.PUBLISHED):
        chance = random.Random(f"{edition.article_id} {edition.language}")  # noqa: S311 (the same numbers each time)
        liked = chance.paretovariate(1.3) * {"ru": 60, "en": 25, "zh-hans": 35}[edition.language]
        hour = max(edition.published_at, now - timedelta(days=READ_DAYS)).replace(minute=0, second=0, microsecond=0)
        while hour <= now:
            age = (hour - edition.published_at).total_seconds() / 3600
            awake = 1 if 5 <= hour.hour < 20 else 0.25
            reads = int(liked * awake * chance.uniform(0.6, 1.4) / (1 + max(age, 0) / 8))
            if reads:
                rows.append(
                    ReadCount(article_id=edition.article_id, language=edition.language, hour=hour, reads=reads)
                )
            hour += timedelta(hours=1)
    ReadCount.objects.bulk_create(rows, batch_size=1000)


# Currencies


def load_rates():
    """Invented rates of the last days: a walk, the same each time, that ends at the bundled table. Nothing where
    there are real rates."""
    if Rate.objects.exists():
        return
    table = parse_rates((HERE / "rates.xml").read_bytes())
    today = timezone.localdate()
    chance = random.Random("rates")  # noqa: S311 (the same numbers each time)
    quotes = table.rates
    tables = []
    for days in range(RATE_DAYS):
        day = today - timedelta(days=days)
        if day.weekday() in {6, 0} and days:
            continue  # the bank sets no rates for Sunday and Monday
        tables.append(replace(table, date=day, rates=quotes))
        rouble = chance.gauss(0, 0.004)  # most of a day's change is common to all
        quotes = {
            code: replace(
                quote,
                value=(quote.value * Decimal(f"{1 + rouble + chance.gauss(0, 0.002):.5f}")).quantize(
                    Decimal("0.0001")
                ),
            )
            for code, quote in quotes.items()
        }
    for table in tables:  # the newest first: the older ones are history alone
        store_rates(table)
