"""The moderators' queue: the comments of all languages that wait, each with what is needed to decide on it."""

from collections import defaultdict
from itertools import pairwise

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Prefetch, Subquery, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_comments_xtd.models import XtdComment

from news.languages import html_lang
from news.numbers import INTEGER, number
from news.scripts import lang_of

from .. import bayes, holding, moderation, threads, votes
from ..models import Ban, CommentReport, Decision, Posting, RejectionReason, TrustedWriter, Verdict
from .base import mark_own_last

PAGE = 50
REPORTS_SHOWN = 5
LAST = 3  # comments of the same writer
UNDOABLE = 10
DAYS = {
    "1": gettext_lazy("for a day"),
    "30": gettext_lazy("for 30 days"),
    "365": gettext_lazy("for a year"),
    "": gettext_lazy("for ever"),
}
SAID = {
    Verdict.APPROVED: gettext_lazy("Approved."),
    Verdict.REJECTED: gettext_lazy("Rejected."),
    Verdict.SPAM: gettext_lazy("Marked as spam."),
    Verdict.WAITING: gettext_lazy("Waits again."),
}


def view(request, model_admin):
    """GET shows the queue; POST decides, and answers a script with JSON and anybody else with the page."""
    if request.method == "POST":
        return decide(request, model_admin)
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    language = request.GET.get("language", "")
    suspicious = "suspicious" in request.GET
    reported = "reported" in request.GET
    waiting = Posting.objects.reported() if reported else Posting.objects.waiting()
    if language:
        waiting = waiting.filter(language=language)
    if suspicious:
        waiting = waiting.exclude(held_because=[])
    page = Paginator(with_story(waiting).order_by("pk"), PAGE).get_page(request.GET.get("page"))
    context = model_admin.admin_site.each_context(request) | {
        "title": _("Comments that wait"),
        "opts": model_admin.opts,
        "page": page,
        "cards": cards(list(page)),
        "language": language,
        "suspicious": suspicious,
        "reported": reported,
        "number_reported": Posting.objects.reported().count(),
        "languages": settings.LANGUAGES,
        "may_decide": request.user.has_perm(moderation.MODERATE),
        "reasons": list(RejectionReason.objects.filter(active=True)),
        "scopes": Ban.Kind.choices,
        "days": DAYS.items(),
        "decided": decided_lately(request.user),
    }
    return render(request, "admin/comments/queue.html", context)


def with_story(postings):
    """With all that is told of them, in a number of queries that does not grow."""
    log = Decision.objects.select_related("decided_by", "reason").order_by("number")
    rows = postings.with_last_decision().select_related("comment")
    rows = rows.annotate(number_of_reports=votes.numbers(CommentReport))
    return rows.prefetch_related(
        Prefetch("article", threads.articles()),
        Prefetch("decisions", log),
        Prefetch("comment__reports", CommentReport.objects.order_by("-pk")[:REPORTS_SHOWN], to_attr="last_reports"),
    )


def cards(rows):
    """The postings as the queue shows them, in a number of queries that does not grow."""
    answered = {row.comment.parent_id for row in rows if row.comment.level}
    parents = {
        parent.pk: parent
        for parent in XtdComment.norel_objects.filter(pk__in=answered)
        .annotate(language=F("posting__language"))
        .only("user_name", "comment", "is_removed")
    }
    for parent in parents.values():  # an answer may be in another language
        parent.text_lang = lang_of(parent.comment, parent.language) or html_lang(parent.language)
    authors = {row.author for row in rows if row.author}
    past, last = history(authors)
    trusted = set(TrustedWriter.objects.filter(email__in=authors).values_list("email", flat=True))
    scores = bayes.scores([(row.language, row.comment.comment) for row in rows])
    for row, score in zip(rows, scores, strict=True):
        row.state = moderation.State.of(row)
        row.lang = html_lang(row.language)
        row.text_lang = lang_of(row.comment.comment, row.language) or row.lang
        row.title = row.article.text("title", row.language)
        row.address = row.article.address(row.language)
        row.parent = parents.get(row.comment.parent_id) if row.comment.level else None
        row.reasons = [holding.say(reason) for reason in row.held_because]
        row.score = score
        row.past = [(label, past[row.author][verdict]) for verdict, label in Verdict.choices]
        row.last = [other for other in last[row.author] if other.pk != row.pk][:LAST]
        row.trusted = row.author in trusted
    for row, following in pairwise(rows):
        row.next = following.pk
    return rows


def history(authors):
    """({author: {verdict: how many}}, {author: the last postings}); two queries."""
    theirs = Posting.objects.filter(author__in=authors).with_last_decision()
    past, last = defaultdict(lambda: defaultdict(int)), defaultdict(list)
    for row in theirs.values("author", "verdict").annotate(times=Count("pk")).order_by():
        past[row["author"]][row["verdict"]] = row["times"]
    place = Window(RowNumber(), partition_by="author", order_by=F("pk").desc())
    newest = theirs.annotate(place=place).filter(place__lte=LAST + 1).select_related("comment").order_by("-pk")
    for row in newest:
        row.text_lang = lang_of(row.comment.comment, row.language) or html_lang(row.language)
        row.verdict_name = Verdict(row.verdict).label
        last[row.author].append(row)
    return past, last


def decided_lately(user):
    """The newest decisions of a day that can be taken back."""
    last = Decision.objects.filter(posting=OuterRef("posting")).order_by("-number").values("number")[:1]
    since = timezone.now() - moderation.UNDO_WITHIN
    rows = Decision.objects.filter(decided_at__gt=since, undoes=None, by_writer=False).annotate(turn=Subquery(last))
    rows = rows.filter(turn=F("number")).select_related("posting__comment", "decided_by", "reason", "ban")
    rows = list(rows.order_by("-pk")[:UNDOABLE])
    for row in rows:
        row.badges = filter(None, (row.get_verdict_display(), row.reason, row.ban))
        row.lang = html_lang(row.posting.language)
        row.shown = row.named = Truncator(row.posting.comment.comment).chars(80)
        row.may_undo = user.has_perm(moderation.MODERATE)
    return mark_own_last(rows, user)


# Deciding


def decide(request, model_admin):
    if not request.user.has_perm(moderation.MODERATE):
        raise PermissionDenied
    undone = number(request.POST.get("undo"))
    answer = undo(request, undone) if undone else act(request)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(answer, status=answer.pop("status", 200))
    level = messages.SUCCESS if answer.get("status", 200) == 200 else messages.WARNING
    messages.add_message(request, level, answer["message"])
    following = number(request.POST.get("next"))
    return HttpResponseRedirect(request.get_full_path() + (f"#c-{following}" if following else ""))


def act(request):
    data, user = request.POST, request.user
    seen = [moderation.State.parse(text) for text in data.getlist("row")]
    if not seen:
        return {"message": _("Choose comments first."), "status": 400}
    if None in seen or any(state.pk > INTEGER for state in seen):
        return {"message": _("The page is too old. Load it again."), "status": 400}
    action = data.get("action", "")
    verdict, why = action, {}
    if "reject" in data or action == "reject":
        verdict = Verdict.REJECTED
        reason = number(data.get("reject") or data.get("reason") or 0)
        if reason is None or (reason and not RejectionReason.objects.filter(pk=reason).exists()):
            return {"message": _("The page is too old. Load it again."), "status": 400}
        why["reason"] = reason or None
    elif action in {"ban", "trust"}:
        return ban_or_trust(request, action, seen[0])
    elif action not in {Verdict.APPROVED, Verdict.SPAM, Verdict.WAITING}:
        return {"message": _("Choose what to do."), "status": 400}
    decisions, refused = moderation.decide(seen, verdict, user, **why)
    if verdict == Verdict.APPROVED and "reported" in request.GET:
        settled = votes.settle([state.pk for state in seen if state.pk not in refused], user)
        if settled and not decisions and not refused:
            return {
                "message": _("It stands. Its reports are settled."),
                "state": str(seen[0]) if len(seen) == 1 else "",
            }
    return tell(seen, verdict, decisions, refused)


def ban_or_trust(request, action, state):
    needed = "comments.add_ban" if action == "ban" else "comments.add_trustedwriter"
    if not request.user.has_perm(needed):
        raise PermissionDenied
    if action == "trust":
        decisions, refused = moderation.trust(state, request.user)
        return tell([state], Verdict.APPROVED, decisions, refused)
    scope, days = request.POST.get("scope", ""), request.POST.get("days", "30")
    if scope not in Ban.Kind or days not in DAYS:
        return {"message": _("Choose what to do."), "status": 400}
    try:
        decisions, refused = moderation.ban(state, request.user, scope, number(days))
    except moderation.NotBannable:
        text = _("Nothing was banned: it is not known, or published comments come from that domain too.")
        return {"message": text, "status": 409, "state": str(state)}
    return tell([state], Verdict.SPAM, decisions, refused)


def tell(seen, verdict, decisions, refused):
    if len(seen) == 1 and not refused:
        (state,) = seen
        if not decisions:
            return {"message": _("It stands so already."), "state": str(state)}
        return {"message": str(SAID[verdict]), "decision": decisions[0].pk}
    said = []
    if decisions:
        many = len(decisions)
        text = ngettext("%(number)d comment: %(what)s", "%(number)d comments: %(what)s", many)
        said.append(text % {"number": many, "what": SAID[verdict]})
    said += conflicts(refused)
    answer = {"message": " ".join(said) or _("It stands so already.")}
    if refused:
        now = moderation.states(refused)
        answer |= {"status": 409, "state": str(now[0]) if len(now) == 1 else ""}
    return answer


def conflicts(refused):
    """Who decided what meanwhile."""
    last = {}
    for row in Decision.objects.filter(posting__in=refused).select_related("decided_by").order_by("number"):
        last[row.posting_id] = row
    said = []
    for pk in refused[:5]:
        row = last.get(pk)
        if row and row.by_writer:
            said.append(
                _("Its writer has withdrawn the comment meanwhile. Nothing was changed.")
                if row.verdict == Verdict.WITHDRAWN
                else _("Its writer has changed the text meanwhile: load the page again. Nothing was changed.")
            )
        elif row:
            said.append(
                _("%(who)s has decided on this comment meanwhile (%(time)s): %(what)s. Nothing was changed.")
                % {
                    "who": row.decided_by or _("Somebody"),
                    "time": f"{timezone.localtime(row.decided_at):%H:%M}",
                    "what": row.get_verdict_display(),
                }
            )
        else:
            said.append(_("The comment was withdrawn or deleted meanwhile."))
    return said


def undo(request, pk):
    try:
        decision = moderation.undo(pk, request.user)
    except moderation.Stale:
        text = _("This can’t be taken back any more: it is older than a day, or somebody has decided again.")
        return {"message": text, "status": 409}
    comment = decision.posting.comment
    comment.is_public, comment.is_removed = decision.was_public, decision.before in moderation.REMOVED
    posting = decision.posting
    posting.turn, posting.verdict = decision.number + 1, decision.before
    text = _("Taken back: the comment of %(name)s stands as before.") % {"name": comment.user_name}
    return {"message": text, "state": str(moderation.State.of(posting)), "pk": posting.pk}
