"""The paper list: printed, signed, typed in by the trekker; and what is then known of who was there."""

import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from meetings.actions.attendance import Guest, note_presence
from meetings.models import Attendance, Invitation, Meeting, Registration
from regions.wall import SYSTEM, acting_as, member
from tests import make


@pytest.fixture
def held(waasland, temse, lid, trekker):
    """A meeting of yesterday: the member said yes, the trekker was invited."""
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, "Camera's", in_days=-1, state="held", host=temse)
        Registration.objects.create(meeting=meeting, member=lid, answer="yes", attending="in_person")
        Invitation.objects.create(meeting=meeting, member=trekker)
    return meeting


def there(meeting):
    with acting_as(SYSTEM):
        rows = Attendance.objects.filter(meeting=meeting).select_related("member", "government")
        return {(row.name or row.member.name, str(row.government or ""), row.how, row.noted_by) for row in rows}


def lines(*guests):
    """The empty lines as the page sends them."""
    sent = {"form-TOTAL_FORMS": "4", "form-INITIAL_FORMS": "0"}
    for number, (name, government) in enumerate(guests):
        sent |= {
            f"form-{number}-name": name,
            f"form-{number}-government": government,
            f"form-{number}-how": "in_person",
        }
    return sent


def test_the_printed_list_has_who_said_yes_and_room_for_others(browse, trekker, lid, held, temse):
    page = browse(trekker).get(f"/bijeenkomsten/{held.pk}/lijst/")
    assert page.status_code == 200
    assert page.text.count('<th scope="row">') == 1
    assert "Lies Lid" in page.text
    assert page.text.count('class="empty-line"') == 10


def test_colleagues_read_on_the_page_who_was_there_and_others_do_not(
    browse, waasland, lid, trekker, neighbour, held, temse
):
    with acting_as(SYSTEM):
        vendor = make.person("Vic Vendor", waasland, partner=make.vendor())
        Meeting.objects.filter(pk=held.pk).update(audience="network")
    before = browse(lid).get(held.get_absolute_url()).text
    with acting_as(member(trekker.pk)):
        note_presence(held, by=trekker, members={trekker: "in_person"}, guests=[Guest("Gust Gast", temse, "online")])

    def named(person):
        page = browse(person).get(held.get_absolute_url()).text
        return re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)", page.partition("Wie er was</h2>")[2].partition("</dl>")[0])

    assert "Wie er was" not in before
    assert named(lid) == named(trekker) == [("Temse (2)", f"Gust Gast, {trekker.name}")]
    assert named(neighbour) == named(vendor) == []


@pytest.mark.parametrize("n", [1, 3])
def test_who_was_there_costs_one_query_once_it_is_over(browse, waasland, lid, temse, n):
    with acting_as(SYSTEM):
        to_come, over = make.meeting(waasland), make.meeting(waasland, in_days=-1, state="held")
        for meeting in (to_come, over):
            for number in range(n):
                guest = {"name": f"Gast {number}", "government": temse, "how": "online", "noted_by": "list"}
                Attendance.objects.create(meeting=meeting, **guest)
    asked = {meeting: _asked(browse(lid), meeting) for meeting in (to_come, over)}
    assert [len(found) for found in asked.values()] == [0, 1]


def _asked(client, meeting):
    """What the page of a meeting asks about presence."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(meeting.get_absolute_url()).status_code == 200
    return [each["sql"] for each in queries if 'FROM "meetings_attendance"' in each["sql"]]


def test_the_trekker_ticks_who_was_there_and_types_guests(browse, trekker, lid, held):
    client, path = browse(trekker), f"/bijeenkomsten/{held.pk}/aanwezigen/"
    page = client.get(path).text
    assert f'name="there-{lid.pk}"' in page
    assert f'name="there-{trekker.pk}"' in page
    data = {f"there-{lid.pk}": "in_person", f"was-{lid.pk}": ""} | lines(("Gust Gast", "temse"), ("Rik Rest", ""))
    assert client.post(path, data)["Location"] == path
    expected = {
        ("Lies Lid", "Temse", "in_person", "list"),
        ("Gust Gast", "Temse", "in_person", "list"),
        ("Rik Rest", "", "in_person", "list"),
    }
    assert there(held) == expected
    assert client.post(path, data).status_code == 302  # the same page again, by the button Back
    assert there(held) == expected


def test_a_government_that_is_not_there_is_refused_and_nothing_is_lost(browse, trekker, lid, held):
    client, path = browse(trekker), f"/bijeenkomsten/{held.pk}/aanwezigen/"
    answer = client.post(path, {f"there-{lid.pk}": "in_person"} | lines(("Gust Gast", "Atlantis")))
    assert answer.status_code == 422
    assert 'value="Gust Gast"' in answer.text
    assert f'name="there-{lid.pk}" value="in_person" checked' in answer.text
    assert there(held) == set()


def test_two_trekkers_who_type_at_once_lose_nothing(browse, trekker, lid, held, waasland):
    with acting_as(SYSTEM):
        other = make.person("Cas Co-trekker", trekker_of=waasland)
        Invitation.objects.create(meeting=held, member=other)
    path = f"/bijeenkomsten/{held.pk}/aanwezigen/"
    assert browse(trekker).post(path, {f"there-{lid.pk}": "in_person", f"was-{lid.pk}": ""}).status_code == 302
    # The page of the other was opened before that: it shows nobody, and sends what it shows.
    data = {f"was-{lid.pk}": "", f"there-{other.pk}": "in_person", f"was-{other.pk}": ""}
    assert browse(other).post(path, data).status_code == 302
    assert {name for name, *_ in there(held)} == {"Lies Lid", "Cas Co-trekker"}
    assert browse(trekker).post(path, {f"was-{lid.pk}": "in_person"}).status_code == 302  # the tick taken away
    assert {name for name, *_ in there(held)} == {"Cas Co-trekker"}


def test_ticking_leaves_what_the_code_noted(browse, trekker, lid, held):
    with acting_as(SYSTEM):
        Attendance.objects.create(meeting=held, member=lid, how="in_person", noted_by="code")
    data = {f"there-{lid.pk}": "in_person", f"was-{lid.pk}": "in_person"}
    assert browse(trekker).post(f"/bijeenkomsten/{held.pk}/aanwezigen/", data).status_code == 302
    assert {row[3] for row in there(held)} == {"code"}


@pytest.mark.parametrize("odd", ["online", "x" * 50, "a\0b"])
def test_of_a_tick_that_the_page_never_had_nothing_follows(browse, trekker, lid, held, odd):
    client, path = browse(trekker), f"/bijeenkomsten/{held.pk}/aanwezigen/"
    assert client.post(path, {f"there-{lid.pk}": odd, f"was-{lid.pk}": ""}).status_code == 302
    assert there(held) == set()
    client.post(path, {f"there-{lid.pk}": "in_person", f"was-{lid.pk}": ""})
    client.post(path, {f"there-{lid.pk}": odd, f"was-{lid.pk}": "in_person"})
    assert there(held) == {("Lies Lid", "Temse", "in_person", "list")}


def test_a_guest_is_taken_away_by_taking_away_the_tick(browse, trekker, held):
    with acting_as(SYSTEM):
        guest = Attendance.objects.create(meeting=held, name="Gust Gast", how="in_person", noted_by="list")
    path = f"/bijeenkomsten/{held.pk}/aanwezigen/"
    data = {f"guest-{guest.pk}-shown": "1"}
    assert browse(trekker).post(path, data | {f"guest-{guest.pk}": "1"}).status_code == 302
    assert len(there(held)) == 1
    assert browse(trekker).post(path, data).status_code == 302
    assert there(held) == set()


def test_nobody_is_noted_before_the_meeting(browse, trekker, lid, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
    path = f"/bijeenkomsten/{meeting.pk}/aanwezigen/"
    assert browse(trekker).get(path).status_code == 200
    assert browse(trekker).post(path, {f"there-{lid.pk}": "in_person"}).status_code == 409
    assert there(meeting) == set()


def test_trekkers_who_save_at_the_same_moment_do_not_wait_for_each_other_in_a_ring(together, held, trekker, waasland):
    with acting_as(SYSTEM):
        people = [make.person(f"Lid {number:02}", waasland) for number in range(20)]

    def one(number):
        order = people if number % 2 else people[::-1]
        with acting_as(member(trekker.pk)):
            meeting = Meeting.objects.get(pk=held.pk)
            note_presence(
                meeting, by=trekker, members=dict.fromkeys(order, "in_person"), guests=[Guest("Gust", None, "online")]
            )

    assert together(8, one) == [None] * 8
    assert len(there(held)) == 21


def test_colleagues_read_who_was_there_and_others_do_not(as_, held, lid, trekker, neighbour, stranger, waasland):
    with acting_as(SYSTEM):
        vendor = make.person("Vic Vendor", waasland, partner=make.vendor())
        Attendance.objects.create(meeting=held, member=trekker, how="in_person", noted_by="code")
        Attendance.objects.create(meeting=held, member=vendor, how="in_person", noted_by="code")
    seen = {}
    for person in (trekker, lid, vendor, neighbour, stranger):
        with as_(person):
            seen[person.name] = Attendance.objects.count()
    assert seen == {"Tom Trekker": 2, "Lies Lid": 2, "Vic Vendor": 1, "Bea Buur": 0, "Stef Stranger": 0}


def test_who_is_forgotten_stays_as_somebody_of_their_government(held, lid, temse):
    with acting_as(SYSTEM):
        Attendance.objects.create(meeting=held, member=lid, government=temse, how="in_person", noted_by="code")
        lid.delete()
        row = Attendance.objects.get(meeting=held)
        assert (row.member_id, row.name, row.government_id) == (None, "", temse.pk)


def test_the_answers_show_afterwards_who_was_there(browse, trekker, lid, held, temse):
    with acting_as(SYSTEM):
        how = {"meeting": held, "noted_by": "list"}
        Attendance.objects.create(member=trekker, government=temse, how="online", **how)
        Attendance.objects.create(name="Gust Gast", government=temse, how="in_person", **how)
    page = browse(trekker).get(f"/bijeenkomsten/{held.pk}/antwoorden/").text
    assert 'data-label="Aanwezig">Gust Gast, Tom Trekker<' in page
    sheet = browse(trekker).get(f"/bijeenkomsten/{held.pk}/antwoorden.xlsx").content
    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(sheet)).active.iter_rows()]
    assert rows[0][-1] == "Aanwezig"
    assert {(row[0], row[1], row[2], row[-1]) for row in rows[1:]} == {
        ("Gust Gast", "Temse", "gast", "op locatie"),
        ("Lies Lid", "Temse", "ja", None),
        ("Tom Trekker", "Temse", "uitgenodigd, nog geen antwoord", "online"),
    }
