"""Which rows a print lists, in which order: in the 总表 found anew by formulas whenever a cell changes.

Where conditions, groups and order are all from the scheme's tables, every line refers to its row. Otherwise hidden
columns beside the print say of every row of the table the how-manieth line it is, if any; a line looks for its number
there, and lines after the last row stay empty. Nothing here depends on what is typed, so that a book made
again has the same formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from xlperf.engine.plan import Column, Print
from xlperf.formula.values import Value, half_up, value_text
from xlperf.workbook.layout import Layout, View
from xlperf.workbook.page import Page
from xlperf.workbook.text import quoted
from xlperf.xlsx.addresses import letters

_STEP = 1_000_000  # the number of a line is its group times this, and its place in the group
_LAST = 10**15  # where what has no number is ordered
_PLACES = 9  # decimals that comparisons look at
_INCLUDED, _OF_GROUP, _ORDERED, _NUMBERED, _OUT, _FOUND = range(6)  # the hidden columns
_NAMES = 120  # characters of the names of who is left out


@dataclass(frozen=True)
class Group:
    """Rows that are printed together: what the group is called, and positions in the table; None for an empty line.

    out: who is left out, for want of what every line needs.
    """

    name: str
    rows: tuple[int | None, ...]
    number: int = 0
    out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    """What a print lists. live: whether it stands in the 总表 and follows its table."""

    layout: Layout
    view: View
    spec: Print
    live: bool

    @cached_property
    def moving(self) -> bool:
        """Return whether rows can come, go or change places while the book is used."""
        names = [*self.spec.where, *self.spec.needs, *filter(None, (self.spec.order, self.spec.by))]
        return self.live and (bool(self.view.spare) or not all(self.is_fixed(n) for n in names))

    @cached_property
    def streams(self) -> bool:
        """Return whether groups follow one another without lines of their own: who is in them can change."""
        return self.moving and bool(self.spec.by) and (bool(self.view.spare) or not self.is_fixed(self.spec.by))

    def is_fixed(self, name: str) -> bool:
        """Return whether a column is the same for ever: from the scheme, or worked out from nothing else."""
        if name not in self._fixed:  # asked for every cell
            self._fixed[name] = self._is_fixed(name)
        return self._fixed[name]

    @cached_property
    def _fixed(self) -> dict[str, bool]:
        return {}

    def _is_fixed(self, name: str) -> bool:
        sheet, plan = self.view.sheet.name, self.layout.scores.plan
        if self.layout.fixed(sheet, name) or self.view.spare:
            return not self.view.spare
        behind = plan.graph.behind([(sheet, name)])
        columns = [plan.by_name[s].by_name[c] for s, c in behind if s == sheet]
        alone = len(columns) == len(behind)
        return alone and all(c.expr is not None or c.kind in ("key", "fact") for c in columns)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """List the groups in the order in which they first stand, each with its lines in order."""
        standing = [p for p in range(self.size) if self._is_there(p) and self._meets(p)]
        whole = [p for p in standing if not self.lacks(p)]
        shown = self._grouped(sorted(whole, key=self._order) if self.spec.order else whole)
        out = {
            n: tuple(map(self.called, some)) for n, some in self._grouped(p for p in standing if self.lacks(p)).items()
        }
        if not self.moving:
            names = self._grouped(sorted(standing, key=self._order) if self.spec.order else standing)
            return tuple(Group(n, tuple(shown.get(n, ())), 0, out.get(n, ())) for n in names)
        if self.streams:
            everybody = tuple(name for some in out.values() for name in some)
            return (Group("", self._padded(self._by_ordinal(shown), self.size), 0, everybody),)
        room = self._grouped(p for p in range(self.size) if self._may_stand(p))
        return tuple(
            Group(n, self._padded(shown.get(n, []), len(some)), i, out.get(n, ()))
            for i, (n, some) in enumerate(room.items())
        )

    @property
    def standing(self) -> Mapping[str, Sequence[int]]:
        """Return group → positions that the print is about, those that it leaves out among them."""
        return self._grouped(p for p in range(self.size) if self._is_there(p) and self._meets(p))

    def lacks(self, position: int) -> bool:
        """Return whether a row has no line because something that every line needs is empty."""
        return any(self.layout.value(self.view, n, position) is None for n in self.spec.needs)

    def called(self, position: int) -> str:
        """Return what a row is called."""
        return value_text(self.layout.value(self.view, self.view.sheet.naming.name, position))

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Return the number of each group."""
        return {g.name: g.number for g in self.groups}

    @cached_property
    def spans(self) -> Mapping[str, tuple[int, int]]:
        """Return for each group that stands for good where its first and its last row are."""
        rows = self._grouped(range(self.size))
        return {name: (min(some), max(some)) for name, some in rows.items()}

    @staticmethod
    def _padded(rows: Sequence[int], size: int) -> tuple[int | None, ...]:
        return (*rows, *[None] * (size - len(rows)))

    @cached_property
    def left_out(self) -> frozenset[int]:
        """Return the rows that have no line for want of something."""
        return frozenset(p for p in range(self.size) if self._is_there(p) and self._meets(p) and self.lacks(p))

    @property
    def size(self) -> int:
        """Return how many rows the table has, those for new entries included."""
        return len(self.view.rows) + self.view.spare

    def _may_stand(self, position: int) -> bool:
        fixed = {n: wanted for n, wanted in self.spec.where.items() if self.is_fixed(n)}
        return all(self.layout.value(self.view, n, position) == wanted for n, wanted in fixed.items())

    def _is_there(self, position: int) -> bool:
        """Return whether a row stands in the table; one for a new entry does once something printed is in it."""
        if position < len(self.view.rows):
            return True
        return any(self.layout.value(self.view, n, position) is not None for n in self.spec.columns)

    def _meets(self, position: int) -> bool:
        return all(self.layout.value(self.view, n, position) == wanted for n, wanted in self.spec.where.items())

    def _order(self, position: int) -> tuple[bool, Fraction]:
        """Return what a row is ordered by: numbers from small to large, then whatever is none."""
        value = self.layout.value(self.view, self.spec.order, position)
        return not isinstance(value, Fraction), half_up(value, _PLACES) if isinstance(value, Fraction) else Fraction(0)

    def _grouped(self, rows: Iterable[int]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for position in rows:
            found.setdefault(self.group_name(position), []).append(position)
        return found

    def group_name(self, position: int) -> str:
        """Return what the group of a row is called: the unit by its name, anything else as it stands."""
        by = self.spec.by
        named = self.layout.unit_name(self.view, position) if by and by == self.view.sheet.unit else ""
        return named or (value_text(self.layout.value(self.view, by, position)) if by else "")

    def _by_ordinal(self, shown: Mapping[str, list[int]]) -> list[int]:
        """Return the lines of a stream: group after group as they are known, rows of no known group last."""
        ordinals = {name: i for i, name in enumerate(self.known)}
        rows = [(ordinals.get(name, len(ordinals)), p) for name, some in shown.items() for p in some]
        return [p for _, p in sorted(rows, key=lambda r: (r[0], self._order(r[1]) if self.spec.order else (), r[1]))]

    # ---- groups that can change -------------------------------------------------------------------------

    @cached_property
    def known(self) -> Mapping[str, str]:
        """Return name → value of the groups that there can be: of the units, the choices, the table that is offered."""
        by = self.view.sheet.by_name[self.spec.by]
        if by.choices:
            return {value_text(c): value_text(c) for c in by.choices}
        if by.name == self.view.sheet.unit:
            return {name: key for key, name in self.layout.names(self.view.sheet).items()}
        there = self._offered(by)
        keys = (
            [] if there is None else [self.layout.value(there, there.sheet.key.name, p) for p in range(len(there.rows))]
        )
        return {value_text(k): value_text(k) for k in keys}

    def _offered(self, by: Column) -> View | None:
        return next((v for v in self.layout.views if v.sheet.table == by.offers), None)


@dataclass
class Numbers:
    """The hidden columns of one print: which line each row of the table is. first: the first of them."""

    listed: Listed
    sheet: Page
    first: int
    top: int  # the row that the first row of the table is worked out in, counted from 0
    values: dict[int, tuple[int, int]] = field(default_factory=dict)  # position → group, place in it
    out: frozenset[int] = frozenset()
    chosen: str = ""  # where the number of the one group stands that is shown alone, −1 for all; "" where none can be
    _said: dict[str, tuple[int | None, str]] = field(default_factory=dict)  # group → its last row, names so far

    @property
    def after(self) -> int:
        """Return the first column behind them."""
        return self.first + _FOUND + 1

    def write(self) -> None:
        """Write them, row by row of the table."""
        for group in self.listed.groups:
            for place, position in enumerate((p for p in group.rows if p is not None), 1):
                self.values[position] = (group.number, place)
        self.out = self.listed.left_out
        for position in range(self.listed.size):
            self._row(position, self.listed.size)
        self.sheet.set_column(self.first, self.first + _FOUND, None, None, {"hidden": True})

    def _at(self, column: int, position: int, *, fixed: str = "$") -> str:
        return f"{letters(self.first + column)}{fixed}{self.top + position + 1}"

    def _row(self, position: int, size: int) -> None:
        row, here, order, of = self.top + position, *(self._at(c, position, fixed="") for c in (0, 2, 1))
        found, out = self.values.get(position), position in self.out
        group, ordinal = self._group(position)
        rank = self._order(position)
        listed = 1 if found else 2 if out else ""
        of_group = ordinal if found else f"x{ordinal}" if out else ""
        self.sheet.write_formula(row, self.first, f"={self._test(position)}", None, listed)
        text = f'=IF({here}="","",IF({here}=1,{group},"x"&{group}))'
        self.sheet.write_formula(row, self.first + 1, text, None, of_group)
        self.sheet.write_formula(row, self.first + 2, f'=IF({here}=1,{rank[0]},"")', None, rank[1] if found else "")
        begins, ends = self._peers(position, size)
        whole = {c: f"{self._at(c, begins)}:{self._at(c, ends)}" for c in (_OF_GROUP, _ORDERED)}
        above = {c: f"{self._at(c, begins)}:{self._at(c, position, fixed='')}" for c in (_OF_GROUP, _ORDERED)}
        same, peers = f"({whole[_OF_GROUP]}={of})", f"({whole[_ORDERED]}<{order})"
        before = f"({whole[_OF_GROUP]}<{of})+{same}*{peers}" if self.listed.streams else f"{same}*{peers}"
        ties = f"({above[_OF_GROUP]}={of})*({above[_ORDERED]}={order})"
        base = "0" if self.listed.streams else f"{of}*{_STEP}"
        text = f'=IF({here}=1,{base}+SUMPRODUCT({before})+SUMPRODUCT({ties}),"")'
        if self.listed.spec.needs:
            self._gathered(position)
        self.sheet.write_formula(row, self.first + 3, text, None, found[0] * _STEP + found[1] if found else "")

    def _peers(self, position: int, size: int) -> tuple[int, int]:
        """Return the first and the last row that may stand in the same group, so that few are looked at."""
        listed = self.listed
        if listed.streams or not listed.spec.by:
            return 0, size - 1
        return listed.spans.get(listed.group_name(position), (position, position))

    def _test(self, position: int) -> str:
        """Return the formula that is 1 where a row is listed, 2 where it is left out, else empty."""
        tests = [self._is(name, wanted, position) for name, wanted in self.listed.spec.where.items()]
        if position >= len(self.listed.view.rows):
            cells = "&".join(self.cell(name, position) for name in self.listed.spec.columns)
            tests.append(f'({cells}<>"")')
        if self.chosen:
            tests.append(f"IF({self.chosen}=-1,1,({self._group(position)[0]}={self.chosen})*1)")
        needs = "*".join(f'({self.cell(n, position)}<>"")' for n in self.listed.spec.needs)
        there = f"IF({needs},1,2)" if needs else "1"
        return f'IF({"*".join(tests)},{there},"")' if tests else there

    def _is(self, name: str, wanted: Value, position: int) -> str:
        cell = self.cell(name, position)
        if isinstance(wanted, Fraction):
            number = format(float(wanted), ".15g")
            return f"(IF(ISNUMBER({cell}),ROUND({cell},{_PLACES})={number},FALSE))"
        return f'({cell}="{value_text(wanted).replace(chr(34), chr(34) * 2)}")'

    def cell(self, name: str, position: int) -> str:
        """Return the address of a cell of the table."""
        return quoted(self.listed.view.title) + self.listed.view.cell(name, position)

    def _order(self, position: int) -> tuple[str, float]:
        """Return the formula and the value of what a row is ordered by."""
        listed = self.listed
        if not listed.spec.order:
            return str(position + 1), position + 1
        cell, value = (
            self.cell(listed.spec.order, position),
            listed.layout.value(listed.view, listed.spec.order, position),
        )
        number = float(half_up(value, _PLACES)) if isinstance(value, Fraction) else _LAST
        return f"IF(ISNUMBER({cell}),ROUND({cell},{_PLACES}),{_LAST})", number

    def _group(self, position: int) -> tuple[str, int]:
        """Return the formula and the value of the number of a row's group."""
        listed = self.listed
        if not listed.streams:
            number = listed.numbers.get(listed.group_name(position), 0)
            return str(number), number
        keys = list(listed.known.values())
        names = list(listed.known)
        found = names.index(n) if (n := listed.group_name(position)) in names else len(keys)
        array = ",".join('"' + key.replace('"', '""') + '"' for key in keys)
        cell = self.cell(listed.spec.by, position)
        return f"IFERROR(MATCH({cell},{{{array}}},0)-1,{len(keys)})" if keys else "0", found

    def find(self, row: int, group: Group, place: int, position: int | None) -> str:
        """Write in a line which row of the table it is; return where that stands."""
        size = self.listed.size
        wanted = group.number * _STEP + place
        numbers = f"{self._at(_NUMBERED, 0)}:{self._at(_NUMBERED, size - 1)}"
        text = f'=IFERROR(MATCH({wanted},{numbers},0),"")'
        self.sheet.write_formula(row, self.first + _FOUND, text, None, "" if position is None else position + 1)
        return f"${letters(self.first + _FOUND)}{row + 1}"

    def left_out(self, group: Group | None) -> tuple[str, str]:
        """Return the formula and the words for who is left out, of a group or, with None, of all."""
        listed = self.listed
        numbers = f"{self._at(_OF_GROUP, 0)}:{self._at(_OF_GROUP, listed.size - 1)}"
        every = group is None or listed.streams
        count = f'COUNTIF({numbers},"{"x*" if group is None or listed.streams else f"x{group.number}"}")'
        out = [p for p in sorted(listed.left_out) if every or (group and listed.group_name(p) == group.name)]
        words = "另有{}人（行）缺应填的内容，没有列入，合计里也没有"
        first, last = words.split("{}")
        if every and not listed.streams and listed.spec.by:  # the names stand with each group
            return f'=IF({count}=0,"","{first}"&{count}&"{last}")', words.format(len(out)) if out else ""
        ends = listed.size - 1 if every or group is None else listed.spans[group.name][1]
        names = self._at(_OUT, ends)
        text = f'=IF({count}=0,"","{first}"&{count}&"{last}："&MID({names},2,999)&IF(LEN({names})>{_NAMES},"等",""))'
        said = self._said.get("" if listed.streams or group is None else group.name, (None, ""))[1]
        more = "等" if len(said) > _NAMES else ""
        return text, f"{words.format(len(out))}：{said[1:]}{more}" if out else ""

    def _gathered(self, position: int) -> None:
        """Write the names of those left out so far, of the same group where it stands for good."""
        listed = self.listed
        group = "" if listed.streams else listed.group_name(position)
        last, said = self._said.get(group, (None, ""))
        before = '""' if last is None else self._at(_OUT, last)
        name = self.cell(listed.view.sheet.naming.name, position)
        here = self._at(_INCLUDED, position, fixed="")
        text = f'=IF(AND({here}=2,LEN({before})<={_NAMES}),{before}&"、"&{name},{before}&"")'
        if position in self.out and len(said) <= _NAMES:
            said += f"、{listed.called(position)}"
        self._said[group] = position, said
        self.sheet.write_formula(self.top + position, self.first + _OUT, text, None, said)
