"""Hosts: whom to ask, what they answer, what they arrange, and what they tell of their own part."""

from __future__ import annotations

from itertools import groupby
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings import hosts, rota
from meetings.models import AgendaItem, HostTask, Meeting
from members.models import Member
from regions.models import LocalGovernment


class AskHostForm(forms.Form):
    """A government in order of turn, and through whom it is asked; the first that did not decline is proposed."""

    whom = forms.ChoiceField(
        label=_("Whom do you ask?"),
        help_text=_("In the order of the rota. Did they agree by telephone? Then nobody gets an e-mail."),
    )
    message = forms.CharField(
        label=_("Your message"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example how many people you expect. This goes into the e-mail."),
    )

    def __init__(self, meeting: Meeting, data: Any = None, *, wanted: str = "") -> None:
        super().__init__(data)
        order = rota.turns(meeting.circle, besides=meeting)
        self.governments = {turn.government.pk: turn.government for turn in order}
        people = hosts.contacts(meeting.circle).order_by("government", "name", "pk")
        self.people = {key: list(each) for key, each in groupby(people, lambda member: member.government_id)}
        self.refused = rota.said_no(meeting)
        self.proposed = next((each for each in self.governments.values() if each.slug == wanted), None)
        self.proposed = self.proposed or rota.proposed(meeting, order=order)
        self.fields["whom"].choices = [  # type: ignore[attr-defined]
            (self._label(turn), self._choices(turn.government)) for turn in order
        ]
        if self.proposed:
            self.initial["whom"] = self._choices(self.proposed)[0][0]

    def _label(self, turn: rota.Turn) -> str:
        if turn.government.pk in self.refused:
            return gettext("%(name)s (declined this one)") % {"name": turn.government}
        return str(turn.government) if turn.willing else gettext("%(name)s (not willing)") % {"name": turn.government}

    def _choices(self, government: LocalGovernment) -> list[tuple[str, str]]:
        people = [(f"{government.pk}-{each.pk}", f"{each.name}, {government}") for each in self._people(government)]
        return [*people, (f"{government.pk}-", gettext("%(name)s agreed by telephone") % {"name": government})]

    def _people(self, government: LocalGovernment) -> list[Member]:
        return self.people.get(government.pk, [])

    @property
    def for_action(self) -> dict[str, Any]:
        """The government, the contact (None when it agreed by telephone) and the message."""
        government, _dash, contact = self.cleaned_data["whom"].partition("-")
        found = self.governments[int(government)]
        people = {str(each.pk): each for each in self._people(found)}
        return {"government": found, "contact": people.get(contact), "message": self.cleaned_data["message"]}


class HostAnswerForm(forms.Form):
    """The buttons are in the template: each sends its own ``answer``."""

    answer = forms.ChoiceField(
        choices=[("yes", _("yes")), ("no", _("no"))],
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose yes or no."), "invalid_choice": _("Choose yes or no.")},
    )
    reply = forms.CharField(
        label=_("Something to add"),
        max_length=300,
        required=False,
        help_text=_("For the trekkers of the circle."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class TaskForm(forms.ModelForm):
    """Whether it is arranged, and what the circle should know of it."""

    done = forms.BooleanField(label=_("Arranged"), required=False)

    class Meta:
        model = HostTask
        fields: ClassVar = ["note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done"].initial = self.instance.done_at is not None
        for field in self.fields.values():  # in cells of a table, each form in the last one of its row
            field.widget.attrs["form"] = f"f{self.instance.pk}"
        self.fields["note"].widget.attrs["aria-label"] = f"{self.fields['note'].label}: {self.instance}"


class HostPlaceForm(forms.ModelForm):
    """Where it is: of a published meeting only how to get there, because people were told the rest."""

    class Meta:
        model = Meeting
        fields: ClassVar = ["venue", "address", "route"]
        widgets: ClassVar = {"route": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.state != Meeting.State.DRAFT:
            del self.fields["venue"], self.fields["address"]


class VisitForm(forms.ModelForm):
    """The host's own part of the programme: what it shows. When and how long is the trekker's."""

    class Meta:
        model = AgendaItem
        fields: ClassVar = ["title", "about"]
        widgets: ClassVar = {"about": forms.Textarea(attrs={"rows": 4})}


class SwapForm(forms.Form):
    """With which other host to exchange."""

    other = forms.ChoiceField(label=_("Exchange with"))

    def __init__(self, exchange: hosts.Exchange, data: Any = None) -> None:
        super().__init__(data)
        self.fields["other"].choices = [  # type: ignore[attr-defined]
            (str(each.pk), hosts.turn_in_words(each)) for each in exchange.possible
        ]
