"""Files of tickets: who may bring, see, release and take back; nothing half is left."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from sqlalchemy import select, text

from tests import builders as play
from tests.attach import files
from tests.builders import City
from workflows import attach
from workflows.attach import Upload, keeping
from workflows.attach.store import Store, store
from workflows.errors import Invalid, NotAllowed, NotNow, Refusal, Unavailable, Unknown
from workflows.model.attachment import Attachment
from workflows.model.base import db
from workflows.model.ticket import TicketEvent
from workflows.read.attachments import Files
from workflows.read.tickets import ticket_page
from workflows.rules.vocabulary import Anonymity, AttachmentGroup

G = AttachmentGroup
#: Everybody with a hand in the matter or none.
EYES = ("agent", "dispatcher", "reviewer", "supervisor", "housing", "housing_lead", "coordinator", "urban", "leader",
        "discipline", "admin", "auditor")


def bring(city: City, no: str, who: str, group: G = G.HANDLING, data: bytes = b"", name: str = "照片.jpg") -> str:
    upload = Upload(name, data or files.picture())
    return attach.attach(no, city.actor(who), group=group, uploads=[upload])[0]


def seen(city: City, no: str, who: str) -> Files:
    return ticket_page(no, city.actor(who)).files


def on_disk(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and file.name != ".now"]


def opens(city: City, no: str, key: str) -> set[str]:
    """Who gets the file by its address; for those who do not there is no such thing."""
    found = set()
    for who in EYES:
        try:
            attach.open_file(no, key, city.actor(who))
            found.add(who)
        except Unknown:
            pass
    return found


HOTLINE = {"agent", "dispatcher", "reviewer", "supervisor"}
UNIT = {"housing", "housing_lead", "coordinator"}


def test_a_file_is_kept_apart_under_a_random_name(city: City, folder: Path) -> None:
    no = play.to_handling(city)
    key = bring(city, no, "housing", name="../../整改前.jpg")
    (file,) = on_disk(folder)
    assert file == folder / key[:2] / key
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    (shown,) = seen(city, no, "housing").seen
    assert (shown.name, shown.media_type, shown.group) == ("整改前.jpg", "image/jpeg", "HANDLING")
    assert shown.size == file.stat().st_size


@pytest.mark.parametrize("anonymity", [Anonymity.OPEN, Anonymity.WITHHELD, Anonymity.ANONYMOUS])
def test_who_sees_what_the_caller_sent_in(city: City, anonymity: Anonymity) -> None:
    no = play.to_handling(city, anonymity=anonymity)
    key = bring(city, no, "agent", G.CALLER, name="林小满家的阳台.jpg")
    before = opens(city, no, key)
    assert before == (HOTLINE | UNIT if anonymity is Anonymity.OPEN else HOTLINE)
    attach.release(no, key, city.actor("dispatcher"))
    assert opens(city, no, key) == HOTLINE | UNIT | {"leader", "discipline"}
    named = "林小满" in attach.open_file(no, key, city.actor("housing")).name
    assert named is (anonymity is Anonymity.OPEN)


def test_a_units_evidence_is_for_the_hotline_and_the_unit(city: City) -> None:
    no = play.to_handling(city, anonymity=Anonymity.WITHHELD)
    for group in (G.PAPERS, G.CONTACT, G.HANDLING):
        assert opens(city, no, bring(city, no, "housing", group)) == HOTLINE | UNIT


def test_what_is_not_shown_is_counted_and_not_named(city: City) -> None:
    no = play.to_handling(city, anonymity=Anonymity.WITHHELD)
    bring(city, no, "agent", G.CALLER, name="林小满.jpg")
    files_seen = seen(city, no, "housing")
    assert (files_seen.seen, files_seen.withheld) == ((), 1)
    told = " ".join(f"{e.note} {e.data}" for e in ticket_page(no, city.actor("housing")).events)
    assert "林小满" not in told


@pytest.mark.parametrize(
    ("who", "group", "why"),
    [
        ("housing", G.CALLER, NotAllowed), ("agent", G.HANDLING, NotAllowed), ("leader", G.CALLER, NotAllowed),
        ("urban", G.HANDLING, Unknown), ("admin", G.HOTLINE, Unknown), ("coordinator", G.HANDLING, None),
    ],
)
def test_who_may_bring_what(city: City, folder: Path, who: str, group: G, why: type[Refusal] | None) -> None:
    no = play.to_handling(city)
    if why is None:
        assert bring(city, no, who, group)
        return
    with pytest.raises(why):
        bring(city, no, who, group)
    assert on_disk(folder) == []


def test_evidence_comes_before_the_reply_and_nothing_after_the_end(city: City) -> None:
    replied, closed = play.to_replied(city), play.to_closed(city)
    with pytest.raises(NotNow):
        bring(city, replied, "housing")
    assert bring(city, replied, "reviewer", G.HOTLINE)
    with pytest.raises(NotNow):
        bring(city, closed, "agent", G.CALLER)


def test_the_same_file_is_there_once_and_all_of_a_form_or_none(city: City, folder: Path) -> None:
    no = play.to_handling(city)
    one, other = Upload("a.jpg", files.picture()), Upload("b.png", files.picture("PNG"))
    keys = attach.attach(no, city.actor("housing"), group=G.HANDLING, uploads=[one, one, other])
    assert len(set(keys)) == 2
    assert attach.attach(no, city.actor("housing"), group=G.HANDLING, uploads=[other]) == [keys[2]]
    with pytest.raises(Invalid):
        attach.attach(no, city.actor("housing"), group=G.CONTACT, uploads=[one, Upload("c.jpg", b"<html>")])
    assert len(on_disk(folder)) == db.session.query(Attachment).count() == 2


def test_too_many_and_too_large_are_refused_in_words(city: City, folder: Path) -> None:
    no = play.to_handling(city)
    for shade in ("red", "blue", "black", "white"):
        bring(city, no, "housing", data=files.picture(colour=shade))
    with pytest.raises(NotNow) as no_more:
        bring(city, no, "housing", data=files.picture(colour="pink"))
    assert no_more.value.code == "attachments_too_many"
    for data, code in ((b"", "file_empty"), (files.picture() + bytes(1_000_000), "file_too_large")):
        with pytest.raises(Invalid) as wrong:
            attach.attach(no, city.actor("housing"), group=G.HANDLING, uploads=[Upload("a.jpg", data)])
        assert wrong.value.fields == {"file": [code]}
    assert len(on_disk(folder)) == 4


def test_a_full_disk_is_said_and_leaves_nothing(city: City, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no = play.to_handling(city)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full_disk:
        full_disk.setattr(os, "fsync", full)
        with pytest.raises(Unavailable) as said:
            bring(city, no, "housing")
    assert said.value.code == "store_full"
    assert on_disk(folder) == []
    assert seen(city, no, "housing").seen == ()
    assert bring(city, no, "housing")


def test_a_refused_form_leaves_no_file_and_a_crash_is_swept(
    city: City, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no = play.to_handling(city)
    kept = bring(city, no, "housing")

    def refuse(*_args: object, **_more: object) -> None:
        raise NotNow("attachment_too_late")

    def crash(*_args: object, **_more: object) -> None:
        raise RuntimeError

    for deed, raised, left in ((refuse, NotNow, 1), (crash, RuntimeError, 2)):
        with monkeypatch.context() as late:
            late.setattr(keeping, "note_event", deed)
            with pytest.raises(raised):
                bring(city, no, "housing", G.CONTACT)
        assert len(on_disk(folder)) == left
    assert attach.sweep() == 0  # it may be of a transaction still under way
    for file in on_disk(folder):
        os.utime(file, (0, 0))
    assert attach.sweep() == 1
    assert [file.name for file in on_disk(folder)] == [kept]


def test_taken_back_before_the_reply_by_whoever_brought_it(city: City, folder: Path) -> None:
    no = play.to_handling(city)
    key = bring(city, no, "housing")
    with pytest.raises(NotNow):
        attach.discard(no, key, city.actor("housing_lead"))
    attach.discard(no, key, city.actor("housing"))
    assert opens(city, no, key) == set()
    os.utime(on_disk(folder)[0], (0, 0))
    assert attach.sweep() == 1
    assert bring(city, no, "housing") != key


def test_what_a_unit_reads_is_on_record_and_the_hotline_just_reads(city: City) -> None:
    no = play.to_handling(city)
    key = bring(city, no, "agent", G.CALLER)
    attach.open_file(no, key, city.actor("reviewer"))
    attach.open_file(no, key, city.actor("housing"))
    readers = db.session.scalars(select(TicketEvent.actor_name).where(TicketEvent.kind == "attachment_read")).all()
    assert readers == ["住建经办人"]


def test_keys_lead_nowhere_else(city: City, folder: Path) -> None:
    here, there = play.to_handling(city), play.to_handling(city)
    key = bring(city, here, "housing")
    for wrong in (key.upper(), key[:-1], "../../etc/passwd", f"{key}/../{key}", "0" * 32):
        with pytest.raises(Unknown):
            attach.open_file(here, wrong, city.actor("housing"))
    with pytest.raises(Unknown):
        attach.open_file(there, key, city.actor("housing"))
    with pytest.raises(ValueError, match="key"):
        store().place_of("../../etc/passwd")


def test_a_file_that_is_gone_is_said(city: City, folder: Path) -> None:
    no = play.to_handling(city)
    key = bring(city, no, "housing")
    Store(folder, store().limits).forget(key)
    with pytest.raises(Unavailable):
        attach.open_file(no, key, city.actor("housing"))


def test_the_application_may_not_delete_what_is_known_of_a_file(city: City) -> None:
    granted = db.session.scalar(text("SELECT has_table_privilege(current_user, 'attachment', 'DELETE')"))
    assert granted is False
