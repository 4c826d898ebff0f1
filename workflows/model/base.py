"""The database: one metadata, one clock, one place that commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import TIMESTAMP, BigInteger, Identity, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from workflows.model import idempotency

T = TypeVar("T")


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, stored and handed out in UTC; a datetime without a zone is refused."""

    impl = TIMESTAMP(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse naive moments before they reach the database."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Hand out UTC whatever the connection's zone."""
        return value.astimezone(UTC) if value is not None else None


class Base(DeclarativeBase):
    """Every table; constraints are named so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    registry = registry(
        metadata=metadata,
        type_annotation_map={datetime: UTCDateTime(), dict[str, Any]: JSONB(none_as_null=True), int: BigInteger},
    )


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    # objects stay readable after the commit, so that a page can show what was just written
    session_options={"expire_on_commit": False},
)


class Numbered:
    """A table with a bigint identity as its key."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)


_shift: ContextVar[timedelta | None] = ContextVar("time_shift", default=None)
_NOW = text("SELECT hotline_now()")
_SET_SHIFT = text("SELECT set_config('hotline.time_shift', :shift, true)")


@contextmanager
def rehearse(shift: timedelta) -> Iterator[None]:
    """Let the database's clock stand `shift` away from now, for this thread: demonstrations and rehearsals.

    It holds for use cases and for `now()` inside the block, never for other connections.
    """
    token = _shift.set(shift)
    try:
        yield
    finally:
        _shift.reset(token)


def _apply_shift() -> None:
    shift = _shift.get()
    if shift is not None:
        db.session.execute(_SET_SHIFT, {"shift": f"{shift.total_seconds()} seconds"})


def now() -> datetime:
    """The database's clock, in UTC. The only place time is read."""
    _apply_shift()
    return db.session.scalar(_NOW).astimezone(UTC)


@contextmanager
def transaction() -> Iterator[None]:
    """One use case, all or nothing. The only commit there is; raises RuntimeError when nested.

    Where the caller brought an idempotency key (`idempotency.once`), the key is claimed first and kept in
    the same commit.
    """
    info = db.session().info
    if info.get("in_use_case"):
        raise RuntimeError("a use case is one transaction: transaction() must not nest")
    info["in_use_case"] = True
    try:
        _apply_shift()
        idempotency.claim(db.session)
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        info["in_use_case"] = False


@contextmanager
def beside(function: Callable[..., T], *arguments: Any) -> Iterator[Future[T]]:
    """While the block runs, run a function in a thread of its own, with a session and a connection of its own.

    It lives in the same rehearsed time. The block ends when both have; what the function raised, `result` raises.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def run() -> T:
        with app.app_context():  # what a session belongs to
            return function(*arguments)

    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(copy_context().run, run)
