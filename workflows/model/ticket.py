"""The ticket, the caller behind it, the units' tasks, and everything that happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.model.base import Base, Numbered
from workflows.rules.items import MOST_ITEMS
from workflows.rules.states import LIVE_STATES, MOST_LEVELS, OPEN_STATES, OWING_STATES


def in_list(column: str, values: object) -> str:
    """SQL text `column IN ('A','B')` over a vocabulary, in a stable order."""
    return f"{column} IN ({', '.join(repr(str(v)) for v in sorted(values))})"


OPEN = in_list("state", OPEN_STATES)
LIVE = in_list("state", LIVE_STATES)
OWING = in_list("state", OWING_STATES)
#: States in which exactly one lead unit holds the ticket.
HELD = in_list("state", {"DISPATCHED", "HANDLING", "RETURN_REVIEW", "SUSPENDED", "REPLIED", "CALLBACK", "REWORK"})


class Ticket(Numbered, Base):
    """A citizen's request (工单), without the citizen: the identity stands apart."""

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint(f"NOT ({HELD}) OR lead_assignment_id IS NOT NULL", name="held_has_a_lead"),
        CheckConstraint("state <> 'CLOSED' OR (closed_at IS NOT NULL AND close_type IS NOT NULL)",
                        name="closed_says_how_and_when"),
        CheckConstraint("state <> 'CLOSED' OR (answer_way IS NOT NULL AND answer_at IS NOT NULL)",
                        name="closed_reached_its_caller"),
        CheckConstraint("state <> 'REJECTED' OR (reject_code IS NOT NULL AND reject_route <> '')",
                        name="rejected_says_why_and_where_else"),
        CheckConstraint("state <> 'ANSWERED_DIRECT' OR direct_answer <> ''", name="answered_has_an_answer"),
        CheckConstraint("answer_source IN ('', 'OWN') OR answer_ref <> ''", name="answer_names_its_source"),
        CheckConstraint("refusal_by_id IS NULL OR (reject_code IS NOT NULL AND reject_route <> '')",
                        name="refusal_asked_for_says_why_and_where_else"),
        CheckConstraint("details_wanted IS NULL OR state = 'REVIEW'", name="details_are_wanted_before_dispatch"),
        CheckConstraint("state = 'DRAFT' OR category_id IS NOT NULL", name="past_draft_has_a_category"),
        CheckConstraint("anonymity IN ('OPEN', 'WITHHELD', 'ANONYMOUS')", name="anonymity_known"),
        CheckConstraint("round >= 1", name="rounds_count_from_one"),
        CheckConstraint("state = 'ARCHIVED' OR (state = 'MERGED') = (master_id IS NOT NULL)",
                        name="merged_follows_a_master"),
        CheckConstraint("state <> 'MERGED' OR lead_assignment_id IS NULL", name="merged_has_no_task"),
        Index("ix_ticket_master_id", "master_id", "id", postgresql_where=text("master_id IS NOT NULL")),
        Index("ix_ticket_reopens_id", "reopens_id", postgresql_where=text("reopens_id IS NOT NULL")),
        Index("ix_ticket_raised_in_id", "raised_in_id", postgresql_where=text("raised_in_id IS NOT NULL")),
        CheckConstraint(f"cardinality(request_items) <= {MOST_ITEMS}", name="items_bounded"),
        CheckConstraint("escalation_level BETWEEN 0 AND 3", name="escalation_level_known"),
        CheckConstraint("(state = 'CONFERENCE') = (invited_unit_ids <> '[]')", name="conference_has_units"),
        Index("ix_ticket_raised", "escalation_level", "id", postgresql_where=text(f"escalation_level >= 2 AND {OPEN}")),
        Index("ix_ticket_open_state", "state", "id", postgresql_where=text(OPEN)),
        Index("ix_ticket_category", "category_id", "created_at", "id"),
        Index("ix_ticket_area", "area_id", "created_at", "id"),
        Index("ix_ticket_lead_unit", "lead_unit_id", "created_at", "id"),
        Index("ix_ticket_created_at", "created_at", "id"),
        Index("ix_ticket_dissatisfied", "id",
              postgresql_where=text("state = 'CALLBACK' AND callback_outcome = 'DISSATISFIED'")),
        Index("ix_ticket_created_by", "created_by_id", "id"),
        Index("ix_ticket_closed", "closed_at", "lead_unit_id", postgresql_where=text("close_type IS NOT NULL")),
        Index("ix_ticket_to_archive", "closed_at", "id",
              postgresql_where=text("closed_at IS NOT NULL AND state <> 'ARCHIVED'")),
        Index("ix_ticket_details_wanted", "id", postgresql_where=text("details_wanted IS NOT NULL")),
        {"postgresql_with": {"fillfactor": "85"}},
    )

    no: Mapped[str] = mapped_column(String(20), unique=True)
    query_code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)
    channel: Mapped[str] = mapped_column(String(20))
    channel_ref: Mapped[str] = mapped_column(String(80), default="")
    caller_type: Mapped[str] = mapped_column(String(12), default="PERSON")
    enterprise_name: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(String(12))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    place: Mapped[str] = mapped_column(String(200), default="")
    title: Mapped[str] = mapped_column(String(120))
    content: Mapped[str] = mapped_column(Text)
    #: What its answer must speak to, point by point (诉求要点); none where the content is the one point.
    request_items: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    urgency: Mapped[str] = mapped_column(String(12), default="NORMAL")
    anonymity: Mapped[str] = mapped_column(String(12), default="OPEN")
    need_reply: Mapped[bool] = mapped_column(default=True)
    #: Whom it accuses (被反映单位): neither that unit nor one below it is given the ticket, or may see it (回避).
    respondent_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))

    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(BigInteger)
    submitted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    #: Until when what is closed may be taken up again, by the days that held when it was closed.
    reopen_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]

    lead_assignment_id: Mapped[int | None] = mapped_column(BigInteger)
    lead_unit_id: Mapped[int | None] = mapped_column(BigInteger)
    round: Mapped[int] = mapped_column(default=1)
    hops: Mapped[int] = mapped_column(default=0)
    return_count: Mapped[int] = mapped_column(default=0)
    urge_count: Mapped[int] = mapped_column(default=0)
    send_back_count: Mapped[int] = mapped_column(default=0)
    #: Supervision orders its unit has yet to answer.
    open_orders: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Words of its unit that the hotline has yet to pass on to a withheld caller: one or none.
    open_relays: Mapped[int] = mapped_column(default=0, server_default="0")
    #: A report of danger nobody has confirmed to have; passed to another line that has not said that it has it; and
    #: an emergency line must confirm before a unit gets the ticket.
    open_risk: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    open_transfer: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    risk_line: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    risk_kinds: Mapped[list[str]] = mapped_column(ARRAY(String(16)), default=list, server_default="{}")
    #: The ticket this one is merged into; how many are merged into this one, how many of them said no to its answer.
    master_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    supporters: Mapped[int] = mapped_column(default=0, server_default="0")
    supporters_unhappy: Mapped[int] = mapped_column(default=0, server_default="0")
    #: The ticket of the same caller whose matter is back, too late to take that one up again.
    reopens_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    #: The ticket whose caller brought this one up when rung back about it (回访中提出的新诉求).
    raised_in_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    #: Tickets it is linked to (`related.TicketLink`).
    links: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: Times its caller asked again after it was over and was told the result (已告知).
    repeat_calls: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: To be rung though it is over: merged, now that the master has ended; withdrawn, and chosen to be looked into.
    awaits_call: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: Terminated or refused, and chosen to be looked into (`spot_check.SpotCheck`).
    awaits_check: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: Returned too often to be simply sent on: units must confer (`rules.passing`).
    must_confer: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: The highest level a conference over it was or is to be held at; 0 for none.
    escalation_level: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    #: Units called to the conference that is open, copied so that buttons need no query.
    invited_unit_ids: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    #: Tasks that are not the lead's and not over, and objections to them nobody has decided.
    open_parts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    open_objections: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: Of a hazard, and in this round no picture of its re-check has come yet.
    recheck_pending: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    #: Somebody asked for its caller to be rung back, whatever the policy (点名回访).
    call_named: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: An appeal was granted: the caller is rung once more, though the ticket is closed.
    appeal_call: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: Since when a leader's instruction (批示) stands on it.
    instructed_at: Mapped[datetime | None]
    route: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    direct_answer: Mapped[str] = mapped_column(Text, default="")
    reject_code: Mapped[str | None] = mapped_column(String(4))
    reject_route: Mapped[str] = mapped_column(Text, default="")
    #: Who asked for it not to be taken on; a shift lead decides.
    refusal_by_id: Mapped[int | None] = mapped_column(BigInteger)
    #: What whoever looked it over before dispatch wants to know (退回补充), until somebody has said it.
    details_wanted: Mapped[str | None] = mapped_column(String(12))
    #: Where an answer on the line came from: an article of the knowledge base, a call of three, the agent's own head.
    answer_source: Mapped[str] = mapped_column(String(12), default="", server_default="")
    answer_ref: Mapped[str] = mapped_column(String(80), default="", server_default="")
    callback_outcome: Mapped[str | None] = mapped_column(String(16))
    close_type: Mapped[str | None] = mapped_column(String(16))
    #: How and when the answer of this round reached the caller.
    answer_way: Mapped[str | None] = mapped_column(String(12))
    answer_at: Mapped[datetime | None]

    identity: Mapped[TicketIdentity | None] = relationship(back_populates="ticket", lazy="select")


class TicketIdentity(Base):
    """Who called: encrypted by column, found by keyed hash, shown masked."""

    __tablename__ = "ticket_identity"
    __table_args__ = (
        Index("ix_ticket_identity_caller", "caller_key", text("ticket_id DESC"),
              postgresql_where=text("caller_key IS NOT NULL")),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True, autoincrement=False)
    caller_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    name: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    alt_phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_no: Mapped[bytes | None] = mapped_column(LargeBinary)
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    masked_name: Mapped[str] = mapped_column(String(40), default="")
    masked_phone: Mapped[str] = mapped_column(String(40), default="")
    masked_address: Mapped[str] = mapped_column(String(120), default="")

    ticket: Mapped[Ticket] = relationship(back_populates="identity")


class TicketText(Base):
    """The searchable text of a ticket, written by a job soon after the commit; never on the intake path."""

    __tablename__ = "ticket_text"
    __table_args__ = (
        Index("ix_ticket_text_bigrams", text("zh_bigrams(body)"), postgresql_using="gin"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True, autoincrement=False)
    category_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Text)


class Assignment(Numbered, Base):
    """One unit's task for a ticket (承办任务). Its rounds are counted, its clocks kept per round."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("state <> 'REPLIED' OR replied_at IS NOT NULL", name="replied_says_when"),
        CheckConstraint("(role = 'SUB') = (parent_id IS NOT NULL)", name="handed_down_says_by_which"),
        CheckConstraint(f"level BETWEEN 1 AND {MOST_LEVELS}", name="level_known"),
        Index("uq_assignment_number", "ticket_id", "path", unique=True),
        CheckConstraint("due_at IS NULL OR due_original IS NULL OR due_at >= due_original",
                        name="due_never_moves_forward"),
        Index("uq_assignment_one_live_lead", "ticket_id", unique=True,
              postgresql_where=text(f"role = 'LEAD' AND {LIVE}")),
        Index("ix_assignment_ticket_unit", "ticket_id", "unit_id"),
        Index("ix_assignment_live_due", "unit_id", "state", "due_at", "id", postgresql_include=["warn_at", "role"],
              postgresql_where=text(LIVE)),
        Index("ix_assignment_owing_due", "due_at", "id", postgresql_where=text(OWING)),
        Index("ix_assignment_unit_id", "unit_id", "id"),
        Index("ix_assignment_dispatched_at", "dispatched_at", "unit_id"),
        Index("ix_assignment_replied_at", "replied_at", "unit_id", postgresql_where=text("replied_at IS NOT NULL")),
        {"postgresql_with": {"fillfactor": "85"}},
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    role: Mapped[str] = mapped_column(String(8), default="LEAD")
    state: Mapped[str] = mapped_column(String(16))
    round: Mapped[int] = mapped_column(default=1)
    level: Mapped[int] = mapped_column(default=1)
    #: Its number within the ticket: 1, 2, and 1.2 for the second handed down from the first.
    path: Mapped[str] = mapped_column(String(24), default="1", server_default="1")
    #: Summoned by a street that leads (吹哨); both are assessed for it.
    whistle: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: Who wrote the reply that waits for its leader's signature.
    drafted_by_id: Mapped[int | None] = mapped_column(BigInteger)
    #: Of a street, or of a unit below one.
    of_street: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: Tasks handed down from this one that are not over.
    open_parts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    dispatched_at: Mapped[datetime]
    dispatched_by_id: Mapped[int | None] = mapped_column(BigInteger)
    dispatch_note: Mapped[str] = mapped_column(String(500), default="")
    override_reason: Mapped[str] = mapped_column(String(200), default="")
    return_until: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    auto_signed: Mapped[bool] = mapped_column(default=False)
    contacted_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    #: Of the handling or re-handling clock now running, copied so that queues sort by one index.
    due_original: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    final_designation: Mapped[bool] = mapped_column(default=False)
    return_count: Mapped[int] = mapped_column(default=0)
    #: How much more time may be granted at most, first and second, by the rules at dispatch (`limits.limit_text`).
    extension_limits: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    extension_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: An extension asked for waits for its decision since then.
    extension_filed_at: Mapped[datetime | None]
    #: What was asked for through a chain and waits for its next step (`rules.chains.waiting_for`).
    asked: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    suspension_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    #: Until when the caller's last evaluation may be contested, and in which round its exclusion, or an appeal, was
    #: asked for last.
    contest_until: Mapped[datetime | None]
    exclusion_round: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    appeal_round: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class Application(Numbered, Base):
    """Something a unit asks of the hotline: a return, an extension, to be let out of a part it was given, to suspend
    or to terminate.

    A return has its `basis` and the unit it suggests; an extension its `plan`, how much more of what time it asks for
    and was `granted`, the clock it is for, and whether the caller was told. Suspension and termination pass several
    steps (`ApplicationStep`); a termination's `plan` is what the caller was told.
    """

    __tablename__ = "application"
    __table_args__ = (
        CheckConstraint("(state = 'FILED') = (decided_at IS NULL)", name="decided_says_when"),
        Index("uq_application_one_filed", "assignment_id", "kind", unique=True,
              postgresql_where=text("state = 'FILED'")),
        Index("ix_application_filed_at", "kind", "filed_at"),
        Index("ix_application_filed", "kind", "filed_at", postgresql_where=text("state = 'FILED'")),
        Index("ix_application_ticket_id", "ticket_id"),
        Index("ix_application_excluded", "decided_at", "id",
              postgresql_where=text("kind = 'EXCLUSION' AND state = 'GRANTED'")),
        Index("ix_application_assignment_id", "assignment_id"),
    )

    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(8))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    reason_code: Mapped[str] = mapped_column(String(24))
    basis: Mapped[str] = mapped_column(Text)
    suggested_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    filed_at: Mapped[datetime]
    filed_by_id: Mapped[int | None] = mapped_column(BigInteger)
    filed_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    opinion: Mapped[str] = mapped_column(Text, default="")
    clock_id: Mapped[int | None] = mapped_column(BigInteger)
    amount: Mapped[int | None]
    granted: Mapped[int | None]
    amount_basis: Mapped[str | None] = mapped_column(String(4))
    plan: Mapped[str] = mapped_column(Text, default="", server_default="")
    caller_informed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    #: What else its kind holds: of a suspension its obstacles, milestones, leader and target; of an appeal the
    #: evaluation `before` the caller was rung again.
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))


class Urge(Numbered, Base):
    """Somebody asked for more speed: the caller (催单) or the hotline (催办)."""

    __tablename__ = "urge"
    __table_args__ = (
        Index("uq_urge_batch", "job_id", "ticket_id", unique=True, postgresql_where=text("job_id IS NOT NULL")),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(8))
    #: How the hotline pressed (`ChaseWay`); empty for the caller's urging.
    way: Mapped[str] = mapped_column(String(8), default="", server_default="")
    #: The batch it was part of.
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    by_name: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="")


class TicketEvent(Base):
    """Everything that happened, append-only and hash-chained per ticket; partitioned by month.

    `sequence`, `previous_hash` and `hash` are filled in by the database, whoever writes.
    """

    __tablename__ = "ticket_event"
    __table_args__ = (
        Index("ix_ticket_event_ticket", "ticket_id", "id"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigInteger)
    assignment_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(24))
    from_state: Mapped[str | None] = mapped_column(String(16))
    to_state: Mapped[str | None] = mapped_column(String(16))
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_name: Mapped[str] = mapped_column(String(80))
    actor_role: Mapped[str] = mapped_column(String(20))
    actor_unit_id: Mapped[int | None] = mapped_column(BigInteger)
    reason_code: Mapped[str | None] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    sequence: Mapped[int | None]
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class EventHead(Base):
    """The last link of each ticket's chain of events; written by the database alone."""

    __tablename__ = "event_head"

    ticket_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
