"""What a method came to, kept with its object."""

from __future__ import annotations

from functools import wraps


def kept(method):
    """Work a method out once for each of its arguments; what it came to stays with its object."""

    @wraps(method)
    def again(self, *args):
        known = self.__dict__.setdefault(f"kept_{method.__name__}", {})
        if args not in known:
            known[args] = method(self, *args)
        return known[args]

    return again
