import zoneinfo
from datetime import date
from functools import cache

from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modeltranslation.utils import get_translation_fields

FOUNDED = date(2001, 6, 15)  # the organisation's declaration was signed in Shanghai
BASE_CURRENCY = "RUB"  # the Bank of Russia quotes all others in it


def validate_zone(name):
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(zone)s” is not in the IANA time zone database."), params={"zone": name})


class Currency(models.Model):
    """A currency with its last good rate: roubles for ``nominal`` units. The history is in Rate."""

    code = models.CharField(
        _("code"), max_length=3, unique=True, validators=[RegexValidator(r"\A[A-Z]{3}\Z", _("Three capital letters."))]
    )
    numeric = models.CharField(
        _("numeric code"), max_length=3, unique=True, validators=[RegexValidator(r"\A[0-9]{3}\Z", _("Three digits."))]
    )
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=80)
    nominal = models.PositiveIntegerField(_("nominal"), null=True, blank=True)
    value = models.DecimalField(_("rate"), max_digits=14, decimal_places=4, null=True, blank=True)
    rate_date = models.DateField(_("date of the rate"), null=True, blank=True)
    quoted = models.BooleanField(_("quoted"), default=False, help_text=_("In the Bank of Russia's last table."))

    class Meta:
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quoted=False) | Q(nominal__gt=0, value__gt=0, rate_date__isnull=False),
                name="quoted_currency_has_rate",
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def is_base(self):
        return self.code == BASE_CURRENCY


class Rate(models.Model):
    currency = models.ForeignKey(Currency, models.CASCADE, verbose_name=_("currency"), related_name="rates")
    date = models.DateField(_("date"))
    nominal = models.PositiveIntegerField(_("nominal"), validators=[MinValueValidator(1)])
    value = models.DecimalField(_("rate"), max_digits=14, decimal_places=4)

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        ordering = ["-date", "currency__code"]
        get_latest_by = "date"
        constraints = [
            models.UniqueConstraint(fields=["currency", "date"], name="one_rate_a_day"),
            models.CheckConstraint(condition=Q(nominal__gt=0, value__gt=0), name="rate_is_positive"),
        ]

    def __str__(self):
        return f"{self.nominal} {self.currency} = {self.value} {BASE_CURRENCY} ({self.date})"


class State(models.Model):
    iso2 = models.CharField(
        _("ISO code"),
        max_length=2,
        unique=True,
        validators=[RegexValidator(r"\A[A-Z]{2}\Z", _("Two capital letters."))],
        help_text=_("ISO 3166-1 alpha-2, for example KZ. The address of the state's page is made of it."),
    )
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=80)
    formal_name = models.CharField(_("formal name"), max_length=160, blank=True)
    capital = models.CharField(_("capital"), max_length=80)
    tz = models.CharField(
        _("time zone of the capital"),
        max_length=64,
        validators=[validate_zone],
        help_text=_("A name from the IANA database, for example Asia/Almaty."),
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, verbose_name=_("currency"), related_name="states", null=True, blank=True
    )
    ministry_url = models.URLField(_("address of the foreign ministry"), blank=True)
    profile = models.TextField(
        _("about the state"), blank=True, help_text=_("Plain text; an empty line starts a paragraph.")
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=1000, help_text=_("The place within its group.")
    )

    class Meta:
        verbose_name = _("state")
        verbose_name_plural = _("states")
        ordering = ["position", "iso2"]

    def __str__(self):
        return self.name or self.iso2

    def get_absolute_url(self):
        return reverse("states:detail", args=[self.slug])

    @property
    def slug(self):
        return self.iso2.lower()

    @property
    def flag(self):
        """The flag below static/, or nothing for a state that has just been added and whose flag has not."""
        return find_flag(self.slug)


@cache
def find_flag(slug):
    path = f"flags/{slug}.svg"
    return path if finders.find(path) else ""


class MembershipQuerySet(models.QuerySet):
    def current(self, on):
        """The statuses that stood on that day; the day of a change belongs to the new status."""
        return self.filter(Q(until=None) | Q(until__gt=on), since__lte=on)

    def with_states(self):
        """With what lists show of a state; its texts stay behind."""
        texts = (f"state__{column}" for column in ["profile", *get_translation_fields("profile")])
        return self.select_related("state__currency").defer(*texts)

    def overlapping(self, membership):
        others = self.filter(Q(until=None) | Q(until__gt=membership.since), state=membership.state_id)
        if membership.until:
            others = others.filter(since__lt=membership.until)
        return others.exclude(pk=membership.pk)

    def in_groups(self):
        """Members, then observers, then partners, each group in the states' own order."""
        rank = Case(*(When(status=status, then=Value(place)) for place, status in enumerate(Membership.Status.values)))
        return self.order_by(rank, "state__position", "state__iso2")


class Membership(models.Model):
    class Status(models.TextChoices):
        MEMBER = "member", _("Member state")
        OBSERVER = "observer", _("Observer state")
        PARTNER = "partner", _("Dialogue partner")

    state = models.ForeignKey(State, models.CASCADE, verbose_name=_("state"), related_name="memberships")
    status = models.CharField(_("status"), max_length=10, choices=Status)
    since = models.DateField(_("since"))
    until = models.DateField(
        _("until"),
        null=True,
        blank=True,
        help_text=_("The first day on which it no longer holds; empty while it lasts."),
    )
    approximate = models.BooleanField(
        _("approximate"), default=False, help_text=_("The day is not certain: pages show the year alone.")
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("status in the organisation")
        verbose_name_plural = _("statuses in the organisation")
        ordering = ["state", "since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")),
                name="membership_ends_after_start",
                violation_error_message=_("A status must end after it began."),
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(until=None),
                name="one_open_membership",
                violation_error_message=_("The state has another status that has not ended."),
            ),
        ]

    def __str__(self):
        return f"{self.state.iso2} · {self.since}"  # kept by the desk's log, hence in no language

    # The admin's form holds all statuses of a state and compares them with each other, not with what is stored.
    compared_with_stored = True

    def clean(self):
        if not self.since:
            return
        if self.since < FOUNDED:
            raise ValidationError({"since": _("The organisation was founded on 15 June 2001.")})
        if self.compared_with_stored and self.state_id and Membership.objects.overlapping(self).exists():
            raise ValidationError(_("The state has another status in this time."))

    def validate_constraints(self, exclude=None):
        super().validate_constraints(exclude if self.compared_with_stored else {*(exclude or ()), "state"})
