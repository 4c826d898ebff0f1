"""Three weeks of many tickets, and exactly the steps of the ladder there must be: each once, none early, none missing.

Hundreds of tickets (thousands with --long) are taken, signed for or not, recalled and given away, granted or refused
more time, answered, sent back and handled again, while the clocks are swept every half hour of the day. What must
have fired is worked out afterwards, from the clocks, their accounts and the rows of the ladder, by a stepping through
the half hours that knows nothing of how the sweep finds or claims a clock.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests import builders as play
from tests.builders import City
from workflows import dispatch, extend, supervise
from workflows.errors import Refusal
from workflows.model.base import db as database
from workflows.model.base import now
from workflows.model.clock import Clock, ClockFiring, ClockSegment
from workflows.model.reference import reference
from workflows.model.reply import Reply
from workflows.model.settings import LadderStep
from workflows.model.ticket import Application, Assignment
from workflows.rules import calendar
from workflows.rules.calendar import Basis
from workflows.rules.vocabulary import ExtensionReason, RecallReason

FIRST = play.moment("2026-11-02 09:00")
DAYS, STEP = 22, timedelta(minutes=30)
#: Half hours at which somebody does something and the clocks are swept: from eight to seven, and at midnight.
TIMES = [
    at for at in (FIRST + n * STEP for n in range(DAYS * 48))
    if 8 <= at.astimezone(play.SHANGHAI).hour < 19 or at.astimezone(play.SHANGHAI).hour == 0
]
AFTER_DUE = ("URGE", "SUPERVISE_1", "SUPERVISE_2", "SUPERVISE_3", "MEETING")
LADDER = ("BLUE", "YELLOW", "RED", *AFTER_DUE)

Deed = Callable[[City, str], object]


def extend_it(city: City, no: str) -> None:
    extend.apply_extension(no, city.actor("housing"), reason=ExtensionReason.COMPLEX, plan="等待配件", amount=3,
                           caller_informed=True)


def grant_it(city: City, no: str) -> None:
    extend.grant_extension(no, city.actor("supervisor"))


def refuse_it(city: City, no: str) -> None:
    extend.refuse_extension(no, city.actor("supervisor"), opinion="时间足够")


def recall_it(city: City, no: str) -> None:
    dispatch.recall(no, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)


def give_away(city: City, no: str) -> None:
    play.send_to(city, no, "URBAN", override_reason="改派")


def unhappy(city: City, no: str) -> None:
    play.ring(city, no, rework=True, **play.UNHAPPY)


#: What may become of a ticket: deeds, each so many half hours at least and at most after the one before.
PLOTS: tuple[tuple[tuple[Deed, int, int], ...], ...] = (
    (),
    ((play.sign, 0, 30),),
    ((play.sign, 0, 6), (play.contact, 0, 60)),
    ((play.sign, 0, 6), (play.contact, 0, 20), (play.reply, 1, 200)),
    ((play.sign, 0, 6), (play.contact, 0, 20), (play.reply, 1, 90), (play.accept, 1, 40)),
    ((play.sign, 0, 6), (play.contact, 0, 20), (play.reply, 1, 90), (play.send_back, 1, 60)),
    ((play.sign, 0, 6), (play.contact, 0, 20), (play.reply, 1, 60), (play.accept, 1, 20), (unhappy, 1, 30)),
    ((play.sign, 0, 6), (play.contact, 0, 20), (extend_it, 1, 110), (grant_it, 1, 70)),
    ((play.sign, 0, 6), (play.contact, 0, 20), (extend_it, 1, 110), (refuse_it, 1, 70), (play.reply, 1, 90)),
    ((play.sign, 0, 6), (recall_it, 0, 90), (give_away, 0, 20)),
)


@dataclass
class Life:
    """A ticket and what is still to happen to it, by the half hour."""

    no: str
    deeds: list[tuple[int, Deed]]


def begin(city: City, chance: random.Random, at: int) -> Life:
    """Take a call, and say what will become of it."""
    deeds, when = [], at
    for deed, least, most in chance.choice(PLOTS):
        when += chance.randint(least, most)
        deeds.append((when, deed))
    return Life(play.log(city).no, deeds)


def live(city: City, many: int) -> list[tuple[datetime, datetime]]:
    """Let the days go by; when each sweep began and ended. A deed not open any more is left out: the system was faster.
    """
    chance, lives, swept = random.Random(12345), [], []
    for n, at in enumerate(TIMES):
        with play.at(at):
            if n % 7 == 0 and len(lives) < many:
                lives += [begin(city, chance, n) for _ in range(max(1, many // 25))]
            for one in lives:
                while one.deeds and one.deeds[0][0] <= n:
                    _, deed = one.deeds.pop(0)
                    with suppress(Refusal):
                        deed(city, one.no)
            begun = now()
            supervise.sweep()
            swept.append((begun, now()))
    return swept


@dataclass(frozen=True)
class Reign:
    """A due date and the half hours in which a clock ran for it: from the first, before the last."""

    due: datetime
    since: datetime
    first: int
    last: int


def half_hour(at: datetime) -> int:
    """The half hour in which something happened: the last that had begun."""
    return max(n for n, begun in enumerate(TIMES) if begun <= at)


def reigns(clock: Clock, segments: list[ClockSegment], answered: list[datetime], ends: int) -> Iterator[Reign]:
    """The due dates a clock ran for, one after the other; an answer that was sent back stood between two of them."""
    due, since = segments[0].due_before if segments else clock.due_at, clock.started_at
    for segment in segments:
        stopped = max(at for at in answered if at < segment.at) if segment.kind == "RESUMED" else segment.at
        yield Reign(due, since, half_hour(since), half_hour(stopped))
        due, since = segment.due_after, segment.at
    yield Reign(due, since, half_hour(since), ends)


def moment(level: str, clock: Clock, due: datetime, amounts: dict[tuple[str, str], int]) -> datetime | None:
    """When a step is reached; None where the ladder has none for this clock."""
    days, basis = reference().calendars[clock.calendar_id], Basis(clock.rule["basis"])
    if level == "RED":
        return due
    if level == "YELLOW":
        return calendar.warn_at(days, clock.started_at, due, basis)
    amount = amounts.get((clock.code, level))
    if amount is None:
        return None
    if level == "BLUE":
        return calendar.part_of(days, clock.started_at, due, basis, amount)
    return calendar.working_days_after(days, due, amount)


def must_fire(
    clock: Clock, spans: Iterator[Reign], held: list[tuple[datetime, datetime]], amounts: dict[tuple[str, str], int],
    swept: list[datetime],
) -> Iterator[tuple[int, str, datetime]]:
    """The steps a clock must have taken: (clock, level, due). `held`: from when to when red waited for a decision.

    A blue reminder that was reached but not yet sent when more time was asked for, or decided, is not made up for.
    """
    warned, waiting = False, [(half_hour(a), half_hour(b)) for a, b in held]
    for reign in spans:
        for level in LADDER:
            at = moment(level, clock, reign.due, amounts)
            if at is None or (level == "BLUE" and at <= reign.since):
                continue
            if level == "YELLOW" and at <= reign.since and warned:
                continue
            sweeps = (n for n in range(reign.first, reign.last) if swept[n] >= at)
            open_to_it = (n for n in sweeps
                          if level in ("BLUE", "YELLOW") or not any(a <= n < b for a, b in waiting))
            by = next(open_to_it, None)
            if by is None:
                break
            if level == "BLUE" and any(at <= turn <= swept[by] for turns in held for turn in turns):
                continue
            warned = warned or level == "YELLOW"
            yield clock.id, level, reign.due


def expected(swept: list[datetime]) -> set[tuple[int, str, datetime]]:
    """Everything that must have fired by sweeps at these moments."""
    amounts = {(row.code, row.level): row.amount for row in database.session.scalars(select(LadderStep))}
    signed = set(database.session.scalars(select(Assignment.id).where(Assignment.auto_signed)))
    asked, answered = defaultdict(list), defaultdict(list)
    for row in database.session.scalars(select(Application).where(Application.clock_id.is_not(None))):
        asked[row.clock_id].append((row.filed_at, row.decided_at or TIMES[-1] + STEP))
    for row in database.session.scalars(select(Reply)):
        answered[row.assignment_id].append(row.submitted_at)
    found: set[tuple[int, str, datetime]] = set()
    for clock in database.session.scalars(select(Clock).where(Clock.due_at.is_not(None))):
        segments = list(database.session.scalars(
            select(ClockSegment).where(ClockSegment.clock_id == clock.id).order_by(ClockSegment.id)))
        by_itself = clock.code == "SIGN" and clock.assignment_id in signed  # the sweep that fires it stops it
        ends = len(TIMES) if clock.stopped_at is None else half_hour(clock.stopped_at) + by_itself
        spans = reigns(clock, segments, answered[clock.assignment_id], ends)
        found |= set(must_fire(clock, spans, asked[clock.id], amounts, swept))
    return found


def test_in_three_weeks_every_step_is_taken_once_and_no_other(db, pytestconfig: pytest.Config) -> None:
    city = play.make_city()
    swept = live(city, 2_000 if pytestconfig.getoption("--long") else 120)
    with play.at(TIMES[-1]):
        firings = db.session.scalars(select(ClockFiring)).all()
        fired = {(row.clock_id, row.level, row.due_at) for row in firings}
        at_least, at_most = (expected(list(moments)) for moments in zip(*swept, strict=True))
        codes = dict(db.session.execute(select(Clock.id, Clock.code)).all())
    assert [row for row in firings if row.at < row.reached_at] == []
    assert len(fired) == len(firings) > 300
    assert [(codes[one[0]], *one) for one in at_least - fired] == []
    assert [(codes[one[0]], *one) for one in fired - at_most] == []
    assert {level for _, level, _ in fired} == set(LADDER) - {"MEETING"}
