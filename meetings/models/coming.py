"""What belongs to an answer: what somebody needs on site, who comes instead, and who means to come always."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Membership
from regions.models import Circle
from regions.wall import SYSTEM_ONLY, Wall, in_circles, led, mine

from .answers import Registration
from .gathering import Attending, Meeting
from .walls import HOSTS, LEADS, LEADS_MEETING, of_meeting

# An answer is seen by more people than what hangs on it: these ask for the row that is of this very meeting.
OWN_ANSWER = (
    "EXISTS (SELECT FROM meetings_registration AS r WHERE r.id = registration_id "
    "AND r.meeting_id = {table}.meeting_id AND r.member_id = (SELECT app.me()))"
)
# A foreign key looks through the wall: who comes instead is somebody whom one may know.
KNOWN = "(substitute_id IS NULL OR EXISTS (SELECT FROM members_member AS p WHERE p.id = substitute_id))"
# A meeting has one host at a time: who was asked to receive it is also who agreed.
RECEIVES = (
    f"({HOSTS} AND EXISTS (SELECT FROM meetings_hosting AS h WHERE h.meeting_id = meetings_need.meeting_id "
    f"AND h.state = 'accepted'))"
)


class Need(models.Model):
    """What somebody needs to take part on site. For who arranges it, and gone two weeks after the meeting."""

    registration = models.OneToOneField(
        Registration, models.CASCADE, primary_key=True, related_name="need", verbose_name=_("registration")
    )
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="needs", verbose_name=_("meeting"))
    access = models.CharField(_("access"), max_length=120, blank=True)
    food = models.CharField(_("food"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        constraints = [
            Wall(
                name="needs_wall",
                see=f"{OWN_ANSWER.format(table='meetings_need')} OR {LEADS_MEETING} OR {RECEIVES}",
                add=f"{OWN_ANSWER.format(table='meetings_need')} OR {SYSTEM_ONLY}",
                change=f"{OWN_ANSWER.format(table='meetings_need')} OR {SYSTEM_ONLY}",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.access, self.food]))


class Excuse(models.Model):
    """Somebody who does not come says why, and who comes instead: a colleague of the circle, or somebody by name."""

    registration = models.OneToOneField(
        Registration, models.CASCADE, primary_key=True, related_name="excuse", verbose_name=_("registration")
    )
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="excuses", verbose_name=_("meeting"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="stands_in_at",
        verbose_name=_("substitute"),
    )
    substitute_name = models.CharField(_("name of the substitute"), max_length=80, blank=True)
    said_at = models.DateTimeField(_("said"), default=timezone.now)

    class Meta:
        verbose_name = _("excuse")
        verbose_name_plural = _("excuses")
        constraints = [
            Wall(
                name="excuses_wall",
                see=(
                    f"{OWN_ANSWER.format(table='meetings_excuse')} OR "
                    + of_meeting(mine("meetings_excuse.substitute_id"), LEADS)
                ),
                add=f"{SYSTEM_ONLY} OR ({OWN_ANSWER.format(table='meetings_excuse')} AND {KNOWN})",
                change=f"{SYSTEM_ONLY} OR ({OWN_ANSWER.format(table='meetings_excuse')} AND {KNOWN})",
                delete=f"{SYSTEM_ONLY} OR {OWN_ANSWER.format(table='meetings_excuse')}",
            ),
        ]

    def __str__(self) -> str:
        return self.reason

    @property
    def instead(self) -> str:
        """Who comes instead, as far as the reader may know the name; "" for nobody."""
        return self.substitute.name if self.substitute else self.substitute_name


def _in_the_circle() -> Q:
    """Whoever is in a circle is in the umbrella circle too."""
    of_the_member = Membership.objects.current().filter(member=OuterRef("member"))
    umbrella = Q(circle__kind=Circle.Kind.UMBRELLA)
    return Q(Exists(of_the_member.filter(circle=OuterRef("circle")))) | (umbrella & Q(Exists(of_the_member)))


class AlwaysComesQuerySet(models.QuerySet["AlwaysComes"]):
    """Intentions, narrowed."""

    def still_in_the_circle(self) -> AlwaysComesQuerySet:
        """Of members who are in that circle today."""
        return self.filter(_in_the_circle(), member__is_active=True)

    def of_who_left(self) -> AlwaysComesQuerySet:
        return self.exclude(_in_the_circle())


class AlwaysComes(models.Model):
    """A member means to come to every meeting of a circle. It proposes the answer; only the member gives it."""

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="always_comes", verbose_name=_("member")
    )
    circle = models.ForeignKey(Circle, models.CASCADE, related_name="always_come", verbose_name=_("circle"))
    attending = models.CharField(_("how"), max_length=10, choices=Attending, default=Attending.IN_PERSON)

    objects = AlwaysComesQuerySet.as_manager()

    class Meta:
        verbose_name = _("always comes")
        verbose_name_plural = _("always come")
        constraints = [
            Wall(
                name="always_comes_wall",
                see=f"{mine()} OR {led()}",
                add=f"({mine()} AND {in_circles()}) OR {SYSTEM_ONLY}",
                change=f"({mine()} AND {in_circles()}) OR {SYSTEM_ONLY}",
                delete=f"{mine()} OR {SYSTEM_ONLY}",
            ),
            models.UniqueConstraint(fields=["member", "circle"], name="always_comes_once"),
        ]

    def __str__(self) -> str:
        return f"{self.circle}: {self.get_attending_display()}"
