"""Pages for when something went wrong, and the answers to "are you well?"."""

import datetime as dt

import pytest
from django.db import connections
from django.db.models.functions import Now
from django.test import Client, RequestFactory

from kenniskring import views
from mailroom.models import Delivery
from regions.wall import SYSTEM, acting_as
from tests.mailroom.letters import posted


@pytest.fixture
def no_database(django_db_setup, django_db_blocker):
    """PostgreSQL is away: nobody listens at the address of the database."""
    connection = connections["default"]
    with django_db_blocker.unblock():
        connection.close()
        before = connection.settings_dict
        connection.settings_dict = before | {"HOST": "127.0.0.1", "PORT": "1"}
        yield
        connection.close()
        connection.settings_dict = before


def patient_client(**extra):
    """A client that gets the page about the error, as a browser does, instead of the error."""
    return Client(raise_request_exception=False, **extra)


def test_without_a_database_every_page_asks_for_patience(no_database):
    for path in ("/", "/kringen/", "/account/login/", "/nergens/"):
        response = patient_client().get(path)
        assert (response.status_code, response.headers["Retry-After"]) == (503, "30"), path
        assert "<h1>Even geduld</h1>" in response.text


def test_without_a_database_a_member_is_asked_for_patience_too(no_database):
    client = patient_client()
    client.cookies["sessionid"] = "a-session-that-nobody-can-look-up"
    assert client.get("/mijn/").status_code == 503


def test_without_a_database_we_are_alive_but_not_ready(no_database):
    client = patient_client()
    assert client.get("/healthz/live").status_code == 200
    response = client.get("/healthz/ready")
    assert (response.status_code, response.json()["database"]) == (503, "away")


def test_ready_reports_that_redis_is_away_and_is_ready_all_the_same(browse):
    response = browse().get("/healthz/ready")
    assert (response.status_code, response.json()) == (
        200,
        {"database": "ok", "redis": "away", "web": "ok", "oldest_letter": 0},
    )


def test_the_tables_of_the_tests_are_those_of_the_code(db):
    views._assert_migrated()


def test_who_asks_whether_we_are_well_needs_no_session(browse, lid, django_assert_num_queries):
    client = browse(lid)
    client.get("/healthz/ready")  # migrations are looked at once per process
    with django_assert_num_queries(0):
        assert client.get("/healthz/live").text == "ok"
    with django_assert_num_queries(4):  # and who asks for the oldest letter: the system, in a transaction
        client.get("/healthz/ready")


def test_ready_says_how_long_a_letter_waits_that_should_have_left(browse):
    delivery = posted()
    with acting_as(SYSTEM):
        Delivery.objects.filter(pk=delivery.pk).update(due_at=Now() - dt.timedelta(minutes=20))
    assert 1200 <= browse().get("/healthz/ready").json()["oldest_letter"] < 1260


@pytest.mark.parametrize("path", ["/nergens/", "/besturen/nergens/", "/healthz/iets"])
def test_what_is_not_there_is_said_in_dutch(browse, lid, path):
    for person in (None, lid):
        response = browse(person).get(path)
        assert response.status_code == 404
        assert "<h1>We vinden deze pagina niet</h1>" in response.text


def test_what_one_may_not_do_is_said_in_dutch(browse, lid):
    response = browse(lid).get("/kringen/waasland/planning/")
    assert response.status_code == 403
    assert "<h1>Dit kunt u niet doen</h1>" in response.text


def test_a_form_without_its_token_is_explained(house):
    client = patient_client(enforce_csrf_checks=True)
    response = client.post("/account/login/", {"login": "a@b.example"})
    assert response.status_code == 403
    assert "<h1>Dit formulier is vervallen</h1>" in response.text


def test_a_strange_request_is_explained(house):
    response = patient_client().get("/", headers={"host": "elders.example"})
    assert response.status_code == 400
    assert "<h1>Dit is niet gelukt</h1>" in response.text


def test_the_page_about_our_own_error_asks_nothing():
    response = views.server_error(RequestFactory().get("/"))  # without ``db``: a query would raise
    assert response.status_code == 500
    assert "<h1>Er liep iets fout</h1>" in response.text
