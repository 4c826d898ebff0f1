"""The points of a request, and what their answers make of the whole."""

import pytest

from workflows.rules.items import ItemAnswer, items_of, problems_of, resolution_of, truth_of
from workflows.rules.vocabulary import Resolution, Truth

R, T = Resolution, Truth


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("", []),
        (" \n\u3000\n", []),
        ("修好电梯", ["修好电梯"]),
        ("1. 修好电梯\n2、公示记录\n（3）退还物业费\n四、书面答复", ["修好电梯", "公示记录", "退还物业费", "书面答复"]),
        ("2.5米的围挡拆除\n10:30后不得施工", ["2.5米的围挡拆除", "10:30后不得施工"]),
        ("修好电梯\n1、修好电梯", ["修好电梯"]),
        ("1.\n一、", ["1.", "一、"]),
        (["修好电梯", "  公示  "], ["修好电梯", "公示"]),
    ],
)
def test_points_are_typed_one_a_line_with_or_without_numbers(typed, points):
    assert items_of(typed) == points


def test_every_point_wants_its_whole_answer():
    whole = ItemAnswer(T.TRUE, R.RESOLVED, "已修好。")
    assert problems_of([], []) == {}
    assert problems_of(["修好电梯"], [whole]) == {}
    assert problems_of(["修好电梯", "公示"], [whole]) == {"items": ["items_unanswered"]}
    assert problems_of([], [whole]) == {"items": ["items_unanswered"]}
    assert problems_of(["修好电梯", "公示"], [whole, ItemAnswer(T.FALSE)]) == {
        "items-2-resolution": ["required"], "items-2-answer": ["required"],
    }


@pytest.mark.parametrize(
    ("points", "whole"),
    [
        ([(T.TRUE, R.RESOLVED)], (T.TRUE, R.RESOLVED)),
        ([(T.TRUE, R.RESOLVED), (T.TRUE, R.UNRESOLVED)], (T.TRUE, R.PARTLY)),
        ([(T.FALSE, R.UNRESOLVED), (T.FALSE, R.UNRESOLVED)], (T.FALSE, R.UNRESOLVED)),
        ([(T.TRUE, R.RESOLVED), (T.FALSE, R.RESOLVED)], (T.PARTLY, R.RESOLVED)),
        ([(T.PARTLY, R.PARTLY), (T.TRUE, R.RESOLVED)], (T.PARTLY, R.PARTLY)),
    ],
)
def test_the_whole_is_solved_only_where_each_point_is(points, whole):
    answers = [ItemAnswer(truth, resolution, "已办。") for truth, resolution in points]
    assert (truth_of(answers), resolution_of(answers)) == whole
