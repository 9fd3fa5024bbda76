"""What holds for every page: weight, other hosts, cookies, landmarks, navigation, fields, dates and numbers."""

import datetime as dt
import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import timezone

from regions.wall import SYSTEM, acting_as
from tests import make

PAGES = ["/", "/kringen/", "/kringen/waasland/", "/besturen/", "/besturen/zonder-kring/", "/besturen/temse/"]
OTHERS = ["/bijeenkomsten/", "/account/login/", "/account/signup/", "/nergens/"]
FIRST_VISIT = 80_000  # bytes over the wire
ALL_CSS = 16_000


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, name: str) -> list[dict[str, str]]:
        return [attrs for tag, attrs in self.found if tag == name]


def weight(path: str) -> int:
    """Bytes of a static file as it goes over the wire."""
    found = finders.find(path.lstrip("/").removeprefix("static/"))  # ours, and htmx from its package
    assert found, path
    return len(gzip.compress(Path(found).read_bytes()))


def loaded_by(tags: Tags) -> list[str]:
    """Everything that a browser fetches by itself with the page."""
    links = [link["href"] for link in tags.all("link")]
    return links + [attrs["src"] for _, attrs in tags.found if attrs.get("src")]


@pytest.fixture
def full(waasland, temse, lid):
    with acting_as(SYSTEM):
        for number in range(40):
            make.government(f"Dorp aan de Schelde {number:02}")
            make.meeting(
                waasland, f"Een bijeenkomst met een gewone titel, nummer {number}", audience="public", host=temse
            )


@pytest.mark.parametrize("path", PAGES + OTHERS)
def test_a_first_visit_is_light_and_asks_no_other_host(browse, full, path):
    page = browse().get(path)
    files = loaded_by(Tags(page.text))
    assert [file for file in files if not file.startswith("/static/")] == []
    assert len(gzip.compress(page.content)) + sum(weight(file) for file in files) < FIRST_VISIT


def test_all_css_fits_its_budget():
    assert (
        sum(weight(str(file.relative_to(settings.ROOT))) for file in settings.ROOT.glob("static/css/*.css")) < ALL_CSS
    )


@pytest.mark.parametrize("path", [*PAGES, "/bijeenkomsten/", "/nergens/"])
def test_a_visitor_gets_no_cookie(browse, full, path):
    response = browse().get(path)
    assert dict(response.cookies) == {}
    assert "csrfmiddlewaretoken" not in response.text


@pytest.mark.parametrize("path", PAGES + OTHERS)
def test_no_page_has_code_or_style_of_its_own(browse, full, lid, path):
    for person in (None, lid):
        tags = Tags(browse(person).get(path, follow=True).text)
        assert tags.all("style") == []
        assert [attrs for attrs in tags.all("script") if "src" not in attrs] == []
        assert [attrs for _, attrs in tags.found if "style" in attrs or any(a.startswith("on") for a in attrs)] == []


@pytest.mark.parametrize("path", PAGES + OTHERS)
def test_every_page_has_one_title_one_main_and_a_way_past_the_menu(browse, full, path):
    page = browse().get(path).text
    tags = Tags(page)
    assert [attrs["lang"] for attrs in tags.all("html")] == ["nl"]
    assert len(tags.all("h1")) == 1
    assert [attrs["id"] for attrs in tags.all("main")] == ["main"]
    assert next(attrs for attrs in tags.all("a"))["href"] == "#main"
    assert re.search(r"<title>\S.* – Kenniskring</title>", page)
    ids = [attrs["id"] for _, attrs in tags.found if attrs.get("id")]
    assert len(ids) == len(set(ids))


# --- Navigation ----------------------------------------------------------------------------------------------------


def menu(browse, person=None, path="/kringen/"):
    return re.findall(r'<li><a href="(.*?)"', browse(person).get(path).text.partition("</nav>")[0])


def test_the_menu_shows_what_one_leads(browse, lid, trekker, manager):
    everyone = ["/bijeenkomsten/", "/kringen/", "/besturen/"]
    assert menu(browse) == everyone
    assert menu(browse, lid) == everyone
    assert menu(browse, trekker) == [*everyone, "/kringen/waasland/planning/", "/sprekers/"]
    assert menu(browse, manager) == [*everyone, "/sprekers/", "/beheer/"]


def test_logging_out_is_a_form_and_logging_in_a_link(browse, lid):
    page = browse(lid).get("/").text
    assert '<form method="post" action="/account/logout/">' in page
    assert "/account/login/" not in page
    assert 'href="/account/login/"' in browse().get("/").text


def test_the_menu_says_where_one_is(browse, house):
    page = browse().get("/kringen/waasland/").text
    assert re.findall(r'<a href="([^"]*)" aria-current="([^"]*)"', page) == [("/kringen/", "true")]


# --- Fields --------------------------------------------------------------------------------------------------------


class Sample(forms.Form):
    name = forms.CharField(label="Naam", help_text="Zoals op uw kaart")
    day = forms.DateField(label="Dag", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    agreed = forms.BooleanField(label="Akkoord")
    how = forms.ChoiceField(label="Hoe", choices=[("a", "Zus"), ("b", "Zo")], widget=forms.RadioSelect)


def test_a_field_is_tied_to_its_label_help_and_error():
    tags = Tags(str(Sample({})))
    name = next(attrs for attrs in tags.all("input") if attrs["name"] == "name")
    assert (name["aria-invalid"], name["aria-describedby"]) == ("true", "id_name_helptext id_name_error")
    assert {"id_name_helptext", "id_name_error"} <= {attrs.get("id") for _, attrs in tags.found}
    assert {attrs["for"] for attrs in tags.all("label")} == {"id_name", "id_day", "id_agreed", "id_how_0", "id_how_1"}
    assert tags.all("fieldset")[0]["aria-describedby"] == "id_how_error"


def test_the_error_summary_takes_focus_and_leads_to_the_fields():
    form = Sample({})
    form.add_error(None, "Dit gaat niet samen")
    page = render_to_string("_error_summary.html", {"form": form})
    tags = Tags(page)
    assert [attrs["href"] for attrs in tags.all("a")] == ["#id_name", "#id_agreed", "#id_how_0"]
    assert "autofocus" in tags.all("div")[0]
    assert "Dit gaat niet samen" in page


def test_without_errors_there_is_no_summary():
    assert render_to_string("_error_summary.html", {"form": Sample()}).strip() == ""


def test_a_help_text_is_escaped_and_a_marked_one_is_not():
    class Risky(forms.Form):
        name = forms.CharField(help_text="<script>")

    assert "&lt;script&gt;" in str(Risky())


# --- How dates and numbers are written -----------------------------------------------------------------------------


def test_dates_times_and_numbers_are_written_the_flemish_way():
    moment = dt.datetime(2026, 11, 21, 14, 0, tzinfo=timezone.get_default_timezone())
    moments = '{{ m|date }} | {{ m|time:"TIME_FORMAT" }} | {{ m|date:"DATETIME_FORMAT" }}'
    template = Template(moments + ' | {{ n|floatformat:"0g" }}')
    written = template.render(Context({"m": moment, "n": 83_400}))
    assert written == "21 november 2026 | 14.00 uur | 21 november 2026 om 14.00 uur | 83.400"


@pytest.mark.parametrize("typed", ["2026-11-21", "21/11/2026", "21-11-2026", "21.11.2026"])
def test_a_date_is_picked_or_typed(typed):
    assert forms.DateField().clean(typed) == dt.date(2026, 11, 21)


@pytest.mark.parametrize("typed", ["14:00", "14.00", "14u00"])
def test_a_time_is_picked_or_typed(typed):
    assert forms.TimeField().clean(typed) == dt.time(14)


def test_a_date_field_speaks_as_browsers_do():
    assert 'value="2026-11-21"' in str(Sample(initial={"day": dt.date(2026, 11, 21)})["day"])
