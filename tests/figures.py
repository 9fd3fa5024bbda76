"""pytest plugin: what the proofs measured, in one table after the tests."""

import pytest

PROPERTY = "figure"


@pytest.fixture
def figure(record_property):
    """Put a line into the table: ``figure("random worlds", 500)``. Works from every worker."""

    def note(what: str, value: object) -> None:
        record_property(PROPERTY, (what, str(value)))

    return note


def pytest_terminal_summary(terminalreporter):
    """The table; nothing when no proof ran."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    lines = sorted({tuple(value) for report in reports for name, value in report.user_properties if name == PROPERTY})
    if not lines:
        return
    terminalreporter.section("what the proofs measured", sep="—")
    width = max(len(what) for what, _ in lines)
    for what, value in lines:
        terminalreporter.write_line(f"{what:{width}}  {value}")
