"""关联工单: two tickets that have to do with one another; it stands in the history of both."""

from __future__ import annotations

from workflows.engine.moves import move, note_event
from workflows.engine.work import Work
from workflows.model.related import TicketLink
from workflows.model.rows import new
from workflows.model.ticket import Ticket
from workflows.rules.vocabulary import TicketRelation


def tie(
    work: Work, mine: Ticket, other: Ticket, relation: TicketRelation, note: str, *, brand_new: bool = False,
    **origin: str,
) -> None:
    """Link a ticket to another, both locked (or this one `brand_new`).

    `origin` says of what the link is born by itself; the note, then the system's own words, stands in both histories.
    """
    low, high = sorted((mine.id, other.id))
    work.sink.add(new(TicketLink, low_id=low, high_id=high, kind=str(relation), linked_at=work.at,
                      linked_by_id=work.actor.user_id, linked_by=work.actor.name, note=note))
    note_both(work, mine, other, "link", 1, note, {"relation": str(relation), **origin}, brand_new=brand_new,
              told=note if origin else "")


def note_both(
    work: Work, mine: Ticket, other: Ticket, name: str, by: int, note: str, data: dict[str, str], *,
    brand_new: bool = False, told: str = "",
) -> None:
    """Move a ticket by `link` or `unlink`, and note on the other that it was; `told`: in which words."""
    move(work, mine, name, note=note, data=data, brand_new=brand_new)
    mine.links, other.links = (mine.links or 0) + by, other.links + by
    other.version += 1
    other.changed_at = work.at
    note_event(work, other, f"{name}ed", before=other.state, note=told, data=data)
