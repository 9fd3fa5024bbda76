"""What our logs say, and what they must not: addresses of people, and addresses that are keys.

One JSON object per line (LOG_FORMAT=json), or a line for who reads along (text). Both pass the same pen, which blots
out; nothing else that a record carries is written. No import of Django here: gunicorn logs before there is one.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import secrets
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from celery import current_task
from pythonjsonlogger.json import JsonFormatter

_BLOTS = [
    (re.compile(r"\?\S+"), "?…"),  # what was asked for in an address
    (re.compile(r"[^\s@<>\"'(),;:=/]+(?:@|%40)[^\s@<>\"'(),;:=/\\]+"), "…@…"),  # of people
    (re.compile(r"(?<=/)[\w:.~-]{30,}"), "…"),  # a part of an address as long as our shortest secret
    # A cookie or a token anywhere else; the number of a task, a UUID, stays.
    (re.compile(r"(?<![\w-])(?!\w{8}(?:-\w{4}){3}-\w{12}\b)(?=[\w:-]*\d)[\w:-]{22,}"), "…"),
]

request_now: ContextVar[dict[str, Any] | None] = ContextVar("request_now", default=None)
"""Number, method and path of the request that this thread answers."""


def blot(text: str) -> str:
    """``text`` without addresses of people, keys and questions: "Not Found: /spreker/…/"."""
    for key, dots in _BLOTS:
        text = key.sub(dots, text)
    return text


class Line(logging.Formatter):
    """For people: "WARNING django.request: Not Found: /spreker/…/"."""

    def format(self, record: logging.LogRecord) -> str:
        return blot(super().format(record))


class Json(JsonFormatter):
    """For machines. Says which request or which task it was, and only fields that are named here."""

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        log_data["time"] = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["message"] = blot(record.getMessage())
        log_data |= request_now.get() or {}
        if current_task:
            log_data |= {"task": current_task.name, "task_id": current_task.request.id}
        log_data |= {key: getattr(record, key) for key in ("status", "duration_ms") if hasattr(record, key)}
        log_data |= {key: blot(said) for key, said in message_dict.items() if key in ("exc_info", "stack_info")}


def configuration(environ: Mapping[str, str]) -> dict[str, Any]:
    """For ``logging.config``: everything to standard error, through the pen. LOG_FORMAT is "json" or "text"."""
    kind = environ.get("LOG_FORMAT") or ("text" if environ.get("DEMO") == "1" else "json")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": Json, "json_ensure_ascii": False},
            "text": {"()": Line, "format": "%(levelname)s %(name)s: %(message)s"},
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": kind}},
        "root": {"handlers": ["console"], "level": environ.get("LOG_LEVEL", "INFO")},
        "loggers": {
            "django": {"handlers": [], "propagate": True},  # Django's own would write it a second time
            "django.request": {"level": "ERROR"},  # 404 and the like are in the line of the request
            "gunicorn.error": {"handlers": [], "propagate": True},
            "gunicorn.access": {"handlers": [], "propagate": False},  # writes addresses in full; ours does not
        },
    }


class RequestLog:
    """Outermost middleware: one line per request. Whether we are well is asked all day, and only written when not."""

    log = logging.getLogger("kenniskring.access")

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        started = time.perf_counter()
        about = {"request_id": secrets.token_hex(6), "method": request.method, "path": blot(request.path)}
        token = request_now.set(about)
        try:
            response = self.get_response(request)
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            is_small_talk = request.path.startswith("/healthz/") and response.status_code == 200
            self.log.log(
                logging.DEBUG if is_small_talk else logging.INFO,
                "%s %s %s",
                about["method"],
                about["path"],
                response.status_code,
                extra={"status": response.status_code, "duration_ms": milliseconds},
            )
            return response
        finally:
            request_now.reset(token)
