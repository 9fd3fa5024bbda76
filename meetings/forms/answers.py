"""An answer to a meeting as people give it: one of three buttons and, where there is a choice, how they take part."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from meetings.actions.answers import Needs
from meetings.models import Meeting, Registration
from meetings.proposed import Proposed


class AnswerForm(forms.Form):
    """The buttons are in the template: each sends its own ``answer``."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=Registration.Answer,
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Choose yes, maybe or no."),
            "invalid_choice": _("Choose yes, maybe or no."),
        },
    )
    attending = forms.ChoiceField(
        label=_("How do you take part?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("You cannot take part in this meeting that way.")},
    )

    access = forms.CharField(
        label=_("To get in and take part"),
        max_length=120,
        required=False,
        help_text=_("Such as: no stairs, a place in front, an interpreter."),
    )
    food = forms.CharField(
        label=_("Food"), max_length=120, required=False, help_text=_("Such as: vegetarian, no nuts.")
    )
    tells_needs = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        meeting: Meeting,
        answered: Registration | Proposed | None = None,
        asks_needs: bool = False,
    ) -> None:
        """Proposes how ``answered`` takes part, else the first way there is. A single way needs no question.

        ``asks_needs`` where only the person looks, and not on a page that whoever has the e-mail can open.
        """
        super().__init__(data)
        if not (asks_needs and meeting.is_in_person):
            for name in ("access", "food", "tells_needs"):
                del self.fields[name]
        elif need := getattr(answered, "need", None):
            self.initial.update(access=need.access, food=need.food)
        self.is_blank = not (self.is_bound or self.initial)
        ways = meeting.ways_to_attend
        field = self.fields["attending"]
        self.ways = field.choices = [(way.value, str(way.label)) for way in ways]  # type: ignore[attr-defined]
        self.proposed = answered.attending if answered and answered.attending in ways else ways[0].value
        field.initial = self.proposed
        if len(ways) == 1:
            field.widget = field.hidden_widget()

    @property
    def keep_for(self) -> int:
        """Seconds for which the form may be kept as it looks now: as long as there is nothing in it of one person."""
        return 600 if self.is_blank else 0

    @property
    def looks_like(self) -> str:
        """All that a form without anything of one person in it follows from."""
        return repr((get_language(), list(self.fields), self.ways, self.proposed))

    def clean_attending(self) -> str:
        return self.cleaned_data["attending"] or self.proposed

    def clean(self) -> dict[str, Any]:
        """As ``register`` takes it. A list shows buttons alone, and leaves what somebody needs as it was."""
        data = super().clean() or {}
        access, food = data.pop("access", ""), data.pop("food", "")
        data["needs"] = Needs(access, food) if data.pop("tells_needs", False) else None
        return data
