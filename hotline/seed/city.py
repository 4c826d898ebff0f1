"""The demonstration city: its units, places, matters and dispatch catalogue. Every name in it is invented."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from hotline.seed import foundation
from hotline.seed.tables import rows
from workflows.administer import initials
from workflows.model.base import db
from workflows.model.directory import Area, Category, Unit
from workflows.model.settings import CatalogueRule, LimitRule
from workflows.rules.calendar import Basis
from workflows.rules.limits import ClockCode
from workflows.rules.routing import Selector
from workflows.rules.vocabulary import Kind

SINCE = date(2020, 1, 1)
_CALENDARS = {"office": foundation.OFFICE, "day": foundation.ROUND_THE_CLOCK}
#: Codes of matters that are hazards: fire ways, charging, gas, buildings, confined spaces, fireworks, safety at work.
HAZARDS = ("1301", "1302", "1303", "1304", "1305", "1306", "14")
#: Names in the table of matters that stand for no unit but for a way to find it.
_SELECTORS = {"STREET": Selector.STREET_OF_PLACE, "DISTRICT": Selector.DISTRICT}
_BASIS = {
    Selector.STREET_OF_PLACE: "街道履职事项清单（示范数据）",
    Selector.DISTRICT: "区政府办公室协调事项清单（示范数据）",
}


@dataclass(frozen=True)
class City:
    """Keys by code."""

    units: dict[str, int]
    areas: dict[str, int]
    categories: dict[str, int]


def build() -> City:
    """Write the whole city, inside the caller's transaction."""
    calendars = foundation.lay()
    areas = _tree(Area, rows("areas"), lambda row: {"kind": row["kind"], "initials": initials(row["name"])})
    categories = _tree(Category, [_matter(row) for row in rows("matters")], lambda row: row["values"])
    units = _tree(Unit, rows("units"), lambda row: {
        "short_name": row["short"], "kind": row["kind"], "area_id": areas.get(row["area"]),
        "calendar_id": calendars[_CALENDARS[row["calendar"]]], "active_from": SINCE,
    })
    made = City(units, areas, categories)
    db.session.add_all(_catalogue(made))
    db.session.add_all(_special_limits(made))
    return made


def _matter(row: dict[str, str]) -> dict[str, Any]:
    """A matter hangs below the one whose code its own begins with."""
    deep = len(row["code"]) > 2
    values = {"needs_place": row["place"] == "1", "hazard": row["code"].startswith(HAZARDS),
              "level": 2 if deep else 1, "initials": initials(row["name"])}
    return {"code": row["code"], "name": row["name"], "parent": row["code"][:2] if deep else "", "values": values}


def _tree(kind: type, table: Iterable[dict[str, Any]], values: Any) -> dict[str, int]:
    """Write rows whose parents stand before them. Keys are drawn together, so that paths need no second look."""
    table = list(table)
    drawn = db.session.scalars(
        text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)"),
        {"name": kind.__tablename__, "n": len(table)},
    ).all()
    ids: dict[str, int] = {}
    paths: dict[str, str] = {"": "/"}
    for row, key in zip(table, drawn, strict=True):
        ids[row["code"]] = key
        paths[row["code"]] = f"{paths[row['parent']]}{key}/"
        db.session.add(kind(id=key, code=row["code"], name=row["name"], parent_id=ids.get(row["parent"]),
                            path=paths[row["code"]], **values(row)))
    db.session.flush()  # what follows refers to these rows
    return ids


def _catalogue(city: City) -> Iterable[CatalogueRule]:
    """A line for every unit named with a matter: one makes it certain, two leave the choice to a person."""
    names = {row["code"]: row["short"] for row in rows("units")}
    for row in rows("matters"):
        for target in row["units"].split():
            selector = _SELECTORS.get(target)
            yield CatalogueRule(
                category_id=city.categories[row["code"]], unit_id=None if selector else city.units[target],
                selector=str(selector) if selector else None,
                grassroots_allowed=selector is Selector.STREET_OF_PLACE,
                basis=_BASIS[selector] if selector else f"{names[target]}“三定”规定（示范数据）", valid_from=SINCE,
            )
    yield from _special_lines(city)


def _special_lines(city: City) -> Iterable[CatalogueRule]:
    """Lines that show how place, kind and enterprises make a line more specific."""

    def line(matter: str, unit: str, basis: str, **more: Any) -> CatalogueRule:
        return CatalogueRule(category_id=city.categories[matter], unit_id=city.units[unit], basis=basis,
                             valid_from=SINCE, **more)

    yield line("0403", "CHENGGUAN", "云桥街道停车综合治理试点方案（示范数据）", area_id=city.areas["D-YQ"])
    yield line("1101", "GONGAN", "社会生活噪声治理分工（示范数据）", kind=str(Kind.REPORT))
    yield line("12", "SHENPI", "涉企事项“一窗受理”清单（示范数据）", enterprise=True)


def _special_limits(city: City) -> Iterable[LimitRule]:
    """Limits of single matters, which go before those of the kind."""
    for matter, amount, basis, source in (
        ("0605", 3, Basis.WD, "供热期服务承诺（示范数据）"),
        ("0901", 10, Basis.WD, "劳动保障监察办理时限（示范数据）"),
        ("1001", 15, Basis.WD, "违法建设查处工作流程（示范数据）"),
    ):
        yield LimitRule(code=str(ClockCode.HANDLING), amount=amount, basis=str(basis), source=source,
                        category_id=city.categories[matter], valid_from=SINCE)
