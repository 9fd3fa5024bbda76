"""What a programme asks for: a case and whose it is, the host's project, a template to begin with."""

import re

import pytest

from mailroom.models import Delivery
from meetings import programmes
from meetings.models import AgendaItem, Case, Meeting
from regions.wall import SYSTEM, acting_as, member
from tests import make


def seen(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def letters():
    with acting_as(SYSTEM):
        return list(Delivery.objects.order_by("pk").values_list("kind", "to"))


@pytest.fixture
def item(waasland):
    """An *intervisie* in a public meeting."""
    with acting_as(SYSTEM):
        meeting = make.meeting(waasland, audience="public")
        return make.item(meeting, "Intervisie", kind="peer_consultation")


def typed(item, **fields):
    return {"kind": item.kind, "title": item.title, "minutes": "45", "about": ""} | fields


def save(client, item, **fields):
    return client.post(f"/programmapunten/{item.pk}/", typed(item, **fields))


# --- Cases ----------------------------------------------------------------------------------------------------------


def test_an_intervisie_asks_for_a_case_and_its_owner_and_no_other_point_does(browse, trekker, item):
    with acting_as(SYSTEM):
        other = make.item(item.meeting)
    client = browse(trekker)
    assert 'name="owner"' in client.get(f"/programmapunten/{item.pk}/").content.decode()
    assert 'name="owner"' not in client.get(f"/programmapunten/{other.pk}/").content.decode()


def test_a_case_is_kept_with_the_government_of_its_owner_who_hears_of_it_once(browse, trekker, lid, temse, item):
    client = browse(trekker)
    assert save(client, item, text="Ransomware.", owner=str(lid.pk)).status_code == 302
    assert save(client, item, text="Ransomware, hoe nu?", owner=str(lid.pk)).status_code == 302
    with acting_as(SYSTEM):
        case = Case.objects.get()
        assert (case.text, case.owner_id, case.government_id) == ("Ransomware, hoe nu?", lid.pk, temse.pk)
    assert letters() == [("case_on_programme", lid.email)]


def test_whose_own_case_it_is_gets_no_letter(browse, trekker, item):
    save(browse(trekker), item, text="Ransomware.", owner=str(trekker.pk))
    assert letters() == []


def test_a_case_is_of_someone_of_the_circle_who_works_for_no_supplier(browse, trekker, waasland, neighbour, item):
    with acting_as(SYSTEM):
        vendor = make.person("Vic Vendor", waasland, partner=make.vendor())
    for person in (vendor, neighbour):
        assert save(browse(trekker), item, text="Ransomware.", owner=str(person.pk)).status_code == 422
    with acting_as(SYSTEM):
        assert not Case.objects.exists()


def test_an_emptied_case_is_gone(browse, trekker, lid, item):
    save(browse(trekker), item, text="Ransomware.", owner=str(lid.pk))
    save(browse(trekker), item, text="", owner="")
    with acting_as(SYSTEM):
        assert not Case.objects.exists()


def test_colleagues_read_a_case_on_a_public_page_and_nobody_else_does(
    browse, trekker, lid, neighbour, waasland, item
):
    save(browse(trekker), item, text="Ransomware.", owner=str(lid.pk))
    with acting_as(SYSTEM):
        vendor = make.person("Vic Vendor", waasland, partner=make.vendor())
        colleague = make.person("Cas Collega", waasland)
    address = f"/bijeenkomsten/{item.meeting_id}/"
    page = seen(browse(colleague).get(address))
    assert "Ransomware." in page
    assert "Lies Lid, Temse" in page
    for reader in (browse(), browse(neighbour), browse(vendor)):
        page = reader.get(address)
        assert page.status_code == 200
        assert "Ransomware" not in seen(page)
        assert "Lies Lid" not in seen(page)
    for person in (neighbour, vendor):
        with acting_as(member(person.pk)):
            assert not Case.objects.exists()


# --- What is missing ------------------------------------------------------------------------------------------------


def step(client, meeting):
    page = client.get(f"/kringen/waasland/planning/?bijeenkomst={meeting.pk}")
    (found,) = [each for each in page.context["steps"] if each.address.endswith("/programma/")][:1]
    return found


def test_the_desk_says_what_a_programme_lacks_and_publishing_does_not_wait(browse, trekker, lid, waasland):
    with acting_as(SYSTEM):
        draft = make.meeting(waasland, "Ontwerp", state="draft")
        case = make.item(draft, "Intervisie", kind="peer_consultation")
        visit = make.item(draft, "Rondleiding", kind="site_visit")
    client = browse(trekker)
    assert step(client, draft).state == "lacking"
    assert (
        "Nog geen casus voor “Intervisie”. Nog geen project van het gastbestuur voor “Rondleiding”."
        in step(client, draft).about
    )
    save(client, case, text="Ransomware.", owner="")
    assert "Nog niemand brengt de casus van “Intervisie”." in step(client, draft).about
    save(client, case, text="Ransomware.", owner=str(lid.pk))
    save(client, visit, about="Het nieuwe datacenter.")
    assert step(client, draft).state == "done"
    with acting_as(SYSTEM):
        AgendaItem.objects.filter(pk=visit.pk).update(about="")
    assert client.post(f"/bijeenkomsten/{draft.pk}/publiceren/").status_code == 302
    with acting_as(SYSTEM):
        assert Meeting.objects.get(pk=draft.pk).state == "published"


def test_a_question_from_the_circle_is_a_case(browse, trekker, lid, waasland, item):
    with acting_as(SYSTEM):
        waasland.pressing_questions.create(member=lid, text="Hoe?", item=item)
    assert step(browse(trekker), item.meeting).state == "done"
    assert "Nog geen casus" not in seen(browse(trekker).get(f"/bijeenkomsten/{item.meeting_id}/programma/"))


# --- Templates ------------------------------------------------------------------------------------------------------


def test_planning_shows_what_each_template_holds(browse, trekker):
    page = seen(browse(trekker).get("/kringen/waasland/bijeenkomsten/nieuw/"))
    outline = programmes.outline()
    assert [template for template, _parts, _minutes in outline] == list(programmes.Template)[:-1]
    for _template, parts, minutes in outline:
        assert f"{minutes} minuten" in page
        assert minutes == sum(part.minutes for part in parts)


def test_an_empty_programme_begins_with_a_template_as_long_as_the_meeting(browse, trekker, waasland):
    with acting_as(SYSTEM):
        draft = make.meeting(waasland, "Ontwerp", state="draft")
    client, address = browse(trekker), f"/bijeenkomsten/{draft.pk}/programma/"
    assert f"{address}sjabloon/" in client.get(address).content.decode()
    client.post(f"{address}sjabloon/", {"template": "niets"})
    assert client.post(f"{address}sjabloon/", {"template": "peer_consultation"}).status_code == 302
    with acting_as(SYSTEM):
        items = list(AgendaItem.objects.filter(meeting=draft))
    assert [item.kind for item in items] == ["welcome", "news_round", "peer_consultation", "closing"]
    assert sum(item.minutes for item in items) == 120
    client.post(f"{address}sjabloon/", {"template": "classic"})
    with acting_as(SYSTEM):
        assert AgendaItem.objects.filter(meeting=draft).count() == 4
    assert f"{address}sjabloon/" not in client.get(address).content.decode()
