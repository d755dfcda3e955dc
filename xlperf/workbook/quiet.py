"""What a library thinks of a file it reads: nothing for the terminal, where an answer may be read by a program."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Let a library read a strange file without a word: openpyxl warns, and prints of styles that are not there."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(None):
        warnings.simplefilter("ignore")
        yield
