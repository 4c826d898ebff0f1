"""The board: what is due soon, what is overdue, how long, and who must act."""

from __future__ import annotations

import pytest

from tests import builders as play
from workflows import supervise
from workflows.model.base import now
from workflows.read.overdue import Bucket, ageing, due_soon, due_soon_counts, overdue
from workflows.rules.vocabulary import Urgency


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def late(city):
    """Monday 16 November 2026: handled by different dates, seen on Thursday 26 November at 10:00."""
    with play.at("2026-11-09 10:00"):
        old = play.to_handling(city)
    with play.at("2026-11-16 10:00"):
        recent = play.to_handling(city, urgency=Urgency.URGENT)
        undecided = play.log(city, "99").no
    with play.at("2026-11-25 16:00"):
        fresh = play.to_handling(city)
    with play.at("2026-11-26 10:00"):
        supervise.sweep()
        yield {"old": old, "recent": recent, "undecided": undecided, "fresh": fresh}


def handling(city):
    return [(row.no, row.code) for row in overdue(city.actor("supervisor"), code="HANDLING").items]


def test_the_longest_overdue_stands_first(city, late):
    rows = overdue(city.actor("supervisor")).items
    assert [r.due_at for r in rows] == sorted(r.due_at for r in rows)
    assert all(r.due_at <= now() for r in rows)
    # the older one had five working days, until Monday 16 November 17:30; the urgent one 24 hours, until 17 November
    # 10:00
    assert handling(city) == [(late["old"], "HANDLING"), (late["recent"], "HANDLING")]


def test_each_line_says_who_must_act_and_since_when(city, late):
    rows = {(r.no, r.code): r for r in overdue(city.actor("supervisor")).items}
    unit = rows[late["old"], "HANDLING"]
    assert (unit.unit_id, unit.role) == (city.units["HOUSING"], "UNIT_CLERK")
    desk = rows[late["undecided"], "DISPATCH"]
    assert (desk.unit_id, desk.role) == (None, "DISPATCHER")
    assert desk.fired_at is not None


def test_the_list_and_the_ageing_table_count_the_same(city, late):
    who = city.actor("supervisor")
    table = ageing(who)
    assert sum(line.total for line in table) == len(overdue(who).items)
    for line in table:
        for bucket, n in line.counts.items():
            assert n == len([
                r for r in overdue(who, code=line.code, bucket=bucket).items if r.unit_id == line.unit_id
            ])


def test_an_age_is_counted_in_working_days(city, late):
    row = next(r for r in overdue(city.actor("supervisor"), code="HANDLING").items if r.no == late["old"])
    # due Monday 16 November 17:30; until Thursday 26 November 10:00 seven whole days and an hour
    assert row.working_days == pytest.approx(7 + 1 / 7, abs=0.01)
    older = overdue(city.actor("supervisor"), code="HANDLING", bucket=Bucket.UP_TO_10).items
    assert [r.no for r in older] == [late["old"], late["recent"]]
    assert overdue(city.actor("supervisor"), code="HANDLING", bucket=Bucket.UP_TO_5).items == ()


def test_what_is_due_in_one_two_three_working_days(city, late):
    who = city.actor("supervisor")
    counts = due_soon_counts(who)
    assert counts[1] <= counts[2] <= counts[3]
    for days, n in counts.items():
        assert len(due_soon(who, days=days).items) == n
    assert (late["fresh"], "CONTACT") in [(r.no, r.code) for r in due_soon(who, days=1).items]


def test_a_unit_sees_its_own_clocks_and_an_administrator_none(city, late):
    assert {r.no for r in overdue(city.actor("housing")).items} == {late["old"], late["recent"]}
    assert overdue(city.actor("urban")).items == ()
    assert overdue(city.actor("admin")).items == ()
    assert ageing(city.actor("admin")) == []
    assert due_soon_counts(city.actor("admin")) == {1: 0, 2: 0, 3: 0}


def test_pages_follow_one_another_without_gap_or_double(city, late):
    who = city.actor("supervisor")
    every = [r.clock_id for r in overdue(who).items]
    seen, after = [], None
    while True:
        page = overdue(who, after=after, size=2)
        seen += [r.clock_id for r in page.items]
        if page.next is None:
            break
        after = page.next
    assert seen == every
