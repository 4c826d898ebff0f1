"""Who must agree, in which order, and whose leader signs first."""

import pytest

from workflows.rules.chains import SignOffs, chain, waiting_for
from workflows.rules.roles import Role
from workflows.rules.states import ApplicationKind

K, R = ApplicationKind, Role


@pytest.mark.parametrize(("kind", "signs", "filer", "steps"), [
    (K.SUSPENSION, True, R.UNIT_CLERK, (R.UNIT_LEAD, R.SUPERVISOR, R.HOTLINE_DIR)),
    (K.SUSPENSION, True, R.UNIT_LEAD, (R.SUPERVISOR, R.HOTLINE_DIR)),
    (K.SUSPENSION, False, R.UNIT_CLERK, (R.SUPERVISOR, R.HOTLINE_DIR)),
    (K.TERMINATION, True, R.L2_COORD, (R.UNIT_LEAD, R.SUPERVISOR)),
])
def test_the_leader_signs_first_unless_it_is_the_leader_who_files(kind, signs, filer, steps):
    assert chain(kind, leader_signs=signs, filed_by=frozenset({filer})) == steps


def test_a_units_own_setting_goes_before_that_for_all_and_without_either_the_leader_signs():
    rows = SignOffs([("SUSPENSION", None, False), ("SUSPENSION", 7, True), ("TERMINATION", 7, False)])
    asked = [(kind, unit) for kind in (K.SUSPENSION, K.TERMINATION) for unit in (7, 8)]
    assert [rows.wanted(*one) for one in asked] == [True, False, False, True]


def test_a_task_keeps_whose_step_it_is_and_who_had_a_say():
    steps = (R.UNIT_LEAD, R.SUPERVISOR)
    assert waiting_for(K.TERMINATION, steps, 1, {9, 4}) == {
        "kind": "TERMINATION", "role": "SUPERVISOR", "last": True, "by": [4, 9]}
