"""What the page of the components shows: things that exist nowhere, in every state that a component knows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone

from meetings.desk import quarters
from meetings.models import Form, Meeting
from regions.models import Circle, LocalGovernment, ReferenceRegion

PARTS = {
    "kleuren": "Kleuren",
    "letters": "Letters",
    "knoppen": "Knoppen en labels",
    "datums": "Datumblok",
    "bijeenkomsten": "Rij van een bijeenkomst",
    "antwoorden": "Antwoordknoppen",
    "tijdlijn": "Tijdlijn",
    "kwartalen": "Kwartalen",
    "stappen": "Stappen",
    "feiten": "Feiten",
    "filters": "Filterbalk",
    "tabel": "Tabel die kaarten wordt",
    "bladeren": "Bladeren",
    "velden": "Velden",
    "meldingen": "Meldingen",
    "leeg": "Nog niets",
}
"""Every part of the page, by its place in the address."""

TITLE = "MFA zonder dienst-gsm"

TOKENS = (
    *("page", "sheet", "ink", "ink-soft", "line", "line-strong", "accent", "accent-strong", "accent-soft"),
    *("act", "act-soft", "danger", "danger-soft", "success", "focus"),
)


class EveryField(forms.Form):
    """A field of each kind. Bound to nothing but a bad date and a bad address, it shows its errors."""

    name = forms.CharField(label="Naam", help_text="Zoals collega’s u kennen.")
    email = forms.EmailField(label="E-mailadres")
    day = forms.DateField(label="Dag", widget=forms.DateInput(attrs={"type": "date"}))
    about = forms.CharField(label="Waarover", widget=forms.Textarea, required=False)
    host = forms.ChoiceField(label="Gastbestuur", choices=[("", "Kies"), ("1", "Temse"), ("2", "Stekene")])
    way = forms.ChoiceField(
        label="Hoe komt u?",
        choices=[("in_person", "op locatie"), ("online", "online")],
        widget=forms.RadioSelect,
    )
    agree = forms.BooleanField(label="Ik wil ook de wekelijkse vraag ontvangen", required=False)
    slides = forms.FileField(label="Presentatie", required=False)


def _meeting(pk: int, title: str, days: int, **fields: Any) -> Meeting:
    circle = Circle(name="RKK Waasland", slug="waasland", region=ReferenceRegion.WAASLAND)
    starts = timezone.now().replace(hour=13, minute=0) + dt.timedelta(days=days)
    fields = {
        "state": Meeting.State.PUBLISHED,
        "form": Form.IN_PERSON,
        "host": LocalGovernment(name="Temse"),
    } | fields
    answer, waiting = fields.pop("my_answer", None), fields.pop("my_waiting", False)
    meeting = Meeting(
        pk=pk, title=title, circle=circle, starts_at=starts, ends_at=starts + dt.timedelta(hours=2), **fields
    )
    meeting.my_answer, meeting.my_waiting = answer, waiting  # type: ignore[attr-defined]
    return meeting


def everything() -> dict[str, Any]:
    """The context of the page."""
    return {
        "parts": PARTS.items(),
        "tokens": TOKENS,
        "regions": ReferenceRegion.choices,
        "awaiting": [_meeting(1, TITLE, 12)],
        "meetings": [
            _meeting(2, TITLE, 12, my_answer="yes"),
            _meeting(3, TITLE, 12, my_answer="yes", my_waiting=True),
            _meeting(4, TITLE, 12, my_answer="maybe"),
            _meeting(5, TITLE, 12, my_answer="no", form=Form.HYBRID),
            _meeting(6, "Een titel die zo lang is dat hij over drie regels loopt", 40, form=Form.ONLINE),
            _meeting(7, TITLE, 90, state=Meeting.State.CANCELLED),
        ],
        "quarters": quarters([_meeting(8, TITLE, -80), _meeting(9, TITLE, 90, state=Meeting.State.DRAFT)]),
        "form": EveryField(prefix="empty"),
        "wrong": EveryField({"wrong-email": "wout@", "wrong-day": "gisteren"}, prefix="wrong"),
        "page_obj": Paginator(range(75), 25).page(2),
    }
