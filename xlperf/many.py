"""Very many objects at once: how often Python looks for cycles among them, again and again while they grow.

What is no longer used is given back all the same, at once; the search is only for what refers to each other in circles.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# new objects before the youngest are searched (Python: 700), and the older ones after so many
SELDOM = (50_000, 20, 20)


@contextmanager
def many_objects() -> Iterator[None]:
    """Let the search for cycles rest while many objects are made that all stay; it goes on behind."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextmanager
def few_searches() -> Iterator[None]:
    """Let a whole program search for cycles seldom: as often as is usual takes it a sixth of its time."""
    usual = gc.get_threshold()
    search_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def search_seldom() -> None:
    """Search for cycles seldom from now on, in a process that is all ours."""
    gc.set_threshold(*SELDOM)
