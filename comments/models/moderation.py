"""What moderators decide, and by which rules a comment is held."""

import ipaddress

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .discussion import Posting


class Verdict(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("comment", "waiting")
    APPROVED = "approved", pgettext_lazy("comment", "approved")
    REJECTED = "rejected", pgettext_lazy("comment", "rejected")
    SPAM = "spam", pgettext_lazy("comment", "spam")
    WITHDRAWN = "withdrawn", pgettext_lazy("comment", "withdrawn by its writer")


class RejectionReason(models.Model):
    """Why a comment is not published, in the words that its writer reads."""

    name = models.CharField(_("name"), max_length=60)
    text = models.TextField(_("sentence in the mail to the writer"), max_length=500)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("reason for a rejection")
        verbose_name_plural = _("reasons for rejections")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name or str(self.pk)


class BanQuerySet(models.QuerySet):
    def current(self):
        return self.filter(Q(until=None) | Q(until__gt=timezone.now()), lifted_at=None)

    def of(self, email, ip):
        """The bans that a writer with this e-mail and IP address is under."""
        return self.current().against(email, ip)

    def against(self, email, ip):
        """Those of the past too."""
        email = email.lower()
        rule = Q(kind=Ban.Kind.EMAIL, value__in=[email, *erased_values(email)]) if email else Q(pk=None)
        labels = email.rpartition("@")[2].split(".")
        if email:
            rule |= Q(kind=Ban.Kind.DOMAIN, value__in=[".".join(labels[start:]) for start in range(len(labels))])
        if ip:
            address = ipaddress.ip_address(ip)
            nets = [str(ipaddress.ip_network((address, bits), False)) for bits in range(address.max_prefixlen + 1)]
            rule |= Q(kind=Ban.Kind.NETWORK, value__in=nets)
        return self.filter(rule)


ERASED = "erased:"  # before the digest that stands for an address whose owner had it erased


def erased_values(email):
    """What a ban keeps of an address instead of the address itself; the first by the present key."""
    return [
        ERASED + salted_hmac("comments.bans", email.lower(), secret=key, algorithm="sha256").hexdigest()[:40]
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]


class Ban(models.Model):
    """Nobody deletes one: it ends, or is lifted, and still tells who was kept out, by whom and why."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail address")
        DOMAIN = "domain", _("mail domain")
        NETWORK = "network", _("IP address or network")

    kind = models.CharField(_("what"), max_length=10, choices=Kind, default=Kind.EMAIL)
    value = models.CharField(
        _("which"),
        max_length=254,
        help_text=_("reader@example.org, example.org with all below it, 192.0.2.7 or 192.0.2.0/24"),
    )
    until = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty: for ever."))
    refuses = models.BooleanField(
        _("refused at once"),
        default=True,
        help_text=_(
            "The writer is told so and keeps the text. Otherwise comments are taken and wait for a moderator."
        ),
    )
    why = models.CharField(_("why"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    objects = BanQuerySet.as_manager()

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "value"], name="ban_value")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.value}"

    def clean(self):
        value = self.value.strip().lower()
        if self.kind == self.Kind.EMAIL and value.startswith(ERASED):
            return
        if self.kind == self.Kind.NETWORK:
            try:
                value = str(ipaddress.ip_network(value, strict=False))
            except ValueError:
                raise ValidationError({"value": _("This is no IP address and no network.")}) from None
        elif self.kind == self.Kind.DOMAIN:
            value = value.removeprefix("@").strip(".")
            if "@" in value or "." not in value or not value.replace("-", "").replace(".", "").isalnum():
                raise ValidationError({"value": _("This is no mail domain.")})
        elif value.count("@") != 1 or not all(value.split("@")):
            raise ValidationError({"value": _("This is no e-mail address.")})
        self.value = value


class TrustedWriter(models.Model):
    """An address whose owner has confirmed it and whom a moderator trusts."""

    email = models.EmailField(_("e-mail"), unique=True)
    trusted_at = models.DateTimeField(_("since"), default=timezone.now)
    trusted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("trusted writer")
        verbose_name_plural = _("trusted writers")
        ordering = ["email"]

    def __str__(self):
        return self.email

    def clean(self):
        self.email = self.email.lower()


class Decision(models.Model):
    """The log: what was decided on a comment, by whom, when and why. Never changed; taking back is a decision too.

    Decisions on a comment are numbered, so that the database lets only one follow the state that a moderator saw.
    A row is also the outbox of what follows from it (`learned`, `announced`).
    """

    posting = models.ForeignKey(Posting, models.CASCADE, related_name="decisions", verbose_name=_("comment"))
    number = models.PositiveIntegerField(_("number"))
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict)
    before = models.CharField(_("before it"), max_length=10, choices=Verdict)
    was_public = models.BooleanField(_("was published"), default=False)
    reason = models.ForeignKey(
        RejectionReason, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reason")
    )
    ban = models.ForeignKey(Ban, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("ban"))
    undoes = models.OneToOneField("self", models.CASCADE, null=True, blank=True, related_name="undone")
    by_writer = models.BooleanField(_("by the comment’s writer"), default=False)
    decided_at = models.DateTimeField(_("decided"), default=timezone.now, db_index=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    learned = models.BooleanField(_("the filter has learned from it"), default=False)
    announced = models.BooleanField(_("those concerned are being told"), default=False)

    class Meta:
        verbose_name = _("decision on a comment")
        verbose_name_plural = _("decisions on comments")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["posting", "number"], name="one_decision_follows_a_state"),
            models.CheckConstraint(
                condition=Q(reason=None) | Q(verdict=Verdict.REJECTED), name="only_rejections_have_reasons"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(learned=False), name="decision_to_learn"),
            models.Index(fields=["id"], condition=Q(announced=False), name="decision_to_announce"),
        ]

    def __str__(self):
        return f"{self.posting_id} · {self.number} · {self.verdict}"


class HoldingRule(models.Model):
    """What makes a comment suspicious. comments.holding applies it."""

    class Kind(models.TextChoices):
        LINKS = "links", _("more links than …")
        WORDS = "words", _("holds one of the words")
        SCRIPT = "script", _("in another script than the page’s")
        FLOOD = "flood", _("more comments in an hour than …")
        REPEAT = "repeat", _("same text again, from … characters")
        FILTER = "filter", _("the filter’s score from … %")

    NUMBERED = {Kind.LINKS, Kind.FLOOD, Kind.REPEAT, Kind.FILTER}

    kind = models.CharField(_("rule"), max_length=10, choices=Kind)
    number = models.PositiveSmallIntegerField(_("threshold"), null=True, blank=True)
    words = models.CharField(
        _("words"),
        max_length=1000,
        blank=True,
        help_text=_("Words or phrases, by commas; found in all their forms."),
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, blank=True, help_text=_("Empty: all languages.")
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("rule for holding comments")
        verbose_name_plural = _("rules for holding comments")
        ordering = ["kind", "language", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(kind="words") | ~Q(words=""), name="rule_has_its_words")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.words or ('' if self.number is None else self.number)}".strip()

    def clean(self):
        from news.search import analyse

        if self.kind == self.Kind.WORDS:
            if not analyse(self.words):
                raise ValidationError({"words": _("Write at least one word.")})
            self.number = None
        elif self.kind in self.NUMBERED and self.number is None:
            raise ValidationError({"number": _("This rule needs a number.")})


class Opinion(models.Model):
    """What the outside spam service says of a comment, and what it is told where moderators think otherwise. A row that
    was not sent waits to be (news.outbox): to be asked about, or with an answer to be contradicted."""

    class Answer(models.TextChoices):
        HAM = "ham", pgettext_lazy("comment", "no spam")
        SPAM = "spam", pgettext_lazy("comment", "spam")
        FAILED = "failed", pgettext_lazy("spam service", "no answer")

    posting = models.OneToOneField(
        Posting, models.CASCADE, primary_key=True, related_name="opinion", verbose_name=_("comment")
    )
    answer = models.CharField(_("answer"), max_length=10, choices=Answer, blank=True)
    contradicted = models.CharField(_("contradicted"), max_length=10, choices=Answer, blank=True)
    due_at = models.DateTimeField(_("to be sent from"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("opinion of the spam service")
        verbose_name_plural = _("opinions of the spam service")
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at=None), name="opinion_outbox")]

    def __str__(self):
        return f"{self.posting_id} {self.answer}"


class Word(models.Model):
    """In how many approved comments and in how much spam a word stood; `DOCUMENTS` counts the comments themselves."""

    DOCUMENTS = "#"  # no token: those are letters and digits

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    token = models.CharField(_("word"), max_length=40)
    good = models.IntegerField(_("in approved comments"), default=0)
    bad = models.IntegerField(_("in spam"), default=0)

    class Meta:
        verbose_name = _("word that the filter knows")
        verbose_name_plural = _("words that the filter knows")
        constraints = [models.UniqueConstraint(fields=["language", "token"], name="one_row_a_word")]

    def __str__(self):
        return f"{self.language} {self.token} {self.good}:{self.bad}"
