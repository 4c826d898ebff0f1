"""What a ticket's page shows, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from workflows.read.around import (
    AlertView,
    ArchiveView,
    LinkView,
    MasterView,
    PetitionView,
    RelayView,
    SupporterView,
    SuspensionView,
)
from workflows.read.attachments import Files
from workflows.read.conference_parts import ConferenceView
from workflows.read.related import RecusalView, RelatedView
from workflows.read.task_parts import AssignmentView, ContributionView
from workflows.read.ticket_lines import (
    ApplicationView,
    AttemptView,
    ContactView,
    DraftView,
    EventView,
    InstructionView,
    OrderView,
    ReplyView,
    UrgeView,
)
from workflows.read.views import Light
from workflows.read.withdrawals import WithdrawalView
from workflows.rules.lifecycle import Move


class Hidden(StrEnum):
    """Why a caller is not shown."""

    ANONYMOUS = "ANONYMOUS"
    WITHHELD = "WITHHELD"
    ROLE = "ROLE"


@dataclass(frozen=True)
class MaskedCaller:
    """A caller as far as pages show one."""

    masked_name: str
    masked_phone: str
    masked_address: str


@dataclass(frozen=True)
class TicketFacts:
    """The ticket itself."""

    id: int
    no: str
    state: str
    version: int
    channel: str
    channel_ref: str
    caller_type: str
    enterprise_name: str
    kind: str
    category_id: int | None
    area_id: int | None
    place: str
    title: str
    content: str
    request_items: list[str]
    urgency: str
    anonymity: str
    need_reply: bool
    respondent_unit_id: int | None
    created_at: datetime
    created_by_id: int | None
    submitted_at: datetime | None
    closed_at: datetime | None
    reopen_until: datetime | None
    reopens_id: int | None
    raised_in_id: int | None
    repeat_calls: int
    changed_at: datetime
    lead_assignment_id: int | None
    lead_unit_id: int | None
    round: int
    hops: int
    return_count: int
    urge_count: int
    instructed_at: datetime | None
    recheck_pending: bool
    send_back_count: int
    open_orders: int
    open_relays: int
    appeal_call: bool
    call_named: bool
    open_risk: bool
    risk_line: bool
    open_transfer: bool
    risk_kinds: Sequence[str]
    master_id: int | None
    supporters: int
    links: int
    supporters_unhappy: int
    awaits_call: bool
    awaits_check: bool
    must_confer: bool
    escalation_level: int
    invited_unit_ids: list[int]
    open_parts: int
    open_objections: int
    route: dict[str, Any] | None
    direct_answer: str
    reject_code: str | None
    reject_route: str
    refusal_by_id: int | None
    details_wanted: str | None
    answer_source: str
    answer_ref: str
    callback_outcome: str | None
    close_type: str | None
    answer_way: str | None
    answer_at: datetime | None
    category_name: str = ""
    area_name: str = ""
    unit_name: str = ""


@dataclass(frozen=True)
class SegmentView:
    """What moved a due date, or let a stopped clock run on; `minutes` were put back, `amount` of `basis` granted."""

    clock_id: int
    kind: str
    at: datetime
    by_name: str
    reason: str
    minutes: int
    since: datetime | None
    amount: int | None
    basis: str | None
    due_before: datetime
    due_after: datetime
    calendar_version: int
    application_id: int | None


@dataclass(frozen=True)
class ClockView:
    """A time limit: by which rule, how it stands now, and everything that moved it.

    `minutes_left` is working time by the calendar of whoever must act, negative when overdue; None for a clock
    that stopped or has no due date. `provisional` says that the due of a running clock may still move: it is
    counted by days whose official notice is not out. `late` is how it is or was: running beyond its due, or stopped
    after it.
    """

    id: int
    assignment_id: int | None
    code: str
    round: int
    unit_id: int | None
    role: str
    rule: dict[str, Any]
    calendar_id: int | None
    started_at: datetime
    warn_at: datetime | None
    due_original: datetime | None
    due_at: datetime | None
    warned_at: datetime | None
    fired_at: datetime | None
    late_seconds: int | None
    stopped_at: datetime | None
    held_since: datetime | None
    paused_since: datetime | None
    void: bool
    unit_name: str = ""
    light: Light | None = None
    late: bool = False
    minutes_left: float | None = None
    provisional: bool = False
    segments: tuple[SegmentView, ...] = ()

    @property
    def running(self) -> bool:
        """Whether time still counts."""
        return self.stopped_at is None


@dataclass(frozen=True)
class CandidateView:
    """A unit the catalogue names, why, and the units proposed to help it."""

    unit_id: int
    unit_name: str
    reason: str
    rule_id: int | None
    beside: tuple[tuple[int, str], ...] = ()

    @property
    def co_unit_ids(self) -> list[int]:
        """The keys of those that are to help."""
        return [key for key, _ in self.beside]


@dataclass(frozen=True)
class TicketPage:
    """A ticket with its past and present; `moves` are those open to the reader now, in the order of the table.

    `task` is the one the reader acts from; `contributions` are those of the parts the reader may know.
    `caller` is None where the reader may not know; `hidden` then says why. `history_count` is how many other
    tickets the caller has, up to 100, for the hotline's eyes. `merged` are its supporters.
    Newest first: events, replies, contacts, applications, urges, instructions, orders, conferences, attempts,
    supporters.
    """

    at: datetime
    ticket: TicketFacts
    caller: MaskedCaller | None
    hidden: Hidden | None
    lead: AssignmentView | None
    task: AssignmentView | None
    assignments: tuple[AssignmentView, ...]
    clocks: tuple[ClockView, ...]
    events: tuple[EventView, ...]
    replies: tuple[ReplyView, ...]
    contributions: tuple[ContributionView, ...]
    contacts: tuple[ContactView, ...]
    applications: tuple[ApplicationView, ...]
    urges: tuple[UrgeView, ...]
    instructions: tuple[InstructionView, ...]
    orders: tuple[OrderView, ...]
    conferences: tuple[ConferenceView, ...]
    attempts: tuple[AttemptView, ...]
    files: Files
    candidates: tuple[CandidateView, ...]
    moves: tuple[Move, ...]
    history_count: int
    master: MasterView | None = None
    merged: tuple[SupporterView, ...] = ()
    relays: tuple[RelayView, ...] = ()
    suspensions: tuple[SuspensionView, ...] = ()
    drafts: tuple[DraftView, ...] = ()
    alerts: tuple[AlertView, ...] = ()
    links: tuple[LinkView, ...] = ()
    withdrawals: tuple[WithdrawalView, ...] = ()
    petitions: tuple[PetitionView, ...] = ()
    archive: ArchiveView | None = None
    reopens: str = ""
    related: tuple[RelatedView, ...] = ()
    recused: tuple[RecusalView, ...] = ()

    @property
    def tree(self) -> list[AssignmentView]:
        """The tasks by their numbers, each above those handed down from it."""
        return sorted(self.assignments, key=lambda task: [int(step) for step in task.path.split(".")])

    def clock(self, code: str) -> ClockView | None:
        """The latest clock of a code that counts."""
        return next((c for c in reversed(self.clocks) if c.code == code and not c.void), None)

    def offers(self, move: str) -> bool:
        """Whether a move is open to the reader."""
        return any(line.name == move for line in self.moves)
