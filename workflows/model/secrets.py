"""Who a caller is, sealed: encryption by column, and the keyed hashes by which a sealed value is found.

A sealed value is `format, cipher, length of key id, key id, nonce, ciphertext and tag`. Everything before the
nonce and the value's context (column and ticket number) are authenticated with it: a value copied into another
row or column does not open. Old keys stay in the box to open what they sealed; new values take the current one.

The keys given are masters. What encrypts is derived from them (HKDF), one key for each cipher, so AES and SM4
can be switched at any time without new keys and nothing sealed is lost. Nonces are random: change the current key
before it has sealed 2³² values.
"""

from __future__ import annotations

import hmac
import os
import re
from base64 import b32encode
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from workflows.model.phone import EXTENSION, is_public_service, normalise_phone
from workflows.rules.numbering import normalise_query_code

FORMAT = 1
NONCE_BYTES = 12
TAG_BYTES = 16
LEAST_KEY_BYTES = 32
CALLER_KEY_BYTES = 16
RATING_BYTES = 10
_RATING = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,3})-[a-z2-7]{16}")


class CipherName(StrEnum):
    """What identities are encrypted with. SM4 is for sites under GB/T 39786."""

    AES = "aes"
    SM4 = "sm4"


class DigestName(StrEnum):
    """What numbers are hashed with. SM3 is for sites under GB/T 39786."""

    SHA256 = "sha256"
    SM3 = "sm3"


class SealError(Exception):
    """A sealed value does not open. `code` says why: `seal_format`, `seal_unknown_key` or `seal_broken`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...


class _Sm4Gcm:
    """SM4-GCM with the interface of AESGCM."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Ciphertext and tag."""
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """The plain text. Raises InvalidTag."""
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(associated_data)
        return decryptor.update(data[:-TAG_BYTES]) + decryptor.finalize()


_CIPHER_BYTE = {CipherName.AES: 1, CipherName.SM4: 2}


def _derived(master: bytes, purpose: str, length: int, algorithm: hashes.HashAlgorithm | None = None) -> bytes:
    return HKDF(algorithm or hashes.SHA256(), length, salt=None, info=purpose.encode()).derive(master)


def _ciphers(key_id: str, master: bytes) -> dict[bytes, _Aead]:
    """Header → cipher, for both ciphers under one master key."""
    name = key_id.encode("ascii")
    if not 1 <= len(name) <= 32:
        raise ValueError(f"key id must have 1 to 32 characters: {key_id!r}")
    if len(master) < LEAST_KEY_BYTES:
        raise ValueError(f"key {key_id!r} is shorter than {LEAST_KEY_BYTES} bytes")
    aes = AESGCM(_derived(master, "hotline identity aes-256-gcm", 32))
    sm4 = _Sm4Gcm(_derived(master, "hotline identity sm4-gcm", 16, hashes.SM3()))
    pairs = ((CipherName.AES, aes), (CipherName.SM4, sm4))
    return {bytes([FORMAT, _CIPHER_BYTE[cipher], len(name)]) + name: aead for cipher, aead in pairs}


def _hmac_sha256(secret: bytes, text: str) -> bytes:
    return hmac.digest(secret, text.encode(), "sha256")


def _hmac_sm3(secret: bytes, text: str) -> bytes:
    digest = HMAC(secret, hashes.SM3())
    digest.update(text.encode())
    return digest.finalize()


class IdentityBox:
    """Seals and opens identity columns, and makes the keyed hashes to find them by.

    `keys` maps key ids (ASCII, at most 32 characters) to master keys of at least 32 bytes; `current` is the one
    new values are sealed with; `phone_key`, at least 32 bytes, and `digest` make the hashes and must not change
    while rows hashed with them are to be found. Raises ValueError for keys and names that will not do.
    """

    def __init__(
        self,
        keys: Mapping[str, bytes],
        current: str,
        cipher: CipherName | str,
        phone_key: bytes,
        digest: DigestName | str = "sha256",
    ) -> None:
        if current not in keys:
            raise ValueError(f"current key {current!r} is not among the keys")
        if len(phone_key) < LEAST_KEY_BYTES:
            raise ValueError(f"phone_key is shorter than {LEAST_KEY_BYTES} bytes")
        self._by_header = {h: aead for key_id, key in keys.items() for h, aead in _ciphers(key_id, key).items()}
        name = current.encode("ascii")
        self._header = bytes([FORMAT, _CIPHER_BYTE[CipherName(cipher)], len(name)]) + name
        self._sealer = self._by_header[self._header]
        self._digest = _hmac_sm3 if DigestName(digest) is DigestName.SM3 else _hmac_sha256
        self._caller_secret = _derived(phone_key, "hotline caller", 32)
        self._query_secret = _derived(phone_key, "hotline query code", 32)
        self._lot_secret = _derived(phone_key, "hotline lot", 32)
        self._rating_secret = _derived(phone_key, "hotline rating link", 32)

    def seal(self, text: str | None, context: str) -> bytes | None:
        """Encrypt one value for its place; None stays None. `context` is column and ticket number."""
        if text is None:
            return None
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._sealer.encrypt(nonce, text.encode(), self._header + context.encode())
        return self._header + nonce + sealed

    def open(self, blob: bytes | None, context: str) -> str | None:
        """Decrypt one value; None stays None.

        Raises SealError: `seal_format` if this was never sealed, `seal_unknown_key` if its key is not in the
        box, `seal_broken` if it was changed, belongs to another place or the key is not what it was.
        """
        if blob is None:
            return None
        blob = bytes(blob)
        start = 3 + blob[2] if len(blob) > 2 else 0
        if len(blob) < max(start, 4) + NONCE_BYTES + TAG_BYTES or blob[0] != FORMAT:
            raise SealError("seal_format")
        header, nonce = blob[:start], blob[start : start + NONCE_BYTES]
        aead = self._by_header.get(header)
        if aead is None:
            raise SealError("seal_unknown_key")
        try:
            return aead.decrypt(nonce, blob[start + NONCE_BYTES :], header + context.encode()).decode()
        except InvalidTag:
            raise SealError("seal_broken") from None

    def is_current(self, blob: bytes) -> bool:
        """Whether a value is sealed with the current key and cipher; what is not should be sealed anew."""
        return bytes(blob[: len(self._header)]) == self._header

    def caller_key(self, phone: str) -> bytes | None:
        """What tickets of one caller share: 16 bytes of a keyed hash of the number, extension left out.

        None where there is nothing to tell a caller by: no number, or a public service's (a ticket passed on by
        110 is not 110's). Nobody's history must appear under another caller.
        """
        number = normalise_phone(phone)
        if number is None or is_public_service(number):
            return None
        return self._digest(self._caller_secret, number.partition(EXTENSION)[0])[:CALLER_KEY_BYTES]

    def query_key(self, ticket_no: str, code: str) -> bytes:
        """What is stored of a ticket's query code, 32 bytes; compare with `hmac.compare_digest`.

        Keyed, because the 40 bits of a code could be guessed from a plain hash. Text that is no code gets a key
        too, one no code has, so that it takes as long to be refused.
        """
        return self._digest(self._query_secret, f"{ticket_no}:{normalise_query_code(code)}")

    def lot(self, what: str) -> bytes:
        """What a thing draws, 32 bytes: nobody without the key can foresee it, who has it finds the same again."""
        return self._digest(self._lot_secret, what)

    def rating_token(self, ticket_id: int, round_: int) -> str:
        """What a link to rate a round of a ticket ends in: which one it is, and 80 bits that nobody can make up."""
        mark = self._digest(self._rating_secret, f"{ticket_id}:{round_}")[:RATING_BYTES]
        return f"{ticket_id}-{round_}-{b32encode(mark).decode().lower()}"

    def read_rating_token(self, token: str) -> tuple[int, int] | None:
        """Ticket and round of a link, or None where it is not one of ours."""
        found = _RATING.fullmatch(token)
        if found is None or not hmac.compare_digest(token, self.rating_token(int(found[1]), int(found[2]))):
            return None
        return int(found[1]), int(found[2])


_installed: dict[str, IdentityBox] = {}


def install(identity_box: IdentityBox) -> None:
    """Make this the process's box; done once at start, from the configuration."""
    _installed["box"] = identity_box


SEALED = ("name", "phone", "alt_phone", "id_no", "address")


def opened(identity: Any, no: str) -> dict[str, str]:
    """The sealed fields of a ticket's caller in full, empty where there is nothing. For this moment only."""
    kept = {field: getattr(identity, field) for field in SEALED}
    return {field: box().open(value, f"{no}:{field}") if value else "" for field, value in kept.items()}


def box() -> IdentityBox:
    """The process's box. Raises RuntimeError where none has been installed."""
    try:
        return _installed["box"]
    except KeyError:
        raise RuntimeError("no identity box is installed") from None
