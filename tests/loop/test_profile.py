"""街镇画像: every part of a place's profile counted by hand; a unit reads its own part of it, and no small counts."""

from __future__ import annotations

from datetime import date

import pytest

from tests import builders as play
from workflows import supervise
from workflows.errors import Invalid, Unknown
from workflows.read.lists import TicketFilter, all_tickets
from workflows.read.overdue import Bucket
from workflows.read.profile import home_area, profile, streets
from workflows.rules.indicators import Figure

FIRST, LAST = date(2026, 11, 16), date(2026, 11, 20)
OCTOBER, BEFORE, MONDAY, FRIDAY = "2026-10-12 10:00", "2026-11-12 10:00", "2026-11-16 10:00", "2026-11-20 10:00"
CALLER = "13911110001"


@pytest.fixture
def city(db):
    return play.make_city()


def rubbish(city, place="幸福路 12 号", area="D-E-1", **changes):
    """A request the street of the place leads."""
    return play.log(city, "0501", area, place=place, **changes).no


@pytest.fixture
def lived(db, city):
    """In the east seven requests for the street and three for the bureau; in the west one; earlier ones."""
    with play.at(OCTOBER):
        late = rubbish(city, "老街")
        play.sign(city, late, "east")
    with play.at(BEFORE):
        rubbish(city, "老街")
        rubbish(city, "老街", area="D-W-1")
    with play.at(MONDAY):
        for written in ("幸福路12号", "幸福路 12 号", "幸福路12 号"):
            rubbish(city, written)
        rubbish(city, phone=CALLER)
        rubbish(city, phone=CALLER)
        for _ in range(2):
            rubbish(city, "柳巷1号")
        for _ in range(3):
            play.log(city, area="D-E", place="东街口")
        rubbish(city, "柳河边", area="D-W-1")
        happy = play.to_closed(city, "0501", "east", area="D-E-1", place="幸福路12号")
        unhappy = play.to_callback(city, "0501", "east", area="D-E-1", place="河沿")
        play.ring(city, unhappy, **play.UNHAPPY)
    with play.at(FRIDAY):
        supervise.sweep()
        assert happy
        yield city


def told(city, who="supervisor", area="D-E"):
    return profile(city.actor(who), city.areas[area], FIRST, LAST)


def test_every_part_is_what_a_plain_count_says(lived):
    found = told(lived)
    assert (found.intake.total, found.before.total, found.change) == (12, 1, 1100.0)
    assert found.intake.dispatched == 12
    assert [(topic.name, topic.count, topic.before) for topic in found.topics] == [
        ("市容环卫 › 垃圾清运", 9, 1), ("住房与房产 › 物业服务", 3, 0)]
    assert {place.name: place.count for place in found.places} == {"幸福路 12 号": 6, "东街口": 3, "柳巷1号": 2}
    assert [(line.name, line.count, line.before) for line in found.below] == [("杨桥社区", 9, 1)]
    assert len(found.months) == 12
    assert (next(iter(found.months)), list(found.months)[-1]) == (date(2025, 12, 1), date(2026, 11, 1))
    assert {month: n for month, n in found.months.items() if n} == {date(2026, 10, 1): 1, date(2026, 11, 1): 13}
    satisfied = found.ratios[Figure.SATISFIED]
    assert (satisfied.numerator, satisfied.denominator) == (1, 2)
    assert found.again == 1


def test_the_place_above_holds_those_below(lived):
    found = told(lived, area="D")
    assert (found.intake.total, found.before.total) == (13, 2)
    assert [(line.name, line.count, line.before) for line in found.below] == [("东街街道", 12, 1), ("西街街道", 1, 1)]
    assert told(lived, area="D-W-1").below == []


def test_what_is_late_there_is_counted_there(lived):
    east, west = told(lived), told(lived, area="D-W")
    # the one of October is late for ever; nobody has signed or contacted what came since
    assert east.overdue[Bucket.OVER_10] >= 1
    assert sum(told(lived, area="D").overdue.values()) == sum(east.overdue.values()) + sum(west.overdue.values())


def test_a_unit_reads_its_own_part_and_no_place_few_requests_name(lived):
    found = told(lived, "east")
    assert (found.intake.total, [topic.count for topic in found.topics]) == (9, [9])
    assert [(place.name, place.count) for place in found.places] == [("幸福路 12 号", 6)]
    assert found.again is None  # one caller: not to be told
    assert told(lived, "housing").intake.total == 3
    assert told(lived, "housing").places == []
    assert (told(lived, "west").intake.total, told(lived, "west", "D-W").intake.total) == (0, 1)
    # who only reads is told no small counts either
    assert [place.count for place in told(lived, "leader").places] == [6]
    assert told(lived, "leader").intake.total == 12


@pytest.mark.parametrize("who", sorted(play.PEOPLE))
def test_its_number_is_the_length_of_the_list_behind_it(lived, who):
    days = {"created_from": play.moment("2026-11-16 00:00"), "created_to": play.moment("2026-11-21 00:00")}
    behind = all_tickets(lived.actor(who), TicketFilter(area_id=lived.areas["D"], counted=True, **days))
    assert told(lived, who, "D").intake.total == len(behind.items)


def test_a_street_begins_with_its_own_place_and_others_choose(lived):
    assert home_area(lived.actor("east")) == lived.areas["D-E"]
    for who in ("supervisor", "housing", "coordinator"):  # the last serves the whole district
        assert home_area(lived.actor(who)) is None
    assert streets() == [(lived.areas["D-E"], "东街街道"), (lived.areas["D-W"], "西街街道")]


def test_a_place_there_is_not_and_a_period_too_long_are_refused(lived):
    with pytest.raises(Unknown):
        profile(lived.actor("supervisor"), 10**9, FIRST, LAST)
    with pytest.raises(Invalid):
        profile(lived.actor("supervisor"), lived.areas["D"], date(2025, 1, 1), LAST)
