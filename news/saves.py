"""What the history says of a save, in the language of who reads it.

The comment of a revision holds lines. What somebody wrote as the reason stays as it was written; what the portal says is kept
without a language: what was changed as Django's log keeps it, and sentences of ours as a message with what is put into it.
"""

import json
from datetime import datetime
from functools import cache

from django.contrib.admin.models import LogEntry
from django.utils.text import capfirst
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from .languages import NAMES
from .moments import moscow_time
from .scripts import lang_of

log_in_english = LogEntry.get_change_message  # names of fields are found only as they are written in the code


def message(text, **values):
    """``text``: for gettext. A list among the values holds codes of languages, a dict is a moment or a message itself."""
    return {"message": text, "values": values}


def comment(*lines, why=""):
    """Below what somebody wrote as the reason, messages and what is kept as it is; empty lines are left out."""
    if why.startswith(("{", "[")):
        why = message("%(why)s", why=why)  # else it could be taken for ours
    return "\n".join(
        json.dumps(line, ensure_ascii=False) if isinstance(line, dict) else line for line in (why, *lines) if line
    )


def rows(versions, model=None):
    """For lists of saves of things of one model."""
    return [
        {"version": version.pk, "revision": version.revision, "lines": readable(version.revision.comment, model)}
        for version in versions
    ]


def readable(kept, model=None):
    """The lines of a comment: [(text, its `lang` where that is another one than the reader's)]."""
    return [in_words(line, model) for line in kept.split("\n")]


def in_words(line, model=None):
    if line.startswith(("{", "[")):
        try:
            kept = json.loads(line)
            return sentence(kept) if line[0] == "{" else changes(kept, model), ""
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):  # somebody wrote it
            pass
    return line, lang_of(line, get_language())


def sentence(kept):
    return _(kept["message"]) % {name: value_in_words(value) for name, value in kept["values"].items()}


def value_in_words(value):
    if isinstance(value, dict):
        return moscow_time(datetime.fromisoformat(value["moment"])) if "moment" in value else sentence(value)
    if isinstance(value, list):
        return pgettext("between names", ", ").join(str(NAMES[code]) for code in value)
    return value


def changes(parts, model=None):
    """``model``: of the thing that was changed, whose fields may have names of their own."""
    names = names_of(model) if model else {}
    for part in parts:
        for action in part.values():
            if "fields" in action:
                own = {} if "object" in action else names  # else of a row that belongs to the thing
                action["fields"] = [label_in_words(label, own) for label in action["fields"]]
    return log_in_english(LogEntry(change_message=json.dumps(parts)))


def log_in_words(entry):
    """What an entry of Django's log says was changed."""
    model = entry.content_type and entry.content_type.model_class()
    return in_words(entry.change_message, model)[0]


@cache
def names_of(model):
    """{how Django's log writes the field's name: its name in the reader's language}; a text may have several translations."""
    with override(None):
        return {capfirst(str(field.verbose_name)): field.verbose_name for field in model._meta.fields}


def label_in_words(label, names):
    words = []
    for word in label.split(" · "):
        translated = capfirst(str(names[word])) if word in names else _(word)
        words.append(translated if translated != word else capfirst(_(word[:1].lower() + word[1:])))
    return " · ".join(words)
