"""Letters to who agreed to do something."""

from __future__ import annotations

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailroom.languages import to
from mailroom.links import absolute
from mailroom.outgoing import Outgoing
from meetings import words
from meetings.models import ActionPoint, Meeting


def page_of(action_point: ActionPoint) -> str:
    """Where an action stands among those of its circle."""
    return f"{reverse('circle_actions', args=[action_point.meeting.circle.slug])}#actie-{action_point.pk}"


@to("action_point.owner")
def action_reminded(action_point: ActionPoint) -> Outgoing:
    """Once in the week before the day, and once when it has passed: another day makes it another letter."""
    meeting, owner = action_point.meeting, action_point.owner
    assert owner is not None
    due = date_format(action_point.due_on, "j F Y")
    if action_point.is_overdue:
        kind, verb = "action_overdue", _("Not done yet")
        paragraphs = [
            _("You would do this by %(day)s: %(what)s.") % {"day": due, "what": action_point.what},
            _("Is it done? Tick it off. Is more time needed? Ask a trekker of your circle for another date."),
            _("We will not remind you of it again."),
        ]
    else:
        kind, verb = "action_due", _("To do")
        paragraphs = [
            _("You do this by %(day)s: %(what)s.") % {"day": due, "what": action_point.what},
            _("Is it done? Tick it off, so that the circle knows."),
        ]
    return Outgoing(
        kind=kind,
        thing=f"meeting:{meeting.pk}",
        version=f"{action_point.pk}-{action_point.due_on.isoformat()}",
        to=owner.email,
        member=owner,
        circle=meeting.circle,
        subject=f"[{meeting.circle}] {verb}: {action_point.what}",
        paragraphs=[*paragraphs, _agreed_at(meeting)],
        buttons=[(_("To your action"), absolute(page_of(action_point)))],
        only_while_member=not owner.is_community_manager,
        can_unsubscribe=True,
        why=_("You get this e-mail because an action of your circle is in your name."),
    )


def _agreed_at(meeting: Meeting) -> str:
    return _("This was agreed at “%(title)s” of %(day)s.") % {"title": meeting.title, "day": words.day(meeting)}
