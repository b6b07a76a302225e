"""The demonstration's comments and typo reports. Parents and articles are named by numbers: site.toml says how."""

from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django_comments_xtd.models import XtdComment

from comments.models import PendingComment, Posting, TypoReport
from comments.quotes import normalise
from comments.typos import anchor
from news.models import Article


def load_comments(facts, articles, by):
    """Comments that were published, ones that wait for the moderator, and one that its writer has yet to confirm."""
    kind = ContentType.objects.get_for_model(Article)
    loaded = []
    for number, fact in enumerate(facts):
        article = articles[fact["article"]]
        edition = article.edition_in(fact["language"])
        written = min(edition.published_at + timedelta(hours=fact["hours_after"]), timezone.now())
        if fact["state"] == "unconfirmed":
            PendingComment.objects.create(
                article=article,
                language=fact["language"],
                name=fact["name"],
                email=f"reader{number}@infoshos.example",
                domain="infoshos.example",
                text=fact["text"],
                created_at=written,
                mailed_at=written,
            )
            continue
        public = fact["state"] == "published"
        parent = loaded[fact["parent"]].pk if "parent" in fact else 0
        comment = XtdComment.objects.create(
            content_type=kind,
            object_pk=str(article.pk),
            site_id=settings.SITE_ID,
            user_name=fact["name"],
            user_email=f"reader{number}@infoshos.example",
            comment=fact["text"],
            submit_date=written,
            is_public=public,
            parent_id=parent,
        )
        Posting.objects.create(
            comment=comment,
            article=article,
            language=fact["language"],
            decided_at=written + timedelta(minutes=10) if public else None,
            decided_by=by if public else None,
        )
        loaded.append(comment)
    return loaded


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
