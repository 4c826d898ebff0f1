"""The escalation ladder: at which step whom to tell, for everybody or for one unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from workflows.administer.books import RULE_SETTERS, Complaints, administering, columns_of, created
from workflows.administer.validity import end_rule, fetch_rule, first_day, replace_row
from workflows.engine import Work
from workflows.engine.clocks import ACTS, UNIT_CLOCKS
from workflows.model.base import db
from workflows.model.settings import LadderStep
from workflows.rules.escalation import AMOUNTS, INHERENT, UNITS_ONLY, Addressee, Level
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import SettingSubject

SUBJECT = SettingSubject.LADDER
#: Clocks that run and have a due date, and so a ladder.
CLIMBING = tuple(code for code in ClockCode if code in ACTS and code is not ClockCode.TOTAL)


@dataclass(frozen=True)
class StepLine:
    """A step as its form has it; without a unit it holds for everybody who has none of their own."""

    code: ClockCode
    level: Level
    addressees: tuple[Addressee, ...]
    source: str
    amount: int | None = None
    unit_id: int | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """As the table has it."""
        return columns_of(self) | {"addressees": [str(one) for one in self.addressees]}


def create_step(actor: Actor, *, line: StepLine, valid_from: date | None = None) -> LadderStep:
    """Add a step, from today or a later day on. A clock that waits for a later one passes it by."""
    with administering(actor, RULE_SETTERS) as doing:
        start = first_day(doing, valid_from)
        _check(doing, line, start)
        row = LadderStep(**line.columns, valid_from=start, version=1)
        created(doing, SUBJECT, row)
        return row


def replace_step(
    step_id: int, actor: Actor, *, version: int, line: StepLine, valid_from: date | None = None
) -> LadderStep:
    """Change a step: the old one ends, the new version begins; clocks meet it when they come to it."""
    with administering(actor, RULE_SETTERS) as doing:
        row = fetch_rule(LadderStep, step_id, version)
        start = first_day(doing, valid_from)
        _check(doing, line, start, but=step_id)
        return replace_row(doing, SUBJECT, row, line.columns, start)


def end_step(step_id: int, actor: Actor, *, version: int, last_day: date | None = None) -> LadderStep:
    """End a step; without a last day at once. Yellow and red marks go on without it, and nobody is told of them."""
    with administering(actor, RULE_SETTERS) as doing:
        row = fetch_rule(LadderStep, step_id, version)
        end_rule(doing, SUBJECT, row, last_day)
        return row


def _check(doing: Work, line: StepLine, start: date, but: int | None = None) -> None:
    wrong = Complaints()
    wrong.unless(line.code in CLIMBING, "code", "clock_without_ladder")
    wrong.unless(line.code in UNIT_CLOCKS or line.level not in UNITS_ONLY, "level", "step_for_units_only")
    if line.level in INHERENT:
        wrong.unless(line.amount is None, "amount", "amount_not_wanted")
    else:
        wrong.unless(line.amount in AMOUNTS[line.level], "amount", "amount_out_of_range")
    wrong.unless(line.addressees, "addressees", "required")
    wrong.unless(line.source, "source", "required")
    wrong.unless(line.unit_id is None or line.code in UNIT_CLOCKS, "unit_id", "step_of_the_hotline")
    wrong.unless(line.unit_id is None or line.unit_id in doing.ref.active_units(start), "unit_id", "unit_unknown")
    wrong.unless(not _said_already(line, start, but), "level", "rule_exists")
    wrong.settle()


def _said_already(line: StepLine, start: date, but: int | None) -> bool:
    same = [getattr(LadderStep, name) == str(getattr(line, name)) for name in ("code", "level")]
    lasting = or_(LadderStep.valid_to.is_(None), LadderStep.valid_to >= start)
    found = select(LadderStep.id).where(
        *same, LadderStep.unit_id.is_not_distinct_from(line.unit_id), lasting, LadderStep.id.is_distinct_from(but)
    )
    return bool(db.session.scalar(select(found.exists())))
