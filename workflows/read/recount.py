"""The figures counted a second time, in plain SQL written apart from `figures.py`, and compared.

What is compared shares nothing with the first count but the tables: an auditor can read these few queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import text

from workflows.model.base import db
from workflows.read.figures import Figure, figures
from workflows.rules.roles import SYSTEM

_FROM = "(CAST(:first AS date)::timestamp AT TIME ZONE 'Asia/Shanghai')"
_TO = "((CAST(:last AS date) + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')"


def _in(column: str) -> str:
    return f"{column} >= {_FROM} AND {column} < {_TO}"


_NAMED = "e.valid AND e.need_reply AND e.anonymity IN ('OPEN', 'WITHHELD')"
#: Due or done, not void, and not waiting for more time that was asked for before the due.
_CLOCK = """NOT c.void AND (c.stopped_at IS NOT NULL OR c.due_at <= hotline_now())
           AND (c.held_since IS NULL OR c.stopped_at <= c.due_at)"""


def _answers(worth: str, counts: str) -> str:
    """Of a rate: what each matter's callers said, those of merged tickets as one, by the first and with their mean."""
    return f"""
        SELECT unit_id, count(*), sum(worth) FROM (
          SELECT DISTINCT ON (coalesce('merged ' || e.master_id, 'alone ' || e.id), e.round) e.unit_id, e.finished_at,
                 avg({worth}) OVER (PARTITION BY coalesce('merged ' || e.master_id, 'alone ' || e.id), e.round) AS worth
            FROM evaluation e WHERE {_NAMED} AND {counts}
           ORDER BY coalesce('merged ' || e.master_id, 'alone ' || e.id), e.round, e.id) AS matter
         WHERE {_in("finished_at")} GROUP BY 1"""


#: Figure → SQL of (unit_id, denominator, numerator).
QUERIES: dict[Figure, str] = {
    Figure.RESPONSE: _answers("coalesce(e.contacted, false)::int", "true"),
    Figure.SOLVED: _answers(
        "CASE e.solved WHEN 'SOLVED' THEN 1 WHEN 'PARTLY' THEN 0.5 ELSE 0 END",
        "e.kind IN ('HELP', 'COMPLAINT', 'REPORT') AND e.solved IN ('SOLVED', 'PARTLY', 'UNSOLVED')",
    ),
    Figure.SATISFIED: _answers("(e.satisfaction NOT LIKE '%DISSATISFIED')::int", "e.satisfaction <> 'NOT_RATED'"),
    Figure.ON_TIME: f"""
        SELECT c.unit_id, count(*), count(*) FILTER (WHERE c.stopped_at <= c.due_at) FROM clock c
         WHERE c.code IN ('HANDLING', 'REWORK') AND {_CLOCK} AND {_in("c.due_at")} GROUP BY 1""",
    Figure.SIGN_ON_TIME: f"""
        SELECT c.unit_id, count(*), count(*) FILTER (WHERE c.stopped_at <= c.due_at) FROM clock c
         WHERE c.code = 'SIGN' AND {_CLOCK} AND {_in("c.due_at")} GROUP BY 1""",
    Figure.CONTACT_ON_TIME: f"""
        SELECT c.unit_id, count(*), count(*) FILTER (WHERE c.stopped_at <= c.due_at) FROM clock c
         WHERE c.code = 'CONTACT' AND {_CLOCK} AND {_in("c.due_at")} GROUP BY 1""",
    Figure.RETURN: f"""
        SELECT a.unit_id, count(DISTINCT a.id), count(DISTINCT p.assignment_id)
          FROM assignment a LEFT JOIN application p ON p.assignment_id = a.id AND p.kind = 'RETURN'
         WHERE a.role = 'LEAD' AND {_in("a.dispatched_at")} GROUP BY 1""",
    Figure.IMPROPER_RETURN: f"""
        SELECT a.unit_id, count(DISTINCT a.id), count(DISTINCT p.assignment_id)
          FROM assignment a
          LEFT JOIN application p ON p.assignment_id = a.id AND p.kind = 'RETURN' AND p.state = 'REFUSED'
         WHERE a.role = 'LEAD' AND {_in("a.dispatched_at")} GROUP BY 1""",
    Figure.REWORK: f"""
        SELECT a.unit_id, count(DISTINCT a.id),
               count(DISTINCT a.id) FILTER (WHERE a.round > 1 OR r.decision = 'SENT_BACK')
          FROM assignment a LEFT JOIN reply r ON r.assignment_id = a.id
         WHERE a.role = 'LEAD' AND {_in("a.replied_at")} GROUP BY 1""",
    Figure.SUSPENSION: f"""
        SELECT a.unit_id, count(DISTINCT a.id), count(DISTINCT s.assignment_id)
          FROM assignment a LEFT JOIN suspension s ON s.assignment_id = a.id
         WHERE a.role = 'LEAD' AND {_in("a.dispatched_at")} GROUP BY 1""",
    Figure.WITHDRAWAL: f"""
        SELECT a.unit_id, count(DISTINCT a.id), count(DISTINCT w.assignment_id)
          FROM assignment a LEFT JOIN withdrawal w ON w.assignment_id = a.id
         WHERE a.role = 'LEAD' AND {_in("a.dispatched_at")} GROUP BY 1""",
    Figure.PRESSED: f"""
        SELECT w.unit_id, count(*), count(*) FILTER (WHERE w.pressed) FROM withdrawal w
         WHERE w.pressed IS NOT NULL AND {_in("w.checked_at")} GROUP BY 1""",
}


@dataclass(frozen=True)
class Difference:
    """A figure that the two counts do not agree on: (numerator, denominator) of each."""

    figure: Figure
    unit_id: int | None
    shown: tuple[Fraction, int]
    recounted: tuple[Fraction, int]


def recount(first: date, last: date) -> list[Difference]:
    """Count every figure of every unit again; the differences, of which there must be none.

    Both counts look at one snapshot, so that a system at work shows no difference that is not one.
    """
    db.session.rollback()
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    shown = {line.unit_id: line.ratios for line in figures(SYSTEM, first, last)}
    differences = []
    for figure, sql in QUERIES.items():
        again = {
            unit_id: (Fraction(Decimal(numerator)), denominator)
            for unit_id, denominator, numerator in db.session.execute(text(sql), {"first": first, "last": last})
        }
        again[None] = (sum((n for n, _ in again.values()), Fraction(0)), sum(d for _, d in again.values()))
        differences += _compare(figure, shown, again)
    return differences


def _compare(figure: Figure, shown: dict, again: dict) -> list[Difference]:
    nothing = (Fraction(0), 0)
    found = {u: (r[figure].numerator, r[figure].denominator) for u, r in shown.items()}
    return [
        Difference(figure, unit_id, found.get(unit_id, nothing), again.get(unit_id, nothing))
        for unit_id in {*found, *again}
        if found.get(unit_id, nothing) != again.get(unit_id, nothing)
    ]
