"""Scores as they were published, what makes a plan, and who is ranked."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.rules.indicators import INDICATORS, Figure, FigureGroup, Thing, of_group
from workflows.rules.satisfaction import NOTHING, Ratio
from workflows.rules.scoring import (
    DEFAULT_PLAN,
    Counted,
    Part,
    Plan,
    ScoreModel,
    Standing,
    linear_score,
    places,
    problems,
    score,
    standing,
    wilson,
)

WORKED = {Figure.RESPONSE: Ratio(Fraction(76), 80), Figure.SOLVED: Ratio(Fraction(64), 80),
          Figure.SATISFIED: Ratio(Fraction(68), 75)}


def part(figure: Figure, *numbers: str) -> Part:
    return Part(figure, *map(Decimal, numbers))


def test_every_indicator_is_defined_once_and_stands_in_one_group():
    assert [one.figure for one in INDICATORS] == list(Figure)
    assert [figure for group in FigureGroup for figure in of_group(group)] == list(Figure)
    assert all(bool(one.population.clocks) == (one.population.thing is Thing.CLOCK) for one in INDICATORS)
    assert all(one.population.of_hotline == (one.group is FigureGroup.HOTLINE) for one in INDICATORS)


@pytest.mark.parametrize(
    ("worth", "target", "slope", "least", "percent", "points"),
    [
        # satisfaction of tickets from the province
        ("25", "98", "0.5", "12.5", "87.5", "19.75"),
        ("25", "98", "0.5", "12.5", "83.33", "17.67"),
        ("25", "98", "0.5", "12.5", "75", "13.5"),
        ("25", "98", "0.5", "12.5", "71.43", "12.5"),
        ("25", "98", "0.5", "12.5", "50", "12.5"),
        ("25", "98", "0.5", "12.5", "100", "25"),
        # of call-backs
        ("25", "95", "0.5", "12.5", "70.59", "12.8"),
        ("25", "95", "0.5", "12.5", "66.67", "12.5"),
        # on-time closure, signing in time
        ("25", "100", "1", "0", "89.82", "14.82"),
        ("25", "100", "1", "0", "60", "0"),
        ("5", "100", "0.25", "0", "80", "0"),
    ],
)
def test_published_scores_of_lianyungang(worth, target, slope, least, percent, points):
    assert linear_score(*map(Decimal, (worth, target, slope, least, percent))) == Decimal(points)


def test_the_worked_example_of_weighted_rates():
    assert score(DEFAULT_PLAN, WORKED) == Decimal("88.23")


def test_what_has_no_rate_has_no_score():
    assert score(DEFAULT_PLAN, WORKED | {Figure.SOLVED: NOTHING}) is None


def test_points_are_taken_and_given_case_by_case_and_never_fall_below_nothing():
    plan = Plan(ScoreModel.POINTS, (part(Figure.OVERDUE, "-1"), part(Figure.IMPROPER_RETURN, "-2"),
                                    part(Figure.CLEARANCE, "0.5")))
    ratios = {Figure.OVERDUE: Ratio(Fraction(3), 90), Figure.IMPROPER_RETURN: Ratio(Fraction(1), 90),
              Figure.CLEARANCE: Ratio(Fraction(3), 4)}
    assert score(plan, ratios) == Decimal("96.50")
    assert score(plan, ratios | {Figure.OVERDUE: Ratio(Fraction(500), 900)}) == 0
    assert score(plan, dict.fromkeys(ratios, NOTHING)) == 100


@pytest.mark.parametrize(
    ("model", "parts", "wrong"),
    [
        (ScoreModel.WEIGHTED, [part(Figure.SOLVED, "60"), part(Figure.SATISFIED, "40")], []),
        (ScoreModel.WEIGHTED, [part(Figure.SOLVED, "60"), part(Figure.SATISFIED, "41")], ["weights_are_not_whole"]),
        (ScoreModel.WEIGHTED, [part(Figure.SOLVED, "110"), part(Figure.SATISFIED, "-10")], ["weights_are_not_whole"]),
        (ScoreModel.WEIGHTED, [part(Figure.SOLVED, "100", "98")], ["weights_are_not_whole"]),
        (ScoreModel.WEIGHTED, [part(Figure.DIRECT, "100")], ["figure_of_hotline"]),
        (ScoreModel.WEIGHTED, [part(Figure.SOLVED, "50"), part(Figure.SOLVED, "50")], ["figure_twice"]),
        (ScoreModel.LINEAR, [part(Figure.SATISFIED, "25", "98", "0.5", "12.5")], []),
        (ScoreModel.LINEAR, [part(Figure.SATISFIED, "25", "98", "0.5")], ["linear_part_wrong"]),
        (ScoreModel.LINEAR, [part(Figure.SATISFIED, "25", "98", "0.5", "25")], ["linear_part_wrong"]),
        (ScoreModel.LINEAR, [part(Figure.SATISFIED, "25", "101", "0.5", "0")], ["linear_part_wrong"]),
        (ScoreModel.POINTS, [part(Figure.OVERDUE, "-1")], []),
        (ScoreModel.POINTS, [part(Figure.OVERDUE, "0")], ["points_part_wrong"]),
        (ScoreModel.POINTS, [], ["required"]),
    ],
)
def test_what_a_plan_must_say(model, parts, wrong):
    assert problems(Plan(model, tuple(parts))).get("parts", []) == wrong


@pytest.mark.parametrize(
    ("received", "ratios", "stands"),
    [
        (90, WORKED, Standing.RANKED),
        (90, WORKED | {Figure.RESPONSE: Ratio(Fraction(9), 9)}, Standing.TOO_FEW),
        (90, WORKED | {Figure.RESPONSE: Ratio(Fraction(10), 10)}, Standing.RANKED),
        (90, WORKED | {Figure.SOLVED: NOTHING}, Standing.TOO_FEW),
        (3, dict.fromkeys(WORKED, NOTHING), Standing.NOTHING_DUE),
        (0, dict.fromkeys(WORKED, NOTHING), Standing.NO_CASES),
    ],
)
def test_who_is_ranked_and_why_not(received, ratios, stands):
    assert standing(DEFAULT_PLAN, Counted(received, ratios)) is stands


def test_equal_scores_share_a_place():
    assert places([Decimal(80), Decimal(95), Decimal(80), Decimal(70)]) == [2, 1, 2, 4]
    assert places([]) == []


def test_how_sure_a_rate_is():
    assert wilson(Ratio(Fraction(68), 75)) == (Decimal("82.0"), Decimal("95.4"))
    assert wilson(Ratio(Fraction(10), 10)) == (Decimal("72.2"), Decimal("100.0"))
    assert wilson(NOTHING) is None


@given(st.integers(1, 400), st.data())
def test_the_interval_holds_the_rate_and_narrows_with_the_sample(n, data):
    hits = data.draw(st.integers(0, n))
    low, high = wilson(Ratio(Fraction(hits), n)) or pytest.fail("counted")
    assert 0 <= low <= high <= 100
    assert low - Decimal("0.1") <= Decimal(100 * hits) / n <= high + Decimal("0.1")
    lower, higher = wilson(Ratio(Fraction(100 * hits), 100 * n)) or pytest.fail("counted")
    assert higher - lower <= high - low
