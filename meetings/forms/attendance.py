"""Saying that one is there, and typing in the list that was signed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from meetings.actions.attendance import Guest
from meetings.models import Attendance, Meeting, Registration
from members.models import Member
from regions.models import LocalGovernment


class CheckInForm(forms.Form):
    """The code on the screen and, where there is a choice, how one takes part."""

    code = forms.CharField(
        label=_("Code on the screen"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_("Six characters. You can also scan the QR code with your phone."),
    )
    attending = forms.ChoiceField(label=_("How do you take part?"), widget=forms.RadioSelect)

    def __init__(
        self, data: Any = None, *, meeting: Meeting, answered: Registration | None = None, code: str = ""
    ) -> None:
        """Proposes how ``answered`` takes part. A single way needs no question."""
        super().__init__(data, initial={"code": code})
        ways = meeting.ways_to_attend
        field = self.fields["attending"]
        field.choices = [(way.value, way.label) for way in ways]  # type: ignore[attr-defined]
        field.initial = answered.attending if answered and answered.attending in ways else ways[0].value
        if len(ways) == 1:
            field.widget = field.hidden_widget()


class GuestForm(forms.Form):
    """Somebody on the paper list who has no profile."""

    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    government = forms.CharField(
        label=_("Local government"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"list": "governments", "autocomplete": "off"}),
    )
    how = forms.ChoiceField(label=_("How"), required=False)

    def __init__(self, *args: Any, meeting: Meeting, governments: dict[str, LocalGovernment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.governments = governments
        ways = meeting.ways_to_attend
        self.fields["how"].choices = [(way.value, way.label) for way in ways]  # type: ignore[attr-defined]
        if len(ways) == 1:
            self.fields["how"].widget = forms.HiddenInput()
        self.fields["how"].initial = ways[0].value

    def clean_government(self) -> LocalGovernment | None:
        """By its name, in any case: a list of three hundred on each line would make the page ten times as long."""
        typed = self.cleaned_data["government"].strip()
        if typed and typed.casefold() not in self.governments:
            raise ValidationError(_("No local government has this name. Choose one of the list, or leave it empty."))
        return self.governments.get(typed.casefold())

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if data.get("government") and not data.get("name"):
            self.add_error("name", _("Who was it? Fill in the name, or take away the local government."))
        return data

    @property
    def guest(self) -> Guest | None:
        """Who was typed on this line, if anybody."""
        data = self.cleaned_data
        if not data.get("name"):
            return None
        return Guest(data["name"], data["government"], data["how"] or self.fields["how"].initial)


LINES = 4
"""For guests; who has more saves, and gets four new ones."""


class GuestLines(forms.BaseFormSet):
    """The empty lines below the list; each that is filled in is a guest."""

    @property
    def guests(self) -> list[Guest]:
        return [form.guest for form in self.forms if form.guest]


Lines: type[GuestLines] = forms.formset_factory(GuestForm, formset=GuestLines, extra=LINES)  # type: ignore[assignment]


def ticked(data: Any, members: Iterable[Member], ways: Collection[str]) -> dict[Member, str]:
    """Those for whom something else was ticked than the page showed, with how they were there, or "" for not.

    Each line says what it showed: what somebody else noted meanwhile is left as it is. Of ticks the page never had,
    nothing follows.
    """
    changed = {}
    for member in members:
        was, now = data.get(f"was-{member.pk}", ""), data.getlist(f"there-{member.pk}")
        other = [how for how in now if how in ways and how != was]
        how = other[0] if other else was if now else ""
        if how != was:
            changed[member] = how
    return changed


def taken_away(data: Any, guests: Iterable[Attendance]) -> list[int]:
    """The guests of the page whose tick was taken away."""
    shown = {guest.pk for guest in guests if data.get(f"guest-{guest.pk}-shown")}
    return [pk for pk in shown if not data.get(f"guest-{pk}")]
