"""Verbs about people: getting a place in a circle, leaving it, being given a role."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from mailroom.actions import post, post_all
from regions.journal import action
from regions.models import Circle
from regions.wall import as_system

from . import letters
from .askings import AskingLink, registration_link
from .models import JoinRequest, Member, Membership
from .proof import joins_at_once, only_government_of, partner_of, proves_government


class CircleClosed(Exception):
    """The circle takes nobody any more."""


class OnlyByInvitation(Exception):
    """A trekker of this circle asks people; one cannot ask for a place."""


class NothingToJoin(Exception):
    """Whoever is in a circle is in this one."""


class AlreadyDecided(Exception):
    """Somebody was first."""


class AnswersForThemselves(Exception):
    """A trekker asked this person: the answer is theirs."""


class LastTrekkerLeaves(Exception):
    """The circle would have nobody to lead it. First make another member a trekker."""


class SupplierCannotLead(Exception):
    """Who works for a supplier does not see who is in a circle, so cannot lead it."""


class MembershipOver(Exception):
    """This person is no longer in the circle."""


# --- What several verbs need ---------------------------------------------------------------------------------------


def _queue_at(circle: Circle) -> None:
    """From here on one at a time: places and roles of a circle change one after the other."""
    with as_system("the queue at a circle is nobody's own"):
        Circle.objects.select_for_update(no_key=True).get(pk=circle.pk)


def _refuse_where_nobody_joins(circle: Circle) -> None:
    if circle.joining == Circle.Joining.EVERYONE:
        raise NothingToJoin
    if circle.state == Circle.State.CLOSED:
        raise CircleClosed


def _deciders(circle: Circle) -> QuerySet[Member]:
    """Who decides on requests: the trekkers of the circle and the community managers."""
    trekkers = Membership.objects.trekkers().filter(circle=circle).values("member")
    return Member.objects.active().filter(Q(pk__in=trekkers) | Q(is_community_manager=True))


def _let_in(member: Member, circle: Circle, decided_by: Member | None = None, reason: str = "") -> Membership:
    """A place in the circle; a wish that was open is granted by it."""
    member.join_requests.open().filter(circle=circle).update(
        decided_at=timezone.now(), decided_by=decided_by, accepted=True, reason=reason
    )
    return Membership.objects.get_or_create(member=member, circle=circle, ended_at=None)[0]


def _ask_for_a_place(member: Member, circle: Circle, message: str = "") -> JoinRequest:
    request, created = JoinRequest.objects.get_or_create(
        member=member, circle=circle, decided_at=None, defaults={"message": message}
    )
    if created:
        post(letters.request_received(request))
        post_all(letters.request_to_decide(request, decider) for decider in _deciders(circle))
    return request


def _refuse_the_last_trekker(membership: Membership) -> None:
    if not (membership.is_trekker and membership.member.is_active):
        return
    others = Membership.objects.trekkers().filter(circle=membership.circle_id, member__is_active=True)
    if not others.exclude(pk=membership.pk).exists():
        raise LastTrekkerLeaves


# --- Registering ---------------------------------------------------------------------------------------------------


def remember_asking(member: Member, asking: AskingLink) -> None:
    """Whoever registers with the very address that a trekker wrote to is asked; the e-mail check answers yes."""
    if asking.address != member.email.lower():
        return
    with as_system("a trekker asked this very address"):
        JoinRequest.objects.get_or_create(
            member=member,
            circle=asking.circle,
            decided_at=None,
            defaults={"asked_by": Member.objects.filter(pk=asking.by_id).first()},
        )


@action
def welcome(member: Member) -> None:
    """The address was proven for the first time: open what it proves, ask for what was said. Twice is harmless."""
    with as_system("a proven address opens the circle of its government"):
        said = member.government
        for asked in member.join_requests.open().exclude(asked_by=None).order_by("circle"):
            _queue_at(asked.circle)
            _accept_asking(asked)
        _note_where_they_work(member)
        government = said or member.government
        if government is None:
            return
        for circle in Circle.objects.regional().active().for_government(government).order_by("pk"):
            _queue_at(circle)
            if member.memberships.current().filter(circle=circle).exists():
                continue
            if joins_at_once(member, circle):
                _let_in(member, circle)
            elif circle.joining != Circle.Joining.INVITATION:
                _ask_for_a_place(member, circle)


def _note_where_they_work(member: Member) -> None:
    """A partner's domain counts for more than what was said; a government's fills in what was not said."""
    partner = partner_of(member.email)
    if partner:
        member.partner, member.government = partner, None
    elif member.government is None and not member.works_elsewhere:
        member.government = only_government_of(member.email)
    member.save(update_fields=["partner", "government"])


@action
def address_changed(member: Member, *, before: str) -> None:
    """Another address was proven. No place is taken or given; who decides about places hears that a proof is gone."""
    with as_system("who lets people in must know that a proof is gone"):
        proof_is_gone = proves_government(before, member.government) and not proves_government(
            member.email, member.government
        )
        partner = partner_of(member.email)
        if partner and partner != member.partner:
            member.partner, member.government = partner, None
            member.save(update_fields=["partner", "government"])
            proof_is_gone = True
        if proof_is_gone:
            for membership in member.memberships.current().select_related("circle"):
                post_all(
                    letters.address_moved_away(membership.circle, member, decider)
                    for decider in _deciders(membership.circle).exclude(pk=member.pk)
                )


@action
def save_profile(member: Member, *, by: Member, name: str, job_title: str, language: str) -> None:
    """Only what people may say about themselves; where they work and what they may is not theirs to write."""
    if member.pk != by.pk:
        raise PermissionDenied
    with as_system("people say their own name and function"):
        Member.objects.filter(pk=member.pk).update(name=name, job_title=job_title, language=language)


@action
def choose_language(member: Member, *, by: Member, language: str) -> None:
    """Of pages and letters, from now on. The same one again changes nothing."""
    if member.pk != by.pk:
        raise PermissionDenied
    with as_system("people say in which language they read"):
        Member.objects.filter(pk=member.pk).update(language=language)


# --- Joining and leaving -------------------------------------------------------------------------------------------


@action
def join(circle: Circle, *, by: Member, message: str = "") -> Membership | JoinRequest:
    """A place at once for who is known or was asked; a request for everyone else. AskingLink twice is harmless.

    Raises NothingToJoin, CircleClosed or OnlyByInvitation.
    """
    _refuse_where_nobody_joins(circle)
    _queue_at(circle)
    with as_system("a known domain is in at once, everyone else asks"):
        membership = by.memberships.current().filter(circle=circle).first()
        if membership:
            return membership
        asked = by.join_requests.open().filter(circle=circle).exclude(asked_by=None).first()
        if asked:
            return _accept_asking(asked)
        if joins_at_once(by, circle):
            return _let_in(by, circle)
        if circle.joining == Circle.Joining.INVITATION:
            raise OnlyByInvitation
        return _ask_for_a_place(by, circle, message)


@action
def decide(request: JoinRequest, *, by: Member, accepted: bool, reason: str = "") -> None:
    """A trekker or community manager says yes or no. Raises AlreadyDecided, AnswersForThemselves."""
    _queue_at(request.circle)
    locked = JoinRequest.objects.select_for_update(of=("self",)).filter(pk=request.pk).first()
    if locked is None:  # locking shows only what one may change
        raise PermissionDenied
    request = locked
    if request.decided_at:
        raise AlreadyDecided
    if request.asked_by_id:
        raise AnswersForThemselves
    member = request.member  # once declined, no longer someone the trekker may know
    if accepted:
        Membership.objects.get_or_create(member=member, circle=request.circle, ended_at=None)
    request.decided_at, request.decided_by, request.accepted, request.reason = timezone.now(), by, accepted, reason
    request.save(update_fields=["decided_at", "decided_by", "accepted", "reason"])
    post(letters.request_decided(request))


@action
def ask(circle: Circle, *, by: Member, address: str, message: str = "") -> None:
    """Ask someone into the circle by address. Says nothing about whether this address has a profile.

    Raises NothingToJoin, CircleClosed.
    """
    _refuse_where_nobody_joins(circle)
    _queue_at(circle)
    address = address.strip().lower()
    with as_system("whether an address has a profile is not the trekker's to know"):
        member = Member.objects.filter(email__iexact=address).first()
        if member is None:
            link, name = registration_link(circle, by_id=by.pk, address=address), ""
        elif not member.is_active or member.memberships.current().filter(circle=circle).exists():
            return
        else:
            request, created = JoinRequest.objects.get_or_create(
                member=member, circle=circle, decided_at=None, defaults={"asked_by": by, "message": message}
            )
            if not created and request.asked_by_id is None:  # they had asked themselves: two wishes make a place
                _let_in(member, circle, decided_by=by)
                request.refresh_from_db()
                post(letters.request_decided(request))
                return
            link, name = request.get_absolute_url(), member.name
        post(letters.asked_to_join(circle, to=address, by=by, message=message, name=name, link=link))


def _accept_asking(request: JoinRequest) -> Membership:
    membership = _let_in(request.member, request.circle, decided_by=request.member)
    request.refresh_from_db()
    if request.asked_by and request.asked_by.is_active:
        post(letters.asking_answered(request))
    return membership


@action
def answer_asking(request: JoinRequest, *, by: Member, accepted: bool) -> None:
    """Who was asked says yes or no, and the trekker who asked is told. Raises AlreadyDecided."""
    _queue_at(request.circle)
    with as_system("who was asked answers"):
        request = JoinRequest.objects.exclude(asked_by=None).get(pk=request.pk, member=by)
        if request.decided_at:
            raise AlreadyDecided
        if accepted:
            _accept_asking(request)
            return
        request.decided_at, request.decided_by, request.accepted = timezone.now(), by, False
        request.save(update_fields=["decided_at", "decided_by", "accepted"])
        if request.asked_by and request.asked_by.is_active:
            post(letters.asking_answered(request))


@action
def leave(circle: Circle, *, by: Member) -> None:
    """End one's own place. Twice is harmless. Raises LastTrekkerLeaves."""
    _queue_at(circle)
    with as_system("who leaves ends their own place"):
        membership = by.memberships.current().filter(circle=circle).first()
        if membership:
            _refuse_the_last_trekker(membership)
            membership.ended_at = timezone.now()
            membership.save(update_fields=["ended_at"])


# --- Roles ---------------------------------------------------------------------------------------------------------
# The wall lets only trekkers of the circle and community managers change these rows.


def _locked(membership: Membership) -> Membership:
    """The same place with nobody else at it. Raises MembershipOver; PermissionDenied for who just lost the right."""
    _queue_at(membership.circle)
    places = Membership.objects.select_for_update(of=("self",)).select_related("member__partner", "circle")
    locked = places.filter(pk=membership.pk).first()  # locking shows only what one may change
    if locked is None:
        raise PermissionDenied
    if locked.ended_at:
        raise MembershipOver
    return locked


@action
def make_trekker(membership: Membership, *, by: Member, start: dt.date, end: dt.date | None = None) -> None:
    """Give a mandate, or another one. Raises SupplierCannotLead, LastTrekkerLeaves when nobody would lead today."""
    membership = _locked(membership)
    if membership.member.is_vendor:
        raise SupplierCannotLead
    mandate = (Membership.Role.TREKKER, start, end)
    if (membership.role, membership.mandate_start, membership.mandate_end) == mandate:
        return
    today = timezone.localdate()
    if not start <= today <= (end or today):
        _refuse_the_last_trekker(membership)
    membership.role, membership.mandate_start, membership.mandate_end = mandate
    membership.save(update_fields=["role", "mandate_start", "mandate_end"])
    post(letters.role_given(membership))


@action
def end_mandate(membership: Membership, *, by: Member) -> None:
    """A trekker becomes a member again. Twice is harmless. Raises LastTrekkerLeaves."""
    membership = _locked(membership)
    if membership.role == Membership.Role.TREKKER:
        _refuse_the_last_trekker(membership)
        _back_to_member(membership)
        post(letters.role_taken(membership))


def _back_to_member(membership: Membership) -> None:
    today = timezone.localdate()
    if membership.mandate_start and membership.mandate_start > today:  # it never began
        membership.mandate_start = membership.mandate_end = None
    else:
        membership.mandate_end = min(membership.mandate_end or today, today)
    membership.role = Membership.Role.MEMBER
    membership.save(update_fields=["role", "mandate_start", "mandate_end"])


@action
def remove(membership: Membership, *, by: Member) -> None:
    """Take someone out of the circle. Raises LastTrekkerLeaves."""
    membership = _locked(membership)
    _refuse_the_last_trekker(membership)
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    post(letters.removed_from_circle(membership))


@transaction.atomic
def close_mandates_that_ran_out() -> None:
    """For each mandate whose last day has passed: a member again, and told. For the system."""
    over = Membership.objects.current().filter(
        role=Membership.Role.TREKKER, mandate_end__lt=timezone.localdate(), member__is_active=True
    )
    emptied = set()
    for membership in over.select_related("member", "circle").order_by("pk"):
        _back_to_member(membership)
        post(letters.mandate_ended(membership))
        emptied.add(membership.circle)
    _tell_of_circles_without_a_trekker(emptied)


def _tell_of_circles_without_a_trekker(circles: Iterable[Circle]) -> None:
    for circle in circles:
        if not Member.objects.trekkers_of(circle).exists():
            managers = Member.objects.community_managers()
            post_all(letters.circle_without_trekker(circle, manager) for manager in managers)
