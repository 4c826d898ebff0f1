"""The dispatch catalogue (派单目录): which unit answers for which matter, where, by what right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from workflows.administer.books import RULE_SETTERS, Complaints, administering, columns_of, created
from workflows.administer.validity import end_rule, fetch_rule, first_day, replace_row
from workflows.engine import Work
from workflows.model.base import db
from workflows.model.settings import CatalogueRule
from workflows.rules.roles import Actor
from workflows.rules.routing import Selector
from workflows.rules.vocabulary import Kind, SettingSubject

SUBJECT = SettingSubject.CATALOGUE
#: Units one line may name beside the lead.
MOST_BESIDE = 10
#: What tells two lines apart; two alike would say the same twice.
_CONDITIONS = ("category_id", "area_id", "kind", "enterprise", "unit_id", "selector")


@dataclass(frozen=True)
class CatalogueLine:
    """A line as its form has it: conditions (None is any), a unit or a selector, who helps it, and the right to it."""

    category_id: int | None
    basis: str
    unit_id: int | None = None
    selector: Selector | None = None
    area_id: int | None = None
    kind: Kind | None = None
    enterprise: bool | None = None
    co_unit_ids: tuple[int, ...] = ()
    grassroots_allowed: bool = False
    note: str = ""


def create_catalogue_rule(actor: Actor, *, line: CatalogueLine, valid_from: date | None = None) -> CatalogueRule:
    """Add a line to the catalogue, from today or a later day on."""
    with administering(actor, RULE_SETTERS) as doing:
        return add_line(doing, line, first_day(doing, valid_from))


def add_line(doing: Work, line: CatalogueLine, start: date) -> CatalogueRule:
    """Add a line inside a decision. Raises Invalid for what is wrong with it."""
    _check(doing, line, start)
    row = CatalogueRule(**columns_of(line), valid_from=start, version=1)
    created(doing, SUBJECT, row)
    return row


def replace_catalogue_rule(
    rule_id: int, actor: Actor, *, version: int, line: CatalogueLine, valid_from: date | None = None
) -> CatalogueRule:
    """Change a line: the old one ends, the new version begins. Tickets already sent stay where they are."""
    with administering(actor, RULE_SETTERS) as doing:
        row = fetch_rule(CatalogueRule, rule_id, version)
        start = first_day(doing, valid_from)
        _check(doing, line, start, but=rule_id)
        return replace_row(doing, SUBJECT, row, columns_of(line), start)


def end_catalogue_rule(rule_id: int, actor: Actor, *, version: int, last_day: date | None = None) -> CatalogueRule:
    """Take a line out of the catalogue; without a last day at once."""
    with administering(actor, RULE_SETTERS) as doing:
        row = fetch_rule(CatalogueRule, rule_id, version)
        end_rule(doing, SUBJECT, row, last_day)
        return row


def _check(doing: Work, line: CatalogueLine, start: date, but: int | None = None) -> None:
    wrong = Complaints()
    wrong.unless(line.basis, "basis", "required")
    wrong.unless((line.unit_id is None) != (line.selector is None), "unit_id", "unit_or_selector")
    wrong.unless(line.category_id is None or line.category_id in doing.ref.categories, "category_id",
                 "category_unknown")
    wrong.unless(line.area_id is None or line.area_id in doing.ref.areas, "area_id", "area_unknown")
    if line.unit_id is not None:
        wrong.unless(line.unit_id in doing.ref.handling_units(start), "unit_id", "unit_unknown")
    beside = set(line.co_unit_ids)
    wrong.unless(beside <= doing.ref.handling_units(start), "co_unit_ids", "unit_unknown")
    wrong.unless(line.unit_id not in beside, "co_unit_ids", "unit_has_a_part")
    wrong.unless(len(beside) == len(line.co_unit_ids) <= MOST_BESIDE, "co_unit_ids", "unit_has_a_part")
    wrong.unless(line.grassroots_allowed or not _goes_to_a_street(doing, line), "grassroots_allowed",
                 "grassroots_needs_allowing")
    wrong.unless(not _said_already(line, start, but), "category_id", "rule_exists")
    wrong.settle()


def _goes_to_a_street(doing: Work, line: CatalogueLine) -> bool:
    """Such a line without `grassroots_allowed` would never act (66号文: no departments' work for the streets)."""
    return line.selector is Selector.STREET_OF_PLACE or line.unit_id in doing.ref.grassroots_units


def _said_already(line: CatalogueLine, start: date, but: int | None) -> bool:
    same = [getattr(CatalogueRule, name).is_not_distinct_from(getattr(line, name)) for name in _CONDITIONS]
    lasting = or_(CatalogueRule.valid_to.is_(None), CatalogueRule.valid_to >= start)
    return bool(
        db.session.scalar(
            select(select(CatalogueRule.id).where(*same, lasting, CatalogueRule.id.is_distinct_from(but)).exists())
        )
    )
