"""Files with a meeting: added by a trekker, or by a speaker through the link; taken away again."""

from __future__ import annotations

from functools import partial

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet

from meetings.models import AgendaItem, Material, Meeting, Talk
from meetings.uploads import clean_name, content_type_of, throw_away_unless_committed
from members.models import Member
from regions.journal import action
from regions.wall import as_system

SLIDES_PER_TALK = 5


class TooManyFiles(Exception):
    """A speaker's link adds no more than SLIDES_PER_TALK files."""


class TalkNotAccepted(Exception):
    """Only who said yes adds slides."""


@action
def add_material(meeting: Meeting, *, by: Member, file: UploadedFile, item: AgendaItem | None = None) -> Material:
    """The form has held the file against ``uploads``; the wall refuses a point of another meeting."""
    return _keep(file, meeting=meeting, item=item)


@action
def add_slides(talk_id: int, *, file: UploadedFile) -> Material:
    """Slides of a speaker. One of the same name takes the place of the earlier one, so a second click is harmless.

    Refuses with TalkNotAccepted or TooManyFiles.
    """
    with as_system("whoever holds the link of an accepted talk adds its slides"):
        talk = Talk.objects.select_for_update(of=("self",)).select_related("item__meeting").get(pk=talk_id)
        if talk.state != Talk.State.ACCEPTED:
            raise TalkNotAccepted
        throw_away(talk.materials.filter(name=clean_name(file.name or "")))
        if talk.materials.count() >= SLIDES_PER_TALK:
            raise TooManyFiles
        return _keep(file, meeting=talk.item.meeting, item=talk.item, talk=talk)


@action
def remove_material(material: Material, *, by: Member) -> None:
    throw_away(Material.objects.filter(pk=material.pk))


def _keep(file: UploadedFile, **belongs_to) -> Material:
    kept = Material(
        name=clean_name(file.name or ""), content_type=content_type_of(file), size=file.size or 0, **belongs_to
    )
    kept.file.save("", file, save=False)
    throw_away_unless_committed(kept.file.storage, str(kept.file.name))
    kept.save()
    return kept


def throw_away(materials: QuerySet[Material]) -> None:
    """The rows now, the files once that is certain. Call it before what they hang on goes: that takes rows alone."""
    for material in materials:
        storage, path = material.file.storage, str(material.file.name)
        material.delete()
        transaction.on_commit(partial(storage.delete, path))
