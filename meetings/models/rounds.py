"""The round of the governments: what each is working on this period."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.models import LocalGovernment
from regions.wall import Wall

from .gathering import Meeting
from .walls import AMONG_COLLEAGUES, COLLEAGUES, LEADS, LEADS_MEETING, of_meeting

if TYPE_CHECKING:
    from collections.abc import Iterable

OF_MY_GOVERNMENT = "government_id = (SELECT app.my_government())"


class ContributionQuerySet(models.QuerySet["Contribution"]):
    """What governments told, narrowed."""

    def told(self) -> ContributionQuerySet:
        """Without those that were taken back."""
        return self.exclude(text="")

    def last_before(self, meeting: Meeting, governments: Iterable[LocalGovernment]) -> ContributionQuerySet:
        """Of each of these the latest from an earlier meeting of the same circle."""
        earlier = self.told().filter(meeting__circle=meeting.circle_id, meeting__starts_at__lt=meeting.starts_at)
        latest = earlier.filter(government__in=governments).order_by(
            "government_id", "-meeting__starts_at", "-meeting_id"
        )
        return latest.distinct("government_id").select_related("meeting")


class Contribution(models.Model):
    """In a few lines what a government puts its weight on, told to the colleagues of the circle at one meeting.

    Taken back it is empty: the row stays for its version, so that whoever had it open hears of it.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="contributions", verbose_name=_("meeting"))
    government = models.ForeignKey(
        LocalGovernment, models.PROTECT, related_name="contributions", verbose_name=_("local government")
    )
    text = models.TextField(_("what we are working on"), max_length=600)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by"),
    )
    version = models.PositiveIntegerField(
        _("version"), default=1, help_text="Rises with each save: who saves over a newer one is warned."
    )
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["government__name"]
        verbose_name = _("contribution to the round")
        verbose_name_plural = _("contributions to the round")
        constraints = [
            Wall(
                name="contributions_wall",
                see=of_meeting(COLLEAGUES, LEADS),
                add=f"({AMONG_COLLEAGUES} AND {OF_MY_GOVERNMENT}) OR {LEADS_MEETING}",
                change=f"({AMONG_COLLEAGUES} AND {OF_MY_GOVERNMENT}) OR {LEADS_MEETING}",
            ),
            models.UniqueConstraint(fields=["meeting", "government"], name="a_government_speaks_once"),
        ]

    def __str__(self) -> str:
        return f"{self.government}: {self.text}"
