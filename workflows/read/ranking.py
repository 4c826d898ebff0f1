"""考核排名: units scored and ranked within their kind, by the plan in force on the last day of the period.

Every unit of a kind stands in its table: ranked, or with the reason why not. Places are among all; who may see only
some units' figures is shown those units' lines, with their places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from workflows.model.reference import reference
from workflows.read.figures import UnitFigures, figures
from workflows.rules.indicators import Figure
from workflows.rules.roles import SYSTEM, Actor
from workflows.rules.satisfaction import NOTHING, Ratio
from workflows.rules.scoring import Counted, Plan, Standing, part_score, places, score, standing, wilson
from workflows.rules.vocabulary import UnitKind
from workflows.scope import scope_key

#: The kinds that are ranked, each by itself (分组排名).
GROUPS = (UnitKind.DISTRICT, UnitKind.STREET, UnitKind.BUREAU, UnitKind.UTILITY)


@dataclass(frozen=True)
class ScoredPart:
    """A part of a unit's score: what it was made of, what it gives, and how sure the rate is where that is wanted."""

    ratio: Ratio
    points: Decimal | None
    interval: tuple[Decimal, Decimal] | None


@dataclass(frozen=True)
class RankedUnit:
    """A unit's line. `place` is None for what is not ranked, `total` for what cannot be scored."""

    unit_id: int
    name: str
    standing: Standing
    place: int | None
    total: Decimal | None
    sample: int
    parts: tuple[ScoredPart, ...]


@dataclass(frozen=True)
class Group:
    """The units of a kind: ranked first, by place and name, then the others by name. `of` is how many are ranked."""

    kind: UnitKind
    plan: Plan
    of: int
    units: tuple[RankedUnit, ...]


def rankings(actor: Actor, first: date, last: date) -> list[Group]:
    """The tables of all kinds that have units, for these eyes. Raises Invalid for a period that makes no sense."""
    wanted = {Figure.RESPONSE} | {part.figure for plan in _plans(last).values() for part in plan.parts}
    there = reference().handling_units(last)
    asked = [figure for figure in Figure if figure in wanted]
    counted = {line.unit_id: line for line in figures(SYSTEM, first, last, asked, timed=False)}
    seen, groups = scope_key(actor), []
    for group in ranked([counted.get(unit_id) or blank(unit_id) for unit_id in there], last):
        shown = tuple(line for line in group.units if seen is None or line.unit_id in seen)
        if shown:
            groups.append(replace(group, units=shown))
    return groups


def _plans(last: date) -> dict[UnitKind, Plan]:
    return {kind: reference().plan_of(kind, last) for kind in GROUPS}


def blank(unit_id: int) -> UnitFigures:
    """The line of a unit for which nothing was counted."""
    unit = reference().units[unit_id]
    return UnitFigures(unit_id, unit.name, unit.kind)


def ranked(lines: Sequence[UnitFigures], last: date) -> list[Group]:
    """The units of these lines, each kind by itself, by the plan for a period that ends on a day."""
    groups = []
    for kind, plan in _plans(last).items():
        units = _ranked(plan, [_line(plan, line) for line in lines if line.kind == kind])
        groups.append(Group(kind, plan, sum(unit.place is not None for unit in units), tuple(units)))
    return groups


def _line(plan: Plan, line: UnitFigures) -> RankedUnit:
    ratios = {figure: line.ratios.get(figure, NOTHING)
              for figure in {Figure.RESPONSE, *(p.figure for p in plan.parts)}}
    stands = standing(plan, Counted(line.received, ratios))
    parts = tuple(
        ScoredPart(ratios[part.figure], part_score(plan.model, part, ratios[part.figure]),
                   wilson(ratios[part.figure]) if plan.interval else None)
        for part in plan.parts
    )
    total = score(plan, ratios) if stands is Standing.RANKED else None
    return RankedUnit(line.unit_id, line.name, stands, None, total, ratios[Figure.RESPONSE].denominator, parts)


def _ranked(plan: Plan, lines: Iterable[RankedUnit]) -> Sequence[RankedUnit]:
    by_name = sorted(lines, key=lambda line: line.name)
    if not plan.ranked:
        return by_name
    scored = [line for line in by_name if line.total is not None]
    found = places([line.total for line in scored if line.total is not None])
    placed = [RankedUnit(**vars(line) | {"place": place}) for line, place in zip(scored, found, strict=True)]
    return [*sorted(placed, key=lambda line: line.place or 0), *(line for line in by_name if line.total is None)]
