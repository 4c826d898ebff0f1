"""The ladder as administrators set it: what a step must say, its versions, and whose it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from tests import builders as play
from workflows import administer
from workflows.administer import StepLine
from workflows.errors import Invalid, NotAllowed, Outdated
from workflows.model.base import db as database
from workflows.model.reference import reference
from workflows.model.settings import LadderStep
from workflows.read import settings
from workflows.rules.escalation import Addressee, Level
from workflows.rules.limits import ClockCode
from workflows.rules.vocabulary import SettingSubject

DAY, TODAY = "2026-11-16 10:00", date(2026, 11, 16)


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def boss(city):
    with play.at(DAY):
        yield city.actor("director")


def line(**changes) -> StepLine:
    plain = StepLine(code=ClockCode.HANDLING, level=Level.URGE, amount=2, source="本区督办办法第三条",
                     addressees=(Addressee.UNIT_LEAD, Addressee.PARENT_LEAD))
    return replace(plain, **changes)


def standing(level: Level = Level.URGE, code: ClockCode = ClockCode.HANDLING) -> LadderStep:
    return database.session.scalars(
        select(LadderStep).where(LadderStep.code == str(code), LadderStep.level == str(level),
                                 LadderStep.unit_id.is_(None), LadderStep.valid_to.is_(None))
    ).one()


def test_a_changed_step_holds_from_today_with_both_versions_in_its_history(city, boss):
    old = standing()
    new = administer.replace_step(old.id, boss, version=1, line=line())
    found = reference().ladder.of("HANDLING", city.units["HOUSING"], TODAY)[Level.URGE]
    assert (found.id, found.amount, found.addressees) == (new.id, 2, line().addressees)
    history = settings.history(SettingSubject.LADDER, new.id)
    assert [event.action for event in history] == ["CHANGED", "ENDED"]
    assert (history[0].before["amount"], history[0].after["amount"]) == (1, 2)
    with pytest.raises(Outdated):
        administer.replace_step(old.id, boss, version=1, line=line())


def test_a_units_own_step_holds_for_it_alone_until_it_ends(city, boss):
    housing, urban = city.units["HOUSING"], city.units["URBAN"]
    row = administer.create_step(boss, line=line(unit_id=housing, amount=3))
    amounts = {unit: reference().ladder.of("HANDLING", unit, TODAY)[Level.URGE].amount for unit in (housing, urban)}
    assert amounts == {housing: 3, urban: 1}
    administer.end_step(row.id, boss, version=1)
    assert reference().ladder.of("HANDLING", housing, TODAY)[Level.URGE].amount == 1


@pytest.mark.parametrize(("changes", "expected"), [
    ({"code": ClockCode.TOTAL}, {"code": ["clock_without_ladder"], "level": ["step_for_units_only"]}),
    ({"code": ClockCode.REVIEW}, {"level": ["step_for_units_only"]}),
    ({"level": Level.YELLOW}, {"amount": ["amount_not_wanted"], "level": ["rule_exists"]}),
    ({"amount": None, "unit_id": 4}, {"amount": ["amount_out_of_range"]}),
    ({"level": Level.BLUE, "amount": 100, "unit_id": 4}, {"amount": ["amount_out_of_range"]}),
    ({"addressees": (), "unit_id": 4}, {"addressees": ["required"]}),
    ({"source": "", "unit_id": 4}, {"source": ["required"]}),
    ({"unit_id": 999_999}, {"unit_id": ["unit_unknown"]}),
    ({"code": ClockCode.REVIEW, "level": Level.BLUE, "unit_id": 4}, {"unit_id": ["step_of_the_hotline"]}),
    ({}, {"level": ["rule_exists"]}),
])
def test_what_is_wrong_with_a_step_is_said_field_by_field(city, boss, changes, expected):
    with pytest.raises(Invalid) as refused:
        administer.create_step(boss, line=line(**changes))
    assert refused.value.fields == expected


def test_only_those_who_set_rules_set_the_ladder(city):
    with play.at(DAY), pytest.raises(NotAllowed):
        administer.create_step(city.actor("supervisor"), line=line())
