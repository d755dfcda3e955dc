"""What a word of a rule call stands for under given options: figures, and the readings it follows."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from xlperf.formula.values import number
from xlperf.rules import RULES
from xlperf.scheme.model import ColumnSpec, Mapping, Node, Scalar, Scheme
from xlperf.scheme.reading.nodes import text

Options = dict[str, str]


def computed_columns(scheme: Scheme) -> Iterator[ColumnSpec]:
    """List the columns that a known rule computes; what several sheets take over comes once a sheet."""
    return (c for s in scheme.sheets for c in s.columns if c.rule in RULES)


def resolved(node: Node | None, options: Options) -> Node | None:
    """Follow `{reading: …}` to what stands there under these options; None where nothing does."""
    while isinstance(node, Mapping) and text(node, "reading"):
        option = options.get(text(node, "reading"), "")
        node = Scalar(option, node.at) if len(node) == 1 else node.get(Scalar(option))
    return node


def figure_of(scheme: Scheme, node: Node | None, options: Options) -> Fraction | None:
    """Return the figure that a node stands for under these options, or None."""
    node = resolved(node, options)
    if not isinstance(node, Scalar):
        return None
    figure = scheme.figures.get(node)
    return figure.value if figure else number(node)


def adopted_options(scheme: Scheme) -> Options:
    """Return reading → option adopted."""
    return {name: r.adopted for name, r in scheme.readings.items()}


def options_used(scheme: Scheme, node: Node) -> Iterator[Options]:
    """List the adopted options, then each other option of the readings a node follows, one at a time."""
    adopted = adopted_options(scheme)
    yield adopted
    for name in readings_in(node):
        for option in scheme.readings[name].options if name in scheme.readings else ():
            if option != adopted[name]:
                yield {**adopted, name: option}


def readings_in(node: Node) -> Iterator[str]:
    """List the names of the readings that a node follows."""
    """List the readings that a node follows."""
    if isinstance(node, Mapping) and text(node, "reading"):
        yield text(node, "reading")
    children = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    for child in children:
        yield from readings_in(child)
