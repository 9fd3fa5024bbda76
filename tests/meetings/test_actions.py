"""Actions and decisions after a meeting: done or not, on the next programme by themselves, and a word in time."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from mailroom.models import Delivery
from meetings import tasks
from meetings.actions import followup as actions
from meetings.actions import planning
from meetings.actions.programme import apply_template
from meetings.actions.reports import publish_report
from meetings.models import ActionPoint, AgendaItem, Decision, Meeting, PressingQuestion, Report
from members.models import Membership
from regions.wall import SYSTEM, acting_as, member
from tests import make
from tests.queries import queries_of

NOON = dt.datetime(2026, 11, 18, 11, tzinfo=dt.UTC)
FOLLOW_UP = AgendaItem.Kind.FOLLOW_UP


@pytest.fixture
def reported(waasland):
    """A meeting that is over, with a report that the circle has read."""
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, "Vorige keer", in_days=-30, state="held")
        Report.objects.create(meeting=meeting, state="published", published_at=timezone.now())
        return meeting


@pytest.fixture
def agreed(reported, lid):
    """``agreed(due_in=7)``: an action of Lies, by so many days from now."""

    def make_one(what="Vraag de prijzen op", *, due_in=7, **fields):
        with acting_as(SYSTEM):
            due = timezone.localdate() + dt.timedelta(days=due_in)
            return ActionPoint.objects.create(
                **{"meeting": reported, "what": what, "owner": lid, "government": lid.government, "due_on": due}
                | fields
            )

    return make_one


def plan(circle, trekker, as_, **fields):
    starts = timezone.now() + dt.timedelta(days=60)
    with as_(trekker):
        return planning.plan(
            circle,
            by=trekker,
            **{"title": "Volgende", "starts_at": starts, "ends_at": starts + dt.timedelta(hours=2)} | fields,
        )


def kinds(meeting):
    with acting_as(SYSTEM):
        return list(meeting.agenda.order_by("position").values_list("kind", flat=True))


def minutes(meeting):
    with acting_as(SYSTEM):
        return sum(meeting.agenda.values_list("minutes", flat=True))


# --- The next programme ---------------------------------------------------------------------------------------------


def test_open_actions_start_the_next_programme_by_themselves(waasland, agreed, trekker, as_):
    without = kinds(plan(waasland, trekker, as_, title="Zonder"))
    agreed()
    planned = plan(waasland, trekker, as_)
    assert kinds(planned) == [without[0], "follow_up", *without[1:]]
    assert minutes(planned) == 120


def test_no_open_action_no_point(waasland, agreed, trekker, as_):
    agreed(done_at=timezone.now())
    assert FOLLOW_UP not in kinds(plan(waasland, trekker, as_))


def test_actions_of_another_circle_do_not_start_this_programme(kempen, agreed, neighbour_trekker, as_):
    agreed()
    assert FOLLOW_UP not in kinds(plan(kempen, neighbour_trekker, as_))


def test_a_report_that_comes_later_still_starts_the_programme_that_was_planned(
    waasland, reported, agreed, trekker, as_
):
    with acting_as(SYSTEM):
        Report.objects.update(state="draft")
    planned = plan(waasland, trekker, as_)
    with as_(trekker):
        planned = planning.publish(planned, by=trekker)
    assert FOLLOW_UP not in kinds(planned)
    agreed()
    with as_(trekker):
        publish_report(reported, by=trekker)
    assert kinds(planned).count(FOLLOW_UP) == 1


def test_publishing_looks_once_more_and_never_adds_a_second(waasland, agreed, trekker, as_):
    planned = plan(waasland, trekker, as_, programme="empty")
    assert kinds(planned) == []
    agreed()
    with as_(trekker):
        planning.publish(planned, by=trekker)
        actions.begin_with_open_actions(planned)
    assert kinds(planned) == ["follow_up"]


def test_the_next_meeting_shows_what_is_open_to_colleagues_and_links_back(waasland, reported, agreed, lid, browse):
    mine, done = agreed("Vraag de prijzen op"), agreed("Is al gedaan", done_at=timezone.now())
    with acting_as(SYSTEM):
        coming = make.meeting(waasland, "Komende", audience="public")
        make.item(coming, "Openstaande acties", kind="follow_up")
        supplier = make.person("Vic Vendor", waasland, partner=make.vendor())
    page = browse(lid).get(coming.get_absolute_url()).content.decode()
    assert f'href="/bijeenkomsten/{reported.pk}/verslag/#actie-{mine.pk}"' in page
    assert done.what not in page
    for reader in (None, supplier):
        assert mine.what not in browse(reader).get(coming.get_absolute_url()).content.decode()


def test_afterwards_a_programme_shows_what_was_open_when_it_began(waasland, agreed, lid, browse):
    agreed("Deed men daarna", done_at=timezone.now())
    agreed("Was al gedaan", done_at=timezone.now() - dt.timedelta(days=20))
    with acting_as(SYSTEM):
        past = make.meeting(waasland, "Tussendoor", in_days=-10, state="held")
        make.item(past, "Openstaande acties", kind="follow_up")
    page = browse(lid).get(past.get_absolute_url()).content.decode()
    assert ("Deed men daarna" in page, "Was al gedaan" in page) == (True, False)


def test_a_meeting_without_open_actions_asks_postgres_nothing_more(waasland, agreed, lid, browse):
    agreed()
    with acting_as(SYSTEM):
        meetings = [make.meeting(waasland, f"Keer {n}", in_days=10 + n) for n in range(2)]
        make.item(meetings[1], "Openstaande acties", kind="follow_up")
    client = browse(lid)
    client.get("/bijeenkomsten/")
    plain, looks_back = (queries_of(client, each.get_absolute_url()) for each in meetings)
    assert (looks_back - plain, looks_back <= 8) == (1, True)


def test_a_template_for_an_empty_programme_looks_back_too(waasland, agreed, trekker, as_):
    planned = plan(waasland, trekker, as_, programme="empty")
    agreed()
    with as_(trekker):
        apply_template(planned, by=trekker, template="webinar")
    assert kinds(planned) == ["welcome", "follow_up", "deep_dive", "news_round", "closing"]


# --- The chain ------------------------------------------------------------------------------------------------------


def test_question_item_report_decision_action_and_next_programme_lead_to_each_other(
    waasland, lid, trekker, as_, browse
):
    """Link by link, there and back, as a member clicks."""
    with acting_as(SYSTEM):
        first = make.meeting(waasland, "Eerste", in_days=-10, state="held")
        item = make.item(first, "Camera's")
        asked = PressingQuestion.objects.create(circle=waasland, member=lid, item=item, text="Wie heeft camera's?")
        Report.objects.create(meeting=first, state="published")
        decision = Decision.objects.create(meeting=first, item=item, text="Samen kopen")
        action = ActionPoint.objects.create(
            meeting=first, item=item, what="Bestek schrijven", owner=lid, due_on=timezone.localdate()
        )
    following = plan(waasland, trekker, as_)
    with as_(trekker):
        planning.publish(following, by=trekker)
    report, todo = f"/bijeenkomsten/{first.pk}/verslag/", "/kringen/waasland/acties/"
    questions = "/kringen/waasland/vragen/"
    chain = [
        (questions, f"{first.get_absolute_url()}#punt-{item.pk}"),
        (questions, report),
        (first.get_absolute_url(), f"{questions}#vraag-{asked.pk}"),
        (first.get_absolute_url(), f"{report}#punt-{item.pk}"),
        (report, f"{questions}#vraag-{asked.pk}"),
        (report, f"{todo}#actie-{action.pk}"),
        (report, "/kringen/waasland/besluiten/"),
        ("/kringen/waasland/besluiten/", f"{report}#besluit-{decision.pk}"),
        (todo, f"{report}#actie-{action.pk}"),
        (todo, following.get_absolute_url()),
        (following.get_absolute_url(), f"{report}#actie-{action.pk}"),
        (following.get_absolute_url(), todo),
        (report, first.get_absolute_url()),
        ("/kringen/waasland/", todo),
    ]
    client = browse(lid)
    pages = {}
    for page, link in chain:
        pages[page] = pages.get(page) or client.get(page).content.decode()
        assert f'href="{link}"' in pages[page], (page, link)
        path, _, anchor = link.partition("#")
        answer = client.get(path)
        assert answer.status_code == 200
        assert not anchor or f'id="{anchor}"' in answer.content.decode(), link


# --- Done -----------------------------------------------------------------------------------------------------------


def test_the_owner_and_the_trekker_tick_off_and_nobody_else(agreed, lid, trekker, neighbour, waasland, browse):
    with acting_as(SYSTEM):
        other = make.person("An Ander", waasland)
    action = agreed()
    address = f"/acties/{action.pk}/klaar/"
    said = {each.name: browse(each).post(address, {"done": "on"}).status_code for each in (neighbour, other)}
    assert said == {"Bea Buur": 404, "An Ander": 403}
    for person in (lid, trekker):
        assert browse(person).post(address, {"done": "on", "note": "Drie offertes."}).status_code == 302
        with acting_as(SYSTEM):
            action.refresh_from_db()
            assert (action.is_open, action.note) == (False, "Drie offertes.")
        assert browse(person).post(address, {"note": "Drie offertes."}).status_code == 302
        with acting_as(SYSTEM):
            action.refresh_from_db()
            assert action.is_open


def test_open_ones_stand_first_and_overdue_ones_are_marked(agreed, lid, browse):
    agreed("Later", due_in=20)
    agreed("Te laat", due_in=-1)
    agreed("Klaar", done_at=timezone.now())
    page = browse(lid).get("/kringen/waasland/acties/").content.decode()
    assert page.index("Te laat") < page.index("over tijd") < page.index("Later") < page.index("Klaar")
    assert page.count("over tijd") == 1


def test_overdue_actions_show_on_the_page_of_the_circle_on_the_desk_and_in_the_admin(
    agreed, lid, trekker, manager, browse
):
    agreed(due_in=-1)
    agreed(due_in=1)
    warning = "1 actie van deze kring had al klaar moeten zijn"
    for person, address in ((lid, "/kringen/waasland/"), (trekker, "/kringen/waasland/planning/")):
        assert warning in browse(person).get(address).content.decode()
    assert warning not in browse().get("/kringen/waasland/").content.decode()
    from kenniskring.worklist import circles_with_overdue_actions

    with acting_as(member(manager.pk)):
        assert [task.name for task in circles_with_overdue_actions().tasks] == ["RKK Waasland"]


@pytest.mark.parametrize("n", [1, 3])
def test_the_actions_of_a_circle_cost_the_same_however_many(agreed, lid, browse, n):
    for number in range(n):
        agreed(f"Actie {number}")
    client = browse(lid)
    client.get("/bijeenkomsten/")
    assert queries_of(client, "/kringen/waasland/acties/") == 7


def test_a_trekker_changes_and_removes_and_the_owner_does_not(agreed, reported, lid, trekker, browse):
    action, _another = agreed(), agreed("Zoek een zaal")
    with acting_as(SYSTEM):
        decision = Decision.objects.create(meeting=reported, text="Samen kopen")
    for path in (f"/acties/{action.pk}/", f"/besluiten/{decision.pk}/"):
        assert browse(lid).get(path).status_code == 403
    changed = {"what": "Bel rond", "owner": lid.pk, "government": "", "due_on": "2030-03-04"}
    assert browse(trekker).post(f"/acties/{action.pk}/", changed).status_code == 302
    assert browse(trekker).post(f"/besluiten/{decision.pk}/", {"text": "Apart kopen"}).status_code == 302
    with acting_as(SYSTEM):
        action.refresh_from_db()
        decision.refresh_from_db()
        assert (action.what, action.government, action.due_on) == ("Bel rond", lid.government, dt.date(2030, 3, 4))
        assert decision.text == "Apart kopen"
    for path in (f"/acties/{action.pk}/verwijderen/", f"/besluiten/{decision.pk}/verwijderen/"):
        assert browse(lid).post(path).status_code == 403
        assert browse(trekker).post(path).status_code == 302
    with acting_as(SYSTEM):
        assert (ActionPoint.objects.count(), Decision.objects.count()) == (1, 0)


# --- Reminders ------------------------------------------------------------------------------------------------------


def daily(days):
    """The kinds of letters that each of these days adds, by the clock, at noon."""
    found = []
    for day in range(days):
        with time_machine.travel(NOON + dt.timedelta(days=day), tick=False), acting_as(SYSTEM):
            before = set(Delivery.objects.values_list("pk", flat=True))
            tasks.remind_owners()
            tasks.remind_owners()
            found.append([each.kind for each in Delivery.objects.exclude(pk__in=before)])
    return found


def test_the_owner_is_reminded_once_a_week_before_and_once_when_it_is_late(agreed):
    with time_machine.travel(NOON, tick=False):
        agreed(due_in=9)
    assert daily(13) == [[], [], ["action_due"], *[[]] * 7, ["action_overdue"], [], []]


def test_what_is_done_is_not_reminded_of(agreed):
    with time_machine.travel(NOON, tick=False):
        agreed(due_in=3, done_at=NOON)
        agreed(due_in=-3, done_at=NOON)
    assert daily(2) == [[], []]


def test_another_day_is_another_reminder(agreed):
    with time_machine.travel(NOON, tick=False):
        action = agreed(due_in=3)
    assert daily(1) == [["action_due"]]
    with acting_as(SYSTEM):
        ActionPoint.objects.filter(pk=action.pk).update(due_on=action.due_on + dt.timedelta(days=2))
    assert daily(2) == [[], ["action_due"]]


def test_who_left_the_circle_and_who_could_not_read_it_yet_hears_nothing(agreed, lid):
    with time_machine.travel(NOON, tick=False):
        agreed(due_in=3)
    with acting_as(SYSTEM):
        Report.objects.update(state="draft")
    assert daily(1) == [[]]
    with acting_as(SYSTEM):
        Report.objects.update(state="published")
        Membership.objects.filter(member=lid).update(ended_at=timezone.now())
    assert daily(2) == [[], []]


def test_a_point_with_a_report_is_not_taken_out_of_the_programme(reported, trekker, browse):
    with acting_as(SYSTEM):
        from meetings.models import ReportPart

        item = make.item(reported)
        ReportPart.objects.create(item=item, text="Er werd veel gezegd.")
    browse(trekker).post(f"/programmapunten/{item.pk}/verwijderen/")
    with acting_as(SYSTEM):
        assert ReportPart.objects.count() == 1
        assert Meeting.objects.get(pk=reported.pk).agenda.count() == 1
