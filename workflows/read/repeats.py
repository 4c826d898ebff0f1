"""重复来电人: callers who asked again and again in a period, by the keyed hash of their number; for the hotline alone.

What was said anonymously stays out: whoever rings again is not told apart by it (see `callers`). The keys leave this
module in no page: `conceal.look_up_repeats` shows callers masked, with a reason, and on record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from workflows.errors import NotAllowed
from workflows.model.base import db, now
from workflows.model.reference import reference
from workflows.model.ticket import Ticket, TicketIdentity
from workflows.read.baselines import topic_of
from workflows.read.lists import IS_OPEN
from workflows.read.periods import Period
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.rules.roles import Actor, Role
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import Anonymity
from workflows.scope import visible_to

#: Who may look at all.
REPEAT_READERS = frozenset({Role.SHIFT_LEAD, Role.SUPERVISOR, Role.HOTLINE_DIR})
#: A quarter at most; callers shown, and of each the newest tickets; requests from which somebody is a repeat caller.
LONGEST, MOST, MOST_TICKETS = timedelta(days=93), 50, 10
LEAST, FEWEST = 3, 2
#: The event a look leaves on the history of a ticket; for the hotline's eyes, like what it says of the caller.
LOOKED = "repeats_shown"


@dataclass(frozen=True)
class Matter:
    """A matter and how often one caller asked about it."""

    name: str
    count: int


@dataclass(frozen=True)
class Often:
    """A caller without a face: how often they asked, how much of it is open, about what."""

    count: int
    open: int
    matters: tuple[Matter, ...]


@dataclass(frozen=True)
class RepeatCaller(Often):
    """The same caller masked, with the newest tickets."""

    masked_name: str
    masked_phone: str
    tickets: tuple[TicketRow, ...]


def repeats(actor: Actor, first: date, last: date, least: int = LEAST) -> list[Often]:
    """Those who asked so often, who did most first, without any mark of who they are; 50 at most.

    Raises NotAllowed for others than REPEAT_READERS, Invalid for a period that makes no sense or is too long.
    """
    period = _entered(actor, first, last)
    found = _keys(actor, period, least)
    matters = _matters(actor, period, [key for key, *_ in found])
    return [Often(count, still, matters[key]) for key, count, still in found]


def repeat_callers(actor: Actor, first: date, last: date, least: int = LEAST) -> list[RepeatCaller]:
    """The same callers as `repeats`, masked and with their tickets. Every look goes on record: `conceal` asks this."""
    period = _entered(actor, first, last)
    found = _keys(actor, period, least)
    keys = [key for key, *_ in found]
    matters, tickets, masks = _matters(actor, period, keys), *_tickets(actor, period, keys)
    return [RepeatCaller(count, still, matters[key], *masks[key], tickets=tuple(tickets[key]))
            for key, count, still in found]


def _entered(actor: Actor, first: date, last: date) -> Period:
    if not actor.has(REPEAT_READERS):
        raise NotAllowed("role_may_not_enter")
    return Period.within(first, last, LONGEST)


def _said(actor: Actor, period: Period, *columns: Any) -> Select[Any]:
    """What known callers asked in a period."""
    return (
        select(*columns).select_from(Ticket).join(TicketIdentity, TicketIdentity.ticket_id == Ticket.id)
        .where(period.holds(Ticket.created_at), TicketIdentity.caller_key.is_not(None),
               Ticket.anonymity != str(Anonymity.ANONYMOUS), Ticket.state != str(TicketState.DRAFT), visible_to(actor))
    )


def _keys(actor: Actor, period: Period, least: int) -> Sequence[Any]:
    often: ColumnElement[int] = func.count()
    rows = _said(actor, period, TicketIdentity.caller_key, often, func.count().filter(IS_OPEN))
    return db.session.execute(
        rows.group_by(TicketIdentity.caller_key).having(often >= max(FEWEST, least))
        .order_by(often.desc(), func.max(Ticket.id).desc()).limit(MOST)
    ).all()


def _matters(actor: Actor, period: Period, keys: Sequence[bytes]) -> dict[bytes, tuple[Matter, ...]]:
    ref = reference()
    counts: dict[bytes, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    rows = _said(actor, period, TicketIdentity.caller_key, Ticket.category_id, func.count())
    by_matter = rows.where(TicketIdentity.caller_key.in_(keys)).group_by(TicketIdentity.caller_key, Ticket.category_id)
    for key, category_id, n in db.session.execute(by_matter):
        topic = topic_of(ref, category_id)
        if topic is not None:
            counts[key][topic] += n
    return defaultdict(tuple, {
        key: tuple(Matter(ref.category_name(topic), n) for topic, n in sorted(of.items(), key=lambda one: -one[1]))
        for key, of in counts.items()
    })


def _tickets(
    actor: Actor, period: Period, keys: Sequence[bytes]
) -> tuple[dict[bytes, list[TicketRow]], dict[bytes, tuple[str, str]]]:
    """Of each caller the newest tickets, and how the newest of them is masked."""
    place = func.row_number().over(partition_by=TicketIdentity.caller_key, order_by=Ticket.id.desc()).label("place")
    newest = (
        _said(actor, period, Ticket.id, TicketIdentity.caller_key, TicketIdentity.masked_name,
              TicketIdentity.masked_phone, place)
        .where(TicketIdentity.caller_key.in_(keys)).subquery("newest")
    )
    rows = db.session.execute(
        select(*TICKET_COLUMNS, newest.c.caller_key, newest.c.masked_name, newest.c.masked_phone)
        .join(newest, newest.c.id == Ticket.id).where(newest.c.place <= MOST_TICKETS).order_by(Ticket.id.desc())
    )
    make = line_maker(TicketRow, reference(), now())
    tickets: dict[bytes, list[TicketRow]] = defaultdict(list)
    masks: dict[bytes, tuple[str, str]] = {}
    for row in rows:
        tickets[row.caller_key].append(make(row))
        masks.setdefault(row.caller_key, (row.masked_name, row.masked_phone))
    return tickets, masks
