"""One portal of bench/run.py: makes its content, prints the names of what it can measure, then answers each name that it
reads with [seconds, queries]. Pages are asked for uncached, in the process, without a network between."""

import contextlib
import itertools
import json
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "infoshos.settings")
ARTICLES, COMMENTS = int(sys.argv[1]), int(sys.argv[2])
unlike = itertools.count()


def main():
    import django

    django.setup()
    from django.core.management import call_command

    with contextlib.redirect_stdout(sys.stderr):
        call_command("demo", articles=ARTICLES, verbosity=0)
        subjects = public_pages() | desk_pages() | discussion() | queues()
    answer(list(subjects))
    for line in sys.stdin:
        answer(measure(*subjects[line.strip()]))


def answer(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def measure(client, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = f"{address}{'&' if '?' in address else '?'}"
    with CaptureQueriesContext(connection) as queries:
        start = time.perf_counter()
        response = client.get(f"{address}bench={next(unlike)}" if client.is_reader else address.rstrip("?&"))
        seconds = time.perf_counter() - start
    if response.status_code not in {200, 302}:
        sys.exit(f"{address} answers {response.status_code}")
    return seconds, len(queries)


def client_of(username=None):
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(SERVER_NAME=settings.SITE_HOST)
    client.is_reader = username is None
    if username:
        client.force_login(
            get_user_model().objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
        )
    return client


def public_pages():
    from news.models import Article, Tag
    from states.models import State

    reader = client_of()
    newest = Article.objects.published("en").filter(states__isnull=False).newest().first()
    tag = Tag.objects.filter(articles=newest).first() or Tag.objects.first()
    state = State.objects.filter(articles=newest).first()
    pages = {
        "home": "/en/",
        "section": f"/en/section/{newest.section.slug}/",
        "section, page 3": f"/en/section/{newest.section.slug}/?page=3",
        "tag": f"/en/tag/{tag.slug}/",
        "state": f"/en/states/{state.slug}/",
        "article": newest.address("en"),
        "print view": newest.address("en", "news:print"),
        "archive": "/en/archive/",
        "search, a common word": "/en/search/?q=trade",
        "search, a rare word": "/en/search/?q=samovar",
        "feed": "/en/feed.rss",
        "sitemap index": "/sitemap.xml",
    }
    return {name: (reader, address) for name, address in pages.items()}


def desk_pages():
    from django.contrib import admin
    from django.contrib.auth import get_user_model
    from django.test import RequestFactory

    from news.models import Article

    editor = client_of("editor")
    base = "/en/admin/news/article/"
    pages = {"desk": "/en/admin/", "change list": base, "change list, search": f"{base}?q=railway"}
    pages["change list, search for a rare word"] = f"{base}?q=samovar"
    model_admin = admin.site.get_model_admin(Article)
    request = RequestFactory().get(base)
    request.user = get_user_model().objects.get(username="editor")
    changelist = model_admin.get_changelist_instance(request)
    for spec in changelist.filter_specs:
        choices = [c for c in spec.choices(changelist) if not c["selected"] and c["query_string"].strip("?")]
        for choice in {id(choice): choice for choice in (*choices[:1], *choices[-1:])}.values():
            pages[f"change list by {spec.title}: {choice['display']}"] = base + str(choice["query_string"])
    return {name: (editor, address) for name, address in pages.items()}


def discussion():
    """A story with COMMENTS published comments in threads of three levels, and its pages for readers and moderators."""
    from django.utils import translation

    from comments import pages, threads
    from news.caching import bump_once
    from news.models import Article

    article = Article.objects.published("en").newest().last()
    there = threads.discussion(article, "en").count()
    with bump_once():
        above = [None, None]
        for number in range(there, COMMENTS):
            level = number % 3
            comment = threads.post(
                article, "en", text=f"Remark {number} on what was said above.", name=f"Reader {number % 700}",
                parent=above[level - 1] if level else None, public=number % 10 != 9,
            )  # fmt: skip
            if level < 2:
                above[level] = comment
    with translation.override("en"):
        tree = pages.Tree(article, "en")
        page = pages.Page.at(tree)
        newest = list(tree.nodes)[-1]
        addresses = {
            "article with comments": article.address("en"),
            "comments, first page": page.address(),
            "comments, last page": page.last_address or page.address(),
            "comments, newest first": page.address(order=pages.NEWEST),
            "comments in all languages": page.address(choice=pages.ALL),
            "permalink": f"/en/comments/c{newest}/",
        }
    reader = client_of()
    found = {name: (reader, address) for name, address in addresses.items()}
    return found | {"moderation queue": (client_of("moderator"), "/en/admin/django_comments_xtd/xtdcomment/")}


def queues():
    """The moderators' queues beside that story: a tenth of its comments wait, and as many typo reports of readers."""
    from comments import moderation, typos
    from comments.models import Posting, TypoReport
    from news.models import Article

    article = Article.objects.published("en").newest().last()
    names = dict.fromkeys(("prefix", "suffix", "image", "name", "email", "correction"), "")
    words = article.body_en.split()[1]
    for number in range(TypoReport.objects.count(), COMMENTS // 10):
        data = names | {"field": "body", "quote": words, "remark": f"{number}", "position": None, "version": None}
        typos.take(article, "en", data, f"{number}")
    moderator, base = client_of("moderator"), "/en/admin/django_comments_xtd/xtdcomment/queue/"
    decided = Posting.objects.filter(comment__is_public=True)[:20]
    moderation.approve([posting.comment for posting in decided])
    pages = {
        "queue of comments": base,
        "queue of comments, last page": f"{base}?page=1000",
        "queue of typo reports": "/en/admin/comments/typoreport/queue/",
    }
    return {name: (moderator, address) for name, address in pages.items()}


if __name__ == "__main__":
    main()
