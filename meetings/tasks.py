"""What the clock does with meetings. Each job takes its slot, so that a second beat is harmless."""

import datetime as dt

from celery import shared_task

from mailroom import slots

from .actions import answers, coming, drafts, evaluation, followup, hosting, polls, proposals, reminders, speakers


@shared_task
def remind() -> None:
    """Once a day, by daylight: who comes tomorrow, and who was invited for a week from now and is silent."""
    if reminders.is_daytime() and slots.take("meetings.remind", every=dt.timedelta(days=1)):
        for meeting in reminders.meetings_to_remind_of():
            reminders.remind(meeting)


@shared_task
def remind_of_polls() -> None:
    """By daylight: governments that did not say which day suits hear of it once more. Twice is harmless."""
    if reminders.is_daytime():
        for poll in polls.polls_to_remind_of():
            polls.remind_silent(poll)


@shared_task
def prepare_drafts() -> None:
    """Once a day, by daylight: a draft for each period to come in which a circle has no meeting."""
    if reminders.is_daytime() and slots.take("meetings.prepare_drafts", every=dt.timedelta(days=1)):
        drafts.prepare_drafts()


@shared_task
def remind_owners() -> None:
    """Once a day, by daylight: who said that they would do something, a week before the day and once afterwards."""
    if reminders.is_daytime() and slots.take("meetings.remind_owners", every=dt.timedelta(days=1)):
        followup.remind_owners()


@shared_task
def ask_for_evaluations() -> None:
    """Once a day, by daylight: thanks to who was at a meeting, and what they thought of it."""
    if reminders.is_daytime() and slots.take("meetings.ask_for_evaluations", every=dt.timedelta(days=1)):
        evaluation.ask_for_evaluations()


@shared_task
def forget() -> None:
    """What nobody needs to know any more of who came. Twice is harmless."""
    coming.forget()


@shared_task
def close_past_meetings() -> None:
    """What was published and is over was held. Twice is harmless."""
    reminders.close_past_meetings()


@shared_task
def release_seats() -> None:
    """Seats of who left go to who waits. Twice is harmless."""
    answers.release_seats()


@shared_task
def write_to_speakers() -> None:
    """Once a day, by daylight: who is silent, who speaks within a week, and who spoke at a meeting that is over."""
    if reminders.is_daytime() and slots.take("meetings.write_to_speakers", every=dt.timedelta(days=1)):
        speakers.remind_speakers()
        speakers.remind_of_slides()
        speakers.pass_on_by_the_clock()
        proposals.forget_unproved()
        speakers.thank_speakers()


@shared_task
def remind_hosts() -> None:
    """Once a day, by daylight: who was asked and is silent, and what should have been arranged."""
    if reminders.is_daytime() and slots.take("meetings.remind_hosts", every=dt.timedelta(days=1)):
        hosting.remind_hosts()
