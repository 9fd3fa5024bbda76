"""Who comes instead, and to which circle somebody always comes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.models import Attending, Excuse
from members.models import Member, MemberQuerySet


class ExcuseForm(forms.Form):
    """Everything may stay empty: a no is enough."""

    reason = forms.CharField(
        label=_("Why can you not come?"),
        max_length=200,
        required=False,
        help_text=_("You and the trekkers read this, and the colleague whom you name."),
    )
    substitute: forms.ModelChoiceField[Member] = forms.ModelChoiceField(
        label=_("Which colleague comes instead?"),
        queryset=None,
        required=False,
        empty_label=_("Nobody of this list"),
        help_text=_("This colleague gets an e-mail and answers for themselves."),
    )
    substitute_name = forms.CharField(
        label=_("Or somebody else, by name"),
        max_length=80,
        required=False,
        help_text=_("Somebody without a profile gets no e-mail: let them know yourself."),
    )

    def __init__(self, data: Any = None, *, colleagues: MemberQuerySet, excuse: Excuse | None = None) -> None:
        super().__init__(data)
        self.fields["substitute"].queryset = colleagues  # type: ignore[attr-defined]
        if excuse:
            self.initial = {
                "reason": excuse.reason,
                "substitute": excuse.substitute_id,
                "substitute_name": excuse.substitute_name,
            }
        if not colleagues:
            del self.fields["substitute"]
            self.fields["substitute_name"].label = _("Who comes instead?")


class AlwaysForm(forms.Form):
    """Three ways; the first is what holds for who never said anything."""

    attending = forms.ChoiceField(
        label=_("Do you come to every meeting of this circle?"),
        required=False,
        choices=[("", _("no, I answer each time")), *((way.value, way.label) for way in Attending)],
        widget=forms.RadioSelect,
    )
