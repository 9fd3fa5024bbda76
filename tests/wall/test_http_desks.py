"""The admin under attack: for nobody but managers, and also a manager changes there only what the page is for."""

from django.contrib import admin
from django.urls import reverse

from kenniskring import beheer  # noqa: F401  (takes out what is not ours to administer)
from regions.desks import KeptDesk
from regions.wall import SYSTEM, acting_as

from .http_forms import Ledger, filled_in, rows_written, smuggled, summary
from .http_world import taken_back

DESKS = {desk.opts.label: desk for desk in admin.site._registry.values()}
NOTED = {"django_admin_log+"}
BESIDES = {
    "meetings.Meeting": {"meetings_meeting.changed_at"},
    "mailroom.Silence": {"mailroom_silence.since"},  # the page knows no microseconds
}
"""What saving a page without a change touches all the same, beside the log."""


def page(desk, name, *args):
    return reverse(f"admin:{desk.opts.app_label}_{desk.opts.model_name}_{name}", args=args)


def first(desk):
    with acting_as(SYSTEM):
        return desk.model.objects.order_by("pk").first()


def forged_rows(response, extra):
    """Every row changed and marked to be deleted, and a row more, in each list of rows that the page only shows."""
    added = {}
    for rows in response.context["inline_admin_formsets"]:
        if not rows.has_add_permission:
            prefix, number = rows.formset.prefix, rows.formset.total_form_count()
            names = {field.name for field in rows.formset.model._meta.concrete_fields} & set(extra)
            added |= {f"{prefix}-TOTAL_FORMS": number + 1, f"{prefix}-INITIAL_FORMS": number}
            for place in range(number + 1):
                added |= {f"{prefix}-{place}-{name}": extra[name] for name in names}
                added[f"{prefix}-{place}-DELETE"] = "on"
    return added


def test_the_pages_of_the_admin_take_nothing_from_others(stage):
    """What a manager would send, sent by somebody else: adding, changing, deleting, actions."""
    before, answers = rows_written(), set()
    for desk in DESKS.values():
        row = first(desk)
        if row is None:
            continue
        data = filled_in(stage.ask("manager", "get", page(desk, "change", row.pk)))
        act = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        for path, sent in [
            (page(desk, "change", row.pk), data),
            (page(desk, "add"), data),
            (page(desk, "delete", row.pk), {"post": "yes"}),
            (page(desk, "changelist"), act),
            (page(desk, "changelist"), act | {"action": "send_again"}),
        ]:
            answers.add(stage.ask("trekker", "post", path, sent).status_code)
    assert answers == {403}
    assert rows_written() == before


def test_a_manager_changes_nothing_that_a_page_only_shows(stage, figure):
    ledger, wrong, tried = Ledger(stage.person("manager").pk), {}, 0
    for label, desk in DESKS.items():
        row = first(desk)
        if row is None:
            continue
        path = page(desk, "change", row.pk)
        shown = stage.ask("manager", "get", path)
        data = filled_in(shown)
        extra = smuggled({name.rpartition("-")[2] for name in data} | set(data), {})
        keeps = desk.has_change_permission(shown.wsgi_request)
        may_touch = (NOTED | BESIDES.get(label, set())) if keeps else set()
        for rows in ({}, forged_rows(shown, extra)):
            with taken_back():
                ledger.start()
                status = stage.ask("manager", "post", path, extra | rows | data).status_code
                changes, tried = summary(ledger.changes()), tried + len(extra)
            # A page may also refuse rows that it does not take; then nothing is saved at all.
            if not changes <= may_touch or (status != (302 if keeps else 403) and (changes or not rows)):
                wrong[label] = status, changes
    assert wrong == {}
    figure("admin as manager: tables / fields smuggled / unintended changes", f"{len(DESKS)} / {tried} / 0")


def test_what_stays_is_deleted_neither_one_by_one_nor_by_the_list(stage):
    ledger, wrong = Ledger(stage.person("manager").pk), {}
    for label, desk in DESKS.items():
        row = first(desk)
        if row is None or not isinstance(desk, KeptDesk):
            continue
        with taken_back():
            ledger.start()
            act = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
            stage.ask("manager", "post", page(desk, "changelist"), act)
            stage.ask("manager", "post", page(desk, "delete", row.pk), {"post": "yes"})
            if ledger.changes():
                wrong[label] = summary(ledger.changes())
    assert wrong == {}
