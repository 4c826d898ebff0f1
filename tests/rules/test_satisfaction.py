"""The three rates: a worked example, what each leaves out, and the switches by day."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.rules.satisfaction import (
    DEFAULT_POLICY,
    NOTHING,
    UNREACHED,
    AttemptResult,
    CallbackFact,
    Policies,
    Policy,
    Ratio,
    Satisfaction,
    Solved,
    definitions,
    is_valid,
    rate,
    response_rate,
    satisfied_rate,
    solved_rate,
)
from workflows.rules.vocabulary import Anonymity, Kind

FACT = CallbackFact(
    kind=Kind.COMPLAINT,
    anonymity=Anonymity.OPEN,
    need_reply=True,
    contacted=True,
    solved=Solved.SOLVED,
    satisfaction=Satisfaction.SATISFIED,
    valid=True,
)
FACTS = st.builds(
    CallbackFact,
    kind=st.sampled_from(Kind),
    anonymity=st.sampled_from(Anonymity),
    need_reply=st.booleans(),
    contacted=st.sampled_from([True, False, None]),
    solved=st.sampled_from([*Solved, None]),
    satisfaction=st.sampled_from([*Satisfaction, None]),
    valid=st.booleans(),
)


def facts(count: int, **changes: object) -> list[CallbackFact]:
    return [replace(FACT, **changes)] * count


def all_rates(rows, policy=DEFAULT_POLICY):
    return {name: rate(definition, rows) for name, definition in definitions(policy).items()}


def worked_example() -> list[CallbackFact]:
    """80 valid: 76 contacted; 60 solved, 8 partly, 12 not; 68 of 75 at least basically satisfied."""
    solved = [Solved.SOLVED] * 60 + [Solved.PARTLY] * 8 + [Solved.UNSOLVED] * 12
    grades = (
        [Satisfaction.VERY_SATISFIED] * 30
        + [Satisfaction.SATISFIED] * 30
        + [Satisfaction.BASICALLY] * 8
        + [Satisfaction.DISSATISFIED] * 5
        + [Satisfaction.VERY_DISSATISFIED] * 2
        + [Satisfaction.NOT_RATED] * 3
        + [None] * 2
    )
    return [
        replace(FACT, contacted=place < 76, solved=solved[place], satisfaction=grades[place])
        for place in range(80)
    ]


def test_the_worked_example_of_the_domain():
    rows = worked_example()
    assert response_rate(rows) == Ratio(Fraction(76), 80)
    assert solved_rate(rows) == Ratio(Fraction(64), 80)
    assert satisfied_rate(rows) == Ratio(Fraction(68), 75)
    assert [ratio.percent for ratio in all_rates(rows).values()] == [
        Decimal(95),
        Decimal(80),
        Decimal("90.67"),
    ]


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"),
    [
        (6673, 8947, "74.58"),  # a county's month, direct closures
        (1715, 2274, "75.42"),
        (25783, 29186, "88.34"),
        (24165, 29186, "82.80"),
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (1, 800, "0.13"),  # 0.125 goes up
        (Fraction(1, 2), 3, "16.67"),
        (0, 5, "0"),
        (5, 5, "100"),
    ],
)
def test_percentages_are_rounded_half_up_to_two_places(numerator, denominator, percent):
    assert Ratio(Fraction(numerator), denominator).percent == Decimal(percent)


def test_of_nothing_there_is_no_percentage():
    assert NOTHING.percent is None
    assert Ratio(Fraction(1, 2), 1) + NOTHING + Ratio(Fraction(1), 2) == Ratio(Fraction(3, 2), 3)


@pytest.mark.parametrize(
    ("changes", "response", "solved", "satisfied"),
    [
        ({}, 1, 1, 1),
        ({"kind": Kind.HELP}, 1, 1, 1),
        ({"kind": Kind.REPORT}, 1, 1, 1),
        ({"kind": Kind.CONSULT}, 1, 0, 1),
        ({"kind": Kind.SUGGEST}, 1, 0, 1),
        ({"kind": Kind.PRAISE}, 1, 0, 1),
        ({"anonymity": Anonymity.WITHHELD}, 1, 1, 1),
        ({"anonymity": Anonymity.ANONYMOUS}, 0, 0, 0),
        ({"need_reply": False}, 0, 0, 0),
        ({"valid": False}, 0, 0, 0),
        ({"contacted": None}, 1, 1, 1),
        ({"solved": None}, 1, 0, 1),
        ({"solved": Solved.NOT_APPLICABLE}, 1, 0, 1),
        ({"satisfaction": None}, 1, 1, 0),
        ({"satisfaction": Satisfaction.NOT_RATED}, 1, 1, 0),
    ],
)
def test_what_each_denominator_leaves_out(changes, response, solved, satisfied):
    rows = facts(1, **changes)
    assert [ratio.denominator for ratio in all_rates(rows).values()] == [response, solved, satisfied]


@pytest.mark.parametrize(
    ("changes", "response", "solved", "satisfied"),
    [
        ({"contacted": False}, 0, 1, 1),
        ({"contacted": None}, 0, 1, 1),
        ({"solved": Solved.PARTLY}, 1, Fraction(1, 2), 1),
        ({"solved": Solved.UNSOLVED}, 1, 0, 1),
        ({"satisfaction": Satisfaction.VERY_SATISFIED}, 1, 1, 1),
        ({"satisfaction": Satisfaction.BASICALLY}, 1, 1, 1),
        ({"satisfaction": Satisfaction.DISSATISFIED}, 1, 1, 0),
        ({"satisfaction": Satisfaction.VERY_DISSATISFIED}, 1, 1, 0),
    ],
)
def test_what_each_numerator_counts(changes, response, solved, satisfied):
    rows = facts(1, **changes)
    assert [ratio.numerator for ratio in all_rates(rows).values()] == [response, solved, satisfied]


def test_the_switches_of_a_policy():
    rows = (
        facts(1, solved=Solved.PARTLY)
        + facts(1, kind=Kind.REPORT)
        + facts(1, anonymity=Anonymity.ANONYMOUS)
    )
    assert solved_rate(rows, Policy(partly=Fraction(1))) == Ratio(Fraction(2), 2)
    assert solved_rate(rows, Policy(partly=Fraction(0))) == Ratio(Fraction(1), 2)
    assert satisfied_rate(rows, Policy(rated_kinds=frozenset(Kind) - {Kind.REPORT})) == Ratio(
        Fraction(1), 1
    )
    assert response_rate(rows, Policy(count_anonymous=True)) == Ratio(Fraction(3), 3)


def test_rows_as_the_database_gives_them_count_the_same():
    plain = [
        CallbackFact(
            **{
                f.name: str(v) if isinstance(v := getattr(fact, f.name), str) else v
                for f in fields(fact)
            }
        )
        for fact in worked_example()
    ]
    assert all_rates(plain) == all_rates(worked_example())


@given(st.lists(FACTS, max_size=30), st.lists(FACTS, max_size=30))
def test_rates_add_up_over_units_and_never_pass_the_whole(some, others):
    for name, whole in all_rates(some + others).items():
        part, rest = all_rates(some)[name], all_rates(others)[name]
        assert whole == Ratio(part.numerator + rest.numerator, part.denominator + rest.denominator)
        assert 0 <= whole.numerator <= whole.denominator


def test_each_day_is_counted_by_the_switches_that_held_on_it():
    strict, kind = Policy(partly=Fraction(0)), Policy(partly=Fraction(1))
    policies = Policies([(date(2026, 3, 1), strict), (date(2026, 5, 10), kind)])
    assert policies.stretches(date(2026, 3, 1), date(2026, 5, 9)) == [(date(2026, 3, 1), date(2026, 5, 9), strict)]
    assert policies.stretches(date(2026, 2, 1), date(2026, 6, 30)) == [
        (date(2026, 2, 1), date(2026, 2, 28), DEFAULT_POLICY),
        (date(2026, 3, 1), date(2026, 5, 9), strict),
        (date(2026, 5, 10), date(2026, 6, 30), kind),
    ]
    assert policies.stretches(date(2026, 5, 10), date(2026, 5, 10)) == [(date(2026, 5, 10), date(2026, 5, 10), kind)]
    assert Policies().stretches(date(2026, 1, 1), date(2026, 1, 2)) == [
        (date(2026, 1, 1), date(2026, 1, 2), DEFAULT_POLICY)
    ]


@pytest.mark.parametrize("result", AttemptResult)
def test_only_an_answered_call_with_an_answer_is_valid(result):
    answered = result is AttemptResult.ANSWERED
    assert is_valid(result, Solved.UNSOLVED, None) is answered
    assert is_valid(result, None, Satisfaction.DISSATISFIED) is answered
    assert not is_valid(result, None, None)
    assert not is_valid(result, None, Satisfaction.NOT_RATED)


def test_whoever_refuses_or_declines_has_been_reached():
    assert set(AttemptResult) - UNREACHED == {
        AttemptResult.ANSWERED,
        AttemptResult.REFUSED,
        AttemptResult.DECLINED_RATING,
    }
