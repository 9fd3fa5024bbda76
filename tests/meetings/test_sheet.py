"""Who comes, as a spreadsheet: what is in it, that text stays text, and who may have it."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from meetings.actions.answers import register
from meetings.models import Invitation, Meeting
from members.models import Member
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.queries import queries_of


@pytest.fixture
def answered(waasland, temse, lid, trekker):
    """Ada has the seat, Bo waits, Cas says maybe online, Dirk no; Lies is invited and silent."""
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, host=temse, form="hybrid", seats_in_person=1)
        for name, given, way in [
            ("Ada", "yes", "in_person"),
            ("Bo", "yes", "in_person"),
            ("Cas", "maybe", "online"),
            ("Dirk", "no", "in_person"),
        ]:
            register(meeting, by=make.person(name, waasland, government=temse), answer=given, attending=way)
        Invitation.objects.create(meeting=meeting, member=lid)
    return meeting


def address(meeting):
    return reverse("answers_sheet", args=[meeting.pk])


def sheet_of(response):
    assert response.status_code == 200
    return load_workbook(io.BytesIO(response.content)).active


def test_the_sheet_says_what_the_page_says(browse, trekker, answered):
    sheet = sheet_of(browse(trekker).get(address(answered)))
    assert [[cell.value for cell in row[:4]] for row in sheet.iter_rows()] == [
        ["Naam", "Lokaal bestuur", "Antwoord", "Deelname"],
        ["Ada", "Temse", "ja", "op locatie"],
        ["Bo", "Temse", "wachtlijst, nummer 1", "op locatie"],
        ["Cas", "Temse", "misschien", "online"],
        ["Dirk", "Temse", "nee", None],
        ["Lies Lid", "Temse", "uitgenodigd, nog geen antwoord", None],
    ]
    moments = [cell.value for cell in sheet["E"]]
    assert (moments[0], moments[-1]) == ("Geantwoord", None)
    assert {moment.date() for moment in moments[1:-1]} == {timezone.localdate()}
    assert sheet.freeze_panes == "A2"
    assert min(sheet.column_dimensions[letter].width for letter in "ABCDE") >= 16


def test_the_file_is_named_after_day_and_place_and_kept_by_no_cache(browse, trekker, answered):
    response = browse(trekker).get(address(answered))
    day = timezone.localdate(answered.starts_at)
    assert response["Content-Disposition"] == f'attachment; filename="antwoorden-{day}-temse.xlsx"'
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))


@pytest.mark.parametrize("sly", ["=1+1", "+32 3 123", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "#N/A", "a\x0bb"])
def test_what_somebody_typed_is_text_and_never_a_formula(browse, trekker, answered, sly):
    with acting_as(SYSTEM):
        Member.objects.filter(name="Ada").update(name=sly)
    cells = [row[0] for row in sheet_of(browse(trekker).get(address(answered))).iter_rows(min_row=2)]
    [found] = [cell for cell in cells if cell.value == sly.replace("\x0b", "")]
    assert found.data_type == "s"
    assert found.quotePrefix is (sly[0] in "=+-@")


def test_an_empty_list_is_a_sheet_with_a_head(browse, trekker, waasland):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, form="online")
    client = browse(trekker)
    assert sheet_of(client.get(address(meeting))).max_row == 1
    page = client.get(reverse("answers", args=[meeting.pk])).content.decode()
    assert address(meeting) not in page


def test_whoever_reads_the_answers_may_take_them_along_and_nobody_else(
    browse, lid, trekker, manager, neighbour, neighbour_trekker, answered
):
    for person, status in [(trekker, 200), (manager, 200), (lid, 403), (neighbour, 403), (neighbour_trekker, 403)]:
        with acting_as(SYSTEM):
            Meeting.objects.update(audience="public")
        client = browse(person)
        assert client.get(address(answered)).status_code == status
        assert client.get(reverse("answers", args=[answered.pk])).status_code == status
        with acting_as(SYSTEM):
            Meeting.objects.update(audience="circle")
        hidden = person in (neighbour, neighbour_trekker)
        assert client.get(address(answered)).status_code == (404 if hidden else status)
    assert browse().get(address(answered)).status_code == 302
    assert (
        f'href="{address(answered)}"' in browse(trekker).get(reverse("answers", args=[answered.pk])).content.decode()
    )


@pytest.mark.parametrize("n", [1, 3])
def test_the_sheet_costs_the_same_however_many(browse, trekker, waasland, n):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
        for number in range(n):
            register(meeting, by=make.person(f"Lid {number}", waasland), answer="yes", attending="in_person")
    assert queries_of(browse(trekker), address(meeting)) == 6
