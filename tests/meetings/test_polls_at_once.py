"""Many people at one poll at the same time: one truth, and nobody's answer lost in silence."""

import pytest

from meetings.actions import polls
from meetings.models import DateOption, DateVote, Meeting
from meetings.polls import fingerprint, votes_for
from regions.wall import SYSTEM, acting_as, member
from tests import make

from .asking import ask, said_of


@pytest.fixture
def crowd(committed):
    """A circle with a draft that is asked about; two governments with five people each."""
    with acting_as(SYSTEM):
        towns = [make.government("Temse"), make.government("Lokeren")]
        circle = make.circle("RKK Waasland", *towns, slug="waasland", region="waasland")
        people = [make.person(f"Lid {n}", circle, government=towns[n % 2]) for n in range(10)]
        leader = make.person("Tom Trekker", trekker_of=circle, government=towns[0])
        draft = make.meeting(circle, in_days=60, state="draft")
    poll, options = ask(draft, leader, 0, 7)
    return people, leader, draft, poll, options


def test_ten_people_of_two_governments_at_once_leave_one_whole_answer_each(crowd, together):
    people, _leader, _draft, poll, options = crowd

    def one(number):
        with acting_as(member(people[number].pk)):
            said = "yes" if number < 4 else "no"
            polls.vote(poll, by=people[number], answers={option.pk: said for option in options})

    assert together(10, one) == [None] * 10
    with acting_as(SYSTEM):
        for town in (0, 1):
            votes = list(DateVote.objects.filter(government=people[town].government))
            assert len(votes) == 2
            assert len({(vote.member_id, vote.answer) for vote in votes}) == 1  # one person's, on both days


def test_of_two_colleagues_at_once_one_answers_and_the_other_is_told(crowd, together):
    people, _leader, _draft, poll, options = crowd
    two = [people[0], people[2]]
    with acting_as(SYSTEM):
        seen = fingerprint(votes_for(poll, two[0]))

    def one(number):
        with acting_as(member(two[number].pk)):
            polls.vote(poll, by=two[number], answers={option.pk: "yes" for option in options}, seen=seen)

    outcome = together(2, one)
    assert sorted(type(each).__name__ for each in outcome) == ["NoneType", "VotedMeanwhile"]
    winner = two[outcome.index(None)]
    assert {who for _town, _answer, who in said_of(poll)} == {winner.name}


def test_who_answers_while_the_trekker_chooses_is_counted_or_is_told_that_it_is_too_late(crowd, together):
    people, leader, draft, poll, options = crowd

    def one(number):
        if number == 4:
            with acting_as(member(leader.pk)):
                return polls.choose_date(options[1], by=leader) and "chosen"
        with acting_as(member(people[number].pk)):
            return polls.vote(poll, by=people[number], answers={option.pk: "yes" for option in options})

    outcome = together(8, one)
    assert outcome[4] == "chosen"
    others = outcome[:4] + outcome[5:]
    assert {type(each) for each in others} <= {type(None), polls.PollClosed}
    with acting_as(SYSTEM):
        counted = {people[n].pk for n in (0, 1, 2, 3, 5, 6, 7) if outcome[n] is None}
        kept = set(DateVote.objects.values_list("member", flat=True))
        assert kept <= counted
        assert len(kept) == len({people[n].government_id for n in range(8) if people[n].pk in counted})
        assert Meeting.objects.get(pk=draft.pk).starts_at == options[1].starts_at


def test_two_trekkers_choose_at_once_and_one_day_is_chosen(crowd, together):
    _people, leader, draft, poll, options = crowd

    def one(number):
        with acting_as(member(leader.pk)):
            polls.choose_date(options[number % 2], by=leader)

    outcome = together(4, one)
    assert sorted(type(each).__name__ for each in outcome) == ["NoneType"] + ["PollClosed"] * 3
    with acting_as(SYSTEM):
        winner = DateOption.objects.get(poll=poll, chosen=True)
        assert Meeting.objects.get(pk=draft.pk).starts_at == winner.starts_at


def test_a_reminder_by_two_clocks_at_once_is_one(crowd, together):
    people, _leader, _draft, poll, _options = crowd

    def beat(_):
        with acting_as(SYSTEM):
            return polls.remind_silent(poll)

    assert sorted(together(3, beat)) == [0, 0, len(people) + 1]
