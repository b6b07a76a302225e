"""Search in each language's own texts, by word forms, on both databases.

Text is analysed here and nowhere else, so that both databases find the same: Russian and English words become their
stems, Chinese becomes overlapping pairs of characters. What is stored is a SearchDocument for each article and
language, unpublished texts too; what a reader may find is Article.objects.published() at the moment of the question.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from itertools import pairwise
from threading import local

import snowballstemmer
from django.conf import settings
from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import translation
from django.utils.safestring import mark_safe

from .models import Article, SearchDocument, column
from .richtext import plain_text

MOST = 1000  # more hits are not counted: the newest so many can be turned over
STOP = re.compile(r"[.!?…:;,。！？：；，][”»’\"）)』」》]*$")
SNIPPET = 220  # characters
CHINESE_SNIPPET = 90
BODY_BYTES = 300_000  # of analysed text; PostgreSQL refuses a vector of 1 MB
TOKEN_LENGTH = 40
BATCH = 500

# Analysis

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Stress marks, soft hyphens, what nobody sees: parts of a word that are not looked for.
INSIDE = "\u0300-\u036f\u00ad\u034f\u061c\u17b4\u17b5\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff"
WORD = re.compile(rf"(?P<han>[{HAN}]+)|[^\W_{HAN}](?:[^\W_{HAN}]|[{INSIDE}]|['’](?=[^\W_]))*")
DROPPED = re.compile(rf"[{INSIDE}]")
HAN_START = re.compile(rf"[{HAN}]")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
COMMON = frozenset(
    # Words in nearly every text, as stems: asked for beside others they are left out.
    [
        "и",
        "в",
        "во",
        "не",
        "на",
        "с",
        "со",
        "по",
        "к",
        "о",
        "об",
        "от",
        "до",
        "за",
        "из",
        "у",
        "а",
        "но",
        "что",
        "как",
        "это",
        "для",
        "при",
        "то",
        "же",
        "бы",
        "был",
        "быт",
        "был",
        "будет",
        "так",
        "его",
        "ее",
        "их",
        "он",
        "она",
        "они",
        "мы",
        "вы",
        "я",
        "или",
        "также",
        "котор",
        "the",
        "of",
        "and",
        "to",
        "in",
        "a",
        "an",
        "is",
        "are",
        "was",
        "were",
        "be",
        "on",
        "for",
        "at",
        "by",
        "with",
        "from",
        "as",
        "that",
        "this",
        "it",
        "its",
        "or",
        "not",
        "has",
        "have",
        "had",
        "will",
    ]
)
stemmers = local()


def stemmer(language):
    # A stemmer keeps the word that it works on: each thread has its own.
    if not hasattr(stemmers, language):
        setattr(stemmers, language, snowballstemmer.stemmer(language))
    return getattr(stemmers, language)


@lru_cache(maxsize=200_000)
def stem(word):
    """A word in the form in which it is indexed; the alphabet decides, so that a name in another script is found too."""
    word = unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
    if word.isascii():
        word = stemmer("english").stemWord(word)
    else:
        word = DROPPED.sub("", word)
        if CYRILLIC.search(word):
            # Once is not enough: саммит loses its end as if it were a verb's, саммитов and саммитом keep that end.
            word, before = word.replace("ё", "е"), None
            while word != before:
                word, before = stemmer("russian").stemWord(word), word
        else:  # Erdoğan is asked for as Erdogan
            word = DROPPED.sub("", unicodedata.normalize("NFKD", word))
            if word.isascii():
                word = stemmer("english").stemWord(word)
    return "".join(char for char in word if char.isalnum())[:TOKEN_LENGTH]


def tokens(text):
    """The text's tokens with their places, as (token, start, end)."""
    for match in WORD.finditer(text):
        start, end = match.span()
        if match["han"]:
            run = unicodedata.normalize("NFKC", match[0])
            if len(run) != end - start:  # a compatibility character that falls apart
                run = match[0]
            for index in range(len(run) - 1):
                yield run[index : index + 2], start + index, start + index + 2
            yield run[-1], end - 1, end
        elif token := stem(match[0]):
            yield token, start, end


def analyse(text, limit=BODY_BYTES):
    """The text as it is indexed: its tokens, a space between them."""
    found, size = [], 0
    for token, _start, _end in tokens(text or ""):
        size += len(token.encode()) + 1
        if size > limit:
            break
        found.append(token)
    return " ".join(found)


# Index


def documents(article):
    """The documents that the article's texts make, one for each language that has any."""
    for language, _name in settings.LANGUAGES:
        title, lead, body = (article.text(field, language) for field in ("title", "lead", "body"))
        if title or lead or body:
            yield SearchDocument(
                article_id=article.pk,
                language=language,
                title=analyse(title),
                lead=analyse(lead),
                body=analyse(plain_text(body)),
            )


def index_many(articles):
    """Indexes articles that have just been stored; whoever stores in bulk calls it in the same transaction."""
    articles = list(articles)
    found = [document for article in articles for document in documents(article)]
    SearchDocument.objects.bulk_create(
        found,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["article", "language"],
        update_fields=["title", "lead", "body"],
    )
    return found


def index(article):
    """Called by Article.save(), in its transaction."""
    languages = {document.language for document in index_many([article])}
    if len(languages) < len(settings.LANGUAGES):
        SearchDocument.objects.filter(article=article).exclude(language__in=languages).delete()


def rebuild(say_progress=lambda number: None):
    """Indexes all articles again, a batch at a time; readers go on searching."""
    last = 0
    texts = [column(field, code) for field in ("title", "lead", "body") for code, _name in settings.LANGUAGES]
    while batch := list(Article.objects.order_by("pk").filter(pk__gt=last).only(*texts)[:BATCH]):
        kept = {(document.article_id, document.language) for document in index_many(batch)}
        stored = SearchDocument.objects.filter(article__in=batch).values_list("article_id", "language", "pk")
        SearchDocument.objects.filter(pk__in=[pk for *place, pk in stored if tuple(place) not in kept]).delete()
        last = batch[-1].pk
        say_progress(len(batch))


# Questions


@dataclass(frozen=True)
class Clause:
    """Tokens that must follow each other; with ``prefix`` the last one may go on."""

    tokens: tuple[str, ...]
    prefix: bool = False


PARTS = re.compile(r'"(?P<plain>[^"]+)"|«(?P<russian>[^»]+)»|“(?P<english>[^”]+)”|(?P<word>[^\s"«»“”]+)')


def parse(text):
    """A reader's question as clauses that must all be met; never an error, whatever was typed.

    Words are looked for in all their forms, what stands in quotation marks as a phrase, and ``word*`` by its beginning.
    """
    clauses = {}
    for match in PARTS.finditer(text):
        if match["word"]:
            for part in WORD.finditer(match["word"]):
                starred = match["word"][part.end() : part.end() + 1] == "*"
                if clause := clause_of(part[0], starred):
                    clauses[clause] = None
        elif clause := clause_of(next(filter(None, match.groups()))):
            clauses[clause] = None
    clauses = list(clauses)
    rare = [clause for clause in clauses if len(clause.tokens) > 1 or clause.prefix or clause.tokens[0] not in COMMON]
    return rare or clauses


def clause_of(text, starred=False):
    found = [token for token, _start, _end in tokens(text)]
    if not found:
        return None
    if not re.fullmatch(f"[{HAN}]", found[-1]):
        return Clause(tuple(found), starred)
    # The last character of a run is indexed alone; a question goes without it, unless nothing else was asked.
    return Clause(tuple(found[:-1])) if len(found) > 1 else Clause(tuple(found), prefix=True)


WEIGHTS = {"title": "A", "lead": "B", "body": "C"}  # as migration 0002 gave them


def expression(clauses, fields=()):
    """The clauses in the language of the database, to be met in one of the fields (none: in any); tokens are letters and
    digits, so nothing can be misread."""
    if connection.vendor == "postgresql":
        weights = "".join(WEIGHTS[name] for name in fields)

        def term(token, prefix):
            flags = ("*" if prefix else "") + weights
            return f"'{token}'" + (f":{flags}" if flags else "")

        return " & ".join(
            " <-> ".join(
                term(token, clause.prefix and place == len(clause.tokens))
                for place, token in enumerate(clause.tokens, 1)
            )
            for clause in clauses
        )
    found = " ".join(f'"{" ".join(clause.tokens)}"' + ("*" if clause.prefix else "") for clause in clauses)
    return f"{{{' '.join(fields)}}} : ({found})" if fields else found


# Both take the expression; then, with IN_LANGUAGE, the language.
HITS = {
    "postgresql": "SELECT article_id FROM news_searchdocument AS document WHERE vector @@ to_tsquery('simple', %s)",
    "sqlite": (
        "SELECT document.article_id FROM news_search JOIN news_searchdocument AS document ON document.id = news_search.rowid"
        " WHERE news_search MATCH %s"
    ),
}
IN_LANGUAGE = " AND document.language = %s"
# Takes the language and the expression.
RANKS = {
    "postgresql": (
        "SELECT article_id, ts_rank_cd('{0, 0.2, 0.5, 1}', vector, query, 1)"
        " FROM news_searchdocument, (SELECT %s AS wanted, to_tsquery('simple', %s) AS query) AS question"
        " WHERE language = wanted AND vector @@ query"
    ),
    "sqlite": (
        "SELECT document.article_id, -bm25(news_search, 10, 4, 1)"
        " FROM news_search JOIN news_searchdocument AS document ON document.id = news_search.rowid"
        " WHERE document.language = %s AND news_search MATCH %s"
    ),
}


def hits(articles, language, question):
    """The newest of the articles that answer the question, at most one more than are counted: their numbers."""
    found = articles.filter(pk__in=RawSQL(HITS[connection.vendor] + IN_LANGUAGE, [question, language]))  # noqa: S611 - bound values
    return list(found.newest().values_list("pk", flat=True)[: MOST + 1])


@dataclass
class Found:
    """Numbers of articles in the order asked for; ``more``: there are more than could be counted."""

    clauses: list[Clause]
    pks: list[int]
    more: bool = False


def search(text, *, language=None, articles=None, best=True):
    """What a reader of the language finds among the articles (by default all that are published in it).

    Where the words are too common to be weighed (more than MOST hits), "best" means: those with the words in the
    headline first, newest first.
    """
    language = language or translation.get_language()
    articles = Article.objects.published(language) if articles is None else articles
    clauses = parse(text)
    if not clauses:
        return Found([], [])
    question = expression(clauses)
    pks = hits(articles, language, question)
    more = len(pks) > MOST
    if best and more:
        pks = list(dict.fromkeys(hits(articles, language, expression(clauses, ["title"])) + pks))
    elif best and pks:
        with connection.cursor() as cursor:
            cursor.execute(RANKS[connection.vendor], [language, question])
            ranks = dict(cursor.fetchall())
        pks.sort(key=lambda pk: -ranks.get(pk, 0))
    return Found(clauses, pks[:MOST], more)


def headed(articles, text):
    """The articles, published or not, whose headline or lead has words that begin so, in whatever language they are."""
    clauses = [replace(clause, prefix=True) for clause in parse(text)]
    if not clauses:
        return articles.none()
    question = expression(clauses, ["title", "lead"])
    return articles.filter(pk__in=RawSQL(HITS[connection.vendor], [question]))  # noqa: S611 - bound values


# What was found, as it is shown


def marks(text, clauses):
    """Places of the text that answer the question, as (start, end), apart from each other."""
    words = list(tokens(text))
    found = []
    for clause in clauses:
        *whole, last = clause.tokens
        for at in range(len(words) - len(whole)):
            part = words[at : at + len(whole) + 1]
            token, start, end = part[-1]
            if not (token.startswith(last) if clause.prefix else token == last):
                continue
            if [word for word, *_place in part[:-1]] == whole:
                # Of a pair of Chinese characters only what was asked for.
                found.append((part[0][1], start + len(last) if HAN_START.match(last) else end))
    apart = []
    for start, end in sorted(found):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def marked(text, places):
    """The text as HTML with <mark> around the places."""
    parts, last = [], 0
    for start, end in places:
        parts += [escape(text[last:start]), "<mark>", escape(text[start:end]), "</mark>"]
        last = end
    return mark_safe("".join(parts) + escape(text[last:]))  # noqa: S308 - every part is escaped


def marked_title(text, clauses):
    return marked(text, marks(text, clauses))


def in_a_row(text, language):
    """Paragraphs as one line; a heading or an item of a list, which ends without a stop, is set off from what follows."""
    parts = [part for line in text.split("\n") if (part := " ".join(line.split()))]
    space = "" if language == "zh-hans" else " "
    joined = [(space if STOP.search(part[-5:]) else " · ") + following for part, following in pairwise(parts)]
    return "".join(parts[:1] + joined)


def snippet(text, clauses, language):
    """The part of a plain text that answers the question best, as HTML; its beginning where nothing does."""
    text = in_a_row(text, language)
    size = CHINESE_SNIPPET if language == "zh-hans" else SNIPPET
    places = marks(text, clauses)
    start = 0
    if places:
        # The window with the most places in it, the first of those.
        counts = [
            sum(1 for place in places[index : index + 20] if place[1] <= first + size)
            for index, (first, _) in enumerate(places)
        ]
        first = places[counts.index(max(counts))][0]
        start = max(0, min(first - size // 4, len(text) - size))
    end = min(len(text), start + size)
    if language != "zh-hans":  # whole words
        if start:
            start = text.find(" ", start) + 1 or start
        if end < len(text):
            end = max(text.rfind(" ", start, end), start) if " " in text[start:end] else end
    start = end - len(text[start:end].lstrip(" ·"))
    if end < len(text):
        end = start + len(text[start:end].rstrip(" ·,;:–—，；：、"))
    inside = [(at - start, min(to, end) - start) for at, to in places if at >= start and at < end]
    before, after = ("…" if start else ""), ("…" if end < len(text) else "")
    return mark_safe(f"{before}{marked(text[start:end], inside)}{after}")  # noqa: S308 - marked() escapes
