"""The meeting itself: when, where, for whom; what it is about; how to join it from a distance."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, FilteredRelation, Func, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from library.models import Topic
from regions.models import Circle, LocalGovernment
from regions.wall import INSIDER, Wall, in_circles, led

from .walls import LEADS_MEETING, of_meeting

if TYPE_CHECKING:
    from members.models import Member


LONGEST = dt.timedelta(days=7)
"""What lasts longer is no meeting. So whoever looks for what is not over begins a week ago, not at the first ever."""


class Form(models.TextChoices):
    """How a meeting takes place."""

    IN_PERSON = "in_person", _("on site")
    ONLINE = "online", _("online")
    HYBRID = "hybrid", _("on site and online")


class Attending(models.TextChoices):
    """How a person takes part."""

    IN_PERSON = "in_person", _("on site")
    ONLINE = "online", _("online")


class SeatsTaken(Func):
    """Counts past the wall: how many seats are taken is for whoever sees the meeting."""

    function = "app.seats_taken"
    output_field = models.IntegerField()


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings, narrowed and dressed. What the actor may not see is not there in the first place."""

    def lock(self, meeting: Meeting) -> Meeting:
        """The same meeting, with nobody else at the counter. Raises DoesNotExist for who may not change it."""
        return self.select_for_update(of=("self",)).get(pk=meeting.pk)

    def upcoming(self) -> MeetingQuerySet:
        """Not over yet, soonest first."""
        now = timezone.now()
        return self.filter(ends_at__gte=now, starts_at__gte=now - LONGEST).order_by("starts_at", "pk")

    def past(self) -> MeetingQuerySet:
        """Over, latest first."""
        now = timezone.now()
        return self.filter(ends_at__lt=now, starts_at__lt=now).order_by("-starts_at", "-pk")

    def published(self) -> MeetingQuerySet:
        return self.filter(state=Meeting.State.PUBLISHED)

    def on_the_road(self) -> MeetingQuerySet:
        """At a host, in the past two years or to come, and not cancelled; in order of time."""
        since = timezone.now() - dt.timedelta(days=730)
        taken_place = self.filter(state__in=[Meeting.State.PUBLISHED, Meeting.State.HELD]).exclude(form=Form.ONLINE)
        return taken_place.filter(host__isnull=False, starts_at__gte=since).order_by("starts_at", "pk")

    def of_circles(self, circles: list[int]) -> MeetingQuerySet:
        return self.filter(circle__in=circles)

    def awaiting(self, member: Member, circles: list[int]) -> MeetingQuerySet:
        """Published and to come, in these circles, and this member has not answered."""
        return self.published().upcoming().of_circles(circles).exclude(registrations__member=member)

    def with_answer_of(self, member: Member) -> MeetingQuerySet:
        """Each with ``my_answer`` ("yes", "maybe", "no" or None) and ``my_waiting``."""
        mine = FilteredRelation("registrations", condition=Q(registrations__member=member))
        return self.annotate(mine=mine, my_answer=F("mine__answer"), my_waiting=F("mine__waiting"))

    def with_seats_taken(self) -> MeetingQuerySet:
        """Each with ``taken_in_person`` and ``taken_online``."""
        return self.annotate(
            taken_in_person=SeatsTaken(F("pk"), models.Value(Attending.IN_PERSON)),
            taken_online=SeatsTaken(F("pk"), models.Value(Attending.ONLINE)),
        )


class Meeting(models.Model):
    """A *bijeenkomst*: one circle comes together, at a host, online, or both."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        CANCELLED = "cancelled", _("cancelled")
        HELD = "held", _("held")

    class Audience(models.TextChoices):
        CIRCLE = "circle", _("this circle")
        NETWORK = "network", _("all members of the network")
        PUBLIC = "public", _("everyone")

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="meetings", verbose_name=_("circle"))
    title = models.CharField(_("title"), max_length=120)
    about = models.TextField(_("what it is about"), blank=True, max_length=4000)
    topics = models.ManyToManyField(
        Topic, through="MeetingTopic", related_name="meetings", blank=True, verbose_name=_("topics")
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    form = models.CharField(_("form"), max_length=10, choices=Form, default=Form.IN_PERSON)
    host = models.ForeignKey(
        LocalGovernment,
        models.PROTECT,
        related_name="hosted_meetings",
        null=True,
        blank=True,
        verbose_name=_("host"),
    )
    venue = models.CharField(_("building and room"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=160, blank=True)
    route = models.TextField(_("how to get there"), blank=True, max_length=1000)
    seats_in_person = models.PositiveSmallIntegerField(
        _("seats on site"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit."),
    )
    seats_online = models.PositiveSmallIntegerField(
        _("seats online"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit."),
    )
    audience = models.CharField(_("visible to"), max_length=8, choices=Audience, default=Audience.CIRCLE)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    cancelled_because = models.CharField(_("reason for cancelling"), max_length=300, blank=True)
    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    sequence = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="SEQUENCE of RFC 5545: rises when people must be told of a change.",
    )
    invited_at = models.DateTimeField(_("invitations sent"), null=True, blank=True, editable=False)
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(
        _("changed"), auto_now=True, help_text="LAST-MODIFIED of RFC 5545; name it in update_fields."
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_at", "id"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        indexes = [
            # With all that the wall looks at, so that counting reads no row.
            models.Index(
                fields=["starts_at", "id"],
                include=["ends_at", "state", "audience", "circle"],
                name="meetings_in_time",
            ),
            models.Index(fields=["circle", "starts_at"], name="meetings_of_a_circle"),
        ]
        constraints = [
            Wall(
                name="meetings_wall",
                see=(
                    "(state <> 'draft' AND (audience = 'public' "
                    f"OR (audience = 'network' AND {INSIDER}) OR {in_circles()})) OR {led()} "
                    "OR id = ANY((SELECT app.hosting())::bigint[])"
                ),
                add=led(),
                change=led(),
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + LONGEST), name="meeting_lasts_a_week_at_most"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.pk])

    @property
    def is_in_person(self) -> bool:
        """One can come to a place."""
        return self.form != Form.ONLINE

    @property
    def is_online(self) -> bool:
        """One can join from a distance."""
        return self.form != Form.IN_PERSON

    @property
    def ways_to_attend(self) -> list[Attending]:
        """The ways that this meeting's form leaves, on site first."""
        return [
            way
            for way, offered in [(Attending.IN_PERSON, self.is_in_person), (Attending.ONLINE, self.is_online)]
            if offered
        ]

    @property
    def is_open(self) -> bool:
        """People can answer: it is published and has not begun."""
        return self.state == self.State.PUBLISHED and self.starts_at > timezone.now()

    @property
    def is_over(self) -> bool:
        return self.ends_at < timezone.now()

    @property
    def town(self) -> str:
        """Where, in a word: the host's town, or nothing for a meeting that is only online."""
        return self.host.name if self.host and self.is_in_person else ""

    def seats(self, attending: str) -> int | None:
        """Seats for this way of taking part; None is no limit."""
        return self.seats_in_person if attending == Attending.IN_PERSON else self.seats_online


class MeetingTopic(models.Model):
    """A meeting is about a topic."""

    meeting = models.ForeignKey(Meeting, models.CASCADE)
    topic = models.ForeignKey(Topic, models.CASCADE, verbose_name=_("topic"))

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            # Asked for one meeting of many per topic: a scalar is looked up, EXISTS may end in reading all meetings.
            Wall(
                name="meeting_topics_wall",
                see="(SELECT true FROM meetings_meeting AS m WHERE m.id = meeting_id)",
                add=LEADS_MEETING,
                change=LEADS_MEETING,
            ),
            models.UniqueConstraint(fields=["meeting", "topic"], name="a_topic_once_per_meeting"),
        ]


class JoinLink(models.Model):
    """The online address of a meeting. A row of its own, so that the wall keeps it from who only reads about it."""

    meeting = models.OneToOneField(Meeting, models.CASCADE, primary_key=True, related_name="join_link")
    url = models.URLField(_("online link"), max_length=500)

    class Meta:
        verbose_name = _("online link")
        verbose_name_plural = _("online links")
        constraints = [
            Wall(
                name="join_links_wall",
                see=of_meeting(in_circles("m.circle_id"), "m.id = ANY((SELECT app.attending())::bigint[])"),
                add=LEADS_MEETING,
                change=LEADS_MEETING,
            )
        ]
