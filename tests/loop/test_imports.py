"""Requests come in by the file: read, understood, tried, taken once, stopped and taken up again."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import delete, func, select, update

from tests import builders as play
from workflows import audit, imports
from workflows.engine import long_work
from workflows.engine.long_work import JobState
from workflows.errors import Invalid, NotAllowed, NotNow, Unavailable, Unknown
from workflows.imports import batch, running, store, tables
from workflows.imports.rows import Choices
from workflows.imports.words import Classes, Places, is_number, moment, steps
from workflows.model.base import now, rehearse, transaction
from workflows.model.clock import Clock
from workflows.model.outbox import Outbox
from workflows.model.reference import reference
from workflows.model.settings import CatalogueRule
from workflows.model.ticket import Assignment, Ticket, TicketEvent, TicketIdentity
from workflows.model.work import Job, JobReject, JobRow
from workflows.rules.vocabulary import Kind

DATA = Path(os.environ.get("HOTLINE_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
EXPORT = (
    "工单编号,工单类型,问题分类,标签,标题,主要内容,工单状态,来电人,来电人电话/账号,被反映区,被反映街乡镇,办理结果,回复内容,"
    "处理受理方式,办结时间,企业名称,是否解决,是否满意,工单性质,村/社区,小区点位"
)


EXPORT_ROW = (
    "甲-1,投诉,住房与房产->物业服务,,电梯停运,三号楼电梯停运三天。,,林小满,13800000001,榕城区,东街街道,,,电话,,某物业公司,,,主办,"
    "不详,三号楼"
)


def as_file(*lines, encoding="utf-8-sig"):
    return io.BytesIO("\r\n".join(lines).encode(encoding))


@pytest.fixture
def city(db):
    return play.make_city()


@pytest.fixture
def lead(city):
    return city.actor("shift")


@pytest.fixture
def hand_in(city, lead, tmp_path):
    """Receives a file with its guessed columns, and such choices as are named."""

    def receive(*lines, actor=lead, encoding="utf-8-sig", **choices):
        job_id = imports.receive(as_file(*lines, encoding=encoding), "诉求.csv", tmp_path / "imports", actor)
        if choices:
            columns = imports.find(job_id, actor).params["choices"]["columns"]
            imports.choose(job_id, Choices(**{"columns": columns, "kind": Kind.HELP} | choices), actor)
        return job_id

    return receive


def taken(job_id, actor, *, dry=False, batches=None):
    """The job after a run."""
    imports.begin(job_id, actor, dry=dry)
    assert imports.run(job_id, batches)
    return imports.find(job_id, actor)


def count(db, model, *where):
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def plain(number, matter="物业服务"):
    """A file of so many requests about one matter."""
    return ["标题,内容,分类,电话", *(f"第{n}件,第{n}件的内容,{matter},138{n:08d}" for n in range(number))]


def test_an_export_becomes_tickets_that_are_routed_and_run(db, city, lead, hand_in):
    job = taken(hand_in(EXPORT, EXPORT_ROW), lead)
    assert (job.state, job.total, job.done, job.rejected) == (JobState.DONE, 1, 1, 0)
    ticket = db.session.scalars(select(Ticket)).one()
    assert (ticket.state, ticket.lead_unit_id) == ("DISPATCHED", city.units["HOUSING"])
    assert (ticket.kind, ticket.category_id) == ("COMPLAINT", city.categories["0101"])
    assert (ticket.area_id, ticket.place) == (city.areas["D-E"], "三号楼")
    assert (ticket.channel, ticket.channel_ref, ticket.enterprise_name) == ("IMPORT", "甲-1", "某物业公司")
    assert ticket.identity.masked_name == "林**"
    assert ticket.created_by_id == lead.user_id
    clocks = db.session.scalars(select(Clock.code).where(Clock.stopped_at.is_(None))).all()
    assert sorted(clocks) == ["CONTACT", "HANDLING", "SIGN", "TOTAL"]
    assert count(db, Outbox) == 1
    assert list(audit.breaks()) == []


def test_imported_and_logged_tickets_are_the_same_rows(db, city, lead, hand_in):
    """The two ways in must never drift apart: all columns but those of who, when and which number agree."""
    own = {"id", "no", "query_code_hash", "ticket_id", "assignment_id", "created_by_id", "created_at", "submitted_at",
           "changed_at", "dispatched_at", "return_until", "due_at", "due_original", "warn_at", "next_at", "at",
           "started_at", "stopped_at", "lead_assignment_id", "channel", "actor_id", "actor_name", "actor_role",
           "caller_key", "phone", "name", "previous_hash", "hash", "data"}
    taken(hand_in("标题,内容,分类,电话,姓名,类型", "电梯停运,三号楼电梯停运,物业服务,13800000001,林小满,投诉"), lead)
    play.log(city, title="电梯停运", content="三号楼电梯停运", phone="13800000001", name="林小满", kind=Kind.COMPLAINT)
    for model, order in ((Ticket, Ticket.id), (TicketIdentity, TicketIdentity.ticket_id), (Assignment, Assignment.id),
                         (Clock, Clock.id), (TicketEvent, TicketEvent.id)):
        names = [c.name for c in model.__table__.columns if c.name not in own]
        rows = [[getattr(row, name) for name in names] for row in db.session.scalars(select(model).order_by(order))]
        half = len(rows) // 2
        assert half
        assert rows[:half] == rows[half:], model
    sealed = db.session.scalars(select(TicketIdentity)).all()
    assert all(row.phone and row.caller_key for row in sealed)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_files_are_read_in_the_encodings_and_with_the_delimiters_of_the_field(db, city, lead, hand_in, encoding,
                                                                              delimiter):
    lines = (delimiter.join(line) for line in (("标题", "内容", "分类"), ("漏水㐂", "房顶漏水𠮷", "房屋漏水")))
    job = taken(hand_in(*lines, encoding=encoding), lead)
    assert (job.done, job.rejected) == (1, 0)
    assert db.session.scalars(select(Ticket.content)).one() == "房顶漏水𠮷"


def test_a_workbook_is_read_as_it_looks(db, city, lead, tmp_path):
    book = Workbook()
    at = datetime(2026, 11, 16, 10, 0)  # noqa: DTZ001  a spreadsheet knows no zones
    book.active.append(["标题", "内容", "分类", "电话", "时间"])
    book.active.append(["漏水", "房顶漏水", "房屋漏水", 13800000001.0, at])
    book.active.append([None] * 5)
    book.active.append(["停水", "停水两天", "供水", None, None])
    file = io.BytesIO()
    book.save(file)
    job_id = imports.receive(file, "诉求.xlsx", tmp_path, lead)
    job = taken(job_id, lead)
    assert (job.state, job.done, job.rejected) == (JobState.DONE, 2, 0)
    assert db.session.scalars(select(JobRow.row_no).order_by(JobRow.row_no)).all() == [2, 4]
    event = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "create").order_by(TicketEvent.id)).first()
    assert event.data["import"] == {"job": job_id, "row": 2, "time": "2026-11-16T10:00:00+08:00"}


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    return file.getvalue()


def workbook_with(part, text):
    book, file = Workbook(), io.BytesIO()
    book.active.append(["内容"])
    book.save(file)
    again = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(again, "w") as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))
    return again.getvalue()


ENTITIES = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'


@pytest.mark.parametrize(("contents", "code"), [
    (b"", "file_empty"),
    (b"\r\n\r\n", "file_empty"),
    (b"\xd0\xcf\x11\xe0" + bytes(600), "file_old_excel"),
    (b"PK\x03\x04 no archive at all", "file_broken"),
    (b"\xff\xff\xff\x81 neither of the two", "file_encoding"),
    (bomb(), "file_too_big"),
    (workbook_with("xl/worksheets/sheet1.xml", ENTITIES), "file_broken"),
    (workbook_with("xl/workbook.xml", "<workbook/>"), "file_empty"),
    (workbook_with("xl/workbook.xml", "no XML"), "file_broken"),
    (workbook_with("[Content_Types].xml", "<Types/>"), "file_broken"),
    (",".join("abcdefghij" * 21).encode(), "file_columns_many"),
    (b'"' + b"a" * 300_000, "file_broken"),
])
def test_a_file_that_cannot_be_read_is_refused_and_not_kept(db, city, lead, tmp_path, contents, code):
    with pytest.raises(Invalid) as refused:
        imports.receive(io.BytesIO(contents), "x.csv", tmp_path, lead)
    assert refused.value.code == code
    assert list(tmp_path.iterdir()) == []
    assert count(db, Job) == 0


def test_a_file_too_big_is_refused_and_not_kept(db, city, lead, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "MOST_BYTES", 1_000)
    with pytest.raises(Invalid, match="file_too_big"):
        imports.receive(as_file("内容", "长" * 2_000), "x.csv", tmp_path, lead)
    assert list(tmp_path.iterdir()) == []


def test_a_kept_file_shows_nothing_of_its_callers(city, lead, hand_in, tmp_path):
    job = imports.find(hand_in("内容,电话,姓名", "漏水,13800000001,林小满"), lead)
    kept = Path(job.file_path).read_bytes()
    assert b"13800000001" not in kept
    assert "林小满".encode() not in kept
    assert Path(job.file_path).stat().st_mode & 0o777 == 0o600
    assert Path(job.file_path).parent.stat().st_mode & 0o777 == 0o700


def test_a_kept_file_cut_short_fails_the_job(city, lead, hand_in):
    job_id = hand_in("内容,分类", "漏水,房屋漏水")
    path = Path(imports.find(job_id, lead).file_path)
    path.write_bytes(path.read_bytes()[:-40])
    job = taken(job_id, lead)
    assert (job.state, job.message) == (JobState.FAILED, "file_broken")


def test_a_file_that_is_gone_fails_the_job(city, lead, hand_in):
    job_id = hand_in("内容,分类", "漏水,房屋漏水")
    Path(imports.find(job_id, lead).file_path).unlink()
    assert taken(job_id, lead).message == "file_gone"


def test_a_trial_writes_nothing_and_says_where_everything_would_go(db, city, lead, hand_in):
    job_id = hand_in("内容,分类,类型", "一,物业服务,投诉", "二,占道经营,投诉", "三,其他,投诉", "四,天外来客,投诉",
                     "五,供水,控烟")
    job = taken(job_id, lead, dry=True)
    assert (job.state, job.done, job.rejected) == (JobState.CHECKED, 5, 1)
    report = job.params["report"]
    assert report["routes"] == {str(city.units["HOUSING"]): 1, str(city.units["WATER"]): 1, "AMBIGUOUS": 1, "NONE": 1}
    assert imports.unknown_words(job).classes == {"天外来客": 1}
    assert imports.unknown_words(job).kinds == {"控烟": 1}
    assert report["without_number"] == 5
    assert [(r.row_no, r.reasons) for r in imports.rejects(job_id)] == [
        (5, [{"field": "category_id", "code": "category_unknown"}])
    ]
    for model in (Ticket, TicketIdentity, Assignment, Clock, TicketEvent, Outbox, JobRow):
        assert count(db, model) == 0


def test_after_a_trial_the_operator_says_whose_class_is_which(db, city, lead, hand_in):
    job_id = hand_in("内容,分类,类型", "一,天外来客,控烟", "二,天外->来客,投诉")
    taken(job_id, lead, dry=True)
    columns = imports.find(job_id, lead).params["choices"]["columns"]
    classes = {"天外来客": city.categories["0601"], "天外": city.categories["0101"]}
    imports.choose(job_id, Choices(columns=columns, classes=classes, kinds={"控烟": "REPORT"}), lead)
    job = taken(job_id, lead)
    assert (job.done, job.rejected) == (2, 0)
    rows = db.session.execute(select(Ticket.kind, Ticket.category_id).order_by(Ticket.id)).all()
    assert [tuple(row) for row in rows] == [("REPORT", city.categories["0601"]), ("COMPLAINT", city.categories["0101"])]


def test_every_bad_row_is_rejected_alone_with_all_its_reasons(db, city, lead, hand_in):
    job_id = hand_in(
        "内容,分类,电话,姓名",
        ",物业服务,13800000001,空",
        "漏水,没有这类,1380000,错",
        "漏\x00水,物业服务,,",
        f"{'长' * 20_001},物业服务,,",
        "垃圾,垃圾清运,13800000001,缺地点",
        "好的,物业服务,13800000001,林",
    )
    job = taken(job_id, lead)
    assert (job.state, job.done, job.rejected) == (JobState.DONE, 6, 5)
    found = {r.row_no: {(why["field"], why["code"]) for why in r.reasons} for r in imports.rejects(job_id)}
    assert found == {
        2: {("content", "required")},
        3: {("category_id", "category_unknown"), ("phone", "phone_invalid")},
        4: {("content", "text_nul")},
        5: {("content", "text_too_long")},
        6: {("area_id", "place_needed")},
    }
    assert count(db, Ticket) == 1


def test_a_row_the_database_cannot_hold_is_rejected_alone(db, city, lead, hand_in, monkeypatch):
    job_id = hand_in(*plain(7))
    seal = batch.open_ticket

    def overlong(doing, request, numbers, origin):
        ticket, code, mine = seal(doing, request, numbers, origin)
        ticket.channel_ref = "长" * 100 if request.title == "第3件" else ""
        return ticket, code, mine

    monkeypatch.setattr(batch, "open_ticket", overlong)
    job = taken(job_id, lead)
    assert (job.done, job.rejected, count(db, Ticket)) == (7, 1, 6)
    assert [(r.row_no, r.reasons) for r in imports.rejects(job_id)] == [(5, [{"field": "row", "code": "row_unfit"}])]


def test_who_leaves_no_number_is_anonymous_and_whistle_blowers_are_withheld(db, city, lead, hand_in):
    taken(hand_in(
        "内容,分类,电话,姓名,类型,是否保密",
        "一,物业服务,138****0001,甲,投诉,",
        "二,物业服务,user_17,乙,投诉,是",
        "三,物业服务,１３８ ００００ ０００３,丙,举报,",
        "四,物业服务,13800000004,丁,举报,否",
        "五,物业服务,13800000005,戊,投诉,是",
        "六,物业服务,13800000006,己,投诉,匿名",
    ), lead)
    rows = db.session.execute(
        select(Ticket.anonymity, TicketIdentity.phone.is_(None), TicketIdentity.caller_key.is_(None))
        .join(TicketIdentity).order_by(Ticket.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("ANONYMOUS", True, True), ("ANONYMOUS", True, True), ("WITHHELD", False, False), ("OPEN", False, False),
        ("WITHHELD", False, False), ("ANONYMOUS", True, False),
    ]


def test_a_job_that_runs_again_takes_up_behind_its_last_batch(db, city, lead, hand_in, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 3)
    job_id = hand_in(*plain(10))
    job = taken(job_id, lead, batches=2)
    assert (job.state, job.done, count(db, Ticket)) == (JobState.QUEUED, 6, 6)
    assert imports.run(job_id)
    assert not imports.run(job_id)
    job = imports.find(job_id, lead)
    assert (job.state, job.done) == (JobState.DONE, 10)
    assert job.params["report"]["routes"] == {str(city.units["HOUSING"]): 10}
    assert db.session.scalars(select(JobRow.row_no).order_by(JobRow.row_no)).all() == list(range(2, 12))
    assert count(db, Ticket) == 10
    assert not Path(job.file_path).exists()


def test_a_worker_that_dies_leaves_its_job_to_another_after_a_while(db, city, lead, hand_in, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 3)
    job_id = hand_in(*plain(8))
    imports.begin(job_id, lead, dry=False)
    written, died = running._record, []

    def die(claim, outcome, remarks, at):
        written(claim, outcome, remarks, at)
        if claim.done == 0 and count(db, JobRow) == 3 and not died:
            died.append(True)
            raise KeyboardInterrupt

    monkeypatch.setattr(running, "_record", die)
    with pytest.raises(KeyboardInterrupt):
        imports.run(job_id)
    assert (imports.find(job_id, lead).state, count(db, Ticket)) == (JobState.RUNNING, 3)
    assert imports.start_waiting(100) == 0
    with rehearse(long_work.ABANDONED + timedelta(seconds=1)):
        assert imports.start_waiting(100) == 1
    assert (imports.find(job_id, lead).state, count(db, Ticket), count(db, JobRow)) == (JobState.DONE, 8, 8)


def test_a_job_that_only_ever_dies_is_given_up(db, city, lead, hand_in, monkeypatch):
    job_id = hand_in(*plain(1))
    imports.begin(job_id, lead, dry=False)

    def die(*_):
        raise MemoryError

    monkeypatch.setattr(running, "take", die)
    for start in range(long_work.MOST_STARTS):
        with rehearse((long_work.ABANDONED + timedelta(seconds=1)) * start), pytest.raises(MemoryError):
            imports.run(job_id)
    with rehearse((long_work.ABANDONED + timedelta(seconds=1)) * long_work.MOST_STARTS):
        assert not imports.run(job_id)
    job = imports.find(job_id, lead)
    assert (job.state, job.message) == (JobState.FAILED, "import_crashed")


def test_a_worker_that_was_overtaken_writes_nothing_more(db, city, lead, hand_in, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    job_id = hand_in(*plain(4))
    imports.begin(job_id, lead, dry=False)
    written, overtaken = running._record, []

    def sleep_over(claim, outcome, remarks, at):
        if claim.params["starts"] == 0 and not overtaken:
            overtaken.append(True)
            claim.started_at -= timedelta(seconds=1)  # as if another had claimed it since
        written(claim, outcome, remarks, at)

    monkeypatch.setattr(running, "_record", sleep_over)
    imports.run(job_id)
    assert (imports.find(job_id, lead).state, count(db, Ticket)) == (JobState.RUNNING, 2)


def test_the_schedule_takes_up_what_was_queued_while_redis_was_away(db, city, lead, hand_in, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    job_id = hand_in(*plain(5))
    imports.begin(job_id, lead, dry=False)
    assert imports.start_waiting(batches=2) == 1
    assert (imports.find(job_id, lead).state, imports.find(job_id, lead).done) == (JobState.QUEUED, 4)
    assert imports.start_waiting(batches=2) == 1
    assert imports.start_waiting(batches=2) == 0
    assert (imports.find(job_id, lead).state, count(db, Ticket)) == (JobState.DONE, 5)


def test_a_cancelled_import_keeps_what_it_took_and_can_go_on(db, city, lead, hand_in, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    job_id = hand_in(*plain(6))
    imports.begin(job_id, lead, dry=False)
    written = running._record

    def cancelled_meanwhile(claim, outcome, remarks, at):
        if count(db, JobRow) == 2:
            db.session.execute(update(Job).values(cancel_requested_at=at))
        written(claim, outcome, remarks, at)

    monkeypatch.setattr(running, "_record", cancelled_meanwhile)
    imports.run(job_id)
    db.session.rollback()
    monkeypatch.setattr(running, "_record", written)
    assert (imports.find(job_id, lead).done, count(db, Ticket)) == (2, 2)
    with rehearse(timedelta(minutes=10)):
        imports.start_waiting(1)
    job = taken(job_id, lead)
    assert (job.state, job.done, count(db, Ticket)) == (JobState.DONE, 6, 6)


def test_a_queued_import_is_cancelled_at_once(db, city, lead, hand_in):
    job_id = hand_in(*plain(2))
    imports.begin(job_id, lead, dry=False)
    imports.cancel(job_id, lead)
    assert imports.find(job_id, lead).state == JobState.CANCELLED
    assert not imports.run(job_id)
    with pytest.raises(NotNow):
        imports.cancel(job_id, lead)


def test_what_an_import_goes_by_cannot_change_under_way(city, lead, hand_in, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 1)
    job_id = hand_in(*plain(3))
    taken(job_id, lead, batches=1)
    imports.cancel(job_id, lead)
    with pytest.raises(NotNow, match="import_has_begun"):
        imports.choose(job_id, Choices(columns={"content": 0}), lead)
    with pytest.raises(NotNow, match="import_has_begun"):
        imports.begin(job_id, lead, dry=True)


@pytest.mark.parametrize(("choices", "field"), [
    ({"columns": {"category": 0}}, "content"),
    ({"columns": {"content": 9}, "category_id": 1}, "content"),
    ({"columns": {"content": 0}}, "category_id"),
    ({"columns": {"content": 0}, "category_id": 999_999}, "category_id"),
    ({"columns": {"content": 0, "category": 1}, "area_id": 999_999}, "area_id"),
])
def test_choices_that_cannot_work_are_refused_by_name(city, lead, hand_in, choices, field):
    job_id = hand_in("内容,分类", "漏水,房屋漏水")
    with pytest.raises(Invalid) as refused:
        imports.choose(job_id, Choices(**choices), lead)
    assert list(refused.value.fields) == [field]


def test_a_default_stands_in_for_what_the_file_does_not_say(db, city, lead, hand_in):
    job_id = hand_in("title,content", "漏水,房顶漏水", kind=Kind.SUGGEST, category_id=city.categories["0501"],
                     area_id=city.areas["D-W"])
    taken(job_id, lead)
    ticket = db.session.scalars(select(Ticket)).one()
    assert (ticket.kind, ticket.area_id, ticket.lead_unit_id) == ("SUGGEST", city.areas["D-W"], city.units["WEST"])


@pytest.mark.parametrize("account", ["agent", "admin", "housing", "leader", "callback"])
def test_only_those_who_may_import_can(city, lead, hand_in, account):
    other = city.actor(account)
    job_id = hand_in(*plain(1))
    for attempt in (
        lambda: hand_in(*plain(1), actor=other),
        lambda: imports.find(job_id, other),
        lambda: imports.listed(other),
        lambda: imports.begin(job_id, other, dry=True),
        lambda: imports.cancel(job_id, other),
        lambda: imports.choose(job_id, Choices(columns={"content": 0}), other),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_an_import_that_is_not_there_is_unknown(city, lead):
    for attempt in (imports.find, imports.cancel):
        with pytest.raises(Unknown):
            attempt(4711, lead)


def test_the_same_file_brought_in_before_is_pointed_out(city, lead, hand_in):
    first = hand_in(*plain(2))
    trial = hand_in(*plain(2))
    taken(trial, lead, dry=True)
    assert imports.taken_before(imports.find(trial, lead)) is None
    taken(first, lead)
    again = imports.find(hand_in(*plain(2)), lead)
    assert imports.taken_before(again).id == first
    assert imports.taken_before(imports.find(hand_in(*plain(3)), lead)) is None


def test_files_nobody_came_back_for_are_deleted(db, city, lead, hand_in):
    job_id = hand_in(*plain(1))
    path = Path(imports.find(job_id, lead).file_path)
    assert imports.forget_files() == 0
    with rehearse(timedelta(days=8)):
        assert imports.forget_files() == 1
        assert imports.forget_files() == 0
    assert not path.exists()
    assert taken(job_id, lead).message == "file_gone"


def test_a_file_read_where_it_lies_stays_there(db, city, lead, tmp_path):
    path = tmp_path / "诉求.csv"
    path.write_bytes(as_file(*plain(2)).read())
    job = taken(imports.read_in_place(path, lead), lead)
    assert (job.state, job.done) == (JobState.DONE, 2)
    assert path.exists()


def test_an_import_leaves_the_days_last_numbers_to_the_telephone(db, city, lead, hand_in, monkeypatch):
    monkeypatch.setattr(batch, "LAST_SERIAL", 4)
    monkeypatch.setattr(running, "BATCH", 2)
    job_id = hand_in(*plain(6))
    job = taken(job_id, lead)
    assert (job.state, job.message, job.done, count(db, Ticket)) == (JobState.FAILED, "day_full", 4, 4)
    monkeypatch.setattr(batch, "LAST_SERIAL", 100)
    assert taken(job_id, lead).done == 6


def test_a_catalogue_changed_under_way_holds_from_the_next_batch_on(db, city, lead, hand_in, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    job_id = hand_in(*plain(4, "供水"))
    taken(job_id, lead, batches=1)
    with transaction():
        db.session.execute(delete(CatalogueRule))
    imports.run(job_id)
    assert imports.find(job_id, lead).params["report"]["routes"] == {str(city.units["WATER"]): 2, "NONE": 2}


def test_row_numbers_are_those_of_the_spreadsheet():
    table = tables.open_table(as_file("内容", "一", "", '"二\r\n二"', "   ", "三"))
    assert [(number, cells[0]) for number, cells in table.rows()] == [(2, "一"), (4, "二\r\n二"), (6, "三")]
    assert table.count() == 3


def test_a_file_longer_than_may_be_is_refused(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    with pytest.raises(Invalid, match="file_rows_many"):
        tables.open_table(as_file(*plain(4))).count()
    assert tables.open_table(as_file(*plain(3))).count() == 3


@pytest.mark.parametrize(("written", "read"), [
    ("2019/4/25 9:32:09", "2019-04-25T09:32:09+08:00"),
    ("2019-04-25", "2019-04-25T00:00:00+08:00"),
    ("２０１９－４－２５　９：３２", "2019-04-25T09:32:00+08:00"),
    ("2019-04-25T09:32:09", "2019-04-25T09:32:09+08:00"),
    ("2019-04-25 09:32:09.123", "2019-04-25T09:32:09+08:00"),
    ("2019.4.25", "2019-04-25T00:00:00+08:00"),
    ("2019年4月25日 9时32分", "2019-04-25T09:32:00+08:00"),
    ("05/31/2016", "2016-05-31T00:00:00+08:00"),
    ("31/05/2016", None),
    ("2019-02-30", None),
    ("昨天", None),
    ("", None),
])
def test_times_are_read_as_the_field_writes_them(written, read):
    at = moment(written)
    assert (at.isoformat() if at else None) == read


@pytest.mark.parametrize(("written", "number"), [
    ("13800000001", True), ("0591-87654321", True), ("138****0001", False), ("138××××0001", False), ("user17", False),
    ("", False), ("１３８００００００００１", True),
])
def test_a_masked_number_or_an_account_is_no_number(written, number):
    assert is_number(written) is number


@pytest.mark.parametrize("arrow", ["->", " > ", "→", "/", "＞", "-->", "\\"])
def test_levels_of_a_class_are_told_apart_by_any_arrow(arrow):
    assert steps(arrow.join("甲乙丙")) == ["甲", "乙", "丙"]


def test_a_slash_inside_a_name_is_no_arrow():
    assert steps("住房->质量/交付") == ["住房", "质量/交付"]


@pytest.mark.parametrize(("text", "code"), [
    ("0101", "0101"), ("物业服务", "0101"), ("住房与房产->物业服务", "0101"), ("住房与房产 / 物业服务", "0101"),
    ("住房与房产", "01"), ("别的->物业服务", "0101"), ("天外来客", None), ("住房与房产->天外来客", None),
    ("供水->", "0601"),
])
def test_classes_are_found_by_code_path_or_the_only_name(db, city, text, code):
    found = Classes(reference().categories, {}).find(text)
    assert found == (city.categories[code] if code else None)


@pytest.mark.parametrize(("names", "code", "unknown"), [
    (("榕城区", "东街街道", "杨桥社区"), "D-E-1", []),
    (("", "东街街道", ""), "D-E", []),
    (("榕城区", "东街街道", "别的社区"), "D-E", ["别的社区"]),
    (("榕城区", "西街街道", "杨桥社区"), "D-W", ["杨桥社区"]),
    (("别的区", "东街街道", ""), None, ["别的区", "东街街道"]),
    (("", "", ""), None, []),
])
def test_places_are_found_each_inside_the_one_before(db, city, names, code, unknown):
    area_id, rest = Places(reference().areas).find(names)
    assert (area_id, rest) == (city.areas[code] if code else None, unknown)


@pytest.mark.data
@pytest.mark.parametrize(("name", "rows", "rejected", "unread_times"), [
    ("cn12345/beijing_style_500_synthetic.csv", 500, 0, 0),
    ("cn12345/fuzhou12345_text_masked.csv", 1_464, 0, 0),
    ("teddy/raw_train.csv", 4_104, 0, 0),
])
def test_the_files_of_the_field_are_read_whole(db, city, lead, name, rows, rejected, unread_times):
    path = DATA / name
    if not path.exists():
        pytest.skip("the real data are not here: set HOTLINE_SHARED_DATA")
    job_id = imports.read_in_place(path, lead)
    columns = imports.find(job_id, lead).params["choices"]["columns"]
    imports.choose(job_id, Choices(columns=columns, kind=Kind.HELP, category_id=city.categories["99"]), lead)
    job = taken(job_id, lead)
    assert (job.state, job.done, job.rejected) == (JobState.DONE, rows, rejected)
    assert job.params["report"]["unread_times"] == unread_times
    assert count(db, Ticket) == rows
    assert count(db, Clock, Clock.code == "TOTAL") == rows


def test_a_store_that_is_gone_says_so(tmp_path):
    with pytest.raises(Unavailable, match="file_gone"), store.opened(tmp_path / "none.sealed"):
        pass


def test_rejected_rows_are_listed_page_by_page(db, city, lead, hand_in):
    job_id = hand_in("内容,分类", *["漏水,没有这类"] * 7)
    taken(job_id, lead, dry=True)
    first = imports.rejects(job_id, most=5)
    assert [r.row_no for r in first] == [2, 3, 4, 5, 6]
    assert [r.row_no for r in imports.rejects(job_id, beyond=first[-1].row_no)] == [7, 8]
    taken(job_id, lead, dry=True)
    assert count(db, JobReject) == 7
    assert imports.find(job_id, lead).started_at <= now()
