"""Signs of life for a watchdog: open to everybody, numbers only.

`/healthz`: this process answers. `/readyz`: and so does the database, with the tables this program wants.
`/health/timers`: no due clock waits unfired, and what fires them is alive.
"""

from __future__ import annotations

from functools import cache

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hotline import database
from workflows import upkeep
from workflows.jobs import QUEUES
from workflows.model.base import db
from workflows.read.overdue import oldest_due_clock_age

#: Seconds a due clock may wait, and a process may be silent, before somebody should look (R12).
WAITING, SILENT = 60, 30
#: The processes that sign: the beat, and a worker of each queue.
SIGNING = frozenset({"beat", *(f"worker-{queue}" for queue in QUEUES)})

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
    """By how many seconds the oldest due clock waits unfired, and since when each kind of process is silent."""
    try:
        waiting = round(oldest_due_clock_age(), 1)
        silent = {sign.role: round(age, 1) for sign, age in upkeep.signs_of_life() if sign.role in SIGNING}
    except SQLAlchemyError:
        return _silent()
    good = waiting <= WAITING and all(silent.get(role, SILENT + 1) <= SILENT for role in SIGNING)
    answer = {"status": "ok" if good else "late", "oldest_due_clock_seconds": waiting, "silent_seconds": silent}
    return jsonify(answer), 200 if good else 503


def _silent() -> ResponseReturnValue:
    """The database does not answer; the connection, if there was one, is not used again."""
    db.session().invalidate()
    return jsonify(status="unavailable", database=False), 503
