"""Which limit holds: the order of choice, validity, and the built-in profile."""

import json
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.official import OFFICE, examples
from workflows.rules.calendar import Basis
from workflows.rules.limits import DEFAULT_PROFILE, EXTENSIONS, ClockCode, Limit, LimitBook, limit_text, select_limit

ON = date(2026, 3, 2)
KINDS = ("CONSULT", "HELP", "COMPLAINT", "REPORT", "SUGGEST", "PRAISE", "OTHER")


def limit(amount: int, **selectors) -> Limit:
    plain = {
        "id": None, "code": ClockCode.HANDLING, "basis": Basis.WD, "kind": None, "category_path": None,
        "urgency": None, "unit_id": None, "enterprise": None, "source": "test",
        "valid_from": date(2020, 1, 1), "valid_to": None,
    }  # fmt: skip
    return Limit(**{**plain, "amount": amount, **selectors})


def ticket(**facts) -> dict:
    plain = {
        "code": ClockCode.HANDLING, "kind": "COMPLAINT", "category_path": "/1/12/57/", "urgency": "NORMAL",
        "unit_id": 9, "enterprise": False, "on": ON,
    }  # fmt: skip
    return {**plain, **facts}


STRONGEST_FIRST = [
    limit(1, category_path="/1/12/57/", unit_id=9),
    limit(2, category_path="/1/12/57/", urgency="NORMAL", kind="COMPLAINT"),
    limit(3, category_path="/1/12/57/"),
    limit(4, category_path="/1/12/", unit_id=9),
    limit(5, category_path="/1/12/"),
    limit(6, category_path="/1/"),
    limit(7, unit_id=9, urgency="NORMAL"),
    limit(8, unit_id=9),
    limit(9, urgency="NORMAL", enterprise=False),
    limit(10, urgency="NORMAL", kind="COMPLAINT"),
    limit(11, urgency="NORMAL"),
    limit(12, enterprise=False),
    limit(13, kind="COMPLAINT"),
    limit(14),
]


@pytest.mark.parametrize("weakest", range(len(STRONGEST_FIRST)))
def test_the_most_specific_limit_wins_whatever_the_order_of_rows(weakest):
    rules = STRONGEST_FIRST[weakest:]
    for order in (rules, rules[::-1]):
        assert select_limit(order, **ticket()).amount == rules[0].amount


def test_a_category_matches_below_itself_and_not_a_longer_number():
    rules = [limit(3, category_path="/1/12/"), limit(9)]
    answers = {path: select_limit(rules, **ticket(category_path=path)).amount for path in
               ("/1/12/", "/1/12/57/", "/1/121/", "/1/", None)}  # fmt: skip
    assert answers == {"/1/12/": 3, "/1/12/57/": 3, "/1/121/": 9, "/1/": 9, None: 9}


@pytest.mark.parametrize("path", ["1/12", "/1/12", "/", "", "12"])
def test_a_category_path_without_its_slashes_is_refused(path):
    with pytest.raises(ValueError, match="category path"):
        limit(1, category_path=path)


def test_a_limit_below_one_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        limit(0)


def test_a_limit_holds_from_its_first_day_through_its_last():
    rules = [limit(3, kind="COMPLAINT", valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 31)), limit(9)]
    amounts = [select_limit(rules, **ticket(on=date(2026, month, day))).amount
               for month, day in ((2, 28), (3, 1), (3, 31), (4, 1))]  # fmt: skip
    assert amounts == [9, 3, 3, 9]


def test_of_equal_limits_the_newest_holds_and_then_the_last_entered():
    rules = [
        limit(1, id=8),
        limit(2, id=5, valid_from=date(2025, 1, 1)),
        limit(3, id=7, valid_from=date(2025, 1, 1)),
    ]
    for order in (rules, rules[::-1]):
        assert select_limit(order, **ticket()).amount == 3


def test_no_limit_is_said_with_what_was_asked_for():
    with pytest.raises(LookupError, match="no limit for HANDLING on 2026-03-02: kind COMPLAINT"):
        select_limit([limit(1, kind="HELP")], **ticket())


def test_the_snapshot_is_plain_data_in_no_language():
    text = limit_text(limit(5, id=31, source="Regulation art. 24"), OFFICE)
    assert json.loads(json.dumps(text)) == {
        "code": "HANDLING", "amount": 5, "basis": "wd", "source": "Regulation art. 24", "rule_id": 31,
        "calendar_version": 7,
    }  # fmt: skip
    assert type(text["basis"]) is type(text["code"]) is str


paths = st.sampled_from([None, "/1/", "/1/2/", "/1/2/3/", "/4/"])
names = st.sampled_from([None, "a", "b"])
rules_strategy = st.lists(
    st.builds(
        Limit,
        id=st.none() | st.integers(1, 99),
        code=st.sampled_from([ClockCode.SIGN, ClockCode.REVIEW]),
        amount=st.integers(1, 99),
        basis=st.sampled_from(Basis),
        kind=names,
        category_path=paths,
        urgency=names,
        unit_id=st.sampled_from([None, 1, 2]),
        enterprise=st.sampled_from([None, True, False]),
        source=st.just(""),
        valid_from=st.dates(date(2025, 1, 1), date(2025, 1, 4)),
        valid_to=st.none() | st.dates(date(2025, 1, 1), date(2025, 1, 6)),
    ),
    max_size=12,
)


@examples(0.3)
@given(
    rules_strategy,
    st.lists(
        st.fixed_dictionaries(
            {
                "code": st.sampled_from([ClockCode.SIGN, ClockCode.REVIEW]),
                "kind": names,
                "category_path": paths,
                "urgency": names,
                "unit_id": st.sampled_from([None, 1, 2]),
                "enterprise": st.booleans(),
                "on": st.dates(date(2025, 1, 1), date(2025, 1, 6)),
            }
        ),
        max_size=8,
    ),
)
def test_the_book_answers_as_a_plain_search_through_all_rules(rules, questions):
    book = LimitBook(rules)
    for asked in questions * 2:
        fitting = [rule for rule in rules if fits(rule, asked)]
        if not fitting:
            with pytest.raises(LookupError):
                book.select(**asked)
            continue
        answer = book.select(**asked)
        assert answer in fitting
        assert answer.rank == max(rule.rank for rule in fitting)


def fits(rule: Limit, asked: dict) -> bool:
    if rule.code != asked["code"] or not rule.valid_from <= asked["on"] <= (rule.valid_to or date.max):
        return False
    if rule.category_path and not (asked["category_path"] or "").startswith(rule.category_path):
        return False
    same = ("kind", "urgency", "unit_id", "enterprise")
    return all(getattr(rule, name) is None or getattr(rule, name) == asked[name] for name in same)


# The built-in profile

PROFILE = """
                 CRITICAL URGENT CONSULT HELP  COMPLAINT REPORT SUGGEST enterprise
DISPATCH         15min    1h     2wh     4wh   4wh       4wh    1wd     1h
SIGN             15min    30min  4wh     4wh   4wh       4wh    1wd     2wh
CONTACT          30min    2h     1wd     1wd   1wd       1wd    2wd     1wh
RETURN_WINDOW    30min    2h     24h     1wd   1wd       1wd    1wd     4wh
HANDLING         2h       24h    2wd     5wd   5wd       15wd   10wd    5wd
RETURN_DECISION  15min    30min  4wh     4wh   4wh       4wh    1wd     2wh
REVIEW           1h       2h     1wd     1wd   1wd       1wd    1wd     4wh
CALLBACK         4h       1cd    3wd     3wd   3wd       3wd    5wd     1wd
REWORK           2h       24h    1wd     3wd   3wd       5wd    5wd     3wd
EXTENSION        15min    30min  4wh     4wh   4wh       4wh    1wd     2wh
SUSPENSION       30cd     30cd    30cd    30cd  30cd      30cd   30cd    30cd
CONSENT          15min    30min  4wh     4wh   4wh       4wh    1wd     2wh
APPROVAL         1h       2h     1wd     1wd   1wd       1wd    1wd     4wh
ADMISSION        15min    15min   30min   30min 30min     30min  30min   30min
PETITION         15cd     15cd    15cd    15cd  15cd      15cd   15cd    15cd
EXTENSION_FIRST  -        24h    2wd     5wd   5wd       -      10wd    5wd
EXTENSION_SECOND -        -      -       10wd  10wd      -      -       10wd
"""
HEAD, *LINES = (line.split() for line in PROFILE.strip().splitlines())
BOOK = LimitBook(DEFAULT_PROFILE)


def said(code: str, **facts) -> str:
    try:
        answer = BOOK.select(**ticket(code=ClockCode(code), category_path="/1/", **facts))
    except LookupError:
        return "-"
    return f"{answer.amount}{answer.basis}"


@pytest.mark.parametrize(("code", "cells"), [(line[0], line[1:]) for line in LINES])
def test_the_built_in_profile_is_the_table_of_the_domain(code, cells):
    for column, cell in zip(HEAD, cells, strict=True):
        if column in ("CRITICAL", "URGENT"):
            answers = {said(code, urgency=column, kind=kind, enterprise=firm)
                       for kind, firm in product(KINDS, (True, False))}  # fmt: skip
        elif column == "enterprise":
            answers = {said(code, kind=kind, enterprise=True) for kind in KINDS}
        else:
            answers = {said(code, kind=column)}
        assert answers == {cell}, column


@pytest.mark.parametrize("code", [line[0] for line in LINES])
def test_praise_and_other_matters_take_the_limits_of_a_consultation(code):
    assert said(code, kind="PRAISE") == said(code, kind="OTHER") == said(code, kind="CONSULT")


@pytest.mark.parametrize("code", [line[0] for line in LINES])
def test_a_ticket_of_unknown_kind_takes_the_limits_of_a_request_for_help(code):
    if ClockCode(code) in EXTENSIONS:
        assert said(code, kind=None) == "-"
        return
    assert said(code, kind=None) == said(code, kind="HELP")
    assert said(code, kind=None, urgency=None) == said(code, kind="HELP")


def test_the_total_clock_only_measures_and_has_no_limit():
    assert {rule.code for rule in DEFAULT_PROFILE} == set(ClockCode) - {ClockCode.TOTAL, ClockCode.STAGE}
    assert said("TOTAL") == "-"


def test_an_installation_can_overrule_the_built_in_limits_for_one_category():
    statutory = replace(limit(60, category_path="/8/"), basis=Basis.CD, source="Regulation art. 32")
    book = LimitBook((*DEFAULT_PROFILE, statutory))
    assert book.select(**ticket(category_path="/8/1/")).source == "Regulation art. 32"
    assert book.select(**ticket(category_path="/9/1/")).source == "内置默认（可改）"
