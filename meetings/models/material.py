"""Files with a meeting."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regions.wall import Wall, in_circles

from .agenda import AgendaItem
from .gathering import Meeting
from .speakers import Talk
from .walls import LEADS_MEETING, OF_THIS_MEETING

# What hangs on a talk is for who sees the talk: its trekkers alone, until it is accepted. Of a speaker who did not
# agree to publish it is for the circle; never said is no.
SEES_MATERIAL = (
    "EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id "
    "AND (talk_id IS NULL OR EXISTS (SELECT FROM meetings_talk AS t "
    f"WHERE t.id = talk_id AND (t.may_publish OR {in_circles('m.circle_id')}))))"
)


def material_path(material: Material, filename: str) -> str:
    """A path that says nothing and cannot be guessed; the name people see is ``Material.name``."""
    return f"material/{uuid.uuid4().hex}"


class Material(models.Model):
    """A file with a meeting or one point of it: slides, a sheet. Seen by who sees the meeting.

    What hangs on a talk is the speaker's: without their yes it stays in the circle (decision 25).
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="materials", verbose_name=_("meeting"))
    item = models.ForeignKey(
        AgendaItem,
        models.CASCADE,
        related_name="materials",
        null=True,
        blank=True,
        verbose_name=_("programme item"),
    )
    # A talk that goes takes them along: without it they would be for whoever sees the meeting.
    talk = models.ForeignKey(
        Talk, models.CASCADE, related_name="materials", null=True, blank=True, verbose_name=_("talk")
    )
    name = models.CharField(_("file name"), max_length=120)
    file = models.FileField(_("file"), upload_to=material_path)
    content_type = models.CharField(_("kind"), max_length=100)
    size = models.PositiveIntegerField(_("size"), help_text="bytes")
    uploaded_at = models.DateTimeField(_("added"), default=timezone.now)

    class Meta:
        ordering: ClassVar = ["uploaded_at"]
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        constraints = [
            Wall(
                name="materials_wall",
                see=SEES_MATERIAL,
                add=f"{LEADS_MEETING} AND {OF_THIS_MEETING}",
                change=f"{LEADS_MEETING} AND {OF_THIS_MEETING}",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stays_in_the_circle(self) -> bool:
        """Whoever the meeting is for: the wall in words for a page."""
        return bool(self.talk and not (self.talk.state == Talk.State.ACCEPTED and self.talk.may_publish))
