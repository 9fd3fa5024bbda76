"""Periods of a circle's rhythm for which a draft was made by the clock."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.models import Circle
from regions.wall import SYSTEM_ONLY, Wall, led


class PreparedPeriod(models.Model):
    """For this period the circle got a draft by itself: it gets no second one, also when that was thrown away."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="prepared_periods", verbose_name=_("circle"))
    period = models.CharField(_("period"), max_length=40)
    made_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("period with a draft")
        verbose_name_plural = _("periods with a draft")
        constraints = [
            Wall(name="prepared_periods_wall", see=led(), add=SYSTEM_ONLY, change=SYSTEM_ONLY),
            models.UniqueConstraint(fields=["circle", "period"], name="one_draft_per_period"),
        ]

    def __str__(self) -> str:
        return f"{self.circle}: {self.period}"
