"""Every page that anyone can get, looked at by axe, in 320 px, with wide letters and with a finger."""

import pytest

from tests.wall.http_world import built, stage  # noqa: F401

from . import gather
from .viewer import look, window

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("chapter", gather.CHAPTERS)
def test_every_page_is_for_everyone(stage, chapter, request, figure):  # noqa: F811
    shown = gather.pages(stage, chapter)  # before Playwright runs its loop in this thread: Django minds
    with window(request.getfixturevalue("chromium")) as viewer:
        wrong = [fault for each in shown for fault in look(viewer, each)]
    assert not wrong, "\n".join(wrong)
    assert viewer.elsewhere == set()
    figure(f"accessibility, {chapter}: pages / findings", f"{len(shown)} / 0")
