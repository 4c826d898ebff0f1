"""The archive (归档): a package for each ticket that is over for good, immutable and chained."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base


class Archive(Base):
    """A ticket as it was when it was archived, with everything that belongs to it, as canonical JSON.

    `sequence`, `sha256`, `previous_hash` and `hash` are filled in by the database, whoever writes; the application may
    insert and read, nothing else. `hash` is that of the package before and this one's.
    """

    __tablename__ = "archive"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger, unique=True)
    ticket_no: Mapped[str] = mapped_column(String(20))
    archived_at: Mapped[datetime]
    state_before: Mapped[str] = mapped_column(String(16))
    package: Mapped[str] = mapped_column(Text)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
