"""A host is asked and answers; the meeting goes where it was agreed, and who is not needed any more is told."""

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from mailroom.models import Delivery
from meetings import rota
from meetings.actions import hosting as actions
from meetings.actions import planning
from meetings.models import Hosting, HostTask, Meeting
from regions.wall import SYSTEM, acting_as
from tests import make

State = Hosting.State
NOW = timezone.now()


def now_is(hosting):
    with acting_as(SYSTEM):
        return Hosting.objects.select_related("meeting__host", "government").get(pk=hosting.pk)


def letters(kind=None):
    """(kind, to) of what was posted, in order."""
    with acting_as(SYSTEM):
        rows = Delivery.objects.order_by("pk").values_list("kind", "to")
        return [row for row in rows if kind in (None, row[0])]


# --- Asking ------------------------------------------------------------------------------------------------------


def test_the_first_of_the_rota_is_proposed_and_asked_with_one_button(browse, draft, trekker, lena, lid):
    with acting_as(SYSTEM):
        make.meeting(draft.circle, state="held", in_days=-90, host=lid.government)
    client, page = browse(trekker), f"/bijeenkomsten/{draft.pk}/gastbestuur/"
    form = client.get(page).context["form"]
    assert (form.proposed.name, form.initial["whom"]) == ("Lokeren", f"{lena.government_id}-{lena.pk}")
    for _click in range(2):
        assert client.post(page, {"whom": form.initial["whom"], "message": "Graag."}).status_code == 302
    with acting_as(SYSTEM):
        assert list(Hosting.objects.values_list("government__name", "contact", "state")) == [
            ("Lokeren", lena.pk, "asked")
        ]
        letter = Delivery.objects.get()
    assert (letter.kind, letter.to, letter.only_while_member) == ("host_asked", lena.email, True)
    day = date_format(timezone.localtime(draft.starts_at), "j F")
    assert letter.subject == f"[RKK Waasland] Wilt u gastbestuur zijn? {day}, locatie volgt"


def test_agreed_by_telephone_needs_no_letter_and_starts_the_list(as_, draft, trekker, temse):
    with as_(trekker):
        hosting = actions.ask_host(draft, by=trekker, government=temse)
        assert hosting.state == State.ACCEPTED
        assert Meeting.objects.get(pk=draft.pk).host == temse
        assert HostTask.objects.filter(meeting=draft).count() == 6
    assert letters() == []


def test_while_one_is_asked_nobody_else_is(as_, asked, trekker, lena, lokeren):
    with as_(trekker), pytest.raises(actions.HostAsked):
        actions.ask_host(asked.meeting, by=trekker, government=lokeren, contact=lena)


def test_only_someone_of_the_circle_who_works_there_is_asked(as_, draft, trekker, temse, lena, neighbour, waasland):
    with acting_as(SYSTEM):
        vendor = make.person("Vic", waasland, partner=make.vendor())
    for wrong in (lena, neighbour, vendor):
        with as_(trekker), pytest.raises(actions.NotOfTheCircle):
            actions.ask_host(draft, by=trekker, government=temse, contact=wrong)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"form": "online"}, actions.NoHostNeeded),
        ({"state": "cancelled"}, actions.MeetingNotOpen),
        ({"starts_at": NOW - dt.timedelta(hours=1), "ends_at": NOW + dt.timedelta(hours=1)}, actions.MeetingNotOpen),
    ],
)
def test_what_needs_no_host_any_more_gets_none(as_, draft, trekker, temse, change, refusal):
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=draft.pk).update(**change)
    with as_(trekker), pytest.raises(refusal):
        actions.ask_host(draft, by=trekker, government=temse)


def test_two_trekkers_who_ask_at_once_ask_one(together, draft, trekker, temse, lokeren, lid, lena, as_):
    whom = [(temse, lid), (lokeren, lena)]

    def ask(number):
        government, contact = whom[number]
        with as_(trekker):
            return actions.ask_host(draft, by=trekker, government=government, contact=contact)

    done = together(2, ask)
    assert sorted(type(each).__name__ for each in done) == ["HostAsked", "Hosting"]
    assert len(letters("host_asked")) == 1


def test_who_is_asked_for_one_meeting_is_not_proposed_for_the_next_until_nobody_else_is_left(
    as_, asked, trekker, waasland, temse, lokeren
):
    with as_(trekker):
        later = make.meeting(waasland, "Later", state="draft", in_days=150)
        assert rota.proposed(later) == lokeren
        Hosting.objects.create(meeting=later, government=lokeren, state="declined")
        assert rota.proposed(later) == temse


# --- Answering ---------------------------------------------------------------------------------------------------


def test_a_yes_makes_them_the_host_of_the_draft_and_tells_the_trekker_once(browse, asked, lid, trekker):
    client, page = browse(lid), f"/bijeenkomsten/{asked.meeting_id}/gastheer/"
    assert client.get(page).status_code == 200
    for _click in range(2):
        assert client.post(f"{page}antwoord/", {"answer": "yes", "reply": "Zaal is vrij"})["Location"] == page
    after = now_is(asked)
    assert (after.state, after.reply, after.meeting.host) == ("accepted", "Zaal is vrij", lid.government)
    assert letters("host_answered") == [("host_answered", trekker.email)]
    with acting_as(SYSTEM):
        assert HostTask.objects.filter(meeting=asked.meeting).count() == 6


def test_after_a_no_the_next_in_line_is_proposed_and_the_first_stays_first(browse, asked, lid, trekker, lena, draft):
    assert browse(lid).post(f"/bijeenkomsten/{draft.pk}/gastheer/antwoord/", {"answer": "no"}).status_code == 302
    client = browse(trekker)
    form = client.get(f"/bijeenkomsten/{draft.pk}/gastbestuur/").context["form"]
    assert form.initial["whom"] == f"{lena.government_id}-{lena.pk}"
    page = client.get(f"/kringen/waasland/planning/?bijeenkomst={draft.pk}")
    step = next(each for each in page.context["steps"] if each.address.endswith("/gastbestuur/"))
    assert "Kan niet: Temse. Nu aan de beurt: Lokeren." in step.about
    # The next meeting asks them first again, before who never refused.
    with acting_as(SYSTEM):
        later = make.meeting(draft.circle, state="draft", in_days=150)
        Meeting.objects.filter(pk=draft.pk).update(host=lena.government)
    assert client.get(f"/bijeenkomsten/{later.pk}/gastbestuur/").context["form"].proposed == lid.government
    assert (
        browse(lid).get(f"/bijeenkomsten/{draft.pk}/gastheer/").status_code == 404
    )  # the draft is not theirs to see


def test_a_yes_that_becomes_a_no_leaves_the_draft_without_a_host(as_, agreed, lid):
    with as_(lid):
        actions.answer_hosting(agreed, by=lid, accept=False, reply="Zaal bezet")
    after = now_is(agreed)
    assert (after.state, after.meeting.host) == ("declined", None)
    with acting_as(SYSTEM):
        assert not HostTask.objects.exists()
    with as_(lid), pytest.raises(actions.HostingClosed):
        actions.answer_hosting(agreed, by=lid, accept=True)


def test_a_published_meeting_is_moved_there_by_its_trekker_and_by_nobody_else(
    as_, browse, waasland, trekker, lid, temse
):
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland)
    with as_(trekker):
        hosting = actions.ask_host(meeting, by=trekker, government=temse, contact=lid)
    with as_(lid):
        actions.answer_hosting(hosting, by=lid, accept=True)
    assert now_is(hosting).meeting.host is None
    steps = browse(trekker).get(f"/kringen/waasland/planning/?bijeenkomst={meeting.pk}").context["steps"]
    assert [step.address for step in steps if "Temse" in step.about] == [
        f"/bijeenkomsten/{meeting.pk}/verplaatsen/#id_host"
    ]
    with as_(lid), pytest.raises(actions.PlaceIsKnown):
        actions.tell_place(meeting, by=lid, venue="Stadhuis", route="Links")
    with as_(lid):
        actions.tell_place(meeting, by=lid, route="Links")


def test_taking_back_tells_the_contact_once_and_empties_the_draft(browse, agreed, trekker, lid):
    for _click in range(2):
        response = browse(trekker).post(f"/gastbeurten/{agreed.pk}/intrekken/")
        assert response["Location"] == f"/bijeenkomsten/{agreed.meeting_id}/gastbestuur/"
    assert (now_is(agreed).state, now_is(agreed).meeting.host) == ("withdrawn", None)
    assert letters("host_released") == [("host_released", lid.email)]


@pytest.mark.parametrize("what", ["another host", "online", "thrown away", "cancelled"])
def test_who_is_no_longer_needed_is_told(as_, agreed, trekker, lid, lokeren, what):
    meeting = agreed.meeting
    with as_(trekker):
        if what == "another host":
            planning.edit(meeting, by=trekker, host=lokeren)
        elif what == "online":
            planning.edit(meeting, by=trekker, form="online", host=None)
        elif what == "thrown away":
            planning.discard(meeting, by=trekker)
        else:
            planning.publish(meeting, by=trekker)
            planning.cancel(meeting, by=trekker, because="Sneeuw")
    assert letters("host_released") == [("host_released", lid.email)]
    with acting_as(SYSTEM):
        assert not Hosting.objects.standing().exists()


def test_who_stays_the_host_of_a_draft_hears_of_another_day(as_, agreed, trekker, lid):
    starts = agreed.meeting.starts_at + dt.timedelta(days=7)
    moment = {"starts_at": starts, "ends_at": starts + dt.timedelta(hours=2), "host": agreed.government}
    for _click in range(2):
        with as_(trekker):
            planning.edit(agreed.meeting, by=trekker, **moment)
    assert letters("host_told_of_change") == [("host_told_of_change", lid.email)]
    assert now_is(agreed).state == "accepted"


def test_another_title_takes_no_host_away(as_, agreed, trekker):
    with as_(trekker):
        planning.edit(agreed.meeting, by=trekker, title="Anders", host=agreed.government)
    assert now_is(agreed).state == "accepted"
