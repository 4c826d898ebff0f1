"""Tickets over the API: moved to their end, listed, and seen only by those who may."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from hotline.access import SESSION_KEY, hash_of
from hotline.api import views
from hotline.api.limit import Buckets
from hotline.moves import MOVES
from tests.api.conftest import REQUEST, System
from tests.builders import ANONYMOUS, WITHHELD, City, ask_return, at, log, to_closed, to_handling, to_replied
from workflows import dispatch, supervise, upkeep
from workflows.model import base
from workflows.model.directory import UserSession
from workflows.rules.lifecycle import PART_MOVES
from workflows.rules.roles import Actor

#: Moves of the parts units have in a ticket; tests/api/test_parts.py makes them.
OF_PARTS = set(PART_MOVES) - {"sign", "contact"}
#: Made in tests of their own: needs a month; requests reviewed first (tests/stories/test_pre_review.py); the consent
#: of leaders (tests/stories/test_consent.py); evaluations contested (tests/loop/test_contests.py);
#: links and recused people (tests/loop/test_relations.py); endings looked into (tests/loop/test_spot_checks.py).
LATER = {"link", "unlink", "recuse", "recheck_withdrawal", "check_ending", "ask_details", "supply_details",
         "consent_return", "consent_extension", "deny_consent",
         *(f"{deed}_{kind}" for deed in ("apply", "grant", "refuse") for kind in ("exclusion", "appeal"))}
SYSTEM = Callable[[str], System]
#: Stands nowhere but in the callers of these tests.
CANARY = "秦岭云雀"
CANARY_REQUEST = REQUEST | {
    "name": CANARY, "phone": "13911112222", "alt_phone": "13933334444", "id_no": "350102199001010015",
    "address": f"榕城区东街街道{CANARY}路9号", "enterprise_name": f"{CANARY}有限公司", "caller_type": "ENTERPRISE",
}
SECRETS = (CANARY, "11112222", "33334444", "350102199001010015")


PLAN = {
    "reason": "BUDGET", "obstacles": "尚未立项", "plan": "列入明年计划", "leader_name": "王建国",
    "leader_office": "副局长",
    "milestones": [{"on": "2099-03-31", "what": "完成立项"}], "target_on": "2099-06-30", "caller_informed": True,
}
JUDGEMENT = {"reason": "POLICY", "evidence": "现行政策不支持"}
ENDING = {"reason": "SETTLED", "evidence": "和解协议", "explanation": "您已与物业和解", "caller_informed": True}


def test_every_move_carries_a_ticket_to_its_end(as_account: SYSTEM, city: City):
    agent, housing, urban = as_account("agent"), as_account("housing"), as_account("urban")
    dispatcher, reviewer, callback = as_account("dispatcher"), as_account("reviewer"), as_account("callback")
    no = agent.post("/tickets", REQUEST).json["no"]
    answer = {"truth": "TRUE", "resolution": "RESOLVED", "internal_account": "已修。", "public_answer": "电梯已修复。"}
    urban_id = city.units["URBAN"]
    meeting = {"reason": "OVERLAP", "question": "由谁主办", "unit_ids": [urban_id, city.units["HOUSING"]]}
    unhappy = {"result": "ANSWERED", "contacted": True, "solved": "UNSOLVED", "satisfaction": "DISSATISFIED",
               "reason": "RESULT_SHORT", "words": "还是停着"}
    steps = (
        (housing, "sign", {}, "HANDLING"),
        (housing, "apply", {"kind": "return", "reason": "NOT_OUR_DUTY", "basis": "三定方案",
                            "suggested_unit_id": urban_id}, "RETURN_REVIEW"),
        (dispatcher, "refuse", {"kind": "return", "opinion": "属贵局职责"}, "HANDLING"),
        (dispatcher, "recall", {"reason": "NEW_FACTS", "note": "地点有误"}, "TO_DISPATCH"),
        (dispatcher, "dispatch", {"unit_id": urban_id, "override_reason": "占道施工所致"}, "DISPATCHED"),
        (urban, "apply_return", {"reason": "UNCLEAR_DUTY", "basis": "权责清单"}, "RETURN_REVIEW"),
        (as_account("supervisor"), "grant", {"kind": "return"}, "TO_DISPATCH"),
        (dispatcher, "confer", meeting, "CONFERENCE"),
        (housing, "opine", {"stance": "NOT_OURS", "opinion": "属施工占道"}, "CONFERENCE"),
        (dispatcher, "cancel_conference", {"note": "已电话协商"}, "TO_DISPATCH"),
        (dispatcher, "confer", meeting, "CONFERENCE"),
        (as_account("supervisor"), "escalate", {"note": "协商未果"}, "CONFERENCE"),
        (as_account("supervisor"), "decide_conference", {"unit_id": city.units["HOUSING"], "minutes": "由住建局主办"},
         "DISPATCHED"),
        (housing, "sign", {}, "HANDLING"),
        (housing, "contact", {"result": "REACHED", "note": "已约"}, "HANDLING"),
        (housing, "interim", {"text": "配件已订购"}, "HANDLING"),
        (agent, "urge", {"note": "又来电"}, "HANDLING"),
        (agent, "conceal", {"note": "要求保密"}, "HANDLING"),
        (housing, "ask_relay", {"question": "何时方便上门？"}, "HANDLING"),
        (callback, "relay", {"result": "REACHED", "answer": "周六上午"}, "HANDLING"),
        (agent, "disclose", {"note": "本人同意公开", "by_caller": True}, "HANDLING"),
        (agent, "add", {"text": "二号楼也停了"}, "HANDLING"),
        (housing, "flag_risk", {"kinds": ["ACCIDENT"], "note": "有人被困"}, "HANDLING"),
        (as_account("shift"), "take_risk", {}, "HANDLING"),
        (as_account("shift"), "confirm_risk", {"receiver": "119", "partner_no": "X-1", "outcome": "已出警"},
         "HANDLING"),
        (agent, "flag_risk", {"kinds": ["OPINION"]}, "HANDLING"),
        (as_account("supervisor"), "dismiss_risk", {"outcome": "并无媒体介入"}, "HANDLING"),
        (as_account("supervisor"), "supervise", {"level": 1, "reason": "群众反映强烈"}, "HANDLING"),
        (housing, "answer_order", {"answer": "已约谈物业"}, "HANDLING"),
        (as_account("supervisor"), "chase", {"way": "PHONE", "note": "请今日反馈"}, "HANDLING"),
        (as_account("leader"), "instruct", {"words": "请抓紧办理"}, "HANDLING"),
        (housing, "answer_order", {"answer": "已上门"}, "HANDLING"),
        (housing, "apply", {"kind": "extension", "reason": "CONSTRUCTION", "amount": 5, "plan": "配件已订购",
                            "caller_informed": True}, "HANDLING"),
        (as_account("supervisor"), "grant", {"kind": "extension", "amount": 3}, "HANDLING"),
        (housing, "apply_extension", {"reason": "OTHER", "amount": 2, "plan": "等待验收", "caller_informed": True},
         "HANDLING"),
        (as_account("director"), "refuse_extension", {"opinion": "时间足够"}, "HANDLING"),
        (housing, "apply", {"kind": "suspension", **PLAN}, "HANDLING"),
        (as_account("housing_lead"), "endorse", {"opinion": "属实"}, "HANDLING"),
        (as_account("supervisor"), "endorse", {}, "HANDLING"),
        (as_account("director"), "grant", {"kind": "suspension"}, "SUSPENDED"),
        (housing, "review_suspension", {"progress": "已立项", "milestone": 1}, "SUSPENDED"),
        (housing, "resume", {"note": "资金到位"}, "HANDLING"),
        (housing, "apply_suspension", PLAN | {"milestones": "2099-03-31 完成立项\n2099-05-31 开工"}, "HANDLING"),
        (as_account("housing_lead"), "refuse", {"kind": "suspension", "opinion": "可以办"}, "HANDLING"),
        (housing, "apply", {"kind": "termination", **ENDING}, "HANDLING"),
        (as_account("housing_lead"), "refuse_termination", {"opinion": "继续办理"}, "HANDLING"),
        (housing, "sign_off", answer, "HANDLING"),  # the leader's instruction makes it weighty
        (as_account("housing_lead"), "give_back", {"opinion": "请写明日期"}, "HANDLING"),
        (housing, "sign_off", answer, "HANDLING"),
        (as_account("housing_lead"), "reply", answer, "REPLIED"),
        (reviewer, "send_back", {"defects": ["D3", "D6"], "opinion": "未写日期"}, "HANDLING"),
        (housing, "sign_off", answer, None),
        (as_account("housing_lead"), "reply", answer, "REPLIED"),
        (reviewer, "accept_reply", {}, "CALLBACK"),
        (callback, "record_callback", {"result": "NO_ANSWER"}, "CALLBACK"),
        (callback, "record_callback", unhappy, "CALLBACK"),
        (as_account("supervisor"), "name_call", {"note": "来信要求"}, "CALLBACK"),
        (as_account("supervisor"), "rework", {"reason": "RESULT_SHORT", "note": "又坏了"}, "REWORK"),
        (housing, "sign_off", answer, None),
        (as_account("housing_lead"), "reply", answer, "REPLIED"),
        (reviewer, "accept_reply", {}, "CALLBACK"),
        (callback, "record_callback", unhappy, "CALLBACK"),
        (as_account("supervisor"), "close", {"close_type": "HANDED_OVER", "note": "已移交", "taken_by": "区法院"},
         "CLOSED"),
        (as_account("housing_lead"), "apply_exclusion", {"reason": "MALICIOUS", "evidence": "录音"}, "CLOSED"),
        (as_account("supervisor"), "refuse_exclusion", {"opinion": "证据不足"}, "CLOSED"),
        (as_account("housing_lead"), "apply", {"kind": "appeal", "reason": "OTHER", "evidence": "录音"}, "CLOSED"),
        (as_account("supervisor"), "refuse", {"kind": "appeal", "opinion": "证据不足"}, "CLOSED"),
        (as_account("supervisor"), "reopen", {"reason": "RECURRED", "note": "修好两天又停"}, "REWORK"),
        (housing, "sign_off", answer, None),
        (as_account("housing_lead"), "reply", answer, "REPLIED"),
        (reviewer, "accept_reply", {}, "CALLBACK"),
        (callback, "record_callback", unhappy, "CALLBACK"),
        (as_account("supervisor"), "apply", {"kind": "judgement", **JUDGEMENT}, "CALLBACK"),
        (as_account("director"), "refuse_judgement", {"opinion": "证据不足"}, "CALLBACK"),
        (callback, "apply_judgement", JUDGEMENT, "CALLBACK"),
        (as_account("supervisor"), "grant", {"kind": "judgement", "opinion": "同意"}, "CLOSED"),
        (as_account("housing_lead"), "apply_appeal", {"reason": "NOT_THE_FACTS", "evidence": "照片"}, "CLOSED"),
        (as_account("supervisor"), "grant_appeal", {}, "CLOSED"),
        (as_account("housing_lead"), "apply", {"kind": "exclusion", "reason": "UNLAWFUL", "evidence": "照片"},
         "CLOSED"),
        (as_account("supervisor"), "endorse", {"opinion": "属实"}, "CLOSED"),
        (as_account("director"), "grant", {"kind": "exclusion"}, "CLOSED"),
    )
    for system, move, data, state in steps:
        if move == "answer_order":
            data["order"] = agent.get(f"/tickets/{no}").json["orders"][0]["no"]
        made = system.move(no, move, **data)
        assert (made.status_code, made.json.get("state")) == (200, state or made.json.get("state")), (move, made.json)
    other, supervisor = agent.post("/tickets", REQUEST).json["no"], as_account("supervisor")
    assert agent.move(no, "support", ticket=other).status_code == 409  # a unit has the other one
    assert supervisor.move(other, "merge", master=no).json["state"] == "MERGED"
    assert supervisor.move(other, "unmerge", note="另一部电梯").json["state"] == "TO_DISPATCH"
    assert agent.move(no, "support", ticket=other).json["no"] == no
    passed = agent.post("/tickets", REQUEST | {"category": "99"}).json["no"]
    for move, data, state in (
        ("transfer", {"partner": "GAS", "reason": "燃气味"}, "TO_DISPATCH"),
        ("return_transfer", {"result": "非燃气"}, "TO_DISPATCH"),
        ("transfer", {"partner": "POLICE", "reason": "疑似盗窃"}, "TO_DISPATCH"),
        ("confirm_transfer", {"partner_no": "JQ-1"}, "TRANSFERRED"),
    ):
        assert agent.move(passed, move, **data).json["state"] == state
    ended = agent.post("/tickets", REQUEST).json["no"]
    for system, move, data in ((housing, "sign", {}), (housing, "apply_termination", ENDING),
                               (as_account("housing_lead"), "endorse", {}), (supervisor, "grant_termination", {})):
        made = system.move(ended, move, **data)
        assert made.status_code == 200, (move, made.json)
    assert made.json["state"] == "TERMINATED"
    wanted = {"outcome": "refuse", "reason": "R6", "route": "请向信访局查询。"}
    asked = agent.post("/tickets", REQUEST | wanted).json["no"]
    assert agent.move(asked, "refuse").status_code == 403
    assert as_account("shift").move(asked, "admit", note="信访未受理").json["state"] == "DISPATCHED"
    vague = agent.post("/tickets", REQUEST | {"category": "99"}).json["no"]
    told = {"reason": "R6", "route_told": "请向信访局查询。"}
    assert as_account("reviewer").move(vague, "propose_refusal", **told).json["state"] == "REVIEW"
    assert as_account("shift").move(vague, "refuse").json["state"] == "REJECTED"
    declined = agent.post("/tickets", REQUEST | wanted).json["no"]
    assert supervisor.move(declined, "refuse", reason="R8").json["state"] == "REJECTED"
    back = agent.post("/tickets", REQUEST).json["no"]
    gone = {"reason": "SETTLED", "note": "已经修好"}
    assert agent.move(back, "withdraw", **gone, phone="13999999999").status_code == 422
    assert agent.move(back, "withdraw", **gone, phone=REQUEST["phone"]).json["state"] == "WITHDRAWN"
    assert callback.move(back, "recheck_withdrawal", result="ANSWERED", pressed=False).status_code == 409
    assert supervisor.move(back, "reinstate", note="诉求人来电，未解决").json["state"] == "REWORK"
    assert agent.move(ended, "tell_again", note="再次来电，已告知").json["state"] == "TERMINATED"
    handing = {"reason": "LEGACY", "note": "属历史遗留", "told": "已告知向区信访局反映"}
    assert supervisor.move(back, "petition", **handing).status_code == 422
    for move, data in (("petition", handing | {"not_parallel": True}), ("note_petition", {"text": "已受理"}),
                       ("record_receipt", {"receipt_no": "信〔2026〕12号"})):
        assert supervisor.move(back, move, **data).json["state"] == "PETITIONED", move
    shown, merged = agent.get(f"/tickets/{no}").json, agent.get(f"/tickets/{other}").json
    assert (shown["state"], shown["close_type"], shown["round"], shown["supporters"]) == ("CLOSED", "JUDGED", 3, 1)
    assert (merged["state"], merged["master"]["no"], merged["master"]["answer"]) == ("MERGED", no, "电梯已修复。")
    assert [move["move"] for move in shown["moves"]] == ["support", "link", "tell_again", "conceal"]
    told = [event for each in (no, other, ended, back, passed, asked, vague, declined)
            for event in agent.get(f"/tickets/{each}").json["events"]]
    assert {event["kind"] for event in told} >= set(MOVES) - OF_PARTS - LATER
    assert [(one["outcome"], one["level"]) for one in shown["conferences"]] == [("DECIDED", 2), ("CANCELLED", 1)]


def test_a_ticket_shows_its_past_its_clocks_and_what_may_be_done_now(as_account: SYSTEM):
    no = as_account("agent").post("/tickets", REQUEST | {"area": "D-E-1"}).json["no"]
    shown = as_account("housing").get(f"/tickets/{no}").json
    assert shown["category"]["name"] == "住房与房产 › 物业服务"
    assert shown["area"]["name"] == "榕城区 › 东街街道 › 杨桥社区"
    assert shown["caller"] == {"name": "林**", "phone": "138****1234", "address": "榕城区东街街道****"}
    assert [event["kind"] for event in shown["events"]] == ["dispatch", "submit", "create"]
    clocks = {clock["code"]: clock for clock in shown["clocks"]}
    assert set(clocks) == {"TOTAL", "DISPATCH", "SIGN", "CONTACT", "HANDLING"}
    assert clocks["HANDLING"]["rule"]["amount"] == 5
    assert clocks["HANDLING"]["minutes_left"] > 0
    assert {open_now["move"] for open_now in shown["moves"]} == {"sign", "apply_return", "flag_risk"}


def test_the_account_of_a_clock_names_what_was_asked_and_decided(app: Flask, city: City, as_account: SYSTEM):
    with app.app_context():
        with at("2026-03-02 10:00"):
            no = to_handling(city)
            ask_return(city, no)
        with at("2026-03-03 16:00:30"):
            supervise.sweep()
            dispatch.refuse_return(no, city.actor("dispatcher"), opinion="属你局职责")
        base.db.session.remove()
    clocks = {clock["code"]: clock for clock in as_account("housing").get(f"/tickets/{no}/clocks").json}
    run, credit = clocks["HANDLING"]["lines"]
    [asked] = clocks["HANDLING"]["applications"]
    assert (run["application"], credit["application"], credit["minutes"]) == (0, 1, 450)
    assert (asked["reason"], asked["state"], asked["decided_by"]) == ("NOT_OUR_DUTY", "REFUSED", "派单员")
    assert clocks["RETURN_DECISION"]["applications"] == [asked]
    assert [step["level"] for step in clocks["RETURN_DECISION"]["firings"]][-1] == "RED"
    assert clocks["SIGN"]["applications"] == clocks["SIGN"]["firings"] == []


def test_only_moves_open_to_the_account_are_offered_and_the_others_are_refused(as_account: SYSTEM):
    no = as_account("agent").post("/tickets", REQUEST).json["no"]
    reviewer = as_account("reviewer")
    assert [one["move"] for one in reviewer.get(f"/tickets/{no}").json["moves"]] == ["flag_risk"]
    refused = reviewer.move(no, "sign")
    assert (refused.status_code, refused.json["code"]) == (403, "role_may_not")
    early = reviewer.move(no, "accept_reply")
    assert (early.status_code, early.json["code"]) == (409, "no_reply_to_review")


def test_a_stale_version_is_a_conflict_that_says_how_things_stand(as_account: SYSTEM):
    no = as_account("agent").post("/tickets", REQUEST).json["no"]
    housing = as_account("housing")
    seen = housing.get(f"/tickets/{no}").json["version"]
    assert as_account("agent").move(no, "urge", note="快").status_code == 200
    refused = housing.move(no, "sign", version=seen)
    assert (refused.status_code, refused.json["code"]) == (409, "ticket_changed")
    assert (refused.json["version"], refused.json["state"]) == (seen + 1, "DISPATCHED")
    assert housing.move(no, "sign", version=refused.json["version"]).status_code == 200


def test_moves_that_are_none_are_refused_by_name(as_account: SYSTEM):
    agent = as_account("agent")
    no = agent.post("/tickets", REQUEST).json["no"]
    for body, wrong in (
        ({}, {"move": "required"}), ({"move": "create"}, {"move": "not_a_choice"}),
        ({"move": 7}, {"move": "not_a_choice"}),
        ({"move": ["sign"]}, {"move": "not_a_choice"}), ({"move": "apply"}, {"kind": "not_a_choice"}),
        ({"move": "apply", "kind": "holiday"}, {"kind": "not_a_choice"}),
            ({"move": "sign"}, {"version": "required"}),
        ({"move": "sign", "version": "1.5"}, {"version": "not_whole_number"}),
        ({"move": "sign", "version": 10**30}, {"version": "out_of_range"}),
        ({"move": "send_back", "version": 1, "defects": [None]}, {"defects": "not_a_choice"}),
        ({"move": "send_back", "version": 1, "defects": []}, {"defects": "required"}),
        ({"move": "send_back", "version": 1, "defects": "D1"}, {"defects": "not_a_choice"}),
        ({"move": "send_back", "version": 1, "defects": [["D1"]]}, {"defects": "not_a_choice"}),
        ({"move": "sign", "version": 1, "kind": "return"}, {"kind": "unknown_field"}),
        ({"move": "sign", "version": 1, "state": "CLOSED"}, {"state": "unknown_field"}),
    ):
        refused = agent.post(f"/tickets/{no}/moves", body)
        found = {name: problems[0]["code"] for name, problems in refused.json["errors"].items()}
        assert (refused.status_code, found) == (422, wrong), body


@pytest.mark.parametrize("no", ["1", "20260302010001230", "x" * 500, "%00", "2026%3f", "２０２６", "'; --"])
def test_a_ticket_there_is_not_is_not_found(as_account: SYSTEM, no: str):
    supervisor = as_account("supervisor")
    for answer in (supervisor.get(f"/tickets/{no}"), supervisor.post(f"/tickets/{no}/moves", {"move": "chase"})):
        assert answer.status_code == 404
        assert answer.json["code"] in {"ticket_unknown", "not_found"}


def every_address(no: str) -> Iterator[str]:
    """Everything that can be asked for."""
    yield from (f"/tickets/{no}", "/tickets", "/tickets?size=200&text=电梯", "/overdue", "/overdue?size=200")
    yield from ("/figures?from=2026-01-01&to=2026-12-31", "/categories", "/areas", "/units")


def everything_said(system: System, no: str) -> str:
    """All answers, their Chinese readable."""
    return "".join(json.dumps(system.get(address).json, ensure_ascii=False) for address in every_address(no))


def test_another_units_token_learns_nothing_of_a_ticket(as_account: SYSTEM):
    no = as_account("agent").post("/tickets", REQUEST).json["no"]
    urban = as_account("urban")
    assert urban.get(f"/tickets/{no}").status_code == 404
    assert urban.get("/tickets").json["items"] == []
    for move in MOVES:
        refused = urban.post(f"/tickets/{no}/moves", {"move": move} | _enough(move))
        assert (refused.status_code, refused.json["code"]) == (404, "ticket_unknown"), move


def _enough(move: str) -> dict[str, object]:
    """Data that fit the move's form."""
    filled: dict[str, object] = {"version": 1}
    for name, field in MOVES[move].form.fields.items():
        if field.required and name != "version":
            inner = getattr(field, "inner", field)
            vocabulary = getattr(inner, "vocabulary", None)
            value = str(list(vocabulary)[-1]) if vocabulary else "1"
            filled[name] = [value] if inner is not field else value
    more = {"reply": {"unresolved_reason": "FUNDS"}, "apply_suspension": PLAN}
    return filled | more.get(move, {})


@pytest.mark.parametrize(
    ("anonymity", "reader"),
    [("WITHHELD", "housing"), ("WITHHELD", "housing_lead"), ("WITHHELD", "coordinator"), ("WITHHELD", "leader"),
     ("ANONYMOUS", "housing"), ("ANONYMOUS", "supervisor"), ("OPEN", "leader"), ("OPEN", "discipline")],
)
def test_a_caller_who_is_withheld_or_anonymous_is_in_no_answer(
    app: Flask, as_account: SYSTEM, anonymity: str, reader: str
):
    no = as_account("agent").post("/tickets", CANARY_REQUEST | {"anonymity": anonymity}).json["no"]
    _search_index(app)
    system = as_account(reader)
    shown = system.get(f"/tickets/{no}")
    assert (shown.status_code, shown.json["caller"]) == (200, None)
    said = everything_said(system, no)
    assert not [secret for secret in SECRETS if secret in said]


def test_a_caller_is_never_given_out_in_full_even_to_those_who_may_know(app: Flask, as_account: SYSTEM):
    no = as_account("agent").post("/tickets", CANARY_REQUEST).json["no"]
    _search_index(app)
    for reader in ("agent", "supervisor", "housing", "callback"):
        system = as_account(reader)
        shown = system.get(f"/tickets/{no}").json
        assert shown["caller"]["phone"] == "139****2222"
        said = everything_said(system, no)
        assert "秦**" in said
        assert not [secret for secret in (*SECRETS[1:], f"{CANARY}路") if secret in said]


def _search_index(app: Flask) -> None:
    with app.app_context():
        upkeep.index_texts()
        base.db.session.remove()


def test_what_a_unit_wrote_for_itself_stays_with_it_and_the_hotline(app: Flask, as_account: SYSTEM, city: City):
    with app.app_context():
        no = to_replied(city)
        base.db.session.remove()
    assert as_account("reviewer").get(f"/tickets/{no}").json["replies"][0]["internal_account"]
    assert as_account("housing").get(f"/tickets/{no}").json["replies"][0]["internal_account"]
    leader = as_account("leader").get(f"/tickets/{no}").json["replies"][0]
    assert (leader["internal_account"], bool(leader["public_answer"])) == ("", True)


def test_a_list_is_walked_page_by_page_each_ticket_once(app: Flask, as_account: SYSTEM, city: City):
    with app.app_context():
        made = [log(city).no for _ in range(7)]
        base.db.session.remove()
    agent, found, page = as_account("agent"), [], ""
    while page is not None:
        answer = agent.get("/tickets", size=3, **({"page": page} if page else {})).json
        found += [item["no"] for item in answer["items"]]
        page = answer["next"]
    assert found == made[::-1]


def test_a_list_is_narrowed_by_what_is_asked_for(app: Flask, as_account: SYSTEM, city: City):
    with app.app_context():
        housing, water = log(city).no, log(city, "06", area="D-E-1", title="水压不足").no
        waiting = log(city, "99").no
        upkeep.index_texts()
        base.db.session.remove()
    agent = as_account("agent")

    def found(**asked: object) -> set[str]:
        return {item["no"] for item in agent.get("/tickets", **asked).json["items"]}

    assert found() == {housing, water, waiting}
    assert found(category="06") == found(area="榕城区>东街街道") == found(text="水压") == {water}
    assert found(unit_id=city.units["HOUSING"]) == {housing}
    assert found(unit_id=city.units["DISTRICT"]) == {housing, water}
    assert found(state=["TO_DISPATCH", "CLOSED"]) == {waiting}
    assert found(kind="PRAISE") == found(category="nothing") == found(overdue="true") == set()
    assert found(created_from="2026-01-01T00:00:00+08:00", overdue="false") == {housing, water, waiting}
    assert found(created_to="2020-01-01T00:00:00Z") == set()
    assert found(text=f"{water}-1") == {water}
    assert found(text="水压", area="榕城区>东街街道") == {water}
    assert found(text="水压", state="CLOSED") == found(text=water[:-1]) == set()


def test_words_are_found_in_pages_with_the_place_they_stand_at_within_the_accounts_scope(
    app: Flask, as_account: SYSTEM, city: City
):
    with app.app_context():
        nos = [log(city, content=f"第 {n} 次反映：电梯停运。").no for n in range(3)]
        upkeep.index_texts()
        base.db.session.remove()
    housing, walked, page = as_account("housing"), [], ""
    while page is not None:
        answer = housing.get("/tickets", text="电梯停运", size=2, **({"page": page} if page else {})).json
        walked += [item["no"] for item in answer["items"]]
        assert all("电梯停运" in item["excerpt"] for item in answer["items"])
        page = answer["next"]
    assert walked == nos[::-1]
    assert {item["excerpt"] for item in housing.get("/tickets").json["items"]} == {""}
    for stranger in ("schools", "admin"):
        answer = as_account(stranger).get("/tickets", text="电梯停运")
        assert not answer.json.get("items"), stranger
        assert not as_account(stranger).get("/tickets", text=nos[0]).json.get("items"), stranger
    refused = housing.get("/tickets", text="138 0000 1234")
    assert (refused.status_code, refused.json["errors"]["text"][0]["code"]) == (422, "phone_not_searched")
    assert housing.get("/tickets", text="电梯", page="x").status_code == 422


def test_an_unusable_question_is_refused_by_the_name_of_its_field(as_account: SYSTEM):
    agent = as_account("agent")
    for path, asked, wrong in (
        ("/tickets", {"size": "0"}, "size"), ("/tickets", {"size": "201"}, "size"),
        ("/tickets", {"size": "１"}, "size"),
        ("/tickets", {"state": "NOWHERE"}, "state"), ("/tickets", {"page": "!!"}, "page"),
        ("/tickets", {"page": "W10"}, "page"), ("/tickets", {"text": "长" * 101}, "text"),
        ("/tickets", {"created_from": "yesterday"}, "created_from"), ("/tickets", {"nothing": "1"}, "nothing"),
        ("/tickets", {"unit_id": "9" * 30}, "unit_id"), ("/overdue", {"bucket": "OLD"}, "bucket"),
        ("/figures", {}, "from"), ("/figures", {"from": "2026-02-30", "to": "2026-03-01"}, "from"),
        ("/figures", {"from": "2026-03-02", "to": "2026-03-01"}, "to"),
        ("/figures", {"from": "2001-01-01", "to": "2026-03-01"}, "to"), ("/units", {"size": "999"}, "size"),
    ):
        answer = agent.get(path, **asked)
        assert answer.status_code == 422, (path, asked)
        assert wrong in answer.json["errors"], (path, asked)


def test_overdue_clocks_are_listed_for_those_they_count_for(app: Flask, as_account: SYSTEM, city: City):
    with app.app_context():
        with at("2026-03-02 10:00"):
            no = log(city).no
        supervise.sweep()
        base.db.session.remove()
    late = as_account("supervisor").get("/overdue", code="HANDLING").json
    assert [(item["no"], item["unit"]["code"]) for item in late["items"]] == [(no, "HOUSING")]
    assert late["items"][0]["working_days"] > 10
    assert as_account("housing").get("/overdue", code="HANDLING").json["items"] == late["items"]
    assert as_account("urban").get("/overdue").json["items"] == []


def test_figures_are_ratios_with_their_parts(app: Flask, as_account: SYSTEM, city: City):
    with app.app_context():
        to_closed(city)
        to_closed(city, **WITHHELD)
        log(city, **ANONYMOUS)
        base.db.session.remove()
    told = as_account("supervisor").get("/figures", from_="2026-01-01", to="2027-12-31").json
    assert (told["from"], told["to"], bool(told["formula"])) == ("2026-01-01", "2027-12-31", True)
    assert told["callbacks"] == [{"from": "2026-01-01", "to": "2027-12-31", "percent": 100}]
    total, housing, hotline = told["items"]
    assert hotline["unit"]["code"] == "HOTLINE"
    assert (total["unit"], housing["unit"]["code"], housing["received"], housing["closed"]) == (None, "HOUSING", 3, 2)
    solved = next(ratio for ratio in housing["ratios"] if ratio["figure"] == "SOLVED")
    assert (solved["numerator"], solved["denominator"], solved["percent"]) == (2, 2, 100)


def test_categories_areas_and_units_are_listed_by_code_page_by_page(as_account: SYSTEM, city: City):
    agent = as_account("agent")
    for path, known in (("/categories", city.categories), ("/areas", city.areas), ("/units", city.units)):
        found, page = {}, ""
        while page is not None:
            answer = agent.get(path, size=3, **({"page": page} if page else {})).json
            found |= {item["code"]: item["id"] for item in answer["items"]}
            assert len(answer["items"]) <= 3
            page = answer["next"]
        assert found == known


def test_a_browsers_sign_in_opens_nothing_here(app: Flask, city: City):
    browser = app.test_client()
    with app.app_context(), browser.session_transaction() as session:
        session[SESSION_KEY] = _signed_in(city.actor("supervisor"))
    assert browser.get("/api/v1/tickets").status_code == 401
    assert browser.post("/api/v1/tickets", json=REQUEST).status_code == 401


def _signed_in(actor: Actor) -> str:
    """The secret of a session as a browser of this account would have it."""
    secret = "a session of this test"
    with base.transaction():
        moment = base.now()
        base.db.session.add(UserSession(token_hash=hash_of(secret), user_id=actor.user_id, created_at=moment,
                                        seen_at=moment))
    base.db.session.remove()
    return secret


def test_whoever_asks_too_often_is_told_to_wait(as_account: SYSTEM, monkeypatch: pytest.MonkeyPatch):
    few = Buckets(per_second=0, at_once=2)
    monkeypatch.setattr(views, "within_limit", lambda actor: few.take(actor.user_id, 0.0))
    agent = as_account("agent")
    assert [agent.get("/units").status_code for _ in range(3)] == [200, 200, 429]
    refused = agent.get("/units")
    assert (refused.json["code"], refused.headers["Retry-After"]) == ("too_many_requests", "1")
    assert as_account("supervisor").get("/units").status_code == 200


def test_a_bucket_refills_with_time_and_never_overflows():
    buckets = Buckets(per_second=2, at_once=3)
    assert [buckets.take("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert [buckets.take("a", 0.5), buckets.take("a", 0.5)] == [True, False]
    assert [buckets.take("a", 1_000.0) for _ in range(4)] == [True, True, True, False]


def test_what_is_not_there_and_what_is_not_done_here_is_said_in_json(as_account: SYSTEM):
    agent = as_account("agent")
    missing = agent.get("/nothing")
    assert (missing.status_code, missing.json["code"]) == (404, "not_found")
    wrong = agent.client.delete("/api/v1/tickets", headers=agent.headers)
    assert (wrong.status_code, wrong.json["code"]) == (405, "method_not_allowed")
    assert set(wrong.headers["Allow"].split(", ")) >= {"GET", "POST"}
