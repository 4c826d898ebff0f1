"""What happens to a unit's task: the lead's, and the parts of others."""

from __future__ import annotations

from workflows.rules.lifecycle.move import STAYS, UNIT, A, C, line, table
from workflows.rules.lifecycle.ticket import TICKET_MOVES
from workflows.rules.states import AT_WORK, LIVE_STATES
from workflows.rules.vocabulary import ReturnReason

#: Where the task of a lead that is not over may stand.
LEADS_TASK = LIVE_STATES - {A.TO_READ}

ASSIGNMENT_MOVES = table(
    line("dispatch", "E09", None, A.WAIT_SIGN, TICKET_MOVES["dispatch"].roles),
    line("decide_conference", "E08d", None, A.WAIT_SIGN, TICKET_MOVES["decide_conference"].roles),
    line("sign", "E10", A.WAIT_SIGN, A.WORKING, TICKET_MOVES["sign"].roles),
    line("contact", "E12", AT_WORK | {A.RETURN_ASKED}, STAYS, TICKET_MOVES["contact"].roles),
    line("interim", "E20", AT_WORK, STAYS, TICKET_MOVES["interim"].roles),
    line("apply_return", "E13", {A.WAIT_SIGN, A.WORKING}, A.RETURN_ASKED, TICKET_MOVES["apply_return"].roles),
    line("consent_return", "E13c", {A.WAIT_SIGN, A.WORKING}, A.RETURN_ASKED, TICKET_MOVES["consent_return"].roles),
    line("grant_return", "E14", A.RETURN_ASKED, A.RETURNED, TICKET_MOVES["grant_return"].roles),
    line("refuse_return", "E15", A.RETURN_ASKED, A.WORKING, TICKET_MOVES["refuse_return"].roles),
    line("merge", "E07", {A.WAIT_SIGN, A.WORKING, A.INTERNAL_SIGN, A.RETURN_ASKED}, A.RECALLED,
         TICKET_MOVES["merge"].roles),
    line("recall", "E17", {A.WAIT_SIGN, A.WORKING, A.INTERNAL_SIGN}, A.RECALLED, TICKET_MOVES["recall"].roles),
    line("grant_suspension", "E21b", AT_WORK, A.SUSPENDED, TICKET_MOVES["grant_suspension"].roles),
    line("resume", "E22", A.SUSPENDED, (A.WORKING, A.REWORK), TICKET_MOVES["resume"].roles),
    line("grant_termination", "E23a", AT_WORK, A.TERMINATED, TICKET_MOVES["grant_termination"].roles),
    line("overturn", "E23d", A.TERMINATED, A.REWORK, TICKET_MOVES["overturn"].roles),
    line("sign_off", "E25", {A.WORKING, A.REWORK}, A.INTERNAL_SIGN, TICKET_MOVES["sign_off"].roles),
    line("give_back", "E25a", A.INTERNAL_SIGN, (A.WORKING, A.REWORK), TICKET_MOVES["give_back"].roles),
    line("reply", "E26", AT_WORK, A.REPLIED, TICKET_MOVES["reply"].roles),
    line("accept_reply", "E27", A.REPLIED, A.ACCEPTED, TICKET_MOVES["accept_reply"].roles),
    line("send_back", "E28", A.REPLIED, (A.WORKING, A.REWORK), TICKET_MOVES["send_back"].roles),
    line("close", "E30", A.ACCEPTED, A.DONE, TICKET_MOVES["close"].roles),
    line("grant_judgement", "E32a", A.ACCEPTED, A.DONE, TICKET_MOVES["grant_judgement"].roles),
    line("rework", "E31", {A.ACCEPTED, A.DONE}, A.REWORK, TICKET_MOVES["rework"].roles),
    line("withdraw", "E34", LEADS_TASK, A.RECALLED, TICKET_MOVES["withdraw"].roles),
    line("petition", "E44", LEADS_TASK, A.RECALLED, TICKET_MOVES["petition"].roles),
    line("reinstate", "E34b", A.RECALLED, A.REWORK, TICKET_MOVES["reinstate"].roles),
    line("reopen", "E43", A.DONE, A.REWORK, TICKET_MOVES["reopen"].roles),
)


#: What happens to a task that is not the lead's. Its own unit signs, answers and objects, which moves no ticket; the
#: rest stands in the ticket's table too, since others do it: the hotline, or the unit that handed the task down.
PART_MOVES = table(
    line("add_part", "E09a", None, A.WAIT_SIGN, TICKET_MOVES["add_part"].roles, starts=(C.PART_SIGN, C.CO)),
    line("copy", "E09b", None, A.TO_READ, TICKET_MOVES["copy"].roles),
    line("whistle", "E09c", None, A.WAIT_SIGN, TICKET_MOVES["whistle"].roles, starts=(C.PART_SIGN, C.CO)),
    line("delegate", "E11", None, A.WAIT_SIGN, TICKET_MOVES["delegate"].roles, starts=(C.PART_SIGN, C.SUB)),
    line("sign", "E10", A.WAIT_SIGN, A.WORKING, TICKET_MOVES["sign"].roles, stops=(C.PART_SIGN,)),
    line("acknowledge", "E10a", A.TO_READ, A.DONE, UNIT),
    line("contact", "E12", {A.WORKING, A.REWORK, A.RETURN_ASKED}, STAYS, TICKET_MOVES["contact"].roles),
    line("object", "E13a", {A.WAIT_SIGN, A.WORKING}, A.RETURN_ASKED, UNIT, guards=("answers_to_the_hotline",),
          reasons=ReturnReason, stops=(C.PART_SIGN,), starts=(C.RETURN_DECISION,)),
    line("release_part", "E14a", A.RETURN_ASKED, A.RETURNED, TICKET_MOVES["release_part"].roles,
          stops=(C.RETURN_DECISION, C.CO)),
    line("keep_part", "E15a", A.RETURN_ASKED, A.WORKING, TICKET_MOVES["keep_part"].roles,
          stops=(C.RETURN_DECISION,)),
    line("recall_part", "E17a", {A.TO_READ, A.WAIT_SIGN, A.WORKING, A.RETURN_ASKED}, A.RECALLED,
          TICKET_MOVES["recall_part"].roles, stops=(C.PART_SIGN, C.CO, C.RETURN_DECISION)),
    line("withdraw_part", "E17b", {A.WAIT_SIGN, A.WORKING, A.REWORK}, A.RECALLED,
          TICKET_MOVES["withdraw_part"].roles, stops=(C.PART_SIGN, C.SUB)),
    line("contribute", "E24", {A.WORKING, A.REWORK}, A.REPLIED, UNIT, stops=(C.CO, C.SUB)),
    line("accept_part", "E24a", A.REPLIED, A.ACCEPTED, TICKET_MOVES["accept_part"].roles),
    line("return_part", "E24b", A.REPLIED, A.REWORK, TICKET_MOVES["return_part"].roles, starts=(C.SUB,)),
)


#: What a unit does with its own part, whatever the ticket's state allows its lead.
OF_ONES_OWN = frozenset({"sign", "acknowledge", "contact", "object", "contribute"})


#: Moves of the ticket's table that whoever holds any task of it may make for what they handed down.
OF_ANY_TASK = frozenset({"delegate", "withdraw_part", "accept_part", "return_part"})
