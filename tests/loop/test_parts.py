"""协办、会办、下派、吹哨、抄送: several units on one ticket, each by its own task, the lead answering for them all."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import builders as play
from workflows import confer, dispatch, outbox, resolve, share, supervise
from workflows.errors import Invalid, NotAllowed, NotNow, Unknown
from workflows.model.clock import Clock
from workflows.model.outbox import Notice
from workflows.model.ticket import Application, Assignment, Ticket, TicketEvent
from workflows.read.departments import Tab, department_counts, department_queue
from workflows.read.search import search
from workflows.read.tickets import ticket_page
from workflows.rules.roles import Actor, Role
from workflows.rules.vocabulary import ConferenceReason, ContactResult, PartRole, RecallReason, Resolution, ReturnReason

MONDAY = "2026-11-16 10:00"
DUE = "2026-11-23 17:30"
A_DAY_BEFORE = "2026-11-20 17:30"


@pytest.fixture
def city(db):
    return play.make_city()


def sent(city, *, lead="HOUSING", matter="0502", **beside):
    """A ticket dispatched by hand on Monday, with the units beside its lead."""
    named = {key: [city.units[code] for code in codes] for key, codes in beside.items()}
    with play.at(MONDAY):
        no = play.log(city, matter).no
        play.send_to(city, no, lead, override_reason="权责清单" if lead not in ("HOUSING", "URBAN") else "", **named)
    return no


def tasks(db, no):
    """The tasks of a ticket, by number."""
    rows = db.session.scalars(
        select(Assignment).join(Ticket, Ticket.id == Assignment.ticket_id).where(Ticket.no == no)
        .execution_options(populate_existing=True)
    )
    return {row.path: row for row in rows}


def state(db, no):
    return db.session.scalar(select(Ticket.state).where(Ticket.no == no))


def clocks(db, task):
    rows = db.session.scalars(
        select(Clock).where(Clock.assignment_id == task.id).execution_options(populate_existing=True)
    )
    return {row.code: row for row in rows}


def events(db, no):
    rows = db.session.scalars(
        select(TicketEvent).join(Ticket, Ticket.id == TicketEvent.ticket_id).where(Ticket.no == no)
        .order_by(TicketEvent.id)
    )
    return [(row.kind, (row.data or {}).get("part")) for row in rows]


def contribute(city, no, by="urban", **changes):
    given = {"resolution": Resolution.RESOLVED, "account": "已清理占道摊位。", "proposal": "占道摊位已清理。"} | changes
    share.contribute(no, city.actor(by), **given)


def lead_works(city, no, by="housing"):
    play.sign(city, no, by)
    play.contact(city, no, by)


def test_a_dispatch_names_one_lead_and_others_beside_it(db, city):
    no = sent(city, co_units=["URBAN"], joint_units=["SCHOOLS"], copy_units=["WATER"])
    found = tasks(db, no)
    assert {path: (task.role, task.state, task.level) for path, task in found.items()} == {
        "1": ("LEAD", "WAIT_SIGN", 1), "2": ("CO", "WAIT_SIGN", 1), "3": ("JOINT", "WAIT_SIGN", 1),
        "4": ("INFO", "TO_READ", 1)}
    assert state(db, no) == "DISPATCHED"
    assert found["1"].due_at == play.moment(DUE)
    assert found["2"].due_at == found["3"].due_at == play.moment(A_DAY_BEFORE)
    assert set(clocks(db, found["1"])) == {"SIGN", "CONTACT", "HANDLING"}
    assert set(clocks(db, found["2"])) == {"PART_SIGN", "CO"}
    assert (found["4"].due_at, clocks(db, found["4"])) == (None, {})


@pytest.mark.parametrize("beside", [{"co_units": ["HOUSING"]}, {"co_units": ["URBAN"], "joint_units": ["URBAN"]},
                                    {"copy_units": ["HOTLINE"]}])
def test_a_unit_has_one_part_in_a_ticket(db, city, beside):
    with pytest.raises(Invalid) as refused:
        sent(city, **beside)
    assert set(refused.value.fields) <= {"co_units", "joint_units", "copy_units"}
    assert not db.session.scalars(select(Assignment)).all()


def test_what_a_part_does_moves_its_own_task_and_never_the_ticket(db, city):
    no = sent(city, co_units=["URBAN"])
    with play.at("2026-11-16 10:30"):
        play.sign(city, no, "urban")
        assert state(db, no) == "DISPATCHED"
        assert clocks(db, tasks(db, no)["1"])["SIGN"].stopped_at is None
        resolve.contact(no, city.actor("urban"), result=ContactResult.REACHED, note="约现场")
        contribute(city, no)
    found = tasks(db, no)
    assert (found["1"].state, found["2"].state, state(db, no)) == ("WAIT_SIGN", "REPLIED", "DISPATCHED")
    assert found["1"].contacted_at is None
    assert all(clock.stopped_at for clock in clocks(db, found["2"]).values())
    assert clocks(db, found["1"])["CONTACT"].stopped_at is None
    with play.at("2026-11-16 11:00"):
        play.sign(city, no)
    assert state(db, no) == "HANDLING"
    assert events(db, no)[3:] == [
        ("add_part", "2"), ("sign", "2"), ("contact", "2"), ("contribute", "2"), ("sign", None)]


def test_a_part_cannot_do_what_is_the_leads(db, city):
    no = sent(city, co_units=["URBAN"], copy_units=["WATER"])
    with play.at("2026-11-16 10:30"):
        lead_works(city, no)
        play.sign(city, no, "urban")
        for by in ("urban", "water", "schools"):
            with pytest.raises(Unknown):
                play.reply(city, no, by)
        with pytest.raises(NotNow):
            contribute(city, no, "housing")
        with pytest.raises(NotNow):
            play.sign(city, no, "water")
        assert {m.name for m in ticket_page(no, city.actor("urban")).moves} == {"contact", "object", "contribute"}
        assert {m.name for m in ticket_page(no, city.actor("water")).moves} == {"acknowledge"}


def test_a_copy_is_read_and_owes_nothing(db, city):
    no = sent(city, copy_units=["WATER"])
    with play.at("2026-11-16 10:30"):
        assert [row.no for row in department_queue(city.actor("water"), Tab.TO_READ).items] == [no]
        assert department_counts(city.actor("water"))[Tab.TO_READ] == 1
        share.acknowledge(no, city.actor("water"))
        assert department_counts(city.actor("water"))[Tab.TO_READ] == 0
    assert tasks(db, no)["2"].state == "DONE"


def test_the_lead_waits_for_the_parts_or_says_why_not(db, city):
    no = sent(city, co_units=["URBAN"])
    with play.at("2026-11-17 10:00"):
        lead_works(city, no)
        with pytest.raises(Invalid) as refused:
            play.reply(city, no)
        assert refused.value.fields == {"ahead_reason": ["parts_unanswered"]}
        play.reply(city, no, ahead_reason="城管局现场核查尚需时日，先行答复")
        page = ticket_page(no, city.actor("reviewer"))
        assert page.replies[0].ahead_reason.startswith("城管局")
        play.sign(city, no, "urban")
        contribute(city, no)
        assert state(db, no) == "REPLIED"
    assert ticket_page(no, city.actor("housing")).contributions[0].proposal == "占道摊位已清理。"


def test_the_lead_replies_at_once_where_all_parts_have_answered(db, city):
    no = sent(city, co_units=["URBAN"])
    with play.at("2026-11-17 10:00"):
        lead_works(city, no)
        play.sign(city, no, "urban")
        contribute(city, no)
        play.reply(city, no)
        play.accept(city, no)
        play.ring(city, no)
    assert (state(db, no), tasks(db, no)["2"].state) == ("CLOSED", "DONE")
    assert db.session.scalar(select(Ticket.open_parts)) == 0


def close_early(city, no):
    lead_works(city, no)
    play.reply(city, no, ahead_reason="先行答复")
    play.accept(city, no)
    play.ring(city, no)


def recalled(city, no):
    dispatch.recall(no, city.actor("dispatcher"), reason=RecallReason.MISDISPATCHED)


def returned(city, no):
    play.ask_return(city, no)
    dispatch.grant_return(no, city.actor("dispatcher"))


@pytest.mark.parametrize(("end", "void"), [(close_early, False), (recalled, True), (returned, True)])
def test_parts_end_with_their_lead_and_their_clocks_stop(db, city, end, void):
    no = sent(city, co_units=["URBAN", "SCHOOLS"], copy_units=["WATER"])
    with play.at("2026-11-16 10:30"):
        play.sign(city, no, "urban")
        share.object_to_part(no, city.actor("urban"), reason=ReturnReason.NOT_OUR_DUTY, basis="三定方案")
        end(city, no)
        with pytest.raises((NotNow, Unknown)):
            play.sign(city, no, "schools")
    found = tasks(db, no)
    assert {found[path].state for path in ("2", "3", "4")} == {"RECALLED"}
    assert all(found[path].ended_at for path in found)
    for path in ("2", "3"):
        assert all(c.stopped_at is not None and c.next_at is None for c in clocks(db, found[path]).values())
        assert clocks(db, found[path])["CO"].void is void
    ticket = db.session.scalars(select(Ticket)).one()
    assert (ticket.open_parts, ticket.open_objections) == (0, 0)
    asked = db.session.scalars(select(Application).where(Application.kind == "DECLINE")).one()
    assert (asked.state, asked.decided_at is not None) == ("LAPSED", True)
    assert events(db, no).count(("part_ended", "3")) == 1


def test_a_ticket_sent_again_numbers_its_tasks_on(db, city):
    no = sent(city, co_units=["URBAN"])
    with play.at("2026-11-16 10:30"):
        recalled(city, no)
        play.send_to(city, no, "URBAN", co_units=[city.units["HOUSING"]])
    assert {path: task.unit_id for path, task in tasks(db, no).items()} == {
        "1": city.units["HOUSING"], "2": city.units["URBAN"], "3": city.units["URBAN"], "4": city.units["HOUSING"]}
    assert [row.no for row in search(city.actor("dispatcher"), f"{no}-4").items] == [no]
    assert [row.no for row in search(city.actor("schools"), f"{no}-4").items] == []


def test_the_desk_gives_and_takes_parts_later(db, city):
    no = sent(city)
    with play.at("2026-11-17 10:00"):
        share.add_part(no, city.actor("dispatcher"), unit_ids=[city.units["URBAN"]], role=PartRole.JOINT,
                       reason="需联合执法")
        with pytest.raises(Invalid):
            share.add_part(no, city.actor("supervisor"), unit_ids=[city.units["URBAN"]])
        with pytest.raises(NotAllowed):
            share.add_part(no, city.actor("housing"), unit_ids=[city.units["SCHOOLS"]])
        assert tasks(db, no)["2"].due_at == play.moment(A_DAY_BEFORE)
        share.recall_part(no, city.actor("supervisor"), task="2", reason=RecallReason.NEW_FACTS)
        with pytest.raises(Unknown):
            share.recall_part(no, city.actor("supervisor"), task="1", reason=RecallReason.NEW_FACTS)
    part = tasks(db, no)["2"]
    assert (part.state, clocks(db, part)["CO"].void, state(db, no)) == ("RECALLED", True, "DISPATCHED")


@pytest.mark.parametrize(("at", "due"), [("2026-11-20 17:40", DUE), ("2026-11-24 10:00", "2026-11-25 17:30")])
def test_a_part_given_late_is_due_with_its_lead_or_a_day_from_now(db, city, at, due):
    no = sent(city)
    with play.at(at):
        share.add_part(no, city.actor("dispatcher"), unit_ids=[city.units["URBAN"]])
    part = tasks(db, no)["2"]
    assert part.due_at == play.moment(due) > part.dispatched_at


def test_a_unit_objects_to_its_part_and_the_desk_decides(db, city):
    no = sent(city, co_units=["URBAN", "SCHOOLS"])
    with play.at("2026-11-16 11:00"):
        for by in ("urban", "schools"):
            share.object_to_part(no, city.actor(by), reason=ReturnReason.NOT_OUR_DUTY, basis="三定方案第四条")
        assert clocks(db, tasks(db, no)["2"])["CO"].stopped_at is None
        with pytest.raises(NotAllowed):
            share.release_part(no, city.actor("housing"), task="2")
        share.release_part(no, city.actor("dispatcher"), task="2", opinion="同意")
        with pytest.raises(Invalid):
            share.keep_part(no, city.actor("dispatcher"), task="3", opinion="")
        share.keep_part(no, city.actor("dispatcher"), task="3", opinion="属你局职责")
        with pytest.raises(NotNow):
            share.keep_part(no, city.actor("dispatcher"), task="3", opinion="再驳")
    found = tasks(db, no)
    assert (found["2"].state, found["3"].state, state(db, no)) == ("RETURNED", "WORKING", "DISPATCHED")
    assert clocks(db, found["2"])["CO"].void
    assert clocks(db, found["3"])["CO"].stopped_at is None
    assert {row.state for row in db.session.scalars(select(Application))} == {"GRANTED", "REFUSED"}


def handed_down(city, **changes):
    """The district leads and hands a ticket down to its housing bureau."""
    no = sent(city, lead="DISTRICT")
    with play.at("2026-11-16 10:30"):
        play.sign(city, no, "coordinator")
        share.delegate(no, city.actor("coordinator"), unit_id=city.units["HOUSING"], note="请三日内办结", **changes)
    return no


def test_a_due_beyond_the_own_is_refused_with_the_words_why(db, city):
    """A9: child re-dispatch due > parent due → refused."""
    with pytest.raises(Invalid) as refused:
        handed_down(city, due_at=play.moment("2026-11-23 17:31"))
    [problem] = refused.value.fields["due_at"]
    assert (problem, problem.params["latest"], problem.params["due"]) == (
        "due_beyond_own", play.moment(A_DAY_BEFORE), play.moment(DUE))
    with pytest.raises(Invalid):
        handed_down(city, due_at=play.moment("2026-11-16 10:00"))
    assert db.session.scalar(select(Assignment.id).where(Assignment.role == "SUB")) is None


@pytest.mark.parametrize(("given", "due"), [(None, A_DAY_BEFORE), ("2026-11-18 12:00", "2026-11-18 12:00")])
def test_a_unit_hands_its_task_down_and_stays_responsible(db, city, given, due):
    no = handed_down(city, due_at=play.moment(given) if given else None)
    found = tasks(db, no)
    assert (found["1.1"].role, found["1.1"].level, found["1.1"].parent_id) == ("SUB", 2, found["1"].id)
    assert found["1.1"].due_at == play.moment(due) <= found["1"].due_at
    assert set(clocks(db, found["1.1"])) == {"PART_SIGN", "SUB"}
    assert db.session.scalar(select(Ticket.lead_unit_id)) == city.units["DISTRICT"]
    with play.at("2026-11-16 11:00"):
        assert [row.path for row in department_queue(city.actor("housing"), Tab.TO_SIGN).items] == ["1.1"]
        assert department_counts(city.actor("housing"))[Tab.SUB] == 1
        play.sign(city, no)
        contribute(city, no, "housing")
        share.return_part(no, city.actor("coordinator"), task="1.1", opinion="请补充现场照片")
        assert tasks(db, no)["1.1"].state == "REWORK"
        play.contact(city, no, "coordinator")
        with pytest.raises(Invalid):
            play.reply(city, no, "coordinator")
        contribute(city, no, "housing")
        share.accept_part(no, city.actor("coordinator"), task="1.1")
        play.reply(city, no, "coordinator")
    assert (tasks(db, no)["1.1"].state, state(db, no)) == ("ACCEPTED", "REPLIED")


def test_only_a_unit_below_is_handed_a_task_and_only_what_is_in_hand(db, city):
    no = handed_down(city)
    with play.at("2026-11-16 11:00"):
        for unit in ("HOTLINE", "HOUSING", "DISTRICT"):
            with pytest.raises(Invalid):
                share.delegate(no, city.actor("coordinator"), unit_id=city.units[unit])
        with pytest.raises(Invalid):
            share.delegate(no, city.actor("housing"), unit_id=city.units["URBAN"])
        other = play.log(city, "99").no
        play.send_to(city, other, "DISTRICT")
        with pytest.raises(NotNow) as refused:
            share.delegate(other, city.actor("coordinator"), unit_id=city.units["URBAN"])
        assert refused.value.code == "sign_first"


def test_what_was_handed_down_is_taken_back_with_all_below_it(db, city):
    no = handed_down(city)
    with play.at("2026-11-16 11:00"):
        with pytest.raises(NotNow):
            share.object_to_part(no, city.actor("housing"), reason=ReturnReason.OTHER, basis="人手不足")
        with pytest.raises(NotNow):
            share.recall_part(no, city.actor("dispatcher"), task="1.1", reason=RecallReason.OTHER)
        share.withdraw_part(no, city.actor("coordinator"), task="1.1", reason=RecallReason.OTHER)
    found = tasks(db, no)
    assert (found["1.1"].state, found["1"].open_parts, found["1"].state) == ("RECALLED", 0, "WORKING")


def test_a_street_that_leads_whistles_and_both_are_assessed(db, city):
    with play.at(MONDAY):
        no = play.log(city, "0501", "D-E").no
        play.sign(city, no, "east")
        with pytest.raises(Invalid):
            share.whistle(no, city.actor("east"), unit_ids=[city.units["URBAN"]], reason="")
        share.whistle(no, city.actor("east"), unit_ids=[city.units["URBAN"]], reason="需城管执法")
        outbox.relay_notices()
    found = tasks(db, no)
    assert {path: (task.role, task.whistle) for path, task in found.items()} == {"1": ("LEAD", True), "2": ("CO", True)}
    assert set(db.session.execute(select(Notice.role).where(Notice.kind == "whistled")).scalars()) == {
        "DISPATCHER", "SUPERVISOR"}
    with play.at("2026-11-16 11:00"):
        share.object_to_part(no, city.actor("urban"), reason=ReturnReason.NOT_OUR_DUTY, basis="不属执法范围")
        share.keep_part(no, city.actor("dispatcher"), task="2", opinion="依据街乡吹哨规定应哨")
    assert tasks(db, no)["2"].state == "WORKING"


def test_a_department_does_not_whistle(db, city):
    no = sent(city)
    with play.at("2026-11-16 11:00"):
        play.sign(city, no)
        with pytest.raises(NotNow) as refused:
            share.whistle(no, city.actor("housing"), unit_ids=[city.units["URBAN"]], reason="需配合")
        assert refused.value.code == "streets_whistle"


def test_a_part_nobody_signs_for_is_signed_by_the_system_and_late_apart_from_the_lead(db, city):
    no = sent(city, co_units=["URBAN"])
    with play.at("2026-11-16 10:30"):
        lead_works(city, no)
    with play.at("2026-11-20 17:31"):
        supervise.sweep()
        supervise.sweep()
    found = tasks(db, no)
    assert (found["2"].state, found["2"].auto_signed, state(db, no)) == ("WORKING", True, "HANDLING")
    theirs = clocks(db, found["2"])
    assert theirs["CO"].fired_at is not None
    assert clocks(db, found["1"])["HANDLING"].fired_at is None
    assert events(db, no).count(("sign", None)) == 2


def test_signed_for_by_the_system_at_once_the_history_goes_on_from_line_to_line(db, city):
    nos = [sent(city, co_units=["URBAN"]) for _ in range(4)]
    with play.at("2026-11-20 17:31"):
        supervise.sweep()
    for no in nos:
        states = db.session.execute(
            select(TicketEvent.from_state, TicketEvent.to_state).join(Ticket, Ticket.id == TicketEvent.ticket_id)
            .where(Ticket.no == no).order_by(TicketEvent.sequence)
        ).all()
        assert [after for _, after in states[:-1]] == [before for before, _ in states[1:]]
        assert (states[-1].to_state, state(db, no)) == ("HANDLING", "HANDLING")


def test_who_sees_a_shared_ticket_and_who_does_not(db, city):
    with play.at(MONDAY):
        no = play.log(city, "0502", **play.WITHHELD).no
        play.send_to(city, no, "HOUSING", co_units=[city.units["URBAN"]])
        for account in ("housing", "urban"):
            page = ticket_page(no, city.actor(account))
            assert (page.caller, page.hidden) == (None, "WITHHELD")
        for account in ("schools", "east", "water"):
            with pytest.raises(Unknown):
                ticket_page(no, city.actor(account))
        play.sign(city, no, "urban")
        contribute(city, no)
        share.add_part(no, city.actor("dispatcher"), unit_ids=[city.units["SCHOOLS"]])
    assert ticket_page(no, city.actor("schools")).contributions == ()
    for account in ("urban", "housing", "dispatcher", "coordinator"):
        assert len(ticket_page(no, city.actor(account)).contributions) == 1


def test_whoever_stands_above_several_tasks_says_which(db, city):
    no = sent(city, lead="WATER", co_units=["HOUSING", "URBAN"])
    above = city.actor("coordinator")
    with play.at("2026-11-16 10:30"):
        resolve.sign(no, above)
        assert state(db, no) == "HANDLING"
        resolve.sign(no, above, task="2")
        other = Actor(user_id=1, account="x", name="x", roles=frozenset({Role.UNIT_CLERK}), unit_id=0,
                      unit_ids=frozenset({city.units["HOUSING"], city.units["URBAN"]}))
        with pytest.raises(Invalid) as refused:
            resolve.sign(no, other)
        assert refused.value.fields == {"task": ["say_which_task"]}
        with pytest.raises(Unknown):
            resolve.sign(no, city.actor("urban"), task="2")
    assert {path: task.state for path, task in tasks(db, no).items()} == {
        "1": "WORKING", "2": "WORKING", "3": "WAIT_SIGN"}


def test_a_conference_names_a_lead_and_who_helps_it(db, city):
    with play.at(MONDAY):
        no = play.log(city, "0502").no
        units = [city.units["HOUSING"], city.units["URBAN"]]
        confer.confer(no, city.actor("dispatcher"), reason=ConferenceReason.OVERLAP, question="谁主办", unit_ids=units)
        with pytest.raises(Invalid):
            confer.decide_conference(no, city.actor("director"), unit_id=units[0], minutes="住建主办", co_units=units)
        confer.decide_conference(no, city.actor("director"), unit_id=units[0], minutes="住建主办", co_units=units[1:])
    found = tasks(db, no)
    assert {path: (task.role, task.unit_id) for path, task in found.items()} == {
        "1": ("LEAD", units[0]), "2": ("CO", units[1])}
    assert found["1"].final_designation
