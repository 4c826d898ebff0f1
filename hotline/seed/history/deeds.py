"""The steps people take, each a real use case by the person whose step it is.

Where the system was faster (it signs what nobody signed, it closes what nobody is to be rung for) a step has
nothing left to do; anything else that is refused is a mistake of the script and is raised.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import select

from hotline.seed.history.cast import Cast
from hotline.seed.invent import Tale
from hotline.seed.tables import rows
from workflows import (
    admit,
    attach,
    collect,
    conceal,
    delivery,
    dispatch,
    feedback,
    merge,
    resolve,
    risk,
    supervise,
)
from workflows import withdraw as withdrawing
from workflows.errors import NotNow
from workflows.model.base import db, now, transaction
from workflows.model.reference import ZONE, reference
from workflows.model.ticket import Ticket
from workflows.rules.items import ItemAnswer
from workflows.rules.roles import Actor
from workflows.rules.satisfaction import AttemptResult, DissatisfactionReason, Satisfaction, Solved
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import (
    Anonymity,
    AnswerSource,
    AttachmentGroup,
    ChaseWay,
    ContactResult,
    Defect,
    DissatisfactionClass,
    RecallReason,
    RefuseReason,
    ReopenReason,
    Resolution,
    RiskKind,
    Truth,
    UnresolvedReason,
    WithdrawReason,
)

SATISFIED = {"contacted": True, "solved": Solved.SOLVED, "satisfaction": Satisfaction.SATISFIED}
SOURCES = (AnswerSource.ARTICLE, AnswerSource.THREE_WAY, AnswerSource.OWN)
REFS = {AnswerSource.ARTICLE: "KB-2026-0418", AnswerSource.THREE_WAY: "CTI-20261103-0077"}
DISSATISFIED = {"contacted": True, "solved": Solved.UNSOLVED, "satisfaction": Satisfaction.DISSATISFIED}


@dataclass
class Case:
    """One request on its way: what is told, by whom it was taken, and the number it got."""

    tale: Tale
    agent: str
    cast: Cast
    chance: random.Random
    no: str = ""
    #: Where a return suggests, or the desk sends what it took back.
    next_unit: int = 0
    replies: int = field(default=0)

    @property
    def state(self) -> tuple[str, int | None]:
        """State and lead unit as they stand."""
        return tuple(db.session.execute(select(Ticket.state, Ticket.lead_unit_id).where(Ticket.no == self.no)).one())

    @property
    def clerk(self) -> Actor:
        """Who works on it in the unit that holds it."""
        return self.cast.clerk_of(self.state[1])

    def stands(self, *states: TicketState) -> bool:
        """Whether the ticket is in one of these states."""
        return self.state[0] in states


# the desk


def log(case: Case) -> None:
    """The agent takes the call and submits it; a danger the words show is handed over at once."""
    case.no = collect.submit(case.tale.request, case.cast[case.agent]).no
    report(case)


def answer(case: Case) -> None:
    """The agent answers while the caller is on the line."""
    source = case.chance.choices(SOURCES, weights=(8, 1, 1))[0]
    given = collect.Answer(case.tale.answer, source, REFS.get(source, ""))
    asked = replace(case.tale.request, risk_checked=True)
    case.no = collect.answer(asked, case.cast[case.agent], given).no


def ask_refusal(case: Case, reason: RefuseReason) -> None:
    """The agent says why it is not to be taken and which way is open."""
    asked = replace(case.tale.request, risk_checked=True)
    case.no = collect.ask_refusal(asked, case.cast[case.agent], reason, case.tale.answer).no


def refuse(case: Case) -> None:
    """The shift lead agrees."""
    admit.refuse(case.no, case.cast["shift1"])


def admit_it(case: Case) -> None:
    """The shift lead takes it on all the same."""
    admit.admit(case.no, case.cast["shift1"], note="诉求人补充了新的事实，属本区职责，应予受理。")


def urge(case: Case, note: str = "诉求人再次来电催问办理进度。") -> None:
    """The caller asks again, through the desk."""
    if not case.stands(TicketState.CLOSED):
        collect.urge(case.no, case.cast["agent2"], note=note)


def chase(case: Case) -> None:
    """The supervisor rings the unit."""
    if not case.stands(TicketState.CLOSED):
        supervise.chase(case.no, case.cast["supervise1"], way=ChaseWay.PHONE,
                        note="已超期，请主要负责人过问并于今日内反馈。")


def instruct(case: Case) -> None:
    """A leader of the district wants it done."""
    if not case.stands(TicketState.CLOSED):
        supervise.instruct(case.no, case.cast["leader1"],
                           words="请主办单位主要负责人到现场办理，两日内向诉求人当面答复。")


def report(case: Case) -> None:
    """Whoever is on duty hands a danger over: the shift lead rings, the receiver confirms."""
    if db.session.scalar(select(Ticket.open_risk).where(Ticket.no == case.no)):
        risk.take_risk(case.no, case.cast["shift1"])
        risk.confirm_risk(case.no, case.cast["shift1"], receiver="属地街道值班室 值班员", partner_no="ZB-0317",
                          outcome="已电话告知，对方已派人到场。")


def flag(case: Case) -> None:
    """A clerk sees a danger on the spot."""
    if not case.stands(TicketState.CLOSED):
        risk.flag_risk(case.no, case.cast[case.agent], kinds=[RiskKind.MAJOR_HAZARD],
                       note="诉求人称外墙大块脱落，楼下有人经过。")


def add(case: Case, text: str = "补充：现场照片已通过微信公众号上传，联系时间以下午为宜。") -> None:
    """The caller adds something."""
    if not case.stands(TicketState.CLOSED):
        collect.add(case.no, case.cast[case.agent], text=text)


def withdraw(case: Case) -> None:
    """The caller rings: it is settled."""
    if not case.stands(TicketState.CLOSED):
        withdrawing.withdraw(case.no, case.cast["agent2"], reason=WithdrawReason.SETTLED,
                             note="问题已经解决，不用再办了，谢谢。", phone=case.tale.request.phone)


# dispatch


def join(case: Case) -> None:
    """The supervisor finds that it is the matter of an earlier call, and merges it."""
    mine = db.session.scalars(select(Ticket).where(Ticket.no == case.no)).one()
    earlier = db.session.scalars(
        select(Ticket)
        .where(Ticket.category_id == mine.category_id, Ticket.area_id == mine.area_id, Ticket.id < mine.id,
               Ticket.state.in_([str(TicketState.DISPATCHED), str(TicketState.HANDLING)]))
        .order_by(Ticket.id).limit(1)
    ).one_or_none()
    if earlier is not None:
        merge.merge(case.no, case.cast["supervise1"], master=earlier.no, note="同一小区同一事项，并单办理。")


def send(case: Case, unit: int = 0, final: bool = False) -> None:
    """The desk sends what the catalogue left open: to a candidate, or to `unit` with a reason."""
    if not case.stands(TicketState.TO_DISPATCH):
        return
    ticket = db.session.scalars(select(Ticket).where(Ticket.no == case.no)).one()
    candidates = [c["unit_id"] for c in ticket.route["candidates"]]
    chosen = unit or case.chance.choice(candidates)
    dispatch.dispatch(
        case.no, case.cast[case.chance.choice(["dispatch1", "dispatch2"])], unit_id=chosen, final=final,
        override_reason="" if chosen in candidates else "退单审核意见明确由该单位承办",
    )


def send_on(case: Case) -> None:
    """The desk sends it to the unit found to be the right one."""
    send(case, case.next_unit)


def recall(case: Case) -> None:
    """The desk takes it back: it was sent wrongly."""
    case.next_unit = neighbour(case)
    dispatch.recall(case.no, case.cast["dispatch1"], reason=RecallReason.MISDISPATCHED, note="核对权责清单后改派。")


def neighbour(case: Case) -> int:
    """The unit whose duties lie next to those of the unit that holds it."""
    units = reference().units
    holder = units[case.state[1]].code
    code = next(row["neighbour"] for row in rows("units") if row["code"] == holder)
    return next(unit.id for unit in units.values() if unit.code == code)


def grant(case: Case, by: str = "dispatch1") -> None:
    """The return is agreed to."""
    dispatch.grant_return(case.no, case.cast[by], opinion="经核对三定规定，同意退单，改派建议单位。")


def keep(case: Case, by: str = "dispatch2") -> None:
    """The return is refused; the unit is designated."""
    dispatch.refuse_return(case.no, case.cast[by], opinion="该事项属你单位职责，请按首接负责制办理。")


# the unit


def sign(case: Case) -> None:
    """The unit acknowledges, unless the system already did."""
    if case.stands(TicketState.DISPATCHED):
        resolve.sign(case.no, case.clerk)


def contact(case: Case, result: ContactResult = ContactResult.REACHED) -> None:
    """The unit rings the caller; where the caller is withheld, through the hotline; an anonymous one not at all."""
    request = case.tale.request
    if request.anonymity is Anonymity.ANONYMOUS:
        return
    if request.anonymity is Anonymity.WITHHELD:
        ask_relay(case)
        conceal.relay(case.no, case.cast["callback1"], result=ContactResult.REACHED,
                      answer="已转告办理安排，诉求人表示知悉，无其他补充。")
        return
    if case.chance.random() < 0.3:
        conceal.reveal(case.no, case.clerk, reason="联系诉求人核实情况")
    notes = {
        ContactResult.REACHED: "已电话联系诉求人，说明办理安排，约定现场核查时间。",
        ContactResult.NO_ANSWER: "电话无人接听，稍后再联系。",
    }
    resolve.contact(case.no, case.clerk, result=result, note=notes[result])


def ask_relay(case: Case) -> None:
    """The unit may not know the caller, and asks the hotline to speak with them."""
    conceal.ask_relay(case.no, case.clerk, question="请转告诉求人：已受理并安排现场核查；并请询问最近一次发生的时间。")


def withhold(case: Case) -> None:
    """The caller rings again: the unit is not to know them any more."""
    if db.session.scalar(select(Ticket.anonymity).where(Ticket.no == case.no)) != Anonymity.OPEN:
        return
    conceal.conceal(case.no, case.cast["agent2"], note="诉求人来电要求对承办单位保密身份。")


def reply(case: Case, resolution: Resolution = Resolution.RESOLVED, reason: UnresolvedReason | None = None) -> None:
    """The unit answers."""
    if not case.stands(TicketState.HANDLING, TicketState.REWORK):
        return
    unit_id = case.state[1]
    show_recheck(case)
    by = case.cast.signatory_of(unit_id) if case.chance.random() < 0.3 else case.clerk
    answer = _answer(case, unit_id, resolution, reason)
    try:
        resolve.reply(case.no, by, answer=answer)
    except NotNow as refused:
        if refused.code != "sign_off_first":
            raise
        resolve.sign_off(case.no, case.clerk, answer=answer)
        resolve.reply(case.no, case.cast.signatory_of(unit_id), answer=answer)
    case.replies += 1


def show_recheck(case: Case) -> None:
    """Of a hazard the unit brings a picture of its re-check first."""
    if db.session.scalar(select(Ticket.recheck_pending).where(Ticket.no == case.no)):
        drawn = BytesIO()
        Image.new("RGB", (64, 48), tuple(case.chance.randrange(256) for _ in range(3))).save(drawn, "PNG")
        attach.attach(case.no, case.clerk, group=AttachmentGroup.HANDLING,
                      uploads=[attach.Upload("复查照片.png", drawn.getvalue())])


_PARTLY = "其余部分须与相关方协商，我单位将继续协调并及时告知您。"
#: What is told where nothing could be solved, in place of what the template would have solved.
_UNSOLVED = {
    UnresolvedReason.POLICY: "经核查，您提出的要求现行政策不支持，已向您说明有关规定和理由，敬请理解。",
    UnresolvedReason.FUNDS: "经现场核查，问题属实，因涉及专项资金，已申请列入明年项目库，实施前我单位会主动联系您。",
    UnresolvedReason.PLANNED: "经现场核查，问题属实，已列入整改计划，按期完成后我单位将主动告知您。",
}


def _answer(
    case: Case, unit_id: int, resolution: Resolution, reason: UnresolvedReason | None
) -> resolve.Answer:
    at, again = now(), "经再次现场核查，" if case.replies else ""
    day = (at.astimezone(ZONE) + timedelta(days=60)).date()
    told = _UNSOLVED.get(reason) or case.tale.answer
    truth = Truth.TRUE if resolution is not Resolution.UNRESOLVED else Truth.PARTLY
    started = "您好，您反映的问题已收悉。" if not case.replies else "您好，您再次反映的问题我单位已复核。"
    return resolve.Answer(
        items=tuple(ItemAnswer(truth, resolution, said)
                    for said in (told, "由我单位负责，完成后当面告知。")[: len(case.tale.request.items)]),
        truth=truth, resolution=resolution, unresolved_reason=reason,
        internal_account=f"{again}{case.tale.account}",
        public_answer=f"{started}{told}{_PARTLY if resolution is Resolution.PARTLY else ''}感谢您的监督与支持。",
        measures=case.tale.account,
        legal_basis="区政府有关实施办法（示范数据）" if reason is UnresolvedReason.POLICY else "",
        visited_at=at - timedelta(hours=case.chance.randint(3, 20)), visitors="经办人员二人",
        promised_on=day if reason is UnresolvedReason.PLANNED else None,
        signed_by=case.cast.signatory_of(unit_id).name,
    )


# review and call-back


def accept(case: Case) -> None:
    """The hotline accepts the reply."""
    if not case.stands(TicketState.REPLIED):
        return
    resolve.accept_reply(case.no, case.cast["review1"], opinion="回复要素齐全，同意回访。")


def send_back(case: Case, defects: tuple[Defect, ...] = (Defect.NOT_ITEM_BY_ITEM,)) -> None:
    """The hotline sends the reply back."""
    if not case.stands(TicketState.REPLIED):
        return
    resolve.send_back(case.no, case.cast["review1"], defects=list(defects),
                      opinion="请逐项答复诉求，补充核查时间和依据后再报。")


def ring(case: Case, by: str = "callback1", result: AttemptResult = AttemptResult.ANSWERED, **answers: Any) -> None:
    """The caller is rung back; nobody is, who wants no call."""
    if not case.stands(TicketState.CALLBACK):
        return
    spoken = (answers or SATISFIED) if result is AttemptResult.ANSWERED else {}
    words = spoken.get("words", "") if spoken else ""
    call = feedback.Call(result=result, **({"service": Satisfaction.SATISFIED} | spoken if spoken else {})
                         | {"words": words})
    feedback.record_callback(case.no, case.cast[by], call=call)


def rework(case: Case, reason: DissatisfactionReason = DissatisfactionReason.RESULT_SHORT) -> None:
    """The supervisor confirms: it goes back to the unit."""
    if case.stands(TicketState.CALLBACK):
        feedback.rework(case.no, case.cast["supervise1"], reason=reason, note="诉求人反映问题未真正解决，请重新办理。")


def reopen(case: Case) -> None:
    """The caller rings again: it is back."""
    if case.stands(TicketState.CLOSED):
        feedback.reopen(case.no, case.cast["supervise1"], reason=ReopenReason.RECURRED,
                        note="诉求人再次来电：问题又出现了。")


def judge(case: Case) -> None:
    """The call-back desk proposes to close against a dissatisfied caller, and a supervisor confirms."""
    if case.stands(TicketState.CALLBACK):
        feedback.apply_judgement(case.no, case.cast["callback1"], reason=DissatisfactionClass.POLICY,
                                 evidence="经会同司法、业务部门研判，诉求超出政策规定，单位已依法办理并充分说明。")
        feedback.grant_judgement(case.no, case.cast["supervise1"], opinion="同意。")


def give_up(_case: Case) -> None:
    """The system closes what callers answered neither on the telephone nor in writing."""
    waiting = select(Ticket.id, Ticket.round).where(Ticket.state == str(TicketState.CALLBACK))
    with transaction():  # no gateway takes a demonstration's messages
        delivery.note_answers(db.session.execute(waiting).all(), now())
    feedback.close_unreachable()
