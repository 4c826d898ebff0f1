"""Each fault once in the suite, many times over and for longer with --long (`bin/test chaos`)."""

from __future__ import annotations

import itertools
import signal
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from tests.chaos import blows
from tests.chaos.checker import Result
from tests.chaos.site import Site
from tests.chaos.trial import Trial, trial

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("chaos")]

#: Nobody answers, and "not available, nothing was written": what a client can live with while a server is away.
AWAY = frozenset({0, 503})
NEVER = frozenset[int]()
#: Seconds within which every request is answered, well or ill, on a machine that is busy with other tests.
LONGEST_ANSWER = 20
#: Seconds within which whatever was killed runs again, on a machine that does nothing else.
BACK = 10
TOGETHER = 50


@dataclass(frozen=True)
class Fault:
    """A blow, what clients may be told meanwhile, and how it is dealt: once, or `often` times with --long.

    `lasting` is for how many seconds it lasts, the short and the long way. `late` is the most seconds any clock
    may be late beyond that; on a machine busy with other tests only the long run holds it to that.
    """

    name: str
    strike: Callable[[Trial], None]
    allowed: frozenset[int]
    late: float
    often: int
    lasting: tuple[float, float] = (0.0, 0.0)
    clients: bool = True


FAULTS = (
    Fault("workers killed -9: parent, job, both", blows.workers_killed, NEVER, 15, often=7),
    Fault("web workers and masters killed -9", blows.web_killed, AWAY, 15, often=10),
    Fault("both beats killed -9", blows.beats_killed, NEVER, 15, often=5),
    Fault("PostgreSQL killed -9", blows.database_ended_by(signal.SIGKILL), AWAY, 15, often=3, lasting=(1, 5)),
    Fault("PostgreSQL stopped fast", blows.database_ended_by(signal.SIGINT), AWAY, 15, often=3, lasting=(1, 5)),
    Fault("PostgreSQL stopped at once", blows.database_ended_by(signal.SIGQUIT), AWAY, 15, often=3, lasting=(1, 5)),
    Fault("tickets locked by somebody else", blows.tables_locked, AWAY, 15, often=2, lasting=(0, 30)),
    Fault("Redis gone", blows.redis_gone, NEVER, 30, often=2, lasting=(0, 60)),
    Fault("Redis flushed", blows.redis_flushed, NEVER, 15, often=15),
    Fault("Redis killed, back empty", blows.redis_emptied, NEVER, 30, often=5),
    Fault("Redis full", blows.redis_full, NEVER, 30, often=2),
    Fault("Redis answers nobody", blows.redis_paused, NEVER, 30, often=2, lasting=(4, 30)),
    Fault("two of everything, sweeps ten times over", blows.two_of_everything, NEVER, 15, often=5),
    Fault("a sweep frozen in its transaction", blows.sweep_stopped, NEVER, 15, often=2, lasting=(3, 90)),
    Fault("the same job delivered again", blows.delivered_again, NEVER, 15, often=5),
    Fault("signed and recalled as clocks run out", blows.raced, NEVER, 15, often=10),
    Fault("the clock leaps a day ahead and back", blows.clock_leaps, NEVER, 15, often=3, clients=False),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_nothing_is_lost_and_each_clock_fires_once(
    site: Site, table: list[Result], request: pytest.FixtureRequest, fault: Fault
) -> None:
    long = request.config.getoption("--long")
    often, lasting = fault.often if long else 1, fault.lasting[long]
    with trial(
        site, fault.name, often=often, lasting=lasting, allowed=fault.allowed, clients=fault.clients
    ) as tried:
        fault.strike(tried)
    table.append(tried.result)
    assert tried.result.fired > 0
    assert tried.log.slowest < LONGEST_ANSWER
    if long:
        assert tried.result.worst <= fault.late + lasting
        assert tried.result.back <= BACK


def test_the_same_key_fifty_times_at_once_makes_one_ticket(site: Site) -> None:
    body = {"kind": "COMPLAINT", "category": "0101", "content": "同一件事五十次", "name": "林小满",
            "phone": "13800001234"}
    key = {"Idempotency-Key": "fifty-times"}
    with ThreadPoolExecutor(TOGETHER) as people:
        answers = list(people.map(lambda n: site.send(n % 2, "agent", "/tickets", body, **key), range(TOGETHER)))

    assert {status for status, _ in answers} == {201}
    assert len({said["no"] for _, said in answers}) == 1
    assert site.number("SELECT count(*) FROM ticket WHERE content = '同一件事五十次'") == 1
    assert site.send(0, "agent", "/tickets", body | {"content": "另一件事"}, **key)[0] == 422


def test_of_many_who_saw_the_same_version_one_acts(site: Site, request: pytest.FixtureRequest) -> None:
    rounds = 500 if request.config.getoption("--long") else 6
    for no, seen in site.versions(site.log(rounds)).items():
        with ThreadPoolExecutor(20) as people:
            signing, recalling = {"move": "sign"}, {"move": "recall", "reason": "NEW_FACTS"}
            moves = [move | {"version": seen} for move in [signing] * 10 + [recalling] * 10]
            accounts = ["housing"] * 10 + ["dispatcher"] * 10
            paths = itertools.repeat(f"/tickets/{no}/moves")
            answers = list(people.map(site.send, itertools.cycle((0, 1)), accounts, paths, moves))

        assert Counter(status for status, _ in answers) == {200: 1, 409: 19}
        assert site.versions([no]) == {no: seen + 1}
