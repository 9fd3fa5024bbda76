"""The letter with which a trekker hears that a draft stands ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from mailroom.languages import to
from mailroom.links import absolute
from mailroom.outgoing import Outgoing
from meetings import words
from meetings.models import Meeting

if TYPE_CHECKING:
    from members.models import Member


@to("trekker")
def draft_ready(meeting: Meeting, trekker: Member) -> Outgoing:
    """Made by the clock; nobody but trekkers sees it. Useless once the day that it proposes has come."""
    desk = f"{reverse('desk', args=[meeting.circle.slug])}?bijeenkomst={meeting.pk}"
    return Outgoing(
        kind="draft_ready",
        thing=f"meeting:{meeting.pk}",
        version=1,
        to=trekker.email,
        member=trekker,
        circle=meeting.circle,
        subject=words.subject(_("A draft is ready"), meeting),
        paragraphs=[
            _("%(circle)s has no meeting yet for its next period. So the portal made a draft: “%(title)s”.")
            % {"circle": meeting.circle, "title": meeting.title},
            _(
                "It has a date, a host whose turn it is, a form and a programme. Only trekkers see it. Change what "
                "you like, ask the circle which day suits, or throw it away."
            ),
        ],
        facts=[*words.facts(meeting), (_("Form"), str(meeting.get_form_display()))],
        buttons=[
            (_("Look at the draft"), absolute(desk)),
            (_("Change the draft"), absolute(reverse("edit_meeting", args=[meeting.pk]))),
        ],
        not_after=meeting.starts_at,
        only_while_member=True,
    )
