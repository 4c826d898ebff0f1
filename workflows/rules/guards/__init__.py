"""The guards named in the table of moves: each looks at a ticket as it stands and raises NotNow, or passes.

They see only what is known before a form is filled in, so the same checks decide whether a button is
offered and whether the move is accepted.
"""

from __future__ import annotations

from collections.abc import Callable

from workflows.rules.guards import admitting, applying, calling, contesting, parting, risking, sending, signing
from workflows.rules.guards.calling import MAX_ROUNDS
from workflows.rules.guards.situation import Situation, wants_callback

__all__ = [
    "GUARDS", "MAX_ROUNDS", "UNSAID", "Situation", "wants_callback",
]

#: Refusals that go without saying: nobody expects the move there.
UNSAID = frozenset(
    {"streets_whistle", "no_part_open", "nothing_handed_down", "nothing_filed", "settle_with_superior",
     "levels_used_up", "no_risk_open", "no_transfer_open", "no_recheck_wanted", "no_check_wanted",
     "no_unit_below", "nothing_asked", "nothing_linked", "not_your_step", "last_step_decides", "no_appeal_granted",
     "nothing_to_sign", "no_details_asked", "taken_on_already", "no_refusal_asked", "refusal_waits"}
)

GUARDS: dict[str, Callable[[Situation], None]] = {
    guard.__name__: guard
    for guard in (
        calling.answerable_at_once,
        admitting.asked_by_somebody_else,
        admitting.refusal_asked,
        admitting.no_refusal_asked,
        admitting.never_with_a_unit,
        admitting.seniors_decide_refusals,
        admitting.reviewed_by_somebody_else,
        admitting.no_details_asked,
        admitting.details_asked,
        applying.not_designated,
        applying.first_return,
        applying.inside_return_window,
        applying.senior_decides_repeated_return,
        sending.conferred_first,
        sending.levels_left,
        sending.senior_decides_raised_conference,
        applying.before_due,
        applying.extensions_left,
        applying.no_extension_undecided,
        applying.extension_undecided,
        applying.director_decides_second_extension,
        calling.caller_contacted,
        calling.caller_wants_callback,
        calling.not_named_yet,
        calling.callback_allows_close,
        calling.answer_told,
        calling.recheck_shown,
        calling.caller_dissatisfied,
        calling.closed_lately,
        calling.rounds_left,
        calling.rated_once,
        sending.order_waits,
        applying.nothing_undecided,
        applying.asked_for("RETURN"),
        applying.asked_for("EXTENSION"),
        applying.consent_asked,
        applying.leader_has_consented,
        applying.asked_for("SUSPENSION"),
        applying.asked_for("TERMINATION"),
        applying.asked_for("JUDGEMENT"),
        applying.asked_for("EXCLUSION"),
        applying.asked_for("APPEAL"),
        contesting.caller_has_evaluated,
        contesting.inside_contest_window,
        contesting.no_exclusion_before,
        contesting.no_appeal_before,
        contesting.rung_again_by_appeal,
        applying.your_step,
        applying.another_step_follows,
        applying.last_step,
        calling.rung_after_its_master,
        calling.recheck_wanted,
        calling.ending_check_wanted,
        calling.caller_is_open,
        calling.caller_is_withheld,
        calling.no_relay_waits,
        calling.relay_waits,
        sending.supervisor_merges_dispatched,
        sending.nobody_follows,
        sending.linked_somewhere,
        sending.nobody_else_waits,
        sending.not_rung_yet,
        parting.street_leads,
        parting.task_in_hand,
        parting.units_below,
        parting.lower_level_left,
        parting.parts_open,
        parting.has_handed_down,
        parting.objection_waits,
        parting.answers_to_the_hotline,
        signing.not_being_signed,
        signing.waits_for_signature,
        signing.signed_by_another,
        risking.no_risk_open,
        risking.risk_open,
        risking.risk_handed_over,
        risking.line_has_it,
        risking.transfer_open,
        risking.no_transfer_open,
    )
}
