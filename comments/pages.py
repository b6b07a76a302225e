"""What a reader sees of a discussion: in their language or in all, oldest or newest first, by the page.

Two queries for any number of comments: how all of them hang together, and the words of those on the page. A page begins
after a thread that its address names, and not at a number: whatever is written, approved or withdrawn meanwhile, who
goes on from page to page sees nothing twice and misses nothing. A thread is shown whole; one that is larger than a page
is cut, and its rest has an address of its own, where its answers are paged in the same way.
"""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils.http import urlencode
from django_comments_xtd.models import XtdComment

from . import threads, votes
from .models import Posting, TrustedWriter

PAGE = 50  # comments
OLDEST, NEWEST = "oldest", "newest"
OWN, ALL = "own", "all"


@dataclass(slots=True, eq=False)
class Node:
    pk: int
    language: str
    removed: bool
    above: "Node | None"
    shown: bool  # its words; else it only keeps the place of what is below it
    below: list = field(default_factory=list)
    size: int = 0  # comments whose words are shown, itself and below
    window: slice | None = None  # which of those below it stand on the page; None: all

    @property
    def on_page(self):
        return self.below[self.window] if self.window else self.below

    @property
    def missing(self):
        """How many comments follow the last of those below it that stand on the page."""
        return sum(node.size for node in self.below[self.window.stop :]) if self.window else 0

    def line(self):
        """From the thread's first comment down to this one."""
        return [*(self.above.line() if self.above else []), self]


class Tree:
    """All that readers may see below an article; one query.

    A held comment hides what answers it. One that was withdrawn, or is written in a language that is not asked for, keeps
    its place without its words where an answer is shown. `threads.readable` is the twin for single comments.
    """

    def __init__(self, article, language, choice=OWN):
        self.published = article.published_languages()
        self.article, self.language, self.choice = article, language, choice
        wanted = set(self.published) if choice == ALL else {language}
        rows = Posting.objects.filter(article=article, comment__is_public=True).order_by("pk")
        columns = ("pk", "language", "comment__is_removed", "comment__level", "comment__parent_id")
        nodes, tops = {}, []
        for pk, code, removed, level, parent in rows.values_list(*columns):
            above = nodes.get(parent) if level else None
            if level and above is None:
                continue
            node = nodes[pk] = Node(pk, code, removed, above, not removed and code in wanted)
            (above.below if level else tops).append(node)
        for node in reversed(nodes.values()):  # what answers a comment is younger than it
            node.size = int(node.shown)
            if node.below:
                node.below = [other for other in node.below if other.size]
                node.size += sum([other.size for other in node.below])
        self.nodes, self.threads = nodes, [node for node in tops if node.size]
        counts = Counter([node.language for node in nodes.values() if not node.removed])
        self.counts = Counter({code: counts[code] for code in self.published if code in counts})

    def find(self, number):
        """The comment whose words are shown under that number; None."""
        node = self.nodes.get(number)
        return node if node and node.shown else None

    def units(self, branch, order):
        """What is paged: threads, or the answers to one comment, which are read from the oldest on."""
        if branch:
            return branch.below
        return self.threads[::-1] if order == NEWEST else self.threads


class Part:
    """The page that begins after the thread of that number."""

    def __init__(self, units, after=None, order=OLDEST):
        self.units, self.number = units, len(units)
        sign = -1 if order == NEWEST else 1
        self.start = bisect_right(units, sign * after, key=lambda node: sign * node.pk) if after else 0
        self.on_page = fit(units[self.start :], PAGE)
        self.stop = self.start + len(self.on_page)
        self.first = self.start + 1

    @property
    def following(self):
        """After which thread the next page begins; None on the last one."""
        return self.units[self.stop - 1].pk if self.on_page and self.stop < self.number else None

    @cached_property
    def starts(self):
        """Where pages begin that are filled one after the other."""
        found = [0]
        while (start := found[-1] + len(fit(self.units[found[-1] : found[-1] + PAGE], PAGE))) < self.number:
            found.append(start)
        return found

    def back(self):
        """[number of the thread after which it begins, or None for the first page] of the page before; [] on the first."""
        before = [start for start in self.starts if start < self.start]
        return [self.units[before[-1] - 1].pk if before[-1] else None] if before else []

    def last(self):
        """After which thread the last page begins; None where it is the only one or this one."""
        start = self.starts[-1]
        return self.units[start - 1].pk if start > self.start else None


def fit(units, room):
    """As many whole threads as there is room for; of a first one that is too large, its beginning."""
    taken = []
    for node in units:
        node.window = None
        if node.size > room:
            if not taken:
                kept = fit(node.below, room - node.shown)
                node.window = slice(0, len(kept))
                taken.append(node)
            break
        taken.append(node)
        room -= node.size
    return taken


def walk(nodes):
    """Those on the page, each before what answers it."""
    for node in nodes:
        yield node
        yield from walk(node.on_page)


@dataclass
class Page:
    """A page of a discussion, as templates show it."""

    tree: Tree
    part: Part
    order: str = OLDEST
    branch: Node | None = None

    @classmethod
    def at(cls, tree, order=OLDEST, after=None, branch=None):
        order = OLDEST if branch else order
        return cls(tree, Part(tree.units(branch, order), after, order), order, branch)

    @classmethod
    def of(cls, tree, node, order):
        """The page on which the comment stands with its words."""
        line, branch = node.line(), None
        while True:
            order = OLDEST if branch else order
            units = tree.units(branch, order)
            part = Part(units, None, order)
            place = units.index(line[0])
            start = max(start for start in part.starts if start <= place)
            page = cls.at(tree, order, units[start - 1].pk if start else None, branch)
            if node in walk(page.part.on_page):
                return page
            # It stands in a thread that is cut: below the first comment whose answers are not all there.
            branch = next(other for other in line if other.window and following(line, other) not in other.on_page)
            line = line[line.index(branch) + 1 :]

    # Addresses

    def address(self, after=None, order=None, choice=None, branch=None):
        """Of a page of this discussion; the plain address is the first page, in the reader's language, from the oldest on."""
        order, choice = order or self.order, choice or self.tree.choice
        query = {}
        if choice == ALL:
            query["language"] = ALL
        if order == NEWEST and not branch:
            query["order"] = NEWEST
        if after:
            query["after"] = after
        name, args = (
            ("thread", [self.tree.article.pk, branch.pk]) if branch else ("discussion", [self.tree.article.pk])
        )
        return reverse(f"comments:{name}", args=args) + (f"?{urlencode(query)}" if query else "")

    @property
    def here(self):
        start = self.part.start
        return self.address(self.part.units[start - 1].pk if start else None, branch=self.branch)

    @property
    def next_address(self):
        return self.part.following and self.address(self.part.following, branch=self.branch)

    @property
    def previous_address(self):
        back = self.part.back()
        return self.address(back[0], branch=self.branch) if back else None

    @property
    def last_address(self):
        last = self.part.last()
        return last and self.address(last, branch=self.branch)

    @property
    def first_address(self):
        return self.address(branch=self.branch)

    @property
    def ways(self):
        """The addresses between which a reader chooses."""
        return {
            "whole": self.address(),
            "own": self.address(choice=OWN),
            "all": self.address(choice=ALL),
            "oldest": self.address(order=OLDEST),
            "newest": self.address(order=NEWEST),
        }

    # What is shown

    @property
    def count(self):
        return self.all_count if self.tree.choice == ALL else self.own_count

    @property
    def own_count(self):
        return self.tree.counts[self.tree.language]

    @property
    def all_count(self):
        return sum(self.tree.counts.values())

    @property
    def language_name(self):
        return dict(settings.LANGUAGES)[self.tree.language]

    @property
    def has_choices(self):
        return self.all_count != self.own_count or len(self.tree.threads) > 1

    @property
    def by_language(self):
        """[(the language's name, how many comments)], the most first."""
        names = dict(settings.LANGUAGES)
        return [(names[code], number) for code, number in self.tree.counts.most_common()]

    def comments(self):
        """The comments of the page, each with what the template shows of it; one query, none where there are none."""
        if self.branch:
            start, stop = self.part.start, self.part.stop
            self.branch.window = slice(start, stop)
            top = [self.branch]
        else:
            top = self.part.on_page
        nodes = list(walk(top))
        rows = rows_of([node.pk for node in nodes]) if nodes else {}
        for node in nodes:
            comment = rows[node.pk]
            threads.tell_languages(comment, node.language, self.tree.language)
            comment.node = node
            comment.is_elsewhere = not node.shown and not node.removed
            comment.replies = [rows[other.pk] for other in node.on_page]
            comment.can_be_answered = comment.level < threads.MAX_LEVEL
            comment.missing = 0 if node is self.branch else node.missing
            if comment.missing:
                comment.missing_address = self.address(node.on_page[-1].pk, branch=node)
        return [rows[node.pk] for node in top]

    @property
    def query(self):
        """What the addresses of single comments say of the choice."""
        said = self.address(order=self.order).partition("?")[2]
        return f"?{said}" if said else ""


def following(line, node):
    place = line.index(node) + 1
    return line[place] if place < len(line) else None


def rows_of(numbers):
    """{number: comment} with votes, and whether a moderator trusts the writer."""
    trusted = TrustedWriter.objects.filter(email=OuterRef("posting__author"))
    rows = XtdComment.norel_objects.filter(pk__in=numbers)
    rows = rows.annotate(number_of_votes=votes.numbers(), is_trusted=Exists(trusted))
    rows = rows.annotate(edited_at=F("posting__edited_at"), withdrawn_at=F("posting__withdrawn_at"))
    rows = rows.only("user_name", "comment", "submit_date", "is_removed", "level")
    return {comment.pk: comment for comment in rows}
