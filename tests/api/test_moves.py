"""The registry of moves: one form and one use case for the page and the API."""

from __future__ import annotations

import pytest
from flask import Flask, render_template
from html5lib import parse
from marshmallow import fields
from werkzeug.datastructures import MultiDict

from hotline.forms import CARRIED, Choice, Typed
from hotline.moves import MOVES, perform, read
from hotline.moves.choices import units_for
from tests.builders import City, log, to_replied
from workflows.errors import Invalid, Outdated, Unknown
from workflows.model.base import db as database
from workflows.model.ticket import Ticket
from workflows.rules.lifecycle import PART_MOVES, TABLES, TICKET_MOVES
from workflows.rules.roles import Role
from workflows.rules.vocabulary import Defect

INPUTS = {"input", "select", "textarea"}
NO_TICKET = "20260302010001230"


def ticket_of(no: str) -> Ticket:
    return database.session.scalars(database.select(Ticket).where(Ticket.no == no)).one()


def names_in(html: str) -> set[str]:
    """The names of all controls of a page part; those of a request's points under the one of their list."""
    tree = parse(html, namespaceHTMLElements=False)
    names = {element.get("name") for element in tree.iter() if element.tag in INPUTS} - CARRIED - {None}
    return {"items" if name.startswith("items-") else name for name in names}


def test_every_move_of_the_table_that_a_person_makes_on_a_ticket_is_registered():
    begins = {"create", "answer", "ask_refusal", "submit", "submit_for_review"} | BY_ANOTHER
    by_itself = {name for name, line in TICKET_MOVES.items() if line.roles == {Role.SYSTEM}}
    assert set(MOVES) == (TICKET_MOVES.keys() | PART_MOVES.keys()) - begins - by_itself


@pytest.mark.parametrize("move", MOVES)
def test_a_move_that_changes_a_state_must_say_which_version_it_saw(move: str):
    version = MOVES[move].form.fields["version"]
    changes = any(table[move].targets for table in TABLES.values() if move in table)
    assert version.required == changes or move in {
        "record_callback", "endorse", "review_suspension", "consent_extension"}


#: Made where its use case says so, in the name of another move's form: before a leader who must consent.
BY_ANOTHER = {"ask_consent"}
#: What a move is there to mend.
MENDED = {"supply_details": {"category_id", "area_id", "place"}}


@pytest.mark.parametrize("move", MOVES)
def test_no_form_takes_a_field_the_server_owns(move: str):
    form = MOVES[move].form
    owned = set(Ticket.__table__.columns.keys()) - {"version"}
    assert not owned & set(form.fields) - {"close_type"} - MENDED.get(move, set())
    with pytest.raises(Invalid) as refused:
        read(form, {"version": 1, "state": "CLOSED"})
    assert refused.value.fields["state"] == ["unknown_field"]


@pytest.mark.parametrize("move", MOVES)
def test_the_page_part_of_a_move_has_exactly_the_fields_of_its_form(app: Flask, city: City, move: str):
    with app.app_context():
        one, several = ticket_of(log(city).no), ticket_of(log(city, items=("修好电梯", "公示记录")).no)
        with app.test_request_context():
            found = [
                names_in(render_template(
                    f"moves/{move}.html", ticket=ticket, typed=Typed(), action="/somewhere", units=units_for(ticket)
                ))
                for ticket in (one, several)
            ]
    expected = {name for name, field in MOVES[move].form.fields.items() if name != "version" or field.required}
    assert found[0] | found[1] == expected


@pytest.mark.parametrize("move", MOVES)
def test_the_page_part_of_a_move_shows_what_was_typed_and_what_is_wrong(app: Flask, city: City, move: str):
    form = MOVES[move].form
    wanted = [name for name, field in form.fields.items() if field.required and name != "version"]
    with app.app_context():
        ticket = ticket_of(log(city).no)
        with app.test_request_context():
            with pytest.raises(Invalid) as refused:
                read(form, MultiDict({"version": "x"}))
            typed = Typed(MultiDict(), refused.value, sent=True)
            html = render_template(
                f"moves/{move}.html", ticket=ticket, typed=typed, action="/somewhere", units=units_for(ticket)
            )
    assert html.count('class="error"') == len(wanted)
    assert 'role="alert"' in html


def test_the_units_the_catalogue_names_are_offered_first_and_the_hotline_never(app: Flask, city: City):
    with app.app_context(), app.test_request_context():
        offered = units_for(ticket_of(log(city, "0502").no))
    assert {offered[0][0], offered[1][0]} == {city.units["URBAN"], city.units["HOUSING"]}
    assert city.units["HOTLINE"] not in dict(offered)
    assert len(offered) == len(city.units) - 1


def test_a_form_of_a_page_and_a_body_of_the_api_give_the_same_data():
    form = MOVES["send_back"].form
    sent = MultiDict([("version", "3"), ("defects", "D1"), ("defects", "D3"), ("opinion", " 无事实 ")])
    sent["csrf_token"] = "a form of a page carries it"
    body = {"version": 3, "defects": ["D1", "D3"], "opinion": "无事实"}
    assert read(form, sent) == read(form, body)
    assert read(form, body)["defects"] == [Defect.NOT_CONTACTED, Defect.NO_FACTS]


def test_there_is_no_other_move(app: Flask, city: City):
    with app.app_context():
        no = log(city).no
        for move in ("create", "submit", "__class__", ""):
            with pytest.raises(Unknown, match="move_unknown"):
                perform(move, no, city.actor("supervisor"), {})


@pytest.mark.parametrize("no", ["", "1", "x" * 400, "2026\x00", NO_TICKET, "２０２６０３０２０１０００１２３０"])
def test_a_number_that_is_none_of_ours_is_unknown(app: Flask, city: City, no: str):
    with app.app_context(), pytest.raises(Unknown, match="ticket_unknown"):
        perform("sign", no, city.actor("housing"), {"version": 1})


def test_moves_made_through_the_registry_carry_a_ticket_to_its_end(app: Flask, city: City):
    steps = (
        ("sign", "housing", {}),
        ("contact", "housing", {"result": "REACHED", "note": "已联系"}),
        ("interim", "housing", {"text": "配件已订购。", "next_on": "2099-12-31"}),
        ("reply", "housing", {"truth": "TRUE", "resolution": "RESOLVED", "internal_account": "已修。",
                              "public_answer": "电梯已修复。"}),
        ("accept_reply", "reviewer", {"opinion": "同意"}),
        ("record_callback", "callback", {"result": "ANSWERED", "contacted": True, "solved": "UNSOLVED",
                                         "satisfaction": "DISSATISFIED", "reason": "RESULT_SHORT", "words": "仍响"}),
        ("rework", "supervisor", {"reason": "RESULT_SHORT"}),
        ("reply", "housing", {"truth": "TRUE", "resolution": "RESOLVED", "internal_account": "再修。",
                              "public_answer": "已彻底修复。"}),
        ("accept_reply", "reviewer", {}),
        ("record_callback", "callback", {"result": "ANSWERED", "contacted": True, "solved": "SOLVED",
                                         "satisfaction": "SATISFIED"}),
    )
    with app.app_context():
        no = log(city).no
        for move, account, data in steps:
            perform(move, no, city.actor(account), data | {"version": ticket_of(no).version})
            database.session.rollback()
        ended = ticket_of(no)
        assert (ended.state, ended.close_type, ended.round) == ("CLOSED", "SOLVED", 2)


def test_returns_recalls_and_the_rest_go_through_the_registry_too(app: Flask, city: City):
    steps = (
        ("apply_return", "housing", {"reason": "NOT_OUR_DUTY", "basis": "三定方案", "suggested_unit_id": "URBAN"}),
        ("grant_return", "dispatcher", {"opinion": "同意"}),
        ("dispatch", "dispatcher", {"unit_id": "URBAN", "override_reason": "退单后改派"}),
        ("urge", "agent", {"note": "又来电"}),
        ("add", "agent", {"text": "三号楼也停了"}),
        ("recall", "dispatcher", {"reason": "NEW_FACTS"}),
        ("dispatch", "dispatcher", {"unit_id": "SCHOOLS", "override_reason": "校园内", "final": True}),
    )
    with app.app_context():
        no = log(city).no
        for move, account, data in steps:
            known = {name: city.units.get(value, value) for name, value in data.items()}
            perform(move, no, city.actor(account), known | {"version": ticket_of(no).version})
            database.session.rollback()
        ended = ticket_of(no)
        assert (ended.state, ended.lead_unit_id, ended.urge_count) == ("DISPATCHED", city.units["SCHOOLS"], 1)


@pytest.mark.parametrize("move", [name for name, entry in MOVES.items() if entry.form.fields["version"].required])
def test_a_move_with_an_old_version_is_refused_whatever_it_is(app: Flask, city: City, move: str):
    needed = {name: field for name, field in MOVES[move].form.fields.items() if field.required}
    data = {name: _something(field) for name, field in needed.items()} | {"version": 1}
    if move == "record_callback":
        data["result"] = "NO_ANSWER"
    if move == "apply_suspension":
        data |= {"milestones": "2099-03-31 完成立项", "target_on": "2099-06-30"}
    with app.app_context():
        no = to_replied(city)
        with pytest.raises(Outdated) as refused:
            perform(move, no, city.actor("housing"), data)
        assert refused.value.params["version"] == ticket_of(no).version > 1


def _something(field: fields.Field) -> object:
    """A value the field takes."""
    if isinstance(field, fields.List):
        return [_something(field.inner)]
    return str(next(iter(field.vocabulary))) if isinstance(field, Choice) else "1"
