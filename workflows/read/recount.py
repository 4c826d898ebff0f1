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
from workflows.read.figures import figures
from workflows.rules.indicators import Figure
from workflows.rules.roles import SYSTEM

_FROM = "(CAST(:first AS date)::timestamp AT TIME ZONE 'Asia/Shanghai')"
_TO = "((CAST(:last AS date) + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')"


def _in(column: str) -> str:
    return f"{column} >= {_FROM} AND {column} < {_TO}"


#: The switches of the day a moment lies on.
_SWITCHES = """JOIN rate_policy p ON {0} >= p.valid_from::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND (p.valid_to IS NULL OR {0} < (p.valid_to + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')"""
_NAMED = """e.valid AND e.excluded_at IS NULL
              AND (p.count_anonymous OR e.need_reply AND e.anonymity IN ('OPEN', 'WITHHELD'))"""
#: Due or done, not void, and not waiting for more time that was asked for before the due.
_CLOCK = """NOT c.void AND (c.stopped_at IS NOT NULL OR c.due_at <= hotline_now())
           AND (c.held_since IS NULL OR c.stopped_at <= c.due_at)"""
_PUNCTUAL = "c.stopped_at <= CASE WHEN p.by_first_due THEN c.due_original ELSE c.due_at END"
_HOTLINE = "(SELECT id FROM unit WHERE kind = 'HOTLINE' ORDER BY id LIMIT 1)"
_REFUSED = "t.reject_code IS NOT NULL AND t.closed_at IS NOT NULL"
_LEAD = f"a.role = 'LEAD' AND {_in('a.dispatched_at')}"


def _answers(worth: str, counts: str) -> str:
    """Of a rate: what each matter's callers said, those of merged tickets as one, by the first and with their mean."""
    merged = "p.merged_once AND e.master_id IS NOT NULL"
    matter = f"CASE WHEN {merged} THEN 'merged ' || e.master_id ELSE 'alone ' || e.id END"
    return f"""
        SELECT unit_id, count(*), sum(worth) FROM (
          SELECT DISTINCT ON ({matter}, e.round) e.unit_id, e.finished_at,
                 avg({worth}) OVER (PARTITION BY {matter}, e.round) AS worth
            FROM evaluation e {_SWITCHES.format("e.finished_at")}
           WHERE {_NAMED} AND {counts}
           ORDER BY {matter}, e.round, e.id) AS matter
         WHERE {_in("finished_at")} GROUP BY 1"""


def _clocks(codes: str, hit: str, unit: str = "c.unit_id") -> str:
    """Of the clocks that should have been done in the period."""
    return f"""
        SELECT {unit}, count(*), count(*) FILTER (WHERE {hit})
          FROM clock c {_SWITCHES.format("c.due_at")}
         WHERE c.code IN ({codes}) AND {_CLOCK} AND {_in("c.due_at")} GROUP BY 1"""


def _tasks(hit: str, where: str = _LEAD) -> str:
    """Of the tasks units were given or answered in the period."""
    return f"""
        SELECT a.unit_id, count(*), count(*) FILTER (WHERE {hit})
          FROM assignment a {_SWITCHES.format("a.dispatched_at")} WHERE {where} GROUP BY 1"""


def _requests(hit: str, where: str = "true") -> str:
    """Of the requests of the period, which the hotline answers for."""
    return f"""
        SELECT {_HOTLINE}, count(*), count(*) FILTER (WHERE {hit}) FROM ticket t
         WHERE t.state <> 'DRAFT' AND {where} AND {_in("t.created_at")} GROUP BY 1"""


def _closed(hit: str) -> str:
    """Of what ended in the period."""
    return f"""
        SELECT t.lead_unit_id, count(*), count(*) FILTER (WHERE {hit}) FROM ticket t
         WHERE t.close_type IS NOT NULL AND {_in("t.closed_at")} GROUP BY 1"""


def _again(since: str, within: str) -> str:
    return f"""EXISTS (SELECT FROM ticket o JOIN ticket_identity oi ON oi.ticket_id = o.id
                    JOIN ticket_identity ti ON ti.caller_key = oi.caller_key
                   WHERE ti.ticket_id = t.id AND o.category_id = t.category_id AND o.state <> 'DRAFT'
                     AND o.created_at > {since} AND o.created_at <= {since} + interval '{within}')"""


_DONE = "'HANDLING', 'REWORK'"
_KEPT = f"{_LEAD} AND a.state NOT IN ('RETURNED', 'RECALLED')"
_REPLIED = f"a.role = 'LEAD' AND {_in('a.replied_at')}"
_SENT_BACK = "a.id IN (SELECT assignment_id FROM reply WHERE decision = 'SENT_BACK')"


def _asked_for(kind: str, state: str = "") -> str:
    decided = f" AND state = '{state}'" if state else ""
    return f"a.id IN (SELECT assignment_id FROM application WHERE kind = '{kind}'{decided})"


#: Figure → SQL of (unit_id, denominator, numerator).
QUERIES: dict[Figure, str] = {
    Figure.RESPONSE: _answers("coalesce(e.contacted, false)::int", "true"),
    Figure.SOLVED: _answers(
        "CASE e.solved WHEN 'SOLVED' THEN 1 WHEN 'PARTLY' THEN p.partly ELSE 0 END",
        "e.kind = ANY(p.solved_kinds) AND e.solved IN ('SOLVED', 'PARTLY', 'UNSOLVED')",
    ),
    Figure.SATISFIED: _answers("(e.satisfaction NOT LIKE '%DISSATISFIED')::int",
                               "e.kind = ANY(p.rated_kinds) AND e.satisfaction <> 'NOT_RATED'"),
    Figure.EXCLUSION: f"""
        SELECT e.unit_id, count(*), count(e.excluded_at) FROM evaluation e
         WHERE e.valid AND {_in("e.finished_at")} GROUP BY 1""",
    Figure.CALLED_BACK: f"""
        SELECT a.unit_id, count(*), count(*) FILTER (WHERE k.attempts > 0)
          FROM callback_task k LEFT JOIN assignment a ON a.id = k.assignment_id
         WHERE k.basis <> 'NOT_DRAWN' AND {_in("k.created_at")} GROUP BY 1""",
    Figure.VALID_CALLBACK: f"""
        SELECT e.unit_id, count(*), count(*) FILTER (WHERE e.valid) FROM evaluation e
         WHERE e.attempts > 0 AND {_in("e.finished_at")} GROUP BY 1""",
    Figure.ONCE: _closed("t.round = 1"),
    Figure.REPEATED: _closed(_again("t.closed_at", "90 days")),
    Figure.CLOSED_OF_DISPATCHED: _tasks(
        "a.ticket_id IN (SELECT id FROM ticket WHERE close_type IS NOT NULL)", _KEPT),
    Figure.ON_TIME_OF_DISPATCHED: _tasks(
        f"""a.replied_at IS NOT NULL AND EXISTS
              (SELECT FROM clock c WHERE c.ticket_id = a.ticket_id AND c.assignment_id = a.id
                  AND c.code = 'HANDLING' AND NOT c.void AND {_PUNCTUAL})""", _KEPT),
    Figure.CLOSED_OF_DUE: _clocks(_DONE, "c.ticket_id IN (SELECT id FROM ticket WHERE close_type IS NOT NULL)"),
    Figure.ON_TIME: _clocks(_DONE, _PUNCTUAL),
    Figure.OVERDUE: _clocks(_DONE, f"({_PUNCTUAL}) IS NOT TRUE"),
    Figure.SIGN_ON_TIME: _clocks("'SIGN'", _PUNCTUAL),
    Figure.CONTACT_ON_TIME: _clocks("'CONTACT'", _PUNCTUAL),
    Figure.EXTENSION: _tasks(_asked_for("EXTENSION", "GRANTED")),
    Figure.SUSPENSION: _tasks("a.id IN (SELECT assignment_id FROM suspension)"),
    Figure.CLEARANCE: f"""
        SELECT s.unit_id, count(*), count(s.cleared_at) FROM suspension s
         WHERE {_in("s.granted_at")} GROUP BY 1""",
    Figure.TERMINATION: _tasks(_asked_for("TERMINATION", "GRANTED")),
    Figure.ORDER_ANSWERED: f"""
        SELECT o.unit_id, count(*), count(o.answered_at) FROM supervision_order o
         WHERE o.lapsed_at IS NULL AND {_in("o.issued_at")} GROUP BY 1""",
    Figure.ORDER_ON_TIME: _clocks("'SUPERVISION'", _PUNCTUAL),
    Figure.RETURN: _tasks(_asked_for("RETURN")),
    Figure.IMPROPER_RETURN: _tasks(_asked_for("RETURN", "REFUSED")),
    Figure.REWORK: _tasks(f"a.round > 1 OR {_SENT_BACK}", _REPLIED),
    Figure.SENT_BACK: _tasks(_SENT_BACK, _REPLIED),
    Figure.REDONE: _tasks("a.round > 1", _REPLIED),
    Figure.WITHDRAWAL: _tasks("a.id IN (SELECT assignment_id FROM withdrawal)"),
    Figure.PRESSED: f"""
        SELECT w.unit_id, count(*), count(*) FILTER (WHERE w.pressed) FROM withdrawal w
         WHERE w.pressed IS NOT NULL AND {_in("w.checked_at")} GROUP BY 1""",
    Figure.DIRECT: _requests("t.direct_answer <> ''", f"NOT ({_REFUSED})"),
    Figure.FIRST_CALL: _requests(
        f"NOT {_again('t.created_at', '7 days')}",
        """t.direct_answer <> '' AND t.created_at <= hotline_now() - interval '7 days'
           AND t.id IN (SELECT ticket_id FROM ticket_identity WHERE caller_key IS NOT NULL)"""),
    Figure.DISPATCH_ON_TIME: _clocks("'DISPATCH'", _PUNCTUAL, _HOTLINE),
    Figure.FIRST_RIGHT: f"""
        SELECT {_HOTLINE}, count(*), count(*) FILTER (WHERE a.state NOT IN ('RETURNED', 'RECALLED'))
          FROM assignment a WHERE a.path = '1' AND {_LEAD} GROUP BY 1""",
    Figure.MERGED: _requests("t.master_id IS NOT NULL"),
    Figure.REFUSED: _requests(_REFUSED),
    Figure.WITHHELD: _requests("t.anonymity = 'WITHHELD'"),
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
    shown = {line.unit_id: line.ratios for line in figures(SYSTEM, first, last, exact=True)}
    differences = []
    for figure, sql in QUERIES.items():
        again = {
            unit_id: (Fraction(Decimal(numerator)), denominator)
            for unit_id, denominator, numerator in db.session.execute(text(sql), {"first": first, "last": last})
            if unit_id is not None  # no unit answers for it: it stands in no line
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
