"""A discussion: the comments of one article in one language, in threads of three levels.

The package's tree is not used: its `save` computes an order without a lock, with 17 queries for an answer, its
`nested_count` drifts, and saving a parent shows again what had been hidden below it. A comment knows its parent; what
a reader sees is decided when it is read.
"""

import re

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django_comments_xtd.models import XtdComment

from news import caching
from news.models import Article

from . import notices
from .holding import fingerprint
from .models import Posting
from .readers import network_of
from .scripts import lang_of

MAX_LEVEL = settings.COMMENTS_XTD_MAX_THREAD_LEVEL
MAX_NUMBER = 2**31 - 1


def discussion(article, language):
    return XtdComment.norel_objects.filter(posting__article=article, posting__language=language)


def answerable(article, language, number):
    """The comment that a reader may answer; None where there is none of that number here, or it stands too deep."""
    number = str(number or "")
    if not re.fullmatch(r"[0-9]{1,10}", number) or int(number) > MAX_NUMBER:
        return None
    visible = discussion(article, language).filter(is_public=True, is_removed=False, level__lt=MAX_LEVEL)
    return visible.filter(pk=int(number)).first()


def post(
    article, language, *, text, name, email="", parent=None, user=None, followup=False, public=False, ip=None, at=None,
    held_because=(),
):  # fmt: skip
    """Stores a comment, public or held for a moderator; an answer joins its parent's thread. Returns the XtdComment.

    ValidationError where the parent does not belong to this discussion or stands too deep.
    """
    with transaction.atomic():
        comment = XtdComment(
            content_type=ContentType.objects.get_for_model(Article),
            object_pk=str(article.pk),
            site_id=settings.SITE_ID,
            user=user,
            user_name=name,
            user_email=email,
            comment=text,
            submit_date=at or timezone.now(),
            ip_address=ip,
            is_public=public,
            followup=followup,
        )
        if parent:
            # One answer after the other joins a thread.
            both = {parent.pk, parent.thread_id}
            found = {row.pk for row in XtdComment.norel_objects.select_for_update().filter(pk__in=both).order_by("pk")}
            here = discussion(article, language).filter(pk=parent.pk).exists()
            if found != both or not here or parent.level >= MAX_LEVEL:
                raise ValidationError(_("The comment that you answer is not there any more."))
            comment.parent_id = parent.pk
            comment.thread_id = parent.thread_id
            comment.level = parent.level + 1
            comment.order = XtdComment.norel_objects.filter(thread_id=parent.thread_id).count() + 1
        models.Model.save(comment)  # not the package's, see above
        if not parent:
            comment.parent_id = comment.thread_id = comment.pk
            XtdComment.norel_objects.filter(pk=comment.pk).update(parent_id=comment.pk, thread_id=comment.pk)
        posting = Posting.objects.create(
            comment=comment,
            article=article,
            language=language,
            author=email.lower(),
            network=network_of(ip),
            fingerprint=fingerprint(text),
            held_because=list(held_because),
        )
        if public:
            notices.queue([posting])
            caching.bump(language)
    return comment


def tree(article, language):
    """(threads, count): what a reader may see, each comment with its `replies`; one query.

    A held comment hides what answers it. A withdrawn one keeps its place, without its words, where an answer stands.
    """
    rows = discussion(article, language).filter(is_public=True).order_by("submit_date", "pk")
    rows = rows.only("user_name", "comment", "submit_date", "is_removed", "parent_id", "level")
    rows = rows.annotate(edited_at=F("posting__edited_at"), withdrawn_at=F("posting__withdrawn_at"))
    nodes = {}
    for comment in rows:
        comment.replies = []
        comment.text_lang = lang_of(comment.comment, language)
        comment.name_lang = lang_of(comment.user_name, language)
        comment.can_be_answered = comment.level < MAX_LEVEL
        nodes[comment.pk] = comment
    threads = []
    for comment in nodes.values():
        if not comment.level:
            threads.append(comment)
        elif comment.parent_id in nodes:
            nodes[comment.parent_id].replies.append(comment)
    return seen(threads)


def seen(comments):
    shown, count = [], 0
    for comment in comments:
        comment.replies, below = seen(comment.replies)
        if not comment.is_removed or comment.replies:
            shown.append(comment)
        count += below + (not comment.is_removed)
    return shown, count
