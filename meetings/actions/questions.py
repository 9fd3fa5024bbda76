"""Pressing questions: put to the circle, supported, taken into a programme, withdrawn."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from mailroom.actions import post
from mailroom.languages import to_anyone
from meetings.letters.questions import question_taken
from meetings.models import AgendaItem, Meeting, PressingQuestion, QuestionSupport
from members.models import Member
from regions.journal import action
from regions.models import Circle
from regions.wall import as_system

from .programme import add_item, shift_item

MINUTES = 20
"""For a point of its own; the trekker stretches it."""


class QuestionClosed(Exception):
    """It was treated or withdrawn; or, for who asked it, it stands on a programme."""


class OwnQuestion(Exception):
    """Supporting what one asks oneself says nothing."""


class MeetingNotAhead(Exception):
    """A question comes on the programme of a meeting of this circle that is still to come."""


@action
def ask(circle: Circle, *, by: Member, text: str, context: str = "") -> PressingQuestion:
    """Put a question to the colleagues of the circle. The same one twice is the first one."""
    mine = PressingQuestion.objects.standing().filter(circle=circle, member=by, text=text, item=None)
    return mine.first() or PressingQuestion.objects.create(
        circle=circle, member=by, government=by.government, text=text, context=context
    )


@action
def change_question(question: PressingQuestion, *, by: Member, text: str, context: str) -> PressingQuestion:
    """Refuses with QuestionClosed: what is on a programme is no longer the asker's alone."""
    question = _of_the_asker(question)
    question.text, question.context = text, context
    question.save(update_fields=["text", "context"])
    return question


@action
def withdraw_question(question: PressingQuestion, *, by: Member) -> PressingQuestion:
    """Refuses with QuestionClosed."""
    question = _of_the_asker(question)
    question.withdrawn_at, question.item = timezone.now(), None
    question.save(update_fields=["withdrawn_at", "item"])
    return question


def _locked(question: PressingQuestion) -> PressingQuestion:
    """As it is now. Raises DoesNotExist for who may not change it."""
    rows = PressingQuestion.objects.select_related("item__meeting", "circle").select_for_update(of=("self",))
    try:
        return rows.get(pk=question.pk)
    except PressingQuestion.DoesNotExist:
        # Whoever waited for another to put it on a new point looks with eyes from before that point: look once more.
        return rows.get(pk=question.pk)


def _of_the_asker(question: PressingQuestion) -> PressingQuestion:
    try:
        question = _locked(question)
    except PressingQuestion.DoesNotExist:  # once a trekker took it, the wall keeps it from who asked it
        raise QuestionClosed from None
    if not question.is_open:
        raise QuestionClosed
    return question


@action
def support(question: PressingQuestion, *, by: Member, wanted: bool) -> PressingQuestion:
    """One's own support, given or taken back. Refuses with OwnQuestion or QuestionClosed."""
    # Not through question.item: of a draft, which is hidden here, that would raise; joined, it is just not there.
    question = PressingQuestion.objects.select_related("item__meeting", "circle").get(pk=question.pk)
    if question.is_of(by):
        raise OwnQuestion
    if question.withdrawn_at or question.is_treated:
        raise QuestionClosed
    mine = QuestionSupport(question=question, member=by)
    if wanted:
        QuestionSupport.objects.bulk_create([mine], ignore_conflicts=True)
    else:
        QuestionSupport.objects.filter(question=question, member=by).delete()
    return question


@action
def take(
    question: PressingQuestion, *, by: Member, meeting: Meeting, item: AgendaItem | None = None
) -> PressingQuestion:
    """Give a question a place on a programme: at this point, or at one of its own at the end. Who asked it is told.

    Refuses with QuestionClosed or MeetingNotAhead.
    """
    question = _locked(question)
    if question.withdrawn_at or question.is_treated:
        raise QuestionClosed
    if not is_ahead(meeting) or meeting.circle_id != question.circle_id:
        raise MeetingNotAhead
    on_it = question.meeting is not None and question.meeting.pk == meeting.pk
    if item is None and on_it:  # a second click, or a co-trekker
        return question
    if item is None:
        item = _new_point(meeting, by)
    question.item = item
    question.save(update_fields=["item"])
    with as_system("whoever asked it is told, also when the trekker may not see who that is"):
        asker = Member.objects.filter(pk=question.member_id, is_active=True).exclude(pk=by.pk).first()
    if asker:
        post(question_taken(question, meeting, asker))
    return question


def _new_point(meeting: Meeting, by: Member) -> AgendaItem:
    """At the end, but before the closing."""
    item = add_item(meeting, by=by, kind=AgendaItem.Kind.PEER_CONSULTATION, title=title(), minutes=MINUTES)
    before = meeting.agenda.filter(position__lt=item.position).last()
    if before and before.kind == AgendaItem.Kind.CLOSING:
        shift_item(item, by=by, up=True)
    return item


@action
def let_go(question: PressingQuestion, *, by: Member) -> PressingQuestion:
    """Off the programme, and open again. Refuses with QuestionClosed."""
    question = _locked(question)
    if question.is_treated:
        raise QuestionClosed
    question.item = None
    question.save(update_fields=["item"])
    return question


def is_ahead(meeting: Meeting) -> bool:
    return meeting.state in (Meeting.State.DRAFT, Meeting.State.PUBLISHED) and not meeting.is_over


@to_anyone
def title() -> str:
    """Says nothing of the question: a programme may be public, and what colleagues ask each other is not."""
    return _("A question from the circle")
