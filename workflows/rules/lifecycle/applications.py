"""What becomes of what a unit asks the hotline for."""

from __future__ import annotations

from workflows.rules.lifecycle.move import STAYS, P, line, table
from workflows.rules.lifecycle.tasks import PART_MOVES
from workflows.rules.lifecycle.ticket import TICKET_MOVES

APPLICATION_MOVES = table(
    *(
        line(name, TICKET_MOVES[name].number, source, target, TICKET_MOVES[name].roles)
        for kind in ("return", "extension", "suspension", "termination", "judgement", "exclusion", "appeal")
        for name, source, target in ((f"apply_{kind}", None, P.FILED), (f"grant_{kind}", P.FILED, P.GRANTED),
                                     (f"refuse_{kind}", P.FILED, P.REFUSED))
    ),
    line("ask_consent", "E13b", None, P.FILED, TICKET_MOVES["ask_consent"].roles),
    line("consent_return", "E13c", P.FILED, STAYS, TICKET_MOVES["consent_return"].roles),
    line("consent_extension", "E18a", P.FILED, STAYS, TICKET_MOVES["consent_extension"].roles),
    line("deny_consent", "E13d", P.FILED, P.REFUSED, TICKET_MOVES["deny_consent"].roles),
    line("merge", "E07", P.FILED, P.LAPSED, TICKET_MOVES["merge"].roles),
    line("recall", "E17", P.FILED, P.LAPSED, TICKET_MOVES["recall"].roles),
    line("endorse", "E21a", P.FILED, STAYS, TICKET_MOVES["endorse"].roles),
    line("reply", "E26", P.FILED, P.LAPSED, TICKET_MOVES["reply"].roles),
    line("close", "E30", P.FILED, P.LAPSED, TICKET_MOVES["close"].roles),
    line("rework", "E31", P.FILED, P.LAPSED, TICKET_MOVES["rework"].roles),
    line("withdraw", "E34", P.FILED, P.LAPSED, TICKET_MOVES["withdraw"].roles),
    line("petition", "E44", P.FILED, P.LAPSED, TICKET_MOVES["petition"].roles),
    line("reopen", "E43", P.FILED, P.LAPSED, TICKET_MOVES["reopen"].roles),
    line("object", "E13a", None, P.FILED, PART_MOVES["object"].roles),
    line("release_part", "E14a", P.FILED, P.GRANTED, TICKET_MOVES["release_part"].roles),
    line("keep_part", "E15a", P.FILED, P.REFUSED, TICKET_MOVES["keep_part"].roles),
    line("recall_part", "E17a", P.FILED, P.LAPSED, TICKET_MOVES["recall_part"].roles),
)
