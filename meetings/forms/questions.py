"""What colleagues fill in for each other: a pressing question, what their government works on, a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Prefetch, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings import words
from meetings.models import AgendaItem, Case, Contribution, Meeting, PressingQuestion
from members.models import Member
from regions.models import Circle, LocalGovernment, Partner


class QuestionForm(forms.ModelForm):
    """One line; what is behind it may follow."""

    class Meta:
        model = PressingQuestion
        fields = ["text", "context"]
        labels = {"text": _("Your question"), "context": _("Background")}
        help_texts = {
            "text": _("One line, such as: how do you keep the register of cameras up to date?"),
            "context": _("What have you tried, and what is in the way?"),
        }
        widgets = {"context": forms.Textarea(attrs={"rows": 3})}


class PlaceOnProgrammeForm(forms.Form):
    """On which programme, and where; empty is on none."""

    place = forms.ChoiceField(
        label=_("Where does this question come?"),
        required=False,
        help_text=_("Who asked it gets an e-mail. The question itself is shown to members of the circle only."),
    )

    def __init__(self, question: PressingQuestion, data: Any = None) -> None:
        states = [Meeting.State.DRAFT, Meeting.State.PUBLISHED]
        items = Prefetch("agenda", AgendaItem.objects.exclude(kind__in=NOT_TALKED_IN))
        ahead = Meeting.objects.upcoming().filter(circle=question.circle_id, state__in=states)
        self.meetings = {meeting.pk: meeting for meeting in ahead.select_related("host").prefetch_related(items)}
        self.items = {item.pk: item for meeting in self.meetings.values() for item in meeting.agenda.all()}
        initial = {"place": f"item:{question.item_id}"} if question.item_id in self.items else {}
        super().__init__(data, initial=initial)
        choices: list[Any] = [("", gettext("On no programme yet"))]
        for meeting in self.meetings.values():
            points = [(f"item:{item.pk}", item.title) for item in meeting.agenda.all()]
            new = (f"meeting:{meeting.pk}", gettext("A new point at the end"))
            choices.append((f"{words.day(meeting)}, {words.place(meeting)}: {meeting.title}", [new, *points]))
        place: Any = self.fields["place"]
        place.choices = choices

    @property
    def chosen(self) -> tuple[Meeting | None, AgendaItem | None]:
        """The meeting, and the point of it unless it is a new one."""
        kind, _colon, pk = self.cleaned_data["place"].partition(":")
        if kind == "item":
            item = self.items[int(pk)]
            return self.meetings[item.meeting_id], item
        return (self.meetings[int(pk)], None) if kind else (None, None)


NOT_TALKED_IN = [AgendaItem.Kind.WELCOME, AgendaItem.Kind.BREAK]


class CaseForm(forms.ModelForm):
    """The case of an *intervisie*, and whose it is: someone of the circle who works for no supplier."""

    class Meta:
        model = Case
        fields = ["text", "owner"]
        labels = {"text": _("The case"), "owner": _("Whose case is it?")}
        help_texts = {
            "text": _(
                "What does somebody struggle with, and what do they ask of colleagues? "
                "Only members of the circle read it, also when the meeting is public; suppliers do not."
            ),
            "owner": _("This colleague gets an e-mail that the case is on the programme."),
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, circle: Circle, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = Q(memberships__circle=circle, memberships__ended_at=None, is_active=True)
        people = Member.objects.filter(now | Q(pk=self.instance.owner_id)).exclude(partner__kind=Partner.Kind.VENDOR)
        owner: Any = self.fields["owner"]
        owner.queryset = people.select_related("government", "partner").distinct().order_by("name")
        owner.label_from_instance = _with_organisation
        owner.empty_label = _("Still to be decided")


def _with_organisation(person: Member) -> str:
    return f"{person.name}, {person.organisation}" if person.organisation else person.name


class ContributionForm(forms.ModelForm):
    """A few lines of one government; ``version`` is the one that was opened. Emptied it is taken back."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    class Meta:
        model = Contribution
        fields = ["text"]
        labels = {"text": _("What are you working on this period?")}
        help_texts = {"text": _("A few lines, 600 characters at most. The members of the circle read them.")}
        widgets = {"text": forms.Textarea(attrs={"rows": 5, "maxlength": 600})}

    def __init__(self, *args: Any, told: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = not told


class GovernmentForm(forms.Form):
    """For which government a trekker writes down what was said."""

    bestuur = forms.ModelChoiceField(
        LocalGovernment.objects.none(),
        to_field_name="slug",
        label=_("Write for another local government"),
        empty_label=None,
    )

    def __init__(self, governments: Any, data: Any = None) -> None:
        super().__init__(data)
        choice: Any = self.fields["bestuur"]
        choice.queryset = governments
