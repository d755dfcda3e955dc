"""How the arguments of a rule stand in a worksheet function: one layout, read by whoever writes or answers a call.

| a parameter takes   | the worksheet function takes                                                     |
|---------------------|----------------------------------------------------------------------------------|
| number, text        | a cell; a range there makes the result a range of the same size                  |
| word                | a cell with one of the words                                                     |
| numbers             | one range; where nothing follows: cells and ranges, as many as wanted            |
| bands               | a range of two columns (limit, value) or an array constant `{100,5;200,10}`      |
| parts               | score, weight, score, weight …, or one range of each                             |
| conditions          | TRUE or FALSE, one after another                                                 |
| branches            | condition, value, condition, value …                                             |
| column, sheet       | the range to look at                                                             |
| name                | the cell of this row, then the range it stands in (or is looked for in)          |
| match               | range, value, range, value …                                                     |

What may be repeated comes last, so that the others keep their places. Arguments in between that are
left out stay empty: `XP_STEPS(F5,G5,5%,5,,"under")`. What only the scheme's check reads (`weights_sum`)
is left out altogether.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from xlperf.formula.expression import Expr

_PARTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "number": (("", "number"),),
    "text": (("", "text"),),
    "word": (("", "word"),),
    "numbers": (("", "list"),),
    "bands": (("", "table"),),
    "parts": (("", "number"), ("weight", "number")),
    "conditions": (("", "condition"),),
    "branches": (("when", "condition"), ("then", "text")),
    "column": (("", "column"),),
    "sheet": (("", "column"),),
    "name": (("", "text"), ("among", "column")),
    "match": (("", "column"), ("is", "text")),
}
_REPEATED = ("parts", "conditions", "branches", "match")


class Taken(Protocol):
    """A parameter of a rule, as the register of rules keeps it."""

    @property
    def name(self) -> str: ...  # noqa: D102 for this and the next: what they are is said by the register
    @property
    def takes(self) -> str: ...  # noqa: D102
    @property
    def words(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def optional(self) -> bool: ...  # noqa: D102
    @property
    def default(self) -> Any: ...  # noqa: D102
    @property
    def traits(self) -> frozenset[str]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Slot:
    """One argument of a worksheet function.

    part: which part of the parameter, "" for the whole or the first. takes: number, text, word, list,
    table, condition or column. repeats: it belongs to the group that may stand again and again.
    result: it is what the function may answer, so that "" there means nothing to show, not "not reported".
    traits: of the parameter, as the register of rules names them.
    """

    parameter: str
    part: str
    takes: str
    words: tuple[str, ...]
    optional: bool
    default: Any
    repeats: bool
    result: bool = False
    traits: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Return the name of the argument: letters, digits and underscores."""
        return f"{self.parameter}_{self.part}" if self.part else self.parameter


SIGNATURES: dict[str, tuple[Slot, ...]] = {}  # worksheet name → arguments; the register of rules fills it


def layout(parameters: Iterable[Taken]) -> tuple[Slot, ...]:
    """Lay the parameters of a rule out as arguments of its worksheet function."""
    kept = [p for p in parameters if "sum" not in p.traits]
    ordered = [p for p in kept if p.takes not in _REPEATED] + [p for p in kept if p.takes in _REPEATED]
    made = []
    for p in ordered:
        repeats = p.takes in _REPEATED or (p.takes == "numbers" and p is ordered[-1])
        for part, takes in _PARTS[p.takes]:
            result = "result" in p.traits and takes != "condition"
            made.append(Slot(p.name, part, takes, p.words, p.optional, p.default, repeats, result, p.traits))
    return tuple(made)


def looks_up_names(function: str) -> bool:
    """Return whether a function looks a name up: typed by hand it answers #N/A where a scheme's cell stays empty."""
    return any("names" in slot.traits for slot in SIGNATURES[function])


Leaf = tuple[Slot, Any]


def arranged(function: str, bound: Mapping[str, Any]) -> list[Leaf]:
    """Put the bound parameters of a call into the order of its arguments.

    Each leaf is a slot and what stands there: an expression, a word, a tuple of expressions (list), a
    tuple of pairs (table), or None where the argument is left out. Several conditions of one branch
    stay a tuple of (condition, sentence).
    """
    slots = SIGNATURES[function]
    made: list[Leaf] = [(s, _given(s, bound)) for s in slots if not s.repeats]
    open_ended = [s for s in slots if s.repeats]
    if open_ended:
        made += _repeated(open_ended, bound.get(open_ended[0].parameter, ()))
    while made and made[-1][1] is None:
        made.pop()
    return made


def _given(slot: Slot, bound: Mapping[str, Any]) -> Any:
    value = bound.get(slot.parameter, slot.default)
    return None if slot.optional and value == slot.default else value


def _repeated(slots: list[Slot], values: Iterable[Any]) -> list[Leaf]:
    if slots[0].takes == "list":
        return [(slots[0], value) for value in values]
    if len(slots) == 1:  # conditions: the sentence is for the reason, not for the cell
        return [(slots[0], condition) for condition, _ in values]
    return [(slot, value) for pair in values for slot, value in zip(slots, pair, strict=True)]


def is_condition_list(value: object) -> bool:
    """Return whether a leaf is the list of conditions of one branch."""
    return isinstance(value, tuple) and all(
        isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], Expr) and isinstance(pair[1], str)
        for pair in value
    )
