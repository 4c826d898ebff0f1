"""Who is rung whatever the policy, and that the draw is fair, the same again, and nobody's to foresee."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from workflows.model.secrets import IdentityBox
from workflows.rules.ringing import always_rung, drawn

PLAIN = {"call_named": False, "kind": "HELP", "round": 1, "reopens_id": None, "caller_type": "PERSON",
         "risk_kinds": [], "instructed_at": None}
KEY = b"a key of tests, worth nothing...."


def box(phone_key=KEY):
    return IdentityBox({"k": KEY}, "k", "aes", phone_key)


def numbers(n):
    return [f"20261116010{i:06d}" for i in range(n)]


@pytest.mark.parametrize(("more", "ordered", "basis"), [
    ({}, False, None),
    ({"kind": "COMPLAINT"}, False, "COMPLAINT"),
    ({"kind": "REPORT"}, False, "COMPLAINT"),
    ({"round": 2}, False, "REPEAT"),
    ({"reopens_id": 7}, False, "REPEAT"),
    ({"caller_type": "ENTERPRISE"}, False, "ENTERPRISE"),
    ({"risk_kinds": ["FIRE"]}, False, "RISK"),
    ({}, True, "SUPERVISED"),
    ({"instructed_at": "2026-11-16"}, False, "SUPERVISED"),
    ({"call_named": True, "kind": "COMPLAINT"}, False, "NAMED"),
])
def test_some_are_rung_whatever_the_policy(more, ordered, basis):
    assert always_rung(SimpleNamespace(**PLAIN | more), ordered=ordered) == basis


@pytest.mark.parametrize("percent", [1, 5, 11, 20, 50, 99])
def test_of_every_unit_the_same_share_is_drawn_up_to_chance(percent):
    lots, each = box(), 2_000
    for unit in range(4):  # four standard deviations: one such test in 15,000 would fail by chance, and none by a bias
        share = percent / 100
        margin = 4 * (each * share * (1 - share)) ** 0.5
        found = sum(drawn(lots.lot(f"callback {unit}{no}"), percent) for no in numbers(each))
        assert abs(found - each * share) <= margin, (unit, found)


def test_the_draw_is_the_same_again_and_another_without_the_key():
    mine, again, others = box(), box(), box(b"another key of tests, worth nothing")
    told = [drawn(mine.lot(f"callback {no}"), 50) for no in numbers(200)]
    assert told == [drawn(again.lot(f"callback {no}"), 50) for no in numbers(200)]
    agreeing = Counter(a == drawn(others.lot(f"callback {no}"), 50)
                       for a, no in zip(told, numbers(200), strict=True))
    assert 60 < agreeing[True] < 140


def test_whoever_is_drawn_at_a_share_is_drawn_at_every_larger_one_and_all_at_the_whole():
    lots = [box().lot(f"callback {no}") for no in numbers(300)]
    for lot in lots:
        seen = [drawn(lot, percent) for percent in (1, 10, 50, 100)]
        assert seen == sorted(seen)
    assert all(drawn(lot, 100) for lot in lots)
    assert drawn(b"\xff" * 32, 100)
    assert not drawn(b"\xff" * 32, 99)
