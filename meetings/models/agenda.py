"""The programme: what happens in a meeting, in order."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from regions.models import LocalGovernment
from regions.wall import Wall

from .gathering import Meeting
from .walls import COLLEAGUES, HOSTS, LEADS, LEADS_ITEM, LEADS_MEETING, SEES_MEETING, of_item


class AgendaItem(models.Model):
    """One point of the programme, in order. Never a meeting of its own."""

    class Kind(models.TextChoices):
        WELCOME = "welcome", _("welcome")
        FOLLOW_UP = "follow_up", _("open actions")
        NEWS_ROUND = "news_round", _("news round")
        PEER_CONSULTATION = "peer_consultation", _("peer consultation")
        DEEP_DIVE = "deep_dive", _("deep dive")
        SITE_VISIT = "site_visit", _("site visit")
        BREAK = "break", _("break")
        CLOSING = "closing", _("closing")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda", verbose_name=_("meeting"))
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    title = models.CharField(_("title"), max_length=120)
    about = models.TextField(_("description"), blank=True, max_length=2000)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=30, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )

    class Meta:
        ordering: ClassVar = ["position"]
        verbose_name = _("programme item")
        verbose_name_plural = _("programme items")
        constraints = [
            # A visit to a project is the host's to tell about.
            Wall(
                name="agenda_wall",
                see=SEES_MEETING,
                add=LEADS_MEETING,
                change=f"{LEADS_MEETING} OR (kind = 'site_visit' AND {HOSTS})",
                delete=LEADS_MEETING,
            ),
            models.UniqueConstraint(
                fields=["meeting", "position"],
                name="one_item_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Case(models.Model):
    """What an *intervisie* is about: somebody's problem at work, told to colleagues alone. So it is no text of the
    programme, which may be public, but a row of its own."""

    item = models.OneToOneField(
        AgendaItem, models.CASCADE, primary_key=True, related_name="case", verbose_name=_("programme item")
    )
    text = models.TextField(_("case"), blank=True, max_length=2000)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("whose case it is"),
    )
    government = models.ForeignKey(
        LocalGovernment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("local government"),
        help_text=_("Of the owner: it is public where the profile may be hidden."),
    )

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            Wall(
                name="cases_wall",
                see=of_item(COLLEAGUES, LEADS),
                add=LEADS_ITEM,
                change=LEADS_ITEM,
            )
        ]

    def __str__(self) -> str:
        return str(self.item)
