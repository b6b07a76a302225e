"""Rows for tests, without surprises: what is not named gets a plain value; nothing is published unless asked for."""

import io
from datetime import timedelta
from itertools import count

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as Pillow

from infoshos.models import User
from news.models import Article, Author, Byline, Edition, Image, Section, Tag, column

serial = count(1)
TITLES = {"ru": "Новость", "en": "Story", "zh-hans": "新闻"}
BODIES = {"ru": "<p>Текст новости.</p>", "en": "<p>The story's text.</p>", "zh-hans": "<p>新闻正文。</p>"}
LANGUAGES = ("ru", "en", "zh-hans")


def make_user(username=None, *, groups=(), **fields):
    user = User.objects.create_user(username or f"user{next(serial)}", password="secret-pass-42", **fields)
    if groups:
        from django.contrib.auth.models import Group

        user.is_staff = True
        user.save()
        user.groups.set([Group.objects.get(name=name) for name in groups])
    return user


def make_section(slug=None, **fields):
    slug = slug or f"section-{next(serial)}"
    names = {"title_ru": "Политика", "title_en": "Politics", "title_zh_hans": "政治"}
    return Section.objects.create(slug=slug, **(names | fields))


def make_tag(slug=None, **fields):
    slug = slug or f"tag-{next(serial)}"
    return Tag.objects.create(slug=slug, **({"name_ru": "Чай", "name_en": "Tea", "name_zh_hans": "茶"} | fields))


def make_author(slug=None, **fields):
    slug = slug or f"author-{next(serial)}"
    names = {"name_ru": "Редакция", "name_en": "The desk", "name_zh_hans": "编辑部"}
    return Author.objects.create(slug=slug, **(names | fields))


def make_image(size=(1200, 800), **fields):
    buffer = io.BytesIO()
    Pillow.new("RGB", size, (30, 90, 140)).save(buffer, "JPEG")
    image = Image(width=size[0], height=size[1], **fields)
    image.file.save("picture.jpg", ContentFile(buffer.getvalue()), save=False)
    image.save()
    return image


def make_article(languages=LANGUAGES, *, published=True, at=None, tags=(), states=(), authors=(), **fields):
    """An article with a text in each of the languages, published there at ``at`` (a minute ago) or left a draft."""
    number = next(serial)
    section = fields.pop("section", None) or Section.objects.first() or make_section()
    texts = {}
    for language in languages:
        texts[column("title", language)] = f"{TITLES[language]} {number}"
        texts[column("body", language)] = BODIES[language]
    article = Article.objects.create(section=section, **(texts | fields))
    article.tags.set(tags)
    article.states.set(states)
    for position, author in enumerate(authors):
        Byline.objects.create(article=article, author=author, position=position)
    at = at or timezone.now() - timedelta(minutes=1)
    for language in languages:
        Edition.objects.create(
            article=article,
            language=language,
            slug=f"story-{number}",
            status=Edition.Status.PUBLISHED if published else Edition.Status.DRAFT,
            published_at=at if published else None,
        )
    return article
