"""What a change of limits would do, before it is done: one edit, or the limits of a whole profile at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true

from workflows.administer.books import RULE_SETTERS, administering, columns_of, created, record
from workflows.administer.limits import IDENTITY, SUBJECT, LimitLine, check_default, check_line, is_default
from workflows.administer.validity import ONE_DAY, end_row, not_past, replace_row
from workflows.errors import Invalid, Outdated
from workflows.model.base import db
from workflows.model.clock import JUDGED_BY, Clock
from workflows.model.reference import Reference, reference
from workflows.model.reference import today as present_day
from workflows.model.settings import LimitRule
from workflows.model.ticket import Ticket
from workflows.rules.limits import Limit
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import CallerType, SettingAction, Urgency

Key = tuple[Any, ...]
#: What the same rule may say otherwise.
_SAYS = ("amount", "basis", "source", "stage_name")


class LineFate(StrEnum):
    """What becomes of a limit."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    ENDED = "ENDED"
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True)
class LineChange:
    """One limit as it is and as it would be.

    `instead` is the rule its tickets are judged by today: the one that changes or ends, or, for a new one, the one
    it takes precedence of. `running` counts the clocks of open tickets that were judged by that rule and would be
    judged otherwise from now on; they keep it.
    """

    fate: LineFate
    before: LimitRule | None
    after: LimitLine | None
    instead: Limit | LimitRule | None = None
    running: int = 0


@dataclass(frozen=True)
class LimitPlan:
    """What a change would do. `seen` proves to `apply_profile` that the plan was made for what is there."""

    start: date
    seen: str
    changes: tuple[LineChange, ...]

    def of(self, fate: LineFate) -> tuple[LineChange, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.fate is fate)


def plan_edit(line: LimitLine | None, rule_id: int | None = None, valid_from: date | None = None) -> LimitPlan:
    """What saving one limit would do: a new one (no rule), a changed one, or an end (no line).

    Raises Invalid where saving would.
    """
    ref, start = reference(), not_past(present_day(), valid_from)
    row = db.session.get(LimitRule, rule_id, populate_existing=True) if rule_id is not None else None
    if row is not None:
        check_default(row, line)
    if line is not None:
        check_line(ref, line, start, but=rule_id)
    fate = LineFate.ENDED if line is None else LineFate.NEW if row is None else LineFate.CHANGED
    return LimitPlan(start, "", (_weighed(ref, LineChange(fate, row, line), start),))


def plan_profile(lines: Sequence[LimitLine], valid_from: date | None = None) -> LimitPlan:
    """What taking over these limits would do, before anything is written.

    A rule with the same conditions changes; a rule without matter and unit that says for part of the same tickets
    something of its own ends, or it would go before the profile's. Rules of a matter or a unit stay, and so does every
    default. A line without urgency speaks of ordinary tickets: limits of urgent ones stay unless the profile has its
    own. Raises Invalid for a line said twice, or where a rule it touches begins or ends after that day.
    """
    return _plan(reference(), lines, not_past(present_day(), valid_from))


def apply_profile(
    actor: Actor, *, name: str, lines: Sequence[LimitLine], seen: str, valid_from: date | None = None
) -> LimitPlan:
    """Take over the limits of a profile, each with its own line in the history, in one transaction.

    Raises Outdated where any limit changed since the plan was looked at.
    """
    with administering(actor, RULE_SETTERS) as doing:
        plan = _plan(doing.ref, lines, not_past(doing.today, valid_from))
        if plan.seen != seen:
            raise Outdated("outdated")
        for change in plan.changes:
            if change.fate is LineFate.NEW:
                created(doing, SUBJECT, LimitRule(**columns_of(change.after), valid_from=plan.start, version=1))
            elif change.fate is LineFate.CHANGED:
                replace_row(doing, SUBJECT, change.before, columns_of(change.after), plan.start)
            elif change.fate is LineFate.ENDED:
                end_row(doing, SUBJECT, change.before, plan.start - ONE_DAY)
        record(doing, SUBJECT, doing.today, SettingAction.IMPORTED, note=name,
               after={"rules_new": len(plan.of(LineFate.NEW)), "rules_changed": len(plan.of(LineFate.CHANGED)),
                      "rules_ended": len(plan.of(LineFate.ENDED)), "valid_from": plan.start.isoformat()})
        return plan


def _plan(ref: Reference, lines: Sequence[LimitLine], start: date) -> LimitPlan:
    rows = _lasting(start)
    by_key: dict[Key, list[LimitRule]] = {}
    for row in rows:
        by_key.setdefault(_key(row), []).append(row)
    wanted = {_key(line): line for line in lines}
    if len(wanted) != len(lines):
        raise Invalid(fields={"text": ["lines_twice"]})
    narrower = [row for row in rows if _key(row) not in wanted and any(_speaks_over(line, row) for line in lines)]
    touched = [row for key in wanted for row in by_key.get(key, ())] + narrower
    if any(row.valid_to is not None or row.valid_from > start for row in touched):
        raise Invalid(fields={"valid_from": ["rules_change_later"]})
    changes = [_fate(line, by_key.get(key, [None])[0]) for key, line in wanted.items()]
    changes += [LineChange(LineFate.ENDED, row, None) for row in narrower]
    return LimitPlan(start, _seen(rows, lines, start), tuple(_weighed(ref, change, start) for change in changes))


def _lasting(start: date) -> Sequence[LimitRule]:
    """The rules that hold on the day or begin later."""
    lasting = or_(LimitRule.valid_to.is_(None), LimitRule.valid_to >= start)
    return db.session.scalars(
        select(LimitRule).where(lasting).order_by(LimitRule.id), execution_options={"populate_existing": True}
    ).all()


def _key(rule: LimitRule | LimitLine) -> Key:
    """What makes two limits the same rule."""
    return tuple(getattr(rule, name) for name in IDENTITY)


def _speaks_over(line: LimitLine, row: LimitRule) -> bool:
    """Whether a profile's line is meant for all the tickets of a narrower rule."""
    if is_default(row) or row.code != line.code:
        return False
    return (
        (line.urgency or Urgency.NORMAL) == (row.urgency or Urgency.NORMAL)
        and {line.category_id, line.unit_id, row.category_id, row.unit_id} == {None}
        and line.kind in (None, row.kind)
        and line.enterprise in (None, row.enterprise)
    )


def _fate(line: LimitLine, row: LimitRule | None) -> LineChange:
    if row is None:
        return LineChange(LineFate.NEW, None, line)
    same = all(getattr(row, name) == getattr(line, name) for name in _SAYS)
    return LineChange(LineFate.UNCHANGED if same else LineFate.CHANGED, row, line)


def _seen(rows: Iterable[LimitRule], lines: Sequence[LimitLine], start: date) -> str:
    facts = [(row.id, row.version, row.valid_from, row.valid_to) for row in rows]
    return hashlib.sha256(repr((start, facts, lines)).encode()).hexdigest()[:16]


def _weighed(ref: Reference, change: LineChange, start: date) -> LineChange:
    """The change with the rule that judges its tickets today and the running clocks judged by it."""
    if change.fate is LineFate.UNCHANGED:
        return change
    instead = change.before or (_in_force(ref, change.after, start) if change.after else None)
    if instead is None:
        return change
    narrowed = _matching(ref, change.after) if change.before is None and change.after else true()
    running = db.session.scalar(
        select(func.count()).select_from(Clock).join(Ticket, Ticket.id == Clock.ticket_id)
        .where(*judged_by([instead.id], str(instead.code)), narrowed)
    )
    return replace(change, instead=instead, running=running or 0)


def _in_force(ref: Reference, line: LimitLine, start: date) -> Limit | None:
    """The rule by which the tickets of a new line would be judged without it."""
    category = ref.categories.get(line.category_id) if line.category_id is not None else None
    same = ("code", "stage", "kind", "unit_id", "enterprise")
    asked: Mapping[str, Any] = {name: getattr(line, name) for name in same}
    try:
        return ref.limits.select(**asked, category_path=category.path if category else None,
                                 urgency=line.urgency or Urgency.NORMAL, on=start)
    except LookupError:
        return None


def judged_by(rule_ids: Iterable[int], code: str) -> Sequence[ColumnElement[bool]]:
    """Running, not yet expired clocks of a step that were judged by one of these rules."""
    return (
        Clock.code == code,
        Clock.stopped_at.is_(None),
        Clock.due_at.is_not(None),
        Clock.fired_at.is_(None),
        JUDGED_BY.in_([str(rule_id) for rule_id in rule_ids]),
    )


def _matching(ref: Reference, line: LimitLine) -> ColumnElement[bool]:
    """The tickets a line is for."""
    found: ColumnElement[bool] = true()
    if line.kind is not None:
        found &= Ticket.kind == str(line.kind)
    if line.urgency is not None:
        found &= Ticket.urgency == str(line.urgency)
    if line.enterprise is not None:
        found &= (Ticket.caller_type == str(CallerType.ENTERPRISE)) == line.enterprise
    if line.unit_id is not None:
        found &= Clock.unit_id == line.unit_id
    if line.category_id is not None:
        below = ref.categories[line.category_id].path
        found &= Ticket.category_id.in_([c.id for c in ref.categories.values() if c.path.startswith(below)])
    return found
