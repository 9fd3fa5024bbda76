"""What people thought of a meeting, without their names."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regions.wall import SYSTEM_ONLY, Wall, mine

from .gathering import Meeting

LEAST = 5
"""Fewer answers than this are shown to nobody; ``app.evaluated()`` says so."""

MARK = [MinValueValidator(1), MaxValueValidator(5)]


class Evaluation(models.Model):
    """One answer to three questions. By whom and when is written nowhere: the key is drawn by lot, so that not even
    the order of the rows tells; who answered stands in ``EvaluationGiven``, which nobody reads but that person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="evaluations", verbose_name=_("meeting"))
    useful = models.PositiveSmallIntegerField(_("useful"), validators=MARK)
    form = models.PositiveSmallIntegerField(_("form and organisation"), validators=MARK)
    text = models.TextField(_("what people take home"), blank=True, max_length=2000)
    for_speaker = models.BooleanField(_("may be passed on to the speaker"), default=False)

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints = [
            # Even who leads the circle sees nothing of the first four.
            Wall(
                name="evaluations_wall",
                see=f"{SYSTEM_ONLY} OR meeting_id = ANY((SELECT app.evaluated())::bigint[])",
                add=SYSTEM_ONLY,
                change=SYSTEM_ONLY,
            ),
            models.CheckConstraint(
                condition=Q(useful__range=(1, 5)) & Q(form__range=(1, 5)), name="marks_are_one_to_five"
            ),
        ]


class EvaluationGiven(models.Model):
    """Somebody answered. Says so once, and not what; their own to know."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="+", verbose_name=_("meeting"))
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("member"))

    class Meta:
        verbose_name = _("evaluation given")
        verbose_name_plural = _("evaluations given")
        constraints = [
            Wall(
                name="evaluations_given_wall",
                see=f"{mine()} OR {SYSTEM_ONLY}",
                add=SYSTEM_ONLY,
                change=SYSTEM_ONLY,
            ),
            models.UniqueConstraint(fields=["meeting", "member"], name="one_evaluation_per_person"),
        ]
