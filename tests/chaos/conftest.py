"""The site all faults are tried on, and the table of what they did."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.checker import Result
from tests.chaos.site import Site
from tests.jobs.processes import own_postgres, own_valkey

results = pytest.StashKey[list[Result]]()
HEAD = "| Fault | Acknowledged | Lost | Fired | Twice | Early | Half within | 99 % within | Latest | All back |"


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Two machines, a database and a Valkey for all the faults, one after the other."""
    with (
        tempfile.TemporaryDirectory(prefix="hotline-chaos-") as folder,
        own_postgres() as postgres,
        own_valkey(scratch=False) as valkey,
    ):
        made = Site(postgres, valkey, Path(folder))
        try:
            made.open()
            yield made
        finally:
            made.close()


@pytest.fixture(scope="session")
def table(request: pytest.FixtureRequest) -> list[Result]:
    """Where each fault's figures go; printed at the end of a run in one process."""
    return request.config.stash.setdefault(results, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table, as it stands in docs/operations.md."""
    lines = config.stash.get(results, [])
    if lines:
        terminalreporter.write_line(f"\n{HEAD}\n|{'---|' * (HEAD.count('|') - 1)}")
    for one in lines:
        late = " | ".join(f"{seconds:.1f} s" for seconds in (one.share(0.5), one.share(0.99), one.worst))
        counts = f"{one.acknowledged} | {one.lost} | {one.fired} | {one.twice} | {one.early}"
        back = f"{one.back:.1f} s" if one.back else "–"
        terminalreporter.write_line(f"| {one.fault} | {counts} | {late} | {back} |")
