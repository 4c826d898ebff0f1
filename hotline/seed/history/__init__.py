"""Five weeks of the demonstration city's life, played by the real use cases in rehearsed time.

`script` says which stories happen, `stories` what happens in them, `deeds` who does each step; `stage` lets time
pass, and lets the clocks fire when they should have. The same seed gives the same history, counted back from now.
"""

from __future__ import annotations

from sqlalchemy import text, update

from hotline.seed.history.cast import Cast
from hotline.seed.history.decisions import decisions
from hotline.seed.history.script import script
from hotline.seed.history.stage import Stage
from workflows import upkeep
from workflows.model.base import db, transaction
from workflows.model.directory import User

SEED = 12345
#: Invented tickets need not outlive a power cut in the minute they are invented in.
_HASTE, _CARE = text("SET synchronous_commit TO off"), text("SET synchronous_commit TO DEFAULT")
_MONTH = text("SELECT ensure_month(CAST(:day AS date))")


def play() -> None:
    """Play it all, into a city without tickets."""
    stage = Stage(SEED)
    with transaction():  # each month's events into their own partition
        for day in (stage.start, stage.end):
            db.session.execute(_MONTH, {"day": day.date()})
        db.session.execute(_HASTE)
    cast = Cast()
    for story in script(stage, cast):
        stage.enter(story)
    for decision in decisions(stage, cast):
        stage.enter(decision)
    stage.run()
    upkeep.index_texts()
    with transaction():  # everybody has read what is older than half a day's work
        db.session.execute(_CARE)
        db.session.execute(update(User).values(notices_seen_at=stage.back(240)))
