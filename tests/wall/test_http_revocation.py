"""Whoever loses a place, a role or a profile has lost it at the next request, with the session still open."""

import datetime as dt

import pytest
from django.utils import timezone

from mailroom import postman
from mailroom.links import make_token
from mailroom.models import Delivery, Letter
from members.models import FeedAddress, Member, Membership
from regions.models import Circle
from regions.wall import SYSTEM, acting_as

from . import oracle
from .http_forms import filled_in
from .http_world import address, taken_back, words, words_known_to

# Ways of losing, by who loses what: a member leaves, is taken out, is deactivated; a trekker's mandate is ended, runs
# out, the trekker is deactivated; somebody is no community manager any more. "-" was not theirs before either.
TABLE = """
thing                     left  removed  off  ended  ran-out  trekker-off  no-manager
meeting:draft             -     -        -    404    404      404          404
meeting:circle            404   404      404  200    200      404          404
meeting:network           404   404      404  200    200      404          404
meeting:public            200   200      200  200    200      200          200
meeting_calendar:circle   404   404      404  200    200      404          404
material:draft            -     -        -    404    404      404          404
material:circle           404   404      404  200    200      404          404
material_by_link:circle   404   404      404  200    200      404          404
circle_members            403   403      302  200    200      302          403
desk                      -     -        -    403    403      302          403
plan                      -     -        -    403    403      302          403
edit_meeting:circle       -     -        -    403    403      302          404
answers:circle            -     -        -    403    403      302          404
answers_sheet:circle      -     -        -    403    403      302          404
meeting_post:draft        -     -        -    404    404      302          404
speakers                  -     -        -    403    403      302          403
decide_request            -     -        -    404    404      302          404
feed                      200   200      404  200    200      404          200
circle_feed               200   200      200  200    200      200          200
answer_by_letter:circle   410   410      410  200    200      410          410
unsubscribe               200   200      200  200    200      200          200
front                     200   200      200  200    200      200          200
meetings?zoek=zz          200   200      200  200    200      200          200
mine                      200   200      302  200    200      302          200
admin:index               -     -        -    -      -        -            403
admin:search?s=zz         -     -        -    -      -        -            403
"""


def table():
    """By way of losing: thing and expected answer."""
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return {way: [(row[0], row[place]) for row in rows] for place, way in enumerate(head) if place}


WHO = {
    "left": "member",
    "removed": "member",
    "off": "member",
    "ended": "trekker",
    "ran-out": "trekker",
    "trekker-off": "trekker",
    "no-manager": "manager",
}


def place_of(stage, who):
    with acting_as(SYSTEM):
        return Membership.objects.get(member=stage.person(who), circle__slug="waasland")


def deactivate(stage, who):
    """By hand, in the admin."""
    page = f"/beheer/members/member/{stage.person(who).pk}/change/"
    data = filled_in(stage.ask("manager", "get", page))
    assert data.pop("is_active") == ["on"]
    return stage.ask("manager", "post", page, data)


def lose(stage, way):
    """The real way, where somebody else does it."""
    who, waasland = WHO[way], "/kringen/waasland/verlaten/"
    with acting_as(SYSTEM):  # the last trekker cannot go
        both = Membership.objects.filter(member=stage.person("both"), circle__slug="waasland")
        both.update(role="trekker", mandate_start=dt.date(2024, 1, 1))
    if way == "left":
        done = stage.ask(who, "post", waasland)
    elif way == "removed":
        done = stage.ask("trekker", "post", f"/lidmaatschappen/{place_of(stage, who).pk}/rol/", {"do": "remove"})
    elif way == "ended":
        done = stage.ask("both", "post", f"/lidmaatschappen/{place_of(stage, who).pk}/rol/", {"do": "end"})
    elif way in ("off", "trekker-off"):
        done = deactivate(stage, who)
    else:
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        with acting_as(SYSTEM):
            Membership.objects.filter(pk__gt=0, member=stage.person("trekker")).update(mandate_end=yesterday)
            Member.objects.filter(pk=stage.person("manager").pk).update(is_community_manager=False)
        return
    assert done.status_code == 302, way


def where(stage, who, thing):
    """The address; of links, the one that this very person has."""
    person, (name, _, of) = stage.person(who), thing.partition(":")
    if thing.startswith("admin:"):
        return address(stage, thing)
    things = stage.things[of or "circle"]
    if name == "feed":
        with acting_as(SYSTEM):
            return f"/agenda/{FeedAddress.objects.get(member=person).secret}.ics"
    if name == "answer_by_letter":
        return f"/antwoord/{make_token('answer', [things['bijeenkomsten'], person.pk])}/"
    if name == "material_by_link":
        return f"/materiaal/{things['materiaal']}/{make_token('material', [things['materiaal'], person.pk])}/"
    return address(stage, name, of or "-")


def own_words(stage, who):
    """The own name and address, and those in the link to unsubscribe: who has a link knows what it says."""
    person = stage.person(who).pk
    with acting_as(SYSTEM):
        feed = FeedAddress.objects.get(member=person).pk
    return {("member", person), ("member", stage.person("member").pk), ("feedaddress", feed)}


@pytest.mark.parametrize("way", WHO)
def test_what_is_lost_is_lost_at_the_next_request(stage, way, figure):
    who, wrong = WHO[way], []
    things = [(thing, int(status)) for thing, status in table()[way] if status != "-"]
    for thing, _ in things:  # all of it was theirs
        response = stage.ask(who, "get", where(stage, who, thing))
        words(response)  # reads a file to its end
        assert response.status_code == 200, thing
    lose(stage, way)
    with acting_as(SYSTEM):
        known = words_known_to(oracle.World(), stage.actor(who)) | own_words(stage, who)
    for thing, status in things:
        with taken_back():
            response = stage.ask(who, "get", where(stage, who, thing))
            told = words(response) - known
        if (response.status_code, told) != (status, set()):
            wrong.append((thing, response.status_code, status, told))
    assert wrong == []
    figure(f"lost ({way}): things asked for at the next request / still given", f"{len(things)} / 0")


@pytest.mark.parametrize("way", ["left", "removed", "off"])
def test_a_letter_that_waits_does_not_follow_who_is_gone(stage, way):
    with acting_as(SYSTEM):
        Delivery.objects.update(state="sent")
        waiting = Delivery.objects.create(
            kind="test",
            dedupe_key="wacht",
            message_id="wacht",
            circle=Circle.objects.get(slug="waasland"),
            member=stage.person("member"),
            to=stage.person("member").email,
            subject="Uitnodiging",
            only_while_member=True,
            due_at=timezone.now() - dt.timedelta(hours=1),
        )
        Letter.objects.create(delivery=waiting, own_text="Beste")
    with taken_back():
        assert postman.claim() in (waiting, [waiting])  # it would leave
    lose(stage, way)
    postman.claim()
    with acting_as(SYSTEM):
        waiting.refresh_from_db()
    assert waiting.state == "withdrawn"
