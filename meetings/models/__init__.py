"""Gatherings of a circle and what belongs to them: programme, speakers, invitations, answers, material."""

from .agenda import AgendaItem
from .answers import Invitation, Registration
from .attendance import Attendance
from .gathering import Attending, Form, JoinLink, Meeting, MeetingQuerySet, MeetingTopic
from .hosting import Hosting
from .material import Material
from .speakers import Asking, Speaker, SpeakerContact, SpeakerTopic, Talk

__all__ = [
    "AgendaItem",
    "Asking",
    "Attendance",
    "Attending",
    "Form",
    "Hosting",
    "Invitation",
    "JoinLink",
    "Material",
    "Meeting",
    "MeetingQuerySet",
    "MeetingTopic",
    "Registration",
    "Speaker",
    "SpeakerContact",
    "SpeakerTopic",
    "Talk",
]
