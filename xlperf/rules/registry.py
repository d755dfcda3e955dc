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
| `Match`      | a mapping column: text or column here, | mapping name → expression; the |
|              | or a list of such and of conditions    | conditions as one step         |
| `Theirs`     | a list of columns of the sheet that `of` names | tuple of names         |
| `TheirNumber` | a column of numbers of that sheet     | str                            |
| `Literal`    | one of the words listed                | str                            |

A parameter may have traits, which stand in its annotation after what it takes. Whoever must know more of a
parameter than how it is written asks for its trait, so that no other module lists rules by name:

| trait       | the parameter                                                                   |
|-------------|---------------------------------------------------------------------------------|
| `result`    | is what the rule may answer: an empty one is no result, not "not reported"; a text
|             | only where the column holds texts                                               |
| `words`     | may hold texts where its kind usually holds numbers (of bands: the values), and
|             | the column of the call holds texts                                              |
| `any`       | may hold texts, numbers and dates; it only decides                              |
| `names`     | bands: the limits are names, looked up; a name not listed gives nothing         |
| `named`     | bands: the award stands first, how many places it has second                    |
| `rising`    | bands: the limits rise from row to row                                          |
| `places`    | bands: the limits are the places 1, 2, 3 … without a gap                        |
| `above_0`   | is above 0: the size of a step                                                  |
| `not_below_0` | is not negative: a cap, also of what is taken off                             |
| `share`     | lies between 0 and 1                                                            |
| `most`      | is the most the result can be                                                   |
| `base`, `bonus` | is the score, or what is added to it beyond its full mark                   |
| `sum`       | is what the weights of the call add up to; only the check reads it              |
| `one_of`    | exactly one of the parameters with this trait is given                          |
| `numbers`   | `Column`, `Name`: looks at a column of numbers                                  |
| `looked_up` | `Column`: is what the rule answers, number, text or date                        |
| `ranked`    | `Name`: the column that rows are placed by                                      |
| `limits`    | `Match`: columns there may be above or below a column of this row as well       |

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

# the same with traits
Share = Annotated[Expr, "number", "share"]
Step = Annotated[Expr, "number", "above_0"]
Limit = Annotated[Expr, "number", "not_below_0"]
Most = Annotated[Expr, "number", "most"]
Base = Annotated[Expr, "number", "base"]
Total = Annotated[Expr, "number", "sum"]
Result = Annotated[Expr, "text", "result"]
ResultNumber = Annotated[Expr, "number", "result"]
Bonuses = Annotated[tuple[Expr, ...], "numbers", "bonus"]
Cells = Annotated[tuple[Expr, ...], "numbers", "any"]
Values = Annotated[tuple[Expr, ...], "numbers", "words"]
RisingBands = Annotated[tuple[tuple[Expr, Expr], ...], "bands", "rising"]
AwardBands = Annotated[tuple[tuple[Expr, Expr], ...], "bands", "rising", "words"]
PlaceBands = Annotated[tuple[tuple[Expr, Expr], ...], "bands", "places"]
NamedBands = Annotated[tuple[tuple[Expr, Expr], ...], "bands", "names"]
ResultBranches = Annotated[tuple[tuple[tuple[tuple[Expr, str], ...], Expr], ...], "branches", "result"]
NamedPlaces = Annotated[tuple[tuple[Expr, Expr], ...], "bands", "words", "named"]
NumberName = Annotated[str, "name", "numbers"]
Theirs = Annotated[tuple[str, ...], "theirs"]
TheirNumber = Annotated[str, "their"]
LookedUp = Annotated[tuple[str, str], "column", "looked_up"]
NumberColumn = Annotated[tuple[str, str], "column", "numbers"]
NameOr = Annotated[str, "name", "one_of"]
MatchOr = Annotated[Mapping[str, Expr], "match", "one_of", "limits"]
Where = Annotated[Mapping[str, Expr], "match", "limits"]
RankedName = Annotated[str, "name", "numbers", "ranked"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a rule: its name, what it takes, the words allowed, whether it may be left out, its traits."""

    name: str
    takes: str
    words: tuple[str, ...]
    optional: bool
    default: Any
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """A way of turning facts into points: worksheet name, Chinese name, parameters, function, help."""

    name: str
    zh: str
    parameters: tuple[Parameter, ...]
    build: Callable[..., Expr]
    help: str
    gives: str = ""  # text, date where it can answer nothing else; "" for numbers, and for what its arguments hold

    @property
    def word(self) -> str:
        """Return the word a scheme uses for the rule."""
        return self.build.__name__

    def having(self, trait: str) -> tuple[Parameter, ...]:
        """List the parameters with a trait, in order."""
        return tuple(p for p in self.parameters if trait in p.traits)

    def __call__(self, **arguments: Any) -> Expr:
        """Call the rule; the call stays one node of the tree, its arguments in the order of the function."""
        body = self.build(**arguments)
        given = [i for i, p in enumerate(self.parameters) if p.name in arguments]
        upto = self.parameters[: max(given, default=-1) + 1]
        return call(self.name or self.word, {p.name: arguments.get(p.name, p.default) for p in upto}, body)


RULES: dict[str, Rule] = {}


def rule(name: str, zh: str, gives: str = "") -> Callable[[Callable[..., Expr]], Rule]:
    """Register a function as a rule under its worksheet name; "" for a rule that is no worksheet function.

    gives: `text` or `date` where it answers nothing else.
    """

    def add(build: Callable[..., Expr]) -> Rule:
        hints = get_type_hints(build, include_extras=True)
        parameters = tuple(_parameter(p, hints[p.name]) for p in inspect.signature(build).parameters.values())
        made = Rule(name, zh, parameters, build, inspect.cleandoc(build.__doc__ or ""), gives)
        RULES[build.__name__] = made
        if name:
            SIGNATURES[name] = layout(parameters)
        return made

    return add


def _parameter(p: inspect.Parameter, hint: Any) -> Parameter:
    optional = p.default is not inspect.Parameter.empty
    for option in (hint, *get_args(hint)):  # `Number | None` holds its annotation one level down
        if get_origin(option) is Literal:
            return Parameter(p.name, "word", get_args(option), optional, p.default)
        if hasattr(option, "__metadata__"):
            takes, *traits = option.__metadata__
            return Parameter(p.name, takes, (), optional, p.default, frozenset(traits))
    raise TypeError(f"parameter {p.name} has no annotation a scheme could read: {hint}")
