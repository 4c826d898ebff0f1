"""What administrators decided, held in memory per process.

Units, areas, categories, calendars, limits, the ladder, the dispatch catalogue and who holds which role change a
few times a day and are read a dozen times per ticket. A process keeps one snapshot and asks the database for one number
(`reference_version`) to know whether it is still the present one; triggers raise that number on every change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Select, inspect, or_, select, text

from workflows.model.base import db, now
from workflows.model.directory import Area, Category, Unit, User, UserRole
from workflows.model.former_names import FormerNames, load_former_names
from workflows.model.infos import AreaInfo, CategoryInfo, UnitInfo
from workflows.model.risk import RiskRuleRow
from workflows.model.scoring import RatePolicy, ScoringPlan
from workflows.model.settings import (
    CalendarDay,
    CatalogueRule,
    LadderStep,
    LimitRule,
    PreReviewRule,
    SignOffRule,
    SuspensionCauseRule,
    ThresholdRow,
    WorkCalendar,
)
from workflows.rules.calendar import Basis, Calendar
from workflows.rules.chains import SignOffs
from workflows.rules.escalation import DISTRICT, HOTLINE, PARENT, Addressee, Ladder, Level, Step
from workflows.rules.indicators import Figure
from workflows.rules.limits import ClockCode, Limit, LimitBook
from workflows.rules.passing import Thresholds
from workflows.rules.risk import RiskRule
from workflows.rules.roles import Role
from workflows.rules.routing import Route, RouteBook, Rule, Selector, route
from workflows.rules.satisfaction import Policies, Policy
from workflows.rules.scoring import DEFAULT_PLAN, Part, Plan, ScoreModel
from workflows.rules.vocabulary import Kind, RiskKind, UnitKind

ZONE = ZoneInfo("Asia/Shanghai")
#: From this month on the days of the next year should be known.
NOTICE_MONTH = 11


@dataclass(frozen=True)
class Reference:
    """One consistent snapshot of everything administrators decide."""

    version: int
    units: Mapping[int, UnitInfo]
    areas: Mapping[int, AreaInfo]
    categories: Mapping[int, CategoryInfo]
    calendars: Mapping[int, Calendar]
    default_calendar_id: int
    limits: LimitBook
    routes: RouteBook
    ladder: Ladder
    #: Unit → the roles somebody active holds there.
    holders: Mapping[int, frozenset[str]]
    thresholds: Thresholds
    risk_rules: Mapping[RiskKind, RiskRule]
    sign_offs: SignOffs
    #: Channels whose requests are looked over before dispatch.
    reviewed_channels: frozenset[str]
    #: Causes for which nothing is suspended now.
    closed_causes: frozenset[str]
    policies: Policies
    #: Kind of unit → since when it is scored by which plan, in the order of time.
    plans: Mapping[str, Sequence[tuple[date, Plan]]]
    former_names: FormerNames

    def plan_of(self, kind: str, on: date) -> Plan:
        """How units of a kind are scored for a period that ends on a day."""
        return next((plan for since, plan in reversed(self.plans.get(kind, ())) if since <= on), DEFAULT_PLAN)

    def calendar_of(self, unit_id: int | None) -> tuple[int, Calendar]:
        """The calendar a unit works by; the hotline's default where it has none of its own."""
        unit = self.units.get(unit_id) if unit_id is not None else None
        key = unit.calendar_id if unit is not None and unit.calendar_id else self.default_calendar_id
        return key, self.calendars[key]

    @property
    def default_calendar(self) -> Calendar:
        """The calendar of the hotline body."""
        return self.calendars[self.default_calendar_id]

    def uncertain_year(self, on: date) -> int | None:
        """The year whose days are not official though they should be: this one, or from 1 November on the next.

        The State Council publishes the days of a year in October or November of the year before.
        """
        office = next((days for days in self.calendars.values() if not days.all_days), None)
        asked = (on.year, on.year + 1) if on.month >= NOTICE_MONTH else (on.year,)
        return next((year for year in asked if office and office.is_provisional(date(year, 12, 31))), None)

    def subtree(self, unit_id: int) -> frozenset[int]:
        """A unit and all below it."""
        found = self._subtrees.get(unit_id)
        if found is None:
            prefix = self.units[unit_id].path
            found = frozenset(u.id for u in self.units.values() if u.path.startswith(prefix))
            self._subtrees[unit_id] = found
        return found

    @cached_property
    def _subtrees(self) -> dict[int, frozenset[int]]:
        return {}

    def told(self, addressee: Addressee, unit_id: int | None) -> tuple[int, Role]:
        """The unit and the role a step of the ladder tells about a clock of a unit (None: of the hotline's desks).

        Where nobody there holds the role, the nearest unit above that has somebody; where none has, the place
        itself: the notice waits for whoever gets the role.
        """
        key = (addressee, unit_id)
        if key not in self._told:
            start = self._place(addressee.place, unit_id)
            above = reversed(self.units[start].path.strip("/").split("/")) if start in self.units else ()
            held = (int(part) for part in above if addressee.role in self.holders.get(int(part), ()))
            self._told[key] = next(held, start), addressee.role
        return self._told[key]

    def _place(self, place: str, unit_id: int | None) -> int:
        if place == DISTRICT:
            return self.district_unit_id
        if place == HOTLINE or unit_id is None:
            return self.hotline_unit_id
        above = self.units[unit_id].parent_id
        return above if place == PARENT and above is not None else unit_id

    @cached_property
    def _told(self) -> dict[tuple[Addressee, int | None], tuple[int, Role]]:
        return {}

    def active_units(self, on: date) -> frozenset[int]:
        """Units that exist on a day."""
        if on not in self._active_on:
            self._active_on[on] = frozenset(
                u.id for u in self.units.values()
                if u.active_from <= on and (u.active_to is None or on <= u.active_to)
            )
        return self._active_on[on]

    def handling_units(self, on: date) -> frozenset[int]:
        """Units that exist on a day and may be given work: all but the hotline itself."""
        return self.active_units(on) - {self.hotline_unit_id}

    @cached_property
    def _active_on(self) -> dict[date, frozenset[int]]:
        """Answers of `active_units`, a day or two of them in the life of a snapshot."""
        return {}

    @cached_property
    def street_unit_of(self) -> Mapping[int, int]:
        """Area → the street unit that serves it; of several the one that goes on longest."""
        streets = [u for u in self.units.values() if u.kind == UnitKind.STREET and u.area_id is not None]
        streets.sort(key=lambda u: (u.active_to or date.max, u.id))
        return {u.area_id: u.id for u in streets}

    @cached_property
    def grassroots_units(self) -> frozenset[int]:
        """Streets and whatever is below them: no dumping ground for departments' work."""
        streets = tuple(u.path for u in self.units.values() if u.kind == UnitKind.STREET)
        return frozenset(u.id for u in self.units.values() if streets and u.path.startswith(streets))

    @cached_property
    def hotline_unit_id(self) -> int:
        """The hotline body itself: the addressee of its desks' notices."""
        return self._only(UnitKind.HOTLINE)

    @cached_property
    def district_unit_id(self) -> int:
        """The district's coordinating unit: the fallback of routing (Beijing regulation, Art. 12)."""
        return self._only(UnitKind.DISTRICT)

    def _only(self, kind: UnitKind) -> int:
        found = sorted(u.id for u in self.units.values() if u.kind == kind)
        if not found:
            raise LookupError(f"no unit of kind {kind}")
        return found[0]

    def route(
        self, category_id: int | None, area_id: int | None, kind: str, *, enterprise: bool, on: date
    ) -> Route:
        """What the dispatch catalogue says for a matter, a place and a kind on a day."""
        category, area = self.categories.get(category_id), self.areas.get(area_id)
        return route(
            self.routes,
            category_path=category.path if category else None,
            area_path=area.path if area else None,
            area_chain_ids=self.area_chain(area_id),
            kind=kind,
            enterprise=enterprise,
            on=on,
            street_unit_of=self.street_unit_of,
            active_units=self.active_units(on),
            grassroots_units=self.grassroots_units,
            fallback_unit_id=self.district_unit_id,
        )

    def area_chain(self, area_id: int | None) -> tuple[int, ...]:
        """A place and the places around it, innermost first."""
        if area_id is None or area_id not in self.areas:
            return ()
        return tuple(int(part) for part in reversed(self.areas[area_id].path.strip("/").split("/")))

    def category_name(self, category_id: int | None) -> str:
        """The full path of a matter's name, "市容环卫 › 垃圾清运"."""
        return self._full_name(self.categories, category_id)

    def area_name(self, area_id: int | None) -> str:
        """The full path of a place's name."""
        return self._full_name(self.areas, area_id)

    @staticmethod
    def _full_name(nodes: Mapping, key: int | None) -> str:
        if key is None or key not in nodes:
            return ""
        return " › ".join(nodes[int(part)].name for part in nodes[key].path.strip("/").split("/"))

    def unit_name(self, unit_id: int | None) -> str:
        """A unit's name, or nothing."""
        return self.units[unit_id].name if unit_id in self.units else ""

    def name_at(self, unit_id: int | None, at: datetime | None) -> str:
        """What a unit was called at a moment; its present name without one."""
        former = self.former_names.on(unit_id, at.astimezone(ZONE).date()) if at is not None else None
        return former or self.unit_name(unit_id)


_VERSION = text("SELECT number FROM reference_version")
_MOMENT = text("SELECT hotline_now(), number FROM reference_version")
_held: WeakKeyDictionary[Engine, Reference] = WeakKeyDictionary()


def reference() -> Reference:
    """The present snapshot; asks the database for its number and reloads where it changed."""
    return snapshot(db.session.scalar(_VERSION))


def moment() -> tuple[datetime, Reference]:
    """Now, in UTC, and the present snapshot, in one question: what every use case begins with."""
    at, number = db.session.execute(_MOMENT).one()
    return at.astimezone(UTC), snapshot(number)


def snapshot(number: int) -> Reference:
    """The snapshot of that number, for who has just asked for it (`reference_version.number`)."""
    held = _held.get(db.engine)
    if held is None or held.version != number:
        held = _load(number)
        _held[db.engine] = held
    return held


def today() -> date:
    """The day it is in the city, by the database's clock."""
    return now().astimezone(ZONE).date()


def _load(number: int) -> Reference:
    categories = {r.id: _info(CategoryInfo, r) for r in db.session.scalars(select(Category))}
    areas = {r.id: _info(AreaInfo, r) for r in db.session.scalars(select(Area))}
    calendars, default_id = _calendars()
    return Reference(
        version=number,
        units={r.id: _info(UnitInfo, r) for r in db.session.scalars(select(Unit))},
        areas=areas,
        categories=categories,
        calendars=calendars,
        default_calendar_id=default_id,
        limits=LimitBook(tuple(_limit(r, categories) for r in db.session.scalars(select(LimitRule)))),
        routes=RouteBook(tuple(_rule(r, categories, areas) for r in db.session.scalars(select(CatalogueRule)))),
        ladder=Ladder(_step(r) for r in db.session.scalars(select(LadderStep).order_by(LadderStep.id))),
        holders=_holders(),
        risk_rules=_risk_rules(),
        thresholds=Thresholds.of(db.session.execute(select(ThresholdRow.code, ThresholdRow.amount))),
        sign_offs=SignOffs(db.session.execute(select(SignOffRule.kind, SignOffRule.unit_id, SignOffRule.wanted)).all()),
        reviewed_channels=frozenset(db.session.scalars(select(PreReviewRule.channel).where(PreReviewRule.wanted))),
        closed_causes=frozenset(
            db.session.scalars(select(SuspensionCauseRule.cause).where(~SuspensionCauseRule.allowed))
        ),
        policies=Policies([(row.valid_from, _policy(row)) for row in db.session.scalars(_ever_held(RatePolicy))]),
        plans=_plans(),
        former_names=load_former_names(),
    )


def _ever_held(kind: type[RatePolicy | ScoringPlan]) -> Select[Any]:
    """Rules that were ever to hold, in the order of time; one replaced before it began never held."""
    lasted = or_(kind.valid_to.is_(None), kind.valid_to >= kind.valid_from)
    return select(kind).where(lasted).order_by(kind.valid_from)


def _policy(row: RatePolicy) -> Policy:
    return Policy(
        partly=Fraction(row.partly), solved_kinds=frozenset(map(Kind, row.solved_kinds)),
        rated_kinds=frozenset(map(Kind, row.rated_kinds)), count_anonymous=row.count_anonymous,
        merged_once=row.merged_once, by_first_due=row.by_first_due, callback_percent=row.callback_percent,
    )


def _plans() -> dict[str, list[tuple[date, Plan]]]:
    found: dict[str, list[tuple[date, Plan]]] = defaultdict(list)
    for row in db.session.scalars(_ever_held(ScoringPlan)):
        found[row.kind].append((row.valid_from, plan_of(row)))
    return found


def plan_of(row: ScoringPlan) -> Plan:
    """A row as the rules score by it."""
    parts = tuple(Part(Figure(part["figure"]), **{name: Decimal(part[name]) for name in part if name != "figure"})
                  for part in row.parts)
    return Plan(ScoreModel(row.model), parts, row.least_sample, row.ranked, row.interval)


def _risk_rules() -> dict[RiskKind, RiskRule]:
    rows = {row.kind: row for row in db.session.scalars(select(RiskRuleRow))}
    return {
        kind: RiskRule(kind, tuple(rows[kind].words), rows[kind].receivers, rows[kind].needs_line)
        for kind in RiskKind if kind in rows
    }


def _step(row: LadderStep) -> Step:
    return Step(
        id=row.id, code=ClockCode(row.code), level=Level(row.level), amount=row.amount, unit_id=row.unit_id,
        addressees=tuple(Addressee(told) for told in row.addressees), valid_from=row.valid_from, valid_to=row.valid_to,
    )


def _holders() -> dict[int, frozenset[str]]:
    held: dict[int, set[str]] = defaultdict(set)
    rows = select(User.unit_id, UserRole.role).join(UserRole, UserRole.user_id == User.id).where(User.active).distinct()
    for unit_id, role in db.session.execute(rows):
        held[unit_id].add(role)
    return {unit_id: frozenset(roles) for unit_id, roles in held.items()}


def _info(kind: type, row: object) -> object:
    state = inspect(row)
    db.session.expunge(row)
    return kind(**{name: state.dict[name] for name in kind.__dataclass_fields__})


def _calendars() -> tuple[dict[int, Calendar], int]:
    days = db.session.execute(select(CalendarDay.date, CalendarDay.kind, CalendarDay.provisional)).all()
    rows = db.session.scalars(select(WorkCalendar)).all()
    calendars = {
        row.id: Calendar.from_days(
            days,
            blocks=tuple((clock_time(a), clock_time(b)) for a, b in row.blocks),
            all_days=row.all_days,
            version=row.version,
        )
        for row in rows
    }
    return calendars, next((row.id for row in rows if row.is_default), 0)


def clock_time(written: str) -> time:
    """Midnight at the end of a block is written 24:00, which `time` cannot hold; the calendar reads 00:00 so."""
    return time(0) if written == "24:00" else time.fromisoformat(written)


def _limit(row: LimitRule, categories: Mapping[int, CategoryInfo]) -> Limit:
    return Limit(
        id=row.id, code=ClockCode(row.code), amount=row.amount, basis=Basis(row.basis), kind=row.kind,
        category_path=categories[row.category_id].path if row.category_id else None,
        urgency=row.urgency, unit_id=row.unit_id, enterprise=row.enterprise, source=row.source,
        valid_from=row.valid_from, valid_to=row.valid_to, stage=row.stage, stage_name=row.stage_name,
    )


def _rule(row: CatalogueRule, categories: Mapping[int, CategoryInfo], areas: Mapping[int, AreaInfo]) -> Rule:
    return Rule(
        id=row.id,
        category_path=categories[row.category_id].path if row.category_id else None,
        category_depth=categories[row.category_id].level if row.category_id else 0,
        area_path=areas[row.area_id].path if row.area_id else None,
        kind=row.kind, enterprise=row.enterprise, unit_id=row.unit_id,
        selector=Selector(row.selector) if row.selector else None,
        grassroots_allowed=row.grassroots_allowed, basis=row.basis, version=row.version,
        valid_from=row.valid_from, valid_to=row.valid_to, co_unit_ids=tuple(row.co_unit_ids),
    )
