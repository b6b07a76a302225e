"""The forms of the editors' admin: articles with their editions, pictures."""

import secrets
from datetime import UTC, datetime

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import conflicts, drafts, proof, publication, translations, working_copy
from .checking import CheckedForm
from .corrections import CorrectionForm, Decision
from .editor import RichTextField, RichTextWidget
from .languages import html_lang
from .library import Twin, read_upload
from .models import Article, Edition, Image, column
from .segments import segments_of

LANGUAGES = [code for code, _name in settings.LANGUAGES]
TEXTS = ("title", "lead", "dateline", "body", "source_name")
EDITION_FIELDS = ("status", "published_at", "unpublish_at", "live_until", "withdrawal_reason", "slug")
Status = Edition.Status


def edition_field(name, language):
    """The name of an edition's field in the article's form: ``edition_zh_hans_status``."""
    return f"edition_{language.replace('-', '_')}_{name}"


EARLIEST = datetime(
    1900, 1, 1, tzinfo=UTC
)  # what is older is a slip of the keyboard, and no database's time zone knows it


class MoscowDateTimeField(forms.DateTimeField):
    """To the minute, in Moscow time, by the browser's own picker."""

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", _("Moscow time (UTC+3)."))
        widget = forms.DateTimeInput({"type": "datetime-local", "class": "vMoscow"}, format="%Y-%m-%dT%H:%M")
        super().__init__(**(kwargs | {"widget": widget}))

    def to_python(self, value):
        try:
            moment = super().to_python(value)
        except OverflowError:
            moment = datetime.min.replace(tzinfo=UTC)
        if moment and moment < EARLIEST:
            raise ValidationError(_("No date before the year 1900 can be right here."), code="too_early")
        return moment

    def has_changed(self, initial, data):
        if self.disabled:
            return False
        # The picker knows no seconds: a moment stays as it was unless its minute is another one.
        try:
            value = self.to_python(data)
        except ValidationError:
            return True
        return same_minute(value) != same_minute(self.to_python(initial) if initial else None)


def same_minute(moment):
    return moment and moment.replace(second=0, microsecond=0)


def kept_seconds(new, old):
    return old if same_minute(new) == same_minute(old) else new


def edition_form_fields():
    fields = {}
    for language in LANGUAGES:
        fields[edition_field("status", language)] = forms.ChoiceField(
            label=_("status"), choices=Status, initial=Status.DRAFT, required=False
        )
        fields[edition_field("published_at", language)] = MoscowDateTimeField(
            label=_("publish at"), required=False, help_text=_("Moscow time (UTC+3). Empty: at once.")
        )
        fields[edition_field("unpublish_at", language)] = MoscowDateTimeField(label=_("withdraw at"), required=False)
        fields[edition_field("live_until", language)] = MoscowDateTimeField(
            label=_("live until"),
            required=False,
            help_text=_("Moscow time (UTC+3). Until then readers are told that the story is being written on."),
        )
        fields[edition_field("withdrawal_reason", language)] = forms.CharField(
            label=Edition._meta.get_field("withdrawal_reason").verbose_name,
            max_length=Edition._meta.get_field("withdrawal_reason").max_length,
            required=False,
            help_text=_("A sentence that readers find in place of a withdrawn text, in their language. May be empty."),
        )
        fields[edition_field("slug", language)] = forms.SlugField(
            label=_("slug"), max_length=120, required=False, help_text=_("Made from the headline if left empty.")
        )
        for name in EDITION_FIELDS:
            fields[edition_field(name, language)].language = language  # which its label leaves to the fieldset
    for field in fields.values():
        field.label = capfirst(field.label)
    return fields


EditionFields = type(forms.Form)("EditionFields", (forms.Form,), edition_form_fields())


class TranslationFields(forms.Form):
    """What the article's form says about its translations (news/translations.py)."""

    without_effect = forms.BooleanField(
        label=_("This change has no effect on the translations (typo, formatting)"), required=False
    )
    # The source as it was when the form was opened: what is translated now is made from that.
    source_seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def remember_source(self):
        if self.instance.pk:
            self.initial["source_seen"] = translations.remembered(self.instance)
        self.fields["source_seen"].has_changed = lambda initial, data: False  # nobody types it
        if not self.rights.publishing and "translation_priority" in self.fields:
            self.fields["translation_priority"].disabled = True

    def note_translations(self):
        """Call it before the editions are saved: an edition's first saving writes down what it was made from."""
        source = publication.source_language(self.instance)
        before, after = self.segments_in(source, self.initial), self.segments_in(source, self.cleaned_data)
        wrote = before != after
        seen = None if wrote else translations.recalled(self.cleaned_data.get("source_seen"))
        if wrote and self.cleaned_data.get("without_effect"):
            translations.declare_without_effect(self.instance, before, after)
        for language in LANGUAGES:
            old, new = self.segments_in(language, self.initial), self.segments_in(language, self.cleaned_data)
            if language != source and new and old != new:
                translations.note_work(self.instance, language, old, new, after if seen is None else seen)
        translations.refresh(self.instance.pk)

    def segments_in(self, language, texts):
        names = {name: column(name, language) for name in ("title", "lead", "body")}
        return segments_of({name: texts.get(own) or "" for name, own in names.items()})


class ArticleForm(CheckedForm, CorrectionForm, TranslationFields, EditionFields, forms.ModelForm):
    """An article and its editions: one form, so that what is typed stands or falls together.

    Where somebody else has saved since the form was opened, the admin merges first (news/conflicts.py). Without a merge,
    as on the way back to an old text, ``opened_version`` must be the saved one, unless ``replace_version`` says so.
    Texts that readers see are not touched: they wait (news/working_copy.py).
    """

    user = None  # the admin sets it
    merge = None  # and this, of what was posted
    draft = None  # and this, to be taken up again

    together = forms.MultipleChoiceField(
        label=Article._meta.get_field("together").verbose_name,
        help_text=Article._meta.get_field("together").help_text,
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        initial=list,
        required=False,
    )
    opened_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    opened_digests = forms.JSONField(required=False, widget=forms.HiddenInput)
    draft_session = forms.RegexField(r"^[\w-]{1,32}$", required=False, widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = "__all__"  # noqa: DJ007 - the admin's fieldsets name them
        field_classes = {column("body", language): RichTextField for language in LANGUAGES}
        widgets = {column("body", language): RichTextWidget(language) for language in LANGUAGES} | {
            column("lead", language): forms.Textarea({"rows": 4}) for language in LANGUAGES
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        article = self.instance
        self.editions = {edition.language: edition for edition in article.editions.all()} if article.pk else {}
        self.planned = {}
        self.conflict = None
        self.initial["opened_version"] = article.version if article.pk else 0
        self.rights = (
            publication.rights_of(self.user, article) if self.user else publication.Rights(True, LANGUAGES, True)
        )
        for language in LANGUAGES:
            edition = self.editions.get(language)
            for name in EDITION_FIELDS:
                if edition and (field := edition_field(name, language)) in self.fields:
                    self.initial[field] = getattr(edition, name)
            for name in TEXTS:
                if field := self.fields.get(column(name, language)):
                    field.widget.attrs["lang"] = html_lang(language)
        self.open_working_copies()
        self.limit()
        self.limit_corrections()
        self.remember_source()
        if not self.is_bound:
            self.initial["opened_digests"] = conflicts.digests(self)
            self.initial["draft_session"] = secrets.token_urlsafe(12)
            if self.draft:
                self.restore(self.draft)

    def restore(self, draft):
        """The unsaved text goes on as what it was: of the version that it was begun with."""
        data = drafts.data_of(draft)
        for name, field in conflicts.compared(self).items():
            if name in data:
                self.initial[name] = field.widget.value_from_datadict(data, {}, name)
        self.initial |= {
            "opened_digests": draft.opened_digests,
            "opened_version": draft.opened_version,
            "draft_session": draft.session,
        }

    def text_columns(self, language):
        return {column(name, language) for name in working_copy.TEXTS}

    def open_working_copies(self):
        """Who changes a text goes on from the changes that wait already."""
        article = self.instance
        self.published = {
            code: {name: article.text(name, code) for name in working_copy.TEXTS} for code in LANGUAGES if article.pk
        }
        self.copies = {copy.language: copy for copy in article.working_copies.all()} if article.pk else {}
        for copy in self.copies.values():
            for name, text in copy.texts.items():
                self.initial[column(name, copy.language)] = text

    def limit(self):
        """What the user may not change is shown, and whatever is posted for it ignored."""
        own = {column(name, language) for name in TEXTS for language in self.rights.languages}
        own |= {edition_field(name, language) for name in EDITION_FIELDS for language in self.rights.languages}
        texts = {column(name, language) for name in TEXTS for language in LANGUAGES}
        texts |= {edition_field(name, language) for name in EDITION_FIELDS for language in LANGUAGES}
        for name, field in self.fields.items():
            if name in conflicts.BOOKKEEPING:
                continue
            if (name in texts and name not in own) or (name not in texts and not self.rights.structure):
                field.disabled = True
        self.fields["together"].disabled |= not self.rights.publishing
        for language in LANGUAGES:
            field = self.fields.get(edition_field("status", language))
            if field is None:
                continue
            edition = self.editions.get(language)
            now = edition.status if edition else Status.DRAFT
            allowed = [value for value in Status.values if value == now or self.may_become(language, value)]
            if now != Status.READY and Status.READY in allowed:
                allowed.remove(Status.READY)  # nobody chooses it: what is published and must wait becomes it
            field.choices = [(value, Status(value).label) for value in allowed]
            if not self.rights.publishing:
                self.fields[edition_field("published_at", language)].disabled = True
                self.fields[edition_field("unpublish_at", language)].disabled = True
                self.fields[edition_field("live_until", language)].disabled = True
                if now in publication.PUBLIC:
                    for name in EDITION_FIELDS:
                        self.fields[edition_field(name, language)].disabled = True

    def may_become(self, language, status):
        edition = self.editions.get(language) or Edition(article=self.instance, language=language)
        return publication.change_refused(edition, status, by=self.user) is None

    def clean(self):
        cleaned = super().clean()
        if self.merge is not None:
            if self.merge.conflicts:
                self.conflict = self.last_change() | {"rows": self.merge.conflicts, "taken": self.merge.taken}
        elif self.instance.pk and not self.is_of_saved_version(cleaned):
            self.conflict = self.last_change() | {"version": self.instance.version}
        if self.conflict:
            raise ValidationError(
                _("Somebody else has saved this article since you opened it. Nothing of yours is stored yet, and nothing is lost."),
                code="conflict",
            )  # fmt: skip
        self.clean_corrections(cleaned)
        return cleaned

    def clean_together(self):
        languages = self.cleaned_data["together"]
        if len(languages) == 1:
            raise ValidationError(_("One language has nothing to wait for: choose two or more, or none."))
        return languages

    @cached_property
    def changed_data(self):
        return [name for name in super().changed_data if name not in conflicts.BOOKKEEPING]

    def is_of_saved_version(self, cleaned):
        saved = self.instance.version
        return cleaned.get("opened_version") == saved or self.data.get("replace_version") == str(saved)

    def last_change(self):
        """Who saved last, and when."""
        article = self.instance
        moments = [(article.updated_at, article.updated_by)]
        moments += [(copy.updated_at, copy.updated_by) for copy in self.copies.values()]
        at, by = max(moments, key=lambda moment: moment[0])
        return {"at": at, "by": by, "address": reverse("admin:news_article_change", args=[article.pk])}

    def _post_clean(self):
        super()._post_clean()
        for language in LANGUAGES:
            self.plan_edition(language)
        if not self.conflict:
            self.check_texts()

    def plan_edition(self, language):
        """Checks what is wanted of the edition and keeps it for ``save_editions``."""
        field = {name: edition_field(name, language) for name in EDITION_FIELDS}
        if field["status"] not in self.fields or any(name in self.errors for name in field.values()):
            return
        wanted = {name: self.cleaned_data.get(field[name]) for name in EDITION_FIELDS}
        status = wanted["status"] or Status.DRAFT
        edition = self.editions.get(language)
        text = any(self.cleaned_data.get(column(name, language)) for name in ("title", "lead", "body"))
        if edition is None:
            if not text and status == Status.DRAFT:
                return
            edition = Edition(article=self.instance, language=language)
        published_at = kept_seconds(wanted["published_at"], edition.published_at)
        unpublish_at = kept_seconds(wanted["unpublish_at"], edition.unpublish_at)
        if status == Status.PUBLISHED and publication.waits_in_group(self.instance, edition):
            status = Status.READY
        if status in {Status.PUBLISHED, Status.READY}:
            published_at = published_at or timezone.now()
        dates = {"published_at": published_at, "unpublish_at": unpublish_at}
        if refused := publication.change_refused(edition, status, by=self.user, **dates):
            self.add_error(field["status"], refused)
            return
        if status in {Status.PUBLISHED, Status.READY}:
            if self.data.get("_publish_changes") == language and (refused := self.overtaken(language)):
                self.add_error(None, refused)
        if unpublish_at and (published_at is None or unpublish_at <= published_at):
            self.add_error(field["unpublish_at"], _("An edition can be withdrawn only after it is published."))
        self.planned[language] = (
            edition,
            {
                "status": status,
                "published_at": published_at,
                "unpublish_at": unpublish_at,
                "live_until": kept_seconds(wanted["live_until"], edition.live_until),
                "withdrawal_reason": wanted["withdrawal_reason"] or "",
                "slug": wanted["slug"] or "",
            },
        )

    def overtaken(self, language):
        """Why the changes that wait can't be published unseen, or None."""
        copy = self.copies.get(language)
        if copy and self.moved_on(copy) and not self.data.get(f"seen_{language}"):
            return _("The published text has changed since these changes were begun: compare them, then say so below.")
        return None

    def moved_on(self, copy):
        published = self.published[copy.language]
        return [name for name in copy.texts if published[name] != copy.base_texts.get(name, "")]

    def set_aside(self):
        """Takes the texts that must wait out of the article before it is saved: {language: {field: text}}.

        What readers are told as a correction does not wait: sentence and text go out together.
        """
        waiting = {}
        corrected = {part.language for part in self.corrected if part.decision == Decision.CORRECTED}
        for language in LANGUAGES if self.published else ():
            mine = language in self.rights.languages
            if (self.stays_live(language) and language not in corrected) or (language in self.copies and not mine):
                names = [name for name in working_copy.TEXTS if column(name, language) in self.fields]
                if mine:
                    waiting[language] = {name: self.instance.text(name, language) for name in names}
                for name in names:
                    setattr(self.instance, column(name, language), self.published[language][name])
        return waiting

    def stays_live(self, language):
        """Whether readers see the language now, and will when this form is saved."""
        edition = self.editions.get(language)
        if not (edition and edition.is_published()):
            return False
        wanted = Edition(**self.planned[language][1]) if language in self.planned else edition
        return wanted.is_published()

    def save_editions(self, by, waiting=()):
        self.note_translations()
        now = timezone.now()
        source = publication.source_language(self.instance)
        for language, (edition, values) in self.planned.items():
            changed = {column(name, language) for name in ("title", "lead", "body")} & set(self.changed_data)
            if language in waiting:
                changed = set()  # readers don't see it yet
                if all(getattr(edition, name) == value for name, value in values.items()):
                    continue
            for name, value in values.items():
                setattr(edition, name, value)
            edition.article = self.instance
            if changed:
                edition.updated_at = now
                if language != source:
                    edition.source_version = self.instance.version
                    edition.translator = edition.translator or by
            edition.save()
        publication.settle(self.instance)
        self.save_corrections(by)
        proof.queue(self.instance)


class ImageForm(forms.ModelForm):
    """Checks an upload by its content, and keeps it upright and without a word about its maker, place or camera."""

    file = forms.FileField(
        label=_("file"),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp,image/avif,image/gif"}),
        help_text=_("JPEG, PNG, WebP, AVIF or GIF, at most 20 MB and 50 million pixels."),
    )

    class Meta:
        model = Image
        fields = "__all__"  # noqa: DJ007 - the admin's fieldsets name them

    def clean_file(self):
        upload = self.cleaned_data["file"]
        self.original = None
        if "file" not in self.changed_data or not upload:
            return upload
        try:
            self.digest, self.original = read_upload(upload, other_than=self.instance.pk)
        except Twin as twin:
            address = reverse("admin:news_image_change", args=[twin.image.pk])
            link = format_html('{} <a href="{}">{}</a>', twin.message, address, twin.image)
            raise ValidationError(link, code=twin.code) from twin
        self.instance.file_name = upload.name[-200:]
        return ContentFile(self.original.content, name=f"original.{self.original.extension}")

    def _post_clean(self):
        super()._post_clean()
        if getattr(self, "original", None):
            self.instance.sha256 = self.digest
            self.instance.width, self.instance.height = self.original.width, self.original.height
