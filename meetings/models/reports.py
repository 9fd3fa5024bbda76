"""What was said in a meeting, what was decided, and who does what because of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.models import LocalGovernment
from regions.wall import Wall

from .agenda import AgendaItem
from .gathering import Meeting
from .walls import COLLEAGUES, LEADS, LEADS_ITEM, LEADS_MEETING, of_meeting

if TYPE_CHECKING:
    from members.models import Member
    from regions.models import Circle


def _with_the_report(table: str) -> str:
    """The row is seen with the report of its meeting: by trekkers while it is a draft, by colleagues afterwards."""
    return f"{LEADS_MEETING} OR EXISTS (SELECT FROM meetings_report AS r WHERE r.meeting_id = {table}.meeting_id)"


def _of_this_meeting(table: str) -> str:
    """A foreign key looks through the wall: the point that a row hangs on must be of its own meeting."""
    return (
        "(item_id IS NULL OR EXISTS (SELECT FROM meetings_agendaitem AS i "
        f"WHERE i.id = item_id AND i.meeting_id = {table}.meeting_id))"
    )


class Report(models.Model):
    """The report of a meeting. It says what people said among themselves, so it is for the colleagues of the circle:
    no supplier reads it, and no visitor, not even when the meeting itself was public. While a draft: for trekkers."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    meeting = models.OneToOneField(
        Meeting, models.CASCADE, primary_key=True, related_name="report", verbose_name=_("meeting")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    introduction = models.TextField(_("introduction"), blank=True, max_length=5000)
    version = models.PositiveIntegerField(
        _("version"), default=0, help_text="Rises with each save: who saves over a newer one is warned."
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("last written by"),
    )
    written_at = models.DateTimeField(_("last written"), default=timezone.now)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            Wall(
                name="reports_wall",
                see=of_meeting(LEADS, f"(meetings_report.state = 'published' AND {COLLEAGUES})"),
                add=LEADS_MEETING,
                change=LEADS_MEETING,
            )
        ]

    def __str__(self) -> str:
        return str(self.meeting)

    def get_absolute_url(self) -> str:
        return reverse("report", args=[self.pk])

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def was_corrected(self) -> bool:
        """Written again after it was published."""
        return self.published_at is not None and self.written_at > self.published_at


class ReportPart(models.Model):
    """What was said about one point of the programme."""

    item = models.OneToOneField(
        AgendaItem, models.CASCADE, primary_key=True, related_name="reported", verbose_name=_("programme item")
    )
    text = models.TextField(_("what was said"), max_length=20_000)

    class Meta:
        verbose_name = _("part of a report")
        verbose_name_plural = _("parts of reports")
        constraints = [
            Wall(
                name="report_parts_wall",
                see=(
                    "EXISTS (SELECT FROM meetings_agendaitem AS i JOIN meetings_report AS r "
                    "ON r.meeting_id = i.meeting_id WHERE i.id = item_id)"
                ),
                add=LEADS_ITEM,
                change=LEADS_ITEM,
            )
        ]

    def __str__(self) -> str:
        return str(self.item)


class Decision(models.Model):
    """Something that a circle agreed upon."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions", verbose_name=_("meeting"))
    item = models.ForeignKey(
        AgendaItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("programme item"),
    )
    text = models.CharField(_("decision"), max_length=500)

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            Wall(
                name="decisions_wall",
                see=_with_the_report("meetings_decision"),
                add=f"{LEADS_MEETING} AND {_of_this_meeting('meetings_decision')}",
                change=f"{LEADS_MEETING} AND {_of_this_meeting('meetings_decision')}",
            )
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return f"{reverse('report', args=[self.meeting_id])}#besluit-{self.pk}"


class ActionPointQuerySet(models.QuerySet["ActionPoint"]):
    """Actions, narrowed. What the actor may not see is not there in the first place."""

    def open(self) -> ActionPointQuerySet:
        """Not done, the most pressing first."""
        return self.filter(done_at=None).order_by("due_on", "pk")

    def open_in(self, circle: Circle) -> ActionPointQuerySet:
        return self.open().filter(meeting__circle=circle)

    def overdue(self) -> ActionPointQuerySet:
        return self.open().filter(due_on__lt=timezone.localdate())

    def done(self) -> ActionPointQuerySet:
        """Latest first."""
        return self.exclude(done_at=None).order_by(F("done_at").desc(), "-pk")


class ActionPoint(models.Model):
    """Something that someone does because of a meeting. The government stays when the person leaves."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="action_points", verbose_name=_("meeting"))
    item = models.ForeignKey(
        AgendaItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="action_points",
        verbose_name=_("programme item"),
    )
    what = models.CharField(_("what"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="action_points",
        verbose_name=_("who"),
    )
    government = models.ForeignKey(
        LocalGovernment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="action_points",
        verbose_name=_("local government"),
    )
    due_on = models.DateField(_("by"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    note = models.CharField(_("what came of it"), max_length=300, blank=True)

    objects = ActionPointQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        indexes = [models.Index(fields=["due_on"], condition=models.Q(done_at=None), name="actions_to_do")]
        constraints = [
            # Only a trekker changes the row. That it is done, the owner may say too: actions/followup.py.
            Wall(
                name="action_points_wall",
                see=_with_the_report("meetings_actionpoint"),
                add=f"{LEADS_MEETING} AND {_of_this_meeting('meetings_actionpoint')}",
                change=f"{LEADS_MEETING} AND {_of_this_meeting('meetings_actionpoint')}",
            )
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on < timezone.localdate()

    def is_of(self, member: Member) -> bool:
        return self.owner_id is not None and self.owner_id == member.pk
