"""Speakers: in the pool, asked for a point of the programme, and answering by their link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings.models import Asking, Speaker, Talk

if TYPE_CHECKING:
    from meetings.talks import TalkSeen

POOL_SHOWN = 25


def known_address(speaker: Speaker) -> forms.ValidationError:
    """What to say when another speaker has the address that was typed, with the way there."""
    link = format_html('<a href="{}">{}</a>', reverse("speaker", args=[speaker.pk]), speaker.name)
    return forms.ValidationError(
        format_html(str(_("This address is already in the list of speakers: {}.")), link), "known"
    )


class LanguageField(forms.ChoiceField):
    """In which language a speaker is written to; Dutch when nothing is said."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Language"),
            choices=settings.LANGUAGES,
            initial=settings.LANGUAGE_CODE,
            required=False,
            help_text=_("Of our e-mails to the speaker."),
        )

    def clean(self, value: Any) -> str:
        return super().clean(value) or settings.LANGUAGE_CODE


class SpeakerForm(forms.ModelForm):
    """Who someone is, and where and how to write to them."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254, help_text=_("Only trekkers see it."))
    language = LanguageField()

    class Meta:
        model = Speaker
        fields: ClassVar = ["name", "email", "language", "organisation", "kind", "bio", "topics"]
        widgets: ClassVar = {"topics": forms.CheckboxSelectMultiple}
        help_texts: ClassVar = {"bio": _("A few lines for the programme.")}


class PoolChoice(forms.ModelChoiceField):
    """Speakers to choose from; a vendor is labelled as one."""

    def label_from_instance(self, speaker: Any) -> str:
        about = (
            [speaker.organisation, str(speaker.get_kind_display())] if speaker.is_vendor else [speaker.organisation]
        )
        spoke = [_last_spoken(speaker.spoken[0])] if getattr(speaker, "spoken", None) else []
        return " – ".join(filter(None, [speaker.name, ", ".join(filter(None, about)), *spoke]))


def _last_spoken(talk: Talk) -> str:
    """Of the talks that the one who asks may know."""
    meeting = talk.item.meeting
    month = date_format(timezone.localtime(meeting.starts_at), "F Y")
    about = {"month": month, "circle": meeting.circle, "title": talk.item.title}
    return gettext("spoke in %(month)s in %(circle)s about “%(title)s”") % about


class AskForm(forms.Form):
    """Someone from the pool, or someone new; and what to say to them."""

    speaker = PoolChoice(
        Speaker.objects.none(),
        label=_("From the list"),
        required=False,
        widget=forms.RadioSelect,
        blank=True,
        empty_label=_("Someone new, whom I add below"),
    )
    message = forms.CharField(
        label=_("Your message"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What you hope to hear and who will be listening. This goes into the e-mail."),
    )
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    organisation = forms.CharField(label=_("Organisation"), max_length=80, required=False)
    kind = forms.ChoiceField(
        label=_("Kind of speaker"), choices=[("", _("choose")), *Speaker.Kind.choices], required=False
    )
    language = LanguageField()

    NEW = ("name", "email", "organisation", "kind")
    NEEDED = ("name", "email", "kind")

    def __init__(self, *args: Any, pool: QuerySet[Speaker], search: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Speaker.objects.filter(
            Q(name__icontains=search) | Q(organisation__icontains=search) | Q(topics__title__icontains=search)
        )
        shown = list(found.distinct().values_list("pk", flat=True)[: POOL_SHOWN + 1])
        self.has_more = len(shown) > POOL_SHOWN
        chosen = str(self.data.get("speaker") or self.initial.get("speaker") or "")
        pks = [*shown[:POOL_SHOWN], *([int(chosen)] if chosen.isdecimal() and len(chosen) < 19 else [])]
        self.fields["speaker"].queryset = pool.filter(pk__in=pks)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors.get("speaker") or data.get("speaker"):
            if any(data.get(name) for name in self.NEW):
                self.add_error("speaker", _("Choose someone from the list or add someone new, not both."))
            return data
        if not any(self.data.get(name) for name in self.NEW):
            self.add_error("speaker", _("Choose someone from the list or add someone new below."))
            return data
        for name in self.NEEDED:
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Fill this in to add someone new."))
        return data

    @property
    def new_card(self) -> dict[str, str]:
        """Who is to be added to the pool."""
        return {name: self.cleaned_data[name] for name in (*self.NEW, "language")}


class TalkAnswerForm(forms.ModelForm):
    """What the speaker adds to a yes or a no."""

    class Meta:
        model = Asking
        fields: ClassVar = ["reply"]
        labels: ClassVar = {"reply": _("Something to add")}
        help_texts: ClassVar = {"reply": _("For the trekkers of the circle.")}
        widgets: ClassVar = {"reply": forms.Textarea(attrs={"rows": 3})}


YES_OR_NO = [("ja", _("Yes")), ("nee", _("No"))]


def _said(value: str) -> bool | None:
    return {"ja": True, "nee": False}.get(value)


class ConsentForm(forms.Form):
    """Two questions apart: to be recorded, and to be published. In the form of a yes none has to be answered."""

    FIELDS = ("may_record", "may_publish")

    may_record = forms.TypedChoiceField(
        label=_("May your talk be recorded?"),
        choices=YES_OR_NO,
        coerce=_said,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    may_publish = forms.TypedChoiceField(
        label=_("May the recording and your slides be published?"),
        choices=YES_OR_NO,
        coerce=_said,
        empty_value=None,
        widget=forms.RadioSelect,
        help_text=_("If not, only people of the circle find them."),
    )

    @staticmethod
    def as_said(talk: TalkSeen) -> dict[str, str]:
        """What is ticked when the page opens: nothing as long as nothing was said."""
        if not talk.has_consented:
            return {}
        return {name: "ja" if getattr(talk, name) else "nee" for name in ConsentForm.FIELDS}


class AcceptForm(ConsentForm, TalkAnswerForm):
    """The answer of who was not asked before: with the two questions, which may stay open."""

    field_order = ("may_record", "may_publish", "reply")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.FIELDS:
            self.fields[name].required = False
        self.fields["may_record"].help_text = _("If you do not answer this, it is no. You can change it later.")


class CardForm(forms.ModelForm):
    """What a speaker says of themselves on the programme."""

    class Meta:
        model = Speaker
        fields: ClassVar = ["name", "organisation", "bio"]
