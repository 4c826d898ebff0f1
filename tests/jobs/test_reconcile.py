"""What was made wrong on purpose is found, what is certain is repaired and on record, what is well stays (T20)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask

from tests import builders as play
from tests.builders import City, make_city
from tests.database import Database
from workflows import audit, outbox, reconcile
from workflows.engine.clocks import DUE_CLOCKS, OPTIONAL_CLOCKS
from workflows.errors import Unknown
from workflows.model import base
from workflows.read import reconciliations
from workflows.rules.lifecycle import TICKET_MOVES
from workflows.rules.limits import ClockCode
from workflows.rules.standing import demanded
from workflows.rules.states import OPEN_STATES, TicketState
from workflows.rules.vocabulary import DiscrepancyKind

K = DiscrepancyKind
EACH = 13  # of eight kinds: 104 rows
#: Kind → what a superuser does to tickets of these ids, behind everybody's back.
WRONGS = {
    K.RUNS_AFTER_END: "UPDATE clock SET stopped_at = NULL, next_at = due_at"
                      " WHERE code = 'HANDLING' AND ticket_id = ANY(%s)",
    K.WAITS_FOR_NOTHING: "UPDATE clock SET next_at = NULL WHERE code = 'HANDLING' AND ticket_id = ANY(%s)",
    K.DUE_DIFFERS: "UPDATE assignment SET due_at = due_at + interval '1 day' WHERE ticket_id = ANY(%s)",
    K.LEASED_FOR_EVER: "UPDATE outbox SET sent_at = NULL, claimed_until = now() + interval '1 year'"
                       " WHERE id = ANY(SELECT min(id) FROM outbox WHERE ticket_id = ANY(%s) GROUP BY ticket_id)",
    K.CLOCK_MISSING: "DELETE FROM clock WHERE code = 'SIGN' AND ticket_id = ANY(%s)",
    K.NOT_FIRED: "UPDATE clock SET next_at = now() - interval '1 hour' WHERE code = 'CONTACT' AND ticket_id = ANY(%s)",
    K.NOT_SENT: "UPDATE outbox SET sent_at = NULL, not_before = now() - interval '1 hour'"
                " WHERE id = ANY(SELECT min(id) FROM outbox WHERE ticket_id = ANY(%s) GROUP BY ticket_id)",
    K.HISTORY_GAP: "DELETE FROM ticket_event WHERE sequence = 2 AND ticket_id = ANY(%s)",
}
REPAIRED = {K.RUNS_AFTER_END, K.WAITS_FOR_NOTHING, K.DUE_DIFFERS, K.LEASED_FOR_EVER}


@pytest.fixture
def city(app: Flask, clean: Database) -> Iterator[City]:
    with app.app_context():
        yield make_city()
        base.db.session.remove()


def ids(admin: psycopg.Connection, numbers: list[str]) -> list[int]:
    return [id_ for (id_,) in admin.execute("SELECT id FROM ticket WHERE no = ANY(%s)", [numbers])]


def spoil(admin: psycopg.Connection, city: City) -> dict[DiscrepancyKind, list[int]]:
    """Tickets for each kind of wrong, and the wrong done to them."""
    made = {
        kind: [play.to_closed(city) if kind is K.RUNS_AFTER_END else play.log(city).no for _ in range(EACH)]
        for kind in WRONGS
    }
    outbox.relay_notices()
    spoilt = {kind: ids(admin, numbers) for kind, numbers in made.items()}
    for kind, statement in WRONGS.items():
        assert admin.execute(statement, [spoilt[kind]]).rowcount == EACH, kind
    return spoilt


def test_a_hundred_wrongs_are_found_the_certain_ones_repaired_and_each_repair_is_on_record(
    city: City, admin: psycopg.Connection
) -> None:
    spoilt = spoil(admin, city)
    run, found = reconciliations.findings(reconcile.reconcile(batch=5))

    assert (run.found, run.repaired, len(found)) == (8 * EACH, 4 * EACH, 8 * EACH)
    assert run.finished_at is not None
    by_kind = {kind: sorted(one.ticket_id for one in found if one.kind == kind) for kind in WRONGS}
    assert by_kind == {kind: sorted(tickets) for kind, tickets in spoilt.items()}
    assert {one.kind for one in found if one.repaired} == REPAIRED
    assert not found[0].repaired, "what is left to somebody comes first"
    events = Counter(admin.execute("SELECT ticket_id, data->>'what' FROM ticket_event WHERE kind = 'repair'"))
    audited = REPAIRED - {K.LEASED_FOR_EVER}  # no change of the ticket: the finding is its record
    assert events == Counter((ticket, str(kind)) for kind in audited for ticket in spoilt[kind])
    broken = {one.ticket_id for one in audit.breaks()}
    assert broken == set(spoilt[K.HISTORY_GAP])


def test_what_was_repaired_is_right_and_is_found_no_second_time(city: City, admin: psycopg.Connection) -> None:
    spoilt = spoil(admin, city)
    reconcile.reconcile()
    run, found = reconciliations.findings(reconcile.reconcile())

    assert {one.kind for one in found} == WRONGS.keys() - REPAIRED | {K.NOT_SENT}
    assert run.repaired == 0
    ended = "SELECT count(*) FROM clock WHERE ticket_id = ANY(%s) AND (stopped_at IS NULL OR next_at IS NOT NULL)"
    assert admin.execute(ended, [spoilt[K.RUNS_AFTER_END]]).fetchone() == (0,)
    waits = "SELECT count(*) FROM clock WHERE ticket_id = ANY(%s) AND code = 'HANDLING' AND next_at = warn_at"
    assert admin.execute(waits, [spoilt[K.WAITS_FOR_NOTHING]]).fetchone() == (EACH,)
    agree = (
        "SELECT count(*) FROM assignment a JOIN clock c ON c.assignment_id = a.id AND c.code = 'HANDLING'"
        " WHERE a.ticket_id = ANY(%s) AND a.due_at = c.due_at AND a.warn_at = c.warn_at"
    )
    assert admin.execute(agree, [spoilt[K.DUE_DIFFERS]]).fetchone() == (EACH,)
    outbox.relay_notices()
    assert admin.execute("SELECT count(*) FROM outbox WHERE sent_at IS NULL").fetchone() == (0,)


def test_a_healthy_house_gives_nothing(city: City) -> None:
    play.log(city, "99")  # nobody knows where it belongs: at the dispatch desk
    play.log(city)
    play.to_handling(city)
    no = play.to_handling(city)
    play.contact(city, no)
    play.to_replied(city)
    play.send_back(city, play.to_replied(city))
    play.to_callback(city)
    play.to_callback(city, **play.ANONYMOUS)
    play.ring(city, play.to_callback(city), rework=True, **play.UNHAPPY)
    play.ask_return(city, play.log(city).no)
    play.to_closed(city)
    outbox.relay_notices()

    run, found = reconciliations.findings(reconcile.reconcile())
    assert (run.found, run.repaired, list(found)) == (0, 0, [])


def test_a_ticket_somebody_is_just_moving_is_left_to_the_next_run(city: City, admin: psycopg.Connection) -> None:
    no = play.log(city).no
    admin.execute("UPDATE clock SET next_at = NULL WHERE code = 'HANDLING'")
    with psycopg.connect(admin.info.dsn, password=admin.info.password) as mover:
        mover.execute("SELECT 1 FROM ticket WHERE no = %s FOR UPDATE", [no])
        assert reconciliations.findings(reconcile.reconcile())[0].found == 0
    assert reconciliations.findings(reconcile.reconcile())[0].repaired == 1


def test_which_clocks_a_state_demands_follows_from_the_moves() -> None:
    table = demanded(TICKET_MOVES, alike=DUE_CLOCKS, optional=OPTIONAL_CLOCKS)
    total, due = frozenset({ClockCode.TOTAL}), DUE_CLOCKS

    assert table[TicketState.DISPATCHED] == {total, due, frozenset({ClockCode.SIGN})}
    assert table[TicketState.HANDLING] == table[TicketState.REWORK] == {total, due}
    assert table[TicketState.REPLIED] == {total, frozenset({ClockCode.REVIEW})}
    assert table[TicketState.RETURN_REVIEW] == {total, due, frozenset({ClockCode.RETURN_DECISION})}
    assert not any(found for state, found in table.items() if state not in OPEN_STATES)
    assert all(total in found for state, found in table.items() if state in OPEN_STATES - {TicketState.DRAFT})


def test_there_is_no_run_of_that_number(city: City) -> None:
    with pytest.raises(Unknown):
        reconciliations.findings(4711)
