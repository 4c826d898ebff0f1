"""The numbers people read out: tickets, assignments, applications, query codes.

A ticket number is `{yyyyMMdd}{channel}{daily sequence}{check digit}`, 17 digits: 20260302010001230. The
check digit is ISO 7064 MOD 11,10: it notices every wrong digit and 98 % of swapped neighbours, so a
number misheard on the telephone is told apart from one that does not exist. The number is no secret; the
query code is what proves a caller.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MAX_SEQUENCE = 999_999
QUERY_CODE_LENGTH = 8
QUERY_CODE_BYTES = QUERY_CODE_LENGTH * 5 // 8
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_TICKET_NO = re.compile(r"[0-9]{17}")
_QUERY_CODE = re.compile(f"[{CROCKFORD}]{{{QUERY_CODE_LENGTH}}}")
_PATH = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}")
_GAPS = re.compile(r"[\s\-‐-―_.·]+")
_MISREAD = str.maketrans("OIL", "011")


class Channel(StrEnum):
    """How a request reached the hotline (受理渠道)."""

    PHONE = "PHONE"
    WEB = "WEB"
    WECHAT = "WECHAT"
    APP = "APP"
    SMS = "SMS"
    EMAIL = "EMAIL"
    LETTER = "LETTER"
    WINDOW = "WINDOW"
    PROVINCE = "PROVINCE"
    PETITION_OFFICE = "PETITION_OFFICE"
    GRID = "GRID"
    TRANSFER_110 = "TRANSFER_110"
    MEDIA = "MEDIA"
    INSTRUCTION = "INSTRUCTION"
    API = "API"
    IMPORT = "IMPORT"
    MERGED_LINE = "MERGED_LINE"
    SOCIAL = "SOCIAL"
    MESSAGE_BOARD = "MESSAGE_BOARD"
    STATE_COMPLAINTS = "STATE_COMPLAINTS"
    STATE_INSPECTION = "STATE_INSPECTION"
    SERVICE_RATING = "SERVICE_RATING"
    SENSOR = "SENSOR"
    CONGRESS = "CONGRESS"
    SUBCENTRE = "SUBCENTRE"

    @property
    def digits(self) -> str:
        """The two digits of this channel in a ticket number. Issued once, never given to another channel."""
        return _DIGITS_OF[self]


_DIGITS_OF = {channel: f"{place:02d}" for place, channel in enumerate(Channel, start=1)}
CHANNEL_OF = {digits: channel for channel, digits in _DIGITS_OF.items()}


class ApplicationPrefix(StrEnum):
    """What an application's number starts with: the initials of its Chinese name."""

    RETURN = "TD"
    EXTENSION = "YQ"
    SUSPENSION = "GZ"
    TERMINATION = "ZZ"
    EXCLUSION = "TC"
    APPEAL = "SS"


class NumberError(ValueError):
    """Not one of our numbers. `code` says why: `number_shape`, `number_check_digit` or `number_date`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class TicketNo:
    """A ticket number taken apart."""

    day: date
    channel: str
    sequence: int


def check_digit(digits: str) -> str:
    """ISO 7064 MOD 11,10 check digit of a string of decimal digits."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def ticket_no(day: date, channel: str, sequence: int) -> str:
    """The number of the `sequence`-th ticket (from 1) of a day; `channel` is the channel's two digits.

    Raises ValueError for a channel that is not two digits, and for a sequence outside 1–999999.
    """
    if not (len(channel) == 2 and channel.isascii() and channel.isdigit()):
        raise ValueError(f"channel must be two digits: {channel!r}")
    if not 1 <= sequence <= MAX_SEQUENCE:
        raise ValueError(f"daily sequence out of range: {sequence}")
    body = f"{day:%Y%m%d}{channel}{sequence:06d}"
    return body + check_digit(body)


def normalise_ticket_no(text: str) -> str:
    """What was typed or pasted, as it would be stored: half-width, without gaps. Not checked."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text))


def parse(no: str) -> TicketNo:
    """Take a ticket number apart. Raises NumberError where its shape, check digit or date is wrong."""
    if not _TICKET_NO.fullmatch(no):
        raise NumberError("number_shape")
    if check_digit(no[:-1]) != no[-1]:
        raise NumberError("number_check_digit")
    try:
        day = date(int(no[:4]), int(no[4:6]), int(no[6:8]))
    except ValueError:
        raise NumberError("number_date") from None
    return TicketNo(day=day, channel=no[8:10], sequence=int(no[10:16]))


def is_valid(no: str) -> bool:
    """Whether this could be a ticket number of ours: shape, check digit and a real date."""
    try:
        parse(no)
    except NumberError:
        return False
    return True


def is_mistyped(text: str) -> bool:
    """Whether this was meant for a ticket number and is none: a digit of it is wrong."""
    no = ticket_no_within(text)
    return _TICKET_NO.fullmatch(no) is not None and not is_valid(no)


def ticket_no_within(text: str) -> str:
    """The ticket number in what may be a task's (20260302010001230-1.2), as `normalise_ticket_no`."""
    head, dash, path = text.strip().rpartition("-")
    return normalise_ticket_no(head if dash and _PATH.fullmatch(path) else text)


def assignment_no(no: str, path: Iterable[int]) -> str:
    """The number of a unit's task under a ticket: `-1` for the first, `-1.2` for its second sub-task."""
    return f"{no}-{'.'.join(str(step) for step in path)}"


def application_no(prefix: str, month: date, sequence: int) -> str:
    """The number of a return, extension, …: `TD202603` and at least six digits, counted from 1 each month."""
    return f"{ApplicationPrefix(prefix)}{month:%Y%m}{sequence:06d}"


def order_no(day: date, sequence: int) -> str:
    """The number of a supervision order (督办单): `DB20260302` and at least four digits, counted from 1 each day."""
    return f"DB{day:%Y%m%d}{sequence:04d}"


def new_query_code(random_bytes: Callable[[int], bytes]) -> str:
    """A fresh query code: 8 Crockford base-32 characters, 40 bits. Pass `secrets.token_bytes`."""
    value = int.from_bytes(random_bytes(QUERY_CODE_BYTES), "big")
    return "".join(CROCKFORD[value >> shift & 31] for shift in range(5 * QUERY_CODE_LENGTH - 5, -1, -5))


def normalise_query_code(text: str) -> str | None:
    """A query code as people type it, or None if it cannot be one.

    Case, gaps and full width do not matter; O is read as 0, I and L as 1.
    """
    code = _GAPS.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_MISREAD)
    return code if _QUERY_CODE.fullmatch(code) else None
