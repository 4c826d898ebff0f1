"""Names of files as people gave them, made fit to be shown and offered again. Never a name on our own disk."""

from __future__ import annotations

import unicodedata

#: What every file system can hold, in bytes of UTF-8.
MOST_BYTES = 255
#: Separators of paths, and what some file systems cannot hold.
_FORBIDDEN = frozenset('<>:"|?*')
#: Control and format characters (with them those that turn the direction of writing), surrogates, private ones.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})


def clean_name(given: str, extensions: tuple[str, ...], *, otherwise: str = "附件") -> str:
    """The last part of `given`, of visible characters alone, ending in one of `extensions` (lower case, with the dot).

    A name that ends otherwise gets the first of them added, so that `gnp.exe` holding a picture is `gnp.exe.png`.
    Too long a name is cut before its ending; `otherwise` is used where nothing is left.
    """
    last = unicodedata.normalize("NFC", given.replace("\\", "/").rpartition("/")[2])
    seen = "".join(c for c in last if unicodedata.category(c) not in _UNSEEN)
    plain = " ".join("".join("_" if c in _FORBIDDEN else c for c in seen).split()).strip(". ")
    stem, ending = _parted(plain, extensions)
    return _cut(stem or otherwise, MOST_BYTES - len(ending.encode())) + ending


def _parted(name: str, extensions: tuple[str, ...]) -> tuple[str, str]:
    for extension in extensions:
        if name.lower().endswith(extension):
            return name[: -len(extension)].rstrip(". "), extension
    if f".{name.lower()}" in extensions:
        return "", extensions[0]
    return name, extensions[0]


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")
