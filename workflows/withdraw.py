"""撤单: the caller takes a request back, on a channel of their own; some are asked later whether anybody made them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import func, select, update

from workflows.engine import Work, lead_of, leave_for_good, lock, move, take_up, work
from workflows.errors import Invalid, NotNow
from workflows.model.base import db
from workflows.model.phone import normalise_phone
from workflows.model.reference import ZONE
from workflows.model.rows import new
from workflows.model.secrets import box
from workflows.model.ticket import Ticket, TicketIdentity
from workflows.model.withdrawal import Withdrawal
from workflows.rules.roles import SYSTEM, Actor, Role
from workflows.rules.sampling import drawn
from workflows.rules.satisfaction import UNREACHED, AttemptResult
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import Anonymity, WithdrawReason

#: Tries after which a withdrawal stays what it is, unasked.
ATTEMPTS = 3
#: Withdrawals decided about in one go.
BATCH = 5_000
#: A day of the next month, from the first of this.
MONTH = timedelta(days=32)
#: The order to a unit somebody of which made a caller withdraw.
ORDER = (2, "撤单核查：诉求人反映被要求撤单，系统自动签发")


def withdraw(
    no: str, actor: Actor, *, reason: WithdrawReason, note: str, phone: str = "", version: int | None = None
) -> Ticket:
    """Take a request back by the caller's own word; `note` is what they say.

    Who takes it down for them gives the number they ring from: it must be theirs. Raises Invalid where it is not,
    NotNow where others wait for the same matter.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        before = ticket.state
        task = leave_for_good(doing, ticket, "withdraw", reason=reason, note=note)
        wrong = {} if note else {"note": ["required"]}
        if not actor.has({Role.CITIZEN}):
            wrong |= _wrong_number(ticket, phone)
        if wrong:
            raise Invalid(fields=wrong)
        doing.sink.add(new(
            Withdrawal, ticket_id=ticket.id, assignment_id=task.id if task else None,
            unit_id=task.unit_id if task else None, reason_code=str(reason), note=note, state_before=before,
            withdrawn_at=doing.at, by_id=actor.user_id, by_name=actor.name,
        ))
        return ticket


def _wrong_number(ticket: Ticket, phone: str) -> dict[str, list[str]]:
    """What is wrong with the number a caller rings from; it is kept nowhere."""
    written = normalise_phone(phone) if phone else None
    if written is None:
        return {"phone": ["phone_invalid" if phone else "required"]}
    identity = db.session.get(TicketIdentity, ticket.id)
    known = {identity.caller_key} if identity is not None else set()
    if identity is not None and identity.alt_phone is not None:
        known.add(box().caller_key(box().open(identity.alt_phone, f"{ticket.no}:alt_phone")))
    key = box().caller_key(written)
    return {} if key is not None and key in known else {"phone": ["not_the_callers_number"]}


def sample_withdrawals() -> int:
    """Choose whose callers are asked about the withdrawals of months gone by. Returns how many; never chooses twice.

    Of each unit the share that is set, drawn by chance that cannot be steered, and no more a month than is set. Nobody
    is rung who is anonymous.
    """
    with work(SYSTEM) as doing:
        this_month = datetime.combine(doing.today.replace(day=1), time(0), ZONE)
        rows = db.session.execute(
            select(Withdrawal.id, Withdrawal.ticket_id, Withdrawal.unit_id, Withdrawal.withdrawn_at, Ticket.anonymity)
            .join(Ticket, Ticket.id == Withdrawal.ticket_id)
            .where(Withdrawal.sampled_at.is_(None), Withdrawal.withdrawn_at < this_month,
                   Ticket.state == str(TicketState.WITHDRAWN))
            .order_by(Withdrawal.withdrawn_at, Withdrawal.id).limit(BATCH)
            .with_for_update(of=[Withdrawal, Ticket], skip_locked=True)
        ).all()
        by_month = defaultdict(list)
        for row in rows:
            by_month[row.withdrawn_at.astimezone(ZONE).date().replace(day=1)].append(row)
        chosen = [row for month in by_month.values() for row in _drawn(doing, month)]
        _mark(doing, rows, chosen)
        return len(chosen)


def _drawn(doing: Work, rows: Sequence) -> list:
    """Of a month's, the share of every unit."""
    by_unit = defaultdict(list)
    for row in rows:
        if row.anonymity != Anonymity.ANONYMOUS:
            by_unit[row.unit_id].append(row.id)
    share, most = doing.ref.thresholds.recheck_share, doing.ref.thresholds.recheck_most
    lots = box()
    chosen = set(drawn(by_unit, lambda key: lots.lot(f"withdrawal {key}"), share=share,
                       most=most - _chosen_before(rows)))
    return [row for row in rows if row.id in chosen]


def _chosen_before(rows: Sequence) -> int:
    """How many of the same month were chosen already."""
    first = rows[0].withdrawn_at.astimezone(ZONE).date().replace(day=1)
    begins, ends = (datetime.combine(day, time(0), ZONE) for day in (first, (first + MONTH).replace(day=1)))
    return db.session.scalar(
        select(func.count()).select_from(Withdrawal)
        .where(Withdrawal.to_check, Withdrawal.withdrawn_at >= begins, Withdrawal.withdrawn_at < ends)
    )


def _mark(doing: Work, rows: Iterable, chosen: Sequence) -> None:
    keys = [row.id for row in chosen]
    quietly = {"synchronize_session": False}
    db.session.execute(
        update(Withdrawal).where(Withdrawal.id.in_([row.id for row in rows]))
        .values(sampled_at=doing.at, to_check=Withdrawal.id.in_(keys)), execution_options=quietly,
    )
    db.session.execute(
        update(Ticket).where(Ticket.id.in_([row.ticket_id for row in chosen])).values(awaits_call=True),
        execution_options=quietly,
    )


def recheck_withdrawal(
    no: str, actor: Actor, *, result: AttemptResult, pressed: bool | None = None, words: str = "",
    version: int | None = None,
) -> Ticket:
    """Ask a caller whether anybody wanted them to withdraw (撤单核查); one who says yes has it handled again.

    Raises NotNow to whoever put the withdrawal down or works for the unit it was taken from.
    """
    if result is AttemptResult.ANSWERED and pressed is None:
        raise Invalid(fields={"pressed": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        row = _latest(ticket)
        if row is not None and (actor.user_id == row.by_id or row.unit_id in actor.unit_ids):
            raise NotNow("recheck_by_another")
        answer = pressed if result is AttemptResult.ANSWERED else None
        move(doing, ticket, "recheck_withdrawal", assignment=lead_of(ticket), data={"result": str(result)})
        row.attempts += 1
        if result in UNREACHED and row.attempts < ATTEMPTS:
            return ticket
        row.checked_at, row.checked_by_id, row.checked_by = doing.at, actor.user_id, actor.name
        row.pressed, row.words, ticket.awaits_call = answer, words, False
        if answer:
            take_up(doing.by_system(), ticket, "reinstate", ORDER[1], order=ORDER)
            doing.tell("pressed", ticket, unit_id=None, role=Role.SUPERVISOR)
        return ticket


def _latest(ticket: Ticket) -> Withdrawal | None:
    return db.session.scalars(
        select(Withdrawal).where(Withdrawal.ticket_id == ticket.id).order_by(Withdrawal.id.desc()).limit(1)
        .with_for_update().execution_options(populate_existing=True)
    ).one_or_none()


def reinstate(no: str, actor: Actor, *, note: str, version: int | None = None) -> Ticket:
    """Take up a withdrawn request again, saying why: the caller did not mean it so (恢复办理)."""
    if not note:
        raise Invalid(fields={"note": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        ticket.awaits_call = False
        take_up(doing, ticket, "reinstate", note)
        return ticket
