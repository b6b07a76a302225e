"""The decisions of moderators, on one comment or on many, in a constant number of queries.

A decision follows a state that somebody saw. It is written only where the comment still stands so: the database takes
one decision of each number, and the comment is changed where its flags are those that were seen. Whoever comes second
is told who decided what.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django_comments.models import Comment
from django_comments_xtd.models import XtdComment

from news import caching

from .models import Ban, Decision, Posting, TrustedWriter, Verdict
from .readers import network_of

MODERATE = "django_comments_xtd.change_xtdcomment"
UNDO_WITHIN = timedelta(days=1)
REMOVED = {Verdict.REJECTED, Verdict.SPAM}
# What a verdict sets; a rejected comment that readers saw keeps its place, where somebody answered it.
FLAGS = {
    Verdict.APPROVED: {"is_public": True, "is_removed": False},
    Verdict.REJECTED: {"is_removed": True},
    Verdict.SPAM: {"is_removed": True},
    Verdict.WAITING: {"is_public": False, "is_removed": False},
    Verdict.WITHDRAWN: {"is_removed": True},
}
ONE_OF = {"verdict": "|".join(Verdict.values), "language": "|".join(code for code, _name in settings.LANGUAGES)}
TOKEN = re.compile(
    rf"([0-9]{{1,9}})\.([0-9]{{1,9}})\.({ONE_OF['verdict']})\.([01])\.([01])\.([0-9])\.({ONE_OF['language']})"
)

signer = signing.Signer(salt="comments.state")


@dataclass(frozen=True)
class State:
    """How a comment stands, and what must be known to change that without another question."""

    pk: int
    turn: int
    verdict: str
    public: bool
    removed: bool
    level: int
    language: str

    def __str__(self):
        """For a form, signed: nobody invents a state that they have not seen."""
        flags = f"{self.public:d}.{self.removed:d}"
        return signer.sign(f"{self.pk}.{self.turn}.{self.verdict}.{flags}.{self.level}.{self.language}")

    @classmethod
    def parse(cls, text):
        """None where it is no state."""
        try:
            match = TOKEN.fullmatch(signer.unsign(text))
        except signing.BadSignature:
            return None
        if not match:
            return None
        pk, turn, verdict, public, removed, level, language = match.groups()
        return cls(int(pk), int(turn), verdict, public == "1", removed == "1", int(level), language)

    @classmethod
    def of(cls, posting):
        """Of a posting from `with_last_decision()`."""
        comment = posting.comment
        flags = comment.is_public, comment.is_removed
        return cls(posting.pk, posting.turn, posting.verdict, *flags, comment.level, posting.language)


class Stale(Exception):  # noqa: N818 (it is what it says)
    """Somebody else has decided, or the comment is gone."""


def states(numbers):
    rows = Posting.objects.filter(pk__in=numbers).with_last_decision().select_related("comment").order_by("pk")
    return [State.of(posting) for posting in rows]


def decide(seen, verdict, by, **why):
    """Returns (decisions, numbers of the comments that stand otherwise than was seen). What stands so already is left."""
    refused = [state.pk for state in seen if state.verdict == Verdict.WITHDRAWN]
    seen = [state for state in seen if state.verdict != Verdict.WITHDRAWN]
    for attempt in range(3):
        try:
            return write([state for state in seen if state.verdict != verdict], verdict, by, **why), refused
        except (Stale, IntegrityError):
            if attempt == 2:
                raise
        now = {state.pk: state for state in states([state.pk for state in seen])}
        refused += [state.pk for state in seen if now.get(state.pk) != state]
        seen = [state for state in seen if now.get(state.pk) == state]
    return None


@transaction.atomic
def write(seen, verdict, by, *, flags=None, reason=None, ban=None, undoes=None, by_writer=False):
    """Three queries: the log, the comments, and the generation of the pages that show or have shown one of them."""
    if not seen:
        return []
    flags = flags or FLAGS[verdict]
    seen = sorted(seen, key=lambda state: state.pk)
    told = [bool(state.level) if verdict == Verdict.APPROVED else bool(reason) for state in seen]
    decisions = Decision.objects.bulk_create(
        Decision(
            posting_id=state.pk,
            number=state.turn + 1,
            verdict=verdict,
            before=state.verdict,
            was_public=state.public,
            reason_id=reason,
            ban=ban,
            undoes=undoes,
            decided_by=by,
            by_writer=by_writer,
            learned=verdict == Verdict.WITHDRAWN,  # it says nothing of spam
            announced=not tell,
        )
        for state, tell in zip(seen, told, strict=True)
    )
    rule = Q()
    for public, removed in {(state.public, state.removed) for state in seen}:
        numbers = [state.pk for state in seen if (state.public, state.removed) == (public, removed)]
        rule |= Q(pk__in=numbers, is_public=public, is_removed=removed)
    standing = Comment.objects.filter(rule, xtdcomment__posting__withdrawn_at=None)  # its writer has the last word
    if standing.update(**flags) != len(seen):
        raise Stale
    shows = flags.get("is_public") and not flags["is_removed"]
    if stale := {state.language for state in seen if shows or (state.public and not state.removed)}:
        caching.bump(*stale)
    if verdict == Verdict.APPROVED and any(told):
        from .tasks import send_waiting_notices

        transaction.on_commit(send_waiting_notices.enqueue)
    return decisions


def approve(comments, by=None):
    """Readers see them from now on, and those who follow their threads are told. Returns how many it changed."""
    return decide_all(comments, Verdict.APPROVED, by)


def reject(comments, by=None, reason=None):
    """A held comment is never shown; a published one is withdrawn. The writer is told the reason, if there is one."""
    return decide_all(comments, Verdict.REJECTED, by, reason=reason)


def hold(comments, by=None):
    """Back to those that wait."""
    return decide_all(comments, Verdict.WAITING, by)


def decide_all(comments, verdict, by, **why):
    """However the comments stand."""
    return len(decide(states([comment.pk for comment in comments]), verdict, by, **why)[0])


def undo(number, by):
    """Takes a decision of the last day back, and the ban or the trust that it brought. Stale where it is not the last on its comment."""
    last = Decision.objects.filter(posting=OuterRef("posting")).order_by("-number").values("number")[:1]
    decision = (
        Decision.objects.filter(pk=number, undoes=None, by_writer=False, decided_at__gt=timezone.now() - UNDO_WITHIN)
        .select_related("posting__comment", "decided_by")
        .annotate(turn=Subquery(last))
        .first()
    )
    if decision is None or decision.turn != decision.number:
        raise Stale
    posting = decision.posting
    posting.turn, posting.verdict = decision.number, decision.verdict
    flags = {"is_public": decision.was_public, "is_removed": decision.before in REMOVED}
    with transaction.atomic():
        try:
            write([State.of(posting)], decision.before, by, flags=flags, undoes=decision)
        except IntegrityError:
            raise Stale from None
        if decision.ban_id:
            Ban.objects.filter(pk=decision.ban_id).update(lifted_at=timezone.now())
        TrustedWriter.objects.filter(email=posting.author, trusted_at=decision.decided_at).delete()
    return decision


class NotBannable(Exception):  # noqa: N818
    """There is nothing of that kind to ban, or others of the same domain write here."""


@transaction.atomic
def ban(state, by, kind, days=None):
    """Bans who wrote the comment, which is spam. Returns (decisions, refused) like `decide`."""
    comment = XtdComment.norel_objects.filter(pk=state.pk).first()
    if comment is None:
        return [], [state.pk]
    email = comment.user_email.lower()
    value = {
        Ban.Kind.EMAIL: email,
        Ban.Kind.DOMAIN: email.rpartition("@")[2],
        Ban.Kind.NETWORK: network_of(comment.ip_address),
    }[kind]
    if not value or (kind == Ban.Kind.DOMAIN and has_good_writers(value)):
        raise NotBannable
    row = Ban.objects.create(
        kind=kind, value=value, until=timezone.now() + timedelta(days=days) if days else None, created_by=by
    )
    decisions, refused = decide([state], Verdict.SPAM, by, ban=row)
    if refused:
        row.delete()
    return decisions, refused


def has_good_writers(domain):
    shown = Posting.objects.filter(comment__is_public=True, comment__is_removed=False)
    return shown.filter(author__endswith=f"@{domain}").exists()


@transaction.atomic
def trust(state, by):
    """Approves the comment, and trusts its writer from now on, if they confirmed the address. Not where the comment stands
    otherwise than was seen; what takes the decision back ends the trust that came with it."""
    decisions, refused = decide([state], Verdict.APPROVED, by)
    posting = Posting.objects.filter(pk=state.pk, comment__user=None).exclude(author="").first()
    if posting and not refused:
        at = decisions[0].decided_at if decisions else timezone.now()
        TrustedWriter.objects.get_or_create(email=posting.author, defaults={"trusted_by": by, "trusted_at": at})
    return decisions, refused
