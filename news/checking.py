"""Checks in the article's form: of what is typed, saved or not, and only where it is about to go out."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from . import checks, conflicts, publication, translations, working_copy
from .corrections import Decision
from .models import Edition, GalleryItem, Translation, column
from .numbers import number

CHECK = "_check"  # the button that looks and saves nothing
SEEN = "seen_warnings"  # the keys of the warnings that the page showed, a field a language
Status = Edition.Status
ACCEPTED = {Status.READY, Status.PUBLISHED}


class CheckedForm(forms.Form):
    """What the article's form needs for checks. ``findings``: {language: [Finding]}; ``asked``: the languages whose
    warnings keep the form from being saved until they are seen."""

    findings = ()
    asked = ()

    @property
    def only_looks(self):
        return self.is_bound and CHECK in self.data

    def check_texts(self):
        """Call it when the editions are planned and the instance holds what was typed."""
        self.findings, asked = {}, []
        for language in [code for code in translations.LANGUAGES if self.has_text(code) or self.goes_out(code)]:
            found = self.findings[language] = checks.run(self.story(language))
            if self.only_looks:
                continue
            objections = checks.objections(self.concerned(language, found), self.seen)
            if objections and objections[0].severity == checks.WARNING:
                asked.append(language)
            elif objections:
                self.refuse(language, objections)
        if self.only_looks:
            self.add_error(None, ValidationError(_("This is only a check: nothing is saved yet."), code="check"))
        elif asked and not self.errors:
            text = _("The checks have found something. Look at it below; who saves once more wants it so.")
            self.add_error(None, ValidationError(text, code="ask"))
            self.asked = asked

    def refuse(self, language, objections):
        for found in objections:
            name = column(found.field, language) if found.field in working_copy.TEXTS else found.field
            if name not in self.fields:
                name = None
            if name is None or not self.has_error(name):
                self.add_error(name, ValidationError(found.message, code="refused"))

    @cached_property
    def seen(self):
        sent = self.data.getlist(SEEN) if hasattr(self.data, "getlist") else [self.data.get(SEEN, "")]
        return checks.keys(" ".join(sent))

    # What goes out with this save

    def goes_out(self, language):
        return language in self.planned and self.planned[language][1]["status"] in ACCEPTED

    def concerned(self, language, found):
        """Those of the findings that this save would bring before readers."""
        if not self.goes_out(language):
            return []
        edition, values = self.planned[language]
        if Edition(**values).stage() == Status.WITHDRAWN:
            return []
        was = Edition(**edition._stored).stage() if edition.pk else Status.DRAFT
        if (
            was not in {Status.READY, Status.PUBLISHED, Edition.SCHEDULED}
            or self.data.get("_publish_changes") == language
        ):
            return found
        changed = set(self.changed_data)
        fields = {name for name in working_copy.TEXTS if column(name, language) in changed}
        if self.waits(language):
            fields = set()
        if "lead_image" in changed:
            fields.add("lead_image")
        if self.gallery != self.saved_gallery:
            fields.add("gallery")
        essential = {check.name for check in checks.CHECKS if check.essential}
        return [row for row in found if row.field in fields or row.check in essential]

    def waits(self, language):
        corrected = {part.language for part in self.corrected if part.decision == Decision.CORRECTED}
        publishes = self.data.get("_publish_changes") == language
        return bool(self.published) and self.stays_live(language) and language not in corrected and not publishes

    # What is looked at

    def has_text(self, language):
        return language in self.rights.languages and any(
            self.text_of(name, language) for name in ("title", "lead", "body")
        )

    def text_of(self, name, language):
        if self.is_bound:
            return self.instance.text(name, language)
        return self.initial.get(column(name, language)) or ""

    @cached_property
    def saved_gallery(self):
        if not self.instance.pk:
            return []
        return list(GalleryItem.objects.filter(article=self.instance).values_list("image", flat=True))

    @cached_property
    def gallery(self):
        if self.is_bound and "gallery-TOTAL_FORMS" in self.data:
            return [pk for pk in (number(row[0]) for row in conflicts.posted_rows(self.data, "gallery")) if pk]
        return self.saved_gallery

    @cached_property
    def translation_rows(self):
        found = Translation.objects.filter(article=self.instance) if self.instance.pk else []
        return {row.language: row for row in found}

    def story(self, language):
        source, lead = publication.source_language(self.instance), self.initial.get("lead_image")
        story = checks.Story(
            language,
            {name: self.text_of(name, language) for name in working_copy.TEXTS},
            article=self.instance,
            lead_image=self.instance.lead_image_id if self.is_bound else number(getattr(lead, "pk", lead)),
            gallery=self.gallery,
            at=self.planned[language][1]["published_at"] if language in self.planned else None,
        )
        row = story.translation = self.translation_rows.get(language)
        if language != source:
            story.sources = [{name: self.text_of(name, source) for name in translations.TEXTS}]
            if (source in self.planned and self.waits(source)) if self.is_bound else source in self.copies:
                story.sources.append(self.published[source])
            if row and self.is_bound:
                self.note_what_is_saved(story, row, source)
        return story

    def note_what_is_saved(self, story, row, source):
        """The translation as this save would leave it, as in TranslationFields.note_translations."""
        before, after = (self.segments_in(source, texts) for texts in (self.initial, self.cleaned_data))
        old, new = (self.segments_in(story.language, texts) for texts in (self.initial, self.cleaned_data))
        if before != after and self.cleaned_data.get("without_effect"):
            story.same = translations.meant(row, translations.equations(before, after))
        if new and old != new:
            seen = None if before != after else translations.recalled(self.cleaned_data.get("source_seen"))
            story.basis = translations.basis_after(row, old, new, after if seen is None else seen)
