"""Who was invited, and what each member answered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Membership
from regions.models import Circle
from regions.wall import SYSTEM_ONLY, Wall, among_peers, mine

from .gathering import Attending, Meeting
from .walls import LEADS, LEADS_MEETING, SEES_MEETING, of_meeting


class Invitation(models.Model):
    """A member was invited to a meeting. Says nothing about coming: that is a ``Registration``, by the member."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="invitations", verbose_name=_("meeting"))
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations", verbose_name=_("member")
    )
    invited_at = models.DateTimeField(_("invited"), default=timezone.now)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            Wall(
                name="invitations_wall",
                see=of_meeting(mine("meetings_invitation.member_id"), LEADS),
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

    def of_who_left(self) -> RegistrationQuerySet:
        """Of members who were deactivated, or left what the meeting is for: its circle, or the network."""
        of_the_member = Membership.objects.current().filter(member=OuterRef("member"))
        of_the_circle = of_the_member.filter(circle=OuterRef("meeting__circle"))
        of_a_circle_alone = Q(meeting__audience=Meeting.Audience.CIRCLE) & ~Q(
            meeting__circle__kind=Circle.Kind.UMBRELLA
        )
        public = Q(meeting__audience=Meeting.Audience.PUBLIC)
        left = (of_a_circle_alone & ~Exists(of_the_circle)) | (~public & ~Exists(of_the_member))
        return self.filter(Q(member__is_active=False) | (Q(member__is_community_manager=False) & left))


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
                see=of_meeting(
                    mine("meetings_registration.member_id"),
                    f"(answer = 'yes' AND NOT waiting AND {among_peers('m.circle_id')})",
                    LEADS,
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
