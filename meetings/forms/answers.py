"""An answer to a meeting as people give it: one of three buttons and, where there is a choice, how they take part."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.models import Meeting, Registration


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

    def __init__(self, data: Any = None, *, meeting: Meeting, answered: Registration | None = None) -> None:
        """Proposes how ``answered`` takes part, else the first way there is. A single way needs no question."""
        super().__init__(data)
        ways = meeting.ways_to_attend
        field = self.fields["attending"]
        field.choices = [(way.value, way.label) for way in ways]  # type: ignore[attr-defined]
        self.proposed = answered.attending if answered and answered.attending in ways else ways[0].value
        field.initial = self.proposed
        if len(ways) == 1:
            field.widget = field.hidden_widget()

    def clean_attending(self) -> str:
        return self.cleaned_data["attending"] or self.proposed
