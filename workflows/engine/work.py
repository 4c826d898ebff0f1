"""One use case at work: who, when, by which settings, and where new rows go."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from workflows import outbox
from workflows.model import idempotency
from workflows.model.application import ApplicationStep, Suspension
from workflows.model.base import Base, db, transaction
from workflows.model.clock import Clock, ClockSegment
from workflows.model.conference import Conference, ConferenceOpinion
from workflows.model.feedback import CallbackAttempt, CallbackTask
from workflows.model.knowledge import KnowledgeGap
from workflows.model.link import LinkCase
from workflows.model.petition import Petition
from workflows.model.proposal import CatalogueProposal
from workflows.model.reference import ZONE, Reference, moment
from workflows.model.related import Recusal, TicketLink
from workflows.model.relay import Relay
from workflows.model.reply import ContactLog, Contribution, Reply, ReplyDraft
from workflows.model.risk import RiskAlert
from workflows.model.rows import written_together
from workflows.model.supervision import Instruction, SupervisionOrder
from workflows.model.ticket import Application, Assignment, Ticket, TicketEvent, TicketIdentity, Urge
from workflows.model.withdrawal import Withdrawal
from workflows.rules.roles import SYSTEM, Actor, Role

T = TypeVar("T")

#: What a use case may make.
TABLES: tuple[type[Base], ...] = (
    Ticket, TicketIdentity, Assignment, Application, ApplicationStep, Suspension, Clock, ClockSegment, ContactLog,
    Reply, ReplyDraft, Contribution, CallbackTask, CallbackAttempt, Urge, Instruction, SupervisionOrder, Relay,
    RiskAlert, LinkCase, Conference, ConferenceOpinion, CatalogueProposal, KnowledgeGap, Withdrawal, Petition,
    TicketLink, Recusal, TicketEvent,
)


class Sink(Protocol):
    """Where rows made by `new` go: one INSERT for one ticket, COPY for thousands."""

    def add(self, row: Base) -> None:
        """Take a new row; it is written before the transaction ends."""


class Rows:
    """A sink that keeps new rows by table until they are written together."""

    def __init__(self) -> None:
        self._kept: dict[type[Base], list[Base]] = {table: [] for table in TABLES}

    def add(self, row: Base) -> None:
        """Take a new row; what is set on it later still counts."""
        self._kept[row.model].append(row)

    def write(self) -> None:
        """Insert everything kept, in one statement."""
        kept = {table: rows for table, rows in self._kept.items() if rows}
        if kept:
            db.session.connection().exec_driver_sql(*written_together(kept))


@dataclass
class Work:
    """What every step of a use case needs to know."""

    actor: Actor
    at: datetime
    ref: Reference
    sink: Sink
    messages: list[dict[str, Any]] = field(default_factory=list)
    started: list[Clock] = field(default_factory=list)
    #: The ticket this use case moves; what its idempotency key remembers.
    moved: Ticket | None = None
    #: Done once the new rows are written, for what refers to them.
    afterwards: list[Callable[[], object]] = field(default_factory=list)
    #: What holds for every ticket of this moment and was worked out once; see `once`.
    memo: dict[Hashable, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day it is in the city."""
        return self.at.astimezone(ZONE).date()

    def once(self, key: Hashable, make: Callable[..., T], *arguments: Any) -> T:
        """What `make` returns, worked out once for all tickets of this moment; nobody may change it."""
        if key not in self.memo:
            self.memo[key] = make(*arguments)
        return self.memo[key]

    def by_system(self) -> Work:
        """The same use case, where a certain rule acts instead of the person."""
        return replace(self, actor=SYSTEM)

    def tell(self, kind: str, ticket: Any, *, unit_id: int | None, role: Role, **data: Any) -> None:
        """Put an in-app notice in the outbox, once per ticket version, kind and addressee."""
        addressee = self.ref.hotline_unit_id if unit_id is None else unit_id
        key = f"{kind}:{ticket.id}:{ticket.version}"
        self.messages.append(
            outbox.notice(key, kind, ticket, self.at, unit_id=addressee, role=role, **data)
        )

    def tell_unit(self, kind: str, ticket: Any, unit_id: int, **data: Any) -> None:
        """Tell a unit's clerks and its leaders."""
        for role in (Role.UNIT_CLERK, Role.UNIT_LEAD):
            self.tell(kind, ticket, unit_id=unit_id, role=role, **data)


@contextmanager
def work(actor: Actor) -> Iterator[Work]:
    """Open the transaction of a use case; its changes, new rows and messages are written together at its end.

    Nothing is flushed on the way: a ticket between two states would break the rules of its table.
    """
    with transaction():
        rows = Rows()
        with db.session.no_autoflush:
            at, ref = moment()
            doing = Work(actor=actor, at=at, ref=ref, sink=rows)
            yield doing
        db.session.flush()
        rows.write()
        for deed in doing.afterwards:
            deed()
        outbox.put_all(doing.messages)
        if doing.moved is not None and idempotency.wants_result():
            idempotency.keep(db.session, json.dumps(outcome_of(doing.moved)))


def outcome_of(ticket: Ticket) -> dict[str, Any]:
    """What a move has led to, as it is kept under an idempotency key."""
    return {"no": ticket.no, "state": ticket.state, "version": ticket.version, "unit_id": ticket.lead_unit_id}
