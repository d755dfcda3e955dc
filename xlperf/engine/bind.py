"""Bind the words of a scheme to expressions: names to columns, figures to fractions, readings to options.

The only place that knows how a scheme spells an argument (see docs/developing.md). What cannot be
bound is a problem with its place; the binder then goes on with an empty constant, so that all
problems of a scheme come at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

from xlperf.engine.kinds import Kinds
from xlperf.formula.comparisons import COMPARE, ORDERS
from xlperf.formula.expression import Expr, blank, both, col, first, is_blank, lift, negate, rounded, same, step
from xlperf.formula.links import Side
from xlperf.formula.ratios import PLACES
from xlperf.formula.values import YES, day_number, number, shown
from xlperf.formula.words import sentence
from xlperf.problems import Problem, problem
from xlperf.rules import RULES, Parameter, Rule
from xlperf.scheme.model import ColumnSpec, Figure, Listing, Node, Reading, Scalar, SheetSpec, place_of
from xlperf.scheme.model import Mapping as MappingNode
from xlperf.scheme.reading.conditions import each_condition, listed_conditions
from xlperf.scheme.reading.tables import holds_of
from xlperf.scheme.vocabulary import Holds
from xlperf.scheme.words import EMPTY, NAME, is_day, nearest
from xlperf.scheme.written import flow_text

THIS = "this"

EDGES = {"from": ("at_least", "above"), "to": ("at_most", "below")}  # the first is meant where no edge is said

Condition = tuple[Expr, str]


@dataclass
class Binder:
    """Binds the arguments of one sheet's columns.

    sheets: every sheet by name. adopted: reading → option in force. year: what `year-12-31` is a day of.
    problems: what could not be bound.
    """

    sheet: SheetSpec
    sheets: Mapping[str, SheetSpec]
    figures: Mapping[str, Figure]
    readings: Mapping[str, Reading]
    adopted: Mapping[str, str]
    year: int
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kinds = Kinds(self.sheet, self.figures)

    # ---- a rule call --------------------------------------------------------------------------

    def call(self, column: ColumnSpec) -> Expr:
        """Bind a computed column to its rule."""
        found = RULES.get(column.rule)
        if found is None:
            self._report("UNKNOWN_RULE", column, found=column.rule, nearest=nearest(column.rule, RULES))
            return blank()
        before = len(self.problems)
        bound = self.bound(found, column.arguments, holds_of(column))
        return found(**bound) if len(self.problems) == before else blank()

    def bound(self, rule: Rule, given: MappingNode, holds: Holds = "text") -> dict[str, Any]:
        """Bind the arguments of a rule by name. holds: what the column of the call holds."""
        known = {p.name: p for p in rule.parameters}
        there = self.sheet  # which sheet the rule looks at: its `of` stands before its `where`
        for key in given:
            if key not in known:
                self._report("UNKNOWN_PARAMETER", key, rule=rule.word, found=key, nearest=nearest(key, known))
        bound: dict[str, Any] = {}
        for name, parameter in known.items():
            if name in given:
                bound[name] = self.argument(parameter, given[Scalar(name)], holds, there)
                if parameter.takes in ("column", "sheet"):
                    looked_at = bound[name][0] if parameter.takes == "column" else bound[name]
                    there = self.sheets.get(looked_at, self.sheet)
            elif not parameter.optional:
                self._report("MISSING_PARAMETER", given, rule=rule.word, name=name)
        one_of = [p.name for p in rule.having("one_of")]
        if one_of and sum(name in given for name in one_of) != 1:
            self._report("ONE_OF", given, rule=rule.word, names="、".join(one_of))
        self._look_at_links(rule, given, bound)
        return bound

    def _look_at_links(self, rule: Rule, given: MappingNode, bound: Mapping[str, Any]) -> None:
        """Check that a rule which adds, averages or ranks looks at a column of numbers."""
        for p in rule.having("numbers"):
            if p.name not in bound:
                continue
            sheet, name = bound[p.name] if p.takes == "column" else (self.sheet.name, bound[p.name])
            kinds = Kinds(self.sheets.get(sheet, self.sheet), self.figures)
            if kinds.column(name) == "text":
                at = place_of(self._resolved(given[Scalar(p.name)]))
                self.problems += kinds.number_wanted(p.name, Scalar(name, at), col(name))

    def argument(self, parameter: Parameter, node: Node, holds: Holds = "text", there: SheetSpec | None = None) -> Any:
        """Bind one argument as its parameter wants it.

        holds: what the column of the call holds. there: the sheet whose rows are asked, None for the own one.
        """
        taken = partial(self._taken, parameter=parameter, holds=holds)
        binders: dict[str, Callable[[Any], Any]] = {
            "number": taken,
            "text": taken,
            "numbers": lambda n: tuple(taken(x) for x in self._list(n, parameter.name)),
            "parts": lambda n: self._parts(n, parameter.name),
            "bands": lambda n: tuple(self._band(b, parameter, taken) for b in self._bands(n, parameter)),
            "conditions": self.conditions,
            "branches": lambda n: tuple(self._branch(b, parameter.name, taken) for b in self._list(n, parameter.name)),
            "column": self._column,
            "sheet": self._sheet,
            "name": self._name,
            "match": lambda n: self._match(n, parameter, there or self.sheet),
            "word": lambda n: self._word(n, parameter),
            "their": lambda n: self._their(n, there or self.sheet, parameter.name),
            "theirs": lambda n: tuple(self._their(x, there or self.sheet) for x in self._list(n, parameter.name)),
        }
        return binders[parameter.takes](self._resolved(node))

    # ---- readings -----------------------------------------------------------------------------

    def _resolved(self, node: Node) -> Node:
        """Follow `{reading: …}` to what the adopted option stands for."""
        while isinstance(node, MappingNode) and Scalar("reading") in node:
            name = node[Scalar("reading")]
            if name not in self.readings:
                self._report("UNKNOWN_READING", name, found=name, nearest=nearest(name, self.readings))
                return Scalar("0", place_of(node))
            option = self.adopted.get(name, self.readings[name].adopted)
            if len(node) == 1:
                return Scalar(option, place_of(node))
            for key in node:
                if key != "reading" and key not in self.readings[name].options:
                    self._report(
                        "UNKNOWN_OPTION",
                        key,
                        reading=name,
                        found=key,
                        nearest=nearest(key, self.readings[name].options),
                    )
            if Scalar(option) not in node:
                self._report("UNKNOWN_OPTION", node, reading=name, found=option, nearest="、".join(node))
                return Scalar("0", place_of(node))
            node = node[Scalar(option)]
        return node

    # ---- single values --------------------------------------------------------------------------

    def value(self, node: Node) -> Expr:
        """Bind a figure, a column of this sheet, a figure of the scheme, or a text."""
        node = self._resolved(node)
        if not isinstance(node, Scalar):
            self._report("WRONG_VALUE", node, name="参数", wanted="一个数、一列或一段文字", found=_flat(node))
            return blank()
        found = number(node)
        if found is not None:
            return lift(found)
        if node == EMPTY:
            return blank()
        if is_day(node):
            return self._date(node)
        if self._is_mine(node):
            self._report("THIS_COLUMN", node, found=node)
            return blank()
        if not NAME.match(node):
            return lift(str(node))
        if node in self.kinds.titles:
            return col(str(node))
        if node in self.figures:
            return lift(self.figures[node].value)
        known = [*self.kinds.titles, *self.figures]
        self._report("UNKNOWN_COLUMN", node, sheet=self.sheet.title, found=node, nearest=nearest(node, known))
        return blank()

    def number(self, node: Node, name: str, *, answer: bool = False) -> Expr:
        """Bind a figure, a column of numbers or a figure of the scheme. name: what it is for. answer: of the column."""
        e = self.value(node)
        self.problems += self.kinds.number_wanted(name, self._resolved(node), e, answer=answer)
        return e

    def _taken(self, node: Node, parameter: Parameter, holds: Holds) -> Expr:
        """Bind one value of a parameter; what may become the answer is a text only where the column holds texts."""
        texts = parameter.takes in ("text", "branches") or bool(parameter.traits & {"words", "any"})
        answer = texts and bool(parameter.traits & {"words", "result"})
        if texts and not (answer and holds != "text"):
            return self.value(node)
        return self.number(node, parameter.name, answer=answer)

    def _date(self, node: Scalar) -> Expr:
        try:
            return lift(day_number(date.fromisoformat(self._dated(node))))
        except ValueError:
            self._report("WRONG_VALUE", node, name="日期", wanted="真实的日期，如 2021-12-31", found=node)
            return blank()

    def _dated(self, node: Scalar) -> str:
        """Return a date as written, the round's year in the place of `year`."""
        return f"{self.year:04}{node.removeprefix('year')}" if node.startswith("year") else str(node)

    def _name(self, node: Node) -> str:
        known, found = self.kinds.titles, _flat(node)
        if not (isinstance(node, Scalar) and node in known):
            self._report("UNKNOWN_COLUMN", node, sheet=self.sheet.title, found=found, nearest=nearest(found, known))
        return found

    def _their(self, node: Node, there: SheetSpec, numbers: str = "") -> str:
        """Bind a column of the sheet that is looked at. numbers: the parameter that wants numbers, "" for none."""
        found, known = _flat(self._resolved(node)), [c.name for c in there.columns]
        if found not in known:
            self._report("UNKNOWN_COLUMN", node, sheet=there.title, found=found, nearest=nearest(found, known))
        elif numbers:
            self.problems += Kinds(there, self.figures).number_wanted(numbers, node, col(found))
        return found

    def _word(self, node: Node, parameter: Parameter) -> str:
        if isinstance(node, Scalar) and node in parameter.words:
            return str(node)
        self._report("WRONG_VALUE", node, name=parameter.name, wanted="、".join(parameter.words), found=_flat(node))
        return parameter.words[0]

    def _sheet(self, node: Node) -> str:
        name = self.sheet.name if node == THIS else _flat(node)
        if name not in self.sheets:
            self._report("UNKNOWN_SHEET", node, found=name, nearest=self._sheets_near(name))
        return name

    def _sheets_near(self, name: str) -> str:
        return "、".join(s.name for s in self.sheets.values() if s.rows == name) or nearest(name, self.sheets)

    def _column(self, node: Node) -> tuple[str, str]:
        sheet, dot, name = _flat(node).partition(".")
        sheet = self.sheet.name if sheet == THIS else sheet
        if not dot or sheet not in self.sheets:
            self._report("UNKNOWN_SHEET", node, found=_flat(node), nearest=self._sheets_near(sheet))
        elif name not in (known := [c.name for c in self.sheets[sheet].columns]):
            self._report("UNKNOWN_COLUMN", node, sheet=sheet, found=name, nearest=nearest(name, known))
        return sheet, name

    # ---- compound values ------------------------------------------------------------------------

    def _list(self, node: Node, name: str, wanted: str = "一个列表") -> list[Any]:
        if isinstance(node, Listing):
            return node
        self._report("WRONG_VALUE", node, name=name, wanted=wanted, found=_flat(node))
        return []

    def _parts(self, node: Node, name: str) -> tuple[tuple[Expr, Fraction | Expr], ...]:
        if not isinstance(node, MappingNode):
            self._report("WRONG_VALUE", node, name=name, wanted="“列名: 权重”的对照", found=_flat(node))
            return ()
        return tuple((self.number(part, name), self.number(weight, name)) for part, weight in node.items())

    def _bands(self, node: Node, parameter: Parameter) -> list[Any]:
        return self._list(node, parameter.name, f"[[{'奖项, 名额' if 'named' in parameter.traits else '界限, 值'}], …]")

    def _band(self, node: Node, parameter: Parameter, taken: Callable[[Node], Expr]) -> tuple[Expr, Expr]:
        if isinstance(node, Listing) and len(node) == 2 and "named" in parameter.traits:
            return taken(node[0]), self.number(node[1], parameter.name)
        if isinstance(node, Listing) and len(node) == 2:
            limit = self.value(node[0]) if "names" in parameter.traits else self.number(node[0], parameter.name)
            return limit, taken(node[1])
        self._report("WRONG_VALUE", node, name=parameter.name, wanted="[界限, 值]", found=_flat(node))
        return blank(), blank()

    def _match(self, node: Node, parameter: Parameter, there: SheetSpec) -> dict[Any, Expr]:
        """Bind what the rows looked at must have: columns equal to a value here, and conditions as a step of theirs."""
        pairs, mine, conditions = self._asked(node, parameter.name)
        theirs = replace(self, sheet=there)  # it shares the list of problems
        bound: dict[Any, Expr] = {str(key): self.value(value) for key, value in pairs.items()}
        self.problems += self.kinds.matched(theirs.kinds, pairs, bound)
        bound |= (self._of_mine(one, theirs, parameter) for one in mine)
        if conditions:
            flagged = RULES["flag"](conditions=theirs.conditions(conditions))
            bound[step("计入", flagged, "text")] = lift(YES)
        return bound

    def _asked(self, node: Node, name: str) -> tuple[MappingNode, list[MappingNode], Listing]:
        """Return the pairs of columns that must be equal, the conditions that name a column of this row, the others."""
        pairs, conditions = MappingNode(), Listing((), place_of(node))
        mine: list[MappingNode] = []
        given = [node] if isinstance(node, MappingNode) else self._list(node, name, "{那张表的列: 值或本表的列}")
        short = [isinstance(part, MappingNode) and Scalar("column") not in part for part in given]
        for one in (c for part, s in zip(given, short, strict=True) for c in (each_condition(part) if s else [part])):
            one = self._edged(one)
            if isinstance(one, MappingNode) and any(self._is_mine(value) for value in one.values()):
                mine.append(one)
            elif isinstance(one, MappingNode) and set(one) == {"column", "is"}:
                wanted = self._resolved(one[Scalar("is")])
                pairs[Scalar(_flat(self._resolved(one[Scalar("column")])), place_of(one))] = wanted
            else:
                conditions.append(one)
        return pairs, mine, conditions

    def _is_mine(self, node: Node) -> bool:
        node = self._resolved(node)
        return isinstance(node, Scalar) and node.startswith(f"{THIS}.")

    def _of_mine(self, one: MappingNode, theirs: Binder, parameter: Parameter) -> tuple[Any, Expr]:
        """Bind a condition that names a column of this row: the column there, or how it stands, and what it is held to.

        A computed number there is compared at nine decimals, an empty cell as what `blank` says: as a step.
        """
        name = theirs._name(theirs._resolved(one.get(Scalar("column"), Scalar(""))))
        test = next((k for k in one if k not in ("column", "blank")), Scalar(""))
        node = self._resolved(one.get(test, Scalar("")))
        if (test != "is" and test not in ORDERS) or "limits" not in parameter.traits or not self._is_mine(node):
            self._report("THIS_COLUMN", node, found=_flat(node))
            return name, blank()
        mine = col(self._name(Scalar(str(node).partition(".")[2], place_of(node))))
        by_size = test not in ("is", "is_not")
        self.problems += theirs.kinds.compared(name, node, mine, order=by_size, mine=self.kinds)
        there = col(name)
        if Scalar("blank") in one:
            there = first(there, theirs.value(one[Scalar("blank")]))
        if by_size and any(c.name == name and c.rule for c in theirs.sheet.columns):
            there = rounded(there, PLACES)
        holds = "text" if theirs.kinds.column(name) == "text" else "number"
        left: Any = name if there == col(name) else step("比较值", there, holds)
        return (left if test == "is" else Side(left, ORDERS[test])), mine

    def _branch(self, node: Node, name: str, taken: Callable[[Node], Expr]) -> tuple[tuple[Condition, ...], Expr]:
        if isinstance(node, MappingNode) and set(node) == {"when", "then"}:
            return self.conditions(node[Scalar("when")]), taken(node[Scalar("then")])
        self._report("WRONG_VALUE", node, name=name, wanted="{when: 条件, then: 值}", found=_flat(node))
        return (), blank()

    def conditions(self, node: Node) -> tuple[Condition, ...]:
        """Bind a list of `{column: …, is: …}` conditions, each with the words that say it."""
        node = self._resolved(node)
        given = [node] if isinstance(node, MappingNode) and "column" not in node else self._list(node, "条件")
        return tuple(self._condition(c) for one in given for c in listed_conditions(one))

    def all_of(self, node: Node) -> Expr:
        """Bind a list of conditions to one condition."""
        return both(*(holds for holds, _ in self.conditions(node)))

    def _edged(self, node: Node) -> Node:
        """Return a condition `from` or `to` a limit as the comparison that its edge, often a reading, makes of it."""
        side = next((k for k in EDGES if k in node), "") if isinstance(node, MappingNode) else ""
        if not side or not isinstance(node, MappingNode):
            return node
        words = EDGES[side]
        edge = self._resolved(node.get(Scalar("edge"), Scalar(words[0])))
        if edge not in words:
            self._report("WRONG_VALUE", node, name="edge", wanted="、".join(words), found=_flat(edge))
            edge = Scalar(words[0])
        kept = [(k, v) for k, v in node.items() if k not in (side, "edge")]
        return MappingNode([*kept, (Scalar(_flat(edge), place_of(node)), node[Scalar(side)])], place_of(node))

    def _condition(self, node: Node) -> Condition:
        node = self._edged(node)
        tests = [k for k in node if k not in ("column", "blank")] if isinstance(node, MappingNode) else []
        if not isinstance(node, MappingNode) or Scalar("column") not in node or len(tests) != 1:
            wanted = "{column: 列名, is: 值}，比较词之一：" + "、".join([*COMPARE, "is_given"])
            self._report("WRONG_VALUE", node, name="条件", wanted=wanted, found=_flat(node))
            return same(0, 0), ""
        name = self._name(self._resolved(node[Scalar("column")]))
        title, test, wanted_node = self.kinds.titles.get(name, name), tests[0], node[tests[0]]
        if test == "is_given":
            given = sentence("{title}已填" if wanted_node == "yes" else "{title}未填", title=title)
            return negate(is_blank(col(name))) if wanted_node == "yes" else is_blank(col(name)), given
        if test not in COMPARE:
            words = [*COMPARE, "is_given"]
            self._report("WRONG_VALUE", test, name="比较词", wanted="、".join(words), found=test)
            return same(0, 0), ""
        compare, word = COMPARE[test]
        cell = first(col(name), self.value(node[Scalar("blank")])) if Scalar("blank") in node else col(name)
        wanted_value = self.value(wanted_node)
        problems = self.kinds.compared(
            name, self._resolved(wanted_node), wanted_value, order=test not in ("is", "is_not")
        )
        by_reading = isinstance(wanted_node, MappingNode)  # one option may well be a word that never stands there
        self.problems += [p for p in problems if not (by_reading and p.code == "WRONG_WORD")]
        value = self._spoken(wanted_value, wanted_node)
        return compare(cell, wanted_value), sentence(f"{{title}}{word}{{value}}", title=title, value=value)

    def _spoken(self, e: Expr, node: Node) -> str:
        if isinstance(node, Scalar) and is_day(node):
            return self._dated(node)
        if e.op == "col":
            return f"“{self.kinds.titles.get(e.args[0], e.args[0])}”"
        return shown(e.args[0]) if e.op == "const" else ""

    def _report(self, code: str, node: object, **values: str) -> None:
        self.problems.append(problem(code, place_of(node), **values))


def _flat(node: Any) -> str:
    return str(node) if isinstance(node, str) else flow_text(node)
