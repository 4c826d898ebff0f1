"""A month of a district, played out by everybody's use cases in accelerated time, with real requests.

    python bench/city.py [--tickets 30000] [--days 30] [--seed 12345]

Requests and how long they took come from real data (HOTLINE_SHARED_DATA or ../shared/data): the words of the messages,
and of 1,203 tickets of a real hotline the days to the answer and how often each was handed on. Everybody else's part
is chance, in the proportions below. The clocks are swept, notices written and texts indexed as time goes by.

At the end must hold: the invariants of a ticket, its history whole and giving its state, every figure as a recount has
it, and nothing for the reconciliation to find. One line of JSON says what was played, how fast, and the differences.
"""

from __future__ import annotations

import csv
import heapq
import itertools
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import select

from bench import place, town
from bench.settled import findings
from workflows import (
    approve,
    collect,
    confer,
    delivery,
    dispatch,
    extend,
    feedback,
    outbox,
    resolve,
    risk,
    share,
    supervise,
    suspend,
    upkeep,
)
from workflows.errors import Refusal
from workflows.model.base import db, now, rehearse, transaction
from workflows.model.directory import User, UserRole
from workflows.model.reference import ZONE, reference
from workflows.model.ticket import Assignment, Ticket
from workflows.rules import calendar
from workflows.rules.calendar import Calendar
from workflows.rules.numbering import Channel
from workflows.rules.roles import Actor, Role
from workflows.rules.satisfaction import AttemptResult, DissatisfactionReason, Satisfaction, Solved
from workflows.rules.states import OPEN_STATES, TicketState
from workflows.rules.vocabulary import (
    AnswerSource,
    ConferenceReason,
    ConferenceStance,
    ContactResult,
    Defect,
    DissatisfactionClass,
    ExtensionReason,
    Kind,
    ReopenReason,
    Resolution,
    ReturnReason,
    SuspensionCause,
    Truth,
)

SWEEP = timedelta(minutes=10)
#: Of a day's calls, so many in each hour (a real hotline's day, roughly).
HOURS = (1, 1, 1, 1, 1, 1, 2, 5, 11, 12, 11, 8, 5, 6, 9, 9, 8, 6, 5, 4, 3, 3, 2, 1)
KINDS = {Kind.CONSULT: 34, Kind.HELP: 30, Kind.COMPLAINT: 26, Kind.REPORT: 3, Kind.SUGGEST: 6, Kind.PRAISE: 1}
#: Chances of what nobody measured: assumptions, not findings.
ANSWERED_AT_ONCE, JOINS, HELPED, SENT_BACK, UNREACHED, UNHAPPY, REOPENED, URGED, SUSPENDED, REAL_DANGER = (
    0.9, 0.02, 0.04, 0.06, 0.25, 0.12, 0.01, 0.2, 0.15, 0.3
)
OFFICE = (Role.UNIT_CLERK, Role.UNIT_LEAD)
BUREAUS = range(town.FIRST_BUREAU, town.FIRST_STREET_UNIT)
ANSWER = resolve.Answer(truth=Truth.TRUE, resolution=Resolution.RESOLVED, internal_account="已现场核查并处理。",
                        public_answer="您反映的问题已核查处理，感谢监督。")
CONTENT = feedback.Call(result=AttemptResult.ANSWERED, contacted=True, solved=Solved.SOLVED,
                        satisfaction=Satisfaction.SATISFIED)
DISCONTENT = feedback.Call(result=AttemptResult.ANSWERED, contacted=True, solved=Solved.UNSOLVED,
                           satisfaction=Satisfaction.DISSATISFIED, reason=DissatisfactionReason.RESULT_SHORT,
                           words="问题依旧")
SILENT = feedback.Call(result=AttemptResult.NO_ANSWER)


@dataclass
class Course:
    """What a real ticket went through: days to its answer, and how often it was handed on."""

    days: int
    handed_on: int


@dataclass
class Story:
    """A ticket being played: its number, and what is to become of it."""

    no: str
    course: Course
    planned: datetime
    unit_id: int | None
    left: int
    rounds: int = 0
    tried: set[int] = field(default_factory=set)


def real_courses(folder: Path) -> list[Course]:
    """The courses of 1,203 real tickets."""
    with (folder / "cn12345" / "fuzhou12345_process_1203.csv").open(encoding="utf-8-sig", newline="") as rows:
        return [Course(int(float(row["reply_days"])), int(float(row["transfers"]))) for row in csv.DictReader(rows)]


def real_words(folder: Path) -> list[tuple[str, str]]:
    """Titles and contents of real messages."""
    found = []
    for path, title, content in (("teddy/raw_train.csv", "title", "body"),
                                 ("cn12345/fuzhou12345_text_masked.csv", "title", "content")):
        with (folder / path).open(encoding="utf-8-sig", newline="") as rows:
            found += [(row[title].strip(), row[content].strip()[:9000]) for row in csv.DictReader(rows)]
    return [(title[:100] or collect.beginning_of(content), content) for title, content in found if content]


class District:
    """Everybody at work, and the time that passes."""

    def __init__(self, seed: int, folder: Path, days: int) -> None:
        self.chance = random.Random(seed)
        self.courses, self.words = real_courses(folder), real_words(folder)
        self.people, self.offices = _people()
        self.base, self.began = now(), time.perf_counter()
        today = self.base.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        self.start = today - timedelta(days=days)
        self.end = self.start + timedelta(days=days)
        self.waiting: list[tuple[datetime, int, Callable[..., Any], tuple]] = []
        self.order = itertools.count()
        self.moves: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.at = self.start
        self.open: list[str] = []
        self.office: Calendar = reference().calendars[reference().default_calendar_id]

    # time

    def later(self, after: timedelta | datetime, do: Callable[..., Any], *given: Any) -> None:
        """Have something done in so long, or at a moment."""
        when = after if isinstance(after, datetime) else self.at + after
        heapq.heappush(self.waiting, (when, next(self.order), do, given))

    def in_office(self, hours: float, do: Callable[..., Any], *given: Any) -> None:
        """Have something done after up to so many working hours."""
        minutes = 1 + self.chance.random() * 60 * hours
        self.later(calendar.add_working_minutes(self.office, self.at, minutes), do, *given)

    @contextmanager
    def moment(self, at: datetime) -> Iterator[None]:
        """Let it be that moment."""
        self.at = at
        with rehearse(at - self.base - timedelta(seconds=time.perf_counter() - self.began)):
            yield

    def run(self) -> None:
        """Let the days go by."""
        swept = self.start
        while self.waiting and self.waiting[0][0] < self.end:
            when, _, do, given = heapq.heappop(self.waiting)
            while swept + SWEEP <= when:
                swept += SWEEP
                with self.moment(swept):
                    self.tick(swept)
            with self.moment(when):
                do(*given)
            db.session.rollback()
        with self.moment(self.end):
            self.tick(self.end)

    def tick(self, at: datetime) -> None:
        """What the beat does: the clocks; once an hour notices and texts."""
        self.moves["swept"] += supervise.sweep()
        if at.minute == 0:
            outbox.relay_notices()
            upkeep.index_texts()
            with transaction():  # every message gets there
                waiting = select(Ticket.id, Ticket.round).where(Ticket.state == "CALLBACK")
                delivery.note_answers(db.session.execute(waiting).all(), now())
            feedback.close_unreachable()

    def act(self, deed: Callable[..., Any], no: str, who: Actor, name: str = "", **given: Any) -> str | None:
        """Somebody does something. Returns the code of the refusal, None where it was done."""
        name = name or deed.__name__
        try:
            deed(no, who, **given)
        except Refusal as refusal:
            self.refused[f"{name}: {refusal.code}"] += 1
            return refusal.code
        self.moves[name] += 1
        return None

    def by(self, role: Role) -> Actor:
        """One of the hotline's people."""
        return self.people[role]

    def of(self, unit_id: int, role: Role = Role.UNIT_CLERK) -> Actor:
        """A unit's clerk or leader."""
        return self.offices[unit_id, role]

    def state(self, story: Story) -> str:
        """Where a ticket stands: everybody looks before they act."""
        return db.session.scalar(select(Ticket.state).where(Ticket.no == story.no))

    def happens(self, chance: float) -> bool:
        """Whether it does."""
        return self.chance.random() < chance

    # the caller rings

    def calls(self, tickets: int) -> None:
        """Spread the calls over the days, by the hours of a day and fewer on Sundays."""
        days = [self.start + timedelta(days=n) for n in range((self.end - self.start).days)]
        weights = [0.6 if day.weekday() > 4 else 1.0 for day in days]
        for day in self.chance.choices(days, weights, k=tickets):
            hour = self.chance.choices(range(24), HOURS)[0]
            self.later(day + timedelta(hours=hour, seconds=self.chance.randrange(3600)), self.call)

    def call(self) -> None:
        """A call is taken: answered at once, joined to another, or logged and sent on."""
        kind = self.chance.choices(list(KINDS), KINDS.values())[0]
        title, content = self.chance.choice(self.words)
        request = collect.Request(
            channel=Channel.PHONE, kind=kind, title=title, content=content, name="测试来电人",
            phone=f"139{self.chance.randrange(10**8):08d}",
            category_id=town.FIRST_MATTER + self.chance.randrange(town.TOPICS * town.MATTERS),
            area_id=town.FIRST_COMMUNITY + self.chance.randrange(town.STREETS * town.COMMUNITIES), place="测试路 1 号",
        )
        agent = self.by(Role.AGENT)
        if kind in (Kind.CONSULT, Kind.PRAISE) and self.happens(ANSWERED_AT_ONCE):
            answered = replace(request, risk_checked=True)  # the agent has read what words of danger it holds
            collect.answer(answered, agent, collect.Answer("已答复。", AnswerSource.ARTICLE, "KB-1"))
            self.moves["answer"] += 1
            return
        if self.open and self.happens(JOINS):
            said = {"name": request.name, "phone": request.phone}
            if self.act(lambda master, who: collect.join(said, who, master=master),
                        self.chance.choice(self.open[-500:]), agent, name="join") is None:
                return
        receipt = collect.submit(request, agent)
        self.moves["submit"] += 1
        self.open.append(receipt.no)
        course = self.chance.choice(self.courses)
        story = Story(receipt.no, course, self.planned(course.days), receipt.unit_id, course.handed_on)
        if db.session.scalar(select(Ticket.open_risk).where(Ticket.no == story.no)):
            self.later(timedelta(minutes=self.chance.randrange(1, 8)), self.danger, story)
        self.begin(story)

    def danger(self, story: Story) -> None:
        """Whoever is on duty sees to words of danger before anything else: mostly it is none after all."""
        who = self.by(Role.SHIFT_LEAD)
        self.act(risk.take_risk, story.no, who)
        if self.happens(REAL_DANGER):
            self.act(risk.confirm_risk, story.no, who, receiver="值班室", partner_no="ZB-1", outcome="已告知，已派人。")
        else:
            self.act(risk.dismiss_risk, story.no, who, outcome="回拨核实，并无危险。")

    def planned(self, days: int) -> datetime:
        """When the answer comes: so many days from now, in office hours."""
        at = self.at + timedelta(days=days, minutes=self.chance.randrange(60, 360))
        return calendar.add_working_minutes(self.office, at, 1)

    # the hotline sends it, the unit takes it

    def begin(self, story: Story) -> None:
        """Where the catalogue is certain the unit has it; else the desk sends it."""
        if story.unit_id is None:
            self.later(timedelta(minutes=self.chance.randrange(3, 90)), self.send, story)
        else:
            self.arrived(story)

    def send(self, story: Story, unit_id: int | None = None) -> None:
        """The dispatch desk sends it to a unit, after a conference where it must."""
        unit_id = unit_id or self.others(story.tried)[0]
        helpers = self.others({unit_id}) if self.happens(HELPED) else []
        why = self.act(dispatch.dispatch, story.no, self.by(Role.DISPATCHER), unit_id=unit_id,
                       override_reason="经核实由该单位承办", co_units=helpers)
        if why == "confer_first":
            self.conference(story, unit_id)
        elif why is None:
            story.unit_id = unit_id
            for helper in helpers:
                self.in_office(16, self.help_out, story, helper)
            self.arrived(story)

    def others(self, but: set[int], many: int = 1) -> list[int]:
        """Some bureaus that are none of these: streets are given no department's work."""
        return self.chance.sample([unit_id for unit_id in BUREAUS if unit_id not in but], many)

    def conference(self, story: Story, unit_id: int) -> None:
        """Units confer, and one is designated for good."""
        others = self.others({unit_id}, 2)
        self.act(confer.confer, story.no, self.by(Role.SUPERVISOR), reason=next(iter(ConferenceReason)),
                 question="由谁承办？", unit_ids=[unit_id, *others])
        for one in (unit_id, *others):
            self.act(confer.opine, story.no, self.of(one), stance=next(iter(ConferenceStance)), opinion="请热线裁定。")
        self.in_office(8, self.designate, story, unit_id)

    def designate(self, story: Story, unit_id: int) -> None:
        """The conference ends."""
        if self.act(confer.decide_conference, story.no, self.by(Role.SUPERVISOR), unit_id=unit_id,
                    minutes="由该单位牵头办理。") is None:
            story.unit_id, story.left = unit_id, 0
            self.arrived(story)

    def arrived(self, story: Story) -> None:
        """A unit has it: it signs, and asks to give it back or sees to it."""
        story.tried.add(story.unit_id)
        self.in_office(6, self.take, story)
        if self.happens(URGED):
            self.later(timedelta(days=self.chance.randrange(2, 9)), self.press, story)

    def take(self, story: Story) -> None:
        """Signed for, where the clock has not done it."""
        if self.state(story) == TicketState.DISPATCHED:
            self.act(resolve.sign, story.no, self.of(story.unit_id))
        if story.left > 0:
            story.left -= 1
            self.in_office(4, self.give_back, story)
        else:
            self.work_at(story)

    def work_at(self, story: Story) -> None:
        """The caller is rung, and there will be an answer."""
        self.in_office(8, self.contact, story)
        self.look_ahead(story)

    def give_back(self, story: Story) -> None:
        """The unit says it is not theirs; the hotline decides."""
        other = self.others(story.tried)[0]
        why = self.act(resolve.apply_return, story.no, self.of(story.unit_id), reason=ReturnReason.NOT_OUR_DUTY,
                       basis="三定方案第三条", suggested_unit_id=other)
        if why is None:
            self.act(resolve.consent_return, story.no, self.of(story.unit_id, Role.UNIT_LEAD))
            self.in_office(5, self.decide_return, story, other)
        else:
            self.work_at(story)

    def decide_return(self, story: Story, other: int) -> None:
        """Granted four times of five."""
        who = self.by(Role.SUPERVISOR)
        if self.happens(0.8):
            if self.act(dispatch.grant_return, story.no, who, opinion="同意") is None:
                self.later(timedelta(minutes=self.chance.randrange(5, 120)), self.send, story, other)
        elif self.act(dispatch.refuse_return, story.no, who, opinion="属该单位职责") is None:
            self.work_at(story)

    def help_out(self, story: Story, helper: int) -> None:
        """A co-handler signs and reports."""
        self.act(resolve.sign, story.no, self.of(helper))
        self.act(share.contribute, story.no, self.of(helper), resolution=Resolution.RESOLVED, account="已配合处理。")

    # the unit sees to it

    def contact(self, story: Story) -> None:
        """The unit rings the caller."""
        self.act(resolve.contact, story.no, self.of(story.unit_id), result=ContactResult.REACHED, note="已联系")
        self.later(max(story.planned, self.at + timedelta(hours=1)), self.finish, story)

    def look_ahead(self, story: Story) -> None:
        """Where the answer will be late, more time is asked for in time, or a suspension."""
        due = db.session.scalar(
            select(Assignment.due_at).join(Ticket, Ticket.id == Assignment.ticket_id)
            .where(Ticket.no == story.no, Assignment.role == "LEAD", Assignment.ended_at.is_(None))
        )
        if due is None or story.planned <= due:
            return
        soonest = calendar.add_working_minutes(self.office, self.at, 8 * 60 + 1)
        early = max(due - timedelta(hours=self.chance.randrange(4, 30)), soonest)
        if story.planned - due > timedelta(days=15) and self.happens(SUSPENDED):
            self.later(early, self.suspend, story)
        elif self.happens(0.7):
            self.later(early, self.extend, story)

    def extend(self, story: Story) -> None:
        """More time is asked for, and granted four times of five."""
        why = self.act(extend.apply_extension, story.no, self.of(story.unit_id), reason=ExtensionReason.COMPLEX,
                       plan="等待配件到货", amount=2, caller_informed=True)
        if why is None:
            self.act(extend.consent_extension, story.no, self.of(story.unit_id, Role.UNIT_LEAD))
            self.in_office(8, self.decide_extension, story)

    def decide_extension(self, story: Story) -> None:
        """The supervisor decides."""
        granted = self.happens(0.8)
        self.act(extend.grant_extension if granted else extend.refuse_extension, story.no, self.by(Role.SUPERVISOR),
                 **({} if granted else {"opinion": "时间足够"}))

    def suspend(self, story: Story) -> None:
        """A plan for what cannot be solved now; everybody in the chain agrees."""
        target = (story.planned + timedelta(days=40)).astimezone(ZONE).date()
        plan = suspend.Plan(obstacles="资金未落实", plan="列入年度计划", milestones=[suspend.Milestone(target, "完成")],
                            leader_name="张主任", leader_office="分管副主任", target_on=target)
        why = self.act(suspend.apply_suspension, story.no, self.of(story.unit_id), reason=next(iter(SuspensionCause)),
                       plan=plan, caller_informed=True)
        if why is None:
            self.act(approve.endorse, story.no, self.of(story.unit_id, Role.UNIT_LEAD))
            self.act(approve.endorse, story.no, self.by(Role.SUPERVISOR))
            self.act(suspend.grant_suspension, story.no, self.by(Role.HOTLINE_DIR))

    def press(self, story: Story) -> None:
        """The caller asks again."""
        if self.state(story) in OPEN_STATES:
            self.act(collect.urge, story.no, self.by(Role.AGENT), note="请尽快处理")

    def finish(self, story: Story) -> None:
        """The unit answers; the hotline reviews."""
        why = self.act(resolve.reply, story.no, self.of(story.unit_id), answer=ANSWER)
        if why == "parts_unanswered":
            self.in_office(8, self.finish, story)
        elif why == "sign_off_first":
            self.act(resolve.sign_off, story.no, self.of(story.unit_id), answer=ANSWER)
            why = self.act(resolve.reply, story.no, self.of(story.unit_id, Role.UNIT_LEAD), answer=ANSWER)
        if why is None:
            self.in_office(6, self.review, story)

    def review(self, story: Story) -> None:
        """Accepted, or sent back for what is missing."""
        if self.happens(SENT_BACK):
            if self.act(resolve.send_back, story.no, self.by(Role.REVIEWER), defects=[Defect.NO_FACTS],
                        opinion="未写明事实") is None:
                self.in_office(8, self.finish, story)
        elif self.act(resolve.accept_reply, story.no, self.by(Role.REVIEWER)) is None:
            self.in_office(12, self.ring, story, 1)

    # the caller is rung back

    def ring(self, story: Story, attempt: int) -> None:
        """Nobody answers, or is content, or is not."""
        who = self.by(Role.CALLBACK)
        if self.happens(UNREACHED):
            if self.act(feedback.record_callback, story.no, who, call=SILENT) is None and attempt < 3:
                self.later(timedelta(hours=self.chance.randrange(5, 27)), self.ring, story, attempt + 1)
        elif self.happens(UNHAPPY):
            self.unhappy(story, who)
        elif self.act(feedback.record_callback, story.no, who, call=CONTENT) is None and self.happens(REOPENED):
            self.later(timedelta(days=self.chance.randrange(1, 20)), self.reopen, story)

    def unhappy(self, story: Story, who: Actor) -> None:
        """What they say is written down; the supervisor decides."""
        if self.act(feedback.record_callback, story.no, who, call=DISCONTENT) is None:
            self.in_office(8, self.judge, story)

    def judge(self, story: Story) -> None:
        """A supervisor has it handled once more, or two persons judge that it is done."""
        who = self.by(Role.SUPERVISOR)
        if story.rounds >= 2:
            self.act(feedback.apply_judgement, story.no, who, reason=DissatisfactionClass.UNREASONABLE,
                     evidence="现场照片与回执")
            self.act(feedback.grant_judgement, story.no, self.by(Role.HOTLINE_DIR), opinion="同意")
        elif self.act(feedback.rework, story.no, who, reason=DissatisfactionReason.RESULT_SHORT,
                      note="再次办理") is None:
            story.rounds += 1
            self.in_office(20, self.finish, story)

    def reopen(self, story: Story) -> None:
        """It came back."""
        if self.act(feedback.reopen, story.no, self.by(Role.AGENT), reason=next(iter(ReopenReason)),
                    note="问题反弹") is None:
            self.in_office(20, self.finish, story)


def _people() -> tuple[dict[Role, Actor], dict[tuple[int, Role], Actor]]:
    """The hotline's people by role, and a clerk and a leader for every unit."""
    hotline = {role: town.actor(f"desk{n}") for n, role in enumerate(town.HOTLINE_DESKS, start=1)}
    units = range(town.FIRST_BUREAU, town.FIRST_STREET_UNIT + town.STREETS)
    with transaction():
        for account, unit_id, role in [("director", town.HOTLINE_UNIT, Role.HOTLINE_DIR), *(
            (f"{role.lower()}{unit_id}", unit_id, role) for unit_id in units for role in OFFICE
        )]:
            user = User(account=account, name=account, password_hash="!", unit_id=unit_id, created_at=now())
            user.roles = [UserRole(role=str(role))]
            db.session.add(user)
    hotline[Role.HOTLINE_DIR] = town.actor("director")
    return hotline, {(unit_id, role): town.actor(f"{role.lower()}{unit_id}")
                     for unit_id in units for role in OFFICE}


def main() -> None:
    """Play the month, settle up, and say what came of it."""
    folder = place.real_data()
    parser = place.parser(__doc__.splitlines()[0], tickets=30_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=12345)
    asked = parser.parse_args()
    with place.prepared() as environ, place.opened(environ):
        district = District(asked.seed, folder, asked.days)
        district.calls(asked.tickets)
        begun = time.perf_counter()
        with place.timed("the month"):
            district.run()
        seconds = time.perf_counter() - begun
        with place.timed("settling up"):
            found = findings(district.start.date(), district.end.date())
        for what, n in [*sorted(district.moves.items()), *sorted(district.refused.items())]:
            sys.stderr.write(f"{n:8} {what}\n")
        moves = sum(n for what, n in district.moves.items() if what != "swept")
        place.finish({
            "tickets": asked.tickets, "moves": moves, "clocks_fired": district.moves["swept"],
            "seconds": round(seconds), "moves_per_s": round(moves / seconds), "refused": sum(district.refused.values()),
            "planned_days_median": statistics.median(c.days for c in district.courses), **found,
        })


if __name__ == "__main__":
    main()
