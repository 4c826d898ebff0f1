"""What a caller is asked when rung back, and the three rates counted from the answers.

A rate is a numerator over a denominator, never a bare percentage. What belongs to each stands in one
table, `definitions()`: `rate()` counts by it, the SQL of the reports is written from it, the help page
prints it. Exclusions follow the switches of a `Policy`; they are printed under every bulletin.
Sources: domain §7.3–§7.5.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor

from workflows.rules.vocabulary import Anonymity, Kind

LONG_AGO = date(2000, 1, 1)


class AttemptResult(StrEnum):
    """How an attempt to ring the caller back ended (回访结果)."""

    ANSWERED = "ANSWERED"
    NO_ANSWER = "NO_ANSWER"
    REFUSED = "REFUSED"
    EMPTY_NUMBER = "EMPTY_NUMBER"
    OUT_OF_SERVICE = "OUT_OF_SERVICE"
    NOT_THE_CALLER = "NOT_THE_CALLER"
    DECLINED_RATING = "DECLINED_RATING"


UNREACHED = frozenset(
    {
        AttemptResult.NO_ANSWER,
        AttemptResult.EMPTY_NUMBER,
        AttemptResult.OUT_OF_SERVICE,
        AttemptResult.NOT_THE_CALLER,
    }
)
"""Results after which the caller has not been spoken to; enough of them close the ticket as unreachable."""


class Solved(StrEnum):
    """Is it solved? (是否解决) NOT_APPLICABLE is for consultations."""

    SOLVED = "SOLVED"
    PARTLY = "PARTLY"
    UNSOLVED = "UNSOLVED"
    NOT_APPLICABLE = "NOT_APPLICABLE"


#: What a caller who was written to answers, by the digit they send back.
TEXTED = {"1": Solved.SOLVED, "2": Solved.PARTLY, "3": Solved.UNSOLVED}
_DIGIT = re.compile(r"\s*([123])(?![0-9])[\s,.，。、:：;；!！)）]*(.*)", re.DOTALL)


def texted(text: str) -> tuple[Solved, str] | None:
    """What a text message answers, and what else it says; None where it begins with no digit of ours alone."""
    found = _DIGIT.fullmatch(unicodedata.normalize("NFKC", text))
    return (TEXTED[found[1]], found[2].strip()) if found else None


class Satisfaction(StrEnum):
    """Five grades, and that none was given (满意度)."""

    VERY_SATISFIED = "VERY_SATISFIED"
    SATISFIED = "SATISFIED"
    BASICALLY = "BASICALLY"
    DISSATISFIED = "DISSATISFIED"
    VERY_DISSATISFIED = "VERY_DISSATISFIED"
    NOT_RATED = "NOT_RATED"


NEGATIVE = frozenset({Satisfaction.DISSATISFIED, Satisfaction.VERY_DISSATISFIED})


class DissatisfactionReason(StrEnum):
    """What the caller is dissatisfied with (不满意原因)."""

    ATTITUDE = "ATTITUDE"
    NOT_CONTACTED = "NOT_CONTACTED"
    NOT_ON_SITE = "NOT_ON_SITE"
    OFF_THE_POINT = "OFF_THE_POINT"
    SHIRKING = "SHIRKING"
    LATE = "LATE"
    RESULT_SHORT = "RESULT_SHORT"
    POLICY = "POLICY"
    RECURRED = "RECURRED"
    OTHER = "OTHER"


class Rate(StrEnum):
    """The three rates (三率): 响应率, 解决率, 满意率."""

    RESPONSE = "RESPONSE"
    SOLVED = "SOLVED"
    SATISFIED = "SATISFIED"


@dataclass(frozen=True, slots=True)
class Ratio:
    """A numerator over a denominator; the numerator may be a fraction: a partly solved matter counts half."""

    numerator: Fraction
    denominator: int

    @property
    def percent(self) -> Decimal | None:
        """In percent, rounded half-up to two places; None where nothing was counted."""
        if not self.denominator:
            return None
        hundredths = Fraction(self.numerator) * 10_000 / self.denominator
        return Decimal(floor(hundredths + Fraction(1, 2))).scaleb(-2)

    def __add__(self, other: Ratio) -> Ratio:
        return Ratio(self.numerator + other.numerator, self.denominator + other.denominator)


NOTHING = Ratio(Fraction(0), 0)


@dataclass(frozen=True, slots=True)
class Policy:
    """The switches of the figures (特殊情形处理, domain §7.5), printed under every table.

    `partly`: what a partly solved matter adds. `solved_kinds`: kinds asked whether solved; consultations are
    not. `rated_kinds`: kinds whose satisfaction counts; a city that does not score law enforcement by
    satisfaction takes REPORT out. `count_anonymous`: keep anonymous tickets and those that wanted no reply.
    `merged_once`: the callers of merged tickets count as one, with their mean. `by_first_due`: an extension that was
    granted does not make punctual. `callback_percent`: of a hundred callers whom no rule has rung back anyway, how many
    are (抽样回访, `rules.ringing`); 100 rings everybody (全量回访).
    """

    partly: Fraction = Fraction(1, 2)
    solved_kinds: frozenset[Kind] = frozenset({Kind.HELP, Kind.COMPLAINT, Kind.REPORT})
    rated_kinds: frozenset[Kind] = frozenset(Kind)
    count_anonymous: bool = False
    merged_once: bool = True
    by_first_due: bool = False
    callback_percent: int = 100


DEFAULT_POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Policies:
    """Which switches held when: each day is counted by those of that day, so that a change alters no day gone by.

    `begins` are (first day, switches), in the order of time; before the first of them the built-in ones hold.
    """

    begins: Sequence[tuple[date, Policy]] = ()

    def on(self, day: date) -> Policy:
        """The switches that hold on a day."""
        return next((policy for start, policy in reversed(self.begins) if start <= day), DEFAULT_POLICY)

    def stretches(self, first: date, last: date) -> list[tuple[date, date, Policy]]:
        """The days of a period, both included, by the switches that hold on them."""
        begins = [(LONG_AGO, DEFAULT_POLICY), *self.begins]
        ends = [start - timedelta(days=1) for start, _ in begins[1:]] + [last]
        held = ((max(first, start), min(last, end), policy)
                for (start, policy), end in zip(begins, ends, strict=True))
        return [(start, end, policy) for start, end, policy in held if start <= end]


@dataclass(frozen=True, slots=True)
class CallbackFact:
    """One finished call-back as the rates see it.

    `valid` is `is_valid()` of the answers. `contacted` is Q1, or where it was not asked, whether a contact is
    on record (for withheld callers: through the hotline).
    """

    kind: str
    anonymity: str
    need_reply: bool
    contacted: bool | None
    solved: str | None
    satisfaction: str | None
    valid: bool


@dataclass(frozen=True, slots=True)
class Definition:
    """One rate, apart from Python and SQL.

    Of the valid call-backs of `kinds` (and of named callers who wanted a reply, where `named_only`), those
    whose `answer` is one of `counted` are the denominator (None: all are); the numerator is the sum of
    `weights` over their answers.
    """

    rate: Rate
    answer: str
    weights: Mapping[object, Fraction]
    counted: frozenset[object] | None
    kinds: frozenset[Kind]
    named_only: bool


def definitions(policy: Policy = DEFAULT_POLICY) -> dict[Rate, Definition]:
    """The three rates under a policy."""
    one = Fraction(1)
    good = (Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.BASICALLY)
    rows = (
        (Rate.RESPONSE, "contacted", {True: one}, None, frozenset(Kind)),
        (
            Rate.SOLVED,
            "solved",
            {Solved.SOLVED: one, Solved.PARTLY: Fraction(policy.partly)},
            frozenset(Solved) - {Solved.NOT_APPLICABLE},
            policy.solved_kinds,
        ),
        (
            Rate.SATISFIED,
            "satisfaction",
            dict.fromkeys(good, one),
            frozenset(Satisfaction) - {Satisfaction.NOT_RATED},
            policy.rated_kinds,
        ),
    )
    return {row[0]: Definition(*row, named_only=not policy.count_anonymous) for row in rows}


def is_valid(result: str, solved: str | None, satisfaction: str | None) -> bool:
    """Whether a call-back counts: it was answered, and Q2 or Q3 was."""
    rated = satisfaction is not None and satisfaction != Satisfaction.NOT_RATED
    return result == AttemptResult.ANSWERED and (solved is not None or rated)


def _belongs(fact: CallbackFact, definition: Definition) -> bool:
    """Whether a call-back is in a rate's denominator."""
    if not fact.valid or fact.kind not in definition.kinds:
        return False
    if definition.named_only and (fact.anonymity == Anonymity.ANONYMOUS or not fact.need_reply):
        return False
    return definition.counted is None or getattr(fact, definition.answer) in definition.counted


def rate(definition: Definition, facts: Iterable[CallbackFact]) -> Ratio:
    """One rate over call-backs; goes through them once."""
    nothing = Fraction(0)
    numerator, denominator = nothing, 0
    for fact in facts:
        if _belongs(fact, definition):
            numerator += definition.weights.get(getattr(fact, definition.answer), nothing)
            denominator += 1
    return Ratio(numerator, denominator)


def response_rate(facts: Iterable[CallbackFact], policy: Policy = DEFAULT_POLICY) -> Ratio:
    """响应率: contacted ÷ valid call-backs."""
    return rate(definitions(policy)[Rate.RESPONSE], facts)


def solved_rate(facts: Iterable[CallbackFact], policy: Policy = DEFAULT_POLICY) -> Ratio:
    """解决率: solved, and partly solved by half, ÷ valid call-backs about help, complaints and reports."""
    return rate(definitions(policy)[Rate.SOLVED], facts)


def satisfied_rate(facts: Iterable[CallbackFact], policy: Policy = DEFAULT_POLICY) -> Ratio:
    """满意率: at least basically satisfied ÷ valid call-backs with a grade."""
    return rate(definitions(policy)[Rate.SATISFIED], facts)
