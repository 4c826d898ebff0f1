"""One fault tried: clients at work, clocks coming due, the blow, and what must hold when all is quiet again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from tests.chaos.checker import Result, check
from tests.chaos.clients import Log, handing_in
from tests.chaos.oracle import Noted
from tests.chaos.site import Site, in_time


@dataclass
class Trial:
    """What a blow may use. `often` is how many times over it strikes, `long` seconds it may take its time for."""

    site: Site
    log: Log
    often: int
    lasting: float
    noted: dict[int, Noted] = field(default_factory=dict)
    back: float = 0.0
    result: Result | None = None

    def ripen(self, count: int = 12, within: float = 1.0, after: float = 1.0) -> list[str]:
        """New tickets whose clocks come due from now on; what the oracle must know of them is kept."""
        made, noted = self.site.ripen(count, within, after)
        self.noted = noted | self.noted
        return made

    def until_more_are_acknowledged(self, count: int = 3) -> None:
        """Clients get answers again."""
        before = len(self.log.acknowledged())
        in_time(lambda: len(self.log.acknowledged()) >= before + count)

    def until_whole(self) -> None:
        """Every program runs again; how long that took at most is kept."""
        self.back = max(self.back, in_time(self.site.whole))

    def until_fired(self) -> None:
        """Nothing that came due waits any more."""
        pending = "SELECT count(*) FROM clock WHERE id = ANY('{%s}') AND next_at < hotline_now() + interval '10 s'"
        ids = ",".join(map(str, self.noted))
        in_time(lambda: self.site.number(pending % ids) == 0)


@contextmanager
def trial(
    site: Site, fault: str, *, often: int, lasting: float, allowed: frozenset[int], clients: bool = True
) -> Iterator[Trial]:
    """A fault inside the block, the invariants at its end."""
    site.settle()
    with ExitStack() as held:
        log = held.enter_context(handing_in(site, fault)) if clients else Log(site.folder / f"{fault}.acks")
        tried = Trial(site, log, often, lasting)
        yield tried
        site.settle()
        if clients:
            tried.until_more_are_acknowledged()
    site.settle()
    tried.result = check(site, fault, tried.noted, log, allowed)
    tried.result.back = tried.back
