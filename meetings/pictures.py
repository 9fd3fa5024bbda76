"""Pictures, drawn again before they are kept: what hides in a file (place, camera, a second file) is not copied."""

from __future__ import annotations

import io
import struct
from threading import Lock
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

KINDS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
LONGEST_SIDE = 3840  # pixels: a projector shows no more
MOST_PIXELS = {"PNG": 16_000_000, "JPEG": 64_000_000, "WEBP": 16_000_000}
"""Unpacked, a pixel takes up to four bytes. A JPEG of a telephone is unpacked at half its size or less."""
NO_PICTURE = (
    OSError,  # of which UnidentifiedImageError
    ValueError,
    SyntaxError,  # what Pillow calls a broken PNG
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    struct.error,
    OverflowError,
    ZeroDivisionError,
    MemoryError,
)

_easel = Lock()  # one at a time: unpacked pictures are large


class NotAPicture(Exception):
    """It cannot be drawn, or is a bomb: a small file that unpacks to a huge one."""


def drawn_again(upload: UploadedFile, content_type: str) -> UploadedFile:
    """The same picture and nothing else: upright, no larger than a screen. Raises NotAPicture."""
    from PIL import Image  # 6 MB that only who keeps a picture needs in memory

    Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())
    kind = KINDS[content_type]
    upload.seek(0)
    try:
        with _easel, Image.open(upload, formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS[kind]:
                raise NotAPicture
            content = _draw(picture, kind)
    except (*NO_PICTURE, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAPicture from error
    return SimpleUploadedFile(upload.name or "", content, content_type)


def _draw(picture: Any, kind: str) -> bytes:
    from PIL import Image, ImageOps

    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG alone: unpack no more than is needed
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    has_holes = kind != "JPEG" and upright.has_transparency_data
    clean = upright.convert("RGBA" if has_holes else "RGB")
    fresh = Image.new(clean.mode, clean.size)  # without ``info``: no text, no place, no profile
    fresh.paste(clean)
    content = io.BytesIO()
    fresh.save(content, kind, **({"quality": 88} if kind != "PNG" else {}))
    return content.getvalue()
