"""Who says no, why, and who comes instead."""

import pytest

from mailroom.models import Delivery
from meetings.actions.answers import MeetingClosed, register
from meetings.actions.coming import NotAColleague, StillComing, send_excuse
from meetings.models import Excuse, Invitation, Registration
from regions.wall import SYSTEM, acting_as, member
from tests import make


@pytest.fixture
def meeting(waasland):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Camera's")


@pytest.fixture
def colleague(waasland, temse):
    with acting_as(SYSTEM):
        return make.person("Cleo Collega", waasland, government=temse)


@pytest.fixture
def said_no(meeting, lid):
    with acting_as(SYSTEM):
        return Registration.objects.create(meeting=meeting, member=lid, answer="no")


def asked():
    """To whom a letter left that asks to come instead."""
    with acting_as(SYSTEM):
        return list(Delivery.objects.filter(kind="invitation_instead").values_list("member__name", flat=True))


def path(meeting):
    return f"/bijeenkomsten/{meeting.pk}/verontschuldigd/"


def test_after_a_no_the_meeting_offers_to_say_who_comes_instead(browse, lid, meeting, said_no, colleague):
    client = browse(lid)
    assert path(meeting) in client.get(meeting.get_absolute_url()).text
    form = client.get(path(meeting)).text
    assert "Cleo Collega" in form
    data = {"reason": "Verlof", "substitute": colleague.pk}
    assert client.post(path(meeting), data)["Location"] == meeting.get_absolute_url()
    assert "U gaf Cleo Collega op als vervanger." in client.get(meeting.get_absolute_url()).text
    assert asked() == ["Cleo Collega"]
    with acting_as(SYSTEM):
        assert Invitation.objects.get().member == colleague


def test_the_substitute_is_asked_and_nothing_is_answered_for_them(browse, lid, colleague, meeting, said_no, trekker):
    browse(lid).post(path(meeting), {"substitute": colleague.pk, "reason": "Verlof"})
    assert "gaf u op als vervanger" in browse(colleague).get(meeting.get_absolute_url()).text
    with acting_as(SYSTEM):
        assert not Registration.objects.filter(member=colleague).exists()
    page = browse(trekker).get(f"/bijeenkomsten/{meeting.pk}/antwoorden/").text
    assert "verontschuldigd, vervangen door Cleo Collega" in page
    assert "Verlof" in page


def test_naming_the_same_colleague_again_sends_nothing_more(as_, lid, trekker, colleague, meeting, said_no):
    with acting_as(SYSTEM):
        Registration.objects.create(meeting=meeting, member=trekker, answer="no")
    for person in (lid, lid, trekker):
        with as_(person):
            send_excuse(meeting, by=person, substitute=colleague)
    assert asked() == ["Cleo Collega"]
    with acting_as(SYSTEM):
        assert Excuse.objects.count() == 2


def test_who_answered_already_is_not_asked(as_, lid, colleague, meeting, said_no):
    with as_(colleague):
        register(meeting, by=colleague, answer="yes", attending="in_person")
    with as_(lid):
        assert send_excuse(meeting, by=lid, substitute=colleague).instead == "Cleo Collega"
    assert asked() == []


def test_only_a_colleague_of_the_circle_is_named(browse, as_, lid, colleague, meeting, said_no, waasland, kempen):
    with acting_as(SYSTEM):
        elsewhere = make.person("Els Elders", kempen, government=lid.government)
        others = [make.person("Guy Geen", waasland), elsewhere]  # of no government, or of another circle
    for other in others:
        assert browse(lid).post(path(meeting), {"substitute": other.pk}).status_code == 422
        with as_(lid), pytest.raises(NotAColleague):
            send_excuse(meeting, by=lid, substitute=other)
    assert asked() == []


def test_somebody_without_a_profile_is_named_in_words(as_, browse, lid, meeting, said_no):
    browse(lid).post(path(meeting), {"substitute_name": "Wim van ICT"})
    with as_(lid):
        assert Excuse.objects.get().instead == "Wim van ICT"
    assert asked() == []


def test_who_comes_after_all_takes_the_excuse_back(as_, browse, lid, meeting, said_no):
    with as_(lid):
        send_excuse(meeting, by=lid, reason="Verlof")
        register(meeting, by=lid, answer="maybe", attending="in_person")
        assert not Excuse.objects.exists()
        with pytest.raises(StillComing):
            send_excuse(meeting, by=lid)
    assert browse(lid).get(path(meeting))["Location"] == meeting.get_absolute_url()


def test_a_meeting_that_is_over_takes_no_excuses(as_, lid, waasland):
    with acting_as(SYSTEM):
        past = make.meeting(waasland, in_days=-1)
        Registration.objects.create(meeting=past, member=lid, answer="no")
    with as_(lid), pytest.raises(MeetingClosed):
        send_excuse(past, by=lid)


def test_the_person_the_substitute_and_the_trekker_read_it(
    lid, colleague, trekker, neighbour, meeting, said_no, waasland
):
    with acting_as(SYSTEM):
        other = make.person("Olga Ook", waasland)
        Excuse.objects.create(registration=said_no, meeting=meeting, reason="Verlof", substitute=colleague)
    seen = {}
    for person in (lid, colleague, trekker, other, neighbour):
        with acting_as(member(person.pk)):
            seen[person.name] = Excuse.objects.count()
    assert seen == {"Lies Lid": 1, "Cleo Collega": 1, "Tom Trekker": 1, "Olga Ook": 0, "Bea Buur": 0}
