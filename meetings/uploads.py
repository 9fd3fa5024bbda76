"""Which files may be added to a meeting, and how to tell: the name, what the browser says and the bytes must agree.

Never a page or a drawing with script in it (HTML, SVG), nor a document with macros.
"""

from __future__ import annotations

import re
import struct
import unicodedata
import weakref
import zipfile
from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import transaction

from . import pictures

LARGEST = 20 * 1024 * 1024  # bytes
NOT_A_ZIP = (zipfile.BadZipFile, struct.error, KeyError, ValueError, RuntimeError, OSError, EOFError)
LARGEST_DIRECTORY = 512 * 1024  # bytes; of a presentation with a thousand parts it is a fifth of this

_OFFICE = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "odp": f"{_ODF}.presentation",
    "odt": f"{_ODF}.text",
    "ods": f"{_ODF}.spreadsheet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
}
SHOWN_IN_THE_BROWSER = {"application/pdf", *pictures.KINDS}
SAYS_NOTHING = {
    "",
    "application/octet-stream",
    "text/plain",
}  # the last is what a part without a type is (RFC 7578, 4.4)
_FIRST_BYTES = {
    "pdf": rb"%PDF-\d",
    "png": rb"\x89PNG\r\n\x1a\n",
    "jpg": rb"\xff\xd8\xff",
    "jpeg": rb"\xff\xd8\xff",
    "webp": rb"RIFF.{4}WEBPVP8[ LX]",
}
_IS_MACRO = re.compile(r"vbaproject|activex|^(basic|scripts)/", re.IGNORECASE)
_MAIN_PART = {"pptx": "ppt/presentation.xml", "docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


class WrongKind(Exception):
    """Not one of the kinds that may be added."""


class NotWhatItSays(Exception):
    """The content is of another kind than the name says."""


def content_type_of(upload: UploadedFile) -> str:
    """What this file is, by name, by what the browser says and by content. Raises WrongKind or NotWhatItSays."""
    kind = PurePath(upload.name or "").suffix.lower().removeprefix(".")
    if kind not in CONTENT_TYPES:
        raise WrongKind
    if (upload.content_type or "").lower() not in {CONTENT_TYPES[kind], *SAYS_NOTHING}:
        raise NotWhatItSays
    upload.seek(0)
    if kind in _FIRST_BYTES:
        says_so = bool(re.match(_FIRST_BYTES[kind], upload.read(16), re.DOTALL))
    else:
        says_so = _is_office(upload, kind)
    upload.seek(0)
    if not says_so:
        raise NotWhatItSays
    return CONTENT_TYPES[kind]


def fit_to_keep(upload: UploadedFile) -> UploadedFile:
    """The file as it will be kept: a picture is drawn again. Raises as ``content_type_of`` does."""
    content_type = content_type_of(upload)
    if content_type not in pictures.KINDS:
        return upload
    try:
        return pictures.drawn_again(upload, content_type)
    except pictures.NotAPicture as error:
        raise NotWhatItSays from error


def _is_office(upload: UploadedFile, kind: str) -> bool:
    """A zip with the part that makes it a text, a sheet or a presentation (ECMA-376, ODF 1.3), and without macros.

    Two small parts are unpacked, up to a limit: no bomb goes off here.
    """
    if not _has_small_directory(upload):
        return False
    try:
        with zipfile.ZipFile(upload) as parts:
            names = parts.namelist()
            if any(_IS_MACRO.search(name) for name in names):
                return False
            if kind in _MAIN_PART:
                return _MAIN_PART[kind] in names and _has_plain_types(parts)
            if parts.getinfo("mimetype").compress_type != zipfile.ZIP_STORED:  # ODF 1.3, part 2, 3.3
                return False
            with parts.open("mimetype") as mimetype:
                return mimetype.read(100).strip() == CONTENT_TYPES[kind].encode()
    except NOT_A_ZIP:
        return False


def _has_plain_types(parts: zipfile.ZipFile) -> bool:
    """Whether the list of types in an Office file names nothing that runs, also under another name of the part."""
    with parts.open("[Content_Types].xml") as listed:
        types = listed.read(LARGEST_DIRECTORY + 1)
    # UTF-16, references and declarations could spell a word so that it is not found; Office writes none of them.
    is_readable = len(types) <= LARGEST_DIRECTORY and not re.search(rb"\0|^\xff|^\xfe|&|<!", types)
    return is_readable and not re.search(rb"macroenabled|vbaproject|activex", types, re.IGNORECASE)


def _has_small_directory(upload: UploadedFile) -> bool:
    """Whether the list of parts is of a reasonable length: ``zipfile`` reads all of it, at ten times its size."""
    upload.seek(max(0, (upload.size or 0) - 66_000))  # the end record and the longest comment (APPNOTE 4.3.16)
    tail = upload.read()
    end = tail.rfind(b"PK\5\6")
    is_zip64 = tail[max(0, end - 20) : end].startswith(b"PK\6\7")  # for what is larger than we take
    return end >= 0 and not is_zip64 and int.from_bytes(tail[end + 12 : end + 16], "little") <= LARGEST_DIRECTORY


def clean_name(name: str, longest: int = 120) -> str:
    """A file name that is safe to show and to send: no controls, no characters that turn the reading direction."""
    name = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    name = re.sub(r'[\\/:*?"<>|]+', "-", name)
    path = PurePath(" ".join(name.split()).lstrip(". ") or "bestand")
    return path.stem[: longest - len(path.suffix)].strip() + path.suffix


def throw_away_unless_committed(storage: Any, path: str) -> None:
    """A transaction that is rolled back leaves no row, and then it shall leave no file.

    Django tells of commits only. What it would call after one it drops at a rollback, and with it the last reference
    to ``promise``; that throws the file away.
    """

    def promise() -> None:
        otherwise.detach()

    otherwise = weakref.finalize(promise, storage.delete, path)
    transaction.on_commit(promise)


class UpToTheLimit(TemporaryFileUploadHandler):
    """Writes a file to disk while it comes in, and no more of it than a form will take; counts the rest."""

    def receive_data_chunk(self, raw_data, start):
        if start <= LARGEST:
            super().receive_data_chunk(raw_data, start)
