"""The place that a story comes from, before its first words."""

import re

from django.utils.html import format_html
from django.utils.translation import gettext as _

FIRST_PARAGRAPH = re.compile(r"(?:<figure\b[^>]*>(?:(?!</figure>).)*</figure>\s*)*<p\b[^>]*>", re.DOTALL)


def with_dateline(html, place):
    """The text with the place in its first paragraph, where it begins with one (pictures aside), else before it all."""
    if not place:
        return html
    # data-typo-skip: where a mistake stands is told by the words of the text alone.
    mark = format_html('<span class="dateline" data-typo-skip>{}</span>', _("%(place)s — ") % {"place": place})
    paragraph = FIRST_PARAGRAPH.match(html)
    return f"{paragraph[0]}{mark}{html[paragraph.end() :]}" if paragraph else f"<p>{mark}</p>{html}"
