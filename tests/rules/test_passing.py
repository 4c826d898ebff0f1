"""Thresholds on a ticket's way from unit to unit."""

from __future__ import annotations

import pytest

from workflows.rules.passing import EXECUTIVE, HIGHEST, OFFICE, Passage, Thresholds, passage


@pytest.mark.parametrize(
    ("returns", "units", "follows"),
    [
        (0, 1, Passage(False, 0)),
        (1, 1, Passage(False, 0)),
        (1, 2, Passage(False, 0)),
        (2, 2, Passage(True, 0)),
        (3, 2, Passage(True, OFFICE)),
        (0, 3, Passage(True, OFFICE)),
    ],
)
def test_two_returns_need_a_conference_three_or_three_units_raise_it(returns, units, follows):
    assert passage(Thresholds(), returns, units) == follows


def test_rows_take_the_place_of_what_is_built_in():
    found = Thresholds.of([("CONFER_RETURNS", 1), ("ESCALATE_UNITS", 5), ("SOMETHING_ELSE", 9)])
    assert found == Thresholds(confer_returns=1, escalate_returns=3, escalate_units=5)
    assert passage(found, 1, 1).must_confer
    assert HIGHEST == EXECUTIVE
