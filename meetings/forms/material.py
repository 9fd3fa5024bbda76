"""A file to add, refused before it is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings.models import AgendaItem, Meeting
from meetings.uploads import CONTENT_TYPES, LARGEST, NotWhatItSays, WrongKind, fit_to_keep

ALLOWED = ", ".join(kind for kind in CONTENT_TYPES if kind != "jpeg")


def _what_is_allowed() -> str:
    said = {"largest": filesizeformat(LARGEST), "allowed": ALLOWED}
    return gettext("At most %(largest)s. Allowed are: %(allowed)s.") % said


class MaterialField(forms.FileField):
    """One file of an allowed kind and size. Browsers forget a chosen file, so every refusal asks to choose again."""

    widget = forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in CONTENT_TYPES)})
    default_error_messages = {
        "required": _("Choose a file."),
        "empty": _("This file is empty. Choose another one."),
        "too_large": _("This file is %(size)s. At most %(largest)s is allowed: make it smaller and choose it again."),
        "wrong_kind": _("“%(name)s” cannot be added here. Allowed are: %(allowed)s. Choose another file."),
        "not_what_it_says": _(
            "The content of “%(name)s” does not match its name, or contains macros. Save the file again as one "
            "of these types and choose it again: %(allowed)s."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.help_text = lazy(_what_is_allowed, str)()

    def to_python(self, data: Any) -> UploadedFile | None:
        file: Any = super().to_python(data)
        if file is None:
            return None
        said = {"name": file.name, "allowed": ALLOWED}
        if file.size > LARGEST:
            sizes = {"size": filesizeformat(file.size), "largest": filesizeformat(LARGEST)}
            raise forms.ValidationError(self.error_messages["too_large"], "too_large", sizes)
        try:
            return fit_to_keep(file)
        except WrongKind as error:
            raise forms.ValidationError(self.error_messages["wrong_kind"], "wrong_kind", said) from error
        except NotWhatItSays as error:
            raise forms.ValidationError(self.error_messages["not_what_it_says"], "not_what_it_says", said) from error


class MaterialForm(forms.Form):
    """For a trekker: the file, and the point of the programme that it belongs to."""

    item = forms.ModelChoiceField(
        AgendaItem.objects.none(), label=_("Belongs to"), required=False, empty_label=_("the whole meeting")
    )
    file = MaterialField(label=_("File"))

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = AgendaItem.objects.filter(meeting=meeting)  # type: ignore[attr-defined]


class SlidesForm(forms.Form):
    """For a speaker."""

    file = MaterialField(label=_("Your slides"))
