"""What the Teams channel of a circle is told about its meetings."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mailroom.channels import post_to_channel
from mailroom.languages import to_anyone
from mailroom.links import absolute
from meetings import words
from meetings.models import Meeting


@to_anyone
def tell_the_channel(meeting: Meeting, kind: str) -> bool:
    """That it is "published", "moved" or "cancelled", once each time. Never the online link: channels have guests."""
    titles = {
        "published": _("New meeting: %(title)s"),
        "moved": _("Changed: %(title)s"),
        "cancelled": _("Cancelled: %(title)s"),
    }
    why = [(_("Why"), meeting.cancelled_because)] if kind == "cancelled" and meeting.cancelled_because else []
    return post_to_channel(
        meeting.circle,
        kind=kind,
        thing=f"meeting:{meeting.pk}",
        version=meeting.sequence,
        title=titles[kind] % {"title": meeting.title},
        facts=[*words.facts(meeting), *why],
        buttons=[(_("To the meeting"), absolute(meeting.get_absolute_url()))],
        not_after=meeting.starts_at,
    )
