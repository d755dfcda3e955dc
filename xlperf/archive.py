"""Zip files that are the same bytes for the same contents: of a release, of a letter, of an add-in."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from io import BytesIO

_TIME = (2020, 1, 1, 0, 0, 0)  # of every member; the day a file was packed says nothing


def packed(members: Iterable[tuple[str, bytes]], *, small: bool = True) -> bytes:
    """Return a zip of files (name within it, contents), in the order given. small: compressed."""
    made = BytesIO()
    kind = zipfile.ZIP_DEFLATED if small else zipfile.ZIP_STORED
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, _TIME), data, kind)
    return made.getvalue()
