"""What administrators decided in the five weeks, so that every settings page has a history to show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from hotline.seed.history.cast import Cast
from hotline.seed.history.stage import Stage, Story
from workflows import administer
from workflows.model.base import db
from workflows.model.directory import Category, Unit, User
from workflows.model.settings import CatalogueRule, LimitRule
from workflows.rules.calendar import Basis
from workflows.rules.limits import ClockCode
from workflows.rules.vocabulary import UnitKind


def decisions(stage: Stage, cast: Cast) -> Iterator[Story]:
    """Each decision at its moment."""
    for days, decide in ((27, _name), (23, _matter), (19, _line), (15, _limit), (11, _section), (6, _person)):
        yield _at(stage, days, decide, cast)


def _at(stage: Stage, days: float, decide: Callable[[Cast], None], cast: Cast) -> Story:
    yield stage.after(stage.end - timedelta(days=days), 30)
    decide(cast)


def _one(kind: type, **having: object) -> Any:
    return db.session.scalars(select(kind).filter_by(**having)).unique().one()


def _name(cast: Cast) -> None:
    row = _one(Unit, code="JIAOTONG")
    administer.change_unit(row.id, cast["admin1"], version=row.version, name=row.name, short_name="区交通运输局",
                           calendar_id=row.calendar_id)


def _matter(cast: Cast) -> None:
    parent = _one(Category, code="12")
    administer.create_category(cast["admin1"], code="1209", name="直播带货", parent_id=parent.id)


def _line(cast: Cast) -> None:
    """The catalogue learns from a return: shared bicycles are the street cleaners' no more."""
    matter = _one(Category, code="0503")
    row = _one(CatalogueRule, category_id=matter.id, valid_to=None)
    administer.replace_catalogue_rule(
        row.id, cast["director1"], version=row.version,
        line=administer.CatalogueLine(category_id=matter.id, unit_id=row.unit_id, basis=row.basis,
                                      note="退单复盘后重申：道路保洁由区环卫所承办"),
    )


def _limit(cast: Cast) -> None:
    matter = _one(Category, code="0605")
    row = _one(LimitRule, category_id=matter.id, code=str(ClockCode.HANDLING), valid_to=None)
    administer.replace_limit(
        row.id, cast["director1"], version=row.version,
        line=administer.LimitLine(code=ClockCode.HANDLING, amount=2, basis=Basis.WD, category_id=matter.id,
                                  source="供热期提速通知（示范数据）"),
    )


def _section(cast: Cast) -> None:
    parent = _one(Unit, code="ZHUJIAN")
    administer.create_unit(cast["admin1"], code="WUYE", name="青禾区物业管理服务中心", short_name="区物业中心",
                           kind=UnitKind.SECTION, parent_id=parent.id, calendar_id=parent.calendar_id)


def _person(cast: Cast) -> None:
    row = _one(User, account="callback2")
    administer.unlock_user(row.id, cast["admin1"], version=row.version)
