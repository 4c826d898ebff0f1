"""The dispatch catalogue: the most specific rule decides, and says why."""

import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.rules.routing import (
    NOT_SPECIFIC,
    Candidate,
    Decision,
    Reason,
    Route,
    RouteBook,
    Rule,
    Selector,
    Skipped,
    SkipReason,
    route,
)

TODAY = date(2026, 3, 2)
DISTRICT, WATER, CITY_CARE, HOUSING, EAST_STREET, WEST_STREET, CLOSED = 1, 20, 21, 22, 31, 32, 40

# District 1 > streets 11 (with communities 111, 112) and 12.
EAST_COMMUNITY = {"area_path": "/1/11/111/", "area_chain_ids": (111, 11, 1)}
WEST = {"area_path": "/1/12/", "area_chain_ids": (12, 1)}
NOWHERE = {"area_path": None, "area_chain_ids": ()}

ANY = Rule(
    id=1,
    category_path=None,
    category_depth=0,
    area_path=None,
    kind=None,
    enterprise=None,
    unit_id=HOUSING,
    selector=None,
    grassroots_allowed=False,
    basis="",
    version=1,
    valid_from=date(2026, 1, 1),
    valid_to=None,
)


def rule(rule_id: int, unit_id: int | None = HOUSING, **changes: object) -> Rule:
    """A rule; its depth follows its path."""
    path = changes.get("category_path")
    return replace(ANY, id=rule_id, unit_id=unit_id, category_depth=(path or "/").count("/") - 1, **changes)


def street_rule(rule_id: int, **changes: object) -> Rule:
    return rule(rule_id, None, selector=Selector.STREET_OF_PLACE, **changes)


def ask(*rules: Rule, **changes: object) -> Route:
    """Route a complaint about /5/52/521/ in the east street's first community."""
    question = {
        "category_path": "/5/52/521/",
        **EAST_COMMUNITY,
        "kind": "COMPLAINT",
        "enterprise": False,
        "on": TODAY,
        "street_unit_of": {11: EAST_STREET, 12: WEST_STREET},
        "active_units": {DISTRICT, WATER, CITY_CARE, HOUSING, EAST_STREET, WEST_STREET},
        "grassroots_units": {EAST_STREET, WEST_STREET},
        "fallback_unit_id": DISTRICT,
    }
    return route(RouteBook(rules), **question | changes)


@pytest.mark.parametrize(
    ("general", "specific"),
    [
        ({}, {"category_path": "/5/"}),
        ({"category_path": "/5/"}, {"category_path": "/5/52/"}),
        ({"category_path": "/5/52/"}, {"category_path": "/5/52/521/"}),
        ({}, {"area_path": "/1/"}),
        ({"area_path": "/1/"}, {"area_path": "/1/11/"}),
        ({"area_path": "/1/11/"}, {"area_path": "/1/11/111/"}),
        ({}, {"kind": "COMPLAINT"}),
        ({}, {"enterprise": False}),
        ({"area_path": "/1/11/111/", "kind": "COMPLAINT", "enterprise": False}, {"category_path": "/5/"}),
        ({"category_path": "/5/", "kind": "COMPLAINT"}, {"category_path": "/5/", "area_path": "/1/"}),
        ({"category_path": "/5/", "enterprise": False}, {"category_path": "/5/", "kind": "COMPLAINT"}),
    ],
)
def test_the_more_specific_rule_wins_whatever_the_order(general, specific):
    rules = [rule(1, WATER, **general), rule(2, CITY_CARE, **specific)]
    for order in (rules, rules[::-1]):
        found = ask(*order)
        assert (found.decision, found.unit_id) == (Decision.CERTAIN, CITY_CARE)
        assert [candidate.rule_id for candidate in found.candidates] == [2]


@pytest.mark.parametrize(
    "other",
    [
        {"category_path": "/6/"},
        {"category_path": "/5/53/"},
        {"category_path": "/5/52/521/5211/"},
        {"category_path": "/52/"},
        {"area_path": "/1/12/"},
        {"area_path": "/1/11/112/"},
        {"kind": "CONSULT"},
        {"enterprise": True},
        {"valid_from": date(2026, 3, 3)},
        {"valid_to": date(2026, 3, 1)},
    ],
)
def test_a_rule_for_something_else_does_not_count(other):
    assert ask(rule(1, WATER, **other)).decision is Decision.NONE


def test_both_days_of_validity_are_inclusive():
    once = rule(1, WATER, valid_from=TODAY, valid_to=TODAY)
    assert ask(once).unit_id == WATER


def test_a_certain_hit_says_by_which_rule_and_why():
    found = ask(rule(7, WATER, category_path="/5/52/", area_path="/1/", kind="COMPLAINT"))
    assert found == Route(
        Decision.CERTAIN, WATER, (Candidate(WATER, 7, Reason.CATEGORY_AND_AREA, (2, 1, 1, 0)),)
    )


def test_several_units_at_the_best_level_are_ambiguous_each_with_its_reason():
    found = ask(
        rule(1, WATER, category_path="/5/"),
        rule(2, CITY_CARE, category_path="/5/"),
        street_rule(3, category_path="/5/", grassroots_allowed=True),
        rule(4, HOUSING),
    )
    assert (found.decision, found.unit_id) == (Decision.AMBIGUOUS, None)
    assert {(c.unit_id, c.rule_id, c.reason_code) for c in found.candidates} == {
        (WATER, 1, Reason.CATEGORY),
        (CITY_CARE, 2, Reason.CATEGORY),
        (EAST_STREET, 3, Reason.STREET_OF_PLACE),
    }


def test_two_rules_for_one_unit_are_one_candidate_by_the_newest_version():
    found = ask(rule(1, WATER, version=1), rule(2, WATER, version=3), rule(3, WATER, version=2))
    assert [(c.unit_id, c.rule_id) for c in found.candidates] == [(WATER, 2)]
    assert found.decision is Decision.CERTAIN


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"category_path": "/5/", "area_path": "/1/"}, Reason.CATEGORY_AND_AREA),
        ({"category_path": "/5/"}, Reason.CATEGORY),
        ({"area_path": "/1/"}, Reason.AREA),
        ({"kind": "COMPLAINT"}, Reason.GENERAL),
    ],
)
def test_the_reason_names_what_matched(changes, reason):
    assert ask(rule(1, WATER, **changes)).candidates[0].reason_code is reason


@pytest.mark.parametrize(("place", "unit_id"), [(EAST_COMMUNITY, EAST_STREET), (WEST, WEST_STREET)])
def test_the_street_of_the_place_is_found_from_its_chain(place, unit_id):
    found = ask(street_rule(1, category_path="/5/", grassroots_allowed=True), **place)
    assert (found.unit_id, found.candidates[0].reason_code) == (unit_id, Reason.STREET_OF_PLACE)


def test_the_innermost_area_with_a_unit_of_its_own_is_the_street():
    found = ask(street_rule(1, grassroots_allowed=True), street_unit_of={1: DISTRICT, 11: EAST_STREET})
    assert found.unit_id == EAST_STREET


def test_without_a_place_the_street_rule_is_passed_over():
    found = ask(street_rule(1, category_path="/5/", grassroots_allowed=True), rule(2, WATER), **NOWHERE)
    assert found.unit_id == WATER
    assert found.skipped == (Skipped(1, None, SkipReason.NO_UNIT_FOR_PLACE),)


def test_a_rule_can_name_the_district_itself():
    found = ask(rule(1, None, selector=Selector.DISTRICT, category_path="/5/"))
    assert (found.decision, found.unit_id) == (Decision.CERTAIN, DISTRICT)
    assert found.candidates[0].reason_code is Reason.DISTRICT


@pytest.mark.parametrize(
    "pushing", [street_rule(1, category_path="/5/"), rule(1, EAST_STREET, category_path="/5/")]
)
def test_department_work_is_not_pushed_to_a_street(pushing):
    found = ask(pushing, rule(2, CITY_CARE))
    assert found.unit_id == CITY_CARE
    assert found.skipped == (Skipped(1, EAST_STREET, SkipReason.GRASSROOTS_NOT_ALLOWED),)
    assert ask(replace(pushing, grassroots_allowed=True)).unit_id == EAST_STREET


def test_an_inactive_unit_is_passed_over():
    found = ask(rule(1, CLOSED, category_path="/5/"), rule(2, CITY_CARE))
    assert found.unit_id == CITY_CARE
    assert found.skipped == (Skipped(1, CLOSED, SkipReason.UNIT_INACTIVE),)


def test_of_an_active_and_an_inactive_unit_the_active_one_is_certain():
    found = ask(rule(1, CLOSED, category_path="/5/"), rule(2, CITY_CARE, category_path="/5/"))
    assert (found.decision, found.unit_id) == (Decision.CERTAIN, CITY_CARE)


def test_without_a_rule_the_district_is_proposed_not_decided():
    found = ask()
    assert (found.decision, found.unit_id) == (Decision.NONE, None)
    assert found.candidates == (Candidate(DISTRICT, None, Reason.FALLBACK, NOT_SPECIFIC),)


@pytest.mark.parametrize("fallback", [None, CLOSED])
def test_without_an_active_district_nobody_is_proposed(fallback):
    assert ask(fallback_unit_id=fallback) == Route(Decision.NONE, None, ())


def test_a_matter_not_yet_classed_is_met_by_rules_for_any_category_only():
    rules = [rule(1, WATER, category_path="/5/"), rule(2, HOUSING)]
    assert ask(*rules, category_path=None).unit_id == HOUSING


PATHS = st.lists(st.integers(1, 3), max_size=3).map(lambda steps: "".join(f"/{step}" for step in steps) + "/")


@given(
    st.lists(
        st.builds(
            lambda category, area, kind, enterprise, unit: (category, area, kind, enterprise, unit),
            PATHS,
            PATHS,
            st.sampled_from([None, "COMPLAINT", "HELP"]),
            st.sampled_from([None, True, False]),
            st.sampled_from([WATER, CITY_CARE, HOUSING, CLOSED]),
        ),
        max_size=12,
    ),
    PATHS,
    PATHS,
)
def test_the_book_agrees_with_reading_every_rule(lines, category_path, area_path):
    rules = [
        rule(
            number,
            unit,
            category_path=None if category == "/" else category,
            area_path=None if area == "/" else area,
            kind=kind,
            enterprise=enterprise,
        )
        for number, (category, area, kind, enterprise, unit) in enumerate(lines, start=1)
    ]
    fitting = [
        each
        for each in rules
        if category_path.startswith(each.category_path or "/")
        and area_path.startswith(each.area_path or "/")
        and each.kind in {None, "COMPLAINT"}
        and each.enterprise in {None, False}
        and each.unit_id != CLOSED
    ]
    best = max((each.specificity for each in fitting), default=None)
    units = {each.unit_id for each in fitting if each.specificity == best}
    found = ask(*rules, category_path=category_path, area_path=area_path, area_chain_ids=())
    assert {c.unit_id for c in found.candidates if c.rule_id} == units
    assert found.decision is [Decision.NONE, Decision.CERTAIN, Decision.AMBIGUOUS][min(len(units), 2)]


def test_a_city_s_catalogue_answers_in_microseconds():
    """Ten thousand rules. Measured 5 µs, budget 20; the limit leaves room for a busy machine."""
    book = RouteBook(
        [
            rule(
                matter * 100 + place,
                100 + matter,
                category_path=f"/{matter // 20}/{matter}/",
                area_path=f"/1/{place}/",
            )
            for matter in range(200)
            for place in range(50)
        ]
    )
    active = set(range(400))
    started = time.process_time()
    for matter in range(2_000):
        found = route(
            book,
            category_path=f"/{matter % 200 // 20}/{matter % 200}/7/",
            area_path=f"/1/{matter % 50}/9/",
            area_chain_ids=(9, matter % 50, 1),
            kind="HELP",
            enterprise=False,
            on=TODAY,
            street_unit_of={},
            active_units=active,
            grassroots_units=set(),
            fallback_unit_id=DISTRICT,
        )
        assert found.unit_id == 100 + matter % 200
    assert (time.process_time() - started) / 2_000 < 100e-6
