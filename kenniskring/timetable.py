"""The timetable: what Celery's beat sends round, and when. Each job takes its slot itself, so twice is harmless.

A message that nobody took in time expires: after a stop of the workers there is no pile of old ones. Letters are not
in it: beat looks at those every second by itself (``mailroom/watch.py``).
"""

from typing import Any

from celery.schedules import crontab


def _every(task: str, when: crontab, expires: int) -> dict[str, Any]:
    return {"task": task, "schedule": when, "options": {"expires": expires}}


TIMETABLE = {
    "throw away old letters": _every("mailroom.tasks.throw_away", crontab(minute="20"), expires=3600),
    "tell ended mandates": _every("members.tasks.tell_ended_mandates", crontab(minute="10"), expires=3600),
    "prepare drafts": _every("meetings.tasks.prepare_drafts", crontab(minute="*/15"), expires=900),
    "remind of polls": _every("meetings.tasks.remind_of_polls", crontab(minute="*/15"), expires=900),
    "remind": _every("meetings.tasks.remind", crontab(minute="*/15"), expires=900),
    "write to speakers": _every("meetings.tasks.write_to_speakers", crontab(minute="*/15"), expires=900),
    "remind owners of actions": _every("meetings.tasks.remind_owners", crontab(minute="*/15"), expires=900),
    "ask for evaluations": _every("meetings.tasks.ask_for_evaluations", crontab(minute="*/15"), expires=900),
    "remind hosts": _every("meetings.tasks.remind_hosts", crontab(minute="*/15"), expires=900),
    "release seats": _every("meetings.tasks.release_seats", crontab(minute="*/5"), expires=300),
    "forget what people needed": _every("meetings.tasks.forget", crontab(minute="25"), expires=3600),
    "close past meetings": _every("meetings.tasks.close_past_meetings", crontab(minute="5"), expires=3600),
}
