"""What the caller is told at the end of a call, found again under the key its form was sent with.

The address of the page after a call holds that key and nothing else: no number, no code, no caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import select

from hotline.times import ZONE
from workflows.collect import receipt_again
from workflows.model import idempotency
from workflows.model.base import db
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.roles import Actor
from workflows.scope import visible_to

#: A ticket number in the groups it is read aloud in: the day, the channel, the count, the check digit.
GROUPS = (4, 4, 2, 6, 1)


@dataclass(frozen=True)
class Told:
    """A ticket as it stands now, its lead unit's task, and the query code where the ticket is a new one."""

    ticket: Ticket
    assignment: Assignment | None
    query_code: str


def told(actor: Actor, key: str) -> Told | None:
    """What came of the form this person sent with that key; None where there is no such form."""
    result = idempotency.result_of(db.session, actor.user_id or 0, key) if key else None
    if not result:
        return None
    ticket = db.session.scalars(select(Ticket).where(Ticket.no == result["no"], visible_to(actor))).one_or_none()
    if ticket is None:
        return None
    held = ticket.lead_assignment_id
    code = receipt_again(result).query_code if "query_code" in result else ""
    return Told(ticket, db.session.get(Assignment, held) if held else None, code)


def in_groups(no: str) -> list[str]:
    """A ticket number as it is read aloud: 2026 1123 01 000123 4."""
    parts, start = [], 0
    for length in GROUPS:
        parts.append(no[start : start + length])
        start += length
    return parts


def spoken(at: datetime) -> str:
    """A due date as it is read to the caller, "11月30日 17:30"."""
    here = at.astimezone(ZONE)
    return gettext("%(month)d月%(day)d日 %(time)s", month=here.month, day=here.day, time=here.strftime("%H:%M"))
