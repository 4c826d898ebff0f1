"""Several units on one ticket, as other systems make it so: every move of parts, and what each unit is told."""

from __future__ import annotations

from collections.abc import Callable

from tests.api.conftest import REQUEST, System
from tests.api.test_tickets import OF_PARTS
from tests.builders import City

REPORT = {"resolution": "RESOLVED", "account": "已清理。", "proposal": "占道摊位已清理。"}


def test_every_move_of_parts_is_made_by_name(as_account: Callable[[str], System], city: City):
    agent, desk, above = as_account("agent"), as_account("dispatcher"), as_account("coordinator")
    east, urban, schools, water = (as_account(name) for name in ("east", "urban", "schools", "water"))
    units = city.units
    ours = agent.post("/tickets", REQUEST | {"category": "0501", "area": "D-E", "place": "东街一号"}).json["no"]
    theirs = agent.post("/tickets", REQUEST | {"category": "99"}).json["no"]
    steps = (
        (east, ours, "sign", {}),
        (east, ours, "whistle", {"unit_ids": [units["URBAN"]], "reason": "需城管执法"}),
        (desk, ours, "add_part", {"unit_ids": [units["SCHOOLS"], units["HOUSING"]], "role": "JOINT"}),
        (desk, ours, "copy", {"unit_ids": [units["WATER"]]}),
        (water, ours, "acknowledge", {}),
        (urban, ours, "object", {"reason": "NOT_OUR_DUTY", "basis": "不属执法范围"}),
        (desk, ours, "keep_part", {"task": "2", "opinion": "依规应哨"}),
        (schools, ours, "object", {"reason": "NOT_OUR_DUTY", "basis": "与教育无关"}),
        (desk, ours, "release_part", {"task": "3"}),
        (desk, ours, "recall_part", {"task": "4", "reason": "OTHER"}),
        (urban, ours, "contribute", REPORT),
        (desk, theirs, "dispatch", {"unit_id": units["DISTRICT"]}),
        (above, theirs, "sign", {}),
        (above, theirs, "delegate", {"unit_id": units["URBAN"]}),
        (above, theirs, "delegate", {"unit_id": units["SCHOOLS"]}),
        (urban, theirs, "sign", {"task": "1.1"}),
        (urban, theirs, "contribute", REPORT),
        (above, theirs, "return_part", {"task": "1.1", "opinion": "请补照片"}),
        (urban, theirs, "contribute", REPORT),
        (above, theirs, "accept_part", {"task": "1.1"}),
        (above, theirs, "withdraw_part", {"task": "1.2", "reason": "OTHER"}),
    )
    for system, no, move, data in steps:
        made = system.move(no, move, **data)
        assert made.status_code == 200, (move, made.json)
    shown = [desk.get(f"/tickets/{no}").json for no in (ours, theirs)]
    assert {event["kind"] for one in shown for event in one["events"]} >= OF_PARTS
    assert [(task["number"], task["state"]) for task in shown[0]["assignments"]] == [
        (f"{ours}-1", "WORKING"), (f"{ours}-2", "REPLIED"), (f"{ours}-3", "RETURNED"), (f"{ours}-4", "RECALLED"),
        (f"{ours}-5", "DONE")]
    assert [(task["path"], task["level"], task["state"]) for task in shown[1]["assignments"]] == [
        ("1", 1, "WORKING"), ("1.1", 2, "ACCEPTED"), ("1.2", 2, "RECALLED")]
    assert [one["task"] for one in east.get(f"/tickets/{ours}").json["contributions"]] == ["2"]
    assert schools.get(f"/tickets/{ours}").json["contributions"] == []


def test_a_due_beyond_the_own_comes_back_with_the_latest_there_may_be(as_account: Callable[[str], System], city: City):
    """A9."""
    no = as_account("agent").post("/tickets", REQUEST | {"category": "99"}).json["no"]
    as_account("dispatcher").move(no, "dispatch", unit_id=city.units["DISTRICT"])
    above = as_account("coordinator")
    above.move(no, "sign")
    refused = above.move(no, "delegate", unit_id=city.units["URBAN"], due_at="2099-01-01T00:00:00Z")
    assert (refused.status_code, refused.json["errors"]["due_at"][0]["code"]) == (
        422, "due_beyond_own")
