"""What members would have their circle talk about."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.models import Circle, LocalGovernment
from regions.wall import NOBODY, SYSTEM_ONLY, Wall, among_colleagues, led, mine

from .agenda import AgendaItem
from .gathering import Meeting

if TYPE_CHECKING:
    from members.models import Member

HELD = Q(item__meeting__state=Meeting.State.HELD)
"""Its meeting has been marked as held; one that is over may not be marked yet."""

# A foreign key looks through the wall: a question comes on a programme of its own circle.
_ITEM_OF_THIS_CIRCLE = (
    "(item_id IS NULL OR EXISTS (SELECT FROM meetings_agendaitem AS i JOIN meetings_meeting AS m "
    "ON m.id = i.meeting_id WHERE i.id = item_id AND m.circle_id = meetings_pressingquestion.circle_id{only}))"
)
_OF_THIS_CIRCLE = _ITEM_OF_THIS_CIRCLE.format(only="")
_OPEN_AGAIN = _ITEM_OF_THIS_CIRCLE.format(only=" AND m.state = 'cancelled'")


class PressingQuestionQuerySet(models.QuerySet["PressingQuestion"]):
    """Questions, narrowed and dressed."""

    def standing(self) -> PressingQuestionQuerySet:
        return self.filter(withdrawn_at=None)

    def treated(self) -> PressingQuestionQuerySet:
        """Their meeting is over; the latest first."""
        over = Q(item__meeting__state=Meeting.State.PUBLISHED, item__meeting__ends_at__lt=timezone.now())
        return self.standing().filter(HELD | over).order_by("-item__meeting__starts_at", "-pk")

    def waiting(self) -> PressingQuestionQuerySet:
        """Open, or on the programme of what is still to come."""
        return self.standing().exclude(pk__in=self.treated().order_by().values("pk"))

    def dressed(self, reader: Member) -> PressingQuestionQuerySet:
        """Most support first; each with ``support``, how many do, and ``supported``, whether the reader does."""
        mine = QuestionSupport.objects.filter(question=OuterRef("pk"), member=reader)
        people = self.select_related("member", "government", "item__meeting__report", "circle")
        counted = people.annotate(support=Count("supports"), supported=Exists(mine))
        return counted.order_by("-support", "made_at", "pk")


class PressingQuestion(models.Model):
    """A question that a member puts to the circle before a meeting: what do you do about this?

    Where it stands follows from the meeting on whose programme it is, so that nothing has to be kept in step. That
    programme may be a draft, which only trekkers see: ``item_id`` is there then, and ``item`` is not.
    """

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="pressing_questions", verbose_name=_("circle"))
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="pressing_questions",
        verbose_name=_("asked by"),
    )
    government = models.ForeignKey(
        LocalGovernment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pressing_questions",
        verbose_name=_("local government"),
    )
    text = models.CharField(_("question"), max_length=200)
    context = models.TextField(_("background"), blank=True, max_length=1000)
    item = models.ForeignKey(
        AgendaItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="pressing_questions",
        verbose_name=_("programme item"),
    )
    made_at = models.DateTimeField(_("asked"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = PressingQuestionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["made_at", "pk"]
        verbose_name = _("pressing question")
        verbose_name_plural = _("pressing questions")
        indexes = [models.Index(fields=["circle", "withdrawn_at"], name="questions_of_a_circle")]
        constraints = [
            # Colleagues ask for themselves; a trekker gives a question a place. The asker changes what has none.
            Wall(
                name="pressing_questions_wall",
                see=f"{among_colleagues()} OR {led()}",
                add=(
                    f"({mine()} AND {among_colleagues()} AND item_id IS NULL "
                    f"AND government_id IS NOT DISTINCT FROM (SELECT app.my_government())) OR {SYSTEM_ONLY}"
                ),
                change=(f"({led()} AND {_OF_THIS_CIRCLE}) OR ({mine()} AND {among_colleagues()} AND {_OPEN_AGAIN})"),
                delete=SYSTEM_ONLY,
            )
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        """The page of the circle's questions, at this one: also for who does not see the meeting yet."""
        return f"{reverse('pressing_questions', args=[self.circle.slug])}#vraag-{self.pk}"

    @property
    def meeting(self) -> Meeting | None:
        """On whose programme it is, for who sees that one. A cancelled meeting has no programme any more."""
        meeting = self.item.meeting if self.item else None
        return None if meeting is None or meeting.state == Meeting.State.CANCELLED else meeting

    @property
    def is_open(self) -> bool:
        """Nobody has taken it into a programme, or that meeting was cancelled."""
        return self.withdrawn_at is None and self.meeting is None and (self.item_id is None or self.item is not None)

    @property
    def is_treated(self) -> bool:
        meeting = self.meeting
        return meeting is not None and (
            meeting.state == Meeting.State.HELD or (meeting.state == Meeting.State.PUBLISHED and meeting.is_over)
        )

    def is_of(self, member: Member) -> bool:
        return self.member_id is not None and self.member_id == member.pk


class QuestionSupport(models.Model):
    """A colleague would hear the answer too. Once each, and not for a question of one's own."""

    question = models.ForeignKey(
        PressingQuestion, models.CASCADE, related_name="supports", verbose_name=_("pressing question")
    )
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("member"))

    class Meta:
        verbose_name = _("support")
        verbose_name_plural = _("support")
        constraints = [
            Wall(
                name="question_supports_wall",
                see="EXISTS (SELECT FROM meetings_pressingquestion AS q WHERE q.id = question_id)",
                add=(
                    f"({mine()} AND EXISTS (SELECT FROM meetings_pressingquestion AS q WHERE q.id = question_id "
                    f"AND q.member_id IS DISTINCT FROM meetings_questionsupport.member_id)) OR {SYSTEM_ONLY}"
                ),
                change=NOBODY,
                delete=f"{mine()} OR {SYSTEM_ONLY}",
            ),
            models.UniqueConstraint(fields=["question", "member"], name="supported_once"),
        ]
