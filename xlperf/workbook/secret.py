"""A password to open a book with, one for each party: who has it was given it by the office, and nobody else was.

The files are encrypted as spreadsheet programs do it (ECMA-376, agile), by `msoffcrypto-tool`, an extra that not every
machine has; `is_there` says so. Passwords follow from the round's key, so that they are kept nowhere else.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from io import BytesIO

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # 30; no 0, 1, I, L, O, U: people read it over the telephone
_SIGNS = 12  # of a password: 58 bits


class NoSuchPassword(Exception):
    """None of the passwords opens the file, or it is damaged."""


def is_there() -> bool:
    """Return whether files can be locked and opened on this machine."""
    return find_spec("msoffcrypto") is not None


def is_locked(data: bytes) -> bool:
    """Return whether a file has a password to open it with."""
    return data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") and "EncryptedPackage".encode("utf-16-le") in data


def password_of(key: bytes, kind: str, whom: str) -> str:
    """Return the password of a party, as `XXXX-XXXX-XXXX`. key: the round's."""
    number = int.from_bytes(hmac.digest(key, f"password|{kind}|{whom}".encode(), "sha256"))
    drawn = "".join(_LETTERS[number // 30**i % 30] for i in range(_SIGNS))
    return "-".join(drawn[i : i + 4] for i in range(0, _SIGNS, 4))


def locked(data: bytes, password: str) -> bytes:
    """Return a book that opens with a password; the same book comes out otherwise each time."""
    from msoffcrypto.format.ooxml import OOXMLFile

    made = BytesIO()
    OOXMLFile(BytesIO(data)).encrypt(password, made)
    return made.getvalue()


def opened(data: bytes, passwords: Sequence[str]) -> tuple[int, bytes]:
    """Return which of some passwords opens a file, and the book in it; NoSuchPassword where none does."""
    import msoffcrypto

    for number, password in enumerate(passwords):
        made = BytesIO()
        with suppress(Exception):  # of another password, or of a file that is none: the library raises many kinds
            file = msoffcrypto.OfficeFile(BytesIO(data))
            file.load_key(password=password, verify_password=True)
            file.decrypt(made, verify_integrity=True)
            return number, made.getvalue()
    raise NoSuchPassword
