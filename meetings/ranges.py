"""A part of a file (RFC 9110, 14): a player that jumps, a download that goes on where it broke off."""

from __future__ import annotations

import re
from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

BYTES = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.IGNORECASE)


class Part:
    """So many bytes of an open file, from where it stands. What FileResponse needs of a file."""

    def __init__(self, file: Any, length: int) -> None:
        self.file, self.left = file, length

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(piece)
        return piece

    def close(self) -> None:
        self.file.close()


def file_response(request: Any, file: Any, size: int, etag: str, **told: Any) -> HttpResponseBase:
    """The file, 206 with the part that was asked for, 304 for who has it, or 416. ``told`` is for FileResponse.

    Several ranges at once, and what is not understood, get the whole file, as the RFC allows.
    """
    response: Any = FileResponse(file, **told)
    response["Content-Length"] = size
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    asked = BYTES.fullmatch(request.headers.get("Range", "").replace(" ", "")) if request.method == "GET" else None
    is_same = request.headers.get("If-Range", etag) == etag  # a weak one or a date is never the same: then all of it
    if asked and any(asked.groups()) and is_same and not request.headers.get("If-None-Match"):
        return _part(response, file, size, *asked.groups())
    answer: Any = get_conditional_response(request, etag=etag, response=response)
    if answer is not response:
        file.close()  # not the response: that would say that the request is over
    return answer


def _part(response: Any, file: Any, size: int, first: str, last: str) -> HttpResponseBase:
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if first and last and int(last) < int(first):
        return response  # no valid range: as if it was not asked
    if start >= size or (not first and int(last) == 0):
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    file.seek(start)
    response.streaming_content = Part(file, end - start + 1)
    response.status_code = 206
    response["Content-Length"] = end - start + 1
    response["Content-Range"] = f"bytes {start}-{end}/{size}"
    return response
