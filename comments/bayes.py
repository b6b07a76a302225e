"""The filter that learns from moderators: naive Bayes over the words that a comment holds, each language by itself.

What it knows are counts in the database (Word), so that all processes know the same, a decision that is taken back is
unlearned, and the words that weighed most can be shown. A word counts once a comment.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import exp, log

from django.db import transaction
from django.db.models import F, Q

from news.search import tokens

from . import outside
from .models import Decision, Posting, Verdict, Word

ENOUGH = 10  # comments of each kind, before which the filter says nothing
MOST = 200  # words of a comment
WEIGHED = 30  # the strongest; else every long text would be certain
SHOWN = 5
BATCH = 200
SIDES = {Verdict.APPROVED: "good", Verdict.SPAM: "bad"}


@dataclass(frozen=True)
class Score:
    percent: int  # how sure the filter is that it is spam
    words: list  # those that weighed most towards it, else against it


def words_of(text):
    """Single characters, with which every run of Chinese ends, say nothing."""
    found = dict.fromkeys(token for token, _start, _end in tokens(text) if len(token) > 1)
    return list(found)[:MOST]


def scores(texts):
    """For each (language, text) a Score; None where too little is known. One query for all."""
    texts = [(language, words_of(text)) for language, text in texts]
    wanted = {word for _language, words in texts for word in words}
    known = defaultdict(dict)
    rows = Word.objects.filter(token__in=[Word.DOCUMENTS, *wanted]) if wanted else ()
    for row in rows:
        known[row.language][row.token] = (row.good, row.bad)
    return [score(known[language], words) for language, words in texts]


def score(known, words):
    good, bad = known.get(Word.DOCUMENTS, (0, 0))
    if min(good, bad) < ENOUGH or not words:
        return None
    weights = {
        # Laplace. A count can fall below nothing, where a text was changed after it had been learned.
        word: log((max(known[word][1], 0) + 1) / (bad + 2)) - log((max(known[word][0], 0) + 1) / (good + 2))
        for word in words
        if word in known
    }
    strongest = sorted(weights, key=lambda word: -abs(weights[word]))[:WEIGHED]
    odds = log(bad / good) + sum(weights[word] for word in strongest)
    towards = [word for word in strongest if (weights[word] > 0) == (odds > 0)]
    return Score(round(100 / (1 + exp(-max(-30, min(30, odds))))), towards[:SHOWN])


def learn():
    """Takes in the decisions that it has not seen; returns how many. Learning twice changes nothing."""
    number = 0
    while batch := learn_batch():
        number += batch
    return number


@transaction.atomic
def learn_batch():
    fresh = list(
        Decision.objects.select_for_update()
        .filter(learned=False)
        .order_by("pk")
        .values_list("pk", "posting_id")[:BATCH]
    )
    postings = Posting.objects.select_for_update(of=("self",)).filter(pk__in={posting for _pk, posting in fresh})
    changes = defaultdict(Counter)
    learned = []
    for posting in postings.with_last_decision().select_related("comment").order_by("pk"):
        now = SIDES.get(posting.verdict, "")
        if now == posting.learned:
            continue
        for side, step in ((posting.learned, -1), (now, 1)):
            for word in [Word.DOCUMENTS, *words_of(posting.comment.comment)] if side else ():
                changes[posting.language, word][side] += step
        posting.learned = now
        learned.append(posting)
    outside.contradict(learned)
    add(changes)
    Posting.objects.bulk_update(learned, ["learned"])
    Decision.objects.filter(pk__in=[pk for pk, _posting in fresh]).update(learned=True)
    return len(fresh)


def unlearn(posting):
    """Before its text changes: what was counted of it is taken back; the next lesson counts the new text."""
    if posting.learned:
        words = {Word.DOCUMENTS, *words_of(posting.comment.comment)}
        add({(posting.language, word): Counter({posting.learned: -1}) for word in words})
        posting.learned = ""


def add(changes):
    """In the order of the words, so that two that learn at once wait for each other."""
    Word.objects.bulk_create(
        (Word(language=place[0], token=place[1]) for place in sorted(changes)), ignore_conflicts=True
    )
    rule = Q(pk=None)
    for language in {language for language, _word in changes}:
        rule |= Q(language=language, token__in=[word for code, word in changes if code == language])
    rows = list(Word.objects.select_for_update().filter(rule).order_by("language", "token"))
    for row in rows:
        change = changes[row.language, row.token]
        row.good, row.bad = F("good") + change["good"], F("bad") + change["bad"]
    Word.objects.bulk_update(rows, ["good", "bad"], batch_size=500)
