"""How units are scored and ranked (考核评分, domain §7.4 and §7.7): three models, each a plan an administrator sets.

A score is added up from what is printed, so that a unit can do it by hand. Units are ranked within their kind only;
one without cases, or with too few, is listed and not ranked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from math import sqrt

from workflows.rules.indicators import INDICATOR, Figure, FigureGroup
from workflows.rules.satisfaction import Ratio

_CENT = Decimal("0.01")
_NOTHING = Decimal(0)
#: What the weights of the weighted model add up to, and what the model of points begins with.
WHOLE = Decimal(100)
#: Of a normal distribution, so wide that it holds 95 of 100.
_Z = 1.959964


class ScoreModel(StrEnum):
    """How a score is made (评分模型): rates by weight; points lost below a target; points for every case."""

    WEIGHTED = "WEIGHTED"
    LINEAR = "LINEAR"
    POINTS = "POINTS"


class Standing(StrEnum):
    """Where a unit stands in its group (排名状态)."""

    RANKED = "RANKED"
    TOO_FEW = "TOO_FEW"
    NOTHING_DUE = "NOTHING_DUE"
    NO_CASES = "NO_CASES"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a score.

    `worth` is its weight out of 100, the most it gives, or the points each case adds or takes. In the linear model
    every percentage point below `target` costs `slope`, down to `least`.
    """

    figure: Figure
    worth: Decimal
    target: Decimal | None = None
    slope: Decimal | None = None
    least: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How one kind of unit is scored.

    Fewer valid call-backs than `least_sample` are too few to be ranked by. Without `ranked` the scores stand in the
    order of the units' names. `interval` prints how sure each rate is.
    """

    model: ScoreModel
    parts: tuple[Part, ...]
    least_sample: int = 10
    ranked: bool = True
    interval: bool = False


DEFAULT_PLAN = Plan(ScoreModel.WEIGHTED, (
    Part(Figure.RESPONSE, Decimal(30)), Part(Figure.SOLVED, Decimal(35)), Part(Figure.SATISFIED, Decimal(35)),
))


def part_score(model: ScoreModel, part: Part, ratio: Ratio) -> Decimal | None:
    """What a part gives, not rounded where it is only a step of a sum; None where nothing was counted."""
    if model is ScoreModel.POINTS:
        return part.worth * Decimal(ratio.numerator.numerator) / ratio.numerator.denominator
    percent = ratio.percent
    if percent is None:
        return None
    if model is ScoreModel.WEIGHTED:
        return part.worth * percent / WHOLE
    return linear_score(part.worth, part.target or WHOLE, part.slope or _NOTHING, part.least or _NOTHING, percent)


def score(plan: Plan, ratios: Mapping[Figure, Ratio]) -> Decimal | None:
    """The whole score, half-up to two places; None where a part has nothing to be counted from."""
    parts = [part_score(plan.model, part, ratios[part.figure]) for part in plan.parts]
    if None in parts:
        return None
    added = sum((part for part in parts if part is not None), _NOTHING)
    return _rounded(max(_NOTHING, WHOLE + added) if plan.model is ScoreModel.POINTS else added)


def linear_score(
    worth: Decimal, target: Decimal, slope: Decimal, least: Decimal, percent: Decimal
) -> Decimal:
    """`worth` less `slope` points per percentage point below `target`, never below `least`; half-up to two places."""
    lost = slope * max(_NOTHING, target - percent)
    return _rounded(min(worth, max(least, worth - lost)))


def _rounded(points: Decimal) -> Decimal:
    return points.quantize(_CENT, ROUND_HALF_UP)


def problems(plan: Plan) -> dict[str, list[str]]:
    """What is wrong with a plan, by field; nothing where all is well."""
    figures = [part.figure for part in plan.parts]
    wrong: list[str] = []
    if not figures:
        wrong.append("required")
    if len(set(figures)) < len(figures):
        wrong.append("figure_twice")
    if any(INDICATOR[figure].group is FigureGroup.HOTLINE for figure in figures):
        wrong.append("figure_of_hotline")
    wrong += _CHECKS[plan.model](plan.parts)
    return {"parts": wrong} if wrong else {}


def _weighted(parts: Sequence[Part]) -> list[str]:
    fit = all(part.worth > 0 and part.target is part.slope is part.least is None for part in parts)
    whole = sum((part.worth for part in parts), _NOTHING) == WHOLE
    return [] if fit and whole else ["weights_are_not_whole"]


def _linear(parts: Sequence[Part]) -> list[str]:
    return [] if all(_falls(part) for part in parts) else ["linear_part_wrong"]


def _falls(part: Part) -> bool:
    if part.target is None or part.slope is None or part.least is None:
        return False
    return 0 < part.target <= WHOLE and part.slope > 0 and 0 <= part.least < part.worth


def _points(parts: Sequence[Part]) -> list[str]:
    fit = all(part.worth and part.target is part.slope is part.least is None for part in parts)
    return [] if fit else ["points_part_wrong"]


_CHECKS = {ScoreModel.WEIGHTED: _weighted, ScoreModel.LINEAR: _linear, ScoreModel.POINTS: _points}


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted for a unit: how many tasks it was given, and its ratios."""

    received: int
    ratios: Mapping[Figure, Ratio]


def standing(plan: Plan, unit: Counted) -> Standing:
    """Whether a unit can be ranked, and why not."""
    nothing = all(not unit.ratios[part.figure].denominator for part in plan.parts)
    if nothing:
        return Standing.NOTHING_DUE if unit.received else Standing.NO_CASES
    if unit.ratios[Figure.RESPONSE].denominator < plan.least_sample or score(plan, unit.ratios) is None:
        return Standing.TOO_FEW
    return Standing.RANKED


def places(scores: Sequence[Decimal]) -> list[int]:
    """The place of each score among them, the highest first; equal scores share a place (并列)."""
    return [1 + sum(other > one for other in scores) for one in scores]


def wilson(ratio: Ratio) -> tuple[Decimal, Decimal] | None:
    """Between which percentages a rate lies with 95 % certainty (Wilson's interval), to one place."""
    n = ratio.denominator
    if not n:
        return None
    p, spread = float(ratio.numerator) / n, _Z * _Z / n
    middle = (p + spread / 2) / (1 + spread)
    half = sqrt(spread * (p * (1 - p) + spread / 4)) / (1 + spread)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Decimal(f"{100 * low:.1f}"), Decimal(f"{100 * high:.1f}")
