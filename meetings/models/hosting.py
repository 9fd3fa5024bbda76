"""Which local government was asked to receive a meeting, and what it answered."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.models import LocalGovernment
from regions.wall import Wall, mine

from .gathering import Meeting
from .walls import LEADS_MEETING, SEES_MEETING


class HostingQuerySet(models.QuerySet["Hosting"]):
    """Askings, narrowed."""

    def standing(self) -> HostingQuerySet:
        """Asked or agreed: not declined, and not taken back."""
        return self.filter(state__in=[Hosting.State.ASKED, Hosting.State.ACCEPTED])


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

    objects = HostingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["asked_at"]
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        constraints = [
            Wall(
                name="hostings_wall",
                see=f"({mine('contact_id')} AND {SEES_MEETING}) OR {LEADS_MEETING}",
                add=LEADS_MEETING,
                change=LEADS_MEETING,
            ),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(state__in=["asked", "accepted"]), name="one_host_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.government}: {self.meeting}"
