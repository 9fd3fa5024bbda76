"""Choosing a day together: what is asked, the days that are offered, and what each government says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.models import Circle, LocalGovernment
from regions.wall import NOBODY, SYSTEM_ONLY, Wall, among_colleagues, led, mine

from .gathering import Form, Meeting
from .speakers import Talk

if TYPE_CHECKING:
    from members.models import Member

OF_ITS_CIRCLE = (  # a foreign key looks through the wall
    "EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = meetings_datepoll.circle_id)"
)
SEES_POLL = "EXISTS (SELECT FROM meetings_datepoll AS p WHERE p.id = poll_id)"
LEADS_POLL = f"EXISTS (SELECT FROM meetings_datepoll AS p WHERE p.id = poll_id AND {led('p.circle_id')})"
SEES_OPTION = "EXISTS (SELECT FROM meetings_dateoption AS o WHERE o.id = option_id)"
LEADS_OPTION = (
    "EXISTS (SELECT FROM meetings_dateoption AS o JOIN meetings_datepoll AS p ON p.id = o.poll_id "
    f"WHERE o.id = option_id AND {led('p.circle_id')})"
)
MY_GOVERNMENT = "(SELECT app.my_government())"


class DatePoll(models.Model):
    """The days of a draft are asked about: by a circle of its members, or of the speaker alone.

    Members do not see the draft itself, so what they may know of it stands here.
    """

    class Asks(models.TextChoices):
        MEMBERS = "members", _("the members of the circle")
        SPEAKER = "speaker", _("the speaker")

    meeting = models.OneToOneField(Meeting, models.CASCADE, related_name="date_poll", verbose_name=_("meeting"))
    circle = models.ForeignKey(Circle, models.PROTECT, related_name="date_polls", verbose_name=_("circle"))
    asks = models.CharField(_("asks"), max_length=8, choices=Asks, default=Asks.MEMBERS)
    title = models.CharField(_("title"), max_length=120)
    form = models.CharField(_("form"), max_length=10, choices=Form)
    open_until = models.DateField(_("open until"), help_text=_("That day included."))
    opened_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["opened_at"]
        verbose_name = _("date poll")
        verbose_name_plural = _("date polls")
        constraints = [
            Wall(
                name="date_polls_wall",
                see=f"(asks = 'members' AND {among_colleagues()}) OR {led()}",
                add=f"{led()} AND {OF_ITS_CIRCLE}",
                change=f"{led()} AND {OF_ITS_CIRCLE}",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_decided(self) -> bool:
        return self.decided_at is not None

    @property
    def takes_votes(self) -> bool:
        """Not decided, and its last day is not over; the trekker may also choose before that day."""
        return not self.is_decided and timezone.localdate() <= self.open_until


class DateOption(models.Model):
    """One moment that is offered."""

    poll = models.ForeignKey(DatePoll, models.CASCADE, related_name="options", verbose_name=_("date poll"))
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    chosen = models.BooleanField(_("chosen"), default=False)

    class Meta:
        ordering: ClassVar = ["starts_at", "id"]
        verbose_name = _("proposed date")
        verbose_name_plural = _("proposed dates")
        constraints = [
            Wall(name="date_options_wall", see=SEES_POLL, add=LEADS_POLL, change=LEADS_POLL),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="option_ends_after_it_starts"),
            models.UniqueConstraint(fields=["poll", "starts_at"], name="a_moment_once_per_poll"),
            models.UniqueConstraint(fields=["poll"], condition=Q(chosen=True), name="one_date_chosen"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"

    @property
    def circle_id(self) -> int:
        return self.poll.circle_id


class DateVote(models.Model):
    """What a government says of a day, through whoever of it spoke last; someone of a partner speaks for themselves.

    In a poll of the speaker: what the speaker of a talk says.
    """

    class Answer(models.TextChoices):
        YES = "yes", _("yes")
        IF_NEEDED = "if_needed", _("if need be")
        NO = "no", _("no")

    option = models.ForeignKey(DateOption, models.CASCADE, related_name="votes", verbose_name=_("proposed date"))
    government = models.ForeignKey(
        LocalGovernment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="date_votes",
        verbose_name=_("local government"),
    )
    member: models.ForeignKey[Member | None, Member | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="date_votes",
        verbose_name=_("member"),
        help_text=_("Who answered last; empty once this person is forgotten."),
    )
    talk = models.ForeignKey(
        Talk, models.CASCADE, null=True, blank=True, related_name="date_votes", verbose_name=_("talk")
    )
    answer = models.CharField(_("answer"), max_length=9, choices=Answer)
    voted_at = models.DateTimeField(_("answered"), default=timezone.now)

    class Meta:
        ordering: ClassVar = ["voted_at", "id"]
        verbose_name = _("answer to a date poll")
        verbose_name_plural = _("answers to date polls")
        constraints = [
            # Nobody changes an answer: who answers anew takes the old one of their government away.
            Wall(
                name="date_votes_wall",
                see=SEES_OPTION,
                add=(
                    f"({mine()} AND government_id IS NOT DISTINCT FROM {MY_GOVERNMENT} "
                    f"AND {SEES_OPTION}) OR {SYSTEM_ONLY}"
                ),
                change=NOBODY,
                delete=f"({SEES_OPTION} AND (government_id = {MY_GOVERNMENT} OR {mine()})) OR {LEADS_OPTION}",
            ),
            models.UniqueConstraint(fields=["option", "government"], name="a_government_once_per_date"),
            models.UniqueConstraint(fields=["option", "member"], name="a_member_once_per_date"),
            models.UniqueConstraint(fields=["option", "talk"], name="a_speaker_once_per_date"),
            models.CheckConstraint(
                condition=Q(talk=None) | Q(member=None, government=None), name="a_speaker_is_no_government"
            ),
        ]
