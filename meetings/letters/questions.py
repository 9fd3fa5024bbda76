"""Letters to whose question or case comes on a programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from mailroom.languages import to
from mailroom.links import absolute
from mailroom.outgoing import Outgoing
from meetings import words
from meetings.models import Case, Meeting, PressingQuestion

if TYPE_CHECKING:
    from members.models import Member


@to("asker")
def question_taken(question: PressingQuestion, meeting: Meeting, asker: Member) -> Outgoing:
    """To who asked it. The day of a draft is not everybody's to know yet; its page says where the question stands."""
    is_draft = meeting.state == Meeting.State.DRAFT
    where = _("The trekker of %(circle)s has put your question on the programme of “%(title)s”.")
    later = _("The trekker of %(circle)s is putting your question on the programme of a next meeting.")
    paragraphs = [
        (later if is_draft else where) % {"circle": question.circle, "title": meeting.title},
        _("Your question: %(question)s") % {"question": question.text},
    ]
    if is_draft:
        paragraphs.append(_("The invitation to the meeting says when and where it is."))
    return Outgoing(
        kind="question_taken",
        thing=f"meeting:{meeting.pk}",
        version=f"question-{question.pk}",
        to=asker.email,
        member=asker,
        circle=question.circle,
        subject=_("[%(circle)s] On the programme: your question") % {"circle": question.circle},
        paragraphs=paragraphs,
        facts=[] if is_draft else words.facts(meeting),
        buttons=[(_("View your question"), absolute(question.get_absolute_url()))],
        not_after=meeting.ends_at,
        only_while_member=not asker.is_community_manager,
        why=_("You get this e-mail because you put this question to the circle."),
    )


@to("owner")
def case_on_programme(case: Case, meeting: Meeting, owner: Member) -> Outgoing:
    """To whose case it is, so that they can prepare it; also for a draft, of which they see no page yet."""
    is_draft = meeting.state == Meeting.State.DRAFT
    paragraphs = [
        _("The trekker of %(circle)s has put your case on the programme of “%(title)s”.")
        % {"circle": meeting.circle, "title": meeting.title},
        *([case.text] if case.text else []),
        _("Only the members of the circle read the case. Suppliers and visitors do not."),
        _("Is this not what you agreed? Let your trekker know."),
    ]
    if is_draft:
        paragraphs.append(_("The meeting is being prepared, so the date and the place may still change."))
    button = (_("To the circle"), meeting.circle.get_absolute_url())
    if not is_draft:
        button = (_("View the meeting"), meeting.get_absolute_url())
    return Outgoing(
        kind="case_on_programme",
        thing=f"meeting:{meeting.pk}",
        version=f"case-{case.pk}",
        to=owner.email,
        member=owner,
        circle=meeting.circle,
        subject=words.subject(_("Your case"), meeting),
        paragraphs=paragraphs,
        facts=words.facts(meeting),
        buttons=[(button[0], absolute(button[1]))],
        not_after=meeting.starts_at,
        only_while_member=not owner.is_community_manager,
        why=_("You get this e-mail because this case is yours."),
    )
