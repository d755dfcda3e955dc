"""Take what is wanted from a node, or nothing: a wrong kind has been reported before and reads as absent."""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.scheme.model import Listing, Mapping, Scalar


def text(node: Mapping, name: str, otherwise: str = "") -> str:
    """Return the text under a key; it keeps its place."""
    found = node.get(Scalar(name))
    return found if isinstance(found, Scalar) else otherwise


def whole(node: Mapping, name: str, otherwise: int = 0) -> int:
    """Return the whole number under a key."""
    found = text(node, name)
    return int(found) if found.isascii() and found.isdigit() and len(found) < 7 else otherwise


def mapping(node: Mapping, name: str) -> Mapping:
    """Return the mapping under a key."""
    found = node.get(Scalar(name))
    return found if isinstance(found, Mapping) else Mapping()


def listing(node: Mapping, name: str) -> Listing:
    """Return the list under a key."""
    found = node.get(Scalar(name))
    return found if isinstance(found, Listing) else Listing()


def several(node: Mapping, name: str) -> tuple[Scalar, ...]:
    """Return the single values of the list under a key; each keeps its place."""
    return tuple(x for x in listing(node, name) if isinstance(x, Scalar))


def pairs(node: Mapping, name: str) -> dict[str, str]:
    """Return name → text under a key; both keep their places."""
    return {key: value for key, value in mapping(node, name).items() if isinstance(value, Scalar)}


def records(node: Mapping, name: str) -> Iterator[Mapping]:
    """List the mappings of a list."""
    return (item for item in listing(node, name) if isinstance(item, Mapping))


def named(node: Mapping, name: str) -> Iterator[tuple[Scalar, Mapping]]:
    """List name and mapping under a key."""
    return ((key, item) for key, item in mapping(node, name).items() if isinstance(item, Mapping))


def words_of(node: object) -> Iterator[str]:
    """List every word of a node, keys and values alike; each keeps its place."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from words_of(value)
    elif isinstance(node, list):
        for item in node:
            yield from words_of(item)
