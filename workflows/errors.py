"""Why the loop says no.

Refusal                   base: a code and the parameters of its text
├── Invalid               what was sent cannot be used; `fields` names where and why
├── NotAllowed            this person may not do this
├── Unknown               there is no such thing, or not for these eyes (never told apart)
├── NotNow                the ticket's state or a rule forbids it at this moment
├── Outdated              somebody changed the ticket after the page was opened
├── KeyReused             an Idempotency-Key came again with another body
└── Unavailable           the system cannot do it now; trying again later helps

The text for people stands in `hotline/labels.py`, by code and in both languages.
"""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """An answer of "no", with a machine-readable code and the parameters its text needs."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Invalid(Refusal):
    """What was sent cannot be used. `fields` maps a field name to the codes of what is wrong with it."""

    def __init__(self, code: str = "invalid", fields: dict[str, list[str]] | None = None, **params: object) -> None:
        super().__init__(code, **params)
        self.fields = fields or {}


class Problem(str):
    """What is wrong with a field: a code, carrying the parameters of its text."""

    params: dict[str, object]

    def __new__(cls, code: str, **params: object) -> Problem:
        """A code that compares and prints as the string it is."""
        made = super().__new__(cls, code)
        made.params = params
        return made

    def format(self, *_args: object, **_kwargs: object) -> Problem:
        """Whoever collects messages may format them; a code stays what it is."""
        return self


class NotAllowed(Refusal):
    """This person may not do this."""


class Unknown(Refusal):
    """No such thing, or not one this person may know of."""


class NotNow(Refusal):
    """A rule or the present state forbids it."""


class Outdated(Refusal):
    """The ticket changed after the page was opened."""


class KeyReused(Refusal):
    """The same Idempotency-Key arrived with another body."""


class Unavailable(Refusal):
    """It cannot be done right now; nothing was written."""
