"""The answers to a meeting as a spreadsheet: for the list at the door, and for who orders the sandwiches."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from members.models import Member

from . import words
from .models import Attendance, Meeting, Registration
from .tally import by_organisation, name_of, organisation_of

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = [28, 30, 24, 16, 18, 16]  # in characters
MOMENT = "dd/mm/yyyy hh:mm"


def file_name(meeting: Meeting) -> str:
    """antwoorden-2027-03-12-temse.xlsx"""
    return f"{slugify(_('Answers'))}-{timezone.localdate(meeting.starts_at)}-{slugify(words.place(meeting))}.xlsx"


def answers_as_xlsx(
    registrations: Iterable[Registration], silent: Iterable[Member], there: Iterable[Attendance] = ()
) -> bytes:
    """A row per person, in the order of the page: by organisation, then by name. Moments are Belgian wall-clock time.

    ``registrations`` come first answered first, which is the order of the waiting list. Who was there and was not
    expected stands last. What people need is not in it: files are kept and sent on, and that goes after two weeks.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Answers"))
    for number, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    head = [_("Name"), _("Local government"), _("Answer"), _("Takes part"), _("Answered"), _("Present")]
    sheet.append([_text(sheet, title, bold=True) for title in head])
    said, in_line = {}, 0
    for each in registrations:
        in_line += each.waiting
        answer = _("waiting list, number %(place)s") % {"place": in_line}
        said[each.member] = (answer if each.waiting else _answer_of(each), each)
    noted = {each.member or each: each for each in there}
    for organisation, members in by_organisation([*said, *silent]):
        for member in members:
            answer, given = said.get(member, (_("invited, no answer yet"), None))
            how, moment = (given.get_attending_display(), given.answered_at) if given else ("", None)
            present = noted.pop(member, None)
            texts = [_text(sheet, text) for text in (member.name, organisation, answer, how)]
            sheet.append([*texts, _moment(sheet, moment), _text(sheet, present.get_how_display() if present else "")])
    for extra in noted.values():
        answer = "" if extra.member_id else _("guest")
        texts = [_text(sheet, text) for text in (name_of(extra), organisation_of(extra), answer, "")]
        sheet.append([*texts, _moment(sheet, None), _text(sheet, extra.get_how_display())])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _answer_of(registration: Registration) -> str:
    """In words, with who comes instead."""
    answer, excuse = str(registration.get_answer_display()), getattr(registration, "excuse", None)
    if excuse and excuse.instead:
        return _("%(answer)s, replaced by %(name)s") % {"answer": answer, "name": excuse.instead}
    return answer


def _text(sheet: Any, text: str, *, bold: bool = False) -> WriteOnlyCell:
    """Text that stays text: what somebody typed must not become a formula, nor when the cell is edited later."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    cell.font = Font(bold=bold)
    return cell


def _moment(sheet: Any, moment: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, timezone.localtime(moment).replace(tzinfo=None) if moment else None)
    cell.number_format = MOMENT
    return cell
