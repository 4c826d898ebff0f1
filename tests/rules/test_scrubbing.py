"""Taking a caller out of a text: what is found, and what stays."""

import pytest

from workflows.rules.masking import scrub

NAME, PHONE = "王建国", "13812345678"


@pytest.mark.parametrize(("said", "left"), [
    ("我是王建国，电话13812345678", "我是王**，电话138****5678"),
    ("王 建 国 138-1234-5678", "王** 138****5678"),
    ("一三八 一二三四 五六七八 找王建国", "138****5678 找王**"),
    ("１３８１２３４５６７８", "138****5678"),
    ("电梯停运三天", "电梯停运三天"),
    ("王师傅，13912345678", "王师傅，13912345678"),
])
def test_the_callers_own_name_and_numbers_give_way(said, left):
    assert scrub(said, NAME, [PHONE, ""]) == left


def test_a_name_of_one_character_and_no_number_change_nothing():
    assert scrub("王先生12345", "王", ["12345", ""]) == "王先生12345"


def test_an_address_gives_way_to_its_street():
    assert scrub("住榕城区东街街道杨桥路9号501室", "", [], "榕城区东街街道杨桥路9号501室") == "住榕城区东街街道****"
