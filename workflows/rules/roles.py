"""Who acts: the roles of a hotline and the person behind a move."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person (or the system) may be. Chinese names: docs/glossary.md."""

    AGENT = "AGENT"
    SHIFT_LEAD = "SHIFT_LEAD"
    DISPATCHER = "DISPATCHER"
    SUPERVISOR = "SUPERVISOR"
    REVIEWER = "REVIEWER"
    CALLBACK = "CALLBACK"
    HOTLINE_DIR = "HOTLINE_DIR"
    L2_COORD = "L2_COORD"
    UNIT_CLERK = "UNIT_CLERK"
    UNIT_LEAD = "UNIT_LEAD"
    LEADER = "LEADER"
    DISCIPLINE = "DISCIPLINE"
    ADMIN = "ADMIN"
    SEC_AUDITOR = "SEC_AUDITOR"
    CITIZEN = "CITIZEN"
    SYSTEM = "SYSTEM"


#: Work for the hotline body itself; they see every ticket, identities masked.
HOTLINE_ROLES = frozenset(
    {Role.AGENT, Role.SHIFT_LEAD, Role.DISPATCHER, Role.SUPERVISOR, Role.REVIEWER, Role.CALLBACK, Role.HOTLINE_DIR}
)
#: Work for a handling unit; they see what was given to their unit or one below it.
UNIT_ROLES = frozenset({Role.L2_COORD, Role.UNIT_CLERK, Role.UNIT_LEAD})
#: Read every ticket, move none.
READING_ROLES = frozenset({Role.LEADER, Role.DISCIPLINE})
#: Keep the system running and see no ticket at all (separation of duties, GB/T 22239).
ADMIN_ROLES = frozenset({Role.ADMIN, Role.SEC_AUDITOR})


@dataclass(frozen=True)
class Actor:
    """The person behind a move, as far as the loop needs to know.

    `unit_ids` are the actor's unit and all units below it; `recused_from` the keys of tickets that accuse the person;
    `ticket_no` is the one ticket a caller has shown to be theirs.
    """

    user_id: int | None
    account: str
    name: str
    roles: frozenset[Role]
    unit_id: int | None = None
    unit_name: str = ""
    unit_ids: frozenset[int] = field(default_factory=frozenset)
    ticket_no: str = ""
    recused_from: frozenset[int] = field(default_factory=frozenset)

    def has(self, roles: frozenset[Role] | set[Role]) -> bool:
        """Whether the actor holds any of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def of_hotline(self) -> bool:
        """Works for the hotline body."""
        return self.has(HOTLINE_ROLES)

    @property
    def of_unit(self) -> bool:
        """Works for a handling unit."""
        return self.has(UNIT_ROLES)


#: The workers, when a clock or a certain rule acts by itself.
SYSTEM = Actor(user_id=None, account="system", name="系统", roles=frozenset({Role.SYSTEM}))
