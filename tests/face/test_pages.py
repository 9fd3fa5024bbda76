"""Every page that anyone can get, looked at by axe, in 320 px, with wide letters and with a finger."""

import pytest

from tests import sample
from tests.members.conftest import provider, server  # noqa: F401
from tests.wall.http_world import ADDRESSES, built, stage  # noqa: F401

from . import doors, gather
from .viewer import look, window

pytestmark = pytest.mark.browser


def looked_at(request, figure, chapter, shown):
    """No page of these has a fault. They are gathered before Playwright runs a loop in this thread: Django minds."""
    with window(request.getfixturevalue("chromium")) as viewer:
        wrong = [fault for each in shown for fault in look(viewer, each)]
    assert not wrong, "\n".join(wrong)
    assert viewer.elsewhere == set()
    figure(f"accessibility, {chapter}: pages / findings", f"{len(shown)} / 0")


@pytest.mark.parametrize("chapter", gather.CHAPTERS)
def test_every_page_is_for_everyone(stage, chapter, request, figure):  # noqa: F811
    looked_at(request, figure, chapter, gather.pages(stage, chapter))


def test_who_is_halfway_in_and_what_went_wrong(stage, provider, request, figure):  # noqa: F811
    shown = gather.new_ones([*doors.doors(), *doors.errors(), *doors.from_elsewhere()])
    shown = [each for each in shown if sample.is_in(str(each), 6)]
    looked_at(request, figure, "doors and errors", shown)


def test_no_address_is_left_out(stage, provider):  # noqa: F811
    seen = gather.names() | {each.name for each in [*doors.doors(), *doors.from_elsewhere()]}
    known = gather.NO_PAGE | gather.other_tables() | doors.ALWAYS_ELSEWHERE
    assert set(ADDRESSES) - seen - known == set()
