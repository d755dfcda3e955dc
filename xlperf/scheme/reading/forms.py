"""How a scheme says which tables of the regulation are laid out as they were printed: `forms:`."""

from __future__ import annotations

from xlperf.scheme.forms import AnnexForm, Filled
from xlperf.scheme.model import Mapping, Scalar
from xlperf.scheme.reading.nodes import mapping, pairs, several, text


def form_read(name: Scalar, node: Mapping) -> AnnexForm:
    """Read one entry of `forms:`."""
    own = mapping(node, "filled")
    spots = (spot.partition(".") for spot in several(own, "of"))
    return AnnexForm(
        id=str(name),
        title=text(node, "title"),
        heading=text(node, "heading"),
        basis=text(node, "basis"),
        rows=text(node, "rows"),
        columns=several(node, "columns"),
        where=pairs(node, "where"),
        book=text(node, "book") == "yes",
        units=pairs(node, "units"),
        titles=pairs(node, "titles"),
        merged=pairs(node, "merged"),
        side=text(node, "side"),
        lines=text(node, "lines"),
        instead=pairs(node, "instead"),
        sums=several(node, "sums"),
        remark=text(node, "remark"),
        filled=Filled(text(own, "title"), tuple((s, c) for s, _, c in spots), text(own, "by"), several(own, "matched")),
        at=node.at,
    )
