"""Who was there."""

from __future__ import annotations

from collections import defaultdict
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regions.models import LocalGovernment
from regions.wall import Wall, mine

from .gathering import Attending, Meeting
from .walls import COLLEAGUES, LEADS, LEADS_MEETING, of_meeting

# A foreign key looks through the wall: nobody notes the presence of someone whom they may not know.
OF_SOMEONE_KNOWN = (
    "(member_id IS NULL OR EXISTS (SELECT FROM members_member AS p WHERE p.id = meetings_attendance.member_id))"
)


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Who was there, as far as the actor may know."""

    def by_organisation(self) -> list[tuple[str, list[str]]]:
        """Names per government or partner; who has neither comes last. One query."""
        groups: dict[str, list[str]] = defaultdict(list)
        for row in self.select_related("government", "member__government", "member__partner"):
            employer = row.government or (row.member.organisation if row.member else None)
            groups[str(employer or "")].append(row.name or str(row.member or gettext("a colleague")))
        return in_order(groups)


def in_order(groups: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    """Names by organisation, both from A to Z; those of none at the end."""
    order = sorted(groups, key=lambda name: (not name, name.casefold()))
    return [(name or gettext("no organisation"), sorted(groups[name], key=str.casefold)) for name in order]


class Attendance(models.Model):
    """Somebody was at a meeting: a member, or a guest whose name stood on the paper list.

    The government stands beside the member: it is public where the profile may be hidden, and it stays when the
    member is forgotten.
    """

    class NotedBy(models.TextChoices):
        CODE = "code", _("the code on the screen")
        LIST = "list", _("the list")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances", verbose_name=_("meeting"))
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="attendances",
        verbose_name=_("member"),
    )
    name = models.CharField(_("name"), max_length=80, blank=True, help_text=_("Of a guest without a profile."))
    government = models.ForeignKey(
        LocalGovernment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendances",
        verbose_name=_("local government"),
    )
    how = models.CharField(_("how"), max_length=10, choices=Attending)
    noted_by = models.CharField(_("known from"), max_length=4, choices=NotedBy)
    at = models.DateTimeField(_("noted"), default=timezone.now)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            Wall(
                name="attendances_wall",
                see=of_meeting(mine("meetings_attendance.member_id"), COLLEAGUES, LEADS),
                add=f"{LEADS_MEETING} AND {OF_SOMEONE_KNOWN}",
                change=f"{LEADS_MEETING} AND {OF_SOMEONE_KNOWN}",
                delete=LEADS_MEETING,
            ),
            models.UniqueConstraint(fields=["meeting", "member"], name="present_once"),
            models.UniqueConstraint(
                fields=["meeting", "name", "government"],
                condition=~Q(name=""),
                nulls_distinct=False,
                name="a_guest_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.member or self.government or "")
