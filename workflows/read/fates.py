"""What was done with a request at once, or is being done: how the bulletin counts it, and the lists behind its numbers
find it.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case

from workflows.model.ticket import Ticket


class Fate(StrEnum):
    """What became of a request (受理去向); each has one."""

    DIRECT = "DIRECT"
    REFUSED = "REFUSED"
    MERGED = "MERGED"
    DISPATCHED = "DISPATCHED"
    OTHER = "OTHER"


#: The fate of a ticket, as SQL tells it.
FATE: ColumnElement[str] = case(
    (Ticket.direct_answer != "", str(Fate.DIRECT)),
    (and_(Ticket.reject_code.is_not(None), Ticket.closed_at.is_not(None)), str(Fate.REFUSED)),
    (Ticket.master_id.is_not(None), str(Fate.MERGED)),
    (Ticket.lead_assignment_id.is_not(None), str(Fate.DISPATCHED)),
    else_=str(Fate.OTHER),
)
