"""What agents knew and no article of the knowledge base says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.model.base import Base, Numbered

#: The words of the index of gaps nobody has closed.
OPEN = "settled_at IS NULL"


class KnowledgeGap(Numbered, Base):
    """A question an agent answered from their own head (知识缺口): whoever keeps the knowledge base closes it.

    `settled_with` is the article there now is, or why there need be none. Question and answer stand on the ticket.
    """

    __tablename__ = "knowledge_gap"
    __table_args__ = (
        CheckConstraint("(settled_at IS NULL) = (settled_with = '')", name="settled_says_with_what"),
        Index("uq_knowledge_gap_ticket_id", "ticket_id", unique=True),
        Index("ix_knowledge_gap_open", "id", postgresql_where=text(OPEN)),
        Index("ix_knowledge_gap_settled", "settled_at", "id", postgresql_where=text("settled_at IS NOT NULL")),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    found_at: Mapped[datetime]
    found_by_id: Mapped[int | None] = mapped_column(BigInteger)
    found_by: Mapped[str] = mapped_column(String(80))
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(BigInteger)
    settled_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    settled_with: Mapped[str] = mapped_column(String(200), default="", server_default="")
