"""Files of a ticket. The bytes lie in the store (workflows/attach/store.py) under the row's key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base


class Attachment(Base):
    """A file (附件): its name as given, its kind as found, who brought it and for what.

    `unit_id` and `assignment_id` are of the unit that brought it, None for the hotline; `reply_id` of the reply it
    was submitted with. A `sensitive` one may show the caller: units see it where the caller is open to them, or since
    it was released.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("size > 0", name="not_empty"),
        Index("uq_attachment_once", "ticket_id", "group", "sha256", unique=True,
              postgresql_where=text("removed_at IS NULL")),
        Index("ix_attachment_pending", "assignment_id", postgresql_where=text("reply_id IS NULL")),
    )

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id"))
    group: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int | None]
    height: Mapped[int | None]
    sensitive: Mapped[bool] = mapped_column(default=False)
    uploaded_at: Mapped[datetime]
    uploaded_by_id: Mapped[int | None] = mapped_column(BigInteger)
    uploaded_by: Mapped[str] = mapped_column(String(80))
    released_at: Mapped[datetime | None]
    released_by: Mapped[str] = mapped_column(String(80), default="")
    removed_at: Mapped[datetime | None]
