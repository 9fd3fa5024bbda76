"""The pool of speakers, and who was asked for which point of a programme."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from library.models import Topic
from regions.wall import A_TREKKER, STEWARD, Wall

from .agenda import AgendaItem
from .walls import LEADS, LEADS_ITEM, LEADS_TALK, of_item


class Speaker(models.Model):
    """Someone who can be asked to speak, in a pool that all circles share. Needs no account."""

    class Kind(models.TextChoices):
        COLLEAGUE = "colleague", _("colleague from a local government")
        V_ICT_OR = "v_ict_or", _("V-ICT-OR")
        GOVERNMENT = "government", _("Flemish or federal government")
        VENDOR = "vendor", _("supplier")

    name = models.CharField(_("name"), max_length=80)
    organisation = models.CharField(_("organisation"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    bio = models.TextField(_("about the speaker"), blank=True, max_length=2000)
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=settings.LANGUAGES,
        default="nl",
        db_default="nl",
        help_text=_("In which we write to the speaker."),
    )
    topics = models.ManyToManyField(
        Topic, through="SpeakerTopic", related_name="speakers", blank=True, verbose_name=_("topics")
    )

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        constraints = [
            Wall(
                name="speakers_wall",
                see=(
                    f"{A_TREKKER} OR {STEWARD} "
                    "OR EXISTS (SELECT FROM meetings_talk AS t WHERE t.speaker_id = meetings_speaker.id "
                    "AND t.state = 'accepted')"
                ),
                add=f"{A_TREKKER} OR {STEWARD}",
                change=f"{A_TREKKER} OR {STEWARD}",
                delete=STEWARD,
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_vendor(self) -> bool:
        return self.kind == self.Kind.VENDOR


class SpeakerContact(models.Model):
    """Where a speaker is written to. For trekkers; the speaker's name and bio are on the programme, this is not."""

    speaker = models.OneToOneField(Speaker, models.CASCADE, primary_key=True, related_name="contact")
    email = models.EmailField(_("e-mail address"), unique=True)

    class Meta:
        verbose_name = _("speaker's address")
        verbose_name_plural = _("speakers' addresses")
        constraints = [
            Wall(
                name="speaker_contacts_wall",
                see=f"{A_TREKKER} OR {STEWARD}",
                add=f"{A_TREKKER} OR {STEWARD}",
                change=f"{A_TREKKER} OR {STEWARD}",
                delete=STEWARD,
            )
        ]

    def __str__(self) -> str:
        return self.email


class SpeakerTopic(models.Model):
    """A speaker can tell about a topic."""

    speaker = models.ForeignKey(Speaker, models.CASCADE)
    topic = models.ForeignKey(Topic, models.CASCADE, verbose_name=_("topic"))

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            Wall(
                name="speaker_topics_wall",
                see="EXISTS (SELECT FROM meetings_speaker AS s WHERE s.id = speaker_id)",
                add=f"{A_TREKKER} OR {STEWARD}",
                change=f"{A_TREKKER} OR {STEWARD}",
            ),
            models.UniqueConstraint(fields=["speaker", "topic"], name="a_topic_once_per_speaker"),
        ]


class Talk(models.Model):
    """A speaker is asked for a point of the programme, and says yes or no by one expiring link."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="talks", verbose_name=_("programme item"))
    speaker = models.ForeignKey(Speaker, models.PROTECT, related_name="talks", verbose_name=_("speaker"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    may_record = models.BooleanField(_("may be recorded"), default=False, db_default=False)
    may_publish = models.BooleanField(_("may be published"), default=False, db_default=False)
    consented_at = models.DateTimeField(
        _("consent answered"),
        null=True,
        blank=True,
        help_text=_("When the speaker last said what may be recorded and published. Never said is no."),
    )

    class Meta:
        ordering: ClassVar = ["asked_at"]
        verbose_name = _("talk")
        verbose_name_plural = _("talks")
        constraints = [
            Wall(
                name="talks_wall",
                see=of_item("meetings_talk.state = 'accepted'", LEADS),
                add=LEADS_ITEM,
                change=LEADS_ITEM,
            ),
            models.UniqueConstraint(fields=["item", "speaker"], name="a_speaker_once_per_item"),
        ]

    def __str__(self) -> str:
        return f"{self.speaker}: {self.item}"


class Asking(models.Model):
    """What trekker and speaker write each other about a talk. The talk is on the programme, this is between them."""

    talk = models.OneToOneField(Talk, models.CASCADE, primary_key=True, related_name="asking")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    to = models.EmailField(
        _("address used"),
        help_text=_(
            "The e-mails hold the key to this talk. So this address stays when another circle changes the list of "
            "speakers."
        ),
    )
    message = models.TextField(_("message to the speaker"), blank=True, max_length=2000)
    reply = models.TextField(_("reply"), blank=True, max_length=1000)

    class Meta:
        verbose_name = _("question to a speaker")
        verbose_name_plural = _("questions to speakers")
        constraints = [Wall(name="askings_wall", see=LEADS_TALK, add=LEADS_TALK, change=LEADS_TALK)]

    def __str__(self) -> str:
        return str(self.talk)
