"""Corrections in the article's form: a mistake that readers are told of, with a decision for each language they read.

A typo needs no words: it is mended and saved. A correction goes out with a sentence in its language, and not before
somebody has said what it means for each other language that is public now; "to do" is an answer too, and stays on the
desk until it is decided (news.admin.corrections).
"""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .languages import html_lang
from .models import Correction

LANGUAGES = [code for code, _name in settings.LANGUAGES]
Decision = Correction.Decision


def correction_field(name, language):
    """The name of a correction's field in the article's form: ``correction_zh_hans_text``."""
    return f"correction_{language.replace('-', '_')}_{name}"


def correction_form_fields():
    fields = {}
    sentence = Correction._meta.get_field("text")
    for language, name in settings.LANGUAGES:
        fields[correction_field("decision", language)] = forms.ChoiceField(
            label=name, choices=[("", gettext_lazy("no correction")), *Decision.choices], required=False
        )
        fields[correction_field("text", language)] = forms.CharField(
            label=capfirst(sentence.verbose_name),
            max_length=sentence.max_length,
            widget=forms.Textarea({"rows": 2}),
            help_text=sentence.help_text,
            required=False,
        )
    return fields


class CorrectionForm(type(forms.Form)("Fields", (forms.Form,), correction_form_fields())):
    """What the article's form needs for corrections."""

    def limit_corrections(self):
        """Editors alone correct, and what readers see alone is corrected."""
        self.corrected = []
        asked = asked_languages(self.rights, self.instance)
        for language in LANGUAGES:
            for name in ("decision", "text"):
                field = self.fields[correction_field(name, language)]
                field.disabled = language not in asked
                field.widget.attrs["lang"] = html_lang(language)
            del self.fields[correction_field("decision", language)].widget.attrs["lang"]

    def clean_corrections(self, cleaned):
        asked = asked_languages(self.rights, self.instance)
        parts = []
        for language in asked:
            decision = cleaned.get(correction_field("decision", language)) or ""
            text = cleaned.get(correction_field("text", language)) or ""
            if decision or text:
                decision = decision or Decision.CORRECTED
                parts.append(Correction(article=self.instance, language=language, decision=decision, text=text))
        if not parts:
            return
        for part in parts:
            try:
                part.clean()
            except ValidationError as error:
                self.add_error(correction_field("text", part.language), ValidationError(error.messages))
        if not any(part.decision == Decision.CORRECTED for part in parts):
            message = _("A correction needs a sentence for readers in at least one language.")
            self.add_error(correction_field("decision", parts[0].language), message)
        for language in asked:
            if language not in {part.language for part in parts}:
                message = _("What does this correction mean for this text? “To do” lets you decide later.")
                self.add_error(correction_field("decision", language), message)
        self.corrected = parts

    def save_corrections(self, by):
        """The language that was corrected comes first: the others' parts point to it."""
        origin = None
        with transaction.atomic():
            for part in sorted(self.corrected, key=lambda part: part.decision != Decision.CORRECTED):
                part.article, part.origin, part.created_by = self.instance, origin, by
                part.save()
                origin = origin or part


def asked_languages(rights, article):
    return article.published_languages() if article.pk and rights.publishing else []
