"""Gatherings of a circle and what belongs to them: programme, speakers, invitations, answers, material."""

from .agenda import AgendaItem, Case
from .answers import Invitation, Registration
from .attendance import Attendance
from .coming import AlwaysComes, Excuse, Need
from .evaluation import LEAST, Evaluation, EvaluationGiven
from .gathering import Attending, Form, JoinLink, Meeting, MeetingQuerySet, MeetingTopic
from .hosting import Hosting, HostTask
from .material import Material
from .periods import PreparedPeriod
from .polls import DateOption, DatePoll, DateVote
from .proposals import SpeakerCall, TalkProposal
from .questions import PressingQuestion, QuestionSupport
from .reports import ActionPoint, Decision, Report, ReportPart
from .rounds import Contribution
from .speakers import Asking, Speaker, SpeakerContact, SpeakerTopic, Talk

__all__ = [
    "LEAST",
    "ActionPoint",
    "AgendaItem",
    "AlwaysComes",
    "Asking",
    "Attendance",
    "Attending",
    "Case",
    "Contribution",
    "DateOption",
    "DatePoll",
    "DateVote",
    "Decision",
    "Evaluation",
    "EvaluationGiven",
    "Excuse",
    "Form",
    "HostTask",
    "Hosting",
    "Invitation",
    "JoinLink",
    "Material",
    "Meeting",
    "MeetingQuerySet",
    "MeetingTopic",
    "Need",
    "PreparedPeriod",
    "PressingQuestion",
    "QuestionSupport",
    "Registration",
    "Report",
    "ReportPart",
    "Speaker",
    "SpeakerCall",
    "SpeakerContact",
    "SpeakerTopic",
    "Talk",
    "TalkProposal",
]
