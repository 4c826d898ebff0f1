"""Everything there is to know of one ticket, for one pair of eyes, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from workflows.engine import offered, own_task
from workflows.errors import Unknown
from workflows.model.application import ApplicationStep, Suspension
from workflows.model.archive import Archive
from workflows.model.base import db, now
from workflows.model.clock import Clock, ClockSegment
from workflows.model.feedback import CallbackAttempt, CallbackTask
from workflows.model.reference import Reference, reference, today
from workflows.model.relay import Relay
from workflows.model.reply import ContactLog, Contribution, Reply, ReplyDraft
from workflows.model.supervision import Instruction, SupervisionOrder
from workflows.model.ticket import Application, Assignment, Ticket, TicketEvent, TicketIdentity, Urge
from workflows.model.withdrawal import Withdrawal
from workflows.read.around import ArchiveView, MasterView, RelayView, StepView, SupporterView, SuspensionView
from workflows.read.attachments import files_of
from workflows.read.conferences import conferences_of
from workflows.read.petitions import petitions_of
from workflows.read.related import recused_of, related_to
from workflows.read.risks import alerts_of, links_of
from workflows.read.scrubbing import without_caller, without_callers
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
from workflows.read.ticket_parts import (
    CandidateView,
    ClockView,
    Hidden,
    MaskedCaller,
    SegmentView,
    TicketFacts,
    TicketPage,
)
from workflows.read.views import columns_of, light_of, minutes_left, provisional, view_of, views_of
from workflows.read.withdrawals import WithdrawalView
from workflows.rules.calendar import BY_CALENDAR
from workflows.rules.chains import CHAINED, CONSENTED
from workflows.rules.numbering import Channel
from workflows.rules.roles import Actor
from workflows.rules.states import AssignmentRole, TicketState
from workflows.rules.vocabulary import Anonymity
from workflows.scope import sees_identity, visible_to

#: Rows of each kind a page shows; a ticket with more than this is nobody's ordinary reading.
MOST_EVENTS, MOST_ROWS = 200, 100
#: Earlier tickets of a caller are counted up to here.
MOST_HISTORY = 100
#: Where a matter stands that was handed to the petition procedure.
_HANDED = frozenset({TicketState.PETITIONED, TicketState.ARCHIVED})
#: A ticket's events never lie further than this before it was logged; tells the database which months to look in.
_SLACK = timedelta(days=2)


def ticket_page(no: str, actor: Actor) -> TicketPage:
    """A ticket as this actor may see it. Raises Unknown where there is none for these eyes."""
    at, ref = now(), reference()
    row = db.session.execute(
        select(*columns_of(Ticket, TicketFacts), TicketIdentity.caller_key, *columns_of(TicketIdentity, MaskedCaller))
        .outerjoin(TicketIdentity, TicketIdentity.ticket_id == Ticket.id)
        .where(Ticket.no == no, visible_to(actor))
    ).one_or_none()
    if row is None:
        raise Unknown("ticket_unknown")
    ticket, caller_key = _facts(row, ref), row.caller_key
    hidden = _hidden(actor, ticket)
    assignments = _assignments(ticket, ref)
    lead = next((a for a in assignments if a.id == ticket.lead_assignment_id), None)
    task = own_task(assignments, actor, ticket.lead_assignment_id)
    events = _events(ticket, ref)
    page = TicketPage(
        at=at, ticket=ticket, hidden=hidden,
        caller=None if hidden else MaskedCaller(row.masked_name, row.masked_phone, row.masked_address),
        lead=lead, task=task, assignments=assignments, clocks=clocks_of(ticket.id, ref, at),
        events=events,
        replies=views_of(ReplyView, _newest(Reply, ReplyView, Reply.ticket_id == ticket.id)),
        contributions=_contributions(ticket, assignments, actor),
        contacts=views_of(ContactView, _newest(
            ContactLog, ContactView, ContactLog.assignment_id.in_([a.id for a in assignments]))),
        applications=applications_of(ticket.id, ref),
        urges=views_of(UrgeView, _newest(Urge, UrgeView, Urge.ticket_id == ticket.id)),
        instructions=_instructions(ticket), orders=_orders(ticket, ref),
        conferences=conferences_of(ticket.id, actor, ref),
        attempts=_attempts(ticket), files=files_of(ticket, actor),
        candidates=candidates_of(ticket.route, ticket.respondent_unit_id, ref),
        moves=tuple(offered(ticket, task, actor, at)),
        history_count=_history(ticket, caller_key) if actor.of_hotline else 0,
        master=_master(ticket, actor, ref) if ticket.master_id else None,
        merged=_merged(ticket, actor) if ticket.supporters else (),
        relays=views_of(RelayView, _newest(Relay, RelayView, Relay.ticket_id == ticket.id)),
        drafts=views_of(DraftView, _newest(ReplyDraft, DraftView, ReplyDraft.ticket_id == ticket.id)),
        alerts=alerts_of(ticket.id) if ticket.risk_kinds else (),
        links=links_of(ticket.id) if _linked(ticket) else (),
        suspensions=_suspensions(ticket) if any(task.suspension_count for task in assignments) else (),
        withdrawals=_withdrawals(ticket) if actor.of_hotline else (),
        petitions=petitions_of(ticket.id) if ticket.state in _HANDED else (),
        archive=_archive(ticket) if ticket.state == TicketState.ARCHIVED else None,
        reopens=_reopened(ticket, actor) if ticket.reopens_id else "",
        related=related_to(ticket.id, actor) if ticket.links else (),
        recused=recused_of(ticket.id) if actor.of_hotline and any(e.kind == "recuse" for e in events) else (),
    )
    return page if reads_all(actor, ticket.anonymity) else without_caller(page, ticket.id, ticket.no)


def _archive(ticket: TicketFacts) -> ArchiveView | None:
    row = db.session.execute(
        select(*columns_of(Archive, ArchiveView)).where(Archive.ticket_id == ticket.id)
    ).one_or_none()
    return view_of(ArchiveView, row) if row is not None else None


def _reopened(ticket: TicketFacts, actor: Actor) -> str:
    """The number of the earlier ticket whose matter is back, for whoever may see it."""
    return db.session.scalar(select(Ticket.no).where(Ticket.id == ticket.reopens_id, visible_to(actor))) or ""


def _withdrawals(ticket: TicketFacts) -> tuple[WithdrawalView, ...]:
    return views_of(WithdrawalView, _newest(Withdrawal, WithdrawalView, Withdrawal.ticket_id == ticket.id))


def reads_all(actor: Actor, anonymity: str) -> bool:
    """Whether texts may be read as they were written, a withheld caller's name in them or not."""
    return actor.of_hotline or anonymity != Anonymity.WITHHELD


def _facts(row: Row[Any], ref: Reference) -> TicketFacts:
    values = dict(row._mapping)
    for name in ("caller_key", "masked_name", "masked_phone", "masked_address"):
        del values[name]
    return TicketFacts(
        **values, category_name=ref.category_name(row.category_id), area_name=ref.area_name(row.area_id),
        unit_name=ref.unit_name(row.lead_unit_id),
    )


def _hidden(actor: Actor, ticket: TicketFacts) -> Hidden | None:
    if ticket.anonymity == Anonymity.ANONYMOUS:
        return Hidden.ANONYMOUS
    if sees_identity(actor, ticket):
        return None
    return Hidden.WITHHELD if ticket.anonymity == Anonymity.WITHHELD else Hidden.ROLE


def _linked(ticket: TicketFacts) -> bool:
    """Whether another line had or has to do with it: only tickets no unit has yet are passed on."""
    return ticket.open_transfer or ticket.channel == Channel.TRANSFER_110 or ticket.lead_assignment_id is None


def _instructions(ticket: TicketFacts) -> tuple[InstructionView, ...]:
    if ticket.instructed_at is None:
        return ()
    return views_of(InstructionView, _newest(Instruction, InstructionView, Instruction.ticket_id == ticket.id))


def _newest(model: Any, view: type[Any], condition: Any) -> Any:
    return db.session.execute(
        select(*columns_of(model, view)).where(condition).order_by(model.id.desc()).limit(MOST_ROWS)
    ).all()


def _assignments(ticket: TicketFacts, ref: Reference) -> tuple[AssignmentView, ...]:
    rows = _newest(Assignment, AssignmentView, Assignment.ticket_id == ticket.id)
    return tuple(view_of(AssignmentView, row, unit_name=ref.name_at(row.unit_id, row.ended_at))
                 for row in reversed(rows))


def clocks_of(ticket_id: int, ref: Reference, at: datetime) -> tuple[ClockView, ...]:
    """The clocks of a ticket that is for the reader's eyes, in the order they started."""
    rows = _newest(Clock, ClockView, Clock.ticket_id == ticket_id)
    moved = db.session.execute(
        select(*columns_of(ClockSegment, SegmentView))
        .where(ClockSegment.clock_id.in_([row.id for row in rows]))
        .order_by(ClockSegment.id)
        .limit(MOST_ROWS)
    ).all()
    segments = views_of(SegmentView, moved)
    return tuple(
        _clock(row, ref, at, tuple(s for s in segments if s.clock_id == row.id)) for row in reversed(rows)
    )


def _clock(row: Row[Any], ref: Reference, at: datetime, segments: tuple[SegmentView, ...]) -> ClockView:
    until = row.stopped_at or at
    return view_of(
        ClockView, row, unit_name=ref.unit_name(row.unit_id),
        light=light_of(until, row.warn_at, row.due_at, row.held_since),
        late=row.due_at is not None and until > row.due_at and row.held_since is None, segments=segments,
        minutes_left=None if row.stopped_at else minutes_left(ref, row.unit_id, at, row.due_at),
        provisional=row.stopped_at is None and row.rule.get("basis") in BY_CALENDAR
        and provisional(ref, row.unit_id, row.started_at, row.due_at),
    )


def _events(ticket: TicketFacts, ref: Reference) -> tuple[EventView, ...]:
    rows = db.session.execute(
        select(*columns_of(TicketEvent, EventView))
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.at >= ticket.created_at - _SLACK)
        .order_by(TicketEvent.id.desc())
        .limit(MOST_EVENTS)
    )
    return tuple(view_of(EventView, row, unit_name=ref.name_at(row.actor_unit_id, row.at)) for row in rows)


def _contributions(
    ticket: TicketFacts, assignments: tuple[AssignmentView, ...], actor: Actor
) -> tuple[ContributionView, ...]:
    """What was reported of parts, newest first: to the hotline, the unit itself, those above it and the lead."""
    by_id = {a.id: a for a in assignments if a.role != AssignmentRole.INFO}
    if not any(a.role != AssignmentRole.LEAD for a in by_id.values()):
        return ()
    lead = by_id.get(ticket.lead_assignment_id)
    rows = _newest(Contribution, ContributionView, Contribution.ticket_id == ticket.id)
    return tuple(
        view_of(ContributionView, row, unit_name=by_id[row.assignment_id].unit_name, path=by_id[row.assignment_id].path)
        for row in rows if actor.of_hotline or _answers_to(by_id, by_id[row.assignment_id], lead, actor)
    )


def _answers_to(
    by_id: dict[int, AssignmentView], part: AssignmentView, lead: AssignmentView | None, actor: Actor
) -> bool:
    """Whether a part is the actor's own, or answers to a task of theirs."""
    above: AssignmentView | None = part
    while above is not None:
        if above.unit_id in actor.unit_ids:
            return True
        above = by_id.get(above.parent_id) if above.parent_id else lead if above is not lead else None
    return False


def applications_of(ticket_id: int, ref: Reference) -> tuple[ApplicationView, ...]:
    """What was asked of the hotline about a ticket that is for the reader's eyes, newest first."""
    rows = _newest(Application, ApplicationView, Application.ticket_id == ticket_id)
    steps = _steps([row.id for row in rows if row.kind in CHAINED | CONSENTED])
    return tuple(
        view_of(ApplicationView, row, suggested_unit_name=ref.unit_name(row.suggested_unit_id),
                steps=tuple(s for s in steps if s.application_id == row.id))
        for row in rows
    )


def _steps(application_ids: list[int]) -> tuple[StepView, ...]:
    if not application_ids:
        return ()
    step = ApplicationStep
    return views_of(StepView, db.session.execute(
        select(*columns_of(step, StepView)).where(step.application_id.in_(application_ids))
        .order_by(step.application_id, step.position)
    ).all())


def _suspensions(ticket: TicketFacts) -> tuple[SuspensionView, ...]:
    return views_of(SuspensionView, _newest(Suspension, SuspensionView, Suspension.ticket_id == ticket.id))


def _master(ticket: TicketFacts, actor: Actor, ref: Reference) -> MasterView:
    """The ticket this one follows; its number and answer for those who may open it."""
    told = (
        select(Reply.public_answer)
        .where(Reply.ticket_id == Ticket.id, Reply.decision == "ACCEPTED")
        .order_by(Reply.id.desc()).limit(1).scalar_subquery()
    )
    row = db.session.execute(
        select(Ticket.no, Ticket.state, Ticket.lead_unit_id, Ticket.round, Ticket.closed_at, Ticket.close_type,
               func.coalesce(told, Ticket.direct_answer).label("answer"), visible_to(actor).label("seen"))
        .where(Ticket.id == ticket.master_id)
    ).one()
    return MasterView(
        no=row.no if row.seen else "", state=row.state, unit_name=ref.unit_name(row.lead_unit_id), round=row.round,
        closed_at=row.closed_at, close_type=row.close_type, answer=row.answer if row.seen else "",
    )


def _merged(ticket: TicketFacts, actor: Actor) -> tuple[SupporterView, ...]:
    rows = db.session.execute(
        select(*columns_of(Ticket, SupporterView), Ticket.id).where(Ticket.master_id == ticket.id)
        .order_by(Ticket.id.desc()).limit(MOST_ROWS)
    ).all()
    if actor.of_hotline:
        return tuple(_supporter(row) for row in rows)
    # each in its own words, without its own caller: that the master's is open says nothing of theirs
    hidden = without_callers([(_supporter(row), row.id, row.no) for row in rows if not reads_all(actor, row.anonymity)])
    shown = [*(_supporter(row) for row in rows if reads_all(actor, row.anonymity)), *hidden]
    shown.sort(key=lambda one: one.no, reverse=True)
    return tuple(replace(one, no="", callback_outcome=None) for one in shown)


def _supporter(row: Row[Any]) -> SupporterView:
    return SupporterView(**{name: value for name, value in row._mapping.items() if name != "id"})


def _orders(ticket: TicketFacts, ref: Reference) -> tuple[OrderView, ...]:
    rows = db.session.execute(
        select(*columns_of(SupervisionOrder, OrderView), Clock.due_at, Clock.warn_at)
        .join(Clock, Clock.id == SupervisionOrder.clock_id)
        .where(SupervisionOrder.ticket_id == ticket.id)
        .order_by(SupervisionOrder.id.desc())
        .limit(MOST_ROWS)
    ).all()
    return tuple(view_of(OrderView, row, unit_name=ref.unit_name(row.unit_id)) for row in rows)


def _attempts(ticket: TicketFacts) -> tuple[AttemptView, ...]:
    rows = db.session.execute(
        select(*columns_of(CallbackAttempt, AttemptView), CallbackTask.round)
        .join(CallbackTask, CallbackTask.id == CallbackAttempt.task_id)
        .where(CallbackTask.ticket_id == ticket.id)
        .order_by(CallbackAttempt.id.desc())
        .limit(MOST_ROWS)
    ).all()
    return views_of(AttemptView, rows)


def candidates_of(
    route: dict[str, Any] | None, respondent_id: int | None, ref: Reference
) -> tuple[CandidateView, ...]:
    """The candidates kept with a ticket's route, with the names of their units; no help of whom the ticket accuses."""
    found = (route or {}).get("candidates", ())
    if not any(c.get("co_unit_ids") for c in found):
        free: frozenset[int] = frozenset()
    else:
        free = ref.handling_units(today()) - (ref.subtree(respondent_id) if respondent_id is not None else frozenset())
    return tuple(
        CandidateView(c["unit_id"], ref.unit_name(c["unit_id"]), c["reason"], c["rule_id"],
                      tuple((key, ref.unit_name(key)) for key in c.get("co_unit_ids", ()) if key in free))
        for c in found
    )


def _history(ticket: TicketFacts, caller_key: bytes | None) -> int:
    """Other tickets of the same caller. What was said anonymously stays out of it, both ways."""
    if caller_key is None or ticket.anonymity == Anonymity.ANONYMOUS:
        return 0
    others = (
        select(Ticket.id)
        .join(TicketIdentity, TicketIdentity.ticket_id == Ticket.id)
        .where(TicketIdentity.caller_key == caller_key, Ticket.id != ticket.id,
               Ticket.anonymity != str(Anonymity.ANONYMOUS))
        .limit(MOST_HISTORY)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(others))
