"""The rota over many years, with refusals, a merger and who has no room; and the page on which the circle sees it."""

import datetime as dt
import random
import re

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from meetings import rota
from meetings.actions import hosting, mergers, planning
from meetings.models import Hosting, Meeting
from members.models import Member
from regions.models import FormerGovernment, LocalGovernment, Participation
from regions.wall import SYSTEM, acting_as
from tests import make

QUARTERS = 40
START = dt.datetime(2027, 1, 14, 13, tzinfo=dt.UTC)
NAMES = (
    *("Beveren", "Hamme", "Kruibeke", "Lokeren", "Moerbeke", "Puurs", "Sint-Gillis", "Sint-Niklaas"),
    *("Stekene", "Temse", "Waasmunster", "Zwijndrecht"),
)


# --- Forty quarters ------------------------------------------------------------------------------------------------


class Decade:
    """A circle of twelve that meets forty times; each is asked through someone who works there."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        with acting_as(SYSTEM):
            self.governments = {name: make.government(name) for name in NAMES}
            self.circle = make.circle("RKK Proef", *self.governments.values())
            self.trekker = make.person("Tess Trekker", trekker_of=self.circle)
            for name, government in self.governments.items():
                make.person(f"Iemand van {name}", self.circle, government=government)
        self.hosts: list[str] = []
        self.refused: list[set[str]] = []
        self.out: list[set[str]] = []  # who takes no part, or is not willing, by quarter

    def live(self):
        for quarter in range(QUARTERS):
            now = START + dt.timedelta(weeks=13 * quarter)
            with time_machine.travel(now, tick=False), acting_as(SYSTEM):
                self.change(quarter)
                away = Participation.objects.filter(circle=self.circle, willing=False)
                names = set(
                    Participation.objects.filter(circle=self.circle).values_list("government__name", flat=True)
                )
                self.out.append(set(NAMES) - names | set(away.values_list("government__name", flat=True)))
                self.meet(now + dt.timedelta(weeks=8), quarter)

    def change(self, quarter):
        """Kruibeke goes up in Beveren; Hamme has no room for two years."""
        if quarter == 17:
            beveren = LocalGovernment.objects.get(name="Beveren")
            mergers.merge(self.governments["Kruibeke"], into=beveren, on=timezone.localdate())
        if quarter in (10, 18):
            place = Participation.objects.get(circle=self.circle, government__name="Hamme")
            hosting.set_willing(place, by=self.trekker, willing=quarter == 18)

    def meet(self, starts, quarter):
        """A draft; one after the other is asked until somebody says yes. In the tenth year one is called off."""
        ends = starts + dt.timedelta(hours=2)
        draft = planning.plan(self.circle, by=self.trekker, title="Kwartaal", starts_at=starts, ends_at=ends)
        refused: set[str] = set()
        while True:
            government = rota.proposed(draft)
            contact = Member.objects.filter(government=government).earliest("pk")
            asked = hosting.ask_host(draft, by=self.trekker, government=government, contact=contact)
            accepts = self.dice.random() > 0.3
            hosting.answer_hosting(asked, by=contact, accept=accepts)
            if accepts:
                break
            refused.add(government.name)
        if quarter % 7 == 6:  # also online now and then, which is nobody's turn
            make.meeting(self.circle, form="online", host=government, starts_at=starts, ends_at=ends)
        Meeting.objects.filter(pk=draft.pk).update(state="held")
        self.hosts.append(government.name)
        self.refused.append(refused)


def second_turns(decade):
    """(host, quarter, who should have been asked before): for each turn of who had one already. Between two turns of
    one, every other was host, or refused the very meeting, or could not be asked for it."""
    for later, host in enumerate(decade.hosts):
        earlier = next((k for k in range(later - 1, -1, -1) if decade.hosts[k] == host), None)
        if earlier is not None:
            others = set(NAMES) - {host} - set(decade.hosts[earlier + 1 : later])
            yield host, later, others - decade.refused[later] - decade.out[later]


def test_over_forty_quarters_nobody_is_host_twice_before_all_who_are_willing_were_once(db, figure):
    """A refusal moves nobody back: who has not been host since is asked first again, for each meeting."""
    decade = Decade(seed=3)
    decade.live()
    turns, refusals = list(second_turns(decade)), sum(map(len, decade.refused))
    assert [turn for turn in turns if turn[2]] == []
    assert (len(decade.hosts), refusals > 10, len(turns) > 25) == (QUARTERS, True, True)
    assert "Hamme" not in decade.hosts[10:18]
    assert "Kruibeke" not in decade.hosts[17:]
    figure("rota over 40 quarters: second turns / refusals / unfair", f"{len(turns)} / {refusals} / 0")


def test_what_is_unfair_would_be_seen(db):
    decade = Decade(seed=1)
    decade.hosts, decade.refused, decade.out = ["Temse", *NAMES[:8], "Temse"], [set()] * 10, [set()] * 10
    assert list(second_turns(decade)) == [("Temse", 9, {"Stekene", "Waasmunster", "Zwijndrecht"})]


# --- A merger ------------------------------------------------------------------------------------------------------


@pytest.fixture
def system(db):
    with acting_as(SYSTEM):
        yield


@pytest.fixture
def towns(system):
    return {name: make.government(name) for name in ("Beveren", "Kruibeke", "Temse")}


@pytest.fixture
def circle(towns):
    return make.circle("RKK Proef", *towns.values())


def test_a_merger_takes_along_what_was_hosted_what_is_agreed_and_who_works_there(circle, towns):
    beveren, kruibeke = towns["Beveren"], towns["Kruibeke"]
    make.meeting(circle, in_days=-400, host=kruibeke, state="held")
    make.meeting(circle, in_days=-100, host=beveren, state="held")
    working = make.circle("Werkgroep", kruibeke, kind="working_group")
    person = make.person("Kris", circle, government=kruibeke)
    planned = make.meeting(circle, state="draft", host=kruibeke)
    Hosting.objects.create(meeting=planned, government=kruibeke, contact=person, state="accepted")
    Participation.objects.filter(circle=circle, government=kruibeke).update(since=dt.date(2012, 1, 1))
    Participation.objects.filter(circle=circle, government=beveren).update(willing=False)
    mergers.merge(kruibeke, into=beveren, on=timezone.localdate())
    turn = {each.government.name: each for each in rota.turns(circle)}
    assert (set(turn), turn["Beveren"].times, turn["Beveren"].willing) == ({"Beveren", "Temse"}, 3, True)
    assert Participation.objects.get(circle=circle, government=beveren).since == dt.date(2012, 1, 1)
    assert Participation.objects.get(circle=working).government == beveren
    assert (Hosting.objects.get().government, Member.objects.get(pk=person.pk).government) == (beveren, beveren)
    assert FormerGovernment.objects.get(name="Kruibeke").successor == beveren
    assert LocalGovernment.objects.get(pk=beveren.pk).mail_domains == ["beveren.example", "kruibeke.example"]
    assert not LocalGovernment.objects.filter(name="Kruibeke").exists()


def test_everything_that_points_at_a_government_moves(circle, towns):
    """Also tables that came after the merger was written; the old row has nothing left that could keep it."""
    relations = [each for each in LocalGovernment._meta.related_objects if each.one_to_many]
    assert {"Participation", "Member", "Meeting", "Hosting"} <= {each.related_model.__name__ for each in relations}
    mergers.merge(towns["Kruibeke"], into=towns["Beveren"], on=timezone.localdate())


def test_it_is_one_command(circle, towns):
    make.meeting(circle, in_days=-10, host=towns["Kruibeke"], state="held")
    call_command("merge_governments", towns["Kruibeke"].nis_code, towns["Beveren"].nis_code, "2031-01-01")
    assert Meeting.objects.get().host == towns["Beveren"]


def test_a_merger_that_cannot_be_whole_is_none(circle, towns):
    FormerGovernment.objects.create(
        nis_code=towns["Kruibeke"].nis_code, name="x", successor=towns["Temse"], merged_on=dt.date(2025, 1, 1)
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        mergers.merge(towns["Kruibeke"], into=towns["Beveren"], on=timezone.localdate())
    assert LocalGovernment.objects.filter(name="Kruibeke").exists()


# --- The page ------------------------------------------------------------------------------------------------------

PAGE = "/kringen/waasland/beurtrol/"


def test_colleagues_see_it_and_nobody_else(browse, waasland, lid, trekker, manager, neighbour, stranger):
    with acting_as(SYSTEM):
        vendor = make.person("Vic Vendor", waasland, partner=make.vendor())
    assert [browse(who).get(PAGE).status_code for who in (lid, trekker, manager)] == [200, 200, 200]
    assert [browse(who).get(PAGE).status_code for who in (neighbour, stranger, vendor)] == [403, 403, 403]
    assert browse().get(PAGE).status_code == 302


def test_the_next_two_are_what_is_planned_and_then_who_is_first(browse, waasland, lid, trekker, temse):
    with acting_as(SYSTEM):
        make.meeting(waasland, "Lente", state="draft", in_days=30, host=temse)
    seen = {who: browse(who).get(PAGE).context["next_hosts"] for who in (lid, trekker)}
    named = {who: [(each.government.name, bool(each.meeting)) for each in rows] for who, rows in seen.items()}
    assert named[trekker] == [("Temse", True), ("Lokeren", False)]
    assert named[lid] == [("Lokeren", False), ("Temse", False)]  # the draft is the trekker's


def test_who_hosted_when_stands_by_year_and_far_hosts_are_seen_as_far(browse, waasland, lid, temse):
    with acting_as(SYSTEM):
        LocalGovernment.objects.filter(pk=temse.pk).update(latitude=51.127, longitude=4.213, nis_code="46025")
        LocalGovernment.objects.filter(slug="lokeren").update(latitude=51.104, longitude=3.992, nis_code="46014")
        FormerGovernment.objects.create(
            nis_code="1", name="Elversele", successor=temse, merged_on=dt.date(1977, 1, 1)
        )
        held = make.meeting(waasland, in_days=-200, host=temse, state="held")
        cancelled = make.meeting(waasland, in_days=-100, host=temse, state="cancelled")
    response = browse(lid).get(PAGE)
    years = response.context["years"]
    assert [(year, [meeting.pk for meeting in rows]) for year, rows in years] == [
        (timezone.localtime(held.starts_at).year, [held.pk])
    ]
    lines = [(each.turn.government.name, each.turn.times, each.travel) for each in response.context["lines"]]
    assert lines == [("Lokeren", 0, 16), ("Temse", 1, 16)]  # 15.6 km as the crow flies
    page = response.content.decode()
    assert "met Elversele" in page
    assert 'class="nearby"' in page
    assert f"/bijeenkomsten/{cancelled.pk}/" not in page


def test_a_trekker_leaves_out_who_has_no_room_and_a_member_does_not(browse, waasland, lid, trekker, temse):
    with acting_as(SYSTEM):
        place = Participation.objects.get(circle=waasland, government=temse)
        lokeren = Participation.objects.get(circle=waasland, government__slug="lokeren")
    assert browse(lid).post(f"/deelnames/{place.pk}/bereid/", {"willing": "no"}).status_code == 403
    assert browse(trekker).post(f"/deelnames/{lokeren.pk}/bereid/", {"willing": "no"})["Location"] == PAGE
    with acting_as(SYSTEM):
        assert rota.next_host(waasland) == temse
        assert [(turn.government.name, turn.willing) for turn in rota.turns(waasland)] == [
            ("Temse", True),
            ("Lokeren", False),
        ]
    browse(trekker).post(f"/deelnames/{lokeren.pk}/bereid/", {"willing": "yes"})
    with acting_as(SYSTEM):
        assert rota.next_host(waasland) == lokeren.government


def test_spread_over_provinces_is_told_where_there_are_more(system):
    names = [("Temse", "oost-vlaanderen"), ("Lokeren", "oost-vlaanderen"), ("Puurs", "antwerpen")]
    towns = [make.government(name, province=province) for name, province in names]
    circle = make.circle("Werkgroep", *towns, kind="working_group")
    make.meeting(circle, in_days=-10, host=towns[2], state="held")
    shares = [(each.province, each.governments, each.times) for each in rota.spread(rota.turns(circle))]
    assert shares == [("Oost-Vlaanderen", 2, 0), ("Antwerpen", 1, 1)]


def test_the_map_shows_in_which_province_each_host_was(browse, waasland, lid, temse):
    with acting_as(SYSTEM):
        LocalGovernment.objects.filter(pk=temse.pk).update(nis_code="46025")
        make.meeting(waasland, in_days=-100, host=temse, state="held")
    alone = browse(lid).get(PAGE).context["map"]
    with acting_as(SYSTEM):
        bornem = make.government("Bornem", nis_code="12007", province="antwerpen")
        Participation.objects.create(circle=waasland, government=bornem, since="2020-01-01")
        make.meeting(waasland, in_days=-10, host=bornem, state="held")
    response = browse(lid).get(PAGE)
    drawn = response.context["map"]
    assert ("Oost-Vlaanderen" in alone, 'class="province"' in alone) == (False, False)
    hosts = re.findall(r'<text class="host"[^>]*>([^<]+)<tspan[^>]*>([^<]+)', drawn)
    assert (hosts, drawn.count('class="province"')) == ([("Temse", "Oost-Vlaanderen"), ("Bornem", "Antwerpen")], 1)
    assert "Streep en punt: grens van een provincie." in response.text
    assert "Gastbesturen per provincie" in response.text  # the table, beside it


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_costs_the_same_however_full(browse, waasland, trekker, temse, n, django_assert_num_queries):
    with acting_as(SYSTEM):
        for number in range(n):
            make.meeting(waasland, in_days=30 + number, host=temse, state="draft")
            make.meeting(waasland, in_days=-30 - number, host=temse, state="held")
    client = browse(trekker)
    client.get(PAGE)
    with django_assert_num_queries(13):
        assert client.get(PAGE).status_code == 200
