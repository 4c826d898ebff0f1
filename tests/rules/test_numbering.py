"""Numbers people read out: a misread one is noticed."""

import secrets
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.rules.numbering import (
    CHANNEL_OF,
    ApplicationPrefix,
    Channel,
    NumberError,
    TicketNo,
    application_no,
    assignment_no,
    check_digit,
    is_mistyped,
    is_valid,
    new_query_code,
    normalise_query_code,
    normalise_ticket_no,
    parse,
    ticket_no,
)

EXAMPLE = "20260302010001230"
NUMBERS = st.builds(
    ticket_no,
    st.dates(min_value=date(2004, 1, 1), max_value=date(2099, 12, 31)),
    st.sampled_from([channel.digits for channel in Channel]),
    st.integers(min_value=1, max_value=999_999),
)


def test_the_worked_example_of_the_domain():
    assert ticket_no(date(2026, 3, 2), Channel.PHONE.digits, 123) == EXAMPLE
    assert parse(EXAMPLE) == TicketNo(date(2026, 3, 2), "01", 123)


@pytest.mark.parametrize(("digits", "check"), [("0794", "5"), ("00200667308", "5"), ("1", "9")])
def test_check_digits_of_published_examples(digits, check):
    assert check_digit(digits) == check


@given(NUMBERS)
def test_a_number_is_seventeen_digits_and_valid(no):
    assert len(no) == 17
    assert is_valid(no)
    assert ticket_no(*(getattr(parse(no), part) for part in ("day", "channel", "sequence"))) == no


@given(NUMBERS, st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed(no, place, by):
    wrong = str((int(no[place]) + by) % 10)
    assert not is_valid(no[:place] + wrong + no[place + 1 :])


def test_swapped_neighbours_are_noticed_as_often_as_the_standard_can():
    """MOD 11,10 lets 10 of the 450 cases (running product, pair) through; nothing else may pass."""
    pairs = [(prefix, a, b) for prefix in range(200) for a in range(10) for b in range(10) if a < b]
    missed = [
        (prefix, a, b)
        for prefix, a, b in pairs
        if check_digit(f"{prefix:03d}{a}{b}") == check_digit(f"{prefix:03d}{b}{a}")
    ]
    assert 0.01 < len(missed) / len(pairs) < 0.03
    assert {(b - a) % 10 for _, a, b in missed} <= {1, 9}


@pytest.mark.parametrize(
    ("no", "code"),
    [
        ("", "number_shape"),
        ("2026030201000123", "number_shape"),
        ("２０２６0302010001230", "number_shape"),
        ("20260302 010001230", "number_shape"),
        (EXAMPLE + "\n", "number_shape"),
        ("20260302010001231", "number_check_digit"),
        ("2026023101000123" + check_digit("2026023101000123"), "number_date"),
        ("0000010101000123" + check_digit("0000010101000123"), "number_date"),
    ],
)
def test_what_is_no_number_says_why(no, code):
    with pytest.raises(NumberError) as caught:
        parse(no)
    assert caught.value.code == code
    assert not is_valid(no)


def test_a_number_is_found_however_it_is_pasted():
    assert normalise_ticket_no(" ２０２６０３０２-01 000123·0\n") == EXAMPLE


def test_a_number_with_a_wrong_digit_is_told_from_words():
    good = ticket_no(date(2026, 3, 2), "01", 123)
    wrong = good[:-1] + str((int(good[-1]) + 1) % 10)
    assert [is_mistyped(text) for text in (wrong, f"{wrong}-1.2", f"{wrong[:8]} {wrong[8:]}")] == [True] * 3
    assert not any(is_mistyped(text) for text in (good, f"{good}-1", "电梯", "2026", ""))


@pytest.mark.parametrize("sequence", [0, -1, 1_000_000])
def test_a_sequence_that_does_not_fit_is_refused(sequence):
    with pytest.raises(ValueError, match="sequence"):
        ticket_no(date(2026, 3, 2), "01", sequence)


@pytest.mark.parametrize("channel", ["1", "001", "A1", "０１", ""])
def test_a_channel_that_is_not_two_digits_is_refused(channel):
    with pytest.raises(ValueError, match="channel"):
        ticket_no(date(2026, 3, 2), channel, 1)


def test_every_channel_has_its_own_digits_and_the_issued_ones_never_move():
    assert len(CHANNEL_OF) == len(Channel)
    issued = (
        "PHONE WEB WECHAT APP SMS EMAIL LETTER WINDOW PROVINCE PETITION_OFFICE "
        "GRID TRANSFER_110 MEDIA INSTRUCTION API IMPORT"
    )
    assert " ".join(CHANNEL_OF[f"{place:02d}"] for place in range(1, 17)) == issued


def test_sub_numbers_and_application_numbers():
    assert assignment_no(EXAMPLE, [1]) == f"{EXAMPLE}-1"
    assert assignment_no(EXAMPLE, (1, 2)) == f"{EXAMPLE}-1.2"
    assert application_no("TD", date(2026, 3, 2), 7) == "TD202603000007"
    assert application_no(ApplicationPrefix.EXTENSION, date(2026, 12, 1), 1_234_567) == "YQ2026121234567"
    with pytest.raises(ValueError, match="XX"):
        application_no("XX", date(2026, 3, 2), 7)


def test_a_query_code_carries_all_forty_bits():
    assert new_query_code(lambda n: b"\x00" * n) == "00000000"
    assert new_query_code(lambda n: b"\xff" * n) == "ZZZZZZZZ"
    assert new_query_code(lambda n: bytes(range(1, n + 1))) == "04106105"
    assert len({new_query_code(secrets.token_bytes) for _ in range(2_000)}) == 2_000


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7k0q1xyz", "7K0Q1XYZ"),
        (" 7KOQ-lXYZ ", "7K0Q1XYZ"),
        ("７ｋｏｑ　ｉｘｙｚ", "7K0Q1XYZ"),
        ("7K0Q1XY", None),
        ("7K0Q1XYZZ", None),
        ("7K0Q1XYU", None),
        ("查询码七K零Q", None),
        ("", None),
    ],
)
def test_a_query_code_is_read_as_people_type_it(typed, code):
    assert normalise_query_code(typed) == code


@given(st.binary(min_size=5, max_size=5))
def test_every_new_code_is_its_own_normal_form(entropy):
    code = new_query_code(lambda _: entropy)
    assert normalise_query_code(code) == code
    assert normalise_query_code(code.lower()) == code
