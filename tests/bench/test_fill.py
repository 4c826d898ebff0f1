"""The benchmarks measure what they say: the filled database keeps the loop's own rules, the client reads to the end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from bench import bulk, fill, town, web
from hotline import create_app
from hotline import database as migrations
from hotline.config import load
from tests.conftest import environment
from tests.database import Database
from workflows import resolve
from workflows.model import base
from workflows.model.reference import reference
from workflows.read import callers, overdue, queues
from workflows.rules.numbering import is_valid

TICKETS = 3_000


@pytest.fixture(scope="module")
def filled(servers: dict[str, str], redis_url: str, worker_number: int) -> Iterator[Flask]:
    """A database with the city and three thousand tickets."""
    made = Database(servers["HOTLINE_TEST_DATABASE_URL"], f"hotline_test_bench_{worker_number}")
    app = create_app(load(environment(made, redis_url), testing=True))
    with app.app_context():
        migrations.upgrade()
        town.found()
        fill.fill(made.admin_url, TICKETS)
        yield app
        base.db.session.remove()
        base.db.engine.dispose()
    made.drop()


@pytest.fixture
def ask(filled: Flask):
    yield lambda query: base.db.session.execute(text(query)).all()
    base.db.session.rollback()


FOREIGN_KEYS = """
SELECT format('SELECT count(*) FROM %s a LEFT JOIN %s b ON a.%I = b.id WHERE a.%I IS NOT NULL AND b.id IS NULL',
              c.conrelid::regclass, c.confrelid::regclass, a.attname, a.attname)
  FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
 WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
"""


UNITS = """
SELECT category_id * 1000 + area_id, min(lead_unit_id), max(lead_unit_id) FROM ticket
 WHERE lead_unit_id IS NOT NULL AND channel = '{}' GROUP BY 1
"""


def test_every_reference_leads_somewhere(ask):
    checks = [row[0] for row in ask(FOREIGN_KEYS)]
    assert len(checks) > 20
    assert {check: ask(check)[0][0] for check in checks if ask(check)[0][0]} == {}


def test_a_tenth_is_open_and_some_are_late(ask):
    (opened,), (late,) = ask(
        "SELECT count(*) FROM ticket WHERE state <> 'CLOSED' UNION ALL"
        " SELECT count(DISTINCT ticket_id) FROM clock WHERE stopped_at IS NULL AND due_at < hotline_now()"
    )
    assert 0.08 * TICKETS < opened < 0.12 * TICKETS
    assert 0.05 * opened < late < 0.2 * opened
    states = {row[0] for row in ask("SELECT DISTINCT state FROM ticket")}
    assert states >= {"DISPATCHED", "HANDLING", "REPLIED", "CALLBACK"}


def test_numbers_are_real_and_never_twice(ask):
    numbers = [row[0] for row in ask("SELECT no FROM ticket")]
    assert len(set(numbers)) == TICKETS
    assert all(is_valid(no) for no in numbers)


def test_open_tickets_have_the_clocks_their_state_has(ask):
    rows = ask(
        "SELECT t.state, array_agg(c.code ORDER BY c.code) FROM ticket t JOIN clock c ON c.ticket_id = t.id"
        " WHERE c.stopped_at IS NULL GROUP BY t.id, t.state"
    )
    found = {(state, tuple(codes)) for state, codes in rows}
    assert found <= {
        ("TO_DISPATCH", ("DISPATCH", "TOTAL")), ("DISPATCHED", ("CONTACT", "HANDLING", "SIGN", "TOTAL")),
        ("HANDLING", ("CONTACT", "HANDLING", "TOTAL")), ("HANDLING", ("HANDLING", "TOTAL")),
        ("RETURN_REVIEW", ("CONTACT", "HANDLING", "RETURN_DECISION", "TOTAL")), ("REPLIED", ("REVIEW", "TOTAL")),
        ("CALLBACK", ("CALLBACK", "TOTAL")), ("REWORK", ("REWORK", "TOTAL")),
    }
    assert {state for state, _ in found} >= {"DISPATCHED", "HANDLING", "REPLIED", "CALLBACK"}


def test_the_lists_that_are_measured_show_them(ask):
    clerk, lead = town.actor("clerk3"), town.actor("desk4")
    assert queues.department_queue(clerk, "WORKING").items
    assert overdue.overdue(lead).items
    known = callers.history(town.actor("desk1"), fill.known_phone(3))
    assert known.count >= 1


def test_the_loop_goes_on_where_the_fill_stopped(ask):
    ((no, unit),) = ask("SELECT no, lead_unit_id FROM ticket WHERE state = 'DISPATCHED' ORDER BY id DESC LIMIT 1")
    clerk = town.actor("clerk3")
    resolve.sign(no, type(clerk)(**{**vars(clerk), "unit_id": unit, "unit_ids": frozenset({unit})}))
    assert ask(f"SELECT state FROM ticket WHERE no = '{no}'") == [("HANDLING",)]
    assert bulk.import_rate(50, first=TICKETS) > 0


def test_all_units_have_work_and_the_catalogue_agrees_with_the_fill(ask):
    assert ask("SELECT count(DISTINCT unit_id) FROM assignment")[0][0] == len(reference().units) - 2
    filled_with = {place: (low, high) for place, low, high in ask(UNITS.format("PHONE"))}
    bulk.import_rate(200, first=2 * TICKETS)
    imported = {place: (low, high) for place, low, high in ask(UNITS.format("IMPORT"))}
    both = filled_with.keys() & imported.keys()
    assert len(both) > 20
    assert {place: filled_with[place] for place in both} == {place: imported[place] for place in both}


def test_the_client_reads_an_answer_that_comes_in_pieces():
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        peer, _ = server.accept()
        with peer:
            peer.recv(4096)
            for piece in (b"HTTP/1.1 201 Cre", b"ated\r\ncontent-length: 4\r\n\r", b"\nab", b"cd"):
                peer.sendall(piece)
            peer.recv(4096)

    thread = threading.Thread(target=answer)
    thread.start()
    connection = web.Connection(f"127.0.0.1:{server.getsockname()[1]}")
    assert connection.ask("POST", "/", {"A": "b"}, b"{}") == (201, b"abcd")
    with pytest.raises(ConnectionError):
        connection.ask("GET", "/", {})
    connection.close()
    thread.join()
    server.close()


