"""Letters about talks that somebody proposed: to whoever did, and to the trekkers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from mailroom.languages import to
from mailroom.links import absolute, address_with, make_token
from mailroom.outgoing import Outgoing
from meetings.models import TalkProposal

if TYPE_CHECKING:
    from members.models import Member


@to("proposal")
def proposal_to_prove(proposal: TalkProposal) -> Outgoing:
    """Says nothing that the sender of the form typed: it may be sent to somebody else's address."""
    circle = proposal.call.circle
    return Outgoing(
        kind="proposal_to_prove",
        thing=f"proposal:{proposal.pk}",
        version=1,
        to=proposal.email,
        circle=circle,
        subject=_("[%(circle)s] Confirm your proposal") % {"circle": circle},
        paragraphs=[
            _("With this address somebody proposed to speak at a meeting of %(circle)s.") % {"circle": circle},
            _("Was it you? Confirm it with the button, within a week. Only then does the circle read it."),
            _("Was it not you? Then you do not have to do anything."),
        ],
        buttons=[(_("View and confirm"), address_with(make_token("proposal", proposal.pk), "confirm_proposal"))],
        not_after=proposal.made_at + dt.timedelta(days=7),
        why=_("You get this e-mail because this address was filled in on the portal of the circles."),
    )


@to("trekker")
def proposal_made(proposal: TalkProposal, trekker: Member) -> Outgoing:
    """Something new in the pool."""
    circle = proposal.call.circle
    who = ", ".join(filter(None, [proposal.name, proposal.organisation, str(proposal.get_kind_display())]))
    return Outgoing(
        kind="proposal_made",
        thing=f"proposal:{proposal.pk}",
        version=1,
        to=trekker.email,
        member=trekker,
        circle=circle,
        subject=_("[%(circle)s] Somebody proposes to speak") % {"circle": circle},
        paragraphs=[
            _("%(who)s proposes a talk: “%(title)s”.") % {"who": who, "title": proposal.title},
            proposal.about,
            _("It is in the pool of your circle. Put it on the programme of a meeting when it suits you."),
        ],
        buttons=[(_("View the proposal"), absolute(proposal.get_absolute_url()))],
    )


@to("proposal")
def proposal_declined(proposal: TalkProposal, trekker: Member, message: str) -> Outgoing:
    """A no, with thanks; an answer goes to who decided."""
    circle = proposal.call.circle
    return Outgoing(
        kind="proposal_declined",
        thing=f"proposal:{proposal.pk}",
        version=1,
        to=proposal.email,
        name=proposal.name,
        circle=circle,
        subject=_("[%(circle)s] About your proposal") % {"circle": circle},
        paragraphs=[
            _("Thank you for proposing “%(title)s”. %(circle)s will not use it.")
            % {"title": proposal.title, "circle": circle},
            *([message] if message else []),
            _("You are welcome to propose something else later."),
        ],
        buttons=[(_("What circles look for"), absolute(reverse("calls")))],
        headers={"Reply-To": trekker.email},
        why=_("You get this e-mail because you proposed a talk to this circle."),
    )
