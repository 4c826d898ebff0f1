"""评分方案、指标口径: how units of a kind are scored, and the switches of the figures; each change a new version.

A change holds from today on at the earliest: no day gone by is counted otherwise than it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.administer.books import RULE_SETTERS, Complaints, administering
from workflows.administer.validity import fetch_rule, first_day, replace_row
from workflows.errors import Invalid
from workflows.model.scoring import RatePolicy, ScoringPlan
from workflows.rules.roles import Actor
from workflows.rules.scoring import Part, Plan, ScoreModel, problems
from workflows.rules.vocabulary import Kind, SettingSubject


@dataclass(frozen=True)
class PolicyLine:
    """The switches as their form has them; `partly` in hundredths."""

    partly: int
    solved_kinds: tuple[Kind, ...]
    rated_kinds: tuple[Kind, ...]
    count_anonymous: bool
    merged_once: bool
    by_first_due: bool
    callback_percent: int
    source: str


@dataclass(frozen=True)
class ScoringLine:
    """A plan as its form has it."""

    model: ScoreModel
    parts: tuple[Part, ...]
    least_sample: int
    ranked: bool
    interval: bool
    source: str


def replace_policy(
    policy_id: int, actor: Actor, *, version: int, line: PolicyLine, valid_from: date | None = None
) -> RatePolicy:
    """Change the switches from a day on.

    Who is rung back changes from the next day on at the earliest: a day has one policy, which its figures name.
    """
    with administering(actor, RULE_SETTERS) as doing:
        row = fetch_rule(RatePolicy, policy_id, version)
        wrong = Complaints()
        wrong.unless(0 <= line.partly <= 100, "partly", "amount_out_of_range")
        wrong.unless(line.solved_kinds, "solved_kinds", "required")
        wrong.unless(line.rated_kinds, "rated_kinds", "required")
        wrong.unless(1 <= line.callback_percent <= 100, "callback_percent", "amount_out_of_range")
        wrong.unless(line.source, "source", "required")
        start = first_day(doing, valid_from)
        wrong.unless(line.callback_percent == row.callback_percent or start > doing.today, "valid_from",
                     "callbacks_change_tomorrow")
        wrong.settle()
        changes = vars(line) | {
            "partly": Decimal(line.partly) / 100, "solved_kinds": _codes(line.solved_kinds),
            "rated_kinds": _codes(line.rated_kinds),
        }
        return replace_row(doing, SettingSubject.RATE_POLICY, row, changes, start)


def replace_plan(
    plan_id: int, actor: Actor, *, version: int, line: ScoringLine, valid_from: date | None = None
) -> ScoringPlan:
    """Change how a kind of unit is scored from a day on. Raises Invalid for parts that make no score."""
    with administering(actor, RULE_SETTERS) as doing:
        row = fetch_rule(ScoringPlan, plan_id, version)
        wrong = problems(Plan(line.model, line.parts)) | ({} if line.source else {"source": ["required"]})
        if wrong:
            raise Invalid(fields=wrong)
        changes = vars(line) | {"model": str(line.model), "parts": [written(part) for part in line.parts]}
        return replace_row(doing, SettingSubject.SCORING, row, changes, first_day(doing, valid_from))


def written(part: Part) -> Mapping[str, Any]:
    """A part as its row has it: numbers as text, so that none is rounded; what it has not is left out."""
    numbers = {"worth": part.worth, "target": part.target, "slope": part.slope, "least": part.least}
    return {"figure": str(part.figure)} | {name: str(n) for name, n in numbers.items() if n is not None}


def _codes(kinds: Iterable[Kind]) -> list[str]:
    return sorted(str(kind) for kind in kinds)
