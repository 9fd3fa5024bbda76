"""The year of a circle as a line above the desk."""

import datetime as dt

from meetings import desk
from regions.wall import SYSTEM, acting_as
from tests import make

from .test_planning import at


def test_the_line_above_the_desk_shows_the_quarter_of_today_and_those_around_it(waasland):
    with acting_as(SYSTEM):
        before, new_years_eve, gone, new_year = (
            make.meeting(waasland, name, state=state, starts_at=when, ends_at=when + dt.timedelta(hours=2))
            for name, state, when in [
                ("Herfst", "held", at(2026, 9, 24)),
                ("Oudjaar", "published", at(2026, 12, 31, 23, 30)),
                ("Afgezegd", "cancelled", at(2027, 4, 1)),
                ("Nieuwjaar", "draft", at(2027, 1, 1, 0, 30)),
            ]
        )
    line = desk.quarters([new_year, gone, new_years_eve, before], today=dt.date(2026, 11, 22))
    assert [(each.year, each.number, each.is_now, each.is_over, each.meetings) for each in line] == [
        (2026, 3, False, True, [before]),
        (2026, 4, True, False, [new_years_eve]),
        (2027, 1, False, False, [new_year]),
        (2027, 2, False, False, []),
    ]
