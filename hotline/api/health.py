"""Signs of life for a watchdog: open to everybody, numbers only.

`/healthz`: this process answers. `/readyz`: and so does the database, with the tables this program wants.
`/health/timers`: no due clock waits unfired, what fires them is alive, and the clocks agree.
"""

from __future__ import annotations

from functools import cache

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hotline import database, pulse
from workflows.model.base import db
from workflows.model.reference import reference, today

bp = Blueprint("health", __name__)

_TABLES = text("SELECT version_num FROM alembic_version")


@cache
def _wanted() -> str | None:
    return database.head()


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    """This process answers. Asks nothing of anybody else."""
    return jsonify(status="ok")


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """The database answers and its tables are those this program was written for."""
    try:
        tables = db.session.scalar(_TABLES)
    except SQLAlchemyError:
        return _silent()
    good = tables == _wanted()
    return jsonify(status="ok" if good else "unavailable", database=True, tables=good), 200 if good else 503


@bp.get("/health/timers")
def timers() -> ResponseReturnValue:
    """How late the oldest due clock is, since when each kind of process is silent, and whether clocks are held.

    `provisional_year` is the year whose official days should be known and are not; no alarm, but somebody's task.
    """
    try:
        found, uncertain = pulse.take(), reference().uncertain_year(today())
    except SQLAlchemyError:
        return _silent()
    answer = {
        "status": "ok" if found.good else "late",
        "oldest_due_clock_seconds": round(found.waiting, 1),
        "silent_seconds": {role: round(seconds, 1) for role, seconds in found.silent.items()},
        "clock_difference_seconds": round(found.difference, 1), "held": found.held,
        "without_redis": found.without_redis, "provisional_year": uncertain,
    }
    return jsonify(answer), 200 if found.good else 503


def _silent() -> ResponseReturnValue:
    """The database does not answer; the connection, if there was one, is not used again."""
    db.session().invalidate()
    return jsonify(status="unavailable", database=False), 503
