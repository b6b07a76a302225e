"""Two people at one form: what each has changed since it was opened, field by field.

A form carries a digest of each field as it was opened. Together with what is saved now and what was typed that tells
who has touched what: a field touched by one side alone is merged, one touched by both must be chosen.
"""

import hashlib
import json
from contextlib import suppress
from datetime import UTC, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .editor import RichTextField
from .languages import NAMES
from .moments import moscow_time
from .numbers import number
from .richtext import plain_text

OPENED = "opened_digests"
BOOKKEEPING = {"opened_version", OPENED, "draft_session", "source_seen"}
# The lists below the form: {prefix: (name, fields)}; a list is one thing here.
LISTS = {
    "bylines": (_("bylines"), ("author", "position")),
    "gallery": (_("gallery"), ("image", "position")),
}


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def canonical(field, value):
    """A field's value, from the database or from a browser, as a text that is equal where the value is."""
    if isinstance(field, forms.ModelChoiceField):
        value = field.prepare_value(value)
        if isinstance(value, list | tuple):
            return ",".join(sorted(str(item) for item in value))
        return str(value or "")
    with suppress(ValidationError):  # nonsense that was typed is compared as it is
        value = field.to_python(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="minutes")
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def compared(form):
    """The fields that take part: those that the user may change; a file is chosen anew each time."""
    return {
        name: field
        for name, field in form.fields.items()
        if name not in BOOKKEEPING and not field.disabled and not isinstance(field, forms.FileField)
    }


def lists(form):
    """The lists below an article's form, for those who may change them; other forms have none."""
    return LISTS if getattr(form, "rights", None) and form.rights.structure else {}


def label_of(form, name):
    """The field's name, with its language where its own label leaves that to the form."""
    field = form.fields[name]
    return f"{field.label} · {NAMES[field.language]}" if hasattr(field, "language") else str(form[name].label)


def saved_value(form, name):
    return canonical(form.fields[name], form.get_initial_for_field(form.fields[name], name))


def saved_rows(article, prefix):
    names = LISTS[prefix][1]
    return [tuple(str(value) for value in row) for row in getattr(article, prefix).values_list(*names)]


def digests(form):
    """What the form opens with: {field or list: digest}."""
    found = {name: digest(saved_value(form, name)) for name in compared(form)}
    if form.instance.pk:
        found |= {prefix: digest(repr(saved_rows(form.instance, prefix))) for prefix in lists(form)}
    return found


def posted_rows(data, prefix):
    """The rows of a list as a browser sends them; those marked for deletion and empty ones left out."""
    names = LISTS[prefix][1]
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    rows = []
    for index in range(min(int(total), 1000) if total.isdecimal() else 0):
        row = tuple(data.get(f"{prefix}-{index}-{name}", "") for name in names)
        if row[0] and not data.get(f"{prefix}-{index}-DELETE"):
            rows.append(row)
    # In the order in which they would be read again.
    return sorted(rows, key=lambda row: int(row[1]) if row[1].isdecimal() else 0)


def put_rows(data, article, prefix, rows):
    """Makes ``data`` ask for exactly these rows, whatever rows are saved."""
    for name in [name for name in data if name.startswith(f"{prefix}-")]:
        del data[name]
    names = LISTS[prefix][1]
    wanted = list(rows)
    number = 0
    saved = list(getattr(article, prefix).values_list("pk", *names)) if article.pk else []
    for pk, *values in saved:
        match = next((row for row in wanted if row[0] == str(values[0])), None)
        if match:
            wanted.remove(match)
        else:
            data[f"{prefix}-{number}-DELETE"] = "on"
        fill_row(data, prefix, number, names, match or [str(value) for value in values])
        data[f"{prefix}-{number}-id"] = str(pk)
        data[f"{prefix}-{number}-article"] = str(article.pk)
        number += 1
    for row in wanted:
        fill_row(data, prefix, number, names, row)
        number += 1
    data[f"{prefix}-INITIAL_FORMS"] = str(len(saved))
    data[f"{prefix}-TOTAL_FORMS"] = str(number)
    data[f"{prefix}-MIN_NUM_FORMS"], data[f"{prefix}-MAX_NUM_FORMS"] = "0", "1000"


def fill_row(data, prefix, number, names, row):
    for name, value in zip(names, row, strict=True):
        data[f"{prefix}-{number}-{name}"] = value


def as_posted(form, name):
    """The saved value as a browser would send it: a list of texts."""
    field, value = form.fields[name], form[name].value()
    if isinstance(field, forms.ModelMultipleChoiceField):
        return [str(getattr(item, "pk", item)) for item in value or []]
    if isinstance(value, datetime):
        value = field.widget.format_value(value)
    return ["" if value is None else str(getattr(value, "pk", value))]


def shown(form, name, value):
    """A value for people: the words of a rich text, the names behind numbers."""
    field = form.fields[name]
    if isinstance(field, RichTextField):
        return plain_text(field.to_python(value))
    if isinstance(field, forms.ModelChoiceField):
        keys = field.prepare_value(value)
        keys = keys if isinstance(keys, list | tuple) else [keys]
        keys = [key for key in keys if number(key)]
        return ", ".join(str(item) for item in field.queryset.filter(pk__in=keys))
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value or ""))
    if isinstance(value, datetime):
        return moscow_time(value)
    return str(value or "")


def shown_rows(article, prefix, rows):
    model = getattr(article, prefix).model._meta.get_field(LISTS[prefix][1][0]).related_model
    keys = [row[0] for row in rows if number(row[0])]
    names = {str(item.pk): str(item) for item in model.objects.filter(pk__in=keys)}
    return ", ".join(names.get(key, key) for key in keys)


class Merge:
    """What to store of a posted form: ``data``, with ``taken`` (labels of what the other side has changed), unless there
    are ``conflicts``: rows of what both have changed differently and nobody has chosen between yet."""

    def __init__(self, form, post):
        self.form, self.article = form, form.instance
        self.data = post.copy()
        self.post = post
        self.taken, self.conflicts = [], []
        try:
            self.opened = json.loads(post.get(OPENED) or "{}")
        except ValueError:
            self.opened = {}
        if not isinstance(self.opened, dict):
            self.opened = {}
        if not self.opened and post.get("opened_version") == str(getattr(self.article, "version", None)):
            return  # nothing was saved since
        for name, field in compared(form).items():
            if not field.widget.value_omitted_from_data(post, {}, name):
                self.merge_field(name, field)
        for prefix in lists(form):
            if f"{prefix}-TOTAL_FORMS" in post:
                self.merge_list(prefix)

    def decide(self, name, mine, theirs):
        """ "mine", "theirs", or None where both have changed it and must be asked."""
        base = self.opened.get(name)
        if mine == theirs or base == theirs:
            return "mine"
        if base == mine:
            return "theirs"
        # The choice counts for what was shown: whatever has been saved since must be seen, too.
        side, _colon, seen = self.post.get(f"choose_{name}", "").partition(":")
        return side if side in {"mine", "theirs"} and seen == theirs else None

    def merge_field(self, name, field):
        raw = field.widget.value_from_datadict(self.post, {}, name)
        theirs = digest(saved_value(self.form, name))
        side = self.decide(name, digest(canonical(field, raw)), theirs)
        label = label_of(self.form, name)
        if side == "theirs":
            self.data.setlist(name, as_posted(self.form, name))
            saved = shown(self.form, name, self.form.get_initial_for_field(field, name))
            self.taken.append(f"{label}: {saved}" if type(field) is forms.ChoiceField else label)
        elif side is None:
            self.conflicts.append(
                {
                    "name": name,
                    "label": label,
                    "id": self.form[name].id_for_label,
                    "lang": field.widget.attrs.get("lang", ""),
                    "seen": theirs,
                    "mine": shown(self.form, name, raw),
                    "theirs": shown(self.form, name, self.form.get_initial_for_field(field, name)),
                }
            )

    def merge_list(self, prefix):
        mine, theirs = posted_rows(self.post, prefix), saved_rows(self.article, prefix)
        seen = digest(repr(theirs))
        side = self.decide(prefix, digest(repr(mine)), seen)
        label = str(LISTS[prefix][0])
        if side is None:
            self.conflicts.append(
                {
                    "name": prefix,
                    "label": label,
                    "id": f"{prefix}-group",
                    "seen": seen,
                    "mine": shown_rows(self.article, prefix, mine),
                    "theirs": shown_rows(self.article, prefix, theirs),
                }
            )
        if side == "theirs":
            self.taken.append(label)
        if self.opened.get(prefix) not in {None, seen}:
            # The rows' numbers are those of another moment.
            put_rows(self.data, self.article, prefix, theirs if side == "theirs" else mine)


class MergedForm:
    """For a form of one row, with its `merge`: what both have changed is told at its field, and sent again it replaces what
    stands there now."""

    def _clean_fields(self):
        super()._clean_fields()
        text = _(
            "Somebody else has saved this meanwhile: “%(text)s”. Sent again, what you have typed takes its place."
        )
        for row in self.merge.conflicts:
            self.add_error(row["name"], ValidationError(text, params={"text": row["theirs"]}))
