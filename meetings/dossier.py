"""All of one meeting to keep: as an accessible PDF, and as a ZIP with the calendar file and the material beside it.

Holds what whoever asks may see: it is read through the wall. Dutch, whoever asks: a circle passes it round
(decision 21).
"""

from __future__ import annotations

import json
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path, PurePath
from typing import IO, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailroom.languages import to_anyone
from members.models import Member

from . import presence, words
from .calendar import feed_of
from .models import ActionPoint, Decision, Material, Meeting, PressingQuestion, Report, ReportPart
from .shown import Point, hanging_on
from .uploads import clean_name

MOST_BYTES = 100 * 1024 * 1024
"""Of material in one ZIP; where it is made there is memory and no disk."""


# --- What it says ---------------------------------------------------------------------------------------------------


@to_anyone
def content_of(report: Report) -> dict[str, Any]:
    """All of it as plain texts, for ``dossier.typ``."""
    meeting = report.meeting
    shown, there = hanging_on(meeting), presence.of(meeting)
    note = "" if there.is_noted else _("Nobody noted who was there; these people said yes.")
    return {
        "title": f"{_('Report')}: {_plain(meeting.title)}",
        "subtitle": f"{meeting.circle}, {words.when(meeting)}",
        "circle": str(meeting.circle),
        "notice": _notice(report),
        "facts": [*words.facts(meeting), (_("Form"), str(meeting.get_form_display()).capitalize())],
        "introduction": _paragraphs(report.introduction),
        "attendance_note": note,
        "present": [(name, ", ".join(map(_plain, people))) for name, people in there.present],
        "excused": ", ".join(there.excused) or _("nobody"),
        "absent": ", ".join(there.absent) or _("nobody"),
        "parts": _parts(meeting, shown.programme),
        "materials": [_plain(name) for name in _materials(meeting).values_list("name", flat=True)],
        "words": _labels(),
    }


def _notice(report: Report) -> str:
    if not report.is_published:
        return _("This is a draft. Only trekkers of the circle see it.")
    if report.was_corrected:
        return _("corrected on %(day)s").capitalize() % {"day": _day(report.written_at)}
    return ""


def _labels() -> dict[str, str]:
    return {
        "attendance": _("Attendance"),
        "organisation": _("Organisation"),
        "present": _("Present"),
        "excused": _("Excused"),
        "absent": _("Absent"),
        "programme": _("Programme and report"),
        "decisions": _("Decisions"),
        "actions": _("Actions"),
        "what": _("What"),
        "who": _("Who"),
        "due": _("By"),
        "state": _("State"),
        "material": _("Material"),
    }


def _parts(meeting: Meeting, points: Iterable[Point]) -> list[dict[str, Any]]:
    """The points of the programme in order, and the meeting as a whole when something came of it."""
    texts = dict(ReportPart.objects.filter(item__meeting=meeting).values_list("item", "text"))
    questions = list(PressingQuestion.objects.standing().filter(item__meeting=meeting))
    decisions = list(Decision.objects.filter(meeting=meeting))
    actions = list(ActionPoint.objects.filter(meeting=meeting).select_related("owner", "government"))

    def part(pk: int | None, title: str, about: str) -> dict[str, Any]:
        return {
            "title": _plain(title),
            "about": _plain(about),
            "questions": [
                f"{_('Answers the question:')} {_plain(each.text)}" for each in questions if each.item_id == pk
            ],
            "text": _paragraphs(texts.get(pk or 0, "")),
            "decisions": [_plain(each.text) for each in decisions if each.item_id == pk],
            "actions": [_row(each) for each in actions if each.item_id == pk],
        }

    found = [part(point.pk, f"{point.clock} {point.title}", _speakers(point)) for point in points]
    whole = part(None, _("Of the whole meeting"), "")
    return [*found, whole] if whole["decisions"] or whole["actions"] else found


def _speakers(point: Point) -> str:
    return "; ".join(", ".join(filter(None, [each["name"], each["organisation"]])) for each in point.speakers)


def _row(action: ActionPoint) -> list[str]:
    who = ", ".join(str(each) for each in (action.owner, action.government) if each) or _("a colleague")
    state = _("done") if action.done_at else _("overdue") if action.is_overdue else _("open")
    return [_plain(action.what), _plain(who), date_format(action.due_on, "j F Y"), state]


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "j F Y")


def _plain(text: str) -> str:
    """Without what cannot be printed: controls, and places that Unicode keeps free."""
    return "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cn", "Cs"} or c in "\n\t")


def _paragraphs(text: str) -> list[list[str]]:
    """Paragraphs as lists of lines; an empty line stands between two."""
    lines = [" ".join(_plain(line).split()) for line in text.splitlines()]
    found: list[list[str]] = [[]]
    for line in lines:
        if line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [each for each in found if each]


# --- As a PDF -------------------------------------------------------------------------------------------------------


@cache
def _template() -> bytes:
    return Path(__file__).with_suffix(".typ").read_bytes()


def pdf_of(report: Report) -> bytes:
    """PDF/UA-1: with tags, a language and a title. A sign that our letters lack (an emoji) costs that name, not the
    tags. A tenth of a second; no file is read and no network asked."""
    import typst  # 80 MB that only who makes a dossier needs in memory

    told: dict[str, Any] = {
        "format": "pdf",
        "sys_inputs": {"data": json.dumps(content_of(report))},
        "ignore_system_fonts": True,
        "timestamp": int(report.written_at.timestamp()),  # the same report is the same file
    }
    try:
        return typst.compile(_template(), pdf_standards=["ua-1"], **told)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return typst.compile(_template(), **told)


# --- As a ZIP -------------------------------------------------------------------------------------------------------


def _materials(meeting: Meeting) -> Any:
    return Material.objects.filter(meeting=meeting).order_by("uploaded_at", "pk")


@to_anyone
def file_name(meeting: Meeting, suffix: str) -> str:
    """dossier-waasland-2026-11-18.pdf"""
    return f"dossier-{meeting.circle.slug}-{timezone.localdate(meeting.starts_at)}.{suffix}"


@to_anyone
def zip_of(report: Report, reader: Member) -> IO[bytes]:
    """An open file: the PDF, the calendar file and the material, as far as ``reader``, who asks, may see it."""
    meeting = report.meeting
    packed: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (the answer closes it)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:  # slides and pictures are packed already
        archive.writestr(file_name(meeting, "pdf"), pdf_of(report))
        calendar = feed_of(Meeting.objects.filter(pk=meeting.pk), meeting.circle.name, reader=reader)
        archive.writestr(file_name(meeting, "ics"), calendar)
        left_out = _pack(archive, _materials(meeting))
        if left_out:
            archive.writestr(_("left-out.txt"), "\r\n".join(left_out))
    packed.seek(0)
    return packed


def _pack(archive: zipfile.ZipFile, materials: Iterable[Material]) -> list[str]:
    """Each under its own name. Returns those that are gone, or that would make the whole too large."""
    taken, size, left_out = set(archive.namelist()), 0, []
    for material in materials:
        name, size = _free(clean_name(material.name), taken), size + material.size
        try:
            if size > MOST_BYTES:
                raise FileNotFoundError
            with material.file.open() as content, archive.open(name, "w") as place:
                for piece in content.chunks():
                    place.write(piece)
        except FileNotFoundError:
            left_out.append(material.name)
            size -= material.size
        taken.add(name.casefold())
    return left_out


def _free(name: str, taken: set[str]) -> str:
    """The name, or with a number when another file has it, whatever the case."""
    path, number, found = PurePath(name), 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{path.stem} ({number}){path.suffix}"
    return found
