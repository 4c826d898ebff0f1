"""The demonstration city's staff: one or more for every role, each with a random password nobody knows yet."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from hotline.labels import label
from hotline.seed.city import City
from hotline.seed.tables import rows
from hotline.sign_in import passwords
from workflows.model.base import db
from workflows.model.directory import User, UserRole
from workflows.rules.roles import Role

ACCOUNTS_FILE = "accounts.tsv"
#: argon2id at the least strength OWASP asks for: plenty for random passwords of this length, and a whole staff is
#: hashed in a second or two. The first sign-in hashes anew at full strength.
_QUICK = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))
_HEADER = ("account", "password", "role", "unit")

#: account, name, unit, role
_HOTLINE_STAFF = (
    ("agent1", "沈雨桐", "HOTLINE", Role.AGENT),
    ("agent2", "陆知远", "HOTLINE", Role.AGENT),
    ("shift1", "顾明川", "HOTLINE", Role.SHIFT_LEAD),
    ("dispatch1", "苏晚晴", "HOTLINE", Role.DISPATCHER),
    ("dispatch2", "秦牧之", "HOTLINE", Role.DISPATCHER),
    ("supervise1", "韩秋实", "HOTLINE", Role.SUPERVISOR),
    ("review1", "叶清和", "HOTLINE", Role.REVIEWER),
    ("callback1", "白若溪", "HOTLINE", Role.CALLBACK),
    ("callback2", "江望舒", "HOTLINE", Role.CALLBACK),
    ("director1", "罗怀谷", "HOTLINE", Role.HOTLINE_DIR),
    ("leader1", "程景行", "DISTRICT", Role.LEADER),
    ("discipline1", "严立本", "DISTRICT", Role.DISCIPLINE),
    ("admin1", "尹思齐", "HOTLINE", Role.ADMIN),
    ("audit1", "戚守正", "HOTLINE", Role.SEC_AUDITOR),
    ("coord-chengguan", "城管二级平台管理员", "CHENGGUAN", Role.L2_COORD),
)


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in to the demonstration; the password stands nowhere else in the clear."""

    account: str
    password: str
    role: str
    unit: str


@dataclass(frozen=True)
class Post:
    """Somebody to hire."""

    account: str
    name: str
    unit: str
    role: Role


def posts() -> Iterator[Post]:
    """Everybody: the hotline's staff, and a clerk and a leader for every unit that handles requests."""
    yield from (Post(*line) for line in _HOTLINE_STAFF)
    for row in rows("units"):
        if row["login"]:
            yield Post(f"clerk-{row['login']}", f"{row['short']}经办人", row["code"], Role.UNIT_CLERK)
        if row["login"] and row["kind"] != "SECTION":
            yield Post(f"lead-{row['login']}", f"{row['short']}负责人", row["code"], Role.UNIT_LEAD)


def hire(city: City, since: datetime) -> list[Account]:
    """Write an account for everybody, inside the caller's transaction. Returns them with their passwords."""
    hired = list(posts())
    drawn = [passwords.random_password() for _ in hired]
    db.session.add_all(
        User(account=post.account, name=post.name, password_hash=_QUICK.hash(password), unit_id=city.units[post.unit],
             created_at=since, roles=[UserRole(role=str(post.role))])
        for post, password in zip(hired, drawn, strict=True)
    )
    names = {row["code"]: row["short"] for row in rows("units")}
    return [
        Account(post.account, password, label(post.role), names[post.unit])
        for post, password in zip(hired, drawn, strict=True)
    ]


def write_down(var: Path, accounts: Iterable[Account]) -> Path:
    """Write the accounts to a new file only its owner may read; one left by an earlier database is put aside."""
    path = var / ACCOUNTS_FILE
    if path.exists():
        path.replace(path.with_suffix(".old.tsv"))
    lines = [_HEADER, *((a.account, a.password, a.role, a.unit) for a in accounts)]
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines("\t".join(line) + "\n" for line in lines)
    return path
