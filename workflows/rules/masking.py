"""How a caller's identity is shown to those who need not know it.

Every function takes whatever is stored and never fails. What is shown: of a name the surname (or first
character), of a telephone number the prefix and the last four digits, of an identity number the first
three and the last two characters, of an address the part down to the street or town. The masked text
never says how long the name was. Public service numbers (110, 12345, 95598 …) are not masked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from workflows.rules.text import own_digits

STARS = "**"
HIDDEN = "****"

COMPOUND_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容"
        "仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐"
        "段干百里呼延东郭南门羊舌微生公户公玉公仪梁丘公仲公上公门公山公坚左丘公伯西门公祖第五公乘贯丘公皙"
        "南荣东里东宫仲长子书子桑即墨达奚褚师歐陽諸葛東方上宮尉遲赫連獨孤鍾離長孫軒轅閭丘",
    )
)

_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\xad\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_DOTS = re.compile(r"[·•・‧･．∙⋅]")
_FIRST = re.compile("(?s).[\u0300-\u036f\ufe00-\ufe0f\U000e0100-\U000e01ef]{0,4}")
_CHINESE_START = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

_EXTENSION = re.compile(r"(?:;ext=|转|轉|分机|ext\.?|[#x,])\s*[0-9]*\s*$", re.IGNORECASE)
_SEVERAL = re.compile(r"(?:[,、/，；\n]|;(?!ext=))")
_PUBLIC_NUMBER = re.compile(r"11[0-9]|12[0-9](?:[0-9]{2})?|999|100[0-9]{2}|9[56][0-9]{3,6}|11[48]114|116114")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_AREA_AND_NUMBER = re.compile(r"(0(?:10|2[0-9]|[3-9][0-9]{2}))([0-9]{7,8})")
_LEAST_FOR_FOUR = 8
_LEAST_FOR_TWO = 5
_MOST_NUMBERS = 3

# A name of a place, shortest first, up to the word for its level.
# The look-arounds keep 小区, 超市, 城乡 and the like from counting as one.
_CITY_WORD = r"(?<![超夜菜])市(?![场民政区委])"
_DISTRICT_WORD = r"自治县|自治旗|县(?!道)|旗|(?<![小社园校景厂库片院])区"
_PROVINCE = r"(?:.{2,7}?(?:省|自治区|特别行政区))?"
_CITY = rf"(?:.{{1,8}}?(?:自治州|地区|盟|{_CITY_WORD}))?"
_DISTRICT = rf"(?:.{{1,10}}?(?:{_DISTRICT_WORD}|{_CITY_WORD}))?"
_STREET = r"(?:.{1,10}?(?:街道|(?<![村路])镇|(?<!城)乡|苏木))?"
_TO_STREET = re.compile(_PROVINCE + _CITY + _DISTRICT + _STREET)
_PRIVATE_PLACE = re.compile(
    r"[\d一二三四五六七八九十]+(?:号|栋|幢|座|室|单元|弄|巷|楼|层|组)"
    r"|(?:小区|社区|花园|公寓|大厦|新村)(?!路?街道|[镇乡])"
)


def _shown(text: object) -> str:
    """Any stored value as one clean string."""
    return "" if text is None else _UNSHOWN.sub("", str(text)).strip()


def _first(word: str) -> str:
    """The first character with its variation selectors and accents."""
    found = _FIRST.match(word)
    return found.group() if found else ""


def _masked_word(word: str) -> str:
    return _first(word) + STARS


def mask_name(name: str | None) -> str:
    """张三 → 张**, 欧阳娜娜 → 欧阳**, 买买提·吐尔逊 → 买**·**, John Smith → J** S**."""
    text = _shown(name)
    parts = [part.strip() for part in _DOTS.split(text)]
    if len(parts) > 1 and parts[0]:
        return "·".join([_masked_word(parts[0]), *[STARS] * min(len(parts) - 1, 2)])
    if not _CHINESE_START.match(text):
        return " ".join(_masked_word(word) for word in text.split()[:3])
    if len(text) > 2 and text[:2] in COMPOUND_SURNAMES:
        return text[:2] + STARS
    return _masked_word(text)


def _mask_number(text: str) -> str:
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", _EXTENSION.sub("", text)))
    if _PUBLIC_NUMBER.fullmatch(digits):
        return digits
    national = re.sub(r"^(?:00)?86(?=1[3-9][0-9]{9}$|[1-9][0-9]{8,10}$)", "", digits)
    if _MOBILE.fullmatch(national.removeprefix("0")):
        national = national.removeprefix("0")
        return f"{national[:3]}{HIDDEN}{national[-4:]}"
    landline = _AREA_AND_NUMBER.fullmatch(national if national[:1] == "0" else f"0{national}")
    if landline and (national[:1] == "0" or national != digits):
        return f"{landline[1]}-{HIDDEN}{landline[2][-4:]}"
    if len(digits) >= _LEAST_FOR_FOUR:
        return HIDDEN + digits[-4:]
    return HIDDEN + digits[-2:] if len(digits) >= _LEAST_FOR_TWO else HIDDEN


def mask_phone(phone: str | None) -> str:
    """13812345678 → 138****5678, 0591-87654321 → 0591-****4321.

    +86 and extensions are left out; of several numbers the first three are shown, each masked.
    """
    numbers = [part for part in _SEVERAL.split(_shown(phone)[:200]) if part.strip()]
    return ", ".join(_mask_number(number) for number in numbers[:_MOST_NUMBERS])


def mask_id_no(id_no: str | None) -> str:
    """350102199001011234 → 350*************34; of fewer than ten characters only the first is shown."""
    text = re.sub(r"\s", "", _shown(id_no))
    if not text:
        return ""
    if len(text) < 10:
        return _first(text) + HIDDEN
    hidden = "*" * min(len(text) - 5, 13)
    return f"{text[:3]}{hidden}{text[-2:]}"


def mask_address(address: str | None) -> str:
    """The address down to its street or town: 鼓楼区东街街道杨桥路12号 → 鼓楼区东街街道****.

    Where no district or street can be made out, or a house or estate stands before it, all is hidden.
    """
    text = _shown(address)[:60]
    if not text:
        return ""
    found = _TO_STREET.match(text)
    shown = found.group() if found else ""
    return HIDDEN if _PRIVATE_PLACE.search(shown) else shown + HIDDEN


#: A digit as people write it, and what they put between two.
_DIGITS = {str(n): f"[{n}{chr(0xFF10 + n)}{chinese}]" for n, chinese in enumerate("〇一二三四五六七八九")} | {
    "0": "[0０〇零]"
}
_BETWEEN_DIGITS, _BETWEEN_LETTERS = r"[\s\-‐-―.()（）·_]*", r"[\s·•・‧･.,_\-]*"
_COUNTRY = r"(?:\+?86[\s\-]*)?"
_LEAST_DIGITS, _LEAST_LETTERS = 7, 2


def scrub(said: str, name: str, phones: Iterable[str], address: str = "") -> str:
    """A text without the caller's own name, numbers and address: each gives way to its masked form.

    Spaced-out names, numbers with gaps and in Chinese or full-width digits are found; what is only meant, is not.
    """
    for digits in map(own_digits, phones):
        if len(digits) >= _LEAST_DIGITS:
            shown = mask_phone(digits) if _MOBILE.fullmatch(digits) else HIDDEN + digits[-4:]
            said = re.sub(_COUNTRY + _BETWEEN_DIGITS.join(_DIGITS[digit] for digit in digits), shown, said)
    if len(address) >= _LEAST_DIGITS:
        said = said.replace(address, mask_address(address))
    letters = re.sub(_BETWEEN_LETTERS, "", name)
    if len(letters) >= _LEAST_LETTERS:
        spaced = _BETWEEN_LETTERS.join(map(re.escape, letters))
        said = re.sub(spaced, lambda _found: mask_name(name), said, flags=re.IGNORECASE)
    return said
