"""Limits: how long each step may take, for whom, by what law."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from workflows.administer.books import RULE_SETTERS, Complaints, administering, columns_of, created
from workflows.administer.validity import end_rule, fetch_rule, first_day, replace_row
from workflows.errors import NotNow
from workflows.model.base import db
from workflows.model.reference import Reference
from workflows.model.settings import LimitRule
from workflows.rules.calendar import Basis
from workflows.rules.limits import EXTENSIONS, ClockCode
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import Kind, SettingSubject, Urgency

SUBJECT = SettingSubject.LIMIT
#: The longest limit of each basis: ten years, so that every due is a date.
LONGEST = {Basis.MIN: 5_256_000, Basis.H: 87_600, Basis.WH: 20_000, Basis.WD: 2_500, Basis.CD: 3_650,
           Basis.CDR: 3_650}
#: What says which tickets a limit is for.
SELECTORS = ("kind", "category_id", "urgency", "unit_id", "enterprise")
#: What makes two limits the same rule.
IDENTITY = ("code", "stage", *SELECTORS)
MOST_STAGES = 9


@dataclass(frozen=True)
class LimitLine:
    """A limit as its form has it: the clock, how long, for which tickets (None is any), and where it stands written."""

    code: ClockCode
    amount: int
    basis: Basis
    source: str
    kind: Kind | None = None
    category_id: int | None = None
    urgency: Urgency | None = None
    unit_id: int | None = None
    enterprise: bool | None = None
    #: Of a staged limit: which stage, from 1 on, and its name.
    stage: int | None = None
    stage_name: str = ""

    @property
    def is_default(self) -> bool:
        """Holds for every ticket that nothing more specific matches."""
        return self.stage is None and all(getattr(self, name) is None for name in SELECTORS)


def create_limit(actor: Actor, *, line: LimitLine, valid_from: date | None = None) -> LimitRule:
    """Add a limit, from today or a later day on. Clocks already running keep theirs."""
    with administering(actor, RULE_SETTERS) as doing:
        start = first_day(doing, valid_from)
        check_line(doing.ref, line, start)
        row = LimitRule(**columns_of(line), valid_from=start, version=1)
        created(doing, SUBJECT, row)
        return row


def replace_limit(
    rule_id: int, actor: Actor, *, version: int, line: LimitLine, valid_from: date | None = None
) -> LimitRule:
    """Change a limit: the old one ends, the new version begins. A default stays the default of its clock."""
    with administering(actor, RULE_SETTERS) as doing:
        row = fetch_rule(LimitRule, rule_id, version)
        check_default(row, line)
        start = first_day(doing, valid_from)
        check_line(doing.ref, line, start, but=rule_id)
        return replace_row(doing, SUBJECT, row, columns_of(line), start)


def end_limit(rule_id: int, actor: Actor, *, version: int, last_day: date | None = None) -> LimitRule:
    """End a limit; without a last day at once. Raises NotNow for a default: every clock needs one."""
    with administering(actor, RULE_SETTERS) as doing:
        row = fetch_rule(LimitRule, rule_id, version)
        check_default(row, None)
        end_rule(doing, SUBJECT, row, last_day)
        return row


def check_default(row: LimitRule, line: LimitLine | None) -> None:
    """Raise NotNow where a clock would lose its default: it may change, but neither end nor become narrower.

    Of extensions there need be none.
    """
    stays = line is not None and line.is_default and line.code == row.code
    if is_default(row) and row.code not in EXTENSIONS and not stays:
        raise NotNow("limit_default_needed")


def is_default(row: LimitRule) -> bool:
    """Whether the rule holds for every ticket that nothing more specific matches."""
    return row.stage is None and all(getattr(row, name) is None for name in SELECTORS)


def check_line(ref: Reference, line: LimitLine, start: date, but: int | None = None) -> None:
    """Raise Invalid where a limit cannot be, or where another rule (`but` none of these) has the same conditions."""
    wrong = complaints_about(ref, line, start)
    wrong.unless(not _said_already(line, start, but), "code", "rule_exists")
    wrong.settle()


def complaints_about(ref: Reference, line: LimitLine, start: date) -> Complaints:
    """What is wrong with a limit by itself, whatever other rules there are."""
    wrong = Complaints()
    wrong.unless(line.code is not ClockCode.TOTAL, "code", "clock_without_limit")
    wrong.unless(1 <= line.amount <= LONGEST[line.basis], "amount", "amount_out_of_range")
    wrong.unless(line.source, "source", "required")
    _check_stage(wrong, line)
    wrong.unless(line.category_id is None or line.category_id in ref.categories, "category_id",
                 "category_unknown")
    wrong.unless(line.unit_id is None or line.unit_id in ref.active_units(start), "unit_id", "unit_unknown")
    return wrong


def _check_stage(wrong: Complaints, line: LimitLine) -> None:
    if line.code is not ClockCode.STAGE:
        wrong.unless(line.stage is None and not line.stage_name, "stage", "stage_of_other_clock")
        return
    wrong.unless(line.stage is not None and 1 <= line.stage <= MOST_STAGES, "stage", "stage_number")
    wrong.unless(line.stage_name, "stage_name", "required")
    wrong.unless(any(getattr(line, name) is not None for name in SELECTORS), "code", "stage_for_all")


def _said_already(line: LimitLine, start: date, but: int | None) -> bool:
    same = [getattr(LimitRule, name).is_not_distinct_from(getattr(line, name)) for name in IDENTITY]
    lasting = or_(LimitRule.valid_to.is_(None), LimitRule.valid_to >= start)
    return bool(
        db.session.scalar(
            select(select(LimitRule.id).where(*same, lasting, LimitRule.id.is_distinct_from(but)).exists())
        )
    )
