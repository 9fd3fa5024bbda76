"""What the letters about people and their place in a circle say."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailroom.languages import to, to_anyone
from mailroom.links import absolute
from mailroom.outgoing import Outgoing
from regions.models import Circle

from .models import JoinRequest, Member, Membership


def day(date: dt.date) -> str:
    """21 november 2026"""
    return date_format(date, "j F Y")


def workplace(member: Member) -> str:
    """Where this person says to work, in a word or two."""
    return str(member.organisation or (_("another organisation") if member.works_elsewhere else _("not known")))


@to("decider")
def request_to_decide(request: JoinRequest, decider: Member) -> Outgoing:
    """To trekkers and community managers: someone asks for a place."""
    facts = [
        (_("Name"), request.member.name),
        (_("Works for"), workplace(request.member)),
        (_("E-mail address"), request.member.email),
    ]
    if request.message:
        facts.append((_("Message"), request.message))
    return Outgoing(
        kind="request_to_decide",
        thing=f"request:{request.pk}",
        version=1,
        to=decider.email,
        member=decider,
        circle=request.circle,
        subject=_("[%(circle)s] Request to join: %(name)s") % {"circle": request.circle, "name": request.member.name},
        paragraphs=[
            _("%(name)s asks to join %(circle)s.") % {"name": request.member.name, "circle": request.circle},
            _(
                "The e-mail address was checked. It does not prove that this person works for a government of the "
                "circle."
            ),
        ],
        facts=facts,
        buttons=[(_("Look at the request"), absolute(reverse("decide_request", args=[request.pk])))],
        closing=[_("The other trekkers and the community managers got this e-mail too. Whoever is first decides.")],
    )


@to("request.member")
def request_received(request: JoinRequest) -> Outgoing:
    """To who asked: we have it, and who decides."""
    return Outgoing(
        kind="request_received",
        thing=f"request:{request.pk}",
        version=1,
        to=request.member.email,
        member=request.member,
        circle=request.circle,
        subject=_("[%(circle)s] We received your request to join") % {"circle": request.circle},
        paragraphs=[
            _("You asked to join %(circle)s. A trekker of the circle or a community manager decides.")
            % {"circle": request.circle},
            _("You get an e-mail as soon as they have decided. Until then you only see what everyone sees."),
        ],
        buttons=[(_("To my page"), absolute(reverse("mine")))],
    )


@to("request.member")
def request_decided(request: JoinRequest) -> Outgoing:
    """To who asked: yes or no, and why."""
    if request.accepted:
        subject = _("[%(circle)s] You are a member")
        text = _("Your request was accepted: you are now a member of %(circle)s.")
        button = (_("To the circle"), absolute(request.circle.get_absolute_url()))
    else:
        subject = _("[%(circle)s] Your request to join was declined")
        text = _("Your request to join %(circle)s was declined.")
        button = (_("Look at the other circles"), absolute(reverse("circles")))
    return Outgoing(
        kind="request_decided",
        thing=f"request:{request.pk}",
        version=1,
        to=request.member.email,
        member=request.member,
        circle=request.circle,
        subject=subject % {"circle": request.circle},
        paragraphs=[text % {"circle": request.circle}],
        facts=[(_("Reason"), request.reason)] if request.reason else [],
        buttons=[button],
    )


@to_anyone
def asked_to_join(circle: Circle, *, to: str, by: Member, message: str, name: str, link: str) -> Outgoing:
    """A trekker would like to have this person in the circle.

    The row of this letter is the same for who has a profile and who has none: a trekker can read it.
    """
    asks = _("%(trekker)s, trekker of %(circle)s, asks you to join the circle.") % {
        "trekker": by.name,
        "circle": circle,
    }
    return Outgoing(
        kind="asked_to_join",
        thing=f"circle:{circle.pk}",
        version=timezone.localdate().isoformat(),  # once a day is enough
        to=to,
        circle=circle,
        name=name or to,
        subject=_("[%(circle)s] %(trekker)s asks you to join") % {"circle": circle, "trekker": by.name},
        paragraphs=[
            asks,
            _(
                "In a regional knowledge circle people of local governments share what they know about ICT and GIS. "
                "Taking part is free."
            ),
        ],
        facts=[(_("Message"), message)] if message else [],
        buttons=[(_("Answer"), absolute(link))],
        closing=[_("Do you not want to join? Then you do not need to do anything.")],
        can_unsubscribe=True,
        why=_("You get this e-mail because a trekker of %(circle)s gave your address.") % {"circle": circle},
    )


@to("request.asked_by")
def asking_answered(request: JoinRequest) -> Outgoing:
    """To the trekker who asked: the answer."""
    trekker = request.asked_by
    assert trekker
    if request.accepted:
        subject, text = _("[%(circle)s] %(name)s has joined"), _("%(name)s has joined %(circle)s, as you asked.")
    else:
        subject = _("[%(circle)s] %(name)s is not joining")
        text = _("%(name)s thanks you for asking, but is not joining %(circle)s.")
    words = {"circle": request.circle, "name": request.member.name}
    return Outgoing(
        kind="asking_answered",
        thing=f"request:{request.pk}",
        version=1,
        to=trekker.email,
        member=trekker,
        circle=request.circle,
        subject=subject % words,
        paragraphs=[text % words],
        buttons=[(_("Members of the circle"), absolute(reverse("circle_members", args=[request.circle.slug])))],
    )


def _about_role(membership: Membership, kind: str, subject: str, paragraphs: list[str], facts=()) -> Outgoing:
    words = {"circle": membership.circle}
    return Outgoing(
        kind=kind,
        thing=f"membership:{membership.pk}",
        version=timezone.now().isoformat(),
        to=membership.member.email,
        member=membership.member,
        circle=membership.circle,
        subject=subject % words,
        paragraphs=[paragraph % words for paragraph in paragraphs],
        facts=facts,
        buttons=[(_("To my page"), absolute(reverse("mine")))],
    )


@to("membership.member")
def role_given(membership: Membership) -> Outgoing:
    """You lead the circle from this day, until that day if there is one."""
    facts = [(_("From"), day(membership.mandate_start))] if membership.mandate_start else []
    if membership.mandate_end:
        facts.append((_("Until and including"), day(membership.mandate_end)))
    return _about_role(
        membership,
        "role_given",
        _("[%(circle)s] You are a trekker"),
        [
            _("You have a mandate as a trekker of %(circle)s. The period is below."),
            _("A trekker plans the meetings, asks speakers, invites the members and decides on requests to join."),
        ],
        facts,
    )


@to("membership.member")
def role_taken(membership: Membership) -> Outgoing:
    """You no longer lead the circle; you are still in it."""
    return _about_role(
        membership,
        "role_taken",
        _("[%(circle)s] You are no longer a trekker"),
        [
            _("Your mandate as a trekker of %(circle)s was ended. You are still a member of the circle."),
            _("Thank you for what you did for the circle."),
        ],
    )


@to("membership.member")
def removed_from_circle(membership: Membership) -> Outgoing:
    """A trekker or community manager ended your membership."""
    return _about_role(
        membership,
        "removed_from_circle",
        _("[%(circle)s] You are no longer a member"),
        [
            _("A trekker or a community manager ended your membership of %(circle)s."),
            _(
                "You no longer see what is shared in the circle. Is this not right? "
                "Then contact a trekker or V-ICT-OR."
            ),
        ],
    )


@to("membership.member")
def mandate_ended(membership: Membership) -> Outgoing:
    """The last day of your mandate has passed."""
    assert membership.mandate_end
    return _about_role(
        membership,
        "mandate_ended",
        _("[%(circle)s] Your mandate as a trekker has ended"),
        [
            _("The last day of your mandate as a trekker of %(circle)s has passed. You are still a member."),
            _("Would you like to continue? Ask another trekker or V-ICT-OR for a new mandate."),
        ],
        [(_("Last day"), day(membership.mandate_end))],
    )


@to("manager")
def circle_without_trekker(circle: Circle, manager: Member) -> Outgoing:
    """To community managers: nobody leads this circle any more."""
    return Outgoing(
        kind="circle_without_trekker",
        thing=f"circle:{circle.pk}",
        version=timezone.localdate().isoformat(),
        to=manager.email,
        member=manager,
        circle=circle,
        subject=_("[%(circle)s] This circle has no trekker") % {"circle": circle},
        paragraphs=[
            _("The mandate of the last trekker of %(circle)s has ended. Nobody can plan meetings now.")
            % {"circle": circle}
        ],
        buttons=[(_("Find a new trekker"), absolute(reverse("circle_members", args=[circle.slug])))],
    )


@to("trekker")
def address_moved_away(circle: Circle, member: Member, trekker: Member) -> Outgoing:
    """To trekkers and community managers: this member's new address no longer says where they work."""
    return Outgoing(
        kind="address_moved_away",
        thing=f"member:{member.pk}",
        version=member.email,
        to=trekker.email,
        member=trekker,
        circle=circle,
        subject=_("[%(circle)s] Please check: %(name)s has another e-mail address")
        % {"circle": circle, "name": member.name},
        paragraphs=[
            _(
                "%(name)s now uses %(address)s. That is not an address of the organisation for which this person "
                "joined the circle. Nothing was changed: please check whether %(name)s still belongs in the circle."
            )
            % {"name": member.name, "address": member.email}
        ],
        buttons=[(_("Members of the circle"), absolute(reverse("circle_members", args=[circle.slug])))],
    )
