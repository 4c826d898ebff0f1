"""Masking shows what is agreed, no more, and never fails."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.corpus import NASTY, REFUSED
from workflows.rules.masking import COMPOUND_SURNAMES, mask_address, mask_id_no, mask_name, mask_phone

MASKS = [mask_name, mask_phone, mask_id_no, mask_address]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张**"),
        ("张", "张**"),
        ("王小明", "王**"),
        ("欧阳娜娜", "欧阳**"),
        ("欧阳修", "欧阳**"),
        ("欧阳", "欧**"),
        ("諸葛亮", "諸葛**"),
        ("买买提·吐尔逊", "买**·**"),
        ("古丽娜尔・艾合买提", "古**·**"),
        ("才旦·卓玛·央金·拉姆", "才**·**·**"),
        ("John Smith", "J** S**"),
        ("Madonna", "M**"),
        ("𬱖磊", "𬱖**"),
        ("䶮正阳", "䶮**"),
        ("葛\U000e0100城", "葛\U000e0100**"),
        ("  李四 ", "李**"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_name_shows_its_surname_only(name, shown):
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("+8613812345678", "138****5678"),
        ("0086 138-1234-5678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("013812345678", "138****5678"),
        ("0591-87654321", "0591-****4321"),
        ("010 8765 4321 转 8001", "010-****4321"),
        ("+8659187654321;ext=8001", "0591-****4321"),
        ("87654321", "****4321"),
        ("661234", "****34"),
        ("1234", "****"),
        ("+85291234567", "****4567"),
        ("13800001111，13900002222", "138****1111, 139****2222"),
        ("12345", "12345"),
        ("110", "110"),
        ("95598", "95598"),
        ("没有电话", "****"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_number_shows_its_last_digits_unless_it_is_a_public_service(phone, shown):
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("id_no", "shown"),
    [
        ("350102199001011234", "350*************34"),
        ("35010219900101123X", "350*************3X"),
        ("350102900101123", "350**********23"),
        ("E12345678", "E****"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_identity_number_shows_three_and_two_characters(id_no, shown):
    assert mask_id_no(id_no) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("福建省福州市鼓楼区东街街道杨桥路12号3座501", "福建省福州市鼓楼区东街街道****"),
        ("鼓楼区东街街道", "鼓楼区东街街道****"),
        ("江西省景德镇市珠山区新厂街道瓷都大道1号", "江西省景德镇市珠山区新厂街道****"),
        ("宁波市镇海区招宝山街道1号", "宁波市镇海区招宝山街道****"),
        ("上海市普陀区曹杨新村街道兰溪路3弄", "上海市普陀区曹杨新村街道****"),
        ("台州市路桥区路南街道", "台州市路桥区路南街道****"),
        ("郑州市金水区花园路街道1号院", "郑州市金水区花园路街道****"),
        ("聊城市城区101", "聊城市城区****"),
        ("乌鲁木齐市天山区和平路5号", "乌鲁木齐市天山区****"),
        ("西乌珠穆沁旗巴拉嘎尔高勒镇1号", "西乌珠穆沁旗巴拉嘎尔高勒镇****"),
        ("闽侯县上街镇大学城", "闽侯县上街镇****"),
        ("福州市鼓楼区东街口12号", "福州市鼓楼区****"),
        ("杨桥路12号", "****"),
        ("和盛小区5栋101", "****"),
        ("和盛花园超市501", "****"),
        ("城乡路101", "****"),
        ("和平路镇海花园", "****"),
        ("5 Yangqiao Road", "****"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_address_shows_its_street_at_most(address, shown):
    assert mask_address(address) == shown


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("text", [*NASTY.values(), *REFUSED.values()], ids=[*NASTY, *REFUSED])
def test_odd_text_is_masked_fast_into_something_short_that_can_be_stored(mask, text):
    started = time.process_time()
    masked = mask(text)
    assert time.process_time() - started < 0.1
    masked.encode("utf-8")
    assert len(masked) <= 70
    assert "\x00" not in masked


@pytest.mark.parametrize("value", [12345678901, 1.5, b"x", ["a"], True])
def test_values_that_are_not_text_do_not_fail(value):
    for mask in MASKS:
        assert isinstance(mask(value), str)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=20))
def test_no_more_of_a_chinese_name_is_shown_than_its_surname(name):
    shown = mask_name(name).removesuffix("**")
    assert shown == (name[:2] if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else name[:1])


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_four_digits_of_every_mobile_are_hidden(phone):
    assert mask_phone(phone) == f"{phone[:3]}****{phone[7:]}"


@given(st.text(max_size=80))
def test_nothing_makes_a_mask_fail(text):
    for mask in MASKS:
        assert mask(mask(text)) is not None
