"""The letter of the morning after: thanks, and three questions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailroom.languages import to
from mailroom.links import absolute
from mailroom.outgoing import Outgoing
from meetings import words
from meetings.models import Meeting

if TYPE_CHECKING:
    from members.models import Member


@to("member")
def evaluation_asked(meeting: Meeting, member: Member, *, until: dt.datetime) -> Outgoing:
    """To who was there. The button leads to a page behind the login: a link that anyone may open could be answered by
    anyone, and one that says who opens it would not be without a name."""
    return Outgoing(
        kind="evaluation_asked",
        thing=f"meeting:{meeting.pk}",
        version="1",
        to=member.email,
        member=member,
        circle=meeting.circle,
        subject=words.subject(_("Thank you for coming"), meeting),
        paragraphs=[
            _("Thank you for taking part in “%(title)s”.") % {"title": meeting.title},
            _("What did you think of it? Three questions, two minutes. You can answer until %(day)s.")
            % {"day": date_format(timezone.localtime(until), "j F")},
            _("Nobody sees who answered what. Trekkers see nothing before five people have answered."),
        ],
        buttons=[(_("Answer three questions"), absolute(reverse("evaluate", args=[meeting.pk])))],
        not_after=until,
        can_unsubscribe=True,
        only_while_member=meeting.audience == Meeting.Audience.CIRCLE and not member.is_community_manager,
        why=_("You get this e-mail because you were at this meeting."),
    )
