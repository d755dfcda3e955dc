"""A disk that refuses: from the n-th write below a folder on, with an error of the system's own."""

from __future__ import annotations

import builtins
import errno
import io
import os
import tempfile
from pathlib import Path


class RefusingDisk:
    """Counts every write and refuses the n-th; `refused` says whether it came to that.

    root: only what lies below it counts. fault: the number of the error.
    """

    def __init__(self, root: Path, nth: int, fault: int = errno.ENOSPC) -> None:
        self.root, self.nth, self.fault = str(root), nth, fault
        self.count, self.refused = 0, False
        self.paths: set[object] = set()

    def onto(self, monkeypatch) -> RefusingDisk:
        """Put it between the program and the system."""
        for module, name, at in (
            (os, "replace", 1),
            (os, "rename", 1),
            (os, "mkdir", 0),
            (os, "fsync", None),
            (os, "link", 1),
        ):
            monkeypatch.setattr(module, name, self._call(getattr(module, name), at))
        monkeypatch.setattr(tempfile, "mkstemp", self._made(tempfile.mkstemp))
        opened = self._opened(io.open)
        monkeypatch.setattr(io, "open", opened)
        monkeypatch.setattr(builtins, "open", opened)
        return self

    def _refuse(self, path: object) -> None:
        if path is not None and not str(path).startswith(self.root):
            return
        self.count += 1
        again = self.refused and (self.fault == errno.ENOSPC or path in self.paths)  # it stays full, or held open
        if self.count == self.nth or again:
            self.refused = True
            self.paths.add(path)
            raise OSError(self.fault, os.strerror(self.fault), None if path is None else str(path))

    def _call(self, real, at):
        def call(*words, **named):
            path = None if at is None else Path(os.fspath(words[at])).absolute()
            if path is None or not path.is_dir():  # to make a folder that is there writes nothing
                self._refuse(path)
            return real(*words, **named)

        return call

    def _made(self, real):
        def made(suffix=None, prefix=None, dir=None, text=False):  # noqa: A002
            self._refuse(None if dir is None else Path(dir).absolute())
            return real(suffix, prefix, dir, text)

        return made

    def _opened(self, real):
        def opened(file, mode="r", *words, **named):
            if set(mode) & set("wax+") and not isinstance(file, int):
                self._refuse(Path(os.fspath(file)).absolute())
            return real(file, mode, *words, **named)

        return opened
