"""Choosing the day of a draft: who is asked, what they say, who is reminded, and what becomes of a chosen day."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from mailroom.models import Delivery, Letter
from meetings import tasks
from meetings.actions import answers, planning, polls
from meetings.calendar import LetterFiles
from meetings.letters import planning as letters
from meetings.models import DateOption, DatePoll, DateVote, Meeting, Registration
from meetings.proposed import Proposed, Why, proposed_answers, proposed_to, with_proposal
from members.models import Member
from regions.wall import SYSTEM, acting_as, member
from tests import make

from .asking import ask, said_of, says


@pytest.fixture
def lokeren(waasland):
    with acting_as(SYSTEM):
        return waasland.governments.get(slug="lokeren")


@pytest.fixture
def colleague(waasland, temse):
    """Works for the same government as Lies."""
    with acting_as(SYSTEM):
        return make.person("Cas Collega", waasland, government=temse)


@pytest.fixture
def other(waasland, lokeren):
    """Of the other government of the circle."""
    with acting_as(SYSTEM):
        return make.person("Oona Lokeren", waasland, government=lokeren)


@pytest.fixture
def supplier(waasland):
    with acting_as(SYSTEM):
        return make.person("Vic Verkoper", waasland, partner=make.vendor())


@pytest.fixture
def draft(waasland, temse):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Geheim concept", in_days=60, state="draft", form="hybrid", host=temse)


def written(kind):
    with acting_as(SYSTEM):
        return {delivery.member.name for delivery in Delivery.objects.filter(kind=kind)}


# --- Asking ------------------------------------------------------------------------------------------------------


def test_the_circle_is_asked_a_letter_each_but_not_suppliers_nor_who_asks(
    draft, trekker, lid, colleague, other, supplier, neighbour, manager
):
    poll, _ = ask(draft, trekker, 0, 7)
    assert written("poll_opened") == {"Lies Lid", "Cas Collega", "Oona Lokeren"}
    with acting_as(SYSTEM):
        letter = Letter.objects.select_related("delivery", "wording").get(delivery__member=lid)
    assert letter.delivery.subject == "[RKK Waasland] Welke dag past? Geheim concept"
    assert reverse("poll", args=[poll.pk]) in letter.text


def test_a_draft_is_asked_about_once_and_a_published_meeting_never(draft, trekker):
    ask(draft, trekker, 0, 7)
    with pytest.raises(polls.AlreadyAsked):
        ask(draft, trekker, 0, 7)
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=draft.pk).update(state="published")
    with pytest.raises(planning.NotADraft):
        ask(draft, trekker, 0, 7)


def test_members_see_the_days_and_no_more_of_the_draft(draft, trekker, lid, supplier, neighbour, browse):
    poll, _options = ask(draft, trekker, 0, 7)
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=draft.pk).update(about="Vertrouwelijk", venue="Kasteel Cortewalle")
    address = reverse("poll", args=[poll.pk])
    page = browse(lid).get(address)
    assert page.status_code == 200
    assert "Geheim concept" in page.text
    assert "Vertrouwelijk" not in page.text
    assert "Cortewalle" not in page.text
    assert reverse("choose_date", args=[_options[0].pk]) not in page.text
    assert browse(lid).get(draft.get_absolute_url()).status_code == 404
    assert [browse(person).get(address).status_code for person in (supplier, neighbour)] == [404, 404]
    assert browse(trekker).get(address).status_code == 200


def test_the_words_of_the_poll_follow_those_of_the_draft(draft, trekker):
    poll, _ = ask(draft, trekker, 0, 7)
    with acting_as(member(trekker.pk)):
        planning.edit(draft, by=trekker, title="Nieuwe titel", form="online")
        poll.refresh_from_db()
    assert (poll.title, poll.form) == ("Nieuwe titel", "online")


# --- Saying ------------------------------------------------------------------------------------------------------


def test_a_government_has_one_answer_per_day_and_the_last_one_counts_with_its_name(
    draft, trekker, lid, colleague, other, browse
):
    poll, _ = ask(draft, trekker, 0, 7)
    address = reverse("poll", args=[poll.pk])
    assert [address in browse(person).get("/").text for person in (lid, colleague, other)] == [True, True, True]
    says(poll, lid, "yes", "no")
    assert [address in browse(person).get("/").text for person in (lid, colleague, other)] == [False, False, True]
    says(poll, other, "if_needed", "yes")
    says(poll, colleague, "no", "yes")
    assert said_of(poll) == [
        ("Lokeren", "if_needed", "Oona Lokeren"),
        ("Temse", "no", "Cas Collega"),
        ("Lokeren", "yes", "Oona Lokeren"),
        ("Temse", "yes", "Cas Collega"),
    ]
    page = browse(lid).get(address)
    assert str(page.context["colleague"]) == "Cas Collega"
    assert [(row.name, row.who, [cell.answer for cell in row.cells]) for row in page.context["rows"]] == [
        ("Lokeren", "Oona Lokeren", ["if_needed", "yes"]),
        ("Temse", "Cas Collega", ["no", "yes"]),
    ]


def test_someone_of_a_partner_speaks_for_themselves(draft, trekker, waasland):
    from regions.models import Partner

    with acting_as(SYSTEM):
        partner = Partner.objects.create(name="Digitaal Vlaanderen", kind="flemish")
        two = [make.person(name, waasland, partner=partner) for name in ("An Agentschap", "Bo Agentschap")]
    poll, _ = ask(draft, trekker, 0, 7)
    for person, answer in zip(two, ("yes", "no"), strict=True):
        says(poll, person, answer, answer)
    assert said_of(poll)[:2] == [("", "yes", "An Agentschap"), ("", "no", "Bo Agentschap")]


def test_who_is_not_of_the_circle_or_a_supplier_has_no_say(draft, trekker, manager, supplier, neighbour):
    poll, _ = ask(draft, trekker, 0, 7)
    for person in (manager, supplier, neighbour):
        with acting_as(member(person.pk)), pytest.raises((polls.NotAsked, polls.PollClosed)):
            polls.vote(poll, by=person, answers={})


def test_nobodys_answer_is_replaced_unseen(draft, trekker, lid, colleague, browse):
    poll, options = ask(draft, trekker, 0, 7)
    address, client = reverse("poll", args=[poll.pk]), browse(lid)
    seen = client.get(address).context["form"]["seen"].value()
    says(poll, colleague, "yes", "no")
    typed = {f"day_{options[0].pk}": "no", f"day_{options[1].pk}": "yes", "seen": seen}
    page = client.post(address, typed)
    assert page.status_code == 409
    assert "Cas Collega" in page.text
    assert {vote[2] for vote in said_of(poll)} == {"Cas Collega"}
    form = page.context["form"]
    assert [form[f"day_{option.pk}"].value() for option in options] == ["no", "yes"]  # what was typed is kept
    assert client.post(address, typed | {"seen": form["seen"].value()}).status_code == 302
    assert said_of(poll) == [("Temse", "no", "Lies Lid"), ("Temse", "yes", "Lies Lid")]


def test_an_answer_is_whole_and_of_these_days(draft, trekker, lid, browse):
    poll, options = ask(draft, trekker, 0, 7)
    page = browse(lid).post(reverse("poll", args=[poll.pk]), {f"day_{options[0].pk}": "misschien"})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {f"day_{option.pk}" for option in options}
    assert said_of(poll) == []


def test_after_the_last_day_nobody_answers_and_the_trekker_still_chooses(draft, trekker, lid, browse):
    poll, options = ask(draft, trekker, 0, 7)
    with time_machine.travel(timezone.now() + dt.timedelta(days=11)):
        with pytest.raises(polls.PollClosed):
            says(poll, lid, "yes", "yes")
        assert browse(lid).get(reverse("poll", args=[poll.pk])).context["form"] is None
        with acting_as(member(trekker.pk)):
            polls.choose_date(options[1], by=trekker)


# --- Reminding ---------------------------------------------------------------------------------------------------


def test_silent_governments_are_reminded_once_and_not_on_the_first_day(
    draft, trekker, lid, colleague, other, supplier
):
    poll, _ = ask(draft, trekker, 0, 7, in_days=10)
    says(poll, colleague, "yes", "no")
    sent = []
    for days in (0, 6, 7, 8, 10, 12):
        moment = timezone.localtime(timezone.now() + dt.timedelta(days=days)).replace(hour=10)
        with time_machine.travel(moment, tick=False), acting_as(SYSTEM):
            tasks.remind_of_polls.run()
            tasks.remind_of_polls.run()
            sent.append(Delivery.objects.filter(kind="poll_reminder").count())
    assert sent == [0, 0, 1, 1, 1, 1]
    assert written("poll_reminder") == {"Oona Lokeren"}


def test_nobody_is_reminded_at_night_or_of_a_day_that_is_chosen(draft, trekker, lid):
    _poll, options = ask(draft, trekker, 0, 7)
    late = timezone.localtime(timezone.now() + dt.timedelta(days=9))
    with time_machine.travel(late.replace(hour=3), tick=False), acting_as(SYSTEM):
        tasks.remind_of_polls.run()
    with acting_as(member(trekker.pk)):
        polls.choose_date(options[0], by=trekker)
    with time_machine.travel(late.replace(hour=10), tick=False), acting_as(SYSTEM):
        tasks.remind_of_polls.run()
    assert written("poll_reminder") == set()


# --- Choosing ----------------------------------------------------------------------------------------------------


@pytest.fixture
def chosen(draft, trekker, lid, other):
    """Temse said yes to the second day, Lokeren if need be; the trekker chose it."""
    poll, options = ask(draft, trekker, 0, 7)
    says(poll, lid, "no", "yes")
    says(poll, other, "yes", "if_needed")
    with acting_as(member(trekker.pk)):
        polls.choose_date(options[1], by=trekker)
    return poll


def test_a_chosen_day_moves_the_draft_and_makes_no_registration(chosen, draft, trekker, lid, browse):
    with acting_as(SYSTEM):
        moved = Meeting.objects.get(pk=draft.pk)
        assert moved.starts_at == draft.starts_at + dt.timedelta(days=7)
        assert moved.state == "draft"
        assert Registration.objects.count() == 0
        assert proposed_answers(moved) == {lid.pk: Proposed(Why.DATE)}
    page = browse(lid).get(reverse("poll", args=[chosen.pk]))
    assert page.context["form"] is None
    assert page.context["chosen"].starts_at == moved.starts_at


def test_one_click_of_the_trekker_chooses_and_a_second_one_changes_nothing(draft, trekker, lid, browse):
    poll, options = ask(draft, trekker, 0, 7)
    client = browse(trekker)
    found = [client.post(reverse("choose_date", args=[option.pk])) for option in reversed(options)]
    assert found[0].url == f"/kringen/waasland/planning/?bijeenkomst={draft.pk}"
    assert found[1].url == reverse("poll", args=[poll.pk])
    with acting_as(SYSTEM):
        assert [option.chosen for option in DateOption.objects.filter(poll=poll)] == [False, True]
    assert browse(lid).post(reverse("choose_date", args=[options[0].pk])).status_code == 403


def invitation(draft, person, by):
    """What the invitation says to this person."""
    with acting_as(member(by.pk)):
        meeting = Meeting.objects.get(pk=draft.pk)
        reader = Member.objects.get(pk=person.pk)
        return letters.invitation(meeting, reader, LetterFiles(meeting, "REQUEST")).paragraphs


CONFIRM = "U zei dat deze dag u past. Bevestig dat u komt."


def test_the_invitation_and_the_page_ask_who_said_yes_to_confirm(chosen, draft, trekker, lid, other, browse):
    with acting_as(member(trekker.pk)):
        planning.publish(draft, by=trekker)
    assert CONFIRM in invitation(draft, lid, trekker)
    assert CONFIRM not in invitation(draft, other, trekker)
    assert CONFIRM in browse(lid).get(draft.get_absolute_url()).text
    assert CONFIRM not in browse(other).get(draft.get_absolute_url()).text
    page = browse(trekker).get(reverse("answers", args=[draft.pk]))
    assert [(person.name, str(why)) for person, why in page.context["proposed"]] == [("Lies Lid", CONFIRM)]
    with acting_as(member(lid.pk)):
        answers.register(Meeting.objects.get(pk=draft.pk), by=lid, answer="no")
    assert CONFIRM not in browse(lid).get(draft.get_absolute_url()).text
    with acting_as(SYSTEM):
        assert proposed_answers(Meeting.objects.get(pk=draft.pk)) == {}


def test_a_vote_for_a_day_says_nothing_of_another_one(chosen, draft, trekker, lid):
    with acting_as(member(trekker.pk)):
        planning.publish(draft, by=trekker)
        meeting = Meeting.objects.get(pk=draft.pk)
        later = {
            "starts_at": meeting.starts_at + dt.timedelta(days=1),
            "ends_at": meeting.ends_at + dt.timedelta(days=1),
        }
        planning.move(meeting, by=trekker, **later)
    with acting_as(member(lid.pk)):
        assert proposed_to(with_proposal(Meeting.objects.all()).get(pk=draft.pk)) is None
    with acting_as(SYSTEM):
        assert proposed_answers(Meeting.objects.get(pk=draft.pk)) == {}


def test_publishing_waits_until_a_day_is_chosen_or_nobody_is_asked_any_more(draft, trekker, browse):
    poll, _options = ask(draft, trekker, 0, 7)
    client = browse(trekker)
    response = client.post(reverse("publish_meeting", args=[draft.pk]))
    assert response.url == reverse("poll", args=[poll.pk])
    with acting_as(SYSTEM):
        assert Meeting.objects.get(pk=draft.pk).state == "draft"
    assert "Kies eerst een dag" in client.get(response.url).text
    client.post(reverse("stop_asking", args=[poll.pk]))
    client.post(reverse("publish_meeting", args=[draft.pk]))
    with acting_as(SYSTEM):
        assert not DatePoll.objects.exists()
        published = Meeting.objects.get(pk=draft.pk)
    assert (published.state, published.starts_at) == ("published", draft.starts_at)


def test_a_draft_with_answers_can_be_thrown_away_and_its_letters_stay_behind(draft, trekker, lid, other):
    poll, _ = ask(draft, trekker, 0, 7)
    says(poll, other, "yes", "yes")
    with acting_as(member(trekker.pk)):
        planning.discard(draft, by=trekker)
    with acting_as(SYSTEM):
        assert not DateVote.objects.exists()
        assert set(Delivery.objects.filter(kind="poll_opened").values_list("state", flat=True)) == {"withdrawn"}


@pytest.mark.parametrize(("date_by", "query"), [("poll", ""), ("speaker", "?aan=spreker")])
def test_planning_leads_on_to_asking(waasland, trekker, lid, browse, date_by, query):
    client = browse(trekker)
    form = client.get(reverse("plan", args=["waasland"])).context["form"]
    typed = {name: form[name].value() for name in form.fields} | {"date_by": date_by}
    response = client.post(
        reverse("plan", args=["waasland"]), {name: "" if value is None else value for name, value in typed.items()}
    )
    with acting_as(SYSTEM):
        draft = waasland.meetings.get()
    assert response.url == reverse("ask_dates", args=[draft.pk]) + query
    days = client.get(response.url).context["form"]
    data = {name: "" if days[name].value() is None else days[name].value() for name in days.fields}
    response = client.post(reverse("ask_dates", args=[draft.pk]), data)
    with acting_as(SYSTEM):
        poll = DatePoll.objects.get()
        assert response.url == reverse("poll", args=[poll.pk])
        assert poll.asks == {"poll": "members", "speaker": "speaker"}[date_by]
        assert 2 <= poll.options.count() <= 3
        assert poll.options.first().starts_at == draft.starts_at
    desk = client.get(reverse("desk", args=["waasland"]))
    assert desk.context["steps"][0].address == reverse("poll", args=[poll.pk])


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"date_2": ""}, "date_2"),
        ({"date_2": "2020-01-01"}, "date_2"),
        ({"end_1": "09:00"}, "end_1"),
        ({"date_1": "2027-03-28", "start_1": "02:30"}, "start_1"),
        ({"open_until": "2020-01-01"}, "open_until"),
        ({"open_until": "2031-01-01"}, "open_until"),
    ],
)
def test_days_that_cannot_be_are_refused(draft, trekker, browse, typed, wrong):
    with time_machine.travel(dt.datetime(2027, 1, 10, 10, tzinfo=dt.UTC)):
        with acting_as(SYSTEM):
            starts = dt.datetime(2027, 3, 18, 13, tzinfo=dt.UTC)
            Meeting.objects.filter(pk=draft.pk).update(starts_at=starts, ends_at=starts + dt.timedelta(hours=2))
        client, address = browse(trekker), reverse("ask_dates", args=[draft.pk])
        days = client.get(address).context["form"]
        data = {name: "" if days[name].value() is None else days[name].value() for name in days.fields}
        page = client.post(address, data | typed)
    assert page.status_code == 422
    assert wrong in page.context["form"].errors


# --- After the speaker -------------------------------------------------------------------------------------------


def test_the_date_follows_the_speaker_who_ticks_days_by_the_link(draft, trekker, lid, browse):
    from meetings.talks import address_of

    with acting_as(SYSTEM):
        item = make.item(draft)
        talk = make.talk(item, make.speaker(), state="asked", asked_by=trekker)
    poll, options = ask(draft, trekker, 0, 7, 9, asks="speaker")
    assert written("poll_opened") == set()
    assert browse(lid).get(reverse("poll", args=[poll.pk])).status_code == 404
    with acting_as(SYSTEM):
        address = "/" + address_of(talk).split("/", 3)[3]
    client = browse()
    assert "Welke dagen" in client.get(address).text
    assert client.post(address, {"doen": "dagen", "days": [options[1].pk, options[2].pk]}).status_code == 302
    page = browse(trekker).get(reverse("poll", args=[poll.pk]))
    assert [(row.name, [cell.answer for cell in row.cells]) for row in page.context["rows"]] == [
        ("Sofie Spreker", ["no", "yes", "yes"])
    ]
    assert written("speaker_said_days") == {"Tom Trekker"}
    assert client.post(address, {"doen": "dagen", "days": ["999999"]}).status_code == 422
    browse(trekker).post(reverse("choose_date", args=[options[2].pk]))
    with acting_as(SYSTEM):
        assert Meeting.objects.get(pk=draft.pk).starts_at == options[2].starts_at
        assert proposed_answers(Meeting.objects.get(pk=draft.pk)) == {}
    assert "Welke dagen" not in client.get(address).text
