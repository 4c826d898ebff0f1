"""The rates: what counts, what does not, the tickets behind each number, and an independent recount."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select, text

from tests import builders as play
from workflows import dispatch, feedback, supervise
from workflows.errors import Invalid
from workflows.model.clock import Clock
from workflows.model.reference import reference
from workflows.read.figures import Part, figures, tickets_behind
from workflows.read.recount import recount
from workflows.rules import calendar
from workflows.rules.calendar import Basis
from workflows.rules.indicators import Figure
from workflows.rules.satisfaction import AttemptResult, Satisfaction, Solved
from workflows.rules.vocabulary import Anonymity, Kind

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def city(db):
    return play.make_city()


def line(city, unit, who="supervisor"):
    return next(x for x in figures(city.actor(who), FIRST, LAST) if x.unit_id == (city.units[unit] if unit else None))


@pytest.fixture
def month(city):
    """Some tickets of a month: solved, half solved, dissatisfied and redone, overdue, returned, not counted."""
    with play.at("2026-11-02 10:00"):
        good = play.to_callback(city)
        half = play.to_callback(city)
        bad = play.to_callback(city)
        consult = play.to_callback(city, kind=Kind.CONSULT)
        silent = play.to_callback(city)
        play.to_replied(city, anonymity=Anonymity.ANONYMOUS, phone="", name="")
        late = play.to_handling(city)
        returned = play.log(city).no
        play.ask_return(city, returned)
        kept = play.log(city).no
        play.ask_return(city, kept)
    with play.at("2026-11-03 10:00"):
        dispatch.grant_return(returned, city.actor("dispatcher"))
        dispatch.refuse_return(kept, city.actor("dispatcher"), opinion="职责清单第12条")
        play.ring(city, good)
        play.ring(city, half, solved=Solved.PARTLY, satisfaction=Satisfaction.BASICALLY)
        play.ring(city, bad, rework=True, **play.UNHAPPY)
        play.ring(city, consult, solved=Solved.NOT_APPLICABLE, satisfaction=Satisfaction.SATISFIED)
        play.ring(city, silent, result=AttemptResult.NO_ANSWER)
    for later in ("2026-11-03 15:00", "2026-11-04 10:00"):
        with play.at(later):
            play.ring(city, silent, result=AttemptResult.NO_ANSWER)
    with play.at("2026-11-20 10:00"):
        play.write_to(city, silent)
        feedback.close_unreachable()
        supervise.sweep()
        yield late


def test_the_three_rates_count_what_the_definitions_say(city, month):
    ratios = line(city, "HOUSING").ratios
    # valid call-backs: good, half, bad, consult; the unreachable and the anonymous count in none
    assert ratios[Figure.RESPONSE].denominator == 4
    assert (ratios[Figure.SOLVED].numerator, ratios[Figure.SOLVED].denominator) == (Fraction(3, 2), 3)
    assert ratios[Figure.SOLVED].percent == Decimal("50.00")
    assert (ratios[Figure.SATISFIED].numerator, ratios[Figure.SATISFIED].denominator) == (3, 4)


def test_on_time_counts_what_was_due_and_leaves_out_what_was_returned(city, month):
    ratios = line(city, "HOUSING").ratios
    # seven replied in time; the one never answered, the kept return and the rework ran out; the returned is void
    assert (ratios[Figure.ON_TIME].numerator, ratios[Figure.ON_TIME].denominator) == (6, 9)


def test_returns_and_rework(city, month):
    ratios = line(city, "HOUSING").ratios
    assert (ratios[Figure.RETURN].numerator, ratios[Figure.RETURN].denominator) == (2, 9)
    assert (ratios[Figure.IMPROPER_RETURN].numerator, ratios[Figure.IMPROPER_RETURN].denominator) == (1, 9)
    assert (ratios[Figure.REWORK].numerator, ratios[Figure.REWORK].denominator) == (1, 6)


@pytest.mark.parametrize("figure", Figure)
def test_behind_each_number_stand_exactly_its_tickets(city, month, figure):
    for shown in figures(city.actor("supervisor"), FIRST, LAST):
        ratio = shown.ratios[figure]
        for part in Part:
            rows = tickets_behind(city.actor("supervisor"), figure, part, FIRST, LAST, unit_id=shown.unit_id)
            adds = sum((row.hit for row in rows), Fraction(0))
            assert adds == (Fraction(0) if part is Part.REST else ratio.numerator)
            if part is Part.DENOMINATOR:
                assert len(rows) == ratio.denominator


def test_behind_a_number_one_goes_on_from_the_last_row(city, month):
    who = city.actor("supervisor")
    every = tickets_behind(who, Figure.ON_TIME, Part.DENOMINATOR, FIRST, LAST)
    first = tickets_behind(who, Figure.ON_TIME, Part.DENOMINATOR, FIRST, LAST, size=4)
    rest = tickets_behind(who, Figure.ON_TIME, Part.DENOMINATOR, FIRST, LAST, after=first[-1].key)
    assert first + rest == every
    assert tickets_behind(who, Figure.ON_TIME, Part.DENOMINATOR, FIRST, LAST, after=every[-1].key) == []


def test_the_recount_agrees_and_sees_a_tampered_row(db, city, month):
    assert recount(FIRST, LAST) == []
    assert recount(date(2026, 11, 3), date(2026, 11, 3)) == []


def test_a_unit_sees_its_own_figures_only_and_an_administrator_none(city, month):
    own = figures(city.actor("housing"), FIRST, LAST)
    assert {x.unit_id for x in own} == {None, city.units["HOUSING"]}
    assert own[0].ratios == own[1].ratios == line(city, "HOUSING").ratios
    assert [x.unit_id for x in figures(city.actor("admin"), FIRST, LAST)] == [None]
    assert tickets_behind(city.actor("urban"), Figure.SOLVED, Part.DENOMINATOR, FIRST, LAST) == []


def test_a_period_that_makes_no_sense_is_refused(city):
    with pytest.raises(Invalid):
        figures(city.actor("supervisor"), LAST, FIRST)
    with pytest.raises(Invalid):
        figures(city.actor("supervisor"), date(2000, 1, 1), LAST)


def test_answers_are_timed_in_working_days_of_the_unit(db, city):
    with play.at("2026-11-06 16:30"):
        over_the_weekend, same = play.to_handling(city), play.to_handling(city)
        water = play.to_handling(city, "0601", "water")
        play.contact(city, same)
    with play.at("2026-11-06 17:00"):
        play.reply(city, same)
    with play.at("2026-11-09 14:30"):
        for no, by in ((over_the_weekend, "housing"), (water, "water")):
            play.contact(city, no, by)
            play.reply(city, no, by)
    clocks = db.session.scalars(select(Clock).where(Clock.code == "HANDLING")).all()
    calendars = reference().calendars
    by_hand = {
        unit: [calendar.elapsed(calendars[c.calendar_id], c.started_at, c.stopped_at, Basis.WH) / hours
               for c in clocks if c.unit_id == city.units[unit]]
        for unit, hours in (("HOUSING", 7), ("WATER", 24))
    }
    for unit, days in by_hand.items():
        spent = line(city, unit).handling
        assert spent.answers == len(days)
        assert spent.days == pytest.approx(sum(days), abs=1e-6)
    # half an hour; an hour on Friday and four on Monday; from Friday afternoon to Monday round the clock
    assert sorted(by_hand["HOUSING"]) == pytest.approx([0.5 / 7, 5 / 7], abs=1e-4)
    assert by_hand["WATER"] == pytest.approx([70 / 24], abs=1e-4)
    assert line(city, None).handling.mean == Decimal("1.2")
    assert line(city, None).handling.answers == 3


def test_nothing_answered_has_no_mean(db, city):
    with play.at("2026-11-06 16:30"):
        play.log(city)
    assert line(city, None).handling.mean is None


def test_both_counts_look_at_one_snapshot(db, city, month):
    recount(FIRST, LAST)
    assert db.session.execute(text("SHOW transaction_isolation")).scalar() == "repeatable read"
    db.session.rollback()
    assert db.session.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
