"""Signs of danger in texts, and that no ticket ends while one waits."""

import pytest

from workflows.rules.lifecycle import TICKET_MOVES
from workflows.rules.risk import RiskRule, kinds_of, signs
from workflows.rules.states import OPEN_STATES, TicketState
from workflows.rules.vocabulary import RiskKind

RULES = {
    RiskKind.EXTREME: RiskRule(RiskKind.EXTREME, ("跳楼", "不想活"), "110", True),
    RiskKind.ACCIDENT: RiskRule(RiskKind.ACCIDENT, ("起火", "LNG泄漏"), "119", True),
}
#: Ways a ticket ends before anybody has it in a queue, and what has ended already.
BEFORE = {"answer", "refuse", "archive"}
#: The line a danger was passed to says that it has it: that is the hand-over.
HANDS_OVER = {"confirm_transfer"}


@pytest.mark.parametrize(("text", "found"), [
    ("我要跳楼", ["跳楼"]),
    ("他说 跳 楼 了，还说不想活", ["跳楼", "不想活"]),
    ("ｌｎｇ泄漏，附近起\n火", ["起火", "LNG泄漏"]),
    ("电梯停运三天", []),
    ("", []),
])
def test_words_are_found_however_they_are_written(text, found):
    assert [sign.word for sign in signs(RULES, ["标题", text])] == found


def test_kinds_are_named_once_in_the_order_of_the_rules():
    assert kinds_of(signs(RULES, ["起火，要跳楼", "不想活"])) == [RiskKind.EXTREME, RiskKind.ACCIDENT]


def test_what_stands_in_two_texts_is_not_read_across_them():
    assert signs(RULES, ["他要跳", "楼上漏水"]) == ()


def test_no_move_ends_an_open_ticket_while_a_danger_waits():
    ends = [line for line in TICKET_MOVES.values()
            if set(line.targets) - OPEN_STATES and line.sources & (OPEN_STATES - {TicketState.DRAFT})]
    assert {line.name for line in ends} - BEFORE >= {"close", "merge", "grant_termination", "grant_judgement"}
    for line in ends:
        assert line.name in BEFORE | HANDS_OVER or "risk_handed_over" in line.guards, line.name


def test_no_unit_gets_what_an_emergency_line_must_have_first():
    for name in ("dispatch", "decide_conference"):
        assert "line_has_it" in TICKET_MOVES[name].guards
