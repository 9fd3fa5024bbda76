"""Which local government was asked to receive a meeting, what it answered, and what it has to arrange."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.models import LocalGovernment
from regions.wall import Wall, mine

from .gathering import Meeting
from .walls import HOSTS, LEADS, LEADS_MEETING, of_meeting


class HostingQuerySet(models.QuerySet["Hosting"]):
    """Askings, narrowed."""

    def standing(self) -> HostingQuerySet:
        """Asked or agreed: not declined, and not taken back."""
        return self.filter(state__in=[Hosting.State.ASKED, Hosting.State.ACCEPTED])

    def lock(self, hosting: Hosting) -> Hosting:
        """The same asking with all that letters say of it, while nobody else answers it."""
        rows = self.select_related("meeting__circle", "meeting__host", "government", "contact")
        return rows.select_for_update(of=("self",)).get(pk=hosting.pk)


class Hosting(models.Model):
    """A local government was asked to receive a meeting, through someone of the circle who works there."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        ACCEPTED = "accepted", _("agreed")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="hostings", verbose_name=_("meeting"))
    government = models.ForeignKey(
        LocalGovernment, models.PROTECT, related_name="hostings", verbose_name=_("local government")
    )
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="hostings",
        verbose_name=_("who arranges it"),
        help_text=_("Empty: agreed by telephone."),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    reply = models.CharField(_("reply"), max_length=300, blank=True)
    swap_with = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="swaps_offered",
        verbose_name=_("wants to exchange with"),
    )

    objects = HostingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["asked_at"]
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        constraints = [
            Wall(
                name="hostings_wall",
                see=of_meeting(mine("meetings_hosting.contact_id"), LEADS),
                add=LEADS_MEETING,
                change=LEADS_MEETING,
            ),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(state__in=["asked", "accepted"]), name="one_host_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.government}: {self.meeting}"

    @property
    def is_standing(self) -> bool:
        return self.state in (self.State.ASKED, self.State.ACCEPTED)


class HostTask(models.Model):
    """What the host of a meeting arranges, and by when."""

    class What(models.TextChoices):
        ROOM = "room", _("room")
        ACCESSIBLE_ROUTE = "accessible_route", _("accessible route")
        SCREEN = "screen", _("screen")
        CAMERA = "camera", _("camera and microphone")
        PARKING = "parking", _("parking")
        CATERING = "catering", _("catering")

    DAYS_BEFORE: ClassVar = {What.ROOM: 42, What.ACCESSIBLE_ROUTE: 42}
    """The others two weeks before, so that all is asked in two waves."""
    AT_LEAST = dt.timedelta(days=7)
    """Who says yes late has a week all the same."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="host_tasks", verbose_name=_("meeting"))
    what = models.CharField(_("what"), max_length=20, choices=What)
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar = ["id"]
        verbose_name = _("task of a host")
        verbose_name_plural = _("tasks of a host")
        constraints = [
            Wall(
                name="host_tasks_wall",
                see=f"{HOSTS} OR {LEADS_MEETING}",
                add=LEADS_MEETING,
                change=f"{HOSTS} OR {LEADS_MEETING}",
                delete=LEADS_MEETING,
            ),
            models.UniqueConstraint(fields=["meeting", "what"], name="a_host_task_once"),
        ]

    def __str__(self) -> str:
        return str(self.get_what_display())

    @property
    def due_on(self) -> dt.date:
        """Counted back from the meeting, so that it moves along with it."""
        meets = timezone.localdate(self.meeting.starts_at)
        usual = meets - dt.timedelta(days=self.DAYS_BEFORE.get(self.What(self.what), 14))
        return min(meets, max(usual, timezone.localdate(self.made_at) + self.AT_LEAST))

    @property
    def is_late(self) -> bool:
        return self.done_at is None and self.due_on < timezone.localdate()
