"""Telephone numbers, written one way so that the same caller is found again.

The normal form is E.164 ("+8613812345678", "+8659187654321"), with ";ext=" behind it where an extension was
given, or the bare digits of a public service ("12345", "95598", "4008123123").
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers

LONGEST = 64
"""Longer text is no telephone number, and not worth parsing."""

EXTENSION = ";ext="

_MOBILE = re.compile(r"(?:(?:\+|00)?86|0)?(1[3-9][0-9]{9})")
_PUBLIC_SERVICE = re.compile(
    r"110|112|114|119|120|122|999"  # emergency and directory
    r"|12[0-9]{3}"  # 12345, 12315, 12366 …: government hotlines
    r"|100[0-9]{2}"  # 10086, 10010, 10000: carriers
    r"|95[0-9]{3,6}"  # banks, grid, insurers nationwide
    r"|96[0-9]{3,4}"  # services of one province
    r"|116114|118114"
    r"|[48]00[0-9]{7}"  # shared-cost and free numbers
)
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_BLANKS = re.compile(r"\s+")
_GAPS = re.compile(r"[\s\-‐-―−_.·()（）]+")
_EXTENSION = re.compile(r"(?:;ext=|转|轉|分机|分機|ext\.?|[x#,])\s*([0-9]{1,7})$", re.IGNORECASE)
# "0591-87654321-8001": only a third group can be an extension, the second is the number itself.
_HYPHENED_EXTENSION = re.compile(r"(?<=[0-9]{7})-([0-9]{1,6})$")
_LOCAL = re.compile(r"[2-8][0-9]{6,7}")


def normalise_phone(text: str | None, region: str = "CN", area_code: str = "") -> str | None:
    """The normal form of a number as people write it, or None if it is none.

    Takes full-width digits, gaps, +86 or 0086, a leading 0 before a mobile, extensions. A seven or eight digit
    number without area code gets `area_code` ("0591"), if one is given.
    """
    if not text or len(text) > LONGEST:
        return None
    mobile = _MOBILE.fullmatch(text)
    return f"+86{mobile[1]}" if mobile and region == "CN" else _normalise(text, region, area_code)


@lru_cache(maxsize=4096)
def _normalise(text: str, region: str, area_code: str) -> str | None:
    """Everything but a plainly written mobile, which is too common to be worth a parse."""
    written = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).strip()
    mobile = _MOBILE.fullmatch(_GAPS.sub("", written))
    if mobile and region == "CN":
        return f"+86{mobile[1]}"
    for form in (written, _BLANKS.sub("", written)):
        number, extension = _split(form)
        found = _main_number(_GAPS.sub("", number), region, area_code)
        if found:
            return f"{found}{EXTENSION}{extension}" if extension else found
    return None


def _main_number(digits: str, region: str, area_code: str) -> str | None:
    """The normal form of digits without gaps and extension."""
    mobile = _MOBILE.fullmatch(digits)
    if mobile and region == "CN":
        return f"+86{mobile[1]}"
    if _PUBLIC_SERVICE.fullmatch(digits) and region == "CN":
        return digits
    return _parsed(area_code + digits if area_code and _LOCAL.fullmatch(digits) else digits, region)


def _split(written: str) -> tuple[str, str]:
    """The number and its extension ("" if it has none)."""
    found = _EXTENSION.search(written) or _HYPHENED_EXTENSION.search(written)
    return (written[: found.start()], found[1]) if found else (written, "")


def _parsed(digits: str, region: str) -> str | None:
    """E.164 of a number valid in its country."""
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_public_service(number: str) -> bool:
    """Whether a number in normal form is a public service's, shared by many people, not one caller's."""
    return not number.startswith("+")


def as_dialled(number: str) -> str:
    """A number in normal form as it is read and dialled here: 138 1234 5678, 0591 8765 4321-8001, +852 …."""
    main, _, extension = number.partition(EXTENSION)
    if main.startswith("+"):
        parsed = phonenumbers.parse(main)
        form = phonenumbers.PhoneNumberFormat
        home = parsed.country_code == phonenumbers.country_code_for_region("CN")
        main = phonenumbers.format_number(parsed, form.NATIONAL if home else form.INTERNATIONAL)
    return f"{main}-{extension}" if extension else main
