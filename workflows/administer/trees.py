"""Hanging a unit, place or matter into its tree, and moving it with all that is below."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, text, update

from workflows.administer.books import changing
from workflows.engine import Work
from workflows.errors import Invalid
from workflows.model.base import db
from workflows.model.directory import Area, Category, Unit
from workflows.rules.vocabulary import SettingAction, SettingSubject

Node = Unit | Area | Category

_NEXT = text("SELECT nextval(pg_get_serial_sequence(:tablename, 'id'))")
_LONGEST_PATH = 200


def parent_of(kind: type[Node], key: int | None) -> Any:
    """The row above, None for a root. Raises Invalid where there is no such row."""
    if key is None:
        return None
    row = db.session.get(kind, key, populate_existing=True)
    if row is None:
        raise Invalid(fields={"parent_id": ["parent_unknown"]})
    return row


def hang(row: Any, parent: Any) -> None:
    """Give a new row its key and its place below `parent`."""
    row.id = db.session.scalar(_NEXT, {"tablename": row.__tablename__})
    row.parent_id, row.path = _place(row, parent)
    if len(row.path) > _LONGEST_PATH:
        raise Invalid(fields={"parent_id": ["tree_too_deep"]})


def move_under(row: Any, parent: Any) -> None:
    """Move a row below another, or to the root, and rewrite the paths of all below it.

    Raises Invalid where it would hang below itself or too deep.
    """
    kind, old = type(row), row.path
    parent_id, new = _place(row, parent)
    if parent is not None and parent.path.startswith(old):
        raise Invalid(fields={"parent_id": ["parent_below_itself"]})
    below = kind.path.startswith(old, autoescape=True)
    longest = db.session.scalar(select(func.max(func.length(kind.path))).where(below))
    if longest - len(old) + len(new) > _LONGEST_PATH:
        raise Invalid(fields={"parent_id": ["tree_too_deep"]})
    values: dict[str, Any] = {"path": func.concat(new, func.substr(kind.path, len(old) + 1))}
    if kind is Category:
        shift = (parent.level if parent is not None else 0) + 1 - row.level
        values["level"] = Category.level + shift
        row.level += shift
    db.session.execute(
        update(kind).where(below, kind.id != row.id).values(values), execution_options={"synchronize_session": False}
    )
    row.parent_id, row.path = parent_id, new


def below(row: Any) -> list[Any]:
    """The rows below one, those nearest to the root first."""
    kind = type(row)
    return list(
        db.session.scalars(
            select(kind)
            .where(kind.path.startswith(row.path, autoescape=True), kind.id != row.id)
            .order_by(func.length(kind.path), kind.id)
        )
    )


def set_active(doing: Work, subject: SettingSubject, row: Any, *, active: bool) -> None:
    """Take a row out of use with all below it, or bring it back alone.

    Raises Invalid for bringing back what is below something out of use.
    """
    parent = parent_of(type(row), row.parent_id)
    if active and parent is not None and not parent.active:
        raise Invalid(fields={"active": ["parent_inactive"]})
    for each in [row] if active else [row, *below(row)]:
        with changing(doing, subject, each, SettingAction.OPENED if active else SettingAction.CLOSED):
            each.active = active


def taken(kind: type[Node], column: str, value: str, *, but: int | None = None) -> bool:
    """Whether another row of this kind holds the value."""
    return bool(
        db.session.scalar(
            select(select(kind.id).where(getattr(kind, column) == value, kind.id.is_distinct_from(but)).exists())
        )
    )


def _place(row: Any, parent: Any) -> tuple[int | None, str]:
    return (parent.id, f"{parent.path}{row.id}/") if parent is not None else (None, f"/{row.id}/")
