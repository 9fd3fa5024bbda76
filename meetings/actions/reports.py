"""Writing down what happened in a meeting, and telling the circle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from mailroom.actions import post_all
from meetings import presence
from meetings.letters import reports as letters
from meetings.models import ActionPoint, AgendaItem, Decision, Meeting, Report, ReportPart
from members.models import Member
from regions.journal import action
from regions.models import LocalGovernment
from regions.wall import as_system

from .followup import begin_next_programme

MORNING = 8


class WrittenMeanwhile(Exception):
    """Somebody saved another text since this one was opened: ``report`` as it is now."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report


class NotWritten(Exception):
    """There is no report yet."""


class NotHeld(Exception):
    """The meeting has not begun, or is cancelled: there is nothing to report."""


class AlreadyPublished(Exception):
    """The circle has read it; it can still be corrected."""


@dataclass(frozen=True)
class Outcome:
    """Something new that came of a point, or of the meeting as a whole: a decision, or an action when ``due_on``."""

    item: AgendaItem | None
    text: str
    owner: Member | None = None
    government: LocalGovernment | None = None
    due_on: dt.date | None = None


@action
def write_report(
    meeting: Meeting,
    *,
    by: Member,
    version: int,
    introduction: str,
    parts: Mapping[int, str],
    outcomes: Iterable[Outcome] = (),
) -> Report:
    """Save what was said, by id of the point, and what is new of decisions and actions.

    ``version`` is the one that was opened; when another was saved meanwhile nothing is (WrittenMeanwhile).
    """
    meeting = Meeting.objects.lock(meeting)
    report = Report.objects.filter(meeting=meeting).select_related("written_by").first() or Report(meeting=meeting)
    if report.version != version:
        raise WrittenMeanwhile(report)
    report.introduction, report.version = introduction, version + 1
    report.written_by, report.written_at = by, timezone.now()
    report.save()
    for item in meeting.agenda.filter(pk__in=parts):
        if text := parts[item.pk]:
            ReportPart.objects.update_or_create(item=item, defaults={"text": text})
        else:
            ReportPart.objects.filter(item=item).delete()
    for outcome in outcomes:
        _note(meeting, outcome)
    if report.is_published:
        begin_next_programme(meeting)
    return report


def _note(meeting: Meeting, new: Outcome) -> None:
    if new.due_on is None:
        Decision.objects.create(meeting=meeting, item=new.item, text=new.text)
        return
    government = new.government or (new.owner.government if new.owner else None)
    ActionPoint.objects.create(
        meeting=meeting, item=new.item, what=new.text, owner=new.owner, government=government, due_on=new.due_on
    )


@action
def publish_report(meeting: Meeting, *, by: Member) -> Report:
    """From now on the colleagues of the circle read it. Who was absent hears of it at once: they want to know. Who
    was there gets the same letter the next morning.

    Refuses with NotWritten, NotHeld or AlreadyPublished.
    """
    meeting = Meeting.objects.select_related("circle", "host").lock(meeting)
    report = Report.objects.filter(meeting=meeting).first()
    if report is None:
        raise NotWritten
    if report.is_published:
        raise AlreadyPublished
    if meeting.state not in (Meeting.State.PUBLISHED, Meeting.State.HELD) or meeting.starts_at > timezone.now():
        raise NotHeld
    report.state, report.published_at = Report.State.PUBLISHED, timezone.now()
    report.save(update_fields=["state", "published_at"])
    begin_next_programme(meeting)
    with as_system("whom a report reaches does not hang on whom the trekker may see"):
        absent, present = presence.readers(meeting)
        mine = letters.actions_by_owner(meeting)
    tomorrow = next_morning()
    post_all(letters.report_published(meeting, member, mine.get(member.pk, [])) for member in absent)
    post_all(
        letters.report_published(meeting, member, mine.get(member.pk, []), not_before=tomorrow) for member in present
    )
    return report


def next_morning() -> dt.datetime:
    """Tomorrow at eight, by the Belgian clock."""
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(tomorrow, dt.time(MORNING)))
