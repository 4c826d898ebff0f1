"""What must leave the building, what was sent in the building, and signs of life."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered


class Outbox(Numbered, Base):
    """A message to deliver, once per key. Leased while being sent; given up visibly (`dead_at`).

    `sent_at` is when it left; where it left without being sent, `dropped` says why.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_waiting", "topic", "not_before", "id",
              postgresql_where=text("sent_at IS NULL AND dead_at IS NULL")),
        Index("ix_outbox_dead", "id", postgresql_where=text("dead_at IS NOT NULL")),
        Index("ix_outbox_retried", "id",
              postgresql_where=text("attempts > 0 AND sent_at IS NULL AND dead_at IS NULL")),
    )

    key: Mapped[str] = mapped_column(String(80), unique=True)
    topic: Mapped[str] = mapped_column(String(32))
    ticket_id: Mapped[int | None] = mapped_column(BigInteger)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    dropped: Mapped[str | None] = mapped_column(String(16))
    last_error: Mapped[str] = mapped_column(Text, default="")


class Subscription(Numbered, Base):
    """Which channels, beside the list on the screen, carry notices of a kind to the holders of a role."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("kind", "role"),)

    kind: Mapped[str] = mapped_column(String(32))
    role: Mapped[str] = mapped_column(String(20))
    carriers: Mapped[list[str]] = mapped_column(ARRAY(String(16)))
    version: Mapped[int] = mapped_column(default=1)


class Notice(Numbered, Base):
    """An in-app notice to everybody of a unit who holds a role. No identity in it, ever."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_addressee", "unit_id", "role", "id"),)

    key: Mapped[str] = mapped_column(String(80), unique=True)
    unit_id: Mapped[int] = mapped_column(BigInteger)
    role: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(32))
    ticket_id: Mapped[int | None] = mapped_column(BigInteger)
    ticket_no: Mapped[str] = mapped_column(String(20), default="")
    at: Mapped[datetime]
    data: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class IdempotencyKey(Base):
    """A request made once: who, which key, a hash of what came with it, and what it made."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("ix_idempotency_key_created_at", "created_at"),)

    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    result: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]


class Heartbeat(Base):
    """The last sign of life of a kind of process."""

    __tablename__ = "heartbeat"

    role: Mapped[str] = mapped_column(String(40), primary_key=True)
    pid: Mapped[int]
    host: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
