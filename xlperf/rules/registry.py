"""The register of rules: each rule is one plain function that builds an expression.

    @rule("XP_NORMALISE", "折算百分制")
    def normalise(score: Number, full: Number, to: Number) -> Expr:
        ...

The annotations say what a scheme may write for a parameter and how the worksheet function reads it:

| annotation   | in a scheme                            | in Python                      |
|--------------|----------------------------------------|--------------------------------|
| `Number`     | a figure or the name of a column       | expression                     |
| `Text`       | 'a text or the name of a column        | expression                     |
| `Numbers`    | a list of the above                    | tuple of expressions           |
| `Parts`      | a mapping column: weight               | tuple of (part, weight)        |
| `Bands`      | a list of [limit, value]               | tuple of (limit, value)        |
| `Conditions` | a list of {column: …, is: …}           | tuple of (condition, sentence) |
| `Branches`   | a list of {when: conditions, then: …}  | tuple of (conditions, value)   |
| `Column`     | `sheet.column`                         | (sheet, column)                |
| `Sheet`      | the name of a sheet                    | str                            |
| `Name`       | the name of a column of the same sheet | str                            |
| `Match`      | a mapping column: text or column here  | mapping name → expression      |
| `Literal`    | one of the words listed                | str                            |

The docstring is the help text of the function.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from xlperf.formula.expression import Expr, call
from xlperf.formula.signature import SIGNATURES, layout

Number = Annotated[Expr, "number"]
Text = Annotated[Expr, "text"]
Numbers = Annotated[tuple[Expr, ...], "numbers"]
Parts = Annotated[tuple[tuple[Expr, Fraction], ...], "parts"]
Bands = Annotated[tuple[tuple[Expr, Expr], ...], "bands"]
Conditions = Annotated[tuple[tuple[Expr, str], ...], "conditions"]
Branches = Annotated[tuple[tuple[tuple[tuple[Expr, str], ...], Expr], ...], "branches"]
Column = Annotated[tuple[str, str], "column"]
Sheet = Annotated[str, "sheet"]
Name = Annotated[str, "name"]
Match = Annotated[Mapping[str, Expr], "match"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a rule: its name, what it takes, the words allowed, and whether it may be left out."""

    name: str
    takes: str
    words: tuple[str, ...]
    optional: bool
    default: Any


@dataclass(frozen=True, slots=True)
class Rule:
    """A way of turning facts into points: worksheet name, Chinese name, parameters, function, help."""

    name: str
    zh: str
    parameters: tuple[Parameter, ...]
    build: Callable[..., Expr]
    help: str

    @property
    def word(self) -> str:
        """Return the word a scheme uses for the rule."""
        return self.build.__name__

    def __call__(self, **arguments: Any) -> Expr:
        """Call the rule; the call stays one node of the tree, its arguments in the order of the function."""
        body = self.build(**arguments)
        given = [i for i, p in enumerate(self.parameters) if p.name in arguments]
        upto = self.parameters[: max(given, default=-1) + 1]
        return call(self.name, {p.name: arguments.get(p.name, p.default) for p in upto}, body)


RULES: dict[str, Rule] = {}


def rule(name: str, zh: str) -> Callable[[Callable[..., Expr]], Rule]:
    """Register a function as a rule under its worksheet name."""

    def add(build: Callable[..., Expr]) -> Rule:
        hints = get_type_hints(build, include_extras=True)
        parameters = tuple(_parameter(p, hints[p.name]) for p in inspect.signature(build).parameters.values())
        made = Rule(name, zh, parameters, build, inspect.cleandoc(build.__doc__ or ""))
        RULES[build.__name__] = made
        SIGNATURES[name] = layout(name, parameters)
        return made

    return add


def _parameter(p: inspect.Parameter, hint: Any) -> Parameter:
    optional = p.default is not inspect.Parameter.empty
    for option in (hint, *get_args(hint)):  # `Number | None` holds its annotation one level down
        if get_origin(option) is Literal:
            return Parameter(p.name, "word", get_args(option), optional, p.default)
        if hasattr(option, "__metadata__"):
            return Parameter(p.name, option.__metadata__[0], (), optional, p.default)
    raise TypeError(f"parameter {p.name} has no annotation a scheme could read: {hint}")
