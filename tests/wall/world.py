"""A fixed world in which every wall has something to hide: two circles, the umbrella, and a cast of fourteen."""

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import ADDITION, LogEntry
from django.utils import timezone

from library.models import Topic
from mailroom.models import Channel, Delivery, Letter, Silence, Slot, Wording
from meetings.models import (
    ActionPoint,
    AgendaItem,
    AlwaysComes,
    Asking,
    Attendance,
    Case,
    Contribution,
    DateOption,
    DatePoll,
    DateVote,
    Decision,
    Evaluation,
    EvaluationGiven,
    Excuse,
    Hosting,
    HostTask,
    Invitation,
    JoinLink,
    Material,
    Meeting,
    MeetingTopic,
    Need,
    PreparedPeriod,
    PressingQuestion,
    QuestionSupport,
    Registration,
    Report,
    ReportPart,
    Speaker,
    SpeakerCall,
    SpeakerContact,
    SpeakerTopic,
    Talk,
    TalkProposal,
)
from members.models import FeedAddress, JoinRequest, Member, Membership
from regions.models import Circle, FormerGovernment, JournalEntry, LocalGovernment
from regions.wall import DOORKEEPER, SYSTEM, VISITOR, Actor, acting_as, member
from tests import make

LONG_AGO = dt.date(2024, 1, 1)


def trekker(name: str, circle: Circle, **mandate) -> Member:
    made = make.person(name)
    Membership.objects.create(member=made, circle=circle, role="trekker", **{"mandate_start": LONG_AGO} | mandate)
    return made


def people(waasland: Circle, kempen: Circle, umbrella: Circle) -> dict[str, Member]:
    """The cast, by what they are."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    cast = {
        "member": make.person("Lies Lid", waasland),
        "member elsewhere": make.person("Bea Buur", kempen),
        "member of both": make.person("Bo Beide", waasland, kempen),
        "trekker": trekker("Tom Trekker", waasland),
        "trekker elsewhere": trekker("Tine Trekker", kempen),
        "trekker of the umbrella": trekker("Ugo Umbrella", umbrella),
        "trekker no more": trekker("Nele Niet-meer", waasland, mandate_end=yesterday),
        "trekker to be": trekker(
            "Ties Toekomst", waasland, mandate_start=timezone.localdate() + dt.timedelta(days=1)
        ),
        "manager": make.person("Mia Manager", is_community_manager=True),
        "former member": make.person("Femke Former", waasland),
        "vendor": make.person("Vic Vendor", waasland, partner=make.vendor()),
        "vendor who leads": make.person("Vera Vendor", partner=make.vendor("Andere leverancier")),
        "deactivated trekker": trekker("Daan Dicht", waasland),
        "deactivated manager": make.person("Dora Dicht", is_community_manager=True),
        "stranger": make.person("Stef Stranger"),
    }
    Membership.objects.filter(member=cast["former member"]).update(ended_at=timezone.now())
    Member.objects.filter(pk=cast["trekker to be"].pk).update(government=waasland.governments.earliest("pk"))
    Membership.objects.create(
        member=cast["vendor who leads"], circle=waasland, role="trekker", mandate_start=LONG_AGO
    )
    Member.objects.filter(name__endswith="Dicht").update(is_active=False)
    return cast


def actors(cast: dict[str, Member]) -> dict[str, Actor]:
    """Everyone who can ask, by what they are; and someone who was deleted."""
    known = {"visitor": VISITOR, "doorkeeper": DOORKEEPER, "system": SYSTEM, "nobody any more": member(10**9)}
    return known | {name: member(person.pk) for name, person in cast.items()}


def meetings_of(circle: Circle) -> list[Meeting]:
    """Every state with every audience, before and after today."""
    return [
        make.meeting(circle, f"{circle.slug} {state} {audience}", in_days=days, state=state, audience=audience)
        for state, days in [("draft", 40), ("published", 30), ("cancelled", 20), ("held", -10)]
        for audience in ("circle", "network", "public")
    ]


def furnish(meetings: list[Meeting], topic: Topic) -> None:
    """For each: programme, topic, link, material, and talks in every state, each with a speaker of its own."""
    MeetingTopic.objects.bulk_create(MeetingTopic(meeting=meeting, topic=topic) for meeting in meetings)
    JoinLink.objects.bulk_create(JoinLink(meeting=meeting, url="https://video.example/room") for meeting in meetings)
    items = AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, position=1, kind="deep_dive", title="Punt") for meeting in meetings
    )
    states = [(item, state) for item in items for state in Talk.State.values]
    speakers = Speaker.objects.bulk_create(
        Speaker(name=f"Spreker {number}", kind="vendor") for number, _ in enumerate(states)
    )
    contacts = SpeakerContact.objects.bulk_create(
        SpeakerContact(speaker=speaker, email=f"spreker{number}@demo.example")
        for number, speaker in enumerate(speakers)
    )
    SpeakerTopic.objects.bulk_create(SpeakerTopic(speaker=speaker, topic=topic) for speaker in speakers)
    talks = Talk.objects.bulk_create(
        Talk(item=item, speaker=speaker, state=state, may_publish=number % 5 == 4)  # some agreed
        for number, ((item, state), speaker) in enumerate(zip(states, speakers, strict=True))
    )
    Asking.objects.bulk_create(
        Asking(talk=talk, to=contact.email, message="Graag.", reply="Met plezier.")
        for talk, contact in zip(talks, contacts, strict=True)
    )
    file = {"file": "material/a", "content_type": "application/pdf", "size": 1}
    Material.objects.bulk_create(Material(meeting=meeting, name="dag.pdf", **file) for meeting in meetings)
    Material.objects.bulk_create(
        Material(meeting=talk.item.meeting, item=talk.item, talk=talk, name="s.pdf", **file) for talk in talks
    )


def calls(circle: Circle, topic: Topic) -> None:
    """A call that is open and one that is closed; proposals in the pool, on a programme, declined, and not proved."""
    now = timezone.now()
    fields = {"circle": circle, "text": "Wie vertelt?"}
    open_one = SpeakerCall.objects.create(topic=topic, **fields)
    closed = SpeakerCall.objects.create(topic=topic, closed_at=now, **fields)
    talk = Talk.objects.filter(item__meeting__circle=circle, item__meeting__state="draft").earliest("pk")
    card = {"title": "GIS", "about": "Kort.", "name": "Vera", "kind": "vendor", "email": "vera@demo.example"}
    TalkProposal.objects.bulk_create(
        TalkProposal(call=call, **card | {"confirmed_at": now} | more)
        for call in (open_one, closed)
        for more in ({}, {"talk": talk}, {"declined_at": now}, {"confirmed_at": None})
    )


def answers(meeting: Meeting, number: int, cast: dict[str, Member]) -> None:
    """Invitations and answers of every kind, from the circle and from elsewhere."""
    ways: Iterator[dict[str, Any]] = itertools.cycle(
        [
            {"answer": "yes", "attending": "in_person"},
            {"answer": "yes", "attending": "online", "waiting": True},
            {"answer": "maybe", "attending": "online"},
            {"answer": "no", "attending": ""},
        ]
    )
    replies = [
        Registration(meeting=meeting, member=person, **way)
        for shift, (person, way) in enumerate(zip(cast.values(), ways, strict=False))
        if (number + shift) % 3
    ]
    Registration.objects.bulk_create(replies)
    Invitation.objects.bulk_create(Invitation(meeting=meeting, member=person) for person in cast.values())


def hosts(meeting: Meeting, government: LocalGovernment, cast: dict[str, Member]) -> None:
    """Who was asked to receive it, one after the other: somebody said yes, others no, and not all may any more."""
    states = {"member": "asked", "trekker no more": "declined", "former member": "declined", "vendor": "declined"}
    if meeting.state in ("published", "cancelled"):
        states = {"member": "declined", "member elsewhere": "accepted", "vendor": "withdrawn"}
    if meeting.state == "held":
        states = {"vendor": "accepted"} if meeting.audience == "circle" else {"former member": "accepted"}
    AgendaItem.objects.create(meeting=meeting, position=2, kind="site_visit", title="Project")
    Hosting.objects.bulk_create(
        Hosting(meeting=meeting, government=government, contact=cast[who], state=state)
        for who, state in states.items()
    )
    HostTask.objects.create(meeting=meeting, what="room", note="Raadzaal")


def present(meeting: Meeting, government: LocalGovernment, cast: dict[str, Member]) -> None:
    """Who was there: people of the circle and of elsewhere, and a guest without a profile."""
    how = {"meeting": meeting, "government": government, "how": "in_person"}
    people = [cast[who] for who in ("member", "member elsewhere", "former member", "vendor")]
    there = [Attendance(member=person, noted_by="code", **how) for person in people]
    Attendance.objects.bulk_create([*there, Attendance(name="Gaston Gast", noted_by="list", **how)])


def outcomes(meeting: Meeting, cast: dict[str, Member]) -> None:
    """A report of it: of what is over or cancelled published, else a draft; and what four or six people thought.

    Of what nobody knows of yet there is nothing to tell.
    """
    if meeting.state == "draft":
        return
    over = meeting.state in ("held", "cancelled")
    Report.objects.create(meeting=meeting, state="published" if over else "draft", introduction="Welkom.")
    item = meeting.agenda.earliest("position")
    ReportPart.objects.create(item=item, text="Er werd veel gezegd.")
    owner, day = cast["member"], timezone.localdate()
    for point in (item, None):
        Decision.objects.create(meeting=meeting, item=point, text="Wij doen het samen.")
        ActionPoint.objects.create(meeting=meeting, item=point, what="Bel eens rond", owner=owner, due_on=day)
    answers = 6 if over else 4
    Evaluation.objects.bulk_create(Evaluation(meeting=meeting, useful=4, form=3) for _ in range(answers))
    EvaluationGiven.objects.bulk_create(
        EvaluationGiven(meeting=meeting, member=person) for person in list(cast.values())[1 : answers + 1]
    )


def polls(meeting: Meeting, government: LocalGovernment, cast: dict[str, Member]) -> None:
    """Days asked about: an open poll of members, one of a speaker, one that is decided."""
    of_members = (meeting.state, meeting.audience) in {("draft", "network"), ("published", "circle")}
    if not of_members and (meeting.state, meeting.audience) != ("draft", "circle"):
        return
    decided = timezone.now() if meeting.state == "published" else None
    poll = DatePoll.objects.create(
        meeting=meeting,
        circle=meeting.circle,
        asks="members" if of_members else "speaker",
        title=meeting.title,
        form=meeting.form,
        open_until=timezone.localdate() + dt.timedelta(days=7),
        decided_at=decided,
    )
    times = {"starts_at": meeting.starts_at, "ends_at": meeting.ends_at}
    later = {name: moment + dt.timedelta(days=7) for name, moment in times.items()}
    options = [DateOption(poll=poll, chosen=bool(decided), **times), DateOption(poll=poll, **later)]
    DateOption.objects.bulk_create(options)
    if not of_members:
        talk = Talk.objects.get(item__meeting=meeting, state="asked")
        DateVote.objects.create(option=options[0], talk=talk, answer="yes")
        return
    DateVote.objects.bulk_create(
        DateVote(option=option, government=where, member=cast[who], answer=answer)
        for option, answer in zip(options, ("yes", "if_needed"), strict=True)
        for who, where in [("former member", government), ("member of both", None)]
    )
    DateVote.objects.create(option=options[0], member=cast["member"], answer="no" if decided is None else "yes")


def spoken(meeting: Meeting, government: LocalGovernment, cast: dict[str, Member]) -> None:
    """What is said among colleagues: a case, questions on a programme and on none, who supports them, a round."""
    item = AgendaItem.objects.create(meeting=meeting, position=3, kind="peer_consultation", title="Intervisie")
    Case.objects.create(item=item, text="Hoe doet u dat?", owner=cast["member of both"], government=government)
    fields = {"circle": meeting.circle, "government": government, "text": "Wie weet raad?"}
    people = [cast[who] for who in ("member", "member of both", "vendor")]
    asked = [PressingQuestion(member=person, item=item, **fields) for person in people]
    asked += [PressingQuestion(member=cast["member"], **fields), PressingQuestion(member=None, **fields)]
    PressingQuestion.objects.bulk_create(asked)
    QuestionSupport.objects.bulk_create(
        QuestionSupport(question=question, member=cast[who])
        for question in asked
        for who in ("trekker", "member", "member elsewhere", "manager")
        if question.member != cast[who]
    )
    towns = LocalGovernment.objects.order_by("pk")
    Contribution.objects.bulk_create(
        Contribution(meeting=meeting, government=town, text="Wij werken aan glasvezel.", member=cast["member"])
        for town in towns[:2]
    )


def what_hangs_on_answers(meeting: Meeting, cast: dict[str, Member]) -> None:
    """Needs of who comes, and excuses of who does not, with one after the other as substitute."""
    given = list(Registration.objects.filter(meeting=meeting))
    coming = [each for each in given if each.answer != "no"]
    Need.objects.bulk_create(Need(registration=each, meeting=meeting, food="vegetarisch") for each in coming)
    people = itertools.cycle([cast["member"], cast["member elsewhere"], cast["trekker"], cast["vendor"]])
    Excuse.objects.bulk_create(
        Excuse(registration=each, meeting=meeting, reason="Verlof", substitute=next(people))
        for each in given
        if each.answer == "no"
    )


def wishes(cast: dict[str, Member], waasland: Circle, kempen: Circle) -> None:
    """Requests that are open, decided, and asked by a trekker."""
    now = timezone.now()
    refused = {"decided_at": now, "accepted": False}
    JoinRequest.objects.create(member=cast["stranger"], circle=waasland)
    JoinRequest.objects.create(member=cast["member elsewhere"], circle=waasland, **refused)
    JoinRequest.objects.create(member=cast["member"], circle=kempen, asked_by=cast["trekker elsewhere"])
    JoinRequest.objects.create(member=cast["former member"], circle=kempen, **refused)


def letter(number: int, circle: Circle | None, person: Member | None) -> Delivery:
    address = f"{number}@demo.example"
    return Delivery(
        kind="test", dedupe_key=address, message_id=address, circle=circle, member=person, to=address, subject="Brief"
    )


def post(cast: dict[str, Member], *circles: Circle) -> None:
    """A letter about each circle and none, to each person and none; silences; a slot."""
    pairs = itertools.product([None, *circles], [None, *cast.values()])
    sent = Delivery.objects.bulk_create(letter(number, *pair) for number, pair in enumerate(pairs))
    common = Wording.objects.create(text=["Beste ", 0], html=["<p>Beste ", 0, "</p>"])
    Letter.objects.bulk_create(Letter(delivery=delivery, wording=common, own=["lezer"]) for delivery in sent)
    for circle in circles:
        Channel.objects.create(circle=circle, url=f"https://{circle.slug}.webhook.office.com/geheim")
    for where in [None, *circles]:
        Silence.objects.create(address="stil@demo.example", circle=where, reason="unsubscribed")
    Slot.objects.create(task="reminders", slot="2026-11-21")


def build() -> dict[str, Member]:
    """All of it, made by the system. Gives the cast by what they are."""
    with acting_as(SYSTEM):
        waasland, kempen, umbrella = (Circle.objects.get(slug=s) for s in ("waasland", "kempen", "overkoepelend"))
        topic = Topic.objects.create(slug="gis", title="GIS", category="Data")
        temse = waasland.governments.earliest("pk")
        FormerGovernment.objects.create(nis_code="46013", name="Kruibeke", successor=temse, merged_on=LONG_AGO)
        cast = people(waasland, kempen, umbrella)
        meetings = [meeting for circle in (waasland, kempen, umbrella) for meeting in meetings_of(circle)]
        furnish(meetings, topic)
        for number, meeting in enumerate(meetings):
            answers(meeting, number, cast)
            hosts(meeting, temse, cast)
            outcomes(meeting, cast)
            spoken(meeting, temse, cast)
            present(meeting, temse, cast)
            what_hangs_on_answers(meeting, cast)
            polls(meeting, temse, cast)
        for circle in (waasland, kempen, umbrella):
            PreparedPeriod.objects.create(circle=circle, period="2027-1")
            calls(circle, topic)
        wishes(cast, waasland, kempen)
        post(cast, waasland, kempen, umbrella)
        for person in cast.values():
            FeedAddress.objects.create(member=person)
            AlwaysComes.objects.create(member=person, circle=waasland)
            AlwaysComes.objects.create(member=person, circle=kempen)
            Authenticator.objects.create(user=person, type="totp", data={"secret": "geheim"})
            UserSession.objects.create(user=person, session_key=f"sleutel-{person.pk}", ip="0.0.0.0", user_agent="x")
            SocialAccount.objects.create(user=person, provider="acm", uid=f"vo-{person.pk}")
        JournalEntry.objects.create(what="meetings.plan", about="meeting:1", circle=waasland)
        LogEntry.objects.create(user=cast["manager"], action_flag=ADDITION, object_repr="iets", change_message="")
        assert EmailAddress.objects.count() == len(cast)
    return cast
