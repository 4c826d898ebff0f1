"""The lines under a ticket's facts: what happened, was said, asked and ordered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflows.read.around import StepView


@dataclass(frozen=True)
class EventView:
    """Something that happened."""

    id: int
    at: datetime
    kind: str
    assignment_id: int | None
    from_state: str | None
    to_state: str | None
    actor_name: str
    actor_role: str
    actor_unit_id: int | None
    reason_code: str | None
    note: str
    data: dict[str, Any] | None
    unit_name: str = ""


@dataclass(frozen=True)
class ReplyView:
    """A unit's answer and what became of it."""

    id: int
    assignment_id: int
    round: int
    submitted_at: datetime
    submitted_by: str
    truth: str
    beyond_duty: bool
    beyond_duty_kind: str
    resolution: str
    unresolved_reason: str | None
    internal_account: str
    public_answer: str
    items: list[dict[str, Any]]
    measures: str
    legal_basis: str
    visited_at: datetime | None
    visitors: str
    promised_on: date | None
    signed_by: str
    ahead_reason: str
    decision: str | None
    decided_at: datetime | None
    decided_by: str
    defects: list[str]
    defect_items: list[int]
    opinion: str


@dataclass(frozen=True)
class DraftView:
    """A reply as it was written for the leader's signature, and what became of that."""

    assignment_id: int
    round: int
    written_at: datetime
    written_by: str
    content: dict[str, Any]
    decision: str | None
    decided_at: datetime | None
    decided_by: str
    opinion: str

    @property
    def reply(self) -> dict[str, Any]:
        """Its values in their types."""
        visited, promised = self.content["visited_at"], self.content["promised_on"]
        return self.content | {"visited_at": visited and datetime.fromisoformat(visited),
                               "promised_on": promised and date.fromisoformat(promised)}


@dataclass(frozen=True)
class ContactView:
    """A unit's attempt to reach the caller."""

    id: int
    assignment_id: int
    at: datetime
    by_name: str
    result: str
    note: str


@dataclass(frozen=True)
class ApplicationView:
    """Something asked of the hotline and how it was decided."""

    id: int
    kind: str
    state: str
    assignment_id: int
    clock_id: int | None
    reason_code: str
    basis: str
    suggested_unit_id: int | None
    plan: str
    amount: int | None
    granted: int | None
    amount_basis: str | None
    caller_informed: bool
    filed_at: datetime
    filed_by: str
    decided_at: datetime | None
    decided_by: str
    opinion: str
    details: dict[str, Any]
    suggested_unit_name: str = ""
    steps: tuple[StepView, ...] = ()


@dataclass(frozen=True)
class FiringView:
    """A step of the ladder that a clock reached by the due it then had; `collapsed`: overtaken, told to nobody."""

    clock_id: int
    level: str
    due_at: datetime
    reached_at: datetime
    at: datetime
    late_seconds: int
    collapsed: bool


@dataclass(frozen=True)
class UrgeView:
    """Somebody asked for more speed."""

    at: datetime
    source: str
    way: str
    by_name: str
    note: str


@dataclass(frozen=True)
class InstructionView:
    """What a leader wants done, and by when if sooner than the due."""

    at: datetime
    leader: str
    words: str
    due_at: datetime | None
    by_name: str


@dataclass(frozen=True)
class OrderView:
    """A supervision order and the unit's answer to it."""

    no: str
    level: int
    assignment_id: int
    unit_id: int
    clock_id: int
    reason: str
    issued_at: datetime
    issued_by: str
    answer: str
    answered_at: datetime | None
    answered_by: str
    lapsed_at: datetime | None
    unit_name: str = ""
    due_at: datetime | None = None
    warn_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether the unit has yet to answer."""
        return self.answered_at is None and self.lapsed_at is None


@dataclass(frozen=True)
class AttemptView:
    """A try to ring the caller back, and the answers."""

    at: datetime
    by_name: str
    result: str
    contacted: bool | None
    solved: str | None
    satisfaction: str | None
    reason_code: str | None
    service: str | None
    words: str
    channel: str
    round: int = 1
