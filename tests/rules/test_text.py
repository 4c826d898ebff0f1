"""Text as it comes in, is compared, and leaves in a table."""

import csv
import io
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.rules.corpus import EMOJI, FORMULAS, LONG, MINORITY_NAMES, NASTY, RARE_NAMES, REFUSED
from workflows.rules.text import (
    SIMILAR,
    IdentityHit,
    TextError,
    bigrams,
    clean_line,
    clean_text,
    csv_safe,
    is_id_number,
    mentions_identity,
    overlap,
    search_form,
    similarity,
)

CALLER = ("张小明", ["13800001234", "0591-87654321"])


def checked_id(first_seventeen: str) -> str:
    """A made-up identity number: the one last character that makes it pass."""
    return next(first_seventeen + last for last in "0123456789X" if is_id_number(first_seventeen + last))


# What comes in


@pytest.mark.parametrize("clean", [clean_line, clean_text])
@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_stored_is_refused_with_a_code(clean, text):
    with pytest.raises(TextError) as caught:
        clean(text)
    assert caught.value.code == ("text_nul" if "\x00" in text else "text_surrogate")


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_everything_else_is_cleaned_quickly_and_once_for_all(text):
    for clean in (clean_line, clean_text):
        started = time.process_time()
        cleaned = clean(text)
        assert time.process_time() - started < 0.1
        assert clean(cleaned) == cleaned
        cleaned.encode("utf-8")
        assert not {c for c in cleaned if unicodedata.category(c) == "Cc"} - {"\n"}
        assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@pytest.mark.parametrize("name", [*RARE_NAMES.values(), *MINORITY_NAMES.values()][:-1], ids=repr)
def test_rare_and_minority_names_survive_as_they_are(name):
    assert clean_line(name) == name
    assert clean_text(name) == name


def test_names_in_decomposed_form_are_composed():
    assert clean_line("\u1112\u1161\u11ab국") == "한국"
    assert clean_text("Lu\u0308 女士") == "Lü 女士"


def test_every_han_character_of_gb18030_survives():
    han = [chr(code) for code in [*range(0x3400, 0xA000), *range(0xF900, 0xFB00), *range(0x20000, 0x32000)]]
    for text in ("".join(han[start : start + 4_000]) for start in range(0, len(han), 4_000)):
        assert clean_line(text) == text


@pytest.mark.parametrize(
    ("typed", "line", "text"),
    [
        ("\u3000\u3000关于路灯\t不亮\u3000", "关于路灯 不亮", "关于路灯 不亮"),
        ("第一行\r\n 第二行\r第三行", "第一行 第二行 第三行", "第一行\n 第二行\n第三行"),
        ("第一行\u2028第二行\x0b第三行", "第一行 第二行 第三行", "第一行\n第二行\n第三行"),
        ("噪\u200b音\ufeff", "噪音", "噪\u200b音"),
        ("发票\u202egnp.exe", "发票gnp.exe", "发票gnp.exe"),
        ("红\x1b[31m\x9b色", "红[31m色", "红[31m色"),
        ("\u200b\u200c\ufeff\u3164", "", "\u200b\u200c\u3164"),
        (" \U000e0100张三", "张三", "\U000e0100张三"),
        ("１３８", "１３８", "１３８"),
        ("", "", ""),
    ],
)
def test_lines_lose_what_is_not_seen_and_texts_keep_their_lines(typed, line, text):
    assert clean_line(typed) == line
    assert clean_text(typed) == text


def test_emoji_in_a_text_stay_whole():
    assert clean_text(EMOJI["family"]) == EMOJI["family"]


@given(st.text(max_size=60))
@example("\u0344\x01\u0301")
@example("\t\u3000\ufe0f\u3000\n")
def test_cleaning_twice_changes_nothing_more(text):
    for clean in (clean_line, clean_text):
        try:
            cleaned = clean(text)
        except TextError:
            assert "\x00" in text
            return
        assert clean(cleaned) == cleaned
        assert len(cleaned) <= 3 * len(text)
    assert "\n" not in clean_line(text)


# How it is compared


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("ＡＢＣ物业１号楼", "abc物业1号楼"),
        ("葛\U000e0100城", "葛城"),
        ("路灯\u3000 不亮\n", " 路灯 不亮"),
        ("噪\u200b音", "噪音"),
        ("\uf979宫", "凉宫"),
        ("STRASSE", "straße"),
        ("ｶﾞｽ", "ガス"),
    ],
)
def test_search_finds_what_only_looks_different(a, b):
    assert search_form(a) == search_form(b)


@given(st.text(max_size=60))
def test_a_search_form_is_its_own_search_form(text):
    assert search_form(search_form(text)) == search_form(text)


@given(st.text(max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_the_bigrams_of_a_query_are_among_those_of_a_text_that_contains_it(text, start, end):
    found = search_form(text)
    assert bigrams(found[start:end]) <= bigrams(found)


def test_bigrams_do_not_reach_across_punctuation():
    assert bigrams("路灯，不亮 A1") == {"路灯", "不亮", "a1"}
    assert bigrams("水") == set()
    assert bigrams("བསྟན") >= {"བས"}


SAME_MATTER = [
    (
        "凤凰花园3栋楼下的烧烤摊每天营业到凌晨两点，油烟和噪音很大，老人孩子无法休息，请城管处理",
        "我是凤凰花园业主，小区楼下烧烤摊深夜还在营业，油烟噪音扰民，希望城管部门尽快处理",
    ),
    (
        "长江路与人民路交叉口红绿灯坏了，车辆乱行，很危险",
        "人民路长江路路口的红绿灯不亮已经两天，早高峰堵得厉害，非常危险，请交警尽快派人维修",
    ),
    (
        "翠湖小区停水",
        "翠湖小区从昨晚开始停水，物业说不清楚原因，自来水公司电话打不通，什么时候恢复供水？",
    ),
    (
        "反映某建筑公司拖欠农民工工资，东湖项目工地三十多人三个月没有发工资",
        "东湖项目工地拖欠工资，我们三十几个农民工从三月到现在没有拿到工资",
    ),
]
OTHER_MATTER = [
    (SAME_MATTER[0][0], SAME_MATTER[1][0]),
    (SAME_MATTER[0][1], SAME_MATTER[3][0]),
    (SAME_MATTER[1][1], SAME_MATTER[2][1]),
    ("咨询居住证怎么办理，需要哪些材料", "咨询生育津贴如何申领，多久到账"),
    ("请问医保断缴三个月怎么补缴", "翠湖小区物业费上涨没有公示"),
    ("停水", "停电"),
    ("凤凰路", "凤凰路与解放路路口违章停车占用盲道，行人无法通行"),
]


@pytest.mark.parametrize(("a", "b"), SAME_MATTER)
def test_two_callers_about_one_matter_are_similar(a, b):
    assert similarity(a, b) >= SIMILAR
    assert similarity(a, b) == similarity(b, a) == overlap(bigrams(a), bigrams(b))


@pytest.mark.parametrize(("a", "b"), OTHER_MATTER)
def test_two_matters_are_not(a, b):
    assert similarity(a, b) < SIMILAR


def test_the_same_text_is_wholly_similar_and_nothing_resembles_nothing():
    assert similarity(SAME_MATTER[0][0], SAME_MATTER[0][0] + "！") == pytest.approx(1)
    assert similarity("", "") == 0
    assert similarity("？", SAME_MATTER[0][0]) == 0


# How it leaves


@pytest.mark.parametrize("text", FORMULAS.values(), ids=FORMULAS)
def test_text_that_begins_like_a_formula_is_written_as_text(text):
    assert csv_safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["\tx", "\rx", "\nx", "\x00x", "=", "＝"])
def test_so_is_text_behind_a_control_character(text):
    assert csv_safe(text).startswith("'")


@pytest.mark.parametrize(
    ("value", "cell"),
    [("张三", "张三"), ("1+1=2", "1+1=2"), ("", ""), (None, ""), (-5, "-5"), (-0.5, "-0.5"), ("-", "'-")],
)
def test_other_values_are_left_alone(value, cell):
    assert csv_safe(value) == cell


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r")), min_size=1))
def test_no_cell_of_a_table_read_back_begins_like_a_formula(cells):
    table = io.StringIO()
    csv.writer(table).writerow([csv_safe(cell) for cell in cells])
    (row,) = csv.reader(io.StringIO(table.getvalue(), newline=""))
    assert not any(cell.lstrip()[:1] in set("=+-@＝＋－＠") and cell.lstrip()[:1] for cell in row)
    assert [cell.removeprefix("'") for cell in row] == [cell.removeprefix("'") for cell in cells]


# What gives a caller away


@pytest.mark.parametrize(
    ("content", "hits"),
    [
        ("本人张小明反映楼下噪音", ["NAME"]),
        ("本人张 小 明反映楼下噪音", ["NAME"]),
        ("请回电13800001234", ["PHONE"]),
        ("请回电138-0000 1234一直有人", ["PHONE"]),
        ("请回电１３８００００１２３４", ["PHONE"]),
        ("请回电一三八〇〇〇〇一二三四", ["PHONE"]),
        ("电话+8613800001234", ["PHONE"]),
        ("家里电话87654321", ["PHONE"]),
        ("家里电话(0591)8765-4321", ["PHONE"]),
        ("店主电话13911112222一直不接", ["OTHER_PHONE"]),
        (f"身份证{checked_id('35010219900101123')}", ["ID_NUMBER"]),
        (f"身份证{checked_id('35010219900101122').lower()}，", ["ID_NUMBER"]),
        ("我的车闽A·12345被剐蹭", ["PLATE"]),
        ("新能源车闽ad12345", ["PLATE"]),
        ("张小明 13800001234 闽A12345", ["NAME", "PHONE", "PLATE"]),
        ("工单20260302010001230一直没有办", []),
        ("三号楼一单元二零二室漏水", []),
        ("小明同学上学难", []),
        ("", []),
    ],
)
def test_the_scrubber_warns_of_what_gives_the_caller_away(content, hits):
    assert mentions_identity(content, *CALLER) == [IdentityHit[hit] for hit in hits]


def test_minority_names_are_found_whatever_dot_is_written():
    assert mentions_identity("我叫买买提•吐尔逊", "买买提·吐尔逊", []) == [IdentityHit.NAME]


def test_without_a_name_and_numbers_nothing_is_the_callers():
    assert mentions_identity("张三的电话是12345", None, []) == []
    assert mentions_identity("张三", "张", ["", "无", "110"]) == []


def test_an_identity_number_needs_its_date_and_its_check_character():
    good = checked_id("35010219900101123")
    assert not is_id_number(good[:17] + ("0" if good[17] != "0" else "1"))
    assert not any(is_id_number("35010219901301123" + last) for last in "0123456789X")


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_no_text_is_slow_to_compare_or_scan(text):
    started = time.process_time()
    search_form(text)
    mentions_identity(text, *CALLER)
    assert time.process_time() - started < 0.2
    assert 0 <= similarity(text[:10_000], LONG["address"]) <= 1.0001
