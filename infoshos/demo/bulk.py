"""Articles composed by a program, for trying the portal with a large archive: `manage.py demo --articles 100000`."""

import random
import tomllib
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from slugify import slugify

from news import search, translations
from news.caching import bump_once
from news.models import Article, Author, Byline, Edition, Image, Section, Tag, column
from states.models import State

LANGUAGES = [code for code, _name in settings.LANGUAGES]
BATCH = 1000
NEWEST = timedelta(days=40)  # before now, so that the written stories stay on the home page
INTERVAL = timedelta(minutes=50)
# Numbers after which Russian has the genitive plural: 5, 11, 20, but not 21 or 42.
MANY = [n for n in range(5, 960) if n % 10 in {0, 5, 6, 7, 8, 9} or n % 100 in {11, 12, 13, 14}]
PARAGRAPHS = 4
SENTENCES = 3


def fill(wanted):
    """Composes articles until there are so many. Each batch is whole or not there: stop and go on freely."""
    composer = Composer()
    there = composer.count()
    columns = (TextColumn("Articles"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress, bump_once():
        task = progress.add_task("", total=max(wanted, there), completed=there)
        try:
            while there < wanted:
                number = min(BATCH, wanted - there)
                composer.store(there, number)
                there += number
                progress.update(task, completed=there)
        except KeyboardInterrupt:
            progress.console.print(f"Stopped at {there}. The same command goes on from there.")
    return there


class Composer:
    def __init__(self):
        self.facts = tomllib.loads(Path(__file__).with_name("bulk.toml").read_text(encoding="utf-8"))
        author = self.facts["author"]
        names = {column(field, code): author[code][field] for code in LANGUAGES for field in ("name", "bio")}
        self.author, _created = Author.objects.get_or_create(slug=author["slug"], defaults=names)
        self.sections = [s for s in Section.objects.all() if s.slug in self.facts["sections"]]
        self.tags = {tag.slug: tag.pk for tag in Tag.objects.all()}
        self.states = list(State.objects.all())
        self.state_slugs = {state.pk: slugify(state.name_en) for state in self.states}
        self.pictures = {}
        pairs = Image.objects.filter(lead_of__editions__isnull=False).values_list("lead_of__section_id", "pk")
        for section, picture in sorted(set(pairs)):
            self.pictures.setdefault(section, []).append(picture)
        self.now = timezone.now().replace(second=0, microsecond=0)

    def count(self):
        return Byline.objects.filter(author=self.author).count()

    def store(self, start, number):
        composed = [self.compose(index) for index in range(start, start + number)]
        with transaction.atomic():
            articles = Article.objects.bulk_create([article for article, *_rest in composed])
            editions, bylines, tags, states = [], [], [], []
            TagRow, StateRow = Article.tags.through, Article.states.through
            for article, (_article, slug, at, tag, state) in zip(articles, composed, strict=True):
                bylines.append(Byline(article=article, author=self.author))
                tags += [TagRow(article_id=article.pk, tag_id=pk) for pk in tag]
                states += [StateRow(article_id=article.pk, state_id=pk) for pk in state]
                editions += [
                    Edition(
                        article=article,
                        language=code,
                        slug=slug,
                        status=Edition.Status.PUBLISHED,
                        published_at=at,
                        source_version=1 if place else None,
                    )
                    for place, code in enumerate(LANGUAGES)
                ]
            Edition.objects.bulk_create(editions)
            Byline.objects.bulk_create(bylines)
            TagRow.objects.bulk_create(tags)
            StateRow.objects.bulk_create(states)
            translations.refresh_many([article.pk for article in articles])
            search.index_many(articles)

    def compose(self, index):
        """The index-th article, always the same one: (article, slug, published_at, [tag], [state])."""
        chance = random.Random(index)  # noqa: S311 (no secret)
        section = chance.choice(self.sections)
        facts = self.facts["sections"][section.slug]
        headline = chance.randrange(len(facts["ru"]))
        about, *others = chance.sample(self.states, chance.choice((1, 1, 2, 3)))
        numbers = {"n": chance.choice(MANY), "m": chance.choice(MANY[:40])}
        sentences = chance.sample(range(len(self.facts["text"]["ru"])), PARAGRAPHS * SENTENCES)
        texts = {}
        for code in LANGUAGES:
            name = getattr(about, column("name", code))
            space = "" if code == "zh-hans" else " "
            said = [self.facts["text"][code][sentence].format(**numbers) for sentence in sentences]
            paragraphs = [space.join(said[at : at + SENTENCES]) for at in range(0, len(said), SENTENCES)]
            colon = "：" if code == "zh-hans" else ": "
            texts[column("title", code)] = f"{name}{colon}{facts[code][headline].format(**numbers)}"
            texts[column("lead", code)] = paragraphs[0]
            texts[column("body", code)] = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs[1:])
        texts |= {field: texts[column(field, "ru")] for field in ("title", "lead", "body")}
        pictures = self.pictures.get(section.pk)
        article = Article(
            section_id=section.pk,
            lead_image_id=chance.choice(pictures) if pictures and chance.random() < 0.4 else None,
            created_at=self.now,
            **texts,
        )
        words = slugify(facts["en"][headline].format(**numbers), max_length=60, word_boundary=True)
        at = self.now - NEWEST - index * INTERVAL
        tags = chance.sample(facts["tags"], min(2, len(facts["tags"])))
        return (
            article,
            f"{self.state_slugs[about.pk]}-{words}",
            at,
            [self.tags[slug] for slug in tags if slug in self.tags],
            [about.pk, *(state.pk for state in others)],
        )
