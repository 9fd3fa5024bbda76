"""Pressing questions: put to the circle, supported, taken into a programme, and the question says where it went."""

import re

import pytest

from mailroom.models import Delivery
from meetings.actions import questions as actions
from meetings.models import AgendaItem, Meeting, PressingQuestion, QuestionSupport
from regions.wall import SYSTEM, acting_as, member
from tests import make

PAGE = "/kringen/waasland/vragen/"


def seen(response):
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def asked(circle, person, text="Hoe houdt u camera's bij?", **fields):
    with acting_as(SYSTEM):
        return PressingQuestion.objects.create(
            circle=circle, member=person, government=person.government, text=text, **fields
        )


def now(question):
    with acting_as(SYSTEM):
        return PressingQuestion.objects.select_related("item__meeting").get(pk=question.pk)


def letters():
    with acting_as(SYSTEM):
        return list(Delivery.objects.order_by("pk").values_list("kind", "to"))


@pytest.fixture
def colleague(waasland, temse):
    with acting_as(SYSTEM):
        return make.person("Cas Collega", waasland, government=make.government("Beveren"))


@pytest.fixture
def meeting(waasland):
    with acting_as(SYSTEM):
        return make.meeting(waasland, "Kwartaal", audience="public")


# --- Asking ---------------------------------------------------------------------------------------------------------


def test_a_member_asks_and_asking_twice_is_once(browse, lid, temse):
    client = browse(lid)
    for _ in range(2):
        response = client.post(PAGE, {"text": "Wie deelt een DPO?", "context": "Wij zijn klein."})
        assert response.status_code == 302
    with acting_as(SYSTEM):
        (question,) = PressingQuestion.objects.all()
    assert (question.member_id, question.government_id, question.is_open) == (lid.pk, temse.pk, True)
    assert response["Location"] == f"{PAGE}#vraag-{question.pk}"
    page = seen(client.get(PAGE))
    assert "Wie deelt een DPO?" in page
    assert "Lies Lid" in page
    assert "Temse" in page
    assert letters() == []


def test_a_question_without_words_is_refused_and_the_rest_is_kept(browse, lid):
    response = browse(lid).post(PAGE, {"text": "", "context": "Wij zijn klein."})
    assert response.status_code == 422
    assert "Wij zijn klein." in response.content.decode()


def test_suppliers_other_circles_and_visitors_read_no_questions(browse, waasland, lid, neighbour, stranger):
    question = asked(waasland, lid)
    with acting_as(SYSTEM):
        vendor = make.person("Vic Vendor", waasland, partner=make.vendor())
    assert browse(lid).get(PAGE).status_code == 200
    for person in (vendor, neighbour, stranger):
        assert browse(person).get(PAGE).status_code == 403
        assert browse(person).post(f"/prangende-vragen/{question.pk}/steunen/").status_code == 404
        with acting_as(member(person.pk)):
            assert not PressingQuestion.objects.exists()
    assert browse().get(PAGE).status_code == 302


def test_of_a_colleague_who_hides_in_another_circle_only_the_government_is_said(browse, lid, neighbour):
    from regions.models import Circle

    with acting_as(SYSTEM):
        umbrella = Circle.objects.get(kind="umbrella")
    asked(umbrella, neighbour)
    page = seen(browse(lid).get("/kringen/overkoepelend/vragen/"))
    assert "Hoe houdt u" in page
    assert "Geel" in page
    assert "Bea Buur" not in page


def test_who_asked_changes_or_withdraws_it_while_it_is_open(browse, lid, colleague, waasland):
    question = asked(waasland, lid)
    address = f"/prangende-vragen/{question.pk}/"
    for method in ("get", "post"):
        assert getattr(browse(colleague), method)(address).status_code == 403
    assert browse(colleague).post(f"{address}intrekken/").status_code == 403
    assert browse(lid).post(address, {"text": "Anders?", "context": ""}).status_code == 302
    assert now(question).text == "Anders?"
    browse(lid).post(f"{address}intrekken/")
    assert now(question).withdrawn_at is not None
    assert "Anders?" not in seen(browse(colleague).get(PAGE))


def test_once_on_a_programme_it_is_not_changed_or_withdrawn(browse, lid, waasland, meeting):
    with acting_as(SYSTEM):
        item = make.item(meeting)
    question = asked(waasland, lid, item=item)
    address = f"/prangende-vragen/{question.pk}/"
    browse(lid).post(address, {"text": "Anders?", "context": ""})
    browse(lid).post(f"{address}intrekken/")
    assert (now(question).text, now(question).withdrawn_at) == (question.text, None)
    with acting_as(member(lid.pk)), pytest.raises(actions.QuestionClosed):
        actions.withdraw_question(question, by=lid)


# --- Support --------------------------------------------------------------------------------------------------------


def test_colleagues_support_once_and_take_it_back(browse, lid, colleague, waasland):
    question = asked(waasland, lid)
    address, client = f"/prangende-vragen/{question.pk}/steunen/", browse(colleague)
    for _ in range(2):
        assert client.post(address, {"to": "on"}).status_code == 302
    assert "1 collega steunt dit" in seen(client.get(PAGE))
    client.post(address, {"to": "off"})
    assert "Nog geen steun" in seen(client.get(PAGE))
    assert letters() == []


def test_nobody_supports_their_own_question(browse, lid, waasland):
    question = asked(waasland, lid)
    browse(lid).post(f"/prangende-vragen/{question.pk}/steunen/", {"to": "on"})
    with acting_as(SYSTEM):
        assert not QuestionSupport.objects.exists()
    assert f'id="steun-knop-{question.pk}"' not in browse(lid).get(PAGE).content.decode()


def test_htmx_gets_the_button_alone_and_hears_what_came_of_it(browse, lid, colleague, waasland):
    question = asked(waasland, lid)
    address = f"/prangende-vragen/{question.pk}/steunen/"
    part = browse(colleague).post(address, {"to": "on"}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    assert "Neem uw steun terug" in seen(part)
    assert "U steunt deze vraag." in seen(part)


def test_what_most_support_stands_first(browse, lid, colleague, trekker, waasland):
    first, second = asked(waasland, lid, "Eerst?"), asked(waasland, lid, "Daarna?")
    assert [each.pk for each in browse(lid).get(PAGE).context["asked"]] == [first.pk, second.pk]
    with acting_as(SYSTEM):
        for person in (colleague, trekker):
            QuestionSupport.objects.create(question=second, member=person)
        QuestionSupport.objects.create(question=first, member=trekker)
    found = browse(lid).get(PAGE).context["asked"]
    assert [(each.pk, each.support) for each in found] == [(second.pk, 2), (first.pk, 1)]


@pytest.mark.parametrize("n", [1, 30])
def test_the_page_costs_the_same_however_many_ask(browse, lid, waasland, meeting, n, django_assert_num_queries):
    with acting_as(SYSTEM):
        item = make.item(meeting)
        held = make.item(make.meeting(waasland, "Vorige", in_days=-30, state="held"))
    for number in range(n):
        for at in (None, item, held):
            asked(waasland, lid, f"Vraag {number} {at and at.pk}?", item=at)
    client = browse(lid)
    client.get(PAGE)
    with django_assert_num_queries(9):
        client.get(PAGE)


# --- On a programme -------------------------------------------------------------------------------------------------


def test_a_trekker_takes_it_into_a_new_point_and_who_asked_hears_it_once(
    browse, trekker, lid, colleague, waasland, meeting
):
    question = asked(waasland, lid)
    with acting_as(SYSTEM):
        QuestionSupport.objects.create(question=question, member=colleague)
    address = f"/prangende-vragen/{question.pk}/programma/"
    assert browse(trekker).get(address).status_code == 200
    response = browse(trekker).post(address, {"place": f"meeting:{meeting.pk}"})
    item = now(question).item
    assert response["Location"] == f"/bijeenkomsten/{meeting.pk}/programma/#punt-{item.pk}"
    assert (item.meeting_id, item.kind) == (meeting.pk, "peer_consultation")
    assert question.text not in item.title  # the programme is public, what colleagues ask is not
    browse(trekker).post(address, {"place": f"item:{item.pk}"})
    assert letters() == [("question_taken", lid.email)]
    page = browse(lid).get(PAGE)
    assert page.context["asked"] == []
    assert f"/bijeenkomsten/{meeting.pk}/#punt-{item.pk}" in page.content.decode()
    assert "Staat op het programma van" in seen(page)


def test_a_point_that_is_there_takes_it_too_and_gives_it_back(browse, trekker, lid, waasland, meeting):
    question = asked(waasland, lid)
    with acting_as(SYSTEM):
        item = make.item(meeting)
    address = f"/prangende-vragen/{question.pk}/programma/"
    browse(trekker).post(address, {"place": f"item:{item.pk}"})
    assert now(question).item_id == item.pk
    browse(trekker).post(address, {"place": ""})
    assert now(question).is_open


def test_a_new_point_comes_before_the_closing(browse, trekker, lid, waasland, meeting):
    question = asked(waasland, lid)
    with acting_as(SYSTEM):
        closing = make.item(meeting, "Afspraken", kind="closing")
    browse(trekker).post(f"/prangende-vragen/{question.pk}/programma/", {"place": f"meeting:{meeting.pk}"})
    with acting_as(SYSTEM):
        assert [item.pk for item in AgendaItem.objects.filter(meeting=meeting)] == [now(question).item_id, closing.pk]


def test_of_a_draft_the_members_read_that_it_comes_and_not_when(browse, trekker, lid, waasland):
    question = asked(waasland, lid)
    with acting_as(SYSTEM):
        draft = make.meeting(waasland, "Geheim ontwerp", state="draft")
    browse(trekker).post(f"/prangende-vragen/{question.pk}/programma/", {"place": f"meeting:{draft.pk}"})
    page = browse(lid).get(PAGE)
    assert "De trekker neemt deze vraag mee naar een volgende bijeenkomst" in seen(page)
    assert "Geheim" not in seen(page)
    with acting_as(SYSTEM):
        (letter,) = Delivery.objects.select_related("letter__wording")
    assert "Geheim" not in letter.letter.text + letter.subject
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=draft.pk).update(state="published")
    assert "Staat op het programma van" in seen(browse(lid).get(PAGE))


def test_once_the_meeting_is_over_it_says_where_it_was_treated(browse, trekker, lid, waasland):
    with acting_as(SYSTEM):
        item = make.item(make.meeting(waasland, "Vorige", in_days=-3))
    question = asked(waasland, lid, item=item)
    page = browse(lid).get(PAGE)
    assert [each.pk for each in page.context["page_obj"]] == [question.pk]
    assert page.context["planned"] == []
    assert "Behandeld op" in seen(page)
    assert f"/bijeenkomsten/{item.meeting_id}/#punt-{item.pk}" in page.content.decode()
    browse(trekker).post(f"/prangende-vragen/{question.pk}/programma/", {"place": ""})
    assert now(question).item_id == item.pk  # what was treated stays where it was


def test_called_off_or_taken_out_it_is_open_again(browse, trekker, lid, waasland, meeting):
    with acting_as(SYSTEM):
        item = make.item(meeting)
        other = make.item(make.meeting(waasland, "Andere", state="draft"))
    called_off, taken_out = asked(waasland, lid, "Een?", item=item), asked(waasland, lid, "Twee?", item=other)
    assert browse(lid).get(PAGE).context["asked"] == []
    with acting_as(SYSTEM):
        Meeting.objects.filter(pk=meeting.pk).update(state="cancelled")
    browse(trekker).post(f"/programmapunten/{other.pk}/verwijderen/")
    assert {each.pk for each in browse(lid).get(PAGE).context["asked"]} == {called_off.pk, taken_out.pk}
    browse(lid).post(f"/prangende-vragen/{called_off.pk}/intrekken/")
    assert now(called_off).withdrawn_at is not None


def test_a_member_puts_nothing_on_a_programme(browse, lid, waasland, meeting):
    question = asked(waasland, lid)
    data = {"place": f"meeting:{meeting.pk}"}
    assert browse(lid).post(f"/prangende-vragen/{question.pk}/programma/", data).status_code == 403
    assert now(question).is_open


def test_a_question_comes_on_no_programme_of_another_circle(browse, trekker, lid, waasland, kempen):
    question = asked(waasland, lid)
    with acting_as(SYSTEM):
        elsewhere = make.meeting(kempen, audience="public")
        over = make.meeting(waasland, in_days=-3)
    for meeting in (elsewhere, over):
        data = {"place": f"meeting:{meeting.pk}"}
        assert browse(trekker).post(f"/prangende-vragen/{question.pk}/programma/", data).status_code == 422
        with acting_as(member(trekker.pk)), pytest.raises(actions.MeetingNotAhead):
            actions.take(question, by=trekker, meeting=meeting)
    assert now(question).is_open


def test_the_meeting_shows_the_question_to_colleagues_alone(browse, trekker, lid, neighbour, waasland, meeting):
    with acting_as(SYSTEM):
        item = make.item(meeting)
        vendor = make.person("Vic Vendor", waasland, partner=make.vendor())
    question = asked(waasland, lid, item=item)
    address = f"/bijeenkomsten/{meeting.pk}/"
    page = browse(lid).get(address)
    assert f"{PAGE}#vraag-{question.pk}" in page.content.decode()
    assert "(Temse)" in seen(page)
    for reader in (browse(), browse(neighbour), browse(vendor)):
        assert reader.get(address).status_code == 200
        assert "Hoe houdt u" not in seen(reader.get(address))
    assert "Hoe houdt u" in seen(browse(trekker).get(f"{address}programma/"))


def test_the_pages_of_the_circle_and_the_planning_lead_to_the_questions(browse, trekker, lid, neighbour):
    assert PAGE in browse(lid).get("/kringen/waasland/").content.decode()
    assert PAGE not in browse(neighbour).get("/kringen/waasland/").content.decode()
    assert PAGE in browse(trekker).get("/kringen/waasland/planning/").content.decode()


def test_two_trekkers_at_once_put_it_in_one_place(committed, house, waasland, lid, trekker, meeting, together):
    question = asked(waasland, lid)

    def one(_number):
        with acting_as(member(trekker.pk)):
            return actions.take(question, by=trekker, meeting=meeting).item_id

    assert together(2, one) == [now(question).item_id] * 2
    assert letters() == [("question_taken", lid.email)]
    with acting_as(SYSTEM):
        assert AgendaItem.objects.filter(meeting=meeting).count() == 1
