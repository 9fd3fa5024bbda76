"""Who gets a seat when there are not enough, and who is next when one comes free."""

import pytest
from django.utils import timezone

from mailroom.models import Delivery, Letter
from meetings.actions.answers import fill_free_seats, place_in_line, register, release_seats
from meetings.models import JoinLink, Meeting, Registration
from members.models import Membership
from regions.wall import SYSTEM, acting_as, member
from tests import make


def say(person, meeting, answer, attending="in_person"):
    with acting_as(member(person.pk)):
        return register(meeting, by=person, answer=answer, attending=attending)


def seated(meeting, attending="in_person"):
    with acting_as(SYSTEM):
        rows = Registration.objects.filter(meeting=meeting, attending=attending).coming()
        return {row.member.name for row in rows.select_related("member")}


def line(meeting, attending="in_person"):
    with acting_as(SYSTEM):
        rows = Registration.objects.filter(meeting=meeting, attending=attending).in_line()
        return [row.member.name for row in rows.select_related("member")]


def letters_to(person):
    with acting_as(SYSTEM):
        return list(Delivery.objects.filter(to=person.email).order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def people(waasland):
    """Ada, Bo, Cas and Dirk, members of Waasland."""
    with acting_as(SYSTEM):
        return [make.person(name, waasland) for name in ["Ada", "Bo", "Cas", "Dirk"]]


@pytest.fixture
def one_seat(waasland):
    with acting_as(SYSTEM):
        return make.meeting(waasland, seats_in_person=1)


def test_full_means_in_line_in_the_order_of_saying_yes(people, one_seat):
    for person in people:
        say(person, one_seat, "yes")
    assert seated(one_seat) == {"Ada"}
    assert line(one_seat) == ["Bo", "Cas", "Dirk"]
    assert [letters_to(person) for person in people] == [["confirmation"], *[["waiting_list"]] * 3]


def test_the_place_in_line_is_told(browse, people, one_seat):
    for person in people[:3]:
        registration = say(person, one_seat, "yes")
    with acting_as(member(people[2].pk)):
        assert place_in_line(registration) == 2
    page = browse(people[2]).get(one_seat.get_absolute_url()).content.decode()
    assert "U staat op plaats 2 van de wachtlijst (op locatie)." in page


@pytest.mark.parametrize("instead", ["no", "maybe"])
def test_a_freed_seat_goes_at_once_to_the_first_in_line(people, one_seat, instead):
    ada, bo, cas, _dirk = people
    for person in [ada, bo, cas]:
        say(person, one_seat, "yes")
    say(ada, one_seat, instead)
    assert seated(one_seat) == {"Bo"}
    assert line(one_seat) == ["Cas"]
    assert letters_to(bo) == ["waiting_list", "promoted"]
    assert letters_to(cas) == ["waiting_list"]
    assert letters_to(ada) == ["confirmation"]


def test_answering_again_keeps_the_place_in_line(people, one_seat):
    for person in people:
        say(person, one_seat, "yes")
    say(people[1], one_seat, "yes")
    assert line(one_seat) == ["Bo", "Cas", "Dirk"]
    assert letters_to(people[1]) == ["waiting_list"]


def test_who_leaves_the_line_and_comes_back_stands_last(people, one_seat):
    for person in people:
        say(person, one_seat, "yes")
    say(people[1], one_seat, "no")
    say(people[1], one_seat, "yes")
    assert line(one_seat) == ["Cas", "Dirk", "Bo"]
    assert letters_to(people[1]) == ["waiting_list", "waiting_list"]


def test_maybe_takes_no_seat_and_never_waits(people, one_seat):
    say(people[0], one_seat, "maybe")
    say(people[1], one_seat, "yes")
    say(people[2], one_seat, "maybe")
    assert seated(one_seat) == {"Bo"}
    assert line(one_seat) == []


def test_going_online_frees_the_seat_on_site_and_takes_one_online(people, waasland):
    ada, bo, cas, _dirk = people
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, form="hybrid", seats_in_person=1, seats_online=1)
    say(ada, meeting, "yes")
    say(bo, meeting, "yes")
    say(ada, meeting, "yes", "online")
    assert (seated(meeting), seated(meeting, "online")) == ({"Bo"}, {"Ada"})
    say(cas, meeting, "yes", "online")
    assert line(meeting, "online") == ["Cas"]
    say(cas, meeting, "yes", "in_person")
    assert (line(meeting, "online"), line(meeting)) == ([], ["Cas"])


def test_the_lines_of_the_two_ways_are_apart(people, waasland):
    ada, bo, cas, dirk = people
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, form="hybrid", seats_in_person=1, seats_online=1)
    for person, way in [(ada, "in_person"), (bo, "online"), (cas, "in_person"), (dirk, "online")]:
        say(person, meeting, "yes", way)
    say(bo, meeting, "no")
    assert (seated(meeting), seated(meeting, "online")) == ({"Ada"}, {"Dirk"})
    assert line(meeting) == ["Cas"]


def test_seats_that_are_added_go_to_the_line_first(people, one_seat):
    for person in people:
        say(person, one_seat, "yes")
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=one_seat.pk).update(seats_in_person=3)
        given = fill_free_seats(one_seat)
        assert [each.member.name for each in given] == ["Bo", "Cas"]
        assert fill_free_seats(one_seat) == []
    assert seated(one_seat) == {"Ada", "Bo", "Cas"}
    assert line(one_seat) == ["Dirk"]
    assert letters_to(people[1]) == ["waiting_list", "promoted"]


def test_nobody_passes_the_line_even_when_seats_were_added_and_not_given_out(people, one_seat):
    for person in people[:3]:
        say(person, one_seat, "yes")
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=one_seat.pk).update(seats_in_person=2)
    say(people[3], one_seat, "yes")
    assert seated(one_seat) == {"Ada", "Bo"}
    assert line(one_seat) == ["Cas", "Dirk"]


def test_without_a_limit_nobody_waits_any_more(people, one_seat):
    for person in people:
        say(person, one_seat, "yes")
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=one_seat.pk).update(seats_in_person=None)
        fill_free_seats(one_seat)
    assert seated(one_seat) == {"Ada", "Bo", "Cas", "Dirk"}


def test_fewer_seats_send_nobody_away(people, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, seats_in_person=3)
    for person in people[:3]:
        say(person, meeting, "yes")
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=meeting.pk).update(seats_in_person=1)
    say(people[0], meeting, "no")
    say(people[3], meeting, "yes")
    assert seated(meeting) == {"Bo", "Cas"}
    assert line(meeting) == ["Dirk"]


def test_who_is_deactivated_or_left_the_circle_is_passed_over(people, one_seat):
    ada, bo, cas, dirk = people
    for person in people:
        say(person, one_seat, "yes")
    with acting_as(SYSTEM):
        bo.is_active = False
        bo.save(update_fields=["is_active"])
        Membership.objects.filter(member=cas).update(ended_at=cas.registered_at)
    say(ada, one_seat, "no")
    assert seated(one_seat) == {"Dirk"}
    assert [letters_to(person)[1:] for person in (bo, cas, dirk)] == [[], [], ["promoted"]]


def test_after_the_meeting_began_nobody_is_promoted(people, one_seat):
    for person in people:
        say(person, one_seat, "yes")
    with acting_as(SYSTEM):
        Registration.objects.filter(member=people[0]).delete()
        Meeting.objects.filter(pk=one_seat.pk).update(state="cancelled")
        assert fill_free_seats(one_seat) == []
    assert line(one_seat) == ["Bo", "Cas", "Dirk"]


def test_the_online_link_is_in_the_letter_of_who_has_a_seat_only(people, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, form="online", seats_online=1)
        JoinLink.objects.create(meeting=meeting, url="https://teams.example/42")
    for person in people[:2]:
        say(person, meeting, "yes", "online")
    say(people[0], meeting, "no")
    with acting_as(SYSTEM):
        told = [
            (
                letter.delivery.kind,
                "https://teams.example/42" in letter.text,
                "https://teams.example/42" in letter.html,
            )
            for letter in Letter.objects.select_related("delivery").order_by("pk")
        ]
    assert told == [("confirmation", True, True), ("waiting_list", False, False), ("promoted", True, True)]


def test_twenty_at_once_for_five_seats(committed, together, waasland):
    """Exactly five are in, the others stand in a strict order; five cancellations promote the first five of them."""
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, seats_in_person=5)
        people = [make.person(f"Lid {number:02}", waasland) for number in range(20)]

    answers = together(20, lambda number: say(people[number], meeting, "yes"))

    assert [each for each in answers if isinstance(each, Exception)] == []
    in_order = sorted(answers, key=lambda each: (each.answered_at, each.pk))
    names = [each.member.name for each in in_order]
    assert [each.waiting for each in in_order] == [False] * 5 + [True] * 15
    assert len({each.answered_at for each in answers}) == 20
    assert seated(meeting) == set(names[:5])
    assert line(meeting) == names[5:]

    coming = [each.member for each in in_order[:5]]
    freed = together(5, lambda number: say(coming[number], meeting, "no"))

    assert [each for each in freed if isinstance(each, Exception)] == []
    assert seated(meeting) == set(names[5:10])
    assert line(meeting) == names[10:]
    by_name = {person.name: person for person in people}
    assert [letters_to(by_name[name]) for name in names] == (
        [["confirmation"]] * 5 + [["waiting_list", "promoted"]] * 5 + [["waiting_list"]] * 10
    )


def test_a_double_click_at_the_same_moment_is_one_answer_and_one_letter(committed, together, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
        person = make.person("Ada", waasland)
    answers = together(4, lambda number: say(person, meeting, "yes"))
    assert [each for each in answers if isinstance(each, Exception)] == []
    assert seated(meeting) == {"Ada"}
    assert letters_to(person) == ["confirmation"]


def test_who_leaves_the_circle_gives_the_seat_to_who_waits(waasland, people, one_seat):
    ada, bo, *_ = people
    say(ada, one_seat, "yes")
    say(bo, one_seat, "yes")
    with acting_as(SYSTEM):
        assert release_seats() == 0
        Membership.objects.filter(member=ada).update(ended_at=timezone.now())
        assert release_seats() == 1
        assert release_seats() == 0
    assert (seated(one_seat), line(one_seat)) == ({"Bo"}, [])
    assert letters_to(bo) == ["waiting_list", "promoted"]


@pytest.mark.parametrize(("audience", "kept"), [("circle", False), ("network", True), ("public", True)])
def test_an_answer_stays_as_long_as_the_meeting_is_for_this_member(waasland, kempen, audience, kept):
    with acting_as(SYSTEM):
        both = make.person("Kim", waasland, kempen)
        meeting = make.meeting(waasland, audience=audience)
    say(both, meeting, "maybe")
    with acting_as(SYSTEM):
        Membership.objects.filter(member=both, circle=waasland).update(ended_at=timezone.now())
        release_seats()
        assert Registration.objects.filter(member=both).exists() is kept
        Membership.objects.filter(member=both).update(ended_at=timezone.now())
        release_seats()
        assert Registration.objects.filter(member=both).exists() is (audience == "public")
        both.is_active = False
        both.save()
        release_seats()
        assert not Registration.objects.filter(member=both).exists()
