"""What the forms of moves offer to choose from beside the closed vocabularies."""

from __future__ import annotations

from flask_babel import gettext

from hotline.city import reference
from workflows.model.reference import today
from workflows.model.ticket import Ticket


def units_for(ticket: Ticket) -> list[tuple[int, str]]:
    """Units a ticket may go to, as options of a select: those the dispatch catalogue named first, then by code."""
    ref = reference()
    named = [candidate["unit_id"] for candidate in (ticket.route or {}).get("candidates", [])]
    in_use = ref.active_units(today()) - {ref.hotline_unit_id}
    rank = {unit_id: place for place, unit_id in enumerate(named)}
    ordered = sorted(in_use, key=lambda key: (rank.get(key, len(rank)), ref.units[key].code))
    mark = gettext("派单目录")
    return [(key, f"{ref.units[key].name} · {mark}" if key in rank else ref.units[key].name) for key in ordered]
