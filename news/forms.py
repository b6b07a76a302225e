"""The forms of the editors' admin: articles with their editions, pictures."""

import hashlib
from datetime import UTC, datetime

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import publication
from .editor import RichTextField, RichTextWidget
from .images import inspect_upload, normalise
from .models import Article, Edition, Image, column
from .richtext import plain_text

LANGUAGES = [code for code, _name in settings.LANGUAGES]
TEXTS = ("title", "lead", "dateline", "body", "source_name")
EDITION_FIELDS = ("status", "published_at", "unpublish_at", "live_until", "slug")
Status = Edition.Status


def html_lang(language):
    return "zh-Hans" if language == "zh-hans" else language


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
        fields[edition_field("slug", language)] = forms.SlugField(
            label=_("slug"), max_length=120, required=False, help_text=_("Made from the headline if left empty.")
        )
    return fields


EditionFields = type(forms.Form)("EditionFields", (forms.Form,), edition_form_fields())


class ArticleForm(EditionFields, forms.ModelForm):
    """An article and its editions: one form, so that what is typed stands or falls together.

    ``opened_version`` is the version that the form was opened with. Where somebody else has saved since, nothing is
    stored: the form shows what differs, and whoever wants their own text nevertheless says so by ``replace_version``.
    """

    user = None  # the admin sets it

    opened_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

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
        self.limit()

    def limit(self):
        """What the user may not change is shown, and whatever is posted for it ignored."""
        own = {column(name, language) for name in TEXTS for language in self.rights.languages}
        own |= {edition_field(name, language) for name in EDITION_FIELDS for language in self.rights.languages}
        texts = {column(name, language) for name in TEXTS for language in LANGUAGES}
        texts |= {edition_field(name, language) for name in EDITION_FIELDS for language in LANGUAGES}
        for name, field in self.fields.items():
            if name == "opened_version":
                continue
            if (name in texts and name not in own) or (name not in texts and not self.rights.structure):
                field.disabled = True
        for language in LANGUAGES:
            field = self.fields.get(edition_field("status", language))
            if field is None:
                continue
            edition = self.editions.get(language)
            now = edition.status if edition else Status.DRAFT
            allowed = [value for value in Status.values if value == now or self.may_become(language, value)]
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
        if self.instance.pk:
            self.check_version(cleaned)
        return cleaned

    def check_version(self, cleaned):
        saved = self.instance.version
        opened = cleaned.get("opened_version")
        if opened == saved or self.data.get("replace_version") == str(saved):
            return
        self.conflict = {
            "version": saved,
            "by": self.instance.updated_by,
            "at": self.instance.updated_at,
            "address": reverse("admin:news_article_change", args=[self.instance.pk]),
            "differences": self.differences(),
        }
        raise ValidationError(
            _(
                "Somebody else has saved this article since you opened it. Nothing of yours is stored yet, and nothing is lost."
            ),
            code="conflict",
        )

    def differences(self):
        """The fields where what was typed is not what is saved."""
        rows = []
        for name in self.changed_data:
            if name == "opened_version":
                continue
            saved = self.initial.get(name)
            if isinstance(saved, list):
                saved = ", ".join(str(item) for item in saved)
            elif isinstance(self.fields[name], RichTextField):
                saved = plain_text(saved)
            elif isinstance(self.fields[name], forms.ModelChoiceField):
                saved = getattr(self.instance, name)
            elif isinstance(self.fields[name], forms.ChoiceField):
                saved = dict(self.fields[name].choices).get(saved, saved)
            rows.append({"label": self[name].label, "saved": saved, "id": self[name].id_for_label})
        return rows

    def _post_clean(self):
        super()._post_clean()
        for language in LANGUAGES:
            self.plan_edition(language)

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
        if refused := publication.change_refused(edition, status, by=self.user):
            self.add_error(field["status"], refused)
            return
        published_at = kept_seconds(wanted["published_at"], edition.published_at)
        unpublish_at = kept_seconds(wanted["unpublish_at"], edition.unpublish_at)
        if status == Status.PUBLISHED:
            published_at = published_at or timezone.now()
            texts = {name: self.cleaned_data.get(column(name, language)) for name in ("title", "body")}
            for name, message in publication.missing_for_publication(self.instance, language).items():
                if (
                    column(name, language) in self.fields
                    and not self.has_error(column(name, language))
                    and name in texts
                ):
                    self.add_error(column(name, language), message)
        if unpublish_at and (published_at is None or unpublish_at <= published_at):
            self.add_error(field["unpublish_at"], _("An edition can be withdrawn only after it is published."))
        self.planned[language] = (
            edition,
            {
                "status": status,
                "published_at": published_at,
                "unpublish_at": unpublish_at,
                "live_until": kept_seconds(wanted["live_until"], edition.live_until),
                "slug": wanted["slug"] or "",
            },
        )

    def save_editions(self, by):
        now = timezone.now()
        source = publication.source_language(self.instance)
        for language, (edition, values) in self.planned.items():
            changed = {column(name, language) for name in ("title", "lead", "body")} & set(self.changed_data)
            for name, value in values.items():
                setattr(edition, name, value)
            edition.article = self.instance
            if changed:
                edition.updated_at = now
                if language != source:
                    edition.source_version = self.instance.version
                    edition.translator = edition.translator or by
            edition.save()


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
        inspect_upload(upload)
        upload.seek(0)
        self.digest = hashlib.sha256(upload.read()).hexdigest()
        upload.seek(0)
        if twin := Image.objects.filter(sha256=self.digest).exclude(pk=self.instance.pk).first():
            raise ValidationError(
                format_html(
                    '{} <a href="{}">{}</a>',
                    gettext("This picture is in the library already:"),
                    reverse("admin:news_image_change", args=[twin.pk]),
                    twin,
                ),
                code="twin",
            )
        self.original = normalise(upload)
        return ContentFile(self.original.content, name=f"original.{self.original.extension}")

    def _post_clean(self):
        super()._post_clean()
        if getattr(self, "original", None):
            self.instance.sha256 = self.digest
            self.instance.width, self.instance.height = self.original.width, self.original.height
