"""Random histories of several tickets and units, every invariant checked after each move (domain §4.4, A30).

Twelve in the ordinary run; `--long` plays two thousand, in slices where it is told so (HOTLINE_HISTORY_SLICES, and
HOTLINE_HISTORY_SLICE for which).
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from hotline.moves import MOVES
from tests.database import Database
from tests.stories.histories.forms import FORMS
from tests.stories.histories.machine import BEGINNINGS, History
from workflows.rules.lifecycle import APPLICATION_MOVES, PART_MOVES, TICKET_MOVES
from workflows.rules.roles import Role

TURNS, FEW, MANY = 38, 12, 2_000
#: So many slices a long run is played in, each with a seed of its own.
SLICES = int(os.environ.get("HOTLINE_HISTORY_SLICES", "1"))
EVERY_MOVE = TICKET_MOVES.keys() | PART_MOVES.keys() | APPLICATION_MOVES.keys()
BY_SYSTEM = {name for name, line in TICKET_MOVES.items() if line.roles <= {Role.SYSTEM}}


def test_every_move_of_the_tables_has_a_form_in_the_histories() -> None:
    missing = EVERY_MOVE - FORMS.keys() - BEGINNINGS.keys() - {"create", "ask_consent"} - BY_SYSTEM
    assert not missing, f"random histories cannot make {sorted(missing)}: add a line to stories/histories/forms.py"
    assert FORMS.keys() <= MOVES.keys()


@pytest.fixture
def history(app: Flask, clean: Database) -> Iterator[type[History]]:
    class Played(History):
        pass

    Played.app, Played.database = app, clean
    Played.made.clear()
    Played.seen.clear()
    with app.app_context():
        yield Played


def test_whatever_is_offered_works_and_every_invariant_holds(
    history: type[History], pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    long = pytestconfig.getoption("--long")
    number = int(os.environ.get("HOTLINE_HISTORY_SLICE", "0"))
    many = MANY // SLICES if long else FEW
    asked = settings(  # some are cut short: the first of all is always the emptiest
        max_examples=many + many // 6 + 2, stateful_step_count=TURNS, deadline=None, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )
    run_state_machine_as_test(seed(12345 + number)(history), settings=asked)
    with capsys.disabled():
        if long:
            print(  # noqa: T201 — the figures of the long run
                f"\n{dict(history.seen)}, {sum(history.made.values())} moves: {dict(history.made.most_common())}"
            )
    assert history.seen["histories of thirty moves"] >= many
    assert history.seen["spans kept"] >= many, "the recount compared what is kept, not the tickets with themselves"
    if long and SLICES == 1:
        assert history.made.keys() >= EVERY_MOVE - BY_SYSTEM - {"create", "ask_consent"}
