"""Counts that took long are kept a while, for those who see the same; quick ones never."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import pytest

from tests import builders as play
from workflows.read import kept as keeping
from workflows.read.kept import kept
from workflows.read.overdue import ageing, due_soon_counts
from workflows.rules.limits import ClockCode


@pytest.fixture(autouse=True)
def nothing_kept_yet(monkeypatch):
    monkeypatch.setattr(keeping, "_held", WeakKeyDictionary())
    monkeypatch.setattr(keeping, "CHEAP", 0.02)


@pytest.fixture
def hours(monkeypatch):
    """The clock by which counts are timed: set it with hours[0] = …; every count takes as long as it says."""
    stood = [0.0]
    monkeypatch.setattr(keeping, "monotonic", lambda: stood[0])
    return stood


class Count:
    """A question whose answer is how often it was asked, and which takes so many seconds."""

    def __init__(self, hours, seconds):
        self.hours, self.seconds, self.asked = hours, seconds, 0

    def __call__(self):
        self.asked += 1
        self.hours[0] += self.seconds
        return self.asked


def test_a_quick_count_is_counted_every_time(db, hours):
    quick = Count(hours, keeping.CHEAP / 2)
    assert [kept("quick", quick), kept("quick", quick)] == [1, 2]


def test_a_slow_count_is_kept_fifty_times_as_long_as_it_took(db, hours):
    slow = Count(hours, 0.1)
    assert kept("slow", slow) == 1
    hours[0] = 4.9
    assert kept("slow", slow) == 1
    hours[0] = 5.1
    assert kept("slow", slow) == 2


def test_nothing_is_kept_longer_than_ten_seconds(db, hours):
    slow = Count(hours, 3.0)
    assert kept("very slow", slow) == 1
    hours[0] = 9.9
    assert kept("very slow", slow) == 1
    hours[0] = 10.1
    assert kept("very slow", slow) == 2


def test_whoever_sees_other_units_is_counted_for_anew(db, monkeypatch):
    monkeypatch.setattr(keeping, "CHEAP", 0)
    monkeypatch.setattr(keeping, "TIMES", 1_000_000)
    city = play.make_city()
    with play.at("2026-11-16 10:00"):
        play.log(city)
    with play.at("2026-12-16 10:00"):
        everything = ageing(city.actor("supervisor"))
        own = ageing(city.actor("housing"))
        assert not ageing(city.actor("schools"))
        assert sum(line.total for line in everything) == sum(line.total for line in own) > 0
        assert {line.code for line in own} == {ClockCode.SIGN, ClockCode.CONTACT, ClockCode.HANDLING}
        play.log(city)
        assert ageing(city.actor("leader")) is everything
        assert due_soon_counts(city.actor("schools")) == {1: 0, 2: 0, 3: 0}
