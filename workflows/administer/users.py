"""People: who signs in, for which unit, in which roles.

Three kinds of power stay apart (三员分立, GB/T 22239): who administers the system or audits it holds no other role.
Passwords are hashed by whoever meets people; here arrives only the hash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select, update

from workflows.administer.books import Complaints, administering, changing, created, fetch, record
from workflows.engine import Work
from workflows.errors import NotNow
from workflows.model.base import db
from workflows.model.directory import ApiToken, Unit, User, UserRole, UserSession
from workflows.model.phone import EXTENSION, normalise_phone
from workflows.rules.roles import ADMIN_ROLES, HOTLINE_ROLES, UNIT_ROLES, Actor, Role
from workflows.rules.vocabulary import SettingAction, SettingSubject, UnitKind

SUBJECT = SettingSubject.USER
_ACCOUNT = re.compile(r"[a-z][a-z0-9._-]{1,39}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
LONGEST_EMAIL = 120
#: Not for people: callers have no account, and the system is nobody.
_NOT_GIVEN = frozenset({Role.CITIZEN, Role.SYSTEM})


def create_user(
    actor: Actor, *, account: str, name: str, unit_id: int, roles: Iterable[Role], password_hash: str,
    locale: str = "zh", work_phone: str = "", email: str = "",
) -> User:
    """Give somebody an account. Its first password must be changed at the first sign-in."""
    with administering(actor) as doing:
        wanted = frozenset(roles)
        wrong = Complaints()
        wrong.unless(_ACCOUNT.fullmatch(account), "account", "account_shape")
        wrong.unless(not db.session.scalar(select(User.id).where(User.account == account)), "account", "account_taken")
        _check(wrong, name, unit_id, wanted)
        phone = _reached_at(wrong, work_phone, email)
        wrong.settle()
        row = User(account=account, name=name, password_hash=password_hash, unit_id=unit_id, locale=locale,
                   work_phone=phone, email=email,
                   active=True, must_change_password=True, failed_count=0, created_at=doing.at, version=1,
                   roles=[UserRole(role=str(role)) for role in sorted(wanted)])
        created(doing, SUBJECT, row)
        return row


def change_user(
    user_id: int, actor: Actor, *, version: int, name: str, unit_id: int, roles: Iterable[Role],
    work_phone: str = "", email: str = "",
) -> User:
    """Change somebody's name, unit, roles or where notices reach them; what they may do changes with their next click.

    Raises NotNow where nobody would be left to administer, or to audit.
    """
    with administering(actor) as doing:
        row = fetch(User, user_id, version)
        wanted = frozenset(roles)
        wrong = Complaints()
        _check(wrong, name, unit_id, wanted)
        phone = _reached_at(wrong, work_phone, email)
        wrong.settle()
        _somebody_stays(row, {Role(held.role) for held in row.roles} - wanted)
        with changing(doing, SUBJECT, row):
            row.name, row.unit_id = name, unit_id
            row.work_phone, row.email = phone, email
            _give_roles(row, wanted)
        return row


def disable_user(user_id: int, actor: Actor, *, version: int, note: str = "") -> User:
    """End somebody's access at once: every session and token is revoked."""
    with administering(actor) as doing:
        row = fetch(User, user_id, version)
        _somebody_stays(row, {Role(held.role) for held in row.roles})
        with changing(doing, SUBJECT, row, SettingAction.CLOSED, note):
            row.active = False
        _revoke(doing, UserSession, user_id)
        _revoke(doing, ApiToken, user_id)
        return row


def enable_user(user_id: int, actor: Actor, *, version: int) -> User:
    """Let somebody in again; tokens revoked before stay revoked."""
    with administering(actor) as doing:
        row = fetch(User, user_id, version)
        with changing(doing, SUBJECT, row, SettingAction.OPENED):
            row.active = True
        return row


def reset_password(user_id: int, actor: Actor, *, version: int, password_hash: str) -> User:
    """Put a one-time password in place: to be changed at the next sign-in, all sessions end, a lock is lifted."""
    with administering(actor) as doing:
        row = fetch(User, user_id, version)
        row.password_hash, row.must_change_password = password_hash, True
        _lift_lock(row)
        row.version += 1
        record(doing, SUBJECT, user_id, SettingAction.RESET)
        _revoke(doing, UserSession, user_id)
        return row


def unlock_user(user_id: int, actor: Actor, *, version: int) -> User:
    """Lift the lock that failed sign-ins put on an account."""
    with administering(actor) as doing:
        row = fetch(User, user_id, version)
        _lift_lock(row)
        row.version += 1
        record(doing, SUBJECT, user_id, SettingAction.UNLOCKED)
        return row


def _lift_lock(row: User) -> None:
    row.failed_count, row.failed_at, row.locked_until = 0, None, None


def _check(wrong: Complaints, name: str, unit_id: int, roles: frozenset[Role]) -> None:
    unit = db.session.get(Unit, unit_id)
    wrong.unless(name, "name", "required")
    wrong.unless(unit is not None and unit.active_to is None, "unit_id", "unit_unknown")
    wrong.unless(roles, "roles", "required")
    wrong.unless(roles.isdisjoint(_NOT_GIVEN), "roles", "role_not_given")
    wrong.unless(len(roles) == 1 or roles.isdisjoint(ADMIN_ROLES), "roles", "admin_roles_alone")
    of_hotline = unit is not None and unit.kind == UnitKind.HOTLINE
    wrong.unless(of_hotline or roles.isdisjoint(HOTLINE_ROLES), "roles", "roles_need_hotline")
    wrong.unless(not of_hotline or roles.isdisjoint(UNIT_ROLES), "roles", "roles_need_unit")


def _reached_at(wrong: Complaints, work_phone: str, email: str) -> str:
    """The telephone number as it is kept; complains of one that cannot be dialled, and of a wrong e-mail address."""
    phone = normalise_phone(work_phone) or ""
    wrong.unless(not work_phone or (phone.startswith("+") and EXTENSION not in phone), "work_phone", "phone_shape")
    wrong.unless(not email or (len(email) <= LONGEST_EMAIL and _EMAIL.fullmatch(email)), "email", "email_shape")
    return phone


def _somebody_stays(row: User, losing: set[Role]) -> None:
    for role in sorted(losing & ADMIN_ROLES):
        others = db.session.scalar(
            select(func.count())
            .select_from(UserRole)
            .join(User, User.id == UserRole.user_id)
            .where(UserRole.role == str(role), User.active, User.id != row.id)
        )
        if not others:
            raise NotNow("last_of_role", role=role)


def _give_roles(row: User, wanted: frozenset[Role]) -> None:
    held = {Role(each.role): each for each in row.roles}
    for role in held.keys() - wanted:
        row.roles.remove(held[role])
    for role in sorted(wanted - held.keys()):
        row.roles.append(UserRole(role=str(role)))


def _revoke(doing: Work, kind: Any, user_id: int) -> None:
    db.session.execute(
        update(kind).where(kind.user_id == user_id, kind.revoked_at.is_(None)).values(revoked_at=doing.at),
        execution_options={"synchronize_session": False},
    )
