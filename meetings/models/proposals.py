"""Circles that look for speakers on a topic, and the talks that are proposed to them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from library.models import Topic
from regions.models import Circle
from regions.wall import SYSTEM_ONLY, Wall, led

from .gathering import Meeting
from .speakers import Speaker, Talk

LEADS_CALL = f"EXISTS (SELECT FROM meetings_speakercall AS c WHERE c.id = call_id AND {led('c.circle_id')})"
# A foreign key looks through the wall: a talk that a proposal became is one of the very circle that called.
OF_THE_CALLING_CIRCLE = (
    "(talk_id IS NULL OR EXISTS (SELECT FROM meetings_talk AS t JOIN meetings_agendaitem AS i ON i.id = t.item_id "
    "JOIN meetings_meeting AS m ON m.id = i.meeting_id JOIN meetings_speakercall AS c ON c.circle_id = m.circle_id "
    "WHERE t.id = talk_id AND c.id = call_id))"
)


class SpeakerCall(models.Model):
    """A circle looks for speakers on a topic, or on any, until it says that it no longer does. For all to read."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="speaker_calls", verbose_name=_("circle"))
    topic = models.ForeignKey(
        Topic,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="speaker_calls",
        verbose_name=_("topic"),
        help_text=_("Empty: any topic."),
    )
    text = models.TextField(_("what you look for"), max_length=1000)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["topic__title", "circle__name"]
        verbose_name = _("call for speakers")
        verbose_name_plural = _("calls for speakers")
        constraints = [
            Wall(name="speaker_calls_wall", see=f"closed_at IS NULL OR {led()}", add=led(), change=led()),
            models.UniqueConstraint(
                fields=["circle", "topic"],
                condition=Q(closed_at=None),
                nulls_distinct=False,
                name="one_open_call_per_topic",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.circle}: {self.topic or _('any topic')}"


class ProposalQuerySet(models.QuerySet["TalkProposal"]):
    """Proposals of a circle, narrowed."""

    def of(self, circle: Circle) -> ProposalQuerySet:
        """With what their page says of them."""
        kept = self.filter(call__circle=circle).exclude(confirmed_at=None)
        return kept.select_related("call__circle", "call__topic", "talk__item__meeting", "talk__speaker")


class TalkProposal(models.Model):
    """Somebody offers a talk to a circle that called for it. Kept in the pool of that circle until it has a place.

    Where it stands follows from its talk; when that goes, with its meeting, the proposal is in the pool again.
    """

    call = models.ForeignKey(
        SpeakerCall, models.CASCADE, related_name="proposals", verbose_name=_("call for speakers")
    )
    title = models.CharField(_("title"), max_length=120)
    about = models.TextField(_("what you would tell"), max_length=2000)
    name = models.CharField(_("name"), max_length=80)
    organisation = models.CharField(_("organisation"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Speaker.Kind)
    email = models.EmailField(
        _("e-mail address"), blank=True, help_text=_("Forgotten when the proposal is declined.")
    )
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="nl")
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    confirmed_at = models.DateTimeField(
        _("confirmed"), null=True, blank=True, help_text=_("When the address was proved. Until then nobody reads it.")
    )
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    talk = models.ForeignKey(
        Talk, models.SET_NULL, null=True, blank=True, related_name="proposals", verbose_name=_("talk")
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at"]
        verbose_name = _("proposed talk")
        verbose_name_plural = _("proposed talks")
        constraints = [
            # Written down by the portal: whoever proposes may be anyone, and reads nothing back.
            Wall(
                name="talk_proposals_wall",
                see=f"(confirmed_at IS NOT NULL AND {LEADS_CALL}) OR {SYSTEM_ONLY}",
                add=SYSTEM_ONLY,
                change=f"(confirmed_at IS NOT NULL AND {LEADS_CALL} AND {OF_THE_CALLING_CIRCLE}) OR {SYSTEM_ONLY}",
                delete=SYSTEM_ONLY,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("talk_proposal", args=[self.pk])

    @property
    def circle(self) -> Circle:
        return self.call.circle

    @property
    def circle_id(self) -> int:
        return self.call.circle_id

    @property
    def is_vendor(self) -> bool:
        return self.kind == Speaker.Kind.VENDOR

    @property
    def meeting(self) -> Meeting | None:
        return self.talk.item.meeting if self.talk else None

    @property
    def is_in_pool(self) -> bool:
        return self.talk is None and self.declined_at is None

    @property
    def was_held(self) -> bool:
        """The talk took place: there is nothing left to move."""
        meeting = self.meeting
        gone = (Talk.State.DECLINED, Talk.State.WITHDRAWN)
        return bool(
            self.talk
            and meeting
            and meeting.is_over
            and meeting.state != Meeting.State.CANCELLED
            and self.talk.state not in gone
        )
