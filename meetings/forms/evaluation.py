"""Three questions after a meeting."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

MARKS = [(1, _("1: not at all")), (2, "2"), (3, "3"), (4, "4"), (5, _("5: very much"))]


class EvaluationForm(forms.Form):
    """Two marks, and what one takes home."""

    useful = forms.TypedChoiceField(
        label=_("Was it useful for your work?"), choices=MARKS, coerce=int, widget=forms.RadioSelect
    )
    form = forms.TypedChoiceField(
        label=_("Did the form and the organisation suit you?"), choices=MARKS, coerce=int, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("What do you take home, or what should be different?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Name nobody, not yourself either: trekkers read this as it is."),
    )
    for_speaker = forms.BooleanField(
        label=_("What I write may be passed on to the speaker, without my name"), required=False
    )
