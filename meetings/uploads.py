"""Which files may be added to a meeting, and how to tell: the name and the first bytes must say the same."""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

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
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}
SHOWN_IN_THE_BROWSER = {"application/pdf", "image/png", "image/jpeg"}
_FIRST_BYTES = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff"}
_MAIN_PART = {"pptx": "ppt/presentation.xml", "docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


class WrongKind(Exception):
    """Not one of the kinds that may be added."""


class NotWhatItSays(Exception):
    """The content is of another kind than the name says."""


def content_type_of(upload: UploadedFile) -> str:
    """What this file is, by name and by content. Raises WrongKind or NotWhatItSays."""
    kind = PurePath(upload.name or "").suffix.lower().removeprefix(".")
    if kind not in CONTENT_TYPES:
        raise WrongKind
    upload.seek(0)
    says_so = upload.read(8).startswith(_FIRST_BYTES[kind]) if kind in _FIRST_BYTES else _is_office(upload, kind)
    upload.seek(0)
    if not says_so:
        raise NotWhatItSays
    return CONTENT_TYPES[kind]


def _is_office(upload: UploadedFile, kind: str) -> bool:
    """A zip with the part that makes it a text, a sheet or a presentation (ECMA-376, ODF 1.3), and without macros."""
    if not _has_small_directory(upload):
        return False
    try:
        with zipfile.ZipFile(upload) as parts:
            names = parts.namelist()
            if kind in _MAIN_PART:
                has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
                return "[Content_Types].xml" in names and _MAIN_PART[kind] in names and not has_macros
            if parts.getinfo("mimetype").compress_type != zipfile.ZIP_STORED:  # ODF 1.3, part 2, 3.3
                return False
            with parts.open("mimetype") as mimetype:
                return mimetype.read(100).strip() == CONTENT_TYPES[kind].encode()
    except NOT_A_ZIP:
        return False


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


class UpToTheLimit(TemporaryFileUploadHandler):
    """Writes a file to disk while it comes in, and no more of it than a form will take; counts the rest."""

    def receive_data_chunk(self, raw_data, start):
        if start <= LARGEST:
            super().receive_data_chunk(raw_data, start)
