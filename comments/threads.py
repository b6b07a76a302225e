"""A discussion: the comments of one article in all its languages, in threads of three levels. comments.pages shows it.

The package's tree is not used: its `save` computes an order without a lock, with 17 queries for an answer, its
`nested_count` drifts, and saving a parent shows again what had been hidden below it. A comment knows its parent; what
a reader sees is decided when it is read.
"""

import re

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_comments_xtd.models import XtdComment

from news import caching
from news.languages import html_lang
from news.models import Article, column
from news.scripts import lang_of

from . import notices
from .holding import fingerprint
from .models import Posting
from .readers import network_of

MAX_LEVEL = settings.COMMENTS_XTD_MAX_THREAD_LEVEL
MAX_NUMBER = 2**31 - 1


def articles():
    """For lists of what was written below them: headlines alone, with their editions, in two queries."""
    names = [column("title", code) for code, _name in settings.LANGUAGES]
    return Article.objects.only("pk", "comment_policy", *names).prefetch_related("editions")


def discussion(article, language):
    return XtdComment.norel_objects.filter(posting__article=article, posting__language=language)


def readable():
    """What readers may see of all discussions, the twin of `pages.Tree`: a held comment hides what answers it.

    Whether the article and its languages are published is asked of the article.
    """
    above = Q(pk=OuterRef("parent_id")) | Q(pk=OuterRef("thread_id"))
    held = XtdComment.norel_objects.filter(above, is_public=False)
    shown = XtdComment.norel_objects.filter(is_public=True, is_removed=False).exclude(posting=None)
    return shown.filter(~Exists(held)).select_related("posting")


def permalink(number, language):
    """Leads to wherever the comment stands, on a page of the language."""
    with translation.override(language):
        return reverse("comments:permalink", args=[number])


def answerable(article, language, number):
    """The comment that a reader may answer, in whatever language it was written; None where there is none of that
    number here, or it stands too deep."""
    number = str(number or "")
    if not re.fullmatch(r"[0-9]{1,10}", number) or int(number) > MAX_NUMBER:
        return None
    here = readable().filter(posting__article=article, posting__language__in=article.published_languages())
    comment = here.filter(pk=int(number), level__lt=MAX_LEVEL).first()
    return comment and tell_languages(comment, comment.posting.language, language)


def tell_languages(comment, written_in, language):
    """Gives the comment the `lang` attributes that it needs on a page of the language; "" where it needs none."""
    foreign = "" if written_in == language else html_lang(written_in)
    comment.text_lang = lang_of(comment.comment, written_in) or foreign
    comment.name_lang = lang_of(comment.user_name, language)
    return comment


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
            here = Posting.objects.filter(pk=parent.pk, article=article).exists()
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
