"""Gatherings of a circle and what belongs to them: programme, speakers, invitations, answers, material."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from library.models import Topic
from regions.models import Circle, LocalGovernment
from regions.wall import A_TREKKER, INSIDER, STEWARD, SYSTEM_ONLY, Wall, among_peers, in_circles, led, mine

if TYPE_CHECKING:
    from members.models import Member

# What hangs on a meeting is seen as the meeting is: these subqueries go through the meeting's own wall.
SEES_MEETING = "meeting_id IN (SELECT id FROM meetings_meeting)"
LEADS_MEETING = f"meeting_id IN (SELECT id FROM meetings_meeting WHERE {led()})"
SEES_ITEM = "item_id IN (SELECT id FROM meetings_agendaitem)"
LEADS_ITEM = (
    "item_id IN (SELECT i.id FROM meetings_agendaitem i JOIN meetings_meeting m ON m.id = i.meeting_id "
    f"WHERE {led('m.circle_id')})"
)
# A foreign key looks through the wall: what material hangs on must be of its own meeting.
OF_THIS_MEETING = (
    "(item_id IS NULL OR (item_id, meeting_id) IN (SELECT id, meeting_id FROM meetings_agendaitem)) "
    "AND (talk_id IS NULL OR (talk_id, meeting_id) IN (SELECT t.id, i.meeting_id FROM meetings_talk t "
    "JOIN meetings_agendaitem i ON i.id = t.item_id))"
)


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
        return self.filter(ends_at__gte=timezone.now()).order_by("starts_at", "pk")

    def past(self) -> MeetingQuerySet:
        """Over, latest first."""
        return self.filter(ends_at__lt=timezone.now()).order_by("-starts_at", "-pk")

    def published(self) -> MeetingQuerySet:
        return self.filter(state=Meeting.State.PUBLISHED)

    def of_circles(self, circles: list[int]) -> MeetingQuerySet:
        return self.filter(circle__in=circles)

    def awaiting(self, member: Member, circles: list[int]) -> MeetingQuerySet:
        """Published and to come, in these circles, and this member has not answered."""
        answered = Registration.objects.filter(meeting=OuterRef("pk"), member=member)
        return self.published().upcoming().of_circles(circles).filter(~Exists(answered))

    def with_answer_of(self, member: Member) -> MeetingQuerySet:
        """Each with ``my_answer`` ("yes", "maybe", "no" or None) and ``my_waiting``."""
        mine = Registration.objects.filter(meeting=OuterRef("pk"), member=member)
        return self.annotate(
            my_answer=Subquery(mine.values("answer")[:1]), my_waiting=Subquery(mine.values("waiting")[:1])
        )

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
            models.Index(fields=["starts_at", "id"], name="meetings_by_start"),
            models.Index(fields=["circle", "starts_at"], name="meetings_of_a_circle"),
        ]
        constraints = [
            Wall(
                name="meetings_wall",
                see=(
                    "(state <> 'draft' AND (audience = 'public' "
                    f"OR (audience = 'network' AND {INSIDER}) OR {in_circles()})) OR {led()}"
                ),
                add=led(),
                change=led(),
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_it_starts"),
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
    topic = models.ForeignKey(Topic, models.CASCADE)

    class Meta:
        constraints = [
            Wall(name="meeting_topics_wall", see=SEES_MEETING, add=LEADS_MEETING, change=LEADS_MEETING),
            models.UniqueConstraint(fields=["meeting", "topic"], name="a_topic_once_per_meeting"),
        ]


class JoinLink(models.Model):
    """The online address of a meeting. A row of its own, so that the wall can keep it from who only reads the announcement."""

    meeting = models.OneToOneField(Meeting, models.CASCADE, primary_key=True, related_name="join_link")
    url = models.URLField(_("online link"), max_length=500)

    class Meta:
        verbose_name = _("online link")
        verbose_name_plural = _("online links")
        constraints = [
            Wall(
                name="join_links_wall",
                see=(
                    f"meeting_id IN (SELECT id FROM meetings_meeting WHERE {in_circles()} OR {led()}) "
                    f"OR (meeting_id = ANY((SELECT app.attending())::bigint[]) AND {SEES_MEETING})"
                ),
                add=LEADS_MEETING,
                change=LEADS_MEETING,
            )
        ]


class AgendaItem(models.Model):
    """One point of the programme, in order. Never a meeting of its own."""

    class Kind(models.TextChoices):
        WELCOME = "welcome", _("welcome")
        NEWS_ROUND = "news_round", _("news round")
        PEER_CONSULTATION = "peer_consultation", _("peer consultation")
        DEEP_DIVE = "deep_dive", _("deep dive")
        SITE_VISIT = "site_visit", _("site visit")
        BREAK = "break", _("break")
        CLOSING = "closing", _("closing")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    title = models.CharField(_("title"), max_length=120)
    about = models.TextField(_("description"), blank=True, max_length=2000)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=30, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )

    class Meta:
        ordering: ClassVar = ["position"]
        verbose_name = _("programme item")
        verbose_name_plural = _("programme items")
        constraints = [
            Wall(name="agenda_wall", see=SEES_MEETING, add=LEADS_MEETING, change=LEADS_MEETING),
            models.UniqueConstraint(
                fields=["meeting", "position"],
                name="one_item_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Speaker(models.Model):
    """Someone who can be asked to speak, in a pool that all circles share. Needs no account."""

    class Kind(models.TextChoices):
        COLLEAGUE = "colleague", _("colleague from a local government")
        V_ICT_OR = "v_ict_or", _("V-ICT-OR")
        GOVERNMENT = "government", _("Flemish or federal government")
        VENDOR = "vendor", _("vendor")

    name = models.CharField(_("name"), max_length=80)
    organisation = models.CharField(_("organisation"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    bio = models.TextField(_("about the speaker"), blank=True, max_length=2000)
    topics = models.ManyToManyField(
        Topic, through="SpeakerTopic", related_name="speakers", blank=True, verbose_name=_("topics")
    )

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        constraints = [
            Wall(
                name="speakers_wall",
                see=(
                    f"{A_TREKKER} OR {STEWARD} "
                    "OR id IN (SELECT speaker_id FROM meetings_talk WHERE state = 'accepted')"
                ),
                add=f"{A_TREKKER} OR {STEWARD}",
                change=f"{A_TREKKER} OR {STEWARD}",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_vendor(self) -> bool:
        return self.kind == self.Kind.VENDOR


class SpeakerContact(models.Model):
    """Where a speaker is written to. For trekkers; the speaker's name and bio are on the programme, this is not."""

    speaker = models.OneToOneField(Speaker, models.CASCADE, primary_key=True, related_name="contact")
    email = models.EmailField(_("e-mail address"), unique=True)

    class Meta:
        verbose_name = _("speaker's address")
        verbose_name_plural = _("speakers' addresses")
        constraints = [
            Wall(
                name="speaker_contacts_wall",
                see=f"{A_TREKKER} OR {STEWARD}",
                add=f"{A_TREKKER} OR {STEWARD}",
                change=f"{A_TREKKER} OR {STEWARD}",
            )
        ]

    def __str__(self) -> str:
        return self.email


class SpeakerTopic(models.Model):
    """A speaker can tell about a topic."""

    speaker = models.ForeignKey(Speaker, models.CASCADE)
    topic = models.ForeignKey(Topic, models.CASCADE)

    class Meta:
        constraints = [
            Wall(
                name="speaker_topics_wall",
                see="speaker_id IN (SELECT id FROM meetings_speaker)",
                add=f"{A_TREKKER} OR {STEWARD}",
                change=f"{A_TREKKER} OR {STEWARD}",
            ),
            models.UniqueConstraint(fields=["speaker", "topic"], name="a_topic_once_per_speaker"),
        ]


class Talk(models.Model):
    """A speaker is asked for a point of the programme, and says yes or no by one expiring link."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="talks")
    speaker = models.ForeignKey(Speaker, models.PROTECT, related_name="talks", verbose_name=_("speaker"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    message = models.TextField(_("message to the speaker"), blank=True, max_length=2000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    reply = models.TextField(_("reply"), blank=True, max_length=1000)

    class Meta:
        ordering: ClassVar = ["asked_at"]
        verbose_name = _("talk")
        verbose_name_plural = _("talks")
        constraints = [
            Wall(
                name="talks_wall",
                see=f"(state = 'accepted' AND {SEES_ITEM}) OR {LEADS_ITEM}",
                add=LEADS_ITEM,
                change=LEADS_ITEM,
            ),
            models.UniqueConstraint(fields=["item", "speaker"], name="a_speaker_once_per_item"),
        ]

    def __str__(self) -> str:
        return f"{self.speaker}: {self.item}"


class Invitation(models.Model):
    """A member was invited to a meeting. Says nothing about coming: that is a ``Registration``, made by the member."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="invitations")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations")
    invited_at = models.DateTimeField(_("invited"), default=timezone.now)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            Wall(
                name="invitations_wall",
                see=f"({mine()} AND {SEES_MEETING}) OR {LEADS_MEETING}",
                add=LEADS_MEETING,
                change=LEADS_MEETING,
            ),
            models.UniqueConstraint(fields=["meeting", "member"], name="invited_once"),
        ]


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Answers, narrowed."""

    def coming(self) -> RegistrationQuerySet:
        """Said yes and have a seat."""
        return self.filter(answer=Registration.Answer.YES, waiting=False)

    def in_line(self) -> RegistrationQuerySet:
        """Said yes and wait for a seat, first come first."""
        return self.filter(answer=Registration.Answer.YES, waiting=True).order_by("answered_at", "pk")


class Registration(models.Model):
    """A member's own answer to a meeting: yes, maybe or no, and how. One per person; answering again changes it."""

    class Answer(models.TextChoices):
        YES = "yes", _("yes")
        MAYBE = "maybe", _("maybe")
        NO = "no", _("no")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="registrations", verbose_name=_("meeting"))
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="registrations", verbose_name=_("member")
    )
    answer = models.CharField(_("answer"), max_length=6, choices=Answer)
    attending = models.CharField(_("how"), max_length=10, choices=Attending, blank=True)
    waiting = models.BooleanField(_("on the waiting list"), default=False)
    answered_at = models.DateTimeField(
        _("answered"),
        default=timezone.now,
        help_text="Of the last change of answer; the order of the waiting list.",
    )

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        indexes = [models.Index(fields=["member", "meeting"], name="registrations_of_a_member")]
        constraints = [
            Wall(
                name="registrations_wall",
                see=(
                    f"({mine()} AND {SEES_MEETING}) OR {LEADS_MEETING} OR (answer = 'yes' AND NOT waiting "
                    f"AND meeting_id IN (SELECT id FROM meetings_meeting WHERE {among_peers()}))"
                ),
                add=f"({mine()} AND {SEES_MEETING}) OR {SYSTEM_ONLY}",
                change=f"({mine()} AND {SEES_MEETING}) OR {SYSTEM_ONLY}",
            ),
            models.UniqueConstraint(fields=["meeting", "member"], name="one_answer_per_person"),
            models.CheckConstraint(
                condition=Q(answer="no", attending="") | (~Q(answer="no") & ~Q(attending="")),
                name="coming_says_how",
            ),
            models.CheckConstraint(condition=Q(waiting=False) | Q(answer="yes"), name="only_yes_waits"),
        ]


def material_path(material: Material, filename: str) -> str:
    """A path that says nothing and cannot be guessed; the name people see is ``Material.name``."""
    return f"material/{uuid.uuid4().hex}"


class Material(models.Model):
    """A file with a meeting or one point of it: slides, a sheet. Seen by who sees the meeting."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="materials")
    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="materials", null=True, blank=True)
    talk = models.ForeignKey(Talk, models.SET_NULL, related_name="materials", null=True, blank=True)
    name = models.CharField(_("file name"), max_length=120)
    file = models.FileField(_("file"), upload_to=material_path)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"), help_text="bytes")
    uploaded_at = models.DateTimeField(_("added"), default=timezone.now)

    class Meta:
        ordering: ClassVar = ["uploaded_at"]
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        constraints = [
            Wall(
                name="materials_wall",
                see=SEES_MEETING,
                add=f"{LEADS_MEETING} AND {OF_THIS_MEETING}",
                change=f"{LEADS_MEETING} AND {OF_THIS_MEETING}",
            )
        ]

    def __str__(self) -> str:
        return self.name
