"""Why a comment is held: the rules that moderators keep, applied to a new comment or, to try one, to those decided on."""

import hashlib
import re
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from news.scripts import lang_of
from news.search import analyse, clause_of
from news.wording import mixed_scripts

from . import bayes
from .models import Ban, HoldingRule, Posting, TrustedWriter, Verdict
from .readers import HOUR, network_of

Kind = HoldingRule.Kind
# Addresses with a scheme, of well-known messengers, and bare names below domains that spam likes. Not what follows an @.
LINK = re.compile(
    r"(?:https?://|www\.|\bt\.me/)\S+"
    r"|(?<![@\w.-])(?:[\w-]+\.)+(?:ru|su|рф|com|net|org|info|biz|cn|top|xyz|shop|store|site|online|club|vip|win|link|click)\b",
    re.IGNORECASE,
)
SAME_WITHIN = timedelta(days=7)
TRIED = 1000
SHOWN = 20


@dataclass
class Facts:
    """What the rules look at."""

    text: str
    language: str
    recent: int = 0  # comments of the same writer or network in the hour before it
    repeated: bool = False
    score: bayes.Score | None = field(default=None)

    @cached_property
    def analysed(self):
        return f" {analyse(self.text)} "


def fingerprint(text):
    """The same for a text in other case, spacing and punctuation."""
    return hashlib.blake2b(analyse(text).encode(), digest_size=16).hexdigest()


def breach(rule, facts):
    """What of the comment breaks the rule, as [kind, detail…] that JSON can hold; None where nothing does."""
    if rule.language and rule.language != facts.language:
        return None
    match rule.kind:
        case Kind.LINKS:
            found = len(LINK.findall(facts.text))
            return [rule.kind, found] if found > rule.number else None
        case Kind.WORDS:
            found = next((words for words in rule.words.split(",") if holds(facts.analysed, words)), None)
            return [rule.kind, found.strip()] if found else None
        case Kind.SCRIPT:
            if other := lang_of(facts.text, facts.language):
                return [rule.kind, other]
            # No list of words knows "cаsino" with a Cyrillic а.
            mixed = next(mixed_scripts(facts.text, facts.language), None)
            return [rule.kind, facts.language, mixed] if mixed else None
        case Kind.FLOOD:
            return [rule.kind, facts.recent + 1] if facts.recent + 1 > rule.number else None
        case Kind.REPEAT:
            return [rule.kind] if facts.repeated and len(facts.text) >= rule.number else None
        case Kind.FILTER:
            score = facts.score
            return [rule.kind, score.percent, *score.words] if score and score.percent >= rule.number else None


def holds(analysed, words):
    """Whether the words follow each other in the analysed text, each in any form."""
    clause = clause_of(words)
    if not clause:
        return False
    return f" {' '.join(clause.tokens)}{'' if clause.prefix else ' '}" in analysed


def say(reason):
    """A reason for people, in the language of the moment."""
    kind, *details = reason
    match kind:
        case Kind.LINKS:
            return ngettext("%(number)d link", "%(number)d links", details[0]) % {"number": details[0]}
        case Kind.WORDS:
            return _("word: %(words)s") % {"words": details[0]}
        case Kind.SCRIPT if len(details) > 1:
            return _("letters of two scripts: %(word)s") % {"word": details[1]}
        case Kind.SCRIPT:
            return _("another script than the page’s")
        case Kind.FLOOD:
            return _("%(number)d comments in an hour") % {"number": details[0]}
        case Kind.REPEAT:
            return _("the same text again")
        case Kind.FILTER:
            return _("the filter is %(percent)d %% sure: %(words)s") % {
                "percent": details[0],
                "words": ", ".join(details[1:]),
            }
        case "ban":
            return _("banned: %(value)s") % {"value": details[0]}
        case "trap":
            return _("the hidden field was filled in")
        case "asked":
            return _("the spam service is being asked")
        case "service":
            return _("the spam service takes it for spam")
    return str(kind)


def refusal(email, ip):
    """The ban under which this writer may not even send; None."""
    return Ban.objects.of(email, ip).filter(refuses=True).first()


def judge(text, language, email, ip, *, trapped=False, instead_of=None, vouched=True):
    """(whether it is public at once, why it is held) of a new comment; six queries at most.

    `instead_of`: the posting whose text it replaces. Without `vouched` the writer's good name counts for nothing.
    """
    author = email.lower()
    reasons = [["trap"]] if trapped else []
    reasons += [["ban", ban.value] for ban in Ban.objects.of(email, ip)[:3]]
    rules = HoldingRule.objects.filter(active=True)
    others = Posting.objects.exclude(pk=instead_of.pk) if instead_of else Posting.objects.all()
    facts = Facts(
        text,
        language,
        recent(author, ip, others),
        is_repeated(text, others),
        bayes.scores([(language, text)])[0],
    )
    reasons += [reason for rule in rules if (reason := breach(rule, facts))]
    passes = settings.COMMENTS_PASS
    if passes == "nobody" or any(kind in {"ban", "trap", Kind.FLOOD, Kind.REPEAT} for kind, *_details in reasons):
        return False, reasons
    if vouched and author and TrustedWriter.objects.filter(email=author).exists():
        return True, []
    if passes == "clean" and not reasons and settings.SPAM_SERVICE_URL:
        return False, [["asked"]]  # comments.outside shows it, or holds it for good
    return passes == "clean" and not reasons, reasons


def recent(author, ip, others):
    network = network_of(ip)
    whose = (Q(author=author) if author else Q(pk=None)) | (Q(network=network) if network else Q(pk=None))
    return others.filter(whose, comment__submit_date__gt=timezone.now() - HOUR).count()


def is_repeated(text, others):
    since = timezone.now() - SAME_WITHIN
    return others.filter(fingerprint=fingerprint(text), comment__submit_date__gt=since).exists()


# Trying


@dataclass
class Trial:
    tried: int = 0
    rightly: list = field(default_factory=list)  # (posting, reason) of those that were rejected or spam
    wrongly: list = field(default_factory=list)  # that were approved
    undecided: list = field(default_factory=list)


def trial(rule):
    """What the rule, saved or not, would have held of the last comments; one query, with the filter's one for each 100."""
    rows = Posting.objects.with_last_decision().select_related("comment").order_by("-comment__submit_date", "-pk")
    rows = list(rows[:TRIED])
    found = Trial(len(rows))
    into = {Verdict.APPROVED: found.wrongly, Verdict.WAITING: found.undecided}
    for posting, facts in with_facts(rows, scored=rule.kind == Kind.FILTER):
        if reason := breach(rule, facts):
            into.get(posting.verdict, found.rightly).append((posting, say(reason)))
    return found


def with_facts(postings, scored):
    """Newest first, as they come: what stood before each is looked for among the others."""
    scores = []
    if scored:
        texts = [(posting.language, posting.comment.comment) for posting in postings]
        scores = [score for start in range(0, len(texts), 100) for score in bayes.scores(texts[start : start + 100])]
    hour, texts, found = deque(), set(), []
    for place in range(len(postings) - 1, -1, -1):
        posting, comment = postings[place], postings[place].comment
        while hour and hour[0][0] <= comment.submit_date - HOUR:
            hour.popleft()
        before = sum(
            bool((posting.author and author == posting.author) or (posting.network and network == posting.network))
            for _at, author, network in hour
        )
        repeated = posting.fingerprint in texts
        facts = Facts(comment.comment, posting.language, before, repeated, scores[place] if scored else None)
        found.append((posting, facts))
        hour.append((comment.submit_date, posting.author, posting.network))
        texts.add(posting.fingerprint)
    return found[::-1]
