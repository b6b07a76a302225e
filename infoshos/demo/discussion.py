"""The demonstration's comments and typo reports. Parents and articles are named by numbers: site.toml says how."""

from collections import defaultdict
from datetime import timedelta

from django.utils import timezone

from comments import bayes, holding, moderation, threads
from comments.models import Ban, Decision, PendingComment, RejectionReason, TypoReport
from comments.quotes import normalise
from comments.typos import anchor


def load_comments(facts, bans, articles, by):
    """Comments that were decided on, ones that wait for the moderator, and one that its writer has yet to confirm."""
    loaded, decided = [], defaultdict(list)
    for number, fact in enumerate(facts):
        article, language, text = articles[fact["article"]], fact["language"], fact["text"]
        written = min(article.edition_in(language).published_at + timedelta(hours=fact["hours_after"]), timezone.now())
        email = fact.get("email") or f"reader{number}@infoshos.example"
        if fact["state"] == "unconfirmed":
            PendingComment.objects.create(
                article=article,
                language=language,
                name=fact["name"],
                email=email,
                domain="infoshos.example",
                text=text,
                created_at=written,
                mailed_at=written,
            )
            continue
        comment = threads.post(
            article,
            language,
            text=text,
            name=fact["name"],
            email=email,
            parent=loaded[fact["parent"]] if "parent" in fact else None,
            at=written,
            held_because=holding.judge(text, language, email, None, trapped=fact.get("trapped", False))[1],
        )
        loaded.append(comment)
        decided[fact["state"]].append(comment.pk)
    reason = RejectionReason.objects.order_by("position").first()
    for verdict in ("approved", "rejected", "spam"):
        why = {"reason": reason.pk} if verdict == "rejected" else {}
        decisions, _refused = moderation.decide(moderation.states(decided[verdict]), verdict, by, **why)
        for decision in decisions:
            ten_minutes_later = decision.posting.comment.submit_date + timedelta(minutes=10)
            decision.decided_at = min(ten_minutes_later, timezone.now())
            decision.announced = True  # nobody is mailed by a demonstration
        Decision.objects.bulk_update(decisions, ["decided_at", "announced"])
    bayes.learn()
    for fact in bans:
        Ban.objects.create(
            kind=fact["kind"],
            value=fact["value"],
            why=fact["why"],
            until=timezone.now() + timedelta(days=fact["days"]),
            created_by=by,
        )


def load_typos(facts, articles):
    now = timezone.now()
    for number, fact in enumerate(facts):
        report = TypoReport(
            article=articles[fact["article"]],
            language=fact["language"],
            field=fact["field"],
            quote=normalise(fact["quote"]),
            prefix=fact.get("prefix", ""),
            correction=fact["correction"],
            remark=fact["remark"],
            article_version=articles[fact["article"]].version,
            created_at=now - timedelta(hours=3 * (len(facts) - number)),
        )
        anchor(report)
        report.save()
