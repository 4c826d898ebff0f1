"""A history: some tickets, everybody of the city, and at every turn one move somebody is offered.

What is offered is asked of the engine, not written down here, and what is offered must work. Between the moves time
passes, and the clocks are swept twice: the second time nothing may be left. Now and then somebody tries what they
are not offered; nothing may come of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, ClassVar

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import select

from hotline.moves import MOVES, perform
from tests import builders as play
from tests.builders import PEOPLE
from tests.database import Database
from tests.stories.histories import invariants
from tests.stories.histories.forms import FORMS, Turn
from tests.stories.histories.invariants import OVER
from tests.stories.histories.replay import Replay
from workflows import archive, audit, collect, facts, feedback, spot_check, supervise, withdraw
from workflows.engine import offered, own_task
from workflows.errors import NotNow, Refusal
from workflows.model.base import db, now, rehearse
from workflows.model.reconciliation import Discrepancy
from workflows.model.reference import today
from workflows.model.ticket import Assignment, Ticket
from workflows.read.facts import kept_of
from workflows.read.periods import Period
from workflows.read.recount import recount
from workflows.read.tickets import ticket_page
from workflows.reconcile import reconcile
from workflows.rules.chains import CONSENTED
from workflows.rules.lifecycle import TICKET_MOVES
from workflows.rules.numbering import Channel
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import Anonymity, AnswerSource, Kind, RefuseReason, Urgency

MOST_TICKETS = 3
#: Moves that make a history.
LEAST = 30
FIRST = "2026-11-16 09:00"
A_DAY = timedelta(days=1)
#: What passes between two moves: mostly minutes, at times a weekend, once in a while more than a month.
WAITS = (*(timedelta(minutes=10),) * 30, *(timedelta(hours=3),) * 8, *(timedelta(days=1),) * 3,
         timedelta(days=4), timedelta(days=9), timedelta(days=33))
#: One for each ticket, so that nobody is taken for another.
NAMES = ("欧阳若水", "司马听雨", "上官云雀", "诸葛长风")
#: A matter and where, that the catalogue knows well, knows twice, or does not know.
MATTERS = (("0101", None), ("0502", None), ("0501", "D-E-1"), ("0501", "D-W-1"), ("06", None), ("99", None))
#: A move that closes in the same breath, and why it may not: a danger nobody has confirmed to have. Who rang a caller
#: before does not ring again on appeal, which no button looks up.
UNFORESEEN = {("accept_reply", "risk_not_handed_over"), ("record_callback", "risk_not_handed_over"),
              ("record_callback", "another_rings_again")}
#: Moves by which a ticket goes on are drawn more often than those that leave it where it is, new ones than others, and
#: those of the usual way most of all: else nobody would ever be rung back.
ONWARD, NEW, MOST = 3, 4, 15
USUAL = frozenset({"dispatch", "sign", "contact", "reply", "sign_off", "accept_reply", "record_callback"})
#: Open for some days after an evaluation and never again: made where they are open, or nothing is ever contested.
RARE = frozenset(f"{step}_{kind}" for step in ("apply", "grant", "refuse") for kind in ("exclusion", "appeal"))


def _submit(machine: History, request: collect.Request, actor: Actor) -> str:
    return collect.submit(request, actor).no


def _submit_for_review(machine: History, request: collect.Request, actor: Actor) -> str:
    return collect.submit(replace(request, channel=Channel.WEB), actor).no


def _answer(machine: History, request: collect.Request, actor: Actor) -> str:
    return collect.answer(request, actor, collect.Answer("办理时间为工作日上午。", AnswerSource.OWN)).no


def _ask_refusal(machine: History, request: collect.Request, actor: Actor) -> str:
    return collect.ask_refusal(request, actor, RefuseReason.LITIGATION, "请向人民法院提起诉讼。").no


#: The moves that begin a ticket; `create` is in each of them.
BEGINNINGS: dict[str, Callable[[History, collect.Request, Actor], str]] = {
    "submit": _submit, "submit_for_review": _submit_for_review, "answer": _answer, "ask_refusal": _ask_refusal,
}


class History(RuleBasedStateMachine):
    """One history; hypothesis draws everything that could be otherwise."""

    app: ClassVar[Flask]
    database: ClassVar[Database]
    #: How often each move was made, how many histories and turns there were, over all of them.
    made: ClassVar[Counter[str]] = Counter()
    seen: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin(self) -> None:
        """A city, and nothing in it yet."""
        self.city = play.make_city()
        play.review_first(Channel.WEB)
        for kind in CONSENTED:
            play.leaders_consent(kind)
        self.cast = [self.city.actor(account) for account in PEOPLE]
        self.callers: dict[int, tuple[str, str]] = {}
        self.story: list[str] = []
        self.moves, self.failed, self.done = 0, False, set()
        self.replay, self.world, self.last_event = Replay(), None, 0
        with rehearse(timedelta(0)):
            self.shift = play.moment(FIRST) - now()
        db.session.rollback()

    @rule(chance=st.integers(0, 2**48))
    def turn(self, chance: int) -> None:
        """Some time passes, somebody makes a move, and everything still holds."""
        pick = Random(f"{len(self.story)}:{chance}").choice
        waited = pick(WAITS)
        self.shift += waited
        with self._then(), self._told():
            if self._sweep() + (self._nightly() if waited >= A_DAY else 0):
                self._check()
            self._move(pick)
            self._check()
            if self.callers and pick((False, False, False, True)):
                self._try_in_vain(pick)
            if pick((True, *(False,) * 7)):
                facts.keep_facts()
        self.seen["turns"] += 1

    def teardown(self) -> None:
        """At the end of a history nothing is left over, and its chains of events are whole."""
        if hasattr(self, "story") and not self.failed:
            with self._then(), self._told():
                self._sweep()
                self._nightly()
                self._check()
                self._add_up()
            self.seen["histories of thirty moves"] += self.moves >= LEAST
        db.session.remove()
        self.database.clean()

    @contextmanager
    def _then(self) -> Iterator[None]:
        """In the time of this history."""
        with self.app.test_request_context(), rehearse(self.shift):
            db.session.rollback()
            yield
            db.session.rollback()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong says what had been done; nothing more is asked of that history."""
        try:
            yield
        except Exception as error:
            self.failed = True
            error.add_note("\n".join(["The history:", *self.story]))
            raise

    def _sweep(self) -> int:
        """What the clocks do by themselves; how much that was."""
        fired = supervise.sweep()
        if fired:
            assert supervise.sweep() == 0, "8. a clock that has fired fires once"
        return fired

    def _nightly(self) -> int:
        """What the system does once a day; how much that was."""
        ended = feedback.close_unreachable() + withdraw.sample_withdrawals() + spot_check.sample_endings()
        put_away = archive.archive_ended()
        assert archive.archive_ended() == 0, "what was put away stays put away"
        self.seen["archived"] += put_away
        return ended + put_away

    def _move(self, pick: Callable[[Sequence[Any]], Any]) -> None:
        open_now = self._open()
        room = len(self.callers) < MOST_TICKETS
        weighted = [name for name in sorted(open_now) for _ in range(self._weight(name, open_now[name]))]
        if not weighted or (room and pick((True, *(False,) * 11))):
            self._begin_ticket(pick)
            return
        form = None
        while form is None:  # urging and instructing are nearly always open, and need nobody else
            name = pick(weighted)
            ticket, actor = pick(open_now[name])
            form = self._form(name, ticket.no, actor, pick)
        self._tell(f"{ticket.no} {ticket.state}: {name} by {actor.account}, {form}")
        try:
            perform(name, ticket.no, actor, form)
        except NotNow as refusal:  # what it would have ended was not to end, which no button knows before
            db.session.rollback()
            if (name, refusal.code) not in UNFORESEEN:
                raise
            self.seen["not to end yet"] += 1
            return
        self._made(name)

    def _weight(self, name: str, where: list[tuple[Ticket, Actor]]) -> int:
        """How readily a move is drawn: what leads a ticket on, and is new to this history, rather than what ends it."""
        line = TICKET_MOVES.get(name)
        ends = line is not None and bool(line.targets) and OVER.issuperset(line.targets)
        if name in USUAL | RARE:
            return MOST
        if ends or all(ticket.state in OVER for ticket, _ in where):
            return 1
        onward = ONWARD if line is not None and line.targets else 1
        return onward * (NEW if name not in self.done else 1)

    def _made(self, name: str) -> None:
        self.made[name] += 1
        self.done.add(name)
        self.moves += 1

    def _tell(self, what: str) -> None:
        self.story.append(f"{now().astimezone(play.SHANGHAI):%m-%d %H:%M} {what}")

    def _open(self) -> dict[str, list[tuple[Ticket, Actor]]]:
        """Every move open to anybody, with on which ticket and to whom, as the engine says."""
        at, found = now(), {}
        tickets = self._tickets()
        known = _tasks(tickets)
        for ticket in tickets:
            tasks = known[ticket.id]
            for actor in self.cast:
                for line in offered(ticket, own_task(tasks, actor, ticket.lead_assignment_id), actor, at):
                    if line.name == "ask_consent":  # made by the form of what is asked for
                        continue
                    found.setdefault(line.name, []).append((ticket, actor))
        return found

    def _form(self, name: str, no: str, actor: Actor, pick: Callable[[Sequence[Any]], Any]) -> dict[str, Any] | None:
        page = ticket_page(no, actor)
        assert name in {line.name for line in page.moves}, f"{name} is open but not on the page of {actor.account}"
        others = [one for one in self._tickets() if one.no != no]
        given = FORMS[name](Turn(name, self.city, actor, page, others, self.callers[page.ticket.id][1], pick))
        db.session.rollback()
        return None if given is None else given | {"version": page.ticket.version}

    def _begin_ticket(self, pick: Callable[[Sequence[Any]], Any]) -> None:
        if len(self.callers) >= MOST_TICKETS:
            return
        matter, area = pick(MATTERS)
        anonymity = pick((Anonymity.OPEN, Anonymity.OPEN, Anonymity.WITHHELD, Anonymity.ANONYMOUS))
        name, phone = NAMES[len(self.callers)], f"139{len(self.callers):08d}"
        request = play.request(
            self.city, matter, area, kind=pick((Kind.COMPLAINT, Kind.HELP, Kind.CONSULT, Kind.REPORT)),
            anonymity=anonymity, urgency=pick(tuple(Urgency)), name=name, phone=phone,
            content=f"我是{name}，电话{phone}，电梯停运三天。" if anonymity is Anonymity.WITHHELD else "电梯停运三天。",
        )
        how = pick(("submit",) * 6 + ("submit_for_review", "submit_for_review", "answer", "ask_refusal"))
        if how == "answer" and request.kind not in (Kind.HELP, Kind.CONSULT):
            how = "submit"
        no = BEGINNINGS[how](self, request, self.city.actor("agent"))
        db.session.rollback()
        self.callers[self._id(no)] = (name, phone)
        self._tell(f"{no}: {how}, {request.kind} {matter} {anonymity}")
        self._made(how)

    def _try_in_vain(self, pick: Callable[[Sequence[Any]], Any]) -> None:
        """Somebody makes a move that is not open to them, by its right form if it has one that can be filled in."""
        ticket, actor = pick(self._tickets()), pick(self.cast)
        task = own_task(_tasks([ticket])[ticket.id], actor, ticket.lead_assignment_id)
        open_now = {line.name for line in offered(ticket, task, actor, now())}
        name = pick([name for name in MOVES if name not in open_now])
        no, version = ticket.no, ticket.version
        db.session.rollback()
        form = _anything(name) | {"version": version}
        try:
            perform(name, no, actor, form)
        except Refusal:
            db.session.rollback()
        else:
            raise AssertionError(f"{name} is not open to {actor.account}, and was made")
        assert db.session.scalar(select(Ticket.version).where(Ticket.no == no)) == version
        self.seen["refused"] += 1

    def _check(self) -> None:
        db.session.rollback()
        seen = invariants.look(list(self.callers), self.last_event)
        for check in invariants.CHECKS:
            check(self.world, seen)
        invariants.states_are_those_of_the_history(self.replay, seen)
        for moved in {event.ticket_id for event in seen.events}:
            invariants.withheld_is_withheld(self.city, seen, moved, self.callers[moved])
        self.last_event = max([self.last_event, *(event.id for event in seen.events)])
        self.world = seen
        self.seen["checks"] += 1
        db.session.rollback()

    def _add_up(self) -> None:
        invariants.steps_are_of_two_persons([one.id for one in self.world.applications])
        assert list(audit.breaks()) == [] == list(archive.flaws())
        facts.keep_facts()
        first = play.moment(FIRST).date()
        self.seen["spans kept"] += len(kept_of(Period(first, today()), exact=True)[0].spans)
        assert recount(first, today()) == []
        db.session.rollback()
        run = reconcile()
        wrong = db.session.execute(
            select(Discrepancy.kind, Discrepancy.data).where(Discrepancy.run_id == run, Discrepancy.kind != "NOT_SENT")
        ).all()
        assert wrong == []

    def _tickets(self) -> list[Ticket]:
        return list(db.session.scalars(
            select(Ticket).where(Ticket.id.in_(list(self.callers))).order_by(Ticket.id)
            .execution_options(populate_existing=True)
        ))

    def _id(self, no: str) -> int:
        return db.session.scalar(select(Ticket.id).where(Ticket.no == no))


def _tasks(tickets: Sequence[Ticket]) -> dict[int, list[Assignment]]:
    """The tasks of each ticket."""
    found: dict[int, list[Assignment]] = {ticket.id: [] for ticket in tickets}
    for task in db.session.scalars(
        select(Assignment).where(Assignment.ticket_id.in_(list(found))).order_by(Assignment.id)
        .execution_options(populate_existing=True)
    ):
        found[task.ticket_id].append(task)
    return found


def _anything(name: str) -> dict[str, Any]:
    """Something every field of a move's form takes."""
    form = MOVES[name].form
    return {field: _some(kind) for field, kind in form.fields.items() if kind.required and field != "version"}


def _some(field: Any) -> Any:
    if hasattr(field, "inner"):
        return [_some(field.inner)]
    if hasattr(field, "vocabulary"):
        return str(min(field.vocabulary))
    return "1"

