"""What a ticket's page shows of its conferences, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class OpinionView:
    """An invited unit and what it wrote; the words are empty for whoever was not at the table."""

    conference_id: int
    unit_id: int
    stance: str | None
    opinion: str
    given_at: datetime | None
    given_by: str
    unit_name: str = ""


@dataclass(frozen=True)
class ConferenceView:
    """A conference over a ticket. `minutes` say why where it was called off."""

    id: int
    level: int
    reason_code: str
    question: str
    opened_at: datetime
    opened_by: str
    outcome: str | None
    lead_unit_id: int | None
    minutes: str
    ended_at: datetime | None
    ended_by: str
    lead_unit_name: str = ""
    opinions: tuple[OpinionView, ...] = ()
