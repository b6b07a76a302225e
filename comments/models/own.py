"""What is known of readers who come back: the device that they let us remember, and a link that they asked for."""

from django.conf import settings
from django.core import signing
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

MINE_SALT = "comments.mine"


class Remembered(models.Model):
    """A device whose reader has confirmed an address on it and wants to write from there without another mail."""

    device = models.CharField(max_length=32, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), db_index=True)
    name = models.CharField(_("name"), max_length=50)
    confirmed_at = models.DateTimeField(_("confirmed"), default=timezone.now)
    used_at = models.DateTimeField(_("last used"), default=timezone.now)

    class Meta:
        verbose_name = _("remembered device")
        verbose_name_plural = _("remembered devices")

    def __str__(self):
        return self.email

    @property
    def masked(self):
        """Tells its owner which one it is, and nobody else who sits at the device."""
        local, _at, domain = self.email.partition("@")
        return f"{local[:1]}…@{domain}"


class AddressLink(models.Model):
    """Somebody wants to see, or to erase, what was written with an address: a link goes there by mail."""

    email = models.EmailField(_("e-mail"), blank=True)
    network = models.CharField(_("network"), max_length=50, blank=True)
    domain = models.CharField(_("mail domain"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    created_at = models.DateTimeField(_("asked"), default=timezone.now, db_index=True)
    mailed_at = models.DateTimeField(_("mailed"), null=True, blank=True)
    used_at = models.DateTimeField(_("used to erase"), null=True, blank=True)

    class Meta:
        verbose_name = _("link to what an address has written")
        verbose_name_plural = _("links to what an address has written")

    def __str__(self):
        return str(self.pk)

    @property
    def token(self):
        return signing.dumps(self.pk, salt=MINE_SALT)

    def address(self):
        with translation.override(self.language):
            return settings.SITE_URL + reverse("comments:mine_linked", args=[self.token])
