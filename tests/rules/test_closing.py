"""Where each close type fits, what must be said for it, and when a caller was tried often enough."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from workflows.rules.closing import (
    RULES,
    SLOTS,
    Account,
    disturbs,
    exhausted,
    first_try,
    next_try,
    offered_by_hand,
    problems,
    usual,
)
from workflows.rules.vocabulary import CloseType

C = CloseType
UNHAPPY = {"outcome": "DISSATISFIED", "solved": "UNSOLVED", "truth": "TRUE", "resolution": "RESOLVED"}


def test_every_type_has_its_rule():
    assert list(RULES) == list(CloseType)


@pytest.mark.parametrize(
    ("known", "closes_as"),
    [
        ({"outcome": "SATISFIED", "solved": "SOLVED", "resolution": "UNRESOLVED"}, C.SOLVED),
        ({"outcome": "SATISFIED", "solved": "PARTLY", "resolution": "RESOLVED"}, C.PARTLY),
        ({"outcome": "SATISFIED", "resolution": "RESOLVED"}, C.SOLVED),
        ({"outcome": "UNRATED", "resolution": "PARTLY"}, C.PARTLY),
        ({"outcome": "SATISFIED", "solved": "NOT_APPLICABLE", "resolution": "UNRESOLVED"}, C.EXPLAINED),
        ({"resolution": "UNRESOLVED", "truth": "FALSE"}, C.UNFOUNDED),
        ({"resolution": "UNRESOLVED", "unresolved_reason": "PLANNED", "suspended": True}, C.PLANNED),
        ({"resolution": "UNRESOLVED", "unresolved_reason": "PLANNED"}, C.EXPLAINED),
        ({"outcome": "UNREACHABLE", "resolution": "RESOLVED"}, C.UNREACHABLE),
    ],
)
def test_what_closes_by_itself_closes_as_the_caller_says_and_else_the_unit(known, closes_as):
    assert usual(Account(**known)) is closes_as


@pytest.mark.parametrize(
    ("more", "offered"),
    [
        ({}, {C.REPEATED, C.HANDED_OVER}),
        ({"resolution": "UNRESOLVED"}, {C.EXPLAINED, C.REPEATED, C.HANDED_OVER}),
        ({"truth": "FALSE"}, {C.UNFOUNDED, C.REPEATED, C.HANDED_OVER}),
        ({"suspended": True}, {C.PLANNED, C.REPEATED, C.HANDED_OVER}),
    ],
)
def test_a_type_is_offered_only_where_it_fits(more, offered):
    assert set(offered_by_hand(Account(**UNHAPPY | more))) == offered


@pytest.mark.parametrize(
    ("kind", "more", "given", "wrong"),
    [
        (C.SOLVED, {}, {"note": "已办"}, {"close_type"}),
        (C.JUDGED, {}, {"note": "研判"}, {"close_type"}),
        (C.EXPLAINED, {"resolution": "UNRESOLVED"}, {"note": "已解释"}, {"basis"}),
        (C.EXPLAINED, {"resolution": "UNRESOLVED"}, {"note": "已解释", "basis": "条例第三条"}, set()),
        (C.UNFOUNDED, {"truth": "FALSE"}, {}, {"note"}),
        (C.REPEATED, {}, {"note": "同前"}, {"earlier"}),
        (C.HANDED_OVER, {}, {"note": "移交", "taken_by": "法院"}, set()),
    ],
)
def test_each_type_wants_what_justifies_it(kind, more, given, wrong):
    assert set(problems(kind, Account(**UNHAPPY | more), given)) == wrong


@pytest.mark.parametrize(
    ("tries", "enough"),
    [
        (["16 10:00", "16 15:00", "17 10:00"], True),
        (["16 10:00", "16 15:00", "16 19:00"], False),  # one day
        (["16 10:00", "17 10:00", "18 10:00"], False),  # always in the morning
        (["16 10:00", "17 19:00"], False),
        (["16 12:30", "17 10:00", "18 10:00"], True),
    ],
)
def test_three_tries_must_spread_over_two_days_and_different_hours(tries, enough):
    assert exhausted([datetime.fromisoformat(f"2026-11-{at}") for at in tries]) is enough


@pytest.mark.parametrize(("tried", "again"), [
    ("2026-11-16 09:30", "2026-11-16 14:00"),
    ("2026-11-16 11:00", "2026-11-16 15:00"),
    ("2026-11-16 14:00", "2026-11-16 18:30"),
    ("2026-11-16 15:30", "2026-11-16 19:30"),
    ("2026-11-16 16:00", "2026-11-17 09:00"),
    ("2026-11-16 19:59", "2026-11-17 09:00"),
    ("2026-11-16 22:00", "2026-11-17 09:00"),
])
def test_the_next_try_is_four_hours_later_and_in_a_slot(tried, again):
    local = timezone(timedelta(hours=8))
    at = datetime.fromisoformat(tried).replace(tzinfo=local)
    assert next_try(at) == datetime.fromisoformat(again).replace(tzinfo=local)


@pytest.mark.parametrize(("made", "rung"), [
    ("2026-11-16 10:00", "2026-11-16 10:00"),
    ("2026-11-16 11:59", "2026-11-16 11:59"),
    ("2026-11-16 12:00", "2026-11-16 14:00"),
    ("2026-11-16 18:10", "2026-11-16 18:30"),
    ("2026-11-16 20:00", "2026-11-17 09:00"),
    ("2026-11-16 21:00", "2026-11-17 09:00"),
    ("2026-11-17 03:00", "2026-11-17 09:00"),
])
def test_the_first_try_is_at_once_in_a_slot_or_in_the_next(made, rung):
    local = timezone(timedelta(hours=8))
    at = datetime.fromisoformat(made).replace(tzinfo=local)
    assert first_try(at) == datetime.fromisoformat(rung).replace(tzinfo=local)


@pytest.mark.parametrize(("at", "silent"), [("20:59", False), ("21:00", True), ("23:59", True), ("00:00", True),
                                            ("08:29", True), ("08:30", False), ("12:30", False)])
def test_nobody_is_disturbed_late_or_early(at, silent):
    assert disturbs(datetime.fromisoformat(f"2026-11-16 {at}")) is silent
    day = datetime.fromisoformat("2026-11-16")
    assert not any(disturbs(datetime.combine(day, moment)) for slot in SLOTS for moment in slot)
