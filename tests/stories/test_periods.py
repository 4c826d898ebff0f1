"""A period of figures is locked by two people or the director; then nothing changes it, and what changes is corrected
in the next one (scenario A21).
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from tests import builders as play
from workflows import jobs
from workflows.administer import ask_lock, grant_lock, refuse_lock
from workflows.errors import Invalid, NotAllowed, NotNow, Outdated
from workflows.model.base import db as base
from workflows.model.base import transaction
from workflows.model.period import PeriodCorrection, PublishedPeriod, PublishedUnit
from workflows.read import published
from workflows.read.figures import Part, figures
from workflows.rules.indicators import Figure
from workflows.rules.vocabulary import LockState

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
IN_OCTOBER, NOVEMBER_3, DECEMBER_3 = "2026-10-12 10:00", "2026-11-03 10:00", "2026-12-03 10:00"


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def october(city):
    """A month with a satisfied caller, one still waiting, and one answered at once."""
    with play.at(IN_OCTOBER):
        play.to_closed(city)
        play.log(city)
        return play.to_callback(city)


def lock(city, first, last, note=""):
    asked = ask_lock(city.actor("director"), first=first, last=last, note=note)
    jobs.freeze_periods()
    return asked.id


def test_two_persons_or_the_director_lock_days_that_are_over(city, october):
    first, last = OCTOBER
    supervisor, director = city.actor("supervisor"), city.actor("director")
    with play.at(NOVEMBER_3):
        with pytest.raises(NotAllowed):
            ask_lock(city.actor("shift"), first=first, last=last)
        with pytest.raises(Invalid):
            ask_lock(supervisor, first=first, last=date(2026, 11, 3))
        asked = ask_lock(supervisor, first=first, last=last)
        with pytest.raises(NotNow, match="two_persons"):
            grant_lock(asked.id, supervisor, version=asked.version)
        with pytest.raises(Invalid) as overlapping:
            ask_lock(director, first=last, last=date(2026, 11, 1))
        assert overlapping.value.fields == {"first": ["period_overlaps"]}
        assert jobs.freeze_periods() == 0
        refuse_lock(asked.id, director, version=asked.version, opinion="先核对退单")
        with pytest.raises(Outdated):
            grant_lock(asked.id, director, version=2)
        again = ask_lock(supervisor, first=first, last=last)
        grant_lock(again.id, director, version=again.version)
        assert (jobs.freeze_periods(), jobs.freeze_periods()) == (1, 0)
        base.session.refresh(again)
        assert (again.state, again.decided_by) == (LockState.LOCKED, director.name)


def test_a21_what_was_published_stays_whatever_becomes_of_the_tickets(city, october):
    first, last = OCTOBER
    who = city.actor("supervisor")
    with play.at(NOVEMBER_3):
        key = lock(city, first, last)
        said = figures(who, first, last)
        assert published.table(who, key) == said
        assert [line.unit_id for line in said] != [None]
        behind = published.tickets_behind(who, key, Figure.CLOSED_OF_DISPATCHED, Part.REST)
        assert october in {row.no for row in behind}
        play.ring(city, october)
        assert figures(who, first, last) != said
        assert published.table(who, key) == said
        after = published.tickets_behind(who, key, Figure.CLOSED_OF_DISPATCHED, Part.REST)
        assert [(row.key, row.no, row.at, row.hit) for row in after] == [
            (row.key, row.no, row.at, row.hit) for row in behind]
        assert published.differences() == []


def test_every_published_number_opens_to_the_rows_it_is_the_sum_of(city, october):
    who = city.actor("supervisor")
    with play.at(NOVEMBER_3):
        key = lock(city, *OCTOBER)
    for line in published.table(who, key):
        for figure, ratio in line.ratios.items():
            rows = published.tickets_behind(who, key, figure, Part.DENOMINATOR, unit_id=line.unit_id)
            assert len(rows) == ratio.denominator
            assert sum((row.hit for row in rows), Fraction(0)) == ratio.numerator
            hits = published.tickets_behind(who, key, figure, Part.NUMERATOR, unit_id=line.unit_id)
            rest = published.tickets_behind(who, key, figure, Part.REST, unit_id=line.unit_id)
            assert sorted(row.key for row in hits + rest) == [row.key for row in rows]


def test_what_changed_since_is_published_with_the_next_period_and_once_only(city, october):
    with play.at(NOVEMBER_3):
        earlier = lock(city, *OCTOBER)
        play.ring(city, october)
    with play.at(DECEMBER_3):
        next_one = lock(city, *NOVEMBER, note="10月有工单在锁定后办结")
        assert published.period_of(next_one).note == "10月有工单在锁定后办结"
        found = {(one.of_period_id, one.figure, one.unit_id): (one.was_numerator, one.was_denominator, one.numerator,
                 one.denominator)
                 for one in base.session.scalars(published.corrections(city.actor("supervisor"), next_one))}
        assert found[earlier, "CLOSED_OF_DISPATCHED", city.units["HOUSING"]] == (1, 3, 2, 3)
        assert {of for of, *_ in found} == {earlier}
        assert base.session.scalars(published.corrections(city.actor("urban"), next_one)).all() == []
    with play.at("2027-01-05 10:00"):
        last_one = lock(city, date(2026, 12, 1), date(2026, 12, 31))
        again = base.session.scalars(select(PeriodCorrection.figure).filter_by(period_id=last_one)).all()
        assert "CLOSED_OF_DISPATCHED" not in again
        assert published.differences() == []


def test_a_unit_sees_its_own_published_line_and_tickets(city, october):
    with play.at(NOVEMBER_3):
        key = lock(city, *OCTOBER)
    housing = city.units["HOUSING"]
    assert {line.unit_id for line in published.table(city.actor("housing"), key)} == {None, housing}
    assert [line.unit_id for line in published.table(city.actor("urban"), key)] == [None]
    for account, seen in (("housing", True), ("urban", False), ("admin", False)):
        rows = published.tickets_behind(city.actor(account), key, Figure.RETURN, Part.DENOMINATOR)
        assert bool(rows) is seen
    [bureau] = [units for kind, units in published.standings(city.actor("housing"), key) if kind == "BUREAU"]
    assert [unit.unit_id for unit in bureau] == [housing]


def test_units_without_cases_are_published_with_the_reason_why_they_are_not_ranked(city, october):
    with play.at(NOVEMBER_3):
        key = lock(city, *OCTOBER)
    found = {unit.unit_id: unit.standing for unit in base.session.scalars(
        select(PublishedUnit).filter_by(period_id=key))}
    assert found[city.units["HOUSING"]] == "TOO_FEW"
    assert found[city.units["SCHOOLS"]] == "NO_CASES"


@pytest.mark.parametrize("statement", [
    "UPDATE published_figure SET numerator = numerator + 1", "DELETE FROM published_row",
    "UPDATE published_period SET note = ''", "UPDATE published_unit SET place = 1", "DELETE FROM period_correction",
])
def test_the_database_lets_the_application_change_nothing_published(city, october, statement):
    with play.at(NOVEMBER_3):
        lock(city, *OCTOBER)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction():
        base.session.execute(text(statement))


def test_a_number_altered_behind_the_applications_back_is_found(city, october, admin: psycopg.Connection):
    with play.at(NOVEMBER_3):
        lock(city, *OCTOBER)
        assert published.differences() == []
        housing = city.units["HOUSING"]
        admin.execute("UPDATE published_figure SET numerator = 0 WHERE figure = 'ON_TIME' AND unit_id = %s", [housing])
        admin.execute("UPDATE published_unit SET place = 1 WHERE unit_id = %s", [housing])
        said = "2026-10-01 to 2026-10-31: "
        base.session.rollback()
        assert published.differences() == [
            f"{said}ON_TIME of unit {housing}", f"{said}ON_TIME of unit {housing}", f"{said}digest",
            f"{said}place of unit {housing}",
        ]
    assert base.session.scalar(select(PublishedPeriod.formula)) is not None
