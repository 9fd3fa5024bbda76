"""Who is asking in a request: sessions that no longer hold, doors with odd addresses, and errors half-way."""

from urllib.parse import unquote

import pytest
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import include, path

from kenniskring import urls
from meetings.models import Meeting
from members.models import Member
from regions.access import open_to_all
from regions.models import Circle
from regions.wall import SYSTEM, NoActor, acting_as, as_system, current_actor
from tests import make


@open_to_all
def whoami(request):
    return HttpResponse(f"{current_actor()} {request.user.pk}")


@open_to_all
def writes_and_loses(request):
    with as_system("a test writes"):
        Circle.objects.update(about="half-way")
    raise Http404


@open_to_all
def writes_and_fails(request):
    with as_system("a test writes"):
        Circle.objects.update(about="half-way")
    return HttpResponse(status=503)


@open_to_all
def streams(request):
    def rows():
        for meeting in Meeting.objects.all():
            yield str(meeting)

    return StreamingHttpResponse(rows())


@open_to_all
def asks_rights_as_the_system(request):
    with as_system("a test is careless"):
        return HttpResponse(str(request.rights.led))


urlpatterns = [
    path("whoami/", whoami),
    path("writes-and-loses/", writes_and_loses),
    path("writes-and-fails/", writes_and_fails),
    path("streams/", streams),
    path("careless/", asks_rights_as_the_system),
    path("account/whoami/", whoami),
    path("", include(urls)),
]
pytestmark = pytest.mark.urls(__name__)


def test_the_session_says_who_is_asking(browse, lid):
    assert browse(lid).get("/whoami/").content.decode() == f"member:{lid.pk} {lid.pk}"
    assert browse().get("/whoami/").content.decode() == "visitor None"


@pytest.mark.parametrize(
    "end", [lambda person: person.delete(), lambda person: Member.objects.update(is_active=False)]
)
def test_a_session_of_somebody_who_is_gone_is_a_visitors(browse, stranger, end):
    from allauth.account.models import EmailAddress

    client = browse(stranger)
    assert client.get("/whoami/").content.decode() == f"member:{stranger.pk} {stranger.pk}"
    with acting_as(SYSTEM):
        EmailAddress.objects.all().delete()
        end(stranger)
    assert client.get("/whoami/").content.decode() == "visitor None"


def test_a_session_from_before_a_new_password_is_a_visitors(browse, lid):
    client = browse(lid)
    with acting_as(SYSTEM):
        lid.set_password("een-heel-ander-wachtwoord")
        lid.save()
    assert client.get("/whoami/").content.decode() == "visitor None"


@pytest.mark.parametrize(
    ("address", "actor"),
    [
        ("/account/whoami/", "doorkeeper"),
        ("/Account/whoami/", None),
        ("//account/whoami/", None),
        ("/account/../whoami/", None),
        ("/account/%2e%2e/whoami/", None),
        ("/account/..;/whoami/", None),
        ("/whoami/?next=/account/", "visitor"),
        ("/whoami/../account/", None),
    ],
)
def test_only_what_is_routed_below_account_acts_as_the_doorkeeper(house, address, actor):
    path_info, _, query = address.partition("?")
    response = Client().get("/", query_params={"next": query}, PATH_INFO=unquote(path_info))
    if actor is None:
        assert response.status_code == 404
    else:
        assert response.content.decode().split()[0] == actor


@pytest.mark.parametrize("address", ["/writes-and-loses/", "/writes-and-fails/"])
def test_what_fails_leaves_nothing_behind_and_its_page_may_ask(browse, lid, address):
    response = browse(lid).get(address)
    assert response.status_code in (404, 503)
    with acting_as(SYSTEM):
        assert not Circle.objects.filter(about="half-way").exists()


def test_a_stream_that_asks_after_the_transaction_raises(browse, waasland, lid):
    with acting_as(SYSTEM):
        make.meeting(waasland)
    response = browse(lid).get("/streams/")
    with pytest.raises(NoActor):
        b"".join(response.streaming_content)


def test_rights_are_those_of_who_asks_or_of_nobody(browse, lid):
    client = browse(lid)
    client.raise_request_exception = False
    assert client.get("/careless/").status_code == 500


def test_a_missing_static_file_is_an_ordinary_404(browse, lid):
    assert browse(lid).get("/static/nothing.css").status_code == 404


def test_a_manager_logs_in_and_changes_the_password_as_the_doorkeeper(browse, manager):
    client = browse()
    response = client.post("/account/login/", {"login": manager.email, "password": make.PASSWORD})
    assert response.status_code == 302
    new = {
        "oldpassword": make.PASSWORD,
        "password1": "een-nieuw-lang-wachtwoord",
        "password2": "een-nieuw-lang-wachtwoord",
    }
    assert client.post("/account/password/change/", new).status_code == 302
    assert client.get("/whoami/").content.decode() == f"member:{manager.pk} {manager.pk}"
    with acting_as(SYSTEM):
        manager.refresh_from_db()
    assert manager.check_password("een-nieuw-lang-wachtwoord")
    assert manager.is_community_manager
