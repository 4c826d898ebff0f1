"""What the runs of the reconciliation found."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from workflows.errors import Unknown
from workflows.model.base import db
from workflows.model.reconciliation import Discrepancy, Reconciliation

#: How many runs, and how many findings of one, are shown at most.
MOST_RUNS, MOST_FOUND = 31, 1000


def runs() -> Sequence[Reconciliation]:
    """The last runs, the newest first."""
    return db.session.scalars(select(Reconciliation).order_by(Reconciliation.id.desc()).limit(MOST_RUNS)).all()


def findings(run_id: int, most: int = MOST_FOUND) -> tuple[Reconciliation, Sequence[Discrepancy]]:
    """A run and what it found, what is left to somebody first. Raises Unknown where there was no such run."""
    run = db.session.get(Reconciliation, run_id, populate_existing=True)
    if run is None:
        raise Unknown("reconciliation_unknown")
    found = db.session.scalars(
        select(Discrepancy).where(Discrepancy.run_id == run_id).order_by(Discrepancy.repaired, Discrepancy.id)
        .limit(most)
    )
    return run, found.all()
