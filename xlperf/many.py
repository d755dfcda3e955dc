"""Make very many objects that all stay: whoever looks for cycles among them meanwhile finds none, again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def many_objects() -> Iterator[None]:
    """Let the collector of cycles rest; what is no longer used is given back all the same, and it goes on behind."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
