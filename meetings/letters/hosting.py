"""Letters to who is asked to receive a meeting, and to the trekkers about what hosts say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailroom.languages import to
from mailroom.links import absolute
from mailroom.outgoing import Outgoing
from meetings import words
from meetings.models import Hosting, HostTask

if TYPE_CHECKING:
    from members.models import Member


@to("hosting.contact")
def host_asked(hosting: Hosting, by: Member, message: str) -> Outgoing:
    """Asks to receive a meeting; the answer is given on a page, after logging in."""
    asks = _("%(name)s asks on behalf of %(circle)s whether %(government)s can receive the meeting “%(title)s”.")
    return _letter(
        hosting,
        hosting.contact,
        kind="host_asked",
        verb=_("Would you like to be the host?"),
        version=str(hosting.pk),
        paragraphs=[
            asks % (_names(hosting) | {"name": by}),
            *([message] if message else []),
            _(
                "Can you? Then you get a list of what to arrange. A “no” helps too: then the circle asks the "
                "next one."
            ),
        ],
        button=_("Say yes or no"),
        headers={"Reply-To": by.email},
    )


@to("hosting.contact")
def host_asked_again(hosting: Hosting) -> Outgoing:
    """Once to who is silent for a week."""
    asked = _("%(circle)s asked whether %(government)s can receive the meeting “%(title)s”, and does not know yet.")
    return _letter(
        hosting,
        hosting.contact,
        kind="host_asked_again",
        verb=_("Reminder, would you like to be the host?"),
        version=str(hosting.pk),
        paragraphs=[
            asked % _names(hosting),
            _("A “no” helps too: then the circle can ask the next one. We will not ask again."),
        ],
        button=_("Say yes or no"),
    )


@to("trekker")
def host_answered(hosting: Hosting, trekker: Member) -> Outgoing:
    """Tells a trekker what the host answered, and what comes next."""
    said_yes = hosting.state == Hosting.State.ACCEPTED
    moved = hosting.meeting.host_id == hosting.government_id
    if said_yes and moved:
        says, next_step = _("%(government)s receives the meeting “%(title)s”."), _("View the meeting")
        address = hosting.meeting.get_absolute_url()
    elif said_yes:
        says = _("%(government)s can receive the meeting “%(title)s”. Change the place, so that everyone is told.")
        next_step, address = _("Change the place"), reverse("move_meeting", args=[hosting.meeting_id])
    else:
        says = _("%(government)s cannot receive the meeting “%(title)s”. You can ask the next one in turn.")
        next_step, address = _("Ask the next one"), reverse("ask_host", args=[hosting.meeting_id])
    return _letter(
        hosting,
        trekker,
        kind="host_answered",
        verb=_("Host says yes") if said_yes else _("Host says no"),
        version=f"{hosting.pk}-{hosting.state}-{hosting.answered_at.isoformat() if hosting.answered_at else ''}",
        paragraphs=[
            says % _names(hosting),
            *([_("They add: %(reply)s") % {"reply": hosting.reply}] if hosting.reply else []),
        ],
        button=next_step,
        address=address,
    )


@to("hosting.contact")
def host_released(hosting: Hosting) -> Outgoing:
    """The circle no longer counts on this host."""
    return _letter(
        hosting,
        hosting.contact,
        kind="host_released",
        verb=_("You no longer have to be the host"),
        version=str(hosting.pk),
        paragraphs=[
            _("%(government)s no longer has to receive the meeting “%(title)s” of %(circle)s.") % _names(hosting),
            _("You do not have to do anything."),
        ],
    )


@to("hosting.contact")
def host_told_of_change(hosting: Hosting) -> Outgoing:
    """Another day or hour, before anyone was invited; the letter says what is so now."""
    changed = _("The meeting “%(title)s” that %(government)s was asked to receive has another date. It is below.")
    return _letter(
        hosting,
        hosting.contact,
        kind="host_told_of_change",
        verb=_("Changed"),
        version=f"{hosting.pk}-{hosting.meeting.sequence}",
        paragraphs=[changed % _names(hosting), _("Does it no longer suit you? Say so on the page of the host.")],
        button=_("View what is agreed"),
    )


@to("hosting.contact")
def host_reminded(hosting: Hosting, late: list[HostTask]) -> Outgoing:
    """Of what should have been arranged by now; each task once."""
    says = ngettext(
        "For the meeting “%(title)s” one thing is not ticked off yet:",
        "For the meeting “%(title)s” these things are not ticked off yet:",
        len(late),
    )
    listed = [f"{task} ({_('by %(day)s') % {'day': date_format(task.due_on, 'j F')}})" for task in late]
    return _letter(
        hosting,
        hosting.contact,
        kind="host_reminded",
        verb=_("What is still to be arranged"),
        version="-".join(str(task.pk) for task in late),
        paragraphs=[
            f"{says % _names(hosting)} {', '.join(listed)}.",
            _("Is it arranged? Then tick it off. We do not remind you of this again."),
        ],
        button=_("Open the list"),
    )


@to("reader")
def swap_asked(hosting: Hosting, other: Hosting, reader: Member) -> Outgoing:
    """To who is asked to take the turn of ``hosting`` instead of its own, ``other``."""
    asks = _("%(government)s asks to exchange. %(other)s then receives the circle on %(day)s, not on %(instead)s.")
    return _letter(
        other,
        reader,
        kind="swap_asked",
        verb=_("Would you like to exchange?"),
        version=f"{hosting.pk}-{timezone.now().isoformat()}",
        paragraphs=[
            asks
            % {
                "government": hosting.government,
                "other": other.government,
                "day": words.day(hosting.meeting),
                "instead": words.day(other.meeting),
            },
            _("Nothing changes until you say yes."),
        ],
        button=_("Say yes or no"),
    )


@to("reader")
def swap_answered(first: Hosting, second: Hosting, reader: Member, *, accepted: bool) -> Outgoing:
    """To the other host, and after a yes to the trekkers; ``first`` and ``second`` are as they are now."""
    if accepted:
        lines = [
            _("%(government)s receives the circle on %(day)s.")
            % {"government": each.government, "day": words.day(each.meeting)}
            for each in (first, second)
        ]
        lines.append(_("What was ticked off before starts again: it was for another day."))
    else:
        lines = [
            _("%(government)s would rather keep its own day. Nothing changes: you receive the circle on %(day)s.")
            % {"government": second.government, "day": words.day(first.meeting)}
        ]
    theirs = second if reader.pk == second.contact_id else first
    return _letter(
        theirs,
        reader,
        kind="swap_answered",
        verb=_("Hosts have exchanged") if accepted else _("No exchange of hosts"),
        version=f"{first.pk}-{timezone.now().isoformat()}",
        paragraphs=lines,
        button=_("View what is agreed"),
    )


def _names(hosting: Hosting) -> dict[str, Any]:
    return {
        "circle": hosting.meeting.circle,
        "government": hosting.government,
        "title": hosting.meeting.title,
    }


def _letter(
    hosting: Hosting,
    reader: Any,
    *,
    kind: str,
    verb: str,
    version: str,
    paragraphs: Sequence[str],
    button: str = "",
    address: str = "",
    headers: dict[str, str] | None = None,
) -> Outgoing:
    """What they share. A draft is told to who is in the circle, and to nobody who left it meanwhile."""
    meeting = hosting.meeting
    page = address or reverse("host", args=[meeting.pk])
    return Outgoing(
        kind=kind,
        thing=f"meeting:{meeting.pk}",
        version=version,
        to=reader.email,
        member=reader,
        circle=meeting.circle,
        subject=words.subject(verb, meeting),
        paragraphs=paragraphs,
        facts=[
            *(
                words.facts(meeting) if meeting.host else [(_("When"), words.when(meeting))]
            ),  # else it is not known yet
            (_("Form"), str(meeting.get_form_display())),
        ],
        buttons=[(button, absolute(page))] if button else [],
        not_after=meeting.starts_at,
        only_while_member=reader.pk == hosting.contact_id,
        headers=headers or {},
    )
