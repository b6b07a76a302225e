"""The library of pictures."""

import secrets

from django.conf import settings
from django.core.files.storage import storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from .columns import column


def originals():
    return storages["originals"]


def new_token():
    """Names a picture in addresses; can't be guessed, so that a picture is only found through what shows it."""
    return secrets.token_urlsafe(16)


def original_name(image, filename):
    return f"{image.token[:2].lower()}/{image.token}.{filename.rpartition('.')[2].lower()}"


WORDS = ["title", "file_name", "licence"]
WORDS += [column(name, code) for name in ("alt", "caption", "credit") for code, _name in settings.LANGUAGES]


class ImageQuerySet(models.QuerySet):
    def with_words(self, words):
        """Those that name each of the words, in any language."""
        found = self
        for word in words.casefold().split()[:8]:
            found = found.filter(words__contains=word)
        return found


class Image(models.Model):
    """A picture of the library. The original is never served; readers get renditions (news/images.py)."""

    file = models.FileField(_("file"), storage=originals, upload_to=original_name)
    token = models.CharField(max_length=22, unique=True, default=new_token, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    sha256 = models.CharField(max_length=64, editable=False, blank=True)
    file_name = models.CharField(_("file name"), max_length=200, blank=True, editable=False, default="")
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    focal_x = models.FloatField(
        _("focal point, from the left"), default=0.5, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    focal_y = models.FloatField(
        _("focal point, from the top"), default=0.5, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    title = models.CharField(_("title in the library"), max_length=200, blank=True)
    alt = models.CharField(_("alternative text"), max_length=300, blank=True)
    caption = models.CharField(_("caption"), max_length=500, blank=True)
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    words = models.TextField(editable=False, blank=True, default="")  # all of the above, for search whatever the case
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["sha256"], condition=~Q(sha256=""), name="one_picture_a_file"),
        ]

    def __str__(self):
        return self.title or Truncator(self.alt or self.file_name or self.token).chars(60)

    @classmethod
    def from_db(cls, db, field_names, values, **kwargs):
        image = super().from_db(db, field_names, values, **kwargs)
        image._loaded = {name: image.__dict__.get(name) for name in ("file", "focal_x", "focal_y")}
        return image

    def save(self, **kwargs):
        self.words = " ".join(filter(None, (getattr(self, name) for name in WORDS))).casefold()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "words"}
        # Addresses of renditions carry the version, as they are cached for ever.
        loaded = getattr(self, "_loaded", None)
        if loaded and any(
            str(getattr(self, name)) != str(value) for name, value in loaded.items() if value is not None
        ):
            self.version += 1
            if (fields := kwargs.get("update_fields")) is not None:
                kwargs["update_fields"] = {*fields, "version"}
        super().save(**kwargs)
        self._loaded = {name: getattr(self, name) for name in ("file", "focal_x", "focal_y")}
        self._loaded["file"] = self.file.name

    def delete(self, **kwargs):
        """Refuses while anything refers to the picture, or did in a version that can be brought back."""
        from .. import library

        with transaction.atomic():
            list(Image.objects.select_for_update().filter(pk=self.pk).values_list("pk"))  # nobody takes it meanwhile
            if uses := library.uses_of(self):
                raise ProtectedError("The picture is in use.", {thing for use in uses for thing in use.things})
            return super().delete(**kwargs)


class PictureUse(models.Model):
    """That a thing (an article, a page, …) has referred to a picture since it was made. Whether one of its versions still
    does is asked when it matters (news/library.py); ``in_text``: its saved text shows it now."""

    image = models.ForeignKey(Image, models.CASCADE, related_name="uses")
    kind = models.CharField(max_length=60)  # a model's label, such as news.article
    object_id = models.PositiveBigIntegerField()
    in_text = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("use of a picture")
        verbose_name_plural = _("uses of pictures")
        constraints = [models.UniqueConstraint(fields=["image", "kind", "object_id"], name="one_use_a_thing")]
        indexes = [models.Index(fields=["kind", "object_id"], name="picture_uses_of_a_thing")]

    def __str__(self):
        return f"{self.image_id} · {self.kind} {self.object_id}"
