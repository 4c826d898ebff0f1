"""Text as it comes in, as it is compared, and as it may leave in a table.

Everything people type passes `clean_line` or `clean_text` before it is validated, so what is stored is what
is shown. Names with rare characters survive: only control, direction and invisible characters are removed,
variation selectors stay, and the compatibility ideographs of GB 18030 are not folded into their look-alikes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from math import sqrt

SIMILAR = 0.16
"""At and above this `similarity`, two requests are shown to the agent as perhaps the same matter.

Of 40,000 random pairs of real messages to a city government 1 in 1,000 reached it, of pairs about one
matter 6 in 10.
"""

_FEWEST_BIGRAMS = 10
_REFUSED = re.compile("[\x00\ud800-\udfff]")
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = "\x01-\x08\x0e-\x1f\x7f-\x9f\ufff9-\ufffb\ufffe\uffff"
_DIRECTION = "\u202a-\u202e\u2066-\u2069"
_FILLERS = "\u115f\u1160\u3164\uffa0"
_INVISIBLE = f"\xad\u034f\u061c\u200b-\u200f\u2060-\u2065\u206a-\u206f\ufeff\U000e0000-\U000e007f{_FILLERS}"
_NOT_IN_TEXT = re.compile(f"[{_CONTROLS}{_DIRECTION}\ufeff]")
_NOT_IN_LINE = re.compile(f"[{_CONTROLS}{_DIRECTION}{_INVISIBLE}]")
_BREAK_IN_LINE = re.compile("[\n\t]")
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_STRAY_SELECTORS = re.compile(f"^[\\s{_SELECTORS}]+")
_COMPATIBILITY = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")

_UNSEARCHED = re.compile(f"[{_CONTROLS}{_DIRECTION}{_INVISIBLE}{_SELECTORS}\x00\ud800-\udfff]")
# Combining signs are part of a word in Uyghur and Tibetan; `\w` leaves them out.
_SIGNS = "\u0300-\u036f\u064b-\u065f\u0670\u06d6-\u06ed\u0f18-\u0f19\u0f35-\u0f3f\u0f71-\u0f84\u0f8d-\u0fbc"
_WORDS = re.compile(f"(?:[^\\W_]|[{_SIGNS}])+")

_FORMULA_STARTS = frozenset("=+-@\t\r\n\x00＝＋－＠")


class TextError(ValueError):
    """Text no person typed. `code` says why: `text_nul` or `text_surrogate`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _admitted(text: str) -> str:
    """Refuse what cannot be stored, write every line break as \\n."""
    refused = _REFUSED.search(text)
    if refused:
        raise TextError("text_nul" if refused.group() == "\x00" else "text_surrogate")
    return _BREAKS.sub("\n", text)


def _composed(text: str) -> str:
    """NFC, but compatibility ideographs stay: NFC would turn one in a name into another for good."""
    if unicodedata.is_normalized("NFC", text):
        return text
    parts = _COMPATIBILITY.split(text)
    parts[::2] = [unicodedata.normalize("NFC", part) for part in parts[::2]]
    return "".join(parts)


def clean_line(text: str) -> str:
    """A name, title or other single line.

    Controls and invisible characters go, breaks and tabs become one space, the ends are stripped. Raises
    TextError for NUL and lone surrogates.
    """
    parts = (part.strip() for part in _BREAK_IN_LINE.split(_NOT_IN_LINE.sub("", _admitted(text))))
    return _composed(_STRAY_SELECTORS.sub("", " ".join(part for part in parts if part))).strip()


def clean_text(text: str) -> str:
    """Text of several lines.

    Line breaks and inner spacing stay, controls and direction overrides go, the ends are stripped. Raises
    TextError for NUL and lone surrogates.
    """
    return _composed(_NOT_IN_TEXT.sub("", _admitted(text)).replace("\t", " ")).strip()


def search_form(text: str) -> str:
    """What search compares: NFKC, case folded, without selectors and invisible characters, single spaces."""
    folded = unicodedata.normalize("NFKC", _UNSEARCHED.sub("", text)).casefold()
    return " ".join(unicodedata.normalize("NFKC", _UNSEARCHED.sub("", folded)).split())


def bigrams(text: str) -> set[str]:
    """Every two neighbouring characters of a text's words, in search form; none across punctuation.

    The bigrams of a query are therefore a subset of those of any text that contains the query.
    """
    return {
        word[place : place + 2]
        for word in _WORDS.findall(search_form(text))
        for place in range(len(word) - 1)
    }


def overlap(a: set[str], b: set[str]) -> float:
    """`similarity` of two texts whose bigrams are at hand."""
    if not a or not b:
        return 0.0
    return len(a & b) / sqrt(max(len(a), _FEWEST_BIGRAMS) * max(len(b), _FEWEST_BIGRAMS))


def similarity(a: str, b: str) -> float:
    """How much two texts say the same, from 0 to 1: the cosine of their sets of bigrams.

    Between Jaccard, which calls two lines and twenty about one matter different, and containment, which
    finds any short text in any long one; on real messages it told the same matter from others better than
    both. Texts of fewer than ten bigrams are measured as if they had ten: a bare street name resembles
    nothing much.
    """
    return overlap(bigrams(a), bigrams(b))


def csv_safe(value: object) -> str:
    """A cell no spreadsheet takes for a formula: text that begins like one gets an apostrophe (OWASP).

    Full-width signs count, and so does a sign behind leading blanks. Numbers are written as they are.
    None is empty.
    """
    if value is None:
        return ""
    text = str(value)
    if not isinstance(value, str) or not text:
        return text
    start = _UNSEARCHED.sub("", text[:64]).lstrip()[:1]
    return f"'{text}" if text[0] in _FORMULA_STARTS or start in _FORMULA_STARTS else text


class IdentityHit(StrEnum):
    """What in a text gives its caller away."""

    NAME = "NAME"
    PHONE = "PHONE"
    OTHER_PHONE = "OTHER_PHONE"
    ID_NUMBER = "ID_NUMBER"
    PLATE = "PLATE"


_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_DIGIT_GAPS = re.compile(r"(?<=[0-9])[\s\-‐-―.()·_]+(?=[0-9])")
_MOBILE = re.compile(r"(?<![0-9])(?:\+?86)?(1[3-9][0-9]{9})(?![0-9])")
_ID_NUMBER = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9x](?![0-9x])")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][a-z][\s·.\-]?"
    r"(?:[0-9a-hj-np-z]{5,6}|[0-9a-hj-np-z]{4}[学警港澳挂领])(?![0-9a-z])"
)
_NAME_GAPS = re.compile(r"[\s·•・‧･.,_\-]+")


def is_id_number(text: str) -> bool:
    """Whether 18 characters are a resident identity number: birth date and check character (GB 11643)."""
    if not _ID_NUMBER.fullmatch(text.lower()):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, text, strict=False))
    return "10x98765432"[total % 11] == text[17].lower()


def own_digits(phone: str) -> str:
    """What of a number would appear in a text: a mobile whole, of a landline its last seven digits."""
    digits = re.sub(r"[^0-9]", "", search_form(phone))
    national = re.sub(r"^(?:00)?86(?=[0-9]{9,11}$)", "", digits)
    return national[-7:] if len(national) >= 7 and not _MOBILE.fullmatch(national) else national


def _phone_hits(forms: Iterable[str], phones: Iterable[str]) -> set[IdentityHit]:
    """The caller's own numbers, or any other mobile, in any of the forms of a text."""
    own = {digits for digits in map(own_digits, phones) if len(digits) >= 7}
    hits = set()
    for form in forms:
        if any(digits in form for digits in own):
            hits.add(IdentityHit.PHONE)
        if any(number not in own for number in _MOBILE.findall(form)):
            hits.add(IdentityHit.OTHER_PHONE)
    return hits


def mentions_identity(content: str, name: str | None, phones: Iterable[str]) -> list[IdentityHit]:
    """What in a text would give its caller away to a unit, in the order of IdentityHit.

    The caller's own name (two characters or more, also spaced out) and numbers (also with gaps or in
    Chinese digits), any other mobile number, any resident identity number or licence plate. A warning to
    the agent, not a proof that nothing is there.
    """
    text = search_form(content)
    joined = _DIGIT_GAPS.sub("", text)
    forms = (text, joined, _DIGIT_GAPS.sub("", text.translate(_CHINESE_DIGITS)))
    hits = _phone_hits(forms, phones)
    wanted = _NAME_GAPS.sub("", search_form(name or ""))
    if len(wanted) >= 2 and wanted in _NAME_GAPS.sub("", text):
        hits.add(IdentityHit.NAME)
    if any(is_id_number(number) for form in forms for number in _ID_NUMBER.findall(form)):
        hits.add(IdentityHit.ID_NUMBER)
    if _PLATE.search(text):
        hits.add(IdentityHit.PLATE)
    return [hit for hit in IdentityHit if hit in hits]
