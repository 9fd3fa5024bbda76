"""The queue of record: what must leave, what has left, and what is doubtful. Celery only does the sending."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from regions.models import Circle
from regions.wall import STEWARD, SYSTEM_ONLY, Wall, led, mine


class Channel(models.Model):
    """The Teams channel of a circle. Whoever has its address can post there, so only who leads the circle sees it.

    The row stays when the channel is taken away (``url`` is empty then): posts that were sent refer to it.
    """

    circle = models.OneToOneField(Circle, models.CASCADE, related_name="channel", verbose_name=_("circle"))
    url = models.CharField(_("address of the channel"), max_length=2000, blank=True)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("Teams channel")
        verbose_name_plural = _("Teams channels")
        constraints = [Wall(name="channels_wall", see=f"{led()} OR {STEWARD}", add=led(), change=led())]

    def __str__(self) -> str:
        return f"Teams: {self.circle}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries, narrowed."""

    def about(self, thing: str) -> DeliveryQuerySet:
        """Everything about one thing, "meeting:12"."""
        return self.filter(about=thing)

    def unsent(self) -> DeliveryQuerySet:
        return self.filter(state=Delivery.State.QUEUED)

    def failed(self) -> DeliveryQuerySet:
        return self.filter(state=Delivery.State.FAILED)


class Delivery(models.Model):
    """One letter to one address: promised in the transaction of what it tells, sent once.

    The text itself is a ``Letter``, a row that nobody but the system reads: it holds personal links.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to be sent")
        HANDING_OVER = "handing_over", _("being handed over")  # committed just before the SMTP DATA
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        WITHDRAWN = "withdrawn", _("withdrawn")  # unsubscribed, expired, or no longer allowed

    kind = models.CharField(_("kind"), max_length=32)
    dedupe_key = models.CharField(
        max_length=500,  # holds the longest address that a form takes, beside the rest
        unique=True,
        help_text=_("Kind, subject, version and recipient. The same e-mail is not sent a second time."),
    )
    about = models.CharField(_("about"), max_length=40, blank=True, db_index=True)
    circle = models.ForeignKey(
        Circle, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("circle")
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name=_("member"),
    )
    channel = models.ForeignKey(
        Channel, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("Teams channel")
    )  # a post to Teams, and no e-mail
    to = models.EmailField(_("to"), max_length=320)  # what a form takes; too long for the relay is a failed letter
    subject = models.CharField(_("subject"), max_length=200)
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.QUEUED)
    posted_at = models.DateTimeField(_("posted"), default=timezone.now)
    due_at = models.DateTimeField(_("next try"), default=timezone.now)
    not_after = models.DateTimeField(
        _("not sent after"),
        null=True,
        blank=True,
        help_text=_("An invitation is not sent once the meeting has begun."),
    )
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(
        _("attempts"), default=0, help_text=_("Rises with every attempt to send the e-mail.")
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    can_unsubscribe = models.BooleanField(
        default=False, help_text=_("Not sent to people who unsubscribed from the e-mails of the circle.")
    )
    only_while_member = models.BooleanField(
        default=False, help_text=_("Not sent to people who have left the circle since.")
    )
    maybe_double = models.BooleanField(
        _("possibly double"), default=False, help_text=_("The mail server may already have had it; same Message-ID.")
    )
    error = models.TextField(_("what went wrong"), blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-posted_at", "-id"]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=["queued", "handing_over"]), name="deliveries_due")
        ]
        constraints = [
            Wall(
                name="deliveries_wall",
                # A steward is the system too; said first, it spares each step of each letter the longer questions.
                see=f"{SYSTEM_ONLY} OR {mine()} OR {led()} OR {STEWARD}",
                add=SYSTEM_ONLY,
                change=SYSTEM_ONLY,
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.to}"


class Wording(models.Model):
    """What letters of one batch have in common, once for all of them: it is most of what a letter says.

    Bodies and calendar file are lists of pieces; a number is the place in ``Letter.own`` of what belongs there.
    """

    text = models.JSONField()
    html = models.JSONField()
    calendar = models.JSONField(
        default=list,
        db_default=Value([], models.JSONField()),
        blank=True,
        help_text=_("An .ics, sent as a text/calendar part."),
    )
    calendar_method = models.CharField(max_length=12, default="", db_default="", blank=True)

    class Meta:
        verbose_name = _("text of several e-mails")
        verbose_name_plural = _("texts of several e-mails")
        constraints = [Wall(name="wordings_wall", see=SYSTEM_ONLY, add=SYSTEM_ONLY, change=SYSTEM_ONLY)]


class LetterManager(models.Manager["Letter"]):
    """Letters, each with its wording."""

    def get_queryset(self) -> models.QuerySet[Letter]:
        return super().get_queryset().select_related("wording")


class Letter(models.Model):
    """What a delivery says, written when it was promised. Read by the system alone; thrown away some time after sending.

    Whoever reads it asks for ``text``, ``html``, ``calendar`` and ``calendar_method``. They come from its wording; a
    post to Teams, and a letter that was promised before there were wordings, has them itself.
    """

    delivery = models.OneToOneField(Delivery, models.CASCADE, primary_key=True, related_name="letter")
    wording = models.ForeignKey(Wording, models.PROTECT, null=True, blank=True, related_name="letters")
    own = models.JSONField(default=list, db_default=Value([], models.JSONField()), blank=True)
    headers = models.JSONField(default=dict, blank=True)
    # NULL beside a wording: whoever does not know of wordings fails on such a letter, and does not send an empty one.
    own_text = models.TextField(null=True, blank=True, db_column="text")  # noqa: DJ001
    own_html = models.TextField(default="", db_default="", blank=True, db_column="html")
    own_calendar = models.TextField(default="", db_default="", blank=True, db_column="calendar")
    own_calendar_method = models.CharField(
        max_length=12, default="", db_default="", blank=True, db_column="calendar_method"
    )

    objects = LetterManager()

    class Meta:
        verbose_name = _("text of an e-mail")
        verbose_name_plural = _("texts of e-mails")
        constraints = [Wall(name="letters_wall", see=SYSTEM_ONLY, add=SYSTEM_ONLY, change=SYSTEM_ONLY)]

    @property
    def text(self) -> str:
        return filled(self.wording.text, self.own) if self.wording else self.own_text or ""

    @property
    def html(self) -> str:
        return filled(self.wording.html, [*map(escape, self.own)]) if self.wording else self.own_html

    @property
    def calendar(self) -> str:
        return filled(self.wording.calendar, self.own) if self.wording else self.own_calendar

    @property
    def calendar_method(self) -> str:
        return self.wording.calendar_method if self.wording else self.own_calendar_method


def filled(pieces: list[str | int], own: list[str]) -> str:
    """A body, with what is of one reader in the places where a number stands."""
    return "".join([piece if isinstance(piece, str) else own[piece] for piece in pieces])


class SilenceQuerySet(models.QuerySet["Silence"]):
    """Silences, narrowed."""

    def against(self, address: Any, circle: Any) -> SilenceQuerySet:
        """Those that could forbid letters of this circle to this address; values or expressions."""
        return self.filter(Q(circle=None) | Q(circle=circle), address__iexact=address)


class Silence(models.Model):
    """An address that must not be written to: it bounced, or its owner unsubscribed from a circle."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        BOUNCED = "bounced", _("bounced")

    address = models.EmailField(_("address"))
    circle = models.ForeignKey(
        Circle,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("circle"),
        help_text=_("Empty: from every circle."),
    )
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    since = models.DateTimeField(_("since"), default=timezone.now)

    objects = SilenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("address without e-mails")
        verbose_name_plural = _("addresses without e-mails")
        indexes = [models.Index(Upper("address"), name="silences_by_address")]  # what iexact asks
        constraints = [
            Wall(name="silences_wall", see=STEWARD, add=STEWARD, change=STEWARD),
            models.UniqueConstraint(
                fields=["address", "circle", "reason"], nulls_distinct=False, name="one_silence_per_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.address


class Slot(models.Model):
    """One run of a timed job. Whoever inserts it runs the job: no row, no run."""

    task = models.CharField(_("task"), max_length=60)
    slot = models.CharField(_("slot"), max_length=40)
    taken_at = models.DateTimeField(_("taken"), default=timezone.now)

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        constraints = [
            Wall(name="slots_wall", see=STEWARD, add=SYSTEM_ONLY, change=SYSTEM_ONLY),
            models.UniqueConstraint(fields=["task", "slot"], name="each_slot_once"),
        ]
