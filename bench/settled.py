"""Whether a database that was worked in stands as it must: counts, most of which must be none."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text

from workflows import audit
from workflows.model.base import db
from workflows.read.recount import recount
from workflows.reconcile import reconcile

#: What must never be, as statements that count it. The numbers are those of the field's own list of invariants.
NEVER = {
    # 1: exactly one lead that has not ended, once a unit has it
    "leads": """SELECT count(*) FROM ticket t WHERE t.state IN ('DISPATCHED', 'HANDLING', 'RETURN_REVIEW', 'SUSPENDED',
        'REPLIED', 'CALLBACK', 'REWORK') AND (SELECT count(*) FROM assignment a WHERE a.ticket_id = t.id
        AND a.role = 'LEAD' AND a.state NOT IN ('RETURNED', 'RECALLED')) <> 1""",
    # 2: a due moves only with a line in the clock's account
    "unaccounted_dues": """SELECT count(*) FROM clock c WHERE c.due_at <> c.due_original AND NOT EXISTS
        (SELECT FROM clock_segment s WHERE s.clock_id = c.id)""",
    # 3: the caller's clock is one, runs from submission and stops with the end
    "total_clocks": """SELECT count(*) FROM ticket t JOIN clock c ON c.ticket_id = t.id AND c.code = 'TOTAL'
        WHERE c.started_at <> t.submitted_at""",
    # 4: who was designated for good does not return
    "designated_returns": """SELECT count(*) FROM application p JOIN assignment a ON a.id = p.assignment_id
        WHERE p.kind = 'RETURN' AND a.final_designation AND p.filed_at > a.dispatched_at AND p.state = 'GRANTED'""",
    # 5: the history gives the state: each event goes on from the one before it, the last ends where the ticket stands
    "unlinked_states": """SELECT count(*) FROM (SELECT from_state, lag(to_state) OVER (PARTITION BY ticket_id
        ORDER BY sequence) AS before, sequence FROM ticket_event) e WHERE sequence > 1 AND from_state <> before""",
    "states_not_of_the_history": """SELECT count(*) FROM ticket t WHERE t.state <> (SELECT to_state FROM ticket_event e
        WHERE e.ticket_id = t.id ORDER BY sequence DESC LIMIT 1)""",
    # 6: nobody works at what was merged
    "merged_and_held": """SELECT count(*) FROM ticket t JOIN assignment a ON a.ticket_id = t.id WHERE t.state = 'MERGED'
        AND a.state NOT IN ('RETURNED', 'RECALLED')""",
    # 8: a step of a clock's ladder once for each due
    "steps_twice": """SELECT count(*) FROM (SELECT FROM clock_firing GROUP BY clock_id, level, due_at
        HAVING count(*) > 1) twice""",
    # 9: what is suspended is not red
    "red_while_suspended": """SELECT count(*) FROM clock_firing f JOIN clock c ON c.id = f.clock_id JOIN ticket t
        ON t.id = c.ticket_id WHERE t.state = 'SUSPENDED' AND c.code IN ('HANDLING', 'REWORK') AND f.level = 'RED'
        AND f.at > (SELECT max(e.at) FROM ticket_event e WHERE e.ticket_id = t.id AND e.kind = 'grant_suspension')""",
    # terminal: no clock runs on for what is over
    "clocks_of_the_dead": """SELECT count(*) FROM clock c JOIN ticket t ON t.id = c.ticket_id WHERE c.stopped_at IS NULL
        AND t.state IN ('CLOSED', 'ANSWERED_DIRECT', 'REJECTED', 'TRANSFERRED', 'WITHDRAWN', 'TERMINATED', 'PETITIONED',
        'ARCHIVED')""",
}
STATES = text("SELECT state, count(*) FROM ticket GROUP BY state")
DAYS = text("""SELECT percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM a.replied_at
    - t.submitted_at) / 86400) FROM assignment a JOIN ticket t ON t.id = a.ticket_id WHERE a.role = 'LEAD'
    AND a.replied_at IS NOT NULL""")


def findings(first: date, last: date) -> dict[str, Any]:
    """What stands there, and what must not."""
    db.session.rollback()
    wrong = {what: n for what, sql in NEVER.items() if (n := db.session.scalar(text(sql)))}
    median, ninth = db.session.scalar(DAYS) or (0, 0)
    run_id = reconcile()
    found = db.session.scalar(text("SELECT found FROM reconciliation WHERE id = :id"), {"id": run_id})
    return {
        "states": dict(db.session.execute(STATES).all()), "answered_days_median": round(median, 1),
        "answered_days_p90": round(ninth, 1), "violations": wrong, "history_breaks": len(list(audit.breaks())),
        "recount_differences": len(recount(first, last)), "reconciliation_found": found,
    }
