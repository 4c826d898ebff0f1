"""Counts of a public table: nobody is found behind a small one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.rules.disclosure import LEAST, disclosed


@pytest.mark.parametrize(("counts", "shown"), [
    ({"a": 40, "b": 12}, {"a": 40, "b": 12}),
    ({"a": 40, "b": 3, "c": 2}, {"a": 40, "b": None, "c": None}),
    ({"a": 40, "b": 3, "c": 12}, {"a": 40, "b": None, "c": None}),  # 3 is what the sum lacks
    ({"a": 0, "b": 7}, {"a": 0, "b": 7}),
    ({"a": 3}, {"a": None}),
    ({}, {}),
])
def test_small_counts_and_what_would_give_them_away_are_not_shown(counts, shown):
    assert disclosed(counts) == shown


@given(st.dictionaries(st.integers(), st.integers(0, 60), max_size=8))
def test_no_small_count_can_be_had_from_the_sum(counts):
    shown = disclosed(counts)
    assert all(n is None or n == 0 or n >= LEAST for n in shown.values())
    hidden = [key for key, n in shown.items() if n is None]
    small = [key for key in hidden if counts[key] < LEAST]
    assert not small or len(hidden) > 1 or sum(counts.values()) == counts[hidden[0]]
