"""Articles, and what is true of them in one language: their editions."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, FilteredRelation, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from slugify import slugify

from states.models import State

from ..richtext import clean_html, image_tokens
from .columns import column
from .images import Image
from .named import Author, Section, Tag

LANGUAGES = [code for code, _name in settings.LANGUAGES]
TEXT_COLUMNS = {column(field, code) for field in ("title", "lead", "body") for code, _name in settings.LANGUAGES}
SHOWS_PICTURES = {column("body", code) for code, _name in settings.LANGUAGES} | {"lead_image"}
FOR_TRANSLATORS = TEXT_COLUMNS | {"translation_priority"}


class ArticleQuerySet(models.QuerySet):
    def in_language(self, language=None):
        """Each article with ``article.edition``: its edition in the language, or None."""
        language = language or translation.get_language()
        return self.annotate(
            edition=FilteredRelation("editions", condition=Q(editions__language=language))
        ).select_related("edition")

    def published(self, language=None, at=None):
        """What a reader of the language may see at the moment: the one rule, with its twin ``Edition.is_published``."""
        at = at or timezone.now()
        # One filter() call, hence one join; a headline that is NULL is not greater than "" either.
        return self.in_language(language).filter(
            Q(edition__unpublish_at=None) | Q(edition__unpublish_at__gt=at),
            edition__status=Edition.Status.PUBLISHED,
            edition__published_at__lte=at,
            **{f"{column('title', language)}__gt": ""},
        )

    def newest(self):
        return self.order_by("-edition__published_at", "-pk")

    def for_lists(self):
        """What a list shows, in one query: no bodies."""
        return self.select_related("section", "lead_image").defer(
            *[column("body", code) for code, _name in settings.LANGUAGES]
        )

    def for_page(self):
        """What a story's page shows; its editions come with it, in the same query (``Article.edition_in``)."""
        editions = {column("edition", code): Q(editions__language=code) for code in LANGUAGES}
        joined = {name: FilteredRelation("editions", condition=condition) for name, condition in editions.items()}
        return (
            self.annotate(**joined)
            .select_related("section", "lead_image", *joined)
            .prefetch_related(
                "tags",
                "states",
                models.Prefetch("bylines", Byline.objects.select_related("author")),
            )
        )


class Article(models.Model):
    class Comments(models.TextChoices):
        OPEN = "open", _("open, and closed by age")
        KEPT = "kept", _("open, whatever the age")
        CLOSED = "closed", _("closed: shown, no new ones")
        HIDDEN = "hidden", _("none")

    class TranslationPriority(models.IntegerChoices):
        URGENT = 2, _("urgent")
        SOON = 1, _("soon")
        NORMAL = 0, _("normal")
        NOT_WANTED = -1, _("not to be translated")

    section = models.ForeignKey(Section, models.PROTECT, related_name="articles", verbose_name=_("section"))
    title = models.CharField(_("headline"), max_length=200, blank=True)
    lead = models.TextField(_("lead"), max_length=600, blank=True)
    dateline = models.CharField(
        _("dateline"), max_length=80, blank=True, help_text=_("The place that the story comes from: Samarkand.")
    )
    body = models.TextField(_("text"), blank=True)
    source_name = models.CharField(_("source"), max_length=200, blank=True)
    source_url = models.URLField(_("source's address"), blank=True)
    tags = models.ManyToManyField(Tag, related_name="articles", blank=True, verbose_name=_("tags"))
    states = models.ManyToManyField(State, related_name="articles", blank=True, verbose_name=_("states"))
    authors = models.ManyToManyField(Author, through="Byline", related_name="articles", verbose_name=_("authors"))
    lead_image = models.ForeignKey(
        Image, models.PROTECT, null=True, blank=True, related_name="lead_of", verbose_name=_("lead image")
    )
    images = models.ManyToManyField(Image, through="GalleryItem", related_name="galleries", verbose_name=_("gallery"))
    together = models.JSONField(
        _("languages that go out together"),
        default=list,
        blank=True,
        help_text=_("Each of them, once published, waits for the others, and all appear at the same moment."),
    )
    comment_policy = models.CharField(_("comments"), max_length=10, choices=Comments, default=Comments.OPEN)
    comments_note = models.CharField(
        _("why there are no new comments"),
        max_length=300,
        blank=True,
        help_text=_("Readers see this sentence where the discussion is closed; without it, a general one."),
    )
    translation_priority = models.SmallIntegerField(
        _("translation into other languages"), choices=TranslationPriority, default=TranslationPriority.NORMAL
    )
    legacy_idn = models.PositiveBigIntegerField(_("number in the old portal"), null=True, blank=True, unique=True)
    legacy_flags = models.JSONField(_("doubts about the import"), default=list, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="articles_created",
        verbose_name=_("created by"),
    )
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["id"], condition=~Q(legacy_flags=[]), name="article_with_doubts")]

    def __str__(self):
        for code in (translation.get_language() or settings.LANGUAGE_CODE, *dict(settings.LANGUAGES)):
            if title := self.text("title", code):
                return title
        return _("Article %(number)s") % {"number": self.pk}

    def save(self, **kwargs):
        # Whoever saves gets clean text: forms, imports and create() alike.
        for code, _name in settings.LANGUAGES:
            name = column("body", code)
            if name in self.__dict__:
                setattr(self, name, clean_html(self.__dict__[name]))
        with transaction.atomic():
            super().save(**kwargs)
            if kwargs.get("update_fields") is None or TEXT_COLUMNS.intersection(kwargs["update_fields"]):
                from .. import search

                search.index(self)
            if kwargs.get("update_fields") is None or SHOWS_PICTURES.intersection(kwargs["update_fields"]):
                from .. import library

                library.note(self)
            if kwargs.get("update_fields") is None or FOR_TRANSLATORS.intersection(kwargs["update_fields"]):
                from .. import translations

                translations.refresh(self.pk)

    def get_absolute_url(self):
        return self.address()

    # Editions

    def text(self, field, language):
        return getattr(self, column(field, language)) or ""

    def edition_in(self, language):
        """The edition, from what is loaded already where it can be."""
        loaded = self.__dict__.get("edition")
        if loaded is not None and loaded.language == language:
            return loaded
        if (name := column("edition", language)) in self.__dict__:
            return self.__dict__[name]
        return next((edition for edition in self.editions.all() if edition.language == language), None)

    def is_published(self, language=None, at=None):
        language = language or translation.get_language()
        edition = self.edition_in(language)
        return bool(edition and edition.is_published(at) and self.text("title", language))

    def published_languages(self, at=None):
        return [code for code, _name in settings.LANGUAGES if self.is_published(code, at)]

    def address(self, language=None, view="news:article"):
        """The path in a language: ``/en/news/23934-iran-russia-review/``. The number finds, the slug explains."""
        language = language or translation.get_language()
        edition = self.edition_in(language)
        slug = edition.slug if edition and edition.slug else "-"
        with translation.override(language):
            return reverse(view, args=[self.pk, slug])

    def publish(self, language, *, at=None, by=None):
        """Publishes the text in a language; raises ValidationError where there is none."""
        from ..publication import publish

        return publish(self, language, at=at, by=by)

    @cached_property
    def shown_corrections(self):
        """What readers of the active language are told of mistakes; no query where there were none."""
        edition = self.edition_in(translation.get_language())
        return list(self.corrections.published()) if edition and edition.corrected_at else []

    @property
    def was_changed(self):
        edition = self.__dict__.get("edition")
        return edition and edition.updated_at and edition.updated_at - edition.published_at > timedelta(minutes=10)

    def picture_references(self):
        """The tokens of the pictures that the texts show, and the numbers of those that the article names itself."""
        bodies = [self.text("body", code) for code, _name in settings.LANGUAGES]
        return {token for body in bodies for token in image_tokens(body)}, {self.lead_image_id}

    @cached_property
    def pictures(self):
        """The pictures of the gallery and those that the body in the active language names; one query."""
        images = Image.objects.order_by()
        found = images.filter(gallery_items__article=self).annotate(
            place=F("gallery_items__position"), item=F("gallery_items__pk")
        )
        if tokens := image_tokens(self.body or ""):
            none = models.Value(None, output_field=models.IntegerField())
            found = found.union(images.filter(token__in=tokens).annotate(place=none, item=none), all=True)
        return list(found)

    @property
    def gallery_images(self):
        images = [image for image in self.pictures if image.item is not None]
        return sorted(images, key=lambda image: (image.place, image.item))

    @property
    def body_images(self):
        """By token."""
        return {image.token: image for image in self.pictures if image.item is None}


class EditionQuerySet(models.QuerySet):
    def published(self, at=None):
        at = at or timezone.now()
        return self.filter(status=Edition.Status.PUBLISHED, published_at__lte=at).filter(
            Q(unpublish_at=None) | Q(unpublish_at__gt=at)
        )


class Edition(models.Model):
    """What is true of an article in one language alone."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        REVIEW = "review", _("in review")
        READY = "ready", _("ready, waits for the other languages")
        PUBLISHED = "published", _("published or scheduled")
        WITHDRAWN = "withdrawn", _("withdrawn")

    SCHEDULED = "scheduled"  # no status of its own: the clock alone makes it public

    article = models.ForeignKey(Article, models.CASCADE, related_name="editions", verbose_name=_("article"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    slug = models.SlugField(
        _("slug"), max_length=120, blank=True, help_text=_("Made from the headline if left empty.")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, help_text=_("Moscow time."))
    unpublish_at = models.DateTimeField(_("to be withdrawn"), null=True, blank=True, help_text=_("Moscow time."))
    live_until = models.DateTimeField(
        _("live until"),
        null=True,
        blank=True,
        help_text=_("Until then readers are told that the story is being written on. Moscow time."),
    )
    withdrawal_reason = models.CharField(_("why it was withdrawn"), max_length=300, blank=True, default="")
    updated_at = models.DateTimeField(_("text changed"), null=True, blank=True, editable=False)
    corrected_at = models.DateTimeField(_("last correction"), null=True, blank=True, editable=False)
    source_version = models.PositiveIntegerField(
        _("version it was translated from"), null=True, blank=True, editable=False
    )
    translator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="translations",
        verbose_name=_("translator"),
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "language"], name="one_edition_a_language"),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="published_edition_has_a_date",
                violation_error_message=_("A published edition needs a date."),
            ),
            models.CheckConstraint(
                condition=Q(unpublish_at=None) | Q(published_at__isnull=False, unpublish_at__gt=F("published_at")),
                name="edition_is_withdrawn_after_it_is_published",
                violation_error_message=_("An edition can be withdrawn only after it is published."),
            ),
        ]
        indexes = [
            models.Index(fields=["language", "status", "-published_at"], name="edition_newest"),
            models.Index(fields=["language", "status", "-unpublish_at"], name="edition_last_withdrawn"),
        ]

    def __str__(self):
        return f"{self.article_id} · {self.language}"

    @classmethod
    def from_db(cls, db, field_names, values, **kwargs):
        edition = super().from_db(db, field_names, values, **kwargs)
        edition.remember()
        return edition

    def refresh_from_db(self, *args, **kwargs):
        super().refresh_from_db(*args, **kwargs)
        self.remember()

    def remember(self):
        """How the row is in the database: what may become of it depends on that."""
        self._stored = {name: self.__dict__.get(name) for name in ("status", "published_at", "unpublish_at")}

    def save(self, **kwargs):
        from .. import proof, publication, translations

        if not self.slug:
            self.slug = slugify(self.article.text("title", self.language), max_length=80, word_boundary=True)
        stored = getattr(self, "_stored", None)
        if stored and stored["status"]:
            publication.check_step(self, Edition(**stored))
        with transaction.atomic():
            super().save(**kwargs)
            if stored is None or any(getattr(self, name) != value for name, value in stored.items()):
                proof.plan(self, before=Edition(**(stored or {})))
            translations.refresh(self.article_id)
        self.remember()

    def clean(self):
        if self.status == self.Status.PUBLISHED and not self.published_at:
            self.published_at = timezone.now()
        if self.unpublish_at and self.published_at and self.unpublish_at <= self.published_at:
            raise ValidationError({"unpublish_at": _("An edition can be withdrawn only after it is published.")})

    def is_published(self, at=None):
        at = at or timezone.now()
        return (
            self.status == self.Status.PUBLISHED
            and self.published_at is not None
            and self.published_at <= at
            and (self.unpublish_at is None or self.unpublish_at > at)
        )

    def stage(self, at=None):
        """The status as readers meet it: what is published may be scheduled, or over."""
        if self.status != self.Status.PUBLISHED:
            return self.Status(self.status)
        if self.is_scheduled(at):
            return self.SCHEDULED
        return self.Status.WITHDRAWN if self.is_gone(at) else self.Status.PUBLISHED

    def is_scheduled(self, at=None):
        return (
            self.status == self.Status.PUBLISHED
            and self.published_at is not None
            and self.published_at > (at or timezone.now())
        )

    def is_live(self, at=None):
        """The mark goes by itself, so that no forgotten one promises news that does not come."""
        at = at or timezone.now()
        return self.live_until is not None and at < self.live_until and self.is_published(at)

    def is_gone(self, at=None):
        """Was published once and is withdrawn: 410, not 404."""
        at = at or timezone.now()
        if self.published_at is None or self.published_at > at:
            return False
        return self.status == self.Status.WITHDRAWN or bool(
            self.status == self.Status.PUBLISHED and self.unpublish_at and self.unpublish_at <= at
        )


class Byline(models.Model):
    article = models.ForeignKey(Article, models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, models.PROTECT, related_name="bylines", verbose_name=_("author"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["article", "author"], name="one_byline_an_author")]

    def __str__(self):
        return str(self.author)


class GalleryItem(models.Model):
    article = models.ForeignKey(Article, models.CASCADE, related_name="gallery")
    image = models.ForeignKey(Image, models.PROTECT, related_name="gallery_items", verbose_name=_("image"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("gallery picture")
        verbose_name_plural = _("gallery")
        ordering = ["position", "pk"]

    def __str__(self):
        return str(self.image)

    def save(self, **kwargs):
        from .. import library

        with transaction.atomic():
            super().save(**kwargs)
            library.note_image(Article, self.article_id, self.image_id)
