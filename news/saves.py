"""What the history says of a save, in the language of who reads it.

The comment of a revision holds lines. What somebody wrote as the reason stays as it was written; what the portal says is kept
without a language: what was changed as Django's log keeps it, and sentences of ours as a message with what is put into it.
"""

import json
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
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


def rows(versions):
    """For lists of saves."""
    return [
        {"version": version.pk, "revision": version.revision, "lines": readable(version.revision.comment)}
        for version in versions
    ]


def readable(kept):
    """The lines of a comment: [(text, its `lang` where that is another one than the reader's)]."""
    return [in_words(line) for line in kept.split("\n")]


def in_words(line):
    if line.startswith(("{", "[")):
        try:
            return (sentence if line[0] == "{" else changes)(json.loads(line)), ""
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


def changes(parts):
    for part in parts:
        for action in part.values():
            if "fields" in action:
                action["fields"] = [label_in_words(label) for label in action["fields"]]
    return log_in_english(LogEntry(change_message=json.dumps(parts)))


def log_in_words(entry):
    """What an entry of Django's log says was changed."""
    return in_words(entry.change_message)[0]


def label_in_words(label):
    words = []
    for word in label.split(" · "):
        translated = _(word)
        words.append(translated if translated != word else capfirst(_(word[:1].lower() + word[1:])))
    return " · ".join(words)
