"""Two agents, two departments and a supervisor at the same tickets at once: nothing is lost, everybody is told.

In every round all of them look at one ticket, and only when all have looked does anybody act.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier, BrokenBarrierError
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.api.conftest import REQUEST, System
from tests.builders import City
from tests.stories.histories import invariants
from tests.stories.histories.forms import FORMS, Turn
from tests.stories.histories.replay import Replay
from workflows import audit
from workflows.errors import Unknown
from workflows.model.base import db
from workflows.model.directory import User
from workflows.model.ticket import Ticket, TicketEvent
from workflows.read.tickets import ticket_page
from workflows.rules.lifecycle import APPLICATION_MOVES, PART_MOVES, TICKET_MOVES

PEOPLE = ("agent", "agent2", "housing", "east", "supervisor")
ROUNDS, TICKETS = 36, 3
#: What would leave the others nothing to do.
ENDS = {name for name, line in TICKET_MOVES.items() if line.targets and invariants.OVER.issuperset(line.targets)}
#: Whoever comes second is told one of these: the ticket is another by now, or the move is not open any more.
SECOND = {403, 404, 409, 422}


class Colleague:
    """Somebody with a session of their own."""

    def __init__(self, app: Flask, city: City, account: str, system: System) -> None:
        self.app, self.city, self.account, self.system = app, city, account, system
        self.chance = Random(account)
        self.made: list[tuple[str, str, int]] = []
        self.told: Counter[tuple[int, str]] = Counter()

    def work(self, nos: list[str], together: Barrier) -> None:
        """So many rounds of looking and acting; where one fails nobody waits for them."""
        try:
            self._rounds(nos, together)
        except BaseException:
            together.abort()
            raise

    def _rounds(self, nos: list[str], together: Barrier) -> None:
        for turn in range(ROUNDS):
            no = nos[turn % len(nos)]
            with self.app.test_request_context():
                found = self._look(no)
                db.session.remove()
            together.wait(60)
            if found is not None:
                self._act(no, *found)
            together.wait(60)

    def _look(self, no: str) -> tuple[str, dict[str, Any]] | None:
        actor = self.city.actor(self.account)
        try:
            page = ticket_page(no, actor)
        except Unknown:
            return None
        names = sorted({line.name for line in page.moves} & FORMS.keys() - ENDS)
        if not names:
            return None
        onward = [name for name in names if name in TICKET_MOVES and TICKET_MOVES[name].targets] or names
        name = self.chance.choice(onward)
        form = FORMS[name](Turn(name, self.city, actor, page, [], REQUEST["phone"], self.chance.choice))
        return None if form is None else (name, form | {"version": page.ticket.version})

    def _act(self, no: str, name: str, form: dict[str, Any]) -> None:
        answer = self.system.move(no, name, **form)
        if answer.status_code == 200:
            self.made.append((no, name, form["version"]))
        else:
            assert answer.status_code in SECOND, (name, answer.status_code, answer.json)
            assert answer.json["detail"], name
            self.told[answer.status_code, answer.json["code"]] += 1


def test_five_at_the_same_tickets_lose_nothing_and_are_told_what_happened(
    app: Flask, city: City, as_account: Callable[[str], System]
) -> None:
    agents = [as_account("agent"), as_account("agent2")]
    places = ({"category": "0101"}, {"category": "0501", "area": "D-E-1"}, {"category": "99"})
    nos = [agents[n % 2].post("/tickets", REQUEST | places[n]).json["no"] for n in range(TICKETS)]
    people = [Colleague(app, city, account, as_account(account)) for account in PEOPLE]
    together = Barrier(len(people))
    with ThreadPoolExecutor(len(people)) as office:
        ends = [done.exception() for done in [office.submit(one.work, nos, together) for one in people]]
    for error in sorted(filter(None, ends), key=lambda one: isinstance(one, BrokenBarrierError)):
        raise error

    told = sum((one.told for one in people), Counter())
    made = [(one.account, *move) for one in people for move in one.made]
    assert told[409, "ticket_changed"] > 0, "nobody ever came second"
    changing = [(no, version) for _, no, name, version in made if _changes(name)]
    assert len(set(changing)) == len(changing), "two acted on what one of them had not seen"
    with app.test_request_context():
        _adds_up(nos, made)


def _changes(name: str) -> bool:
    return any(name in table and bool(table[name].targets) for table in (TICKET_MOVES, PART_MOVES, APPLICATION_MOVES))


def _adds_up(nos: list[str], made: list[tuple[str, str, str, int]]) -> None:
    """Every move that was said to be made stands in the history once, and the tickets are what it says."""
    ids = dict(db.session.execute(select(Ticket.no, Ticket.id).where(Ticket.no.in_(nos))).all())
    rows = db.session.execute(select(TicketEvent.ticket_id, TicketEvent.kind, TicketEvent.actor_id)
                              .where(TicketEvent.actor_id.is_not(None))).all()
    people = dict(_accounts(made))
    asked = Counter((ids[no], name, people[account]) for account, no, name, _ in made)
    written = Counter(tuple(row) for row in rows)
    assert {key: written[key] for key in asked} == dict(asked)
    seen = invariants.look(list(ids.values()), 0)
    for check in invariants.CHECKS:
        check(None, seen)
    invariants.states_are_those_of_the_history(Replay(), seen)
    assert list(audit.breaks()) == []
    db.session.remove()


def _accounts(made: list[tuple[str, str, str, int]]) -> list[tuple[str, int]]:
    return [tuple(row) for row in db.session.execute(
        select(User.account, User.id).where(User.account.in_({account for account, *_ in made})))]
