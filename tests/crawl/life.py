"""What the circles do meanwhile, so that there are letters, files and links; and two people who go."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kenniskring.demo.slides import slides
from mailroom.models import Delivery
from meetings.actions import planning, proposals
from meetings.actions.calendars import renew_feed
from meetings.actions.material import add_material
from meetings.actions.speakers import ask_speaker
from meetings.models import Meeting, Speaker, TalkProposal
from members import actions as members
from members.models import Member, Membership
from regions.models import Circle
from regions.wall import SYSTEM, VISITOR, acting_as, member

from .crawler import PASSWORD
from .words import a_workbook, word

CIRCLE = "waasland"
LEAVES = "gust.proefkonijn@demo.example"
IS_DEACTIVATED = "stan.dummermans@demo.example"  # and led the circle
OUTSIDE = "gevraagd@elders.example"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class New:
    """What a circle has that the demo did not give it."""

    trekker: Member
    meeting: Meeting
    proposal: TalkProposal
    coming: list[Meeting]


def prepare(readers: list[str]) -> dict[Circle, New]:
    """What is there before words are planted: in every circle that has a trekker a draft and a proposed talk, a
    calendar address for each reader, and a password and a mandate for who will lose them."""
    with acting_as(SYSTEM):
        people = {person.email: person for person in Member.objects.filter(email__in=readers)}
        going = [people[LEAVES].pk, people[IS_DEACTIVATED].pk]
        Member.objects.filter(pk__in=going).update(password=make_password(PASSWORD))
        places = Membership.objects.current().select_related("circle", "member")
        leaders = {place.circle: place.member for place in places.filter(role="trekker")}
        place = places.get(member=people[IS_DEACTIVATED], circle__slug=CIRCLE)
    for person in people.values():
        with acting_as(member(person.pk)):
            renew_feed(by=person)
    with acting_as(member(leaders[place.circle].pk)):
        members.make_trekker(place, by=leaders[place.circle], start=timezone.localdate())
    return {circle: _plan(circle, trekker) for circle, trekker in leaders.items()}


def _plan(circle: Circle, by: Member) -> New:
    starts_at = timezone.now() + dt.timedelta(days=40)
    with acting_as(member(by.pk)):
        ahead = Meeting.objects.filter(starts_at__gt=timezone.now() + dt.timedelta(days=2))
        coming = list(ahead.filter(circle=circle, state="published").order_by("starts_at"))
        meeting = planning.plan(
            circle, by=by, title="Nieuw", starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=3), venue="Zaal"
        )
        planning.edit(meeting, by=by, online_link="https://teams.example/nieuw")
        call = proposals.open_call(circle, by=by, topic=None, text="Wie vertelt ons iets?")
    card = {"title": "Aanbod", "about": "Iets.", "name": "Ann Aanbod", "kind": Speaker.Kind.VENDOR}
    with acting_as(VISITOR):
        proposals.propose(call, by=None, email="aanbod@spreker.example", **card)  # the same person, to every circle
    with acting_as(SYSTEM):
        proposal = TalkProposal.objects.get(call=call)
    with acting_as(VISITOR):
        proposals.confirm_proposal(proposal.pk)
    return New(by, meeting, proposal, coming)


def live_a_little(new: dict[Circle, New]) -> int:
    """Every circle adds files to its new meeting and invites to it, asks a speaker and somebody outside, and declines
    a talk, so that letters tell of words. Gives the number of files."""
    files = 0
    for circle, each in new.items():
        with acting_as(member(each.trekker.pk)):
            files += _meet(each.meeting, each.trekker)
            members.ask(circle, by=each.trekker, address=OUTSIDE, message="Doet u mee?")
            proposal = TalkProposal.objects.select_related("call__circle").get(pk=each.proposal.pk)
            proposals.decline_proposal(proposal, by=each.trekker, message="Bedankt.")
    return files


def _meet(meeting: Meeting, by: Member) -> int:
    meeting = Meeting.objects.select_related("circle").get(pk=meeting.pk)  # with its word
    own = word(("meetings.Meeting", meeting.pk))
    files = [("slides.pdf", slides(own), "application/pdf"), ("lijst.xlsx", a_workbook(own), SHEET)]
    for file in files:
        add_material(meeting, by=by, file=SimpleUploadedFile(*file))
    planning.publish(meeting, by=by)
    planning.invite(meeting, by=by)
    speaker, item = Speaker.objects.order_by("pk").first(), meeting.agenda.last()
    if speaker and item:
        ask_speaker(item, by=by, speaker=speaker, message=f"{own} Komt u spreken?")
    return len(files)


def part() -> None:
    """One leaves the circle, a manager deactivates the other."""
    with acting_as(SYSTEM):
        leaves, stays = Member.objects.get(email=LEAVES), Member.objects.get(email=IS_DEACTIVATED)
        manager = Member.objects.filter(is_community_manager=True).earliest("pk")
        circle = Circle.objects.get(slug=CIRCLE)
    with acting_as(member(leaves.pk)):
        members.leave(circle, by=leaves)
    with acting_as(member(manager.pk)):
        stays.is_active = False
        stays.save(update_fields=["is_active"])


def change_plans(new: dict[Circle, New]) -> None:
    """Every circle moves its next meeting and cancels the one after: who is gone gets no letter of it."""
    for each in new.values():
        with acting_as(member(each.trekker.pk)):
            for meeting, change in zip(each.coming, [_postpone, _call_off], strict=False):
                change(Meeting.objects.get(pk=meeting.pk), each.trekker)


def _postpone(meeting: Meeting, by: Member) -> None:
    hour = dt.timedelta(hours=1)
    planning.move(meeting, by=by, starts_at=meeting.starts_at + hour, ends_at=meeting.ends_at + hour)


def _call_off(meeting: Meeting, by: Member) -> None:
    own = word(("meetings.Meeting", meeting.pk))
    planning.cancel(meeting, by=by, because=f"{own} Te weinig volk.")


def wait_for_the_post() -> None:
    """Until no letter is due any more. TimeoutError after five minutes: what did not leave would not be read."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        with acting_as(SYSTEM):
            if not Delivery.objects.filter(state__in=["queued", "handing_over"], due_at__lte=timezone.now()).exists():
                return
        time.sleep(1)
    raise TimeoutError("Letters still wait to be sent.")
