"""Unsaved text: kept on the server while somebody writes, apart from the article, and offered back to them alone."""

import json
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from . import conflicts
from .models import Article, Draft
from .richtext import storable

MAX_BYTES = 2_000_000  # of one draft: three languages of the longest text that anybody has written, many times over
MAX_NAMES = 1000
MAX_DRAFTS = 200  # of one person
OPEN = timedelta(seconds=75)  # a browser slows the heartbeat of a hidden tab down to one a minute
KEPT = timedelta(days=30)


class Refused(Exception):  # noqa: N818 (it is what it says)
    """Why the text was not taken: ``state`` for the script, the message for the person."""

    def __init__(self, state, status, message="", **extra):
        super().__init__(message)
        self.status = status
        self.answer = {"state": state, "message": message} | extra


def read_fields(text):
    """What the browser sent, {name: [values]}; Refused where it is anything else."""
    try:
        fields = json.loads(text or "{}")
    except ValueError:
        fields = None
    if not isinstance(fields, dict) or not all(
        len(name) <= 100 and isinstance(values, list) and all(isinstance(value, str) for value in values)
        for name, values in fields.items()
    ):
        raise Refused("broken", 400, _("What the browser sent can't be read."))
    return {storable(name): [storable(value) for value in values] for name, values in fields.items()}


def merge_fields(old, new):
    """The rows of a list come together or not at all: ``bylines-0-author`` replaces all of ``bylines-``."""
    lists = {name.partition("-")[0] for name in new if "-" in name}
    return {
        name: values for name, values in old.items() if "-" not in name or name.partition("-")[0] not in lists
    } | new


def keep(user, article, session, fields, *, sequence=0, opened_version=0, opened_digests=None, leaving=False):
    """Keeps the changed fields of a session of writing; tells that the form is open (or left). Returns the draft."""
    opened = {"opened_version": opened_version, "opened_digests": opened_digests or {}}
    with transaction.atomic():
        if article:
            # In the order of a save, which has the article first and then closes the draft: else each waits for the other.
            list(Article.objects.select_for_update(no_key=True).filter(pk=article.pk).values_list("pk"))
        draft = Draft.objects.select_for_update().filter(user=user, session=session).first()
        if draft is None:
            if fields and Draft.objects.unsaved().filter(user=user).count() >= MAX_DRAFTS:
                raise Refused("many", 409, _("You have too many unsaved texts. Save or discard some of them."))
            if leaving and not fields:
                return None
            try:
                with transaction.atomic():
                    draft = Draft.objects.create(user=user, article=article, session=session, **opened)
            except IntegrityError:  # two requests began at once
                draft = Draft.objects.select_for_update().get(user=user, session=session)
        if draft.saved_at:
            raise Refused("closed", 409)
        if fields:
            merged = merge_fields(draft.fields, fields)
            # What is here already comes again where our answer was lost.
            if draft.fields and sequence <= draft.sequence and merged != draft.fields:
                raise Refused("behind", 409, sequence=draft.sequence)
            if len(merged) > MAX_NAMES or len(json.dumps(merged, ensure_ascii=False).encode()) > MAX_BYTES:
                raise Refused(
                    "large", 413, _("This text is too large to be kept here: at most 2 MB in all languages.")
                )
            draft.fields, draft.sequence = merged, max(sequence, draft.sequence)
            draft.updated_at = timezone.now()
        if draft.article_id is None:
            draft.article = article  # it was deleted, and has come back
        draft.seen_at = None if leaving else timezone.now()
        if leaving and not draft.fields:
            draft.delete()
        else:
            draft.save()
    return draft


def saved(user, session):
    """The session's text has become a saved article: the draft is empty, and what arrives late is refused."""
    if session:
        now = timezone.now()
        Draft.objects.update_or_create(
            user=user, session=session, defaults={"fields": {}, "saved_at": now, "updated_at": now, "seen_at": None}
        )


def others_at(article, user):
    """Who else has the article open now, and since when: [(user, moment)]."""
    found = {}
    recent = (
        Draft.objects.filter(article=article, seen_at__gt=timezone.now() - OPEN)
        .exclude(user=user)
        .exclude(user=None)
        .select_related("user")
        .defer("fields", "opened_digests")
        .order_by("started_at")[:20]
    )
    for draft in recent:
        found.setdefault(draft.user, draft.started_at)
    return list(found.items())


def data_of(draft):
    """The draft as a browser would post it."""
    data = QueryDict(mutable=True)
    for name, values in draft.fields.items():
        data.setlist(name, values)
    return data


def differences(draft, form):
    """Where the draft is not what the form shows: rows with what is saved, what was written, and whether the saved
    text has changed since the draft was begun."""
    data, rows = data_of(draft), []
    for name, field in form.fields.items():
        if name in conflicts.BOOKKEEPING or name not in data:
            continue
        raw = field.widget.value_from_datadict(data, {}, name)
        saved = conflicts.saved_value(form, name)
        if conflicts.canonical(field, raw) == saved:
            continue
        opened = draft.opened_digests.get(name)
        rows.append(
            {
                "label": conflicts.label_of(form, name),
                "lang": field.widget.attrs.get("lang", ""),
                "saved": conflicts.shown(form, name, form.get_initial_for_field(field, name)),
                "written": conflicts.shown(form, name, raw),
                "changed_since": opened is not None and opened != conflicts.digest(saved),
            }
        )
    for prefix, (label, _fields) in conflicts.LISTS.items():
        if f"{prefix}-TOTAL_FORMS" in data:
            written = conflicts.posted_rows(data, prefix)
            saved = conflicts.saved_rows(form.instance, prefix) if form.instance.pk else []
            if written != saved:
                rows.append(
                    {
                        "label": label,
                        "lang": "",
                        "saved": conflicts.shown_rows(form.instance, prefix, saved),
                        "written": conflicts.shown_rows(form.instance, prefix, written),
                        "changed_since": draft.opened_digests.get(prefix) not in {None, conflicts.digest(repr(saved))},
                    }
                )
    return rows


def prune(*, days=KEPT.days):
    """Deletes drafts that nobody has touched for ``days``, and what is left of sessions without text after a day."""
    now = timezone.now()
    empty = Draft.objects.filter(fields={}, updated_at__lt=now - timedelta(days=1))
    empty = empty.exclude(seen_at__gt=now - timedelta(days=1)).delete()[0]
    return Draft.objects.filter(updated_at__lt=now - timedelta(days=days)).exclude(fields={}).delete()[0], empty
