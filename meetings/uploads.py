"""Which files may be added to a meeting, and how to tell: the name and the first bytes must say the same."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

LARGEST = 20 * 1024 * 1024  # bytes

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
    try:
        with zipfile.ZipFile(upload) as parts:
            names = parts.namelist()
            if kind in _MAIN_PART:
                has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
                return "[Content_Types].xml" in names and _MAIN_PART[kind] in names and not has_macros
            with parts.open("mimetype") as mimetype:
                return mimetype.read(100).strip() == CONTENT_TYPES[kind].encode()
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError, OSError):
        return False


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
