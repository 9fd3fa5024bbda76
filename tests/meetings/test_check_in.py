"""The code on the screen: who may say that they are there, when, and how often one may guess."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import override_settings
from django.utils import timezone

from meetings import check_in as codes
from meetings.actions.answers import WrongWayToAttend
from meetings.actions.attendance import CheckInClosed, WrongCode, check_in
from meetings.models import Attendance, Hosting, Meeting, Registration
from regions.wall import SYSTEM, acting_as, member
from tests import make


@pytest.fixture
def now_on(waasland, temse):
    """A meeting that began ten minutes ago."""
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Camera's", in_days=-10 / 1440, host=temse)


def there(meeting):
    """Who is noted, with how and from what."""
    with acting_as(SYSTEM):
        rows = Attendance.objects.filter(meeting=meeting).select_related("member")
        return sorted((row.name or row.member.name, row.how, row.noted_by) for row in rows)


def test_the_code_is_short_clear_and_the_meetings_own(waasland):
    with acting_as(SYSTEM):
        meetings = [make.meeting(waasland, f"Nummer {number}") for number in range(40)]
    drawn = {codes.code_of(meeting) for meeting in meetings}
    assert len(drawn) == 40
    assert all(re.fullmatch("[2-9A-HJKMNP-Z]{6}", code) for code in drawn)
    first, second = meetings[:2]
    typed = codes.code_of(first).lower()
    assert codes.is_code_of(first, f" {typed[:3]}-{typed[3:]} ")
    assert not codes.is_code_of(second, typed)
    assert not codes.is_code_of(first, "")


def test_the_code_outlives_a_change_of_the_secret_key(now_on, settings):
    shown = codes.code_of(now_on)
    with override_settings(SECRET_KEY="x" * 60, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert codes.code_of(now_on) != shown
        assert codes.is_code_of(now_on, shown)


def test_a_member_who_did_not_register_says_that_they_are_there(browse, lid, now_on):
    client, path = browse(lid), f"/aanwezig/{now_on.pk}/"
    page = client.get(path, {"code": codes.code_of(now_on)})
    assert page.status_code == 200
    assert f'value="{codes.code_of(now_on)}"' in page.text
    assert there(now_on) == []  # looking notes nothing
    answer = client.post(path, {"code": codes.code_of(now_on), "attending": "in_person"})
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert there(now_on) == [("Lies Lid", "in_person", "code")]
    assert "U bent aanwezig" in client.get(path).text
    with acting_as(SYSTEM):
        assert Attendance.objects.get().government.slug == "temse"
        assert not Registration.objects.exists()  # being there is no answer


def test_who_is_not_logged_in_comes_back_with_the_code(client, now_on):
    answer = client.get(f"/aanwezig/{now_on.pk}/", {"code": "ABC234"})
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"?next=/aanwezig/{now_on.pk}/%3Fcode%3DABC234")


def test_another_circle_finds_nothing(browse, neighbour, now_on):
    path, data = f"/aanwezig/{now_on.pk}/", {"code": codes.code_of(now_on), "attending": "in_person"}
    assert browse(neighbour).get(path).status_code == 404
    assert browse(neighbour).post(path, data).status_code == 404
    assert there(now_on) == []


@pytest.mark.parametrize(
    ("minutes", "allowed"), [(-16, False), (-14, True), (0, True), (119, True), (134, True), (136, False)]
)
def test_it_opens_a_quarter_before_and_closes_a_quarter_after(browse, lid, waasland, minutes, allowed):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
    data = {"code": codes.code_of(meeting), "attending": "in_person"}
    with time_machine.travel(meeting.starts_at + dt.timedelta(minutes=minutes), tick=False):
        client = browse(lid)
        answer = client.post(f"/aanwezig/{meeting.pk}/", data)
        assert answer.status_code == (302 if allowed else 409)
        page = client.get(f"/aanwezig/{meeting.pk}/").text
    assert bool(there(meeting)) is allowed
    if not allowed:
        assert ("Dit kan van" if minutes < 0 else "Dit kon tot") in page


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_nobody_is_at_a_meeting_that_is_not_held(browse, trekker, waasland, state):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, in_days=-0.01, state=state)
    data = {"code": codes.code_of(meeting), "attending": "in_person"}
    assert browse(trekker).post(f"/aanwezig/{meeting.pk}/", data).status_code == 409
    assert there(meeting) == []


def test_a_wrong_code_is_refused_in_words(browse, lid, now_on):
    answer = browse(lid).post(f"/aanwezig/{now_on.pk}/", {"code": "AAAAAA", "attending": "in_person"})
    assert answer.status_code == 422
    assert "Dat is niet de code op het scherm" in answer.text
    assert there(now_on) == []


@override_settings(RATE_LIMITS=True)
def test_a_code_is_not_guessed(browse, lid, trekker, now_on):
    client, path = browse(lid), f"/aanwezig/{now_on.pk}/"
    tried = [client.post(path, {"code": "AAAAAA", "attending": "in_person"}).status_code for _ in range(13)]
    assert tried == [422] * 12 + [429]
    right = {"code": codes.code_of(now_on), "attending": "in_person"}
    assert client.post(path, right).status_code == 429
    assert browse(trekker).post(path, right).status_code == 302  # everybody has tries of their own


def test_a_hybrid_meeting_asks_how_and_lets_one_correct_it(browse, lid, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, in_days=-0.01, form="hybrid")
        Registration.objects.create(meeting=meeting, member=lid, answer="yes", attending="online")
    client, path, code = browse(lid), f"/aanwezig/{meeting.pk}/", codes.code_of(meeting)
    assert re.search(r'value="online"[^>]*checked', client.get(path).text)
    for how in ("online", "in_person"):
        assert client.post(path, {"code": code, "attending": how}).status_code == 302
        assert there(meeting) == [("Lies Lid", how, "code")]


def test_the_action_refuses_as_facts(as_, lid, now_on):
    code = codes.code_of(now_on)
    with as_(lid):
        with pytest.raises(WrongWayToAttend):
            check_in(now_on, by=lid, code=code, attending="online")
        with pytest.raises(WrongCode):
            check_in(now_on, by=lid, code="", attending="in_person")
        now_on.starts_at -= dt.timedelta(days=1)
        now_on.ends_at -= dt.timedelta(days=1)
        with pytest.raises(CheckInClosed):
            check_in(now_on, by=lid, code=code, attending="in_person")


def test_twenty_at_once_of_one_member_are_one(together, now_on, lid):
    def one(number):
        with acting_as(member(lid.pk)):
            meeting = Meeting.objects.get(pk=now_on.pk)
            return check_in(meeting, by=lid, code=codes.code_of(meeting), attending="in_person").pk

    assert len(set(together(20, one))) == 1
    assert there(now_on) == [("Lies Lid", "in_person", "code")]


def test_twenty_members_at_once_are_all_there(together, now_on, waasland):
    with acting_as(SYSTEM):
        people = [make.person(f"Lid {number:02}", waasland) for number in range(20)]

    def one(number):
        with acting_as(member(people[number].pk)):
            meeting = Meeting.objects.get(pk=now_on.pk)
            return check_in(meeting, by=people[number], code=codes.code_of(meeting), attending="in_person").pk

    assert len(set(together(20, one))) == 20
    assert [name for name, *_ in there(now_on)] == [f"Lid {number:02}" for number in range(20)]


# --- On the screen --------------------------------------------------------------------------------------------------


def test_the_screen_shows_programme_code_and_how_many_are_there(browse, trekker, lid, now_on):
    with acting_as(SYSTEM):
        make.item(now_on, "Onthaal", minutes=5)
        make.item(now_on, "Camera's")
        Attendance.objects.create(meeting=now_on, member=lid, how="in_person", noted_by="code")
    page = browse(trekker).get(f"/bijeenkomsten/{now_on.pk}/beamer/")
    assert codes.code_of(now_on) in page.text
    assert f"/aanwezig/{now_on.pk}/" in page.text
    assert "<b>1</b> persoon is aanwezig" in page.text
    assert re.search(r'aria-current="time"><time>[^<]*</time> <span lang="nl">Camera', page.text)
    assert " style=" not in page.text
    part = browse(trekker).get(f"/bijeenkomsten/{now_on.pk}/beamer/", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert codes.code_of(now_on) not in part.text


def test_the_screen_is_for_the_trekker_and_the_host(browse, trekker, lid, neighbour, waasland, temse):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
        host = make.person("Gerda Gast", waasland, government=temse)
        hosting = Hosting.objects.create(meeting=meeting, government=temse, contact=host, state="accepted")
    for page in ("beamer", "lijst"):
        path = f"/bijeenkomsten/{meeting.pk}/{page}/"
        answers = [browse(who).get(path).status_code for who in (trekker, host, lid, neighbour)]
        assert answers == [200, 200, 403, 404]
        for state in ("asked", "declined"):
            with acting_as(SYSTEM):
                Hosting.objects.filter(pk=hosting.pk).update(state=state)
            assert [browse(who).get(path).status_code for who in (trekker, host)] == [200, 403]
        with acting_as(SYSTEM):
            Hosting.objects.filter(pk=hosting.pk).update(state="accepted")
    assert browse(host).get(f"/bijeenkomsten/{meeting.pk}/aanwezigen/").status_code == 403


def test_the_drawing_says_the_address_and_the_code(now_on):
    drawing = codes.drawing_of(f"{codes.address_of(now_on)}?code={codes.code_of(now_on)}")
    assert 25 <= drawing.size <= 49
    assert drawing.path.startswith("M0 0h1v1h-1z")  # the corner of a finder pattern is dark
    assert timezone.now() < now_on.ends_at


def test_who_is_noted_is_not_asked_again_on_the_page_of_the_meeting(browse, lid, trekker, now_on):
    with acting_as(SYSTEM):
        Attendance.objects.create(meeting=now_on, member=lid, how="in_person", noted_by="code")
    asks, knows = "Ik ben aanwezig", "U staat genoteerd als aanwezig."
    for person, said in ((lid, (False, True)), (trekker, (True, False))):
        page = browse(person).get(f"/bijeenkomsten/{now_on.pk}/").text
        assert (asks in page, knows in page) == said
