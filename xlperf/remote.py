"""Files at an address that several machines reach, read like paths; the extra `scale`.

A folder of this machine is a Path as everywhere. Anything else (sftp://HOST/…, s3://…, file:///mnt/…) is an address
that fsspec knows. Only bytes are read and written; who reads them proves what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any


class FilesUnreached(Exception):
    """A file cannot be had, or put, where the machines that work look for it."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(address, why)  # both, so that it comes back whole from another process
        self.address, self.why = address, why


@dataclass(frozen=True)
class Remote:
    """A file or folder at an address. Whatever goes wrong there is FilesUnreached, but a file that is not there."""

    address: str

    def __truediv__(self, name: str) -> Remote:
        """Return a file or folder in this one."""
        return Remote(f"{self.address.rstrip('/')}/{name}")

    @property
    def name(self) -> str:
        """Return the last part of the address."""
        return PurePosixPath(self.address).name

    def read_bytes(self) -> bytes:
        """Return what the file holds; FileNotFoundError where there is none."""
        try:
            system, path = _system(self.address)
            data: bytes = system.cat_file(path)
        except FileNotFoundError:
            raise
        except Exception as fault:  # each kind of address fails in ways of its own
            raise FilesUnreached(self.address, f"{type(fault).__name__} {fault}") from fault
        return data


Readable = Path | Remote


class Copies:
    """A folder that others reach, and what lies there already. Raises FilesUnreached."""

    def __init__(self, folder: Remote) -> None:
        self.folder = folder
        with self._reached():
            self._system, path = _system(folder.address)
            self._path = path.rstrip("/")
            self._system.makedirs(path, exist_ok=True)
            known = self._system.ls(path, detail=True)
        self._there = {PurePosixPath(file["name"]).name: file["size"] for file in known}

    def bring(self, files: Iterable[Path]) -> None:
        """Put files there; those of the same name and size are."""
        with self._reached():
            for file in files:
                if self._there.get(file.name) != (size := file.stat().st_size):
                    self._system.pipe_file(f"{self._path}/{file.name}", file.read_bytes())
                    self._there[file.name] = size

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except Exception as fault:  # each kind of address fails in ways of its own
            raise FilesUnreached(self.folder.address, f"{type(fault).__name__} {fault}") from fault


def _system(address: str) -> tuple[Any, str]:
    """Return who reads an address, and the address as it is called there."""
    library: Any = import_module("fsspec.core")
    system, path = library.url_to_fs(address)
    system.invalidate_cache()
    return system, str(path)
