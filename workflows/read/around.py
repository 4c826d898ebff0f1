"""What stands around a ticket on its page: its master, who follows it, what was said through the hotline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class RelayView:
    """A unit's word to a withheld caller, and what the caller said to it."""

    assignment_id: int
    question: str
    asked_at: datetime
    asked_by: str
    attempts: int
    answer: str
    done_at: datetime | None
    done_by: str
    lapsed_at: datetime | None


@dataclass(frozen=True)
class MasterView:
    """The ticket this one was merged into: whose course it follows, and what was answered there."""

    no: str
    state: str
    unit_name: str
    round: int
    closed_at: datetime | None
    close_type: str | None
    answer: str = ""


@dataclass(frozen=True)
class SupporterView:
    """A ticket merged into this one. What it says is for all who work at it; its number for the hotline alone."""

    no: str
    title: str
    content: str
    created_at: datetime
    anonymity: str
    callback_outcome: str | None


@dataclass(frozen=True)
class StepView:
    """A step of an application's chain: whose it is, and how it ended."""

    application_id: int
    position: int
    role: str
    unit_id: int | None
    opened_at: datetime | None
    decided_at: datetime | None
    decided_by: str
    decision: str | None
    opinion: str


@dataclass(frozen=True)
class SuspensionView:
    """A line of the ledger of suspended matters."""

    no: str
    assignment_id: int
    cause: str
    plan: str
    obstacles: str
    milestones: list[dict[str, Any]]
    leader_name: str
    leader_office: str
    target_on: date
    since: datetime
    granted_at: datetime
    reviews: int
    reviewed_at: datetime | None
    resumed_at: datetime | None
    cleared_at: datetime | None
    cleared_by: str


@dataclass(frozen=True)
class AlertView:
    """A report of danger on its ticket's page."""

    kinds: Sequence[str]
    words: Sequence[str]
    note: str
    raised_at: datetime
    raised_by: str
    taken_at: datetime | None
    taken_by: str
    receiver: str
    partner_no: str
    outcome: str
    ended_at: datetime | None
    ended_by: str


@dataclass(frozen=True)
class LinkView:
    """A request passed to or come from another line, with its number there."""

    direction: str
    partner: str
    partner_no: str
    call_id: str
    reason: str
    initiated_at: datetime
    initiated_by: str
    accepted_at: datetime | None
    returned_at: datetime | None
    settled_by: str
    result: str


@dataclass(frozen=True)
class PetitionView:
    """A hand-over to the petition procedure as those see it who may see the ticket."""

    criterion: str
    grounds: str
    told: str
    told_at: datetime
    handed_at: datetime
    handed_by: str
    receipt_no: str
    receipt_at: datetime | None


@dataclass(frozen=True)
class ArchiveView:
    """Where an archived ticket's package stands, and its digest."""

    sequence: int
    archived_at: datetime
    state_before: str
    sha256: bytes
