"""归档: put away in time with nothing open, in packages nobody can change; still found, and checked."""

from __future__ import annotations

import hashlib
import json

import psycopg
import pytest
from sqlalchemy import select

from tests import builders as play
from tests.attach import files
from tests.loop.test_withdrawals import PHONE, take_back
from workflows import archive, attach, conceal, feedback, merge, reconcile
from workflows.archive.packing import APART, parts
from workflows.attach import store
from workflows.errors import NotNow
from workflows.model.archive import Archive
from workflows.model.base import Base
from workflows.model.ticket import Ticket, TicketEvent
from workflows.read import figures, queues
from workflows.read.queues import TicketFilter
from workflows.read.tickets import ticket_page
from workflows.rules.vocabulary import AttachmentGroup, ReopenReason

MONDAY, TOO_SOON, LATER = "2026-11-02 10:00", "2026-12-02 09:00", "2026-12-02 11:00"


#: What only the owner of the tables can do.
BEHIND_ITS_BACK = """ALTER TABLE {table} DISABLE TRIGGER {trigger}; UPDATE {table} SET {column} = 'x';
ALTER TABLE {table} ENABLE TRIGGER {trigger}"""


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def closed(city):
    with play.at(MONDAY):
        return play.to_closed(city, phone=PHONE, name="欧阳春晓")


def put_away(when=LATER):
    with play.at(when):
        return archive.archive_ended()


def state(db, no):
    return db.session.scalars(
        select(Ticket.state).where(Ticket.no == no).execution_options(populate_existing=True)).one()


def packages(db):
    return db.session.scalars(select(Archive).order_by(Archive.sequence)).all()


def test_a_closed_ticket_is_archived_thirty_days_later_once(db, city, closed):
    assert put_away(TOO_SOON) == 0
    assert [put_away(), put_away()] == [1, 0]
    [kept] = packages(db)
    assert (state(db, closed), kept.state_before, kept.ticket_no) == ("ARCHIVED", "CLOSED", closed)
    assert kept.sha256 == hashlib.sha256(kept.package.encode()).digest()
    told = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "archive")).one()
    assert told.data == {"sha256": kept.sha256.hex()}
    tables = json.loads(kept.package)["tables"]
    assert {"ticket", "ticket_identity", "assignment", "clock", "reply", "callback_task", "callback_attempt",
            "contact_log", "evaluation", "ticket_event"} <= tables.keys()
    assert [event["kind"] for event in tables["ticket_event"]][-1] == "close"
    assert "欧阳春晓" not in kept.package
    assert PHONE not in kept.package
    assert list(archive.flaws()) == []


def test_it_is_still_found_and_still_counted(db, city, closed):
    put_away()
    with play.at(LATER):
        boss = city.actor("supervisor")
        page = ticket_page(closed, boss)
        assert (page.archive.sequence, page.ticket.close_type, page.moves) == (1, "SOLVED", ())
        listed = queues.all_tickets(boss, TicketFilter(states=frozenset({"ARCHIVED"}))).items
        assert [row.no for row in listed] == [closed]
        assert ticket_page(closed, city.actor("housing")).ticket.no == closed
        assert conceal.reveal(closed, city.actor("agent"), reason="查档").name == "欧阳春晓"
        first = play.moment(MONDAY).date()
        assert figures.figures(boss, first, first)[0].closed == 1
        reconcile.reconcile()
        assert list(archive.flaws()) == []


def test_nothing_changes_an_archived_ticket(db, city, closed, admin):
    put_away()
    with play.at(LATER):
        with pytest.raises(NotNow):
            feedback.reopen(closed, city.actor("agent"), reason=ReopenReason.RECURRED, note="又停了")
        with pytest.raises(NotNow):
            conceal.conceal(closed, city.actor("agent"), note="要求保密")
    for statement in ("UPDATE ticket SET title = 'x'", "DELETE FROM ticket_identity", "UPDATE reply SET opinion = 'x'",
                      "UPDATE assignment SET dispatch_note = 'x'", "UPDATE evaluation SET solved = 'UNSOLVED'"):
        with pytest.raises(psycopg.errors.IntegrityError, match="archived"):
            admin.execute(statement)
    for right in ("UPDATE", "DELETE", "TRUNCATE"):
        held = admin.execute("SELECT has_table_privilege('hotline_app', 'archive', %s)", (right,)).fetchone()
        assert held == (False,)


@pytest.mark.parametrize(("tamper", "flaw"), [
    ("UPDATE archive SET package = replace(package, 'SOLVED', 'PARTLY') WHERE sequence = 1", "altered"),
    ("DELETE FROM archive WHERE sequence = 1", "missing"),
    ("DELETE FROM archive WHERE sequence = 2", "without_package"),
    ("UPDATE archive SET hash = sha256('x') WHERE sequence = 1", "unlinked"),
    (BEHIND_ITS_BACK.format(table="reply", trigger="keep_archived", column="public_answer"), "differs: reply"),
    (BEHIND_ITS_BACK.format(table="ticket", trigger="refuse_archived", column="title"), "differs: ticket"),
])
def test_whoever_tampers_with_it_is_found_out(db, city, admin, tamper, flaw):
    with play.at(MONDAY):
        for _ in range(2):
            play.to_closed(city)
    assert put_away() == 2
    db.session.rollback()
    admin.execute(tamper)
    assert flaw in {found.what for found in archive.flaws()}


def test_what_is_still_open_somewhere_waits(db, city):
    with play.at(MONDAY):
        master, follower = play.to_handling(city), play.log(city).no
        merge.merge(follower, city.actor("supervisor"), master=master)
        withdrawn = play.to_handling(city, phone=PHONE)
        take_back(city, withdrawn)
    with play.at("2026-12-20 10:00"):
        assert archive.archive_ended() == 0  # the master is open; nobody decided whether to ask about the withdrawal
        play.contact(city, master)
        play.reply(city, master)
        play.accept(city, master)
        play.ring(city, master)
        play.ring(city, follower)
    assert put_away("2027-01-20 10:00") == 2
    assert (state(db, master), state(db, follower), state(db, withdrawn)) == ("ARCHIVED", "ARCHIVED", "WITHDRAWN")
    assert list(archive.flaws()) == []


def test_the_days_are_a_setting_and_never_fewer_than_those_of_reopening(db, city, closed):
    play.set_threshold("ARCHIVE_DAYS", 60)
    assert put_away() == 0
    play.set_threshold("ARCHIVE_DAYS", 1)
    assert put_away(TOO_SOON) == 0
    assert put_away() == 1


def test_every_table_of_a_ticket_is_in_the_package_or_said_to_be_apart():
    hanging = {name for name, table in Base.metadata.tables.items()
               if {"ticket_id", "assignment_id", "application_id", "task_id", "clock_id"} & set(table.columns.keys())}
    assert hanging - APART <= set(parts())
    assert {"clock_segment", "clock_firing", "contact_log", "callback_attempt", "application_step"} <= set(parts())


def test_a_file_goes_with_its_digest_and_stays_as_it_is(city, tmp_path):
    before = store.store()
    attach.install(tmp_path, before.limits)
    with play.at(MONDAY):
        no = play.log(city, **play.WITHHELD).no
        upload = attach.Upload("现场.png", files.picture("PNG"))
        key = attach.attach(no, city.actor("agent"), group=AttachmentGroup.CALLER, uploads=[upload])[0]
        play.sign(city, no)
        play.contact(city, no)
        play.reply(city, no)
        play.accept(city, no)
        play.ring(city, no)
    put_away()
    with play.at(LATER):
        with pytest.raises(NotNow):
            attach.release(no, key, city.actor("agent"))
        kept = json.loads(play.db.session.scalars(select(Archive.package)).one())["tables"]["attachment"]
    attach.install(before.root, before.limits)
    assert [len(row["sha256"]) for row in kept] == [66]  # \\x and 64 digits
