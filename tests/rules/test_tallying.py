"""Until when the facts of a day can be trusted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workflows.rules.tallying import good_until

BEGINS = datetime(2026, 11, 2, tzinfo=UTC)
DAY, MOMENT = timedelta(days=1), timedelta(seconds=1)
TOLD, ALL_TOLD = BEGINS + 7 * DAY, BEGINS + 8 * DAY


@pytest.mark.parametrize(("counted_at", "good"), [
    (BEGINS + MOMENT, BEGINS + MOMENT),  # clocks go on passing their dues
    (BEGINS + DAY - MOMENT, BEGINS + DAY - MOMENT),
    (BEGINS + DAY, TOLD),
    (TOLD - MOMENT, TOLD),
    (TOLD, TOLD),  # one call after the other comes to be seven days old
    (ALL_TOLD - MOMENT, ALL_TOLD - MOMENT),
    (ALL_TOLD, None),
    (ALL_TOLD + 100 * DAY, None),
])
def test_a_day_is_good_until_time_alone_may_change_it(counted_at, good):
    assert good_until(BEGINS, counted_at) == good
