"""Feeds: what a calendar that comes back finds, per person, per circle, per meeting."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from meetings.actions.calendars import renew_feed
from meetings.models import AgendaItem, JoinLink, Registration
from members.models import FeedAddress, Membership
from regions.wall import SYSTEM, acting_as
from tests import make


def address_of(person) -> str:
    """The feed of this person, made if there is none."""
    with acting_as(SYSTEM):
        secret = FeedAddress.objects.get_or_create(member=person)[0].secret
    return reverse("feed", args=[secret])


def titles(response) -> set[str]:
    """What the calendar of a response holds, without the name of the circle."""
    assert response.status_code == 200, response.status_code
    return {event.summary.partition(": ")[2] for event in Calendar.from_ical(response.content).events}


@pytest.fixture
def year(waasland, kempen):
    """Meetings of two circles: to come and past, for each audience, in each state."""
    with acting_as(SYSTEM):
        for circle, name in [(waasland, "Waasland"), (kempen, "Kempen")]:
            for audience in ("circle", "network", "public"):
                make.meeting(circle, f"{name} {audience}", audience=audience)
            make.meeting(circle, f"{name} concept", state="draft")
            make.meeting(circle, f"{name} voorbij", in_days=-300, state="held")
            make.meeting(circle, f"{name} lang voorbij", in_days=-400, state="held")
            make.meeting(circle, f"{name} gaat niet door", state="cancelled")


OWN = {"Waasland circle", "Waasland network", "Waasland public", "Waasland voorbij"}
NEIGHBOURS = {"Kempen circle", "Kempen network", "Kempen public", "Kempen voorbij"}


def test_a_feed_holds_what_its_owner_may_see_and_nothing_more(
    year, browse, lid, trekker, neighbour, stranger, manager
):
    found = {person.name: titles(browse().get(address_of(person))) for person in (lid, trekker, neighbour, stranger)}
    ours, theirs = OWN | {"RKK Waasland: Waasland gaat niet door"}, NEIGHBOURS | {"RKK Kempen: Kempen gaat niet door"}
    assert found == {"Lies Lid": ours, "Tom Trekker": ours, "Bea Buur": theirs, "Stef Stranger": set()}
    assert titles(browse().get(address_of(manager))) == ours | theirs


def test_a_feed_is_its_owners_whoever_comes_for_it(year, browse, lid, neighbour):
    assert titles(browse(neighbour).get(address_of(lid))) == titles(browse().get(address_of(lid)))
    assert "Waasland circle" in titles(browse(neighbour).get(address_of(lid)))


def test_what_the_owner_said_yes_to_elsewhere_is_in_and_a_no_is_not(year, kempen, browse, lid):
    with acting_as(SYSTEM):
        for title, answer in [("Kempen network", "yes"), ("Kempen public", "no")]:
            meeting = kempen.meetings.get(title=title)
            attending = "in_person" if answer == "yes" else ""
            Registration.objects.create(meeting=meeting, member=lid, answer=answer, attending=attending)
    assert titles(browse().get(address_of(lid))) & NEIGHBOURS == {"Kempen network"}


def test_who_left_finds_nothing_of_the_circle_at_the_next_request(year, browse, lid, waasland):
    address = address_of(lid)
    with acting_as(SYSTEM):
        Registration.objects.create(
            meeting=waasland.meetings.get(title="Waasland circle"), member=lid, answer="yes", attending="in_person"
        )
    assert titles(browse().get(address)) >= OWN
    with acting_as(SYSTEM):
        Membership.objects.filter(member=lid).update(ended_at=timezone.now())
    assert titles(browse().get(address)) == set()


def test_the_feed_of_who_was_deactivated_is_gone(year, browse, lid):
    address = address_of(lid)
    assert browse().get(address).status_code == 200
    with acting_as(SYSTEM):
        lid.is_active = False
        lid.save()
    assert browse().get(address).status_code == 404


def test_a_forged_secret_gets_404(year, browse, lid):
    address = address_of(lid)
    for forged in (
        address.replace(".ics", "A.ics"),
        address.replace(".ics", "").swapcase() + ".ics",
        "/agenda/x.ics",
    ):
        assert browse().get(forged).status_code == 404, forged


def test_a_new_address_makes_the_old_one_useless(year, browse, lid, trekker):
    old, of_another = address_of(lid), address_of(trekker)
    client = browse(lid)
    response = client.post(reverse("renew_feed"))
    assert (response.status_code, response.url) == (302, reverse("mine"))
    assert "Het oude adres werkt niet meer." in client.get(reverse("mine")).text
    assert browse().get(old).status_code == 404
    assert address_of(lid) != old
    assert titles(browse().get(address_of(lid))) >= OWN
    assert browse().get(of_another).status_code == 200


def test_the_first_address_is_made_by_asking_for_it(browse, lid):
    client = browse(lid)
    client.post(reverse("renew_feed"))
    assert "Het oude adres werkt niet meer." not in client.get(reverse("mine")).text
    with acting_as(SYSTEM):
        assert FeedAddress.objects.filter(member=lid).count() == 1


def test_a_new_address_is_for_who_is_logged_in_and_not_made_by_a_link(browse, lid):
    assert reverse("account_login") in browse().post(reverse("renew_feed")).url
    assert browse(lid).get(reverse("renew_feed")).status_code == 405
    with acting_as(SYSTEM):
        assert FeedAddress.objects.count() == 0


def test_nobody_renews_for_another(lid, trekker, as_):
    with acting_as(SYSTEM):
        secret = FeedAddress.objects.create(member=trekker).secret
    with as_(lid):
        renew_feed(by=lid)
        assert [each.member_id for each in FeedAddress.objects.all()] == [lid.pk]
    with acting_as(SYSTEM):
        assert FeedAddress.objects.get(member=trekker).secret == secret


def test_a_cancelled_meeting_is_marked_so(waasland, browse, lid):
    with acting_as(SYSTEM):
        make.meeting(waasland, "Gaat door")
        make.meeting(waasland, "Gaat niet door", state="cancelled")
    events = Calendar.from_ical(browse().get(address_of(lid)).content).events
    assert {(event.summary, event.status) for event in events} == {
        ("RKK Waasland: Gaat door", "CONFIRMED"),
        ("Geannuleerd: RKK Waasland: Gaat niet door", "CANCELLED"),
    }


def test_a_feed_shows_the_own_answer_and_nobodys_address(waasland, browse, lid, trekker):
    with acting_as(SYSTEM):
        for title, answer, waiting in [
            ("ja", "yes", 0),
            ("wacht", "yes", 1),
            ("misschien", "maybe", 0),
            ("nee", "no", 0),
        ]:
            meeting = make.meeting(waasland, title)
            attending = "" if answer == "no" else "in_person"
            Registration.objects.create(
                meeting=meeting, member=lid, answer=answer, waiting=bool(waiting), attending=attending
            )
            Registration.objects.create(meeting=meeting, member=trekker, answer="yes", attending="in_person")
        make.meeting(waasland, "stil")
    response = browse().get(address_of(lid))
    calendar = Calendar.from_ical(response.content)
    assert calendar.method == "PUBLISH"
    shown = {
        event.summary.removeprefix("RKK Waasland: "): (event.transparency, str(event["X-MICROSOFT-CDO-BUSYSTATUS"]))
        for event in calendar.events
    }
    assert shown == {
        "ja": ("OPAQUE", "BUSY"),
        "wacht": ("TRANSPARENT", "TENTATIVE"),
        "misschien": ("TRANSPARENT", "TENTATIVE"),
        "nee": ("TRANSPARENT", "FREE"),
        "stil": ("TRANSPARENT", "FREE"),
    }
    assert b"ATTENDEE" not in response.content  # RFC 5545, 3.8.4.1
    assert b"demo.example" not in response.content


def test_the_link_is_in_the_feed_of_who_may_come(waasland, browse, lid, neighbour):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, audience="public", form="online")
        JoinLink.objects.create(meeting=meeting, url="https://teams.example/l")
    assert b"teams.example" in browse().get(address_of(lid)).content
    for address in (reverse("circle_feed", args=["waasland"]), reverse("meeting_calendar", args=[meeting.pk])):
        assert b"teams.example" not in browse(neighbour).get(address).content
    assert b"teams.example" in browse(lid).get(reverse("meeting_calendar", args=[meeting.pk])).content


def test_a_feed_is_a_calendar_that_only_its_reader_keeps(year, browse, lid):
    response = browse().get(address_of(lid))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert response["Referrer-Policy"] == "same-origin"
    assert response.content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert browse().head(address_of(lid)).status_code == 200
    assert browse().post(address_of(lid)).status_code == 405


def test_who_has_the_feed_already_gets_304_until_something_changes(waasland, browse, lid):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, "Eerst")
    address, client = address_of(lid), browse()
    tag = client.get(address)["ETag"]
    again = client.get(address, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    with acting_as(SYSTEM):
        meeting.title = "Daarna"
        meeting.save()
    changed = client.get(address, headers={"if-none-match": tag})
    assert titles(changed) == {"Daarna"}


def test_what_changed_is_in_the_feed_at_once(waasland, browse, lid):
    """Of the meeting, of what hangs on it, of the reader."""
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, "Glasvezel", form="hybrid", host=make.government("Hamme"))
        item = make.item(meeting)
    answer = Registration(meeting=meeting, member=lid, answer="yes", attending="online")
    changes = [(meeting, {"title": "Koper"}), (meeting, {"about": "Over kabels."}), (meeting, {"route": "Achterom."})]
    changes += [(meeting, {"ends_at": meeting.ends_at + dt.timedelta(hours=1)}), (meeting.host, {"name": "Lokeren"})]
    changes += [(make.item, None), (item, {"title": "Draden"}), (item, {"minutes": 5})]
    changes += [(JoinLink(meeting=meeting, url="https://teams.example/glas"), {}), (answer, {})]
    address, found = address_of(lid), set()
    for thing, values in [(meeting, {}), *changes]:
        with acting_as(SYSTEM):
            if values is None:
                thing(meeting)
            else:
                vars(thing).update(values)
                thing.save()
        event = browse().get(address).content.decode().partition("BEGIN:VEVENT")[2]
        found.add(re.sub(r"(DTSTAMP|LAST-MODIFIED):\w+", "", event))
    assert len(found) == 1 + len(changes)


def test_what_is_kept_of_a_feed_is_stamped_anew(waasland, browse, lid, time_machine):
    with acting_as(SYSTEM):
        make.meeting(waasland, "Glasvezel", about="\r\nDTSTAMP:20000101T000000Z")
    address, stamps = address_of(lid), []
    for minute in (1, 2):
        time_machine.move_to(timezone.now() + dt.timedelta(minutes=minute), tick=False)
        event = Calendar.from_ical(browse().get(address).content).events[0]
        assert "DTSTAMP:20000101T000000Z" in event.description
        stamps.append(event.stamp == timezone.now().replace(microsecond=0))
    assert stamps == [True, True]


@pytest.mark.parametrize("n", [1, 3, 30])
def test_a_feed_costs_the_same_however_full(waasland, browse, lid, n, django_assert_num_queries):
    with acting_as(SYSTEM):
        for _ in range(n):
            meeting = make.meeting(waasland, form="hybrid")
            JoinLink.objects.create(meeting=meeting, url="https://teams.example/l")
            AgendaItem.objects.create(meeting=meeting, position=0, kind="welcome", title="Welkom")
    address, client = address_of(lid), browse()
    with django_assert_num_queries(11):  # 5 ask for something; the others are savepoints around who is asking
        response = client.get(address)
    assert len(Calendar.from_ical(response.content).events) == n


def test_a_circles_feed_is_public_and_the_same_for_everyone(year, browse, lid, trekker, neighbour, manager):
    address = reverse("circle_feed", args=["waasland"])
    found = [titles(browse(person).get(address)) for person in (None, lid, trekker, neighbour, manager)]
    assert found == [{"Waasland public"}] * 5
    assert browse(lid).get(address)["Cache-Control"] == "public, max-age=900"
    assert browse().get("/kringen/bestaat-niet/agenda.ics").status_code == 404


def test_a_draft_of_a_public_meeting_is_not_in_the_circles_feed(waasland, browse, trekker):
    with acting_as(SYSTEM):
        make.meeting(waasland, "Nog geheim", audience="public", state="draft")
    assert titles(browse(trekker).get(reverse("circle_feed", args=["waasland"]))) == set()


def test_one_meeting_is_for_who_sees_it(waasland, browse, lid, neighbour):
    with acting_as(SYSTEM):
        starts = dt.datetime(2027, 3, 12, 23, 30, tzinfo=dt.UTC)
        meeting = make.meeting(waasland, "Van ons", starts_at=starts, ends_at=starts + dt.timedelta(hours=2))
    address = reverse("meeting_calendar", args=[meeting.pk])
    response = browse(lid).get(address)
    assert titles(response) == {"Van ons"}
    assert response["Content-Disposition"] == 'attachment; filename="bijeenkomst-2027-03-13.ics"'
    assert [browse(person).get(address).status_code for person in (neighbour, None)] == [404, 404]
    assert browse(lid).get("/bijeenkomsten/999999/agenda.ics").status_code == 404


def test_each_member_chooses_whether_what_is_cancelled_stays(waasland, browse, lid, trekker):
    with acting_as(SYSTEM):
        make.meeting(waasland, "Gaat niet door", state="cancelled")
    own, of_another = address_of(lid), address_of(trekker)
    client = browse(lid)
    assert "Geannuleerde bijeenkomsten blijven in uw agenda" in client.get(reverse("mine")).text
    for keeps, expected in [("nee", set()), ("ja", {"RKK Waasland: Gaat niet door"})]:
        response = client.post(reverse("choose_cancelled"), {"keeps": keeps})
        assert (response.status_code, response.url) == (302, reverse("mine"))
        assert titles(browse().get(own)) == expected
        assert titles(browse().get(of_another)) == {"RKK Waasland: Gaat niet door"}


def test_a_choice_without_an_address_is_no_address(browse, lid):
    client = browse(lid)
    client.post(reverse("choose_cancelled"), {"keeps": "nee"})
    assert "Koppel eerst uw agenda" in client.get(reverse("mine")).text
    with acting_as(SYSTEM):
        assert FeedAddress.objects.count() == 0
