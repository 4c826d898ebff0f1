"""What a unit's leader finds in the morning: what is due today, what is overdue, what is under supervision."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from workflows import outbox
from workflows.model.base import db, transaction
from workflows.model.reference import ZONE, moment
from workflows.rules.calendar import midnight_after
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role

KIND = "digest"
#: Ticket numbers named in a digest, the longest overdue first.
MOST_NAMED = 10

_OWED = text(
    """
    SELECT clock.unit_id, count(*) FILTER (WHERE clock.due_at > :at) AS today,
           count(*) FILTER (WHERE clock.due_at <= :at) AS overdue,
           count(*) FILTER (WHERE ticket.open_orders > 0) AS supervised,
           (array_agg(ticket.no ORDER BY clock.due_at, clock.id))[1:CAST(:most AS integer)] AS numbers
      FROM clock JOIN ticket ON ticket.id = clock.ticket_id
     WHERE clock.code = ANY(:codes) AND clock.stopped_at IS NULL AND clock.due_at < :end
       AND clock.unit_id IN (SELECT unit_id FROM user_account JOIN user_role ON user_role.user_id = user_account.id
                              WHERE user_role.role = :role AND user_account.active)
     GROUP BY clock.unit_id
    """
)


def digest() -> int:
    """Tell the leaders of every unit that works today and owes something. Once a day, however often it runs."""
    with transaction():
        at, ref = moment()
        day = at.astimezone(ZONE).date()
        found = db.session.execute(_OWED, {
            "at": at, "end": midnight_after(ref.default_calendar, day), "most": MOST_NAMED, "role": Role.UNIT_LEAD,
            "codes": [str(code) for code in (ClockCode.HANDLING, ClockCode.REWORK)],
        })
        rows: list[dict[str, Any]] = [
            outbox.message(
                f"{KIND}:{row.unit_id}:{day}", outbox.NOTICE, None, at, kind=KIND, unit_id=row.unit_id,
                role=str(Role.UNIT_LEAD), ticket_no="",
                data={"today": row.today, "overdue": row.overdue, "supervised": row.supervised,
                      "numbers": row.numbers},
            )
            for row in found
            if ref.calendar_of(row.unit_id)[1].is_working(day.toordinal())
        ]
        outbox.put_all(rows)
        return len(rows)
