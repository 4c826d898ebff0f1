"""Passwords: how they are kept, and which are good enough."""

from __future__ import annotations

import secrets
import string
from functools import cache

from pwdlib import PasswordHash

from hotline.forms import Problem

LEAST, MOST = 10, 128
CLASSES = 3
#: Parts of passwords people choose here; a password that holds one is refused (ASVS 6.2.11, context words).
COMMON = (
    "password", "passw0rd", "p@ssw0rd", "p@ssword", "qwerty", "asdfgh", "zxcvbn", "1qaz2wsx", "abc123", "abcd1234",
    "admin", "welcome", "iloveyou", "letmein", "woaini", "woaizhongguo", "hotline", "rexian", "shimin", "zhengfu",
    "123456", "654321", "111111", "000000", "888888", "666666", "112233", "abcdef",
)
_ALPHABET = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))

hasher = PasswordHash.recommended()


def hash_password(password: str) -> str:
    """What is kept of a password (argon2id)."""
    return hasher.hash(password)


def verify(password: str, kept: str | None) -> tuple[bool, str | None]:
    """Whether it is the password, and a new hash where the old one is of weaker make.

    Takes the same time where nothing is kept, so that nobody learns which accounts exist.
    """
    if kept is None:
        hasher.verify(password, _nobodys())
        return False, None
    return hasher.verify_and_update(password, kept)


@cache
def _nobodys() -> str:
    return hasher.hash(secrets.token_urlsafe(24))


def random_password() -> str:
    """A first password: 16 characters without look-alikes, with all four classes."""
    while True:
        drawn = "".join(secrets.choice(_ALPHABET) for _ in range(14)) + "-" + secrets.choice(string.digits[2:])
        if not problems(drawn, ""):
            return drawn


def problems(password: str, account: str) -> list[Problem]:
    """What is wrong with a new password; nothing where it may be used."""
    folded = password.casefold()
    found = []
    if len(password) < LEAST:
        found.append(Problem("password_short", least=LEAST))
    if len(password) > MOST:
        found.append(Problem("password_long", most=MOST))
    if _classes(password) < CLASSES:
        found.append(Problem("password_classes"))
    if "12345" in folded or (account and account.casefold() in folded):
        found.append(Problem("password_contains"))
    if any(word in folded for word in COMMON) or len(set(folded)) < 5:
        found.append(Problem("password_common"))
    return found


def _classes(password: str) -> int:
    kinds = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum() or ord(c) > 127)
    return sum(any(kind(character) for character in password) for kind in kinds)
