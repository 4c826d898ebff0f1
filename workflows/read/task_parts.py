"""What a ticket's page shows of its tasks: who has which, and what was reported of parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class AssignmentView:
    """One unit's task."""

    id: int
    unit_id: int
    parent_id: int | None
    path: str
    level: int
    whistle: bool
    drafted_by_id: int | None
    of_street: bool
    open_parts: int
    role: str
    state: str
    round: int
    dispatched_at: datetime
    dispatched_by_id: int | None
    dispatch_note: str
    override_reason: str
    return_until: datetime | None
    signed_at: datetime | None
    auto_signed: bool
    contacted_at: datetime | None
    replied_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    due_original: datetime | None
    due_at: datetime | None
    warn_at: datetime | None
    final_designation: bool
    return_count: int
    extension_limits: list[dict[str, Any]]
    extension_count: int
    extension_filed_at: datetime | None
    asked: dict[str, Any] | None
    suspension_count: int
    contest_until: datetime | None
    exclusion_round: int
    appeal_round: int
    unit_name: str = ""


@dataclass(frozen=True)
class ContributionView:
    """What a unit reported of its part, for those it answers to and the hotline."""

    id: int
    assignment_id: int
    submitted_at: datetime
    submitted_by: str
    resolution: str
    account: str
    proposal: str
    ahead_reason: str
    decision: str | None
    decided_at: datetime | None
    decided_by: str
    opinion: str
    unit_name: str = ""
    path: str = ""
