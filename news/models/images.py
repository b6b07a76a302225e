"""The library of pictures."""

import secrets

from django.conf import settings
from django.core.files.storage import storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _


def originals():
    return storages["originals"]


def new_token():
    """Names a picture in addresses; can't be guessed, so that a picture is only found through what shows it."""
    return secrets.token_urlsafe(16)


def original_name(image, filename):
    return f"{image.token[:2].lower()}/{image.token}.{filename.rpartition('.')[2].lower()}"


class Image(models.Model):
    """A picture of the library. The original is never served; readers get renditions (news/images.py)."""

    file = models.FileField(_("file"), storage=originals, upload_to=original_name)
    token = models.CharField(max_length=22, unique=True, default=new_token, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True, editable=False, blank=True)
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

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["-pk"]

    def __str__(self):
        return self.title or Truncator(self.alt or self.token).chars(60)

    @classmethod
    def from_db(cls, db, field_names, values, **kwargs):
        image = super().from_db(db, field_names, values, **kwargs)
        image._loaded = {name: image.__dict__.get(name) for name in ("file", "focal_x", "focal_y")}
        return image

    def save(self, **kwargs):
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
