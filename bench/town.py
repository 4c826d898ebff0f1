"""A made-up city to measure with: 100 units, 130 places, 104 matters, the catalogue that joins them, and people."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, select

from hotline.seed.calendar import calendar_days
from workflows.model.base import db, now, transaction
from workflows.model.directory import Area, Category, Unit, User, UserRole
from workflows.model.settings import CalendarDay, CatalogueRule, LimitRule, WorkCalendar
from workflows.rules.limits import DEFAULT_PROFILE
from workflows.rules.roles import Actor, Role
from workflows.rules.vocabulary import AreaKind, UnitKind

BUREAUS, STREETS, COMMUNITIES, TOPICS, MATTERS = 58, 40, 3, 20, 5
HOTLINE_UNIT, DISTRICT_UNIT, FIRST_BUREAU = 1, 2, 3
FIRST_STREET_UNIT = FIRST_BUREAU + BUREAUS
#: Communities are the leaves of the tree of places; ids run from FIRST_COMMUNITY on.
FIRST_COMMUNITY = 2 + STREETS
#: Matters a request is filed under; ids run from FIRST_MATTER on.
FIRST_MATTER = 1 + TOPICS
FOUNDED = date(2020, 1, 1)
#: Account → unit: clerks of every sixth unit.
CLERKS = {f"clerk{unit}": unit for unit in range(FIRST_BUREAU, FIRST_STREET_UNIT + STREETS, 6)}
HOTLINE_DESKS = (Role.AGENT, Role.SHIFT_LEAD, Role.DISPATCHER, Role.SUPERVISOR, Role.REVIEWER, Role.CALLBACK)


def found() -> None:
    """Fill an empty database with the city."""
    with transaction():
        db.session.execute(insert(CalendarDay), list(calendar_days()))
        db.session.add(WorkCalendar(name="行政", blocks=[["09:00", "12:00"], ["13:30", "17:30"]], is_default=True))
        db.session.execute(insert(LimitRule), [_limit(limit) for limit in DEFAULT_PROFILE])
        _areas()
        _units()
        _categories()
        _catalogue()
        _people()


def _limit(limit: object) -> dict:
    kept = ("code", "amount", "basis", "kind", "urgency", "enterprise", "source", "valid_from", "valid_to")
    return {name: getattr(limit, name) for name in kept} | {"code": str(limit.code), "basis": str(limit.basis)}


def _areas() -> None:
    rows = [{"id": 1, "code": "01", "name": "测试区", "kind": str(AreaKind.DISTRICT), "path": "/1/", "parent_id": None}]
    for n in range(STREETS):
        key = 2 + n
        rows.append({"id": key, "code": f"01{n:02d}", "name": f"第{n + 1}街道", "kind": str(AreaKind.STREET),
                     "path": f"/1/{key}/", "parent_id": 1})
    for n in range(STREETS * COMMUNITIES):
        key, street = FIRST_COMMUNITY + n, 2 + n // COMMUNITIES
        rows.append({"id": key, "code": f"01{n // COMMUNITIES:02d}{n % COMMUNITIES:02d}", "name": f"第{n + 1}社区",
                     "kind": str(AreaKind.COMMUNITY), "path": f"/1/{street}/{key}/", "parent_id": street})
    db.session.execute(insert(Area), rows)


def _units() -> None:
    kinds = [(UnitKind.HOTLINE, "热线", 1), (UnitKind.DISTRICT, "区指挥中心", 1)]
    kinds += [(UnitKind.BUREAU, f"第{n + 1}局", 1) for n in range(BUREAUS)]
    kinds += [(UnitKind.STREET, f"第{n + 1}街道办", 2 + n) for n in range(STREETS)]
    db.session.execute(insert(Unit), [
        {"id": key, "code": f"U{key:03d}", "name": name, "short_name": name, "kind": str(kind), "path": f"/{key}/",
         "area_id": area, "active_from": FOUNDED}
        for key, (kind, name, area) in enumerate(kinds, start=1)
    ])


def _categories() -> None:
    topics = [{"id": 1 + n, "code": f"{n + 1:02d}", "name": f"第{n + 1}类", "level": 1, "path": f"/{1 + n}/",
               "parent_id": None} for n in range(TOPICS)]
    matters = []
    for n in range(TOPICS * MATTERS):
        key, topic = FIRST_MATTER + n, 1 + n // MATTERS
        matters.append({"id": key, "code": f"{topic:02d}{n % MATTERS + 1:02d}", "name": f"第{n + 1}项", "level": 2,
                        "path": f"/{topic}/{key}/", "parent_id": topic})
    db.session.execute(insert(Category), topics + matters)


def _catalogue() -> None:
    """Four matters of five have a bureau, one the street of the place; so every unit gets its share."""
    rules = []
    for n in range(TOPICS * MATTERS):
        street, bureau = n % MATTERS == MATTERS - 1, (n // MATTERS * (MATTERS - 1) + n % MATTERS) % BUREAUS
        rules.append({
            "category_id": FIRST_MATTER + n, "unit_id": None if street else FIRST_BUREAU + bureau,
            "selector": "STREET_OF_PLACE" if street else None, "grassroots_allowed": street, "basis": "测试目录",
            "valid_from": FOUNDED,
        })
    db.session.execute(insert(CatalogueRule), rules)


def _people() -> None:
    at = now()
    people = [(f"desk{n}", HOTLINE_UNIT, (role,)) for n, role in enumerate(HOTLINE_DESKS, start=1)]
    people += [(account, unit, (Role.UNIT_CLERK,)) for account, unit in CLERKS.items()]
    for account, unit, roles in people:
        # an account nobody signs in to: benchmarks make their sessions and tokens themselves
        user = User(account=account, name=account, password_hash="!", unit_id=unit, created_at=at)
        user.roles = [UserRole(role=str(role)) for role in roles]
        db.session.add(user)
    db.session.flush()


def actor(account: str) -> Actor:
    """A person of the city."""
    user = db.session.scalars(select(User).where(User.account == account)).one()
    return Actor(user.id, account, user.name, frozenset(Role(held.role) for held in user.roles), user.unit_id,
                 user.unit.name, frozenset({user.unit_id}))
