"""For every move a form that is right at its moment: whoever adds a move adds a line here.

A form is made from what the one who acts sees (`Turn`), with chance where there is a choice. None says that nothing
can be filled in now although the button is there: no unit is left to ask, no other ticket fits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import select, text

from hotline.moves.choices import close_types, parts_of, units_of
from hotline.tickets.panels import signature_wanted
from tests.builders import PEOPLE, SHANGHAI, City
from workflows.engine import offered
from workflows.model.base import db
from workflows.model.reference import reference
from workflows.model.secrets import opened
from workflows.model.spot_check import WAITING, SpotCheck
from workflows.model.ticket import Assignment, Ticket, TicketIdentity
from workflows.read.ticket_parts import TicketPage
from workflows.rules.closing import JUDGED_AS
from workflows.rules.lifecycle import TICKET_MOVES
from workflows.rules.merging import JOINED_AFTER_CLOSE
from workflows.rules.roles import Actor, Role
from workflows.rules.satisfaction import DissatisfactionReason, Satisfaction, Solved
from workflows.rules.states import LIVE_STATES
from workflows.rules.vocabulary import (
    AppealGround,
    ChaseWay,
    CheckResult,
    CloseType,
    ConferenceReason,
    ConferenceStance,
    ContactResult,
    Defect,
    DetailWanted,
    DissatisfactionClass,
    ExclusionClass,
    ExtensionReason,
    LinePartner,
    PartRole,
    PetitionCriterion,
    RecallReason,
    RefuseReason,
    ReopenReason,
    Resolution,
    ReturnReason,
    RiskKind,
    SuspensionCause,
    TerminationGround,
    TicketRelation,
    Truth,
    WithdrawReason,
)

T = TypeVar("T")
Given = dict[str, Any] | None
TEXT = "经核实，情况如下。"


@dataclass(frozen=True)
class Turn:
    """Somebody about to make a move on a ticket they see; `others` are the history's other tickets.

    `phone` is the number its caller rings from.
    """

    move: str
    city: City
    actor: Actor
    page: TicketPage
    others: Sequence[Ticket]
    phone: str
    pick: Callable[[Sequence[T]], T]

    def any_of(self, vocabulary: type[StrEnum] | Sequence[StrEnum]) -> str:
        """A word of a vocabulary."""
        return str(self.pick(sorted(vocabulary)))

    def chance(self, one_in: int) -> bool:
        """Yes once in so many times."""
        return self.pick([False] * (one_in - 1) + [True])

    def day(self, days: int) -> str:
        """The day so many days from now, in the city."""
        return (self.page.at + timedelta(days=days)).astimezone(SHANGHAI).date().isoformat()

    def task(self) -> dict[str, str]:
        """The number of the task the actor acts from."""
        return {"task": self.page.task.path} if self.page.task is not None else {}

    def free_units(self) -> list[int]:
        """Units the form offers that have no task in the ticket."""
        busy = {task.unit_id for task in self.page.assignments if task.state in LIVE_STATES}
        return [unit for unit, _ in units_of(self.move, self.page) if unit not in busy]

    def unit_to_send_to(self) -> int:
        """A unit a ticket may go to; a street only by a supervisor, who may push work to the grassroots."""
        free = [unit for unit in self.free_units()
                if self.actor.has({Role.SUPERVISOR}) or unit not in reference().grassroots_units]
        return self.pick(free)


def _words(*fields: str) -> Callable[[Turn], Given]:
    return lambda on: dict.fromkeys(fields, TEXT)


def _task(*fields: str) -> Callable[[Turn], Given]:
    return lambda on: on.task() | dict.fromkeys(fields, TEXT)


def _dispatch(on: Turn) -> Given:
    unit = on.unit_to_send_to()
    rest = [one for one in on.free_units() if one != unit]
    return {"unit_id": unit, "override_reason": "另有约定", "final": on.chance(8),
            "co_units": [on.pick(rest)] if on.chance(5) else []}


def _confer(on: Turn) -> Given:
    units = [unit for unit, _ in units_of(on.move, on.page)]
    first = on.pick(units)
    return {"reason": on.any_of(ConferenceReason), "question": TEXT,
            "unit_ids": [first, on.pick([unit for unit in units if unit != first])]}


def _merge(on: Turn) -> Given:
    masters = [one.no for one in on.others if _may_lead(one, on.page)]
    return {"master": on.pick(masters)} if masters else None


def _link(on: Turn) -> Given:
    known = {one.no for one in on.page.related}
    free = [one.no for one in on.others if one.no not in known and one.state not in ("DRAFT", "ARCHIVED")]
    return {"ticket": on.pick(free), "relation": on.any_of(TicketRelation)} if free else None


def _unlink(on: Turn) -> Given:
    open_yet = [one.no for one in on.page.related if one.state != "ARCHIVED"]
    return {"ticket": on.pick(open_yet)} if open_yet else None


def _support(on: Turn) -> Given:
    followers = [one.no for one in on.others if _may_follow(one, on)]
    return {"ticket": on.pick(followers)} if followers and _may_lead(on.page.ticket, on.page) else None


def _may_lead(one: Any, page: TicketPage) -> bool:
    late = one.closed_at is not None and one.closed_at < page.at - JOINED_AFTER_CLOSE
    return one.state in TICKET_MOVES["support"].sources and not late


def _may_follow(one: Ticket, on: Turn) -> bool:
    return any(line.name == "merge" for line in offered(one, _lead(one), on.actor, on.page.at))


def _lead(one: Ticket) -> Assignment | None:
    return db.session.get(Assignment, one.lead_assignment_id) if one.lead_assignment_id is not None else None


def _unmerge(on: Turn) -> Given:
    return None if on.page.attempts else {"note": TEXT}


def _return(on: Turn) -> Given:
    units = [unit for unit, _ in units_of(on.move, on.page) if unit != on.page.lead.unit_id]
    return {"reason": on.any_of(ReturnReason), "basis": TEXT, "suggested_unit_id": on.pick(units)}


def _extension(on: Turn) -> Given:
    most = on.page.lead.extension_limits[on.page.lead.extension_count]["amount"]
    return {"reason": on.any_of(ExtensionReason), "amount": on.pick(range(1, most + 1)), "plan": TEXT,
            "caller_informed": True}


def _suspension(on: Turn) -> Given:
    cause = on.any_of([cause for cause in SuspensionCause if str(cause) not in reference().closed_causes])
    return {"reason": cause, "obstacles": TEXT, "plan": TEXT, "caller_informed": True, "leader_name": "陈分管",
            "leader_office": "副局长", "milestones": [{"on": on.day(20), "what": "完成立项"}], "target_on": on.day(60)}


def _termination(on: Turn) -> Given:
    return {"reason": on.any_of(TerminationGround), "evidence": TEXT, "explanation": TEXT, "caller_informed": True}


def _reply(on: Turn) -> Given:
    return {"truth": on.any_of(Truth), "resolution": on.any_of(Resolution), "unresolved_reason": "FUNDS",
            "internal_account": TEXT, "public_answer": TEXT, "ahead_reason": "协办意见随后补充"}


def _sign_off(on: Turn) -> Given:
    """Only where the unit has a leader beside the one who writes."""
    return _reply(on) if _another_leader(on) else None


def _file(on: Turn) -> Given:
    """A weighty reply goes to the leader first, where there is another; the leader signs what waits."""
    signing = on.page.lead.state == "INTERNAL_SIGN"
    return None if not signing and _another_leader(on) and signature_wanted(on.page) else _reply(on)


def _another_leader(on: Turn) -> bool:
    leads = {account for account, (_, unit, role) in PEOPLE.items()
             if role is Role.UNIT_LEAD and on.city.units[unit] == on.page.lead.unit_id}
    return bool(leads - {on.actor.account})


def _call(on: Turn) -> Given:
    said = on.pick(("content", "unhappy", "unhappy", "silent", "unrated"))
    if said == "silent":
        return {"result": "NO_ANSWER"}
    if said == "unrated":
        return {"result": "DECLINED_RATING"}
    given = {"result": "ANSWERED", "contacted": True, "solved": str(Solved.SOLVED),
             "satisfaction": str(Satisfaction.SATISFIED)}
    if said == "unhappy":
        given |= {"solved": str(Solved.UNSOLVED), "satisfaction": str(Satisfaction.DISSATISFIED),
                  "reason": on.any_of(DissatisfactionReason), "words": TEXT}
    return given


def _close(on: Turn) -> Given:
    fit = [kind for kind in close_types(on.page) if kind is not CloseType.REPEATED]
    return {"close_type": on.any_of(fit), "note": TEXT, "basis": "有关规定", "taken_by": "区人民法院"} if fit else None


def _supervise(on: Turn) -> Given:
    taken = {order.level for order in on.page.orders if order.open}
    levels = [level for level in (1, 2, 3, 4) if level not in taken]
    return {"level": on.pick(levels), "reason": TEXT} if levels else None


def _answer_order(on: Turn) -> Given:
    return {"order": on.pick([order.no for order in on.page.orders if order.open]), "answer": TEXT}


def _part(*fields: str, **more: Callable[[Turn], Any]) -> Callable[[Turn], Given]:
    def form(on: Turn) -> Given:
        numbers = [number for number, _ in parts_of(on.move, on.page)]
        if not numbers:
            return None
        return {"task": on.pick(numbers), **dict.fromkeys(fields, TEXT), **{k: make(on) for k, make in more.items()}}

    return form


def _units(**more: Callable[[Turn], Any]) -> Callable[[Turn], Given]:
    def form(on: Turn) -> Given:
        free = on.free_units()
        given = {"unit_ids": [on.pick(free)], "reason": TEXT} if free else None
        return given and given | {name: make(on) for name, make in more.items()}

    return form


def _delegate(on: Turn) -> Given:
    free = on.free_units()
    return {"unit_id": on.pick(free), **on.task()} if free else None


def _review(on: Turn) -> Given:
    return {"progress": TEXT, "milestone": 1} if on.chance(3) else {"progress": TEXT}


def _take_risk(on: Turn) -> Given:
    return {} if any(one.ended_at is None and one.taken_at is None for one in on.page.alerts) else None


def _dismiss_risk(on: Turn) -> Given:
    mine = any(one.ended_at is None and one.raised_by == on.actor.name for one in on.page.alerts)
    return None if mine else {"outcome": TEXT}


def _withdraw(on: Turn) -> Given:
    """The caller rings from the number they gave; without one it cannot be taken down for them."""
    phone = opened(db.session.get(TicketIdentity, on.page.ticket.id), on.page.ticket.no)["phone"]
    return {"reason": on.any_of(WithdrawReason), "note": TEXT, "phone": phone} if phone else None


def _recheck(on: Turn) -> Given:
    mine = any(one.by_name == on.actor.name for one in on.page.withdrawals)
    return None if mine else {"result": "ANSWERED", "pressed": on.chance(2), "words": TEXT}


def _check_ending(on: Turn) -> Given:
    by = db.session.scalar(select(SpotCheck.by_ids).where(SpotCheck.ticket_id == on.page.ticket.id, text(WAITING)))
    return None if on.actor.user_id in by else {"result": on.any_of(CheckResult), "note": TEXT}


def _in(field: str, vocabulary: Any, **more: Any) -> Callable[[Turn], Given]:
    return lambda on: {field: on.any_of(vocabulary), **more}


#: Move → its form. A move of the tables that stands neither here nor among the beginnings fails the histories.
FORMS: Mapping[str, Callable[[Turn], Given]] = {
    "confer": _confer,
    "opine": _in("stance", ConferenceStance, opinion=TEXT),
    "escalate": _words("note"),
    "cancel_conference": _words("note"),
    "decide_conference": lambda on: {"unit_id": on.pick(on.free_units()), "minutes": TEXT},
    "dispatch": _dispatch,
    "merge": _merge,
    "support": _support,
    "unmerge": _unmerge,
    "link": _link,
    "unlink": _unlink,
    "recuse": lambda on: None if on.page.recused else {"account": "west", "note": TEXT},
    "sign": _task(),
    "contact": lambda on: on.task() | {"result": on.any_of(ContactResult), "note": TEXT},
    "ask_relay": _words("question"),
    "relay": _in("result", ContactResult, answer=TEXT),
    "interim": _words("text"),
    "recall": _in("reason", RecallReason),
    "apply_return": _return,
    "consent_return": _words("opinion"),
    "consent_extension": _words("opinion"),
    "deny_consent": _words("opinion"),
    "grant_return": _words("opinion"),
    "refuse_return": _words("opinion"),
    "apply_extension": _extension,
    "grant_extension": _words("opinion"),
    "refuse_extension": _words("opinion"),
    "apply_suspension": _suspension,
    "endorse": _words("opinion"),
    "grant_suspension": _words("opinion"),
    "refuse_suspension": _words("opinion"),
    "review_suspension": _review,
    "resume": _words("note"),
    "apply_termination": _termination,
    "grant_termination": _words("opinion"),
    "refuse_termination": _words("opinion"),
    "reply": _file,
    "sign_off": _sign_off,
    "give_back": _words("opinion"),
    "accept_reply": _words("opinion"),
    "send_back": lambda on: {"defects": [on.any_of(Defect)], "opinion": TEXT},
    "record_callback": _call,
    "name_call": _words("note"),
    "close": _close,
    "apply_judgement": _in("reason", sorted(JUDGED_AS - {DissatisfactionClass.NEW_REQUEST}), evidence=TEXT),
    "grant_judgement": _words("opinion"),
    "refuse_judgement": _words("opinion"),
    "apply_exclusion": _in("reason", ExclusionClass, evidence=TEXT),
    "grant_exclusion": _words("opinion"),
    "refuse_exclusion": _words("opinion"),
    "apply_appeal": _in("reason", AppealGround, evidence=TEXT),
    "grant_appeal": _words("opinion"),
    "refuse_appeal": _words("opinion"),
    "rework": _in("reason", DissatisfactionReason),
    "reopen": _in("reason", ReopenReason, note=TEXT),
    "flag_risk": lambda on: {"kinds": [on.any_of(RiskKind)], "note": TEXT},
    "take_risk": _take_risk,
    "confirm_risk": _words("receiver", "outcome"),
    "dismiss_risk": _dismiss_risk,
    "transfer": _in("partner", LinePartner, reason=TEXT),
    "confirm_transfer": lambda on: {"partner_no": "110-2026-0001", "result": TEXT},
    "return_transfer": _words("result"),
    "withdraw": _withdraw,
    "recheck_withdrawal": _recheck,
    "reinstate": _words("note"),
    "check_ending": _check_ending,
    "petition": _in("reason", PetitionCriterion, note=TEXT, told=TEXT, not_parallel=True),
    "record_receipt": lambda on: {"receipt_no": "信访〔2026〕31号", "note": TEXT},
    "note_petition": _words("text"),
    "refuse": _in("reason", RefuseReason, route_told=TEXT),
    "admit": _words("note"),
    "propose_refusal": _in("reason", RefuseReason, route_told=TEXT),
    "ask_details": _in("reason", DetailWanted, note=TEXT),
    "supply_details": _words("text"),
    "tell_again": _words("note"),
    "urge": _words("note"),
    "chase": _in("way", ChaseWay, note=TEXT),
    "supervise": _supervise,
    "instruct": _words("words", "leader"),
    "answer_order": _answer_order,
    "add": _words("text"),
    "conceal": _words("note"),
    "disclose": lambda on: {"note": TEXT, "by_caller": True},
    "acknowledge": _task(),
    "contribute": lambda on: on.task() | {"resolution": on.any_of(Resolution), "account": TEXT,
                                          "ahead_reason": "下派单位随后补充"},
    "object": lambda on: on.task() | {"reason": on.any_of(ReturnReason), "basis": TEXT},
    "release_part": _part("opinion"),
    "keep_part": _part("opinion"),
    "delegate": _delegate,
    "accept_part": _part("opinion"),
    "return_part": _part("opinion"),
    "withdraw_part": _part(reason=lambda on: on.any_of(RecallReason)),
    "whistle": _units(),
    "add_part": _units(role=lambda on: on.any_of(PartRole)),
    "recall_part": _part(reason=lambda on: on.any_of(RecallReason)),
    "copy": _units(),
}
