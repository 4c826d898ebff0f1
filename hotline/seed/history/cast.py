"""Who plays: the demonstration city's staff, by account and by unit."""

from __future__ import annotations

from sqlalchemy import select

from workflows.model.base import db
from workflows.model.directory import User
from workflows.model.reference import reference
from workflows.rules.roles import Actor, Role


class Cast:
    """The staff as the loop knows people."""

    def __init__(self) -> None:
        users = db.session.scalars(select(User)).all()
        self.by_account: dict[str, Actor] = {user.account: _actor(user) for user in users}
        self.clerks = self._of(Role.UNIT_CLERK)
        self.leads = self._of(Role.UNIT_LEAD)

    def _of(self, role: Role) -> dict[int, Actor]:
        return {actor.unit_id: actor for actor in self.by_account.values() if actor.has({role})}

    def __getitem__(self, account: str) -> Actor:
        """The person of that account."""
        return self.by_account[account]

    def clerk_of(self, unit_id: int) -> Actor:
        """Who works on a unit's tickets."""
        return self.clerks[unit_id]

    def signatory_of(self, unit_id: int) -> Actor:
        """Who signs a unit's replies: its leader, or its clerk where it has none."""
        return self.leads.get(unit_id) or self.clerks[unit_id]


def _actor(user: User) -> Actor:
    return Actor(
        user_id=user.id, account=user.account, name=user.name, roles=frozenset(Role(held.role) for held in user.roles),
        unit_id=user.unit_id, unit_name=user.unit.name, unit_ids=reference().subtree(user.unit_id),
    )
