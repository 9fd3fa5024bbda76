"""The report of a meeting: who writes and reads it, two who write at once, and who hears of it first."""

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.utils import timezone

from mailroom.models import Delivery
from meetings.actions import reports as actions
from meetings.models import ActionPoint, Attendance, Decision, Invitation, Meeting, Registration, Report, ReportPart
from meetings.presence import of as presence_of
from members.models import Membership
from regions.wall import SYSTEM, acting_as
from tests import make
from tests.queries import queries_of

NOON = dt.datetime(2026, 11, 18, 11, tzinfo=dt.UTC)


@pytest.fixture
def held(waasland):
    """A meeting that is over, with a programme."""
    day = {"starts_at": NOON - dt.timedelta(days=1), "ends_at": NOON - dt.timedelta(hours=22)}
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, state="held", **day)
        make.item(meeting, "Welkom", kind="welcome")
        make.item(meeting, "Camera's in de stad")
        return meeting


def points(meeting):
    with acting_as(SYSTEM):
        return list(meeting.agenda.order_by("position"))


def write(meeting, by, as_, *, version=0, introduction="Het was druk.", parts=None, outcomes=()):
    with as_(by):
        return actions.write_report(
            meeting, by=by, version=version, introduction=introduction, parts=parts or {}, outcomes=outcomes
        )


def publish(meeting, by, as_):
    with as_(by):
        return actions.publish_report(meeting, by=by)


def typed(client, meeting, **fields):
    """The form as the page shows it, with these fields filled in."""
    version = 0
    with acting_as(SYSTEM):
        version = getattr(Report.objects.filter(meeting=meeting).first(), "version", 0)
    return {"version": version, "introduction": "", **fields}


def test_the_skeleton_has_the_points_of_the_programme_in_order_and_who_was_there(held, trekker, lid, browse):
    with acting_as(SYSTEM):
        Attendance.objects.create(
            meeting=held, member=lid, government=lid.government, how="in_person", noted_by="code"
        )
    page = browse(trekker).get(f"/bijeenkomsten/{held.pk}/verslag/schrijven/").content.decode()
    assert page.index("Lies Lid") < page.index(">Welkom<") < page.index(">Camera&#x27;s in de stad<")


def test_a_break_asks_for_no_text_unless_something_was_noted_in_it(held, trekker, as_, browse):
    with acting_as(SYSTEM):
        coffee = make.item(held, "Pauze", kind="break")
    client, page = browse(trekker), f"/bijeenkomsten/{held.pk}/verslag/schrijven/"
    assert [str(item) for item in client.get(page).context["form"].items] == ["Welkom", "Camera's in de stad"]
    write(held, trekker, as_, outcomes=[actions.Outcome(coffee, "We kopen samen koffie.")])
    assert coffee in client.get(page).context["form"].items


def test_a_report_is_saved_per_point_and_an_emptied_point_is_gone(held, trekker, as_):
    welcome, camera = points(held)
    write(held, trekker, as_, parts={welcome.pk: "Iedereen was er.", camera.pk: "Twee steden vertelden."})
    with as_(trekker):
        assert {part.item_id: part.text for part in ReportPart.objects.all()} == {
            welcome.pk: "Iedereen was er.",
            camera.pk: "Twee steden vertelden.",
        }
    write(held, trekker, as_, version=1, parts={welcome.pk: "", camera.pk: "Drie steden vertelden."})
    with as_(trekker):
        assert [part.text for part in ReportPart.objects.all()] == ["Drie steden vertelden."]


def test_a_point_of_another_meeting_is_not_written_to(held, waasland, trekker, as_):
    with acting_as(SYSTEM):
        other = make.item(make.meeting(waasland, "Andere", in_days=-9, state="held"))
    write(held, trekker, as_, parts={other.pk: "Hoort hier niet."})
    with as_(trekker):
        assert not ReportPart.objects.exists()


def test_a_draft_is_for_trekkers_and_a_published_report_for_colleagues(
    held, trekker, lid, neighbour, manager, waasland, as_, browse
):
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=held.pk).update(audience="public")
        supplier = make.person("Vic Vendor", waasland, partner=make.vendor())
    address = f"/bijeenkomsten/{held.pk}/verslag/"
    write(held, trekker, as_)
    everyone = {"trekker": trekker, "lid": lid, "neighbour": neighbour, "manager": manager, "supplier": supplier}
    said = {name: browse(person).get(address).status_code for name, person in everyone.items()}
    assert said == {"trekker": 200, "lid": 404, "neighbour": 404, "manager": 200, "supplier": 404}
    publish(held, trekker, as_)
    said = {name: browse(person).get(address).status_code for name, person in everyone.items()}
    assert said == {"trekker": 200, "lid": 200, "neighbour": 404, "manager": 200, "supplier": 404}
    assert browse().get(address).status_code == 302


def test_who_saves_over_another_text_sees_both_and_loses_nothing(held, trekker, waasland, browse):
    _welcome, camera = points(held)
    with acting_as(SYSTEM):
        other = make.person("Cora Co", trekker_of=waasland)
    address = f"/bijeenkomsten/{held.pk}/verslag/schrijven/"
    first = {"version": 0, "introduction": "Van Cora.", f"text-{camera.pk}": "Cora schreef dit."}
    mine = {
        "version": 0,
        "introduction": "Van Tom.",
        f"text-{camera.pk}": "Tom schreef dat.",
        f"decision-{camera.pk}": "Wij delen het bestek.",
    }
    assert browse(other).post(address, first).status_code == 302
    answer = browse(trekker).post(address, mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    for text in (
        "Van Tom.",
        "Tom schreef dat.",
        "Wij delen het bestek.",
        "Van Cora.",
        "Cora schreef dit.",
        "Cora Co",
    ):
        assert text in page
    with acting_as(SYSTEM):
        assert ReportPart.objects.get().text == "Cora schreef dit."
        assert not Decision.objects.exists()
    again = browse(trekker).post(address, mine | {"version": 1})
    assert again.status_code == 302
    with acting_as(SYSTEM):
        assert ReportPart.objects.get().text == "Tom schreef dat."
        assert Decision.objects.count() == 1


def test_two_who_save_at_the_same_moment_do_not_both_win(together):
    with acting_as(SYSTEM):
        circle = make.circle("RKK Waasland", slug="waasland")
        meeting = make.meeting(circle, in_days=-1, state="held")
        people = [make.person(f"Trekker {n}", trekker_of=circle) for n in range(2)]

    def save(number):
        from regions.wall import member

        with acting_as(member(people[number].pk)):
            return actions.write_report(meeting, by=people[number], version=0, introduction=f"{number}", parts={})

    answers = together(2, save)
    assert sorted(type(each).__name__ for each in answers) == ["Report", "WrittenMeanwhile"]


def test_a_decision_and_an_action_are_noted_with_the_point_they_came_from(held, trekker, lid, browse):
    _welcome, camera = points(held)
    day = timezone.localdate() + dt.timedelta(days=30)
    data = typed(browse, held) | {
        f"decision-{camera.pk}": "Wij schrijven samen een bestek.",
        f"what-{camera.pk}": "Vraag de prijzen op",
        f"owner-{camera.pk}": lid.pk,
        f"due_on-{camera.pk}": day.isoformat(),
        "decision-0": "De volgende keer in Lokeren.",
    }
    assert browse(trekker).post(f"/bijeenkomsten/{held.pk}/verslag/schrijven/", data).status_code == 302
    with acting_as(SYSTEM):
        assert [(each.text, each.item) for each in Decision.objects.order_by("pk")] == [
            ("Wij schrijven samen een bestek.", camera),
            ("De volgende keer in Lokeren.", None),
        ]
        noted = ActionPoint.objects.get()
        assert (noted.what, noted.item, noted.owner, noted.government, noted.due_on) == (
            "Vraag de prijzen op",
            camera,
            lid,
            lid.government,
            day,
        )


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"what": "Bel eens"}, {"owner", "due_on"}),
        ({"what": "Bel eens", "due_on": "2030-01-01"}, {"owner"}),
        ({"due_on": "2030-01-01"}, {"what"}),
    ],
)
def test_an_action_says_what_who_and_when(held, trekker, browse, given, missing):
    data = typed(browse, held, introduction="Blijft staan.") | {f"{name}-0": value for name, value in given.items()}
    answer = browse(trekker).post(f"/bijeenkomsten/{held.pk}/verslag/schrijven/", data)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {f"{name}-0" for name in missing}
    assert "Blijft staan." in answer.content.decode()


def test_the_summary_of_errors_names_the_point_that_an_action_is_of(held, trekker, browse):
    _welcome, camera = points(held)
    data = typed(browse, held) | {f"what-{camera.pk}": "Bel eens", "due_on-0": "2030-01-01"}
    page = browse(trekker).post(f"/bijeenkomsten/{held.pk}/verslag/schrijven/", data).text
    summary = [unescape(line) for line in re.findall(r'<li><a href="#[^"]+">([^<]+)</a></li>', page)]
    assert summary == [
        f"Wie ({camera.title}): Zeg wie dit doet: een persoon of een lokaal bestuur.",
        f"Tegen ({camera.title}): Zeg tegen wanneer dit klaar is.",
        "Actie: wat (Van de hele bijeenkomst): Zeg wat er moet gebeuren.",
    ]


def test_an_action_is_not_put_in_the_name_of_a_supplier_or_of_another_circle(
    held, trekker, neighbour, waasland, browse
):
    with acting_as(SYSTEM):
        supplier = make.person("Vic Vendor", waasland, partner=make.vendor())
    for person in (supplier, neighbour):
        data = typed(browse, held) | {"what-0": "Bel", "owner-0": person.pk, "due_on-0": "2030-01-01"}
        assert browse(trekker).post(f"/bijeenkomsten/{held.pk}/verslag/schrijven/", data).status_code == 422


def invite(meeting, *people):
    with acting_as(SYSTEM):
        Invitation.objects.bulk_create(Invitation(meeting=meeting, member=person) for person in people)


def test_who_was_absent_hears_first_and_who_was_there_the_next_morning(waasland, held, trekker, as_):
    with acting_as(SYSTEM):
        there, away, silent, gone, supplier = (
            make.person(name, waasland) for name in ("Aan Wezig", "Af Wezig", "Stil Zwijger", "Weg Gegaan", "Vic V")
        )
        supplier.partner = make.vendor()
        supplier.save()
        Membership.objects.filter(member=gone).update(ended_at=timezone.now())
        Attendance.objects.create(meeting=held, member=there, how="online", noted_by="code")
        Registration.objects.create(meeting=held, member=away, answer="yes", attending="online")
    invite(held, there, away, silent, gone, supplier)
    with time_machine.travel(NOON, tick=False):
        write(held, trekker, as_)
        publish(held, trekker, as_)
        with pytest.raises(actions.AlreadyPublished):
            publish(held, trekker, as_)
    with acting_as(SYSTEM):
        due = {each.to: each.due_at for each in Delivery.objects.filter(kind="report_published")}
    morning = dt.datetime(2026, 11, 19, 7, tzinfo=dt.UTC)  # eight in Brussels
    assert due == {away.email: NOON, silent.email: NOON, there.email: morning}


def test_without_a_list_who_said_yes_counts_as_present(held, trekker, lid, as_):
    with acting_as(SYSTEM):
        Registration.objects.create(meeting=held, member=lid, answer="yes", attending="in_person")
    with as_(trekker):
        found = presence_of(held)
    assert (found.present, found.excused, found.absent, found.is_noted) == (
        [("Temse", ["Lies Lid"])],
        [],
        ["Lokeren"],
        False,
    )


def test_per_government_one_is_present_excused_or_absent_and_only_the_present_are_named(
    held, waasland, trekker, lid, as_
):
    with acting_as(SYSTEM):
        lokeren = waasland.governments.get(slug="lokeren")
        make.person("Nee Zegger", waasland, government=lokeren)
        Registration.objects.create(
            meeting=held, member=make.person("Ook Nee", waasland, government=lokeren), answer="no"
        )
        Attendance.objects.create(meeting=held, name="Gast Zonder Profiel", how="in_person", noted_by="list")
    with as_(lid):
        found = presence_of(held)
    assert found.present == [("zonder organisatie", ["Gast Zonder Profiel"])]
    assert (found.excused, found.absent) == (["Lokeren"], ["Temse"])


def test_only_what_was_held_is_published(waasland, trekker, as_):
    with acting_as(SYSTEM):
        coming = make.meeting(waasland, in_days=3)
    with as_(trekker), pytest.raises(actions.NotWritten):
        actions.publish_report(coming, by=trekker)
    write(coming, trekker, as_)
    with pytest.raises(actions.NotHeld):
        publish(coming, trekker, as_)


def test_a_correction_says_when_and_sends_nothing(held, trekker, lid, as_, browse):
    invite(held, lid)
    with time_machine.travel(NOON, tick=False):
        write(held, trekker, as_)
        publish(held, trekker, as_)
    address = f"/bijeenkomsten/{held.pk}/verslag/"
    assert "19 november" not in browse(lid).get(address).content.decode()
    with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
        answer = browse(trekker).post(
            f"{address}schrijven/", {"version": 1, "introduction": "Beter zo.", "publish": "1"}
        )
    assert answer.status_code == 302
    page = browse(lid).get(address).content.decode()
    assert "Beter zo." in page
    assert "19 november 2026" in page
    with acting_as(SYSTEM):
        assert Delivery.objects.filter(kind="report_published").count() == 1


@pytest.mark.parametrize("n", [1, 3])
def test_a_report_costs_the_same_however_long(waasland, held, trekker, lid, as_, browse, n):
    with acting_as(SYSTEM):
        for number in range(n):
            point = make.item(held, f"Punt {number}")
            Decision.objects.create(meeting=held, item=point, text=f"Besluit {number}")
            ActionPoint.objects.create(
                meeting=held, item=point, what=f"Actie {number}", owner=lid, due_on=timezone.localdate()
            )
    write(held, trekker, as_, parts={item.pk: "Tekst" for item in points(held)})
    publish(held, trekker, as_)
    client = browse(lid)
    client.get(f"/bijeenkomsten/{held.pk}/verslag/")
    assert queries_of(client, f"/bijeenkomsten/{held.pk}/verslag/") == 16


def test_the_owner_of_an_action_reads_it_in_the_letter(held, trekker, lid, as_):
    invite(held, lid)
    day = dt.date(2030, 3, 4)
    outcome = actions.Outcome(None, "Vraag de prijzen op", lid, None, day)
    write(held, trekker, as_, outcomes=[outcome])
    publish(held, trekker, as_)
    with acting_as(SYSTEM):
        letter = Delivery.objects.get(kind="report_published", member=lid).letter
        assert "Vraag de prijzen op" in letter.text
        assert "4 maart 2030" in letter.text
        assert "Het was druk." not in letter.text
