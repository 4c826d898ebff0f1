"""One use case at work: who, when, by which settings, and where new rows go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from workflows import outbox
from workflows.model.base import db, now, transaction
from workflows.model.reference import Reference, reference
from workflows.rules.roles import SYSTEM, Actor, Role


class Sink(Protocol):
    """Where new rows go: the session for one ticket, a bulk writer for thousands."""

    def add(self, row: Any) -> None:
        """Take a new row; it is written before the transaction ends."""


@dataclass
class Work:
    """What every step of a use case needs to know."""

    actor: Actor
    at: datetime
    ref: Reference
    sink: Sink
    messages: list[dict[str, Any]] = field(default_factory=list)
    started: list[Any] = field(default_factory=list)

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


@contextmanager
def work(actor: Actor) -> Iterator[Work]:
    """Open the transaction of a use case; what it has to say leaves with its commit."""
    with transaction():
        doing = Work(actor=actor, at=now(), ref=reference(), sink=db.session)
        yield doing
        outbox.put_all(doing.messages)
