"""The guards of the table, each on both sides of its line."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from workflows.errors import NotNow
from workflows.rules.guards import GUARDS, MAX_ROUNDS, Situation
from workflows.rules.roles import Actor, Role

AT = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)


def actor(*roles, unit_ids=()):
    return Actor(user_id=1, account="a", name="a", roles=frozenset(roles), unit_ids=frozenset(unit_ids))


def situation(role=Role.UNIT_CLERK, units=(), **facts):
    ticket = {"kind": "HELP", "need_reply": True, "anonymity": "OPEN", "return_count": 0, "callback_outcome": None,
              "round": 1, "open_orders": 0, "state": "CALLBACK", "supporters": 0, "supporters_unhappy": 0,
              "awaits_call": False, "awaits_check": False, "open_relays": 0, "lead_assignment_id": None,
              "must_confer": False,
              "escalation_level": 1, "open_parts": 0, "open_objections": 0,
              "recheck_pending": False, "appeal_call": False, "call_named": False,
              "open_risk": False, "risk_line": False,
              "open_transfer": False, "refusal_by_id": None, "reject_code": None, "created_by_id": None,
              "details_wanted": None, "answer_way": None, "links": 0}
    assignment = {"final_designation": False, "return_count": 0, "return_until": AT, "contacted_at": None,
                  "due_at": AT + timedelta(hours=1), "extension_limits": [{}, {}], "extension_count": 0,
                  "extension_filed_at": None, "part": "LEAD", "handed_down": 0,
                  "unit_id": 7, "task_state": "WORKING", "level": 1, "of_street": False, "asked": None,
                  "contest_until": AT, "exclusion_round": 0, "appeal_round": 0, "drafted_by_id": None}
    for name, value in facts.items():
        (assignment if name in assignment and not name.startswith("ticket_") else ticket)[
            name.removeprefix("ticket_")
        ] = value
    assignment |= {"role": assignment.pop("part"), "open_parts": assignment.pop("handed_down"),
                   "state": assignment.pop("task_state")}
    return Situation(SimpleNamespace(**ticket), SimpleNamespace(**assignment), actor(role, unit_ids=units), AT)


STEP = {"kind": "SUSPENSION", "role": "SUPERVISOR", "last": False, "by": [3]}
CASES = [
    # guard, passes with, refused with (code, facts)
    ("caller_has_evaluated", {"callback_outcome": "SATISFIED"}, ("not_evaluated", {"callback_outcome": "UNREACHABLE"})),
    ("inside_contest_window", {}, ("contest_window_closed", {"contest_until": AT - timedelta(seconds=1)})),
    ("inside_contest_window", {}, ("contest_window_closed", {"contest_until": None})),
    ("no_exclusion_before", {"exclusion_round": 1, "round": 2}, ("already_contested", {"exclusion_round": 1})),
    ("no_appeal_before", {"exclusion_round": 1}, ("already_contested", {"appeal_round": 1})),
    ("rung_again_by_appeal", {"state": "CLOSED", "appeal_call": True}, ("no_appeal_granted", {"state": "CLOSED"})),
    ("return_asked", {"asked": {"kind": "RETURN"}}, ("nothing_asked", {"asked": None})),
    ("extension_asked", {"asked": {"kind": "EXTENSION"}}, ("nothing_asked", {"asked": {"kind": "RETURN"}})),
    ("consent_asked", {"asked": {"kind": "RETURN"}}, ("nothing_asked", {"asked": {"kind": "APPEAL"}})),
    ("leader_has_consented", {}, ("leader_consents_first", {"asked": {"kind": "EXTENSION"}})),
    ("exclusion_asked", {"asked": {"kind": "EXCLUSION"}}, ("nothing_asked", {"asked": {"kind": "APPEAL"}})),
    ("appeal_asked", {"asked": {"kind": "APPEAL"}}, ("nothing_asked", {"asked": None})),
    ("answerable_at_once", {"kind": "CONSULT"}, ("not_answerable_at_once", {"kind": "COMPLAINT"})),
    ("answerable_at_once", {"kind": "PRAISE"}, ("not_answerable_at_once", {"kind": "REPORT"})),
    ("refusal_asked", {"reject_code": "R2"}, ("no_refusal_asked", {})),
    ("no_refusal_asked", {}, ("refusal_waits", {"reject_code": "R2"})),
    ("never_with_a_unit", {}, ("taken_on_already", {"lead_assignment_id": 5})),
    ("seniors_decide_refusals", {"role": Role.REVIEWER},
     ("seniors_decide_refusals", {"reject_code": "R2", "role": Role.REVIEWER})),
    ("seniors_decide_refusals", {"reject_code": "R2", "role": Role.SHIFT_LEAD},
     ("seniors_decide_refusals", {"reject_code": "R2", "role": Role.REVIEWER})),
    ("reviewed_by_somebody_else", {"created_by_id": 2}, ("own_ticket_review", {"created_by_id": 1})),
    ("reviewed_by_somebody_else", {"created_by_id": 1, "reject_code": "R2"},
     ("own_ticket_review", {"created_by_id": 1})),
    ("no_details_asked", {}, ("details_asked_already", {"details_wanted": "PLACE"})),
    ("details_asked", {"details_wanted": "PLACE"}, ("no_details_asked", {})),
    ("asked_by_somebody_else", {"refusal_by_id": 2}, ("two_persons", {"refusal_by_id": 1})),
    ("not_designated", {}, ("designated", {"final_designation": True})),
    ("first_return", {"return_count": 0}, ("already_returned", {"return_count": 1})),
    ("inside_return_window", {"return_until": AT},
     ("return_window_closed", {"return_until": AT - timedelta(seconds=1)})),
    ("inside_return_window", {"return_until": None},
     ("return_window_closed", {"return_until": AT - timedelta(hours=1)})),
    ("senior_decides_repeated_return", {"ticket_return_count": 0, "role": Role.DISPATCHER},
     ("second_return_needs_supervisor", {"ticket_return_count": 1, "role": Role.DISPATCHER})),
    ("senior_decides_repeated_return", {"ticket_return_count": 3, "role": Role.SUPERVISOR},
     ("second_return_needs_supervisor", {"ticket_return_count": 3, "role": Role.DISPATCHER})),
    ("conferred_first", {"role": Role.DISPATCHER}, ("confer_first", {"must_confer": True, "role": Role.DISPATCHER})),
    ("conferred_first", {"must_confer": True, "role": Role.SUPERVISOR},
     ("confer_first", {"must_confer": True, "role": Role.SHIFT_LEAD})),
    ("no_risk_open", {}, ("risk_flagged_already", {"open_risk": True})),
    ("risk_open", {"open_risk": True}, ("no_risk_open", {})),
    ("risk_handed_over", {}, ("risk_not_handed_over", {"open_risk": True})),
    ("transfer_open", {"open_transfer": True}, ("no_transfer_open", {})),
    ("no_transfer_open", {}, ("transfer_unconfirmed", {"open_transfer": True})),
    ("line_has_it", {}, ("transfer_unconfirmed", {"open_transfer": True})),
    ("line_has_it", {"open_risk": True}, ("emergency_line_first", {"risk_line": True})),
    ("levels_left", {"escalation_level": 2}, ("highest_level", {"escalation_level": 3})),
    ("senior_decides_raised_conference", {"role": Role.DISPATCHER},
     ("raised_needs_supervisor", {"escalation_level": 2, "role": Role.DISPATCHER})),
    ("senior_decides_raised_conference", {"escalation_level": 3, "role": Role.HOTLINE_DIR},
     ("raised_needs_supervisor", {"escalation_level": 3, "role": Role.DISPATCHER})),
    ("caller_contacted", {"contacted_at": AT}, ("contact_first", {"contacted_at": None})),
    ("caller_contacted", {"anonymity": "ANONYMOUS"}, ("contact_first", {"anonymity": "WITHHELD"})),
    ("caller_contacted", {"need_reply": False}, ("contact_first", {"need_reply": True})),
    ("caller_dissatisfied", {"state": "CLOSED", "supporters_unhappy": 1},
     ("not_dissatisfied", {"state": "CLOSED", "callback_outcome": "DISSATISFIED"})),
    ("caller_is_open", {}, ("caller_not_open", {"anonymity": "WITHHELD"})),
    ("caller_is_withheld", {"anonymity": "WITHHELD"}, ("caller_not_withheld", {"anonymity": "ANONYMOUS"})),
    ("no_relay_waits", {}, ("relay_undone", {"open_relays": 1})),
    ("relay_waits", {"open_relays": 1}, ("no_relay_open", {})),
    ("rung_after_its_master", {"state": "MERGED", "awaits_call": True}, ("master_goes_first", {"state": "MERGED"})),
    ("rung_after_its_master", {}, ("master_goes_first", {"state": "MERGED", "awaits_call": False})),
    ("supervisor_merges_dispatched", {"lead_assignment_id": 7, "role": Role.SUPERVISOR},
     ("merge_needs_supervisor", {"lead_assignment_id": 7, "role": Role.DISPATCHER})),
    ("supervisor_merges_dispatched", {"role": Role.AGENT},
     ("merge_needs_supervisor", {"lead_assignment_id": 7, "role": Role.AGENT})),
    ("nobody_follows", {}, ("has_supporters", {"supporters": 1})),
    ("nobody_else_waits", {}, ("others_wait_for_it", {"supporters": 2})),
    ("recheck_wanted", {"awaits_call": True}, ("no_recheck_wanted", {})),
    ("ending_check_wanted", {"awaits_check": True}, ("no_check_wanted", {})),
    ("not_rung_yet", {}, ("already_rung", {"callback_outcome": "SATISFIED"})),
    ("before_due", {}, ("already_due", {"due_at": AT})),
    ("before_due", {"due_at": AT + timedelta(seconds=1)}, ("already_due", {"due_at": None})),
    ("extensions_left", {"extension_count": 1}, ("extensions_used_up", {"extension_count": 2})),
    ("extensions_left", {"extension_limits": [{}]}, ("no_extension_allowed", {"extension_limits": []})),
    ("no_extension_undecided", {}, ("extension_undecided", {"extension_filed_at": AT})),
    ("extension_undecided", {"extension_filed_at": AT}, ("nothing_filed", {})),
    ("director_decides_second_extension", {"role": Role.SUPERVISOR},
     ("second_extension_needs_director", {"extension_count": 1, "role": Role.SUPERVISOR})),
    ("director_decides_second_extension", {"extension_count": 1, "role": Role.HOTLINE_DIR},
     ("second_extension_needs_director", {"extension_count": 1, "role": Role.SUPERVISOR})),
    ("street_leads", {"of_street": True}, ("streets_whistle", {"of_street": False})),
    ("task_in_hand", {"task_state": "REWORK"}, ("sign_first", {"task_state": "WAIT_SIGN"})),
    ("units_below", {"units": (7, 8)}, ("no_unit_below", {"units": (7,)})),
    ("lower_level_left", {"level": 3}, ("levels_used_up", {"level": 4})),
    ("parts_open", {"open_parts": 1}, ("no_part_open", {"open_parts": 0})),
    ("objection_waits", {"open_objections": 1}, ("nothing_filed", {"open_objections": 0})),
    ("answers_to_the_hotline", {"part": "CO"}, ("settle_with_superior", {"part": "SUB"})),
    ("has_handed_down", {"handed_down": 1}, ("nothing_handed_down", {"handed_down": 0})),
    ("nothing_undecided", {}, ("application_undecided", {"asked": STEP})),
    ("linked_somewhere", {"links": 1}, ("nothing_linked", {})),
    ("suspension_asked", {"asked": STEP}, ("nothing_asked", {})),
    ("termination_asked", {"asked": STEP | {"kind": "TERMINATION"}}, ("nothing_asked", {"asked": STEP})),
    ("your_step", {"asked": STEP, "role": Role.SUPERVISOR}, ("not_your_step", {"asked": STEP})),
    ("your_step", {"asked": STEP, "role": Role.SUPERVISOR}, ("nothing_asked", {})),
    ("your_step", {"asked": STEP, "role": Role.SUPERVISOR},
     ("two_persons", {"asked": STEP | {"by": [1, 3]}, "role": Role.SUPERVISOR})),
    ("your_step", {"asked": STEP, "role": Role.SUPERVISOR},  # the leader of another unit
     ("not_your_step", {"asked": STEP | {"role": "UNIT_LEAD"}, "role": Role.UNIT_LEAD})),
    ("another_step_follows", {"asked": STEP}, ("last_step_decides", {"asked": STEP | {"last": True}})),
    ("last_step", {"asked": STEP | {"last": True}}, ("not_your_step", {"asked": STEP})),
    ("order_waits", {"open_orders": 1}, ("no_order_open", {"open_orders": 0})),
    ("caller_wants_callback", {}, ("no_callback_wanted", {"anonymity": "ANONYMOUS"})),
    ("caller_wants_callback", {}, ("no_callback_wanted", {"need_reply": False})),
    ("not_named_yet", {}, ("call_named_already", {"call_named": True})),
    ("callback_allows_close", {"callback_outcome": "SATISFIED", "role": Role.CALLBACK}, ("callback_first", {})),
    ("callback_allows_close", {"anonymity": "ANONYMOUS"},
     ("dissatisfied_needs_rework", {"callback_outcome": "DISSATISFIED", "role": Role.CALLBACK})),
    ("callback_allows_close", {"callback_outcome": "DISSATISFIED", "role": Role.SUPERVISOR},
     ("dissatisfied_needs_rework", {"callback_outcome": "DISSATISFIED", "role": Role.SYSTEM})),
    ("not_being_signed", {"task_state": "WORKING"}, ("being_signed", {"task_state": "INTERNAL_SIGN"})),
    ("waits_for_signature", {"task_state": "INTERNAL_SIGN"}, ("nothing_to_sign", {"task_state": "WORKING"})),
    ("signed_by_another", {"task_state": "WORKING"}, ("leader_signs", {"task_state": "INTERNAL_SIGN"})),
    ("signed_by_another", {"task_state": "INTERNAL_SIGN", "drafted_by_id": 2, "role": Role.UNIT_LEAD},
     ("writer_signs_not", {"task_state": "INTERNAL_SIGN", "drafted_by_id": 1, "role": Role.UNIT_LEAD})),
    ("answer_told", {"answer_way": "SMS"}, ("answer_not_told", {})),
    ("answer_told", {"need_reply": False}, ("answer_not_told", {})),
    ("recheck_shown", {}, ("recheck_picture_missing", {"recheck_pending": True})),
    ("judgement_asked", {"asked": STEP | {"kind": "JUDGEMENT"}}, ("nothing_asked", {"asked": STEP})),
    ("caller_dissatisfied", {"callback_outcome": "DISSATISFIED"},
     ("not_dissatisfied", {"callback_outcome": "SATISFIED"})),
    ("closed_lately", {"closed_at": AT - timedelta(days=30), "reopen_until": AT},
     ("closed_too_long", {"closed_at": AT - timedelta(days=30), "reopen_until": AT - timedelta(seconds=1)})),
    ("rated_once", {"role": Role.CITIZEN},
     ("rated_already", {"callback_outcome": "SATISFIED", "role": Role.CITIZEN})),
    ("rated_once", {"callback_outcome": "DISSATISFIED", "role": Role.CALLBACK},
     ("rated_already", {"callback_outcome": "DISSATISFIED", "role": Role.CITIZEN})),
    ("rounds_left", {"round": MAX_ROUNDS, "role": Role.CALLBACK},
     ("rounds_used_up", {"round": MAX_ROUNDS + 1, "role": Role.CALLBACK})),
    ("rounds_left", {"round": 9, "role": Role.SUPERVISOR},
     ("rounds_used_up", {"round": 9, "role": Role.CALLBACK})),
]


@pytest.mark.parametrize(("guard", "passes", "refused"), CASES)
def test_a_guard_passes_what_it_should_and_refuses_what_it_should(guard, passes, refused):
    GUARDS[guard](situation(**passes))
    code, facts = refused
    with pytest.raises(NotNow) as caught:
        GUARDS[guard](situation(**facts))
    assert caught.value.code == code


def test_every_guard_has_a_case():
    assert {case[0] for case in CASES} == set(GUARDS)
