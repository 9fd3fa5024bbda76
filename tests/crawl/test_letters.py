"""Letters are judged by their reader; to somebody outside, a circle tells what it asked them and no more."""

from email.message import EmailMessage

import pytest

from mailroom.models import Delivery
from meetings.models import Asking, Meeting
from regions.models import Circle
from regions.wall import SYSTEM, acting_as, member
from tests.crawl.letters import read_letters, told_outside
from tests.crawl.words import word
from tests.wall import oracle, world


@pytest.fixture
def cast(house):
    return world.build()


@pytest.fixture
def asking(cast):
    """Of a speaker, by Waasland; talks of other meetings and circles are there too."""
    with acting_as(SYSTEM):
        drafts = Asking.objects.filter(talk__item__meeting__state="draft", talk__item__meeting__audience="circle")
        return drafts.select_related("talk__item__meeting").filter(talk__item__meeting__circle__slug="waasland")[0]


def test_a_circle_tells_a_speaker_of_their_talk_and_of_who_asks(cast, asking):
    with acting_as(SYSTEM):
        everything = oracle.World()
        programme = list(asking.talk.item.meeting.agenda.values_list("pk", flat=True))
        kempen = Circle.objects.get(slug="kempen").pk
    meeting = asking.talk.item.meeting
    about_the_talk = {
        ("meetings.Asking", asking.pk),
        ("meetings.Talk", asking.pk),
        ("meetings.Speaker", asking.talk.speaker_id),
        ("meetings.Meeting", meeting.pk),
        ("meetings.JoinLink", meeting.pk),
    }
    about_the_talk |= {("meetings.AgendaItem", pk) for pk in programme}
    who_leads = {("members.Member", cast[who].pk) for who in ("trekker", "vendor who leads", "deactivated trekker")}
    told = set(told_outside(everything, asking.to, meeting.circle_id))
    assert {row for row in told if row[0] not in ("meetings.TalkProposal", "meetings.SpeakerCall")} == (
        about_the_talk | who_leads
    )
    assert about_the_talk & set(told_outside(everything, asking.to, kempen)) == set()


def a_letter(to: str, row: tuple[str, int], circle: Circle, person=None) -> bytes:
    """On its way, and known to the mailroom."""
    mail = EmailMessage()
    mail["X-Envelope-To"], mail["Message-ID"] = to, f"<{to}.{row[1]}@demo.example>"
    mail.set_content(f"Beste, {word(row)}")
    key = str(mail["Message-ID"])
    Delivery.objects.create(to=to, message_id=key, dedupe_key=key, circle=circle, member=person, kind="test")
    return mail.as_bytes()


def test_a_foreign_word_in_a_letter_is_found_whoever_reads_it(cast, asking):
    with acting_as(SYSTEM):
        circle, own = asking.talk.item.meeting.circle, ("meetings.Meeting", asking.talk.item.meeting_id)
        circles = Meeting.objects.filter(circle=circle, state="published")
        other = ("meetings.Meeting", circles.get(audience="circle").pk)
        public = ("meetings.Meeting", circles.get(audience="public").pk)
        insider, gone = cast["member of both"], cast["deactivated trekker"]
        letters = [
            a_letter(asking.to, own, circle),
            a_letter(asking.to, other, circle),
            a_letter("iemand@elders.example", own, circle),
            a_letter(insider.email, other, circle, insider),
            a_letter(insider.email, own, circle, insider),
            a_letter(gone.email, public, circle, gone),
        ]
        everything = oracle.World()
    people = {person.email: member(person.pk) for person in (insider, gone)}
    found = read_letters([(raw, everything) for raw in letters], everything, people)
    assert {who: [row for _, row in each.foreign] for who, each in found.items()} == {
        "letters to members": [own, public],
        "letters to others": [other, own],
    }
    assert {who: each.total() for who, each in found.items()} == {"letters to members": 3, "letters to others": 3}
