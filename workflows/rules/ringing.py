"""全量回访与抽样回访: who is rung whatever the policy, and who of the others is drawn (domain §4.9).

Each ticket is drawn by itself, by a keyed hash of its number that nobody without the key can foresee: neither the unit
nor whoever accepts its reply can tell which ticket will be rung, and no order of doing things changes it. Who has the
key finds the same draw again at any time. Every unit is one stratum and all have the same share: over many tickets it
is met, over few it varies by chance. Counting every k-th of a unit would meet it exactly and tell the unit which
tickets nobody will ask about; `docs/decisions/0016-sampled-call-backs.md` weighs the two.
"""

from __future__ import annotations

from typing import Any

from workflows.rules.vocabulary import CallBasis, CallerType, Kind

#: The share, in percent, at which everybody is rung.
FULL = 100
#: What may accuse somebody is always asked about.
COMPLAINTS = frozenset({Kind.COMPLAINT, Kind.REPORT})
_BYTES = 8


def always_rung(ticket: Any, *, ordered: bool) -> CallBasis | None:
    """Why a caller is rung whatever the policy; None where that is for the draw. `ordered`: an order was ever given."""
    reasons = {
        CallBasis.NAMED: ticket.call_named,
        CallBasis.COMPLAINT: ticket.kind in COMPLAINTS,
        CallBasis.REPEAT: ticket.round > 1 or ticket.reopens_id is not None,
        CallBasis.ENTERPRISE: ticket.caller_type == CallerType.ENTERPRISE,
        CallBasis.RISK: bool(ticket.risk_kinds),
        CallBasis.SUPERVISED: ordered or ticket.instructed_at is not None,
    }
    return next((basis for basis, holds in reasons.items() if holds), None)


def drawn(lot: bytes, percent: int) -> bool:
    """Whether this lot is among so many in a hundred."""
    return int.from_bytes(lot[:_BYTES]) * FULL < percent << 8 * _BYTES
