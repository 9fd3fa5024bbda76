"""The letter that the report of a meeting is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailroom.languages import to
from mailroom.links import absolute
from mailroom.outgoing import Outgoing
from meetings import words
from meetings.models import ActionPoint, Decision, Meeting

if TYPE_CHECKING:
    from members.models import Member


def actions_by_owner(meeting: Meeting) -> dict[int, list[ActionPoint]]:
    """What is to be done because of this meeting, by the id of who does it."""
    found: dict[int, list[ActionPoint]] = {}
    for each in ActionPoint.objects.open().filter(meeting=meeting).exclude(owner=None):
        found.setdefault(each.owner_id or 0, []).append(each)
    return found


@to("member")
def report_published(
    meeting: Meeting, member: Member, mine: Sequence[ActionPoint], *, not_before: dt.datetime | None = None
) -> Outgoing:
    """The report can be read. The letter holds nothing of it but what the reader is asked to do."""
    own = [
        _("You do this: %(what)s, by %(day)s.") % {"what": each.what, "day": date_format(each.due_on, "j F Y")}
        for each in mine
    ]
    decisions = Decision.objects.filter(meeting=meeting).count()
    return Outgoing(
        kind="report_published",
        thing=f"meeting:{meeting.pk}",
        version="1",
        to=member.email,
        member=member,
        circle=meeting.circle,
        subject=words.subject(_("Report"), meeting),
        paragraphs=[
            _("The report of the meeting “%(title)s” of %(day)s is ready.")
            % {"title": meeting.title, "day": words.day(meeting)},
            *([_("Decisions taken: %(number)s.") % {"number": decisions}] if decisions else []),
            *own,
            _("Is something not right? Reply to a trekker of your circle: a report can be corrected."),
        ],
        buttons=[(_("Read the report"), absolute(meeting.report.get_absolute_url()))],
        not_before=not_before,
        can_unsubscribe=True,
        only_while_member=not member.is_community_manager,
    )
