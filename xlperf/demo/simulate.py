"""Made-up inputs for a demonstration: the same seed gives the same round. Nothing here is real data.

What is made up follows from what a column asks for (limits, decimals, target, choices), not from its name, so that any
scheme can be shown. What a scheme stages for its own demonstration (`stage`) stands instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from random import Random

from xlperf.demo.stage import Inputs, Stage
from xlperf.engine.limits import limits
from xlperf.engine.plan import LEAD, OFFICE, UNIT, Column, Plan, Row, Sheet, Tables
from xlperf.engine.reason import is_asked
from xlperf.engine.roster import Party, Roster
from xlperf.engine.score import rows_of
from xlperf.entries.entry import Known, levels, looks_at_computed
from xlperf.formula.values import Value, day_number, half_up, value_text

_DONE = ("已按计划完成", "已完成，资料齐全", "按进度完成", "基本完成，个别材料待补")
_ON_SITE = ("onsite", "onsite_actual")  # few are visited
_WHY = ("佐证材料不齐", "完成时间晚于节点", "台账不完整", "数据口径不一致")
_CLAIMS = ("经验做法在省级会议上交流", "被市政府通报表扬", "承办全市现场会", "创新工作入选省级典型")
_FOUND = ("现场核验发现台账缺失", "重点任务推进缓慢", "上报数据与现场不符", "窗口服务不规范", "督办事项逾期未办结")


@dataclass(frozen=True)
class Simulation:
    """The made-up inputs of one round."""

    plan: Plan
    tables: Tables
    office: str
    seed: int
    stage: Stage | None = None

    def inputs(self, party: Party) -> Inputs:
        """Return what a party fills in: a unit, a scorer, or the office in the 总表."""
        return dict(self._everything.get(party, {}))

    @cached_property
    def _everything(self) -> dict[Party, Inputs]:
        tables = {name: [dict(row) for row in rows] for name, rows in self.tables.items()}
        found: dict[Party, Inputs] = {}
        rows = [(self.plan.by_name[name], row) for name, found_ in rows_of(self.plan, tables).items() for row in found_]
        fixed = [(sheet, row) for sheet, row in rows if not sheet.grows]
        for sheet, row in fixed:
            known = {c.name: row.get(c.name, c.default) for c in sheet.columns if c.expr is None}
            known |= {c.name: c.default for c in sheet.columns if c.default is not None}
            given = self.stage.given(sheet, value_text(row[sheet.key.name])) if self.stage else {}
            made = {c.name: v for c, v in self._row(sheet, value_text(row[sheet.key.name]), {**known, **given})}
            for name, value in {**made, **given}.items():
                row[name] = self._put(found, sheet, row, sheet.by_name[name], value)
        for step, late in self._late.items():
            known_to = Known(self.plan, tables)
            for sheet, row in fixed:
                for column in (c for c in sheet.inputs() if (sheet.name, c.name) in late and row.get(c.name) is None):
                    self._make_up(found, sheet, row, column, known_to.of(sheet, column, row), step)
        return found

    @cached_property
    def _late(self) -> dict[int, set[tuple[str, str]]]:
        """Return the columns whose limits are computed, by the step at which these can be known."""
        found: dict[int, set[tuple[str, str]]] = {}
        level = levels(self.plan)
        for sheet in self.plan.sheets:
            for column in (c for c in sheet.inputs() if looks_at_computed(sheet, c)):
                found.setdefault(level[sheet.name, column.name], set()).add((sheet.name, column.name))
        return dict(sorted(found.items()))

    def _make_up(
        self, found: dict[Party, Inputs], sheet: Sheet, row: dict[str, Value], column: Column, known: Row, step: int
    ) -> None:
        """Make up a cell whose limits follow from what was made up before."""
        rng = self._rng(sheet.name, value_text(row[sheet.key.name]), column.name)
        if is_asked(column, known):
            value = _text(column, rng, lost=step > 1) if column.holds == "text" else None
            if column.holds == "number":
                value = _number(column, {**row, **known}, rng, 0.95, sheet.the("target"))
            row[column.name] = None if value is None else self._put(found, sheet, row, column, value)

    def _put(
        self, found: dict[Party, Inputs], sheet: Sheet, row: dict[str, Value], column: Column, value: Value
    ) -> Value:
        at = sheet.name, value_text(row[sheet.key.name]), column.name
        found.setdefault(self._roster.owner(sheet, column, row), {})[at] = value
        return value

    def claims(self, party: Party) -> Inputs:
        """Return the rows that a party adds itself; most add none."""
        if self.stage:
            return self.stage.claims(party)
        found: Inputs = {}
        for sheet in (s for s in self.plan.sheets if s.claims is not None and self.plan.book_kind(s) == party[0]):
            rng = self._rng("claims", sheet.name, party[1])
            for n in range(1, rng.choice((0, 0, 0, 0, 1, 1, 2)) + 1):
                whose = self._somebody(sheet, party, rng)
                if whose is not None:
                    at = {(sheet.name, f"+{n}", sheet.unit): whose} if whose else {}
                    found |= self._entry(sheet, f"+{n}", rng, UNIT, _CLAIMS) | at
        return found

    def imposed(self, count: int) -> Inputs:
        """Return rows the office adds to the ledger: deductions found on inspection, all approved."""
        if self.stage:
            return self.stage.entered()
        found: Inputs = {}
        for sheet in (s for s in self.plan.sheets if s.claims is not None and self._names_kinds(s)):
            rng, units = self._rng("imposed", sheet.name), list(self._roster.objects.names(sheet.of))
            for n, unit in enumerate(rng.sample(units, min(count, len(units))), 1):
                found |= self._entry(sheet, f"+{n}", rng, "", _FOUND)
                found |= {(sheet.name, f"+{n}", name): v for name, v in self._decided(sheet).items()}
                found[sheet.name, f"+{n}", sheet.unit] = unit
        return found

    def decisions(self, tables: Tables) -> Inputs:
        """Return the office's word on every claim that came in; one in five is turned down."""
        if self.stage:
            return self.stage.decisions(tables)
        found: Inputs = {}
        for sheet in (s for s in self.plan.sheets if s.claims is not None):
            for row in rows_of(self.plan, tables)[sheet.name]:
                key = value_text(row[sheet.key.name])
                for c in sheet.inputs(OFFICE):
                    if (
                        c.role == "decision"
                        and len(c.choices) > 1
                        and row.get(c.name) == (sheet.claims or {}).get(c.name)
                    ):
                        _, accepted, *refused = c.choices
                        no = self._rng("decision", key).random() < 0.2
                        found[sheet.name, key, c.name] = refused[0] if no and refused else accepted
                    elif c.required and c.holds == "number" and row.get(c.name) is None:
                        found[sheet.name, key, c.name] = _number(c, row, self._rng("decision", key), 1, None)
        return found

    # ---- one value ------------------------------------------------------------------------------

    def _row(self, sheet: Sheet, key: str, row: dict[str, Value]) -> Iterator[tuple[Column, Value]]:
        """Make up a row's inputs in order; what a scorer gives stays at or a little below what the unit gave itself."""
        rng = self._rng(sheet.name, key)
        unit = value_text(row.get(sheet.unit or sheet.key.name))
        level = 0.90 + 0.09 * self._rng("level", unit).random()
        lost = False
        for column in sheet.inputs():
            if looks_at_computed(sheet, column) or not is_asked(column, row):
                continue
            value = _text(column, rng, lost) if column.holds == "text" else None
            if column.holds == "number":
                value = _number(column, row, rng, level, sheet.the("target"))
                high = limits(column, row)[1]
                low = high is not None and isinstance(value, Fraction) and value < high
                lost = low or (column.role in _ON_SITE and value is not None)
            if value is not None:
                yield column, value

    def _entry(self, sheet: Sheet, key: str, rng: Random, by: str, items: tuple[str, ...]) -> Inputs:
        """Make up the columns of a new ledger row that are told in words, points and a date."""
        found: Inputs = {}
        for column in (c for c in sheet.inputs() if c.by == UNIT):
            at = (sheet.name, key, column.name)
            if column.holds == "date":
                found[at] = day_number(date(self.plan.year, rng.randint(3, 11), rng.randint(1, 28)))
            elif column.holds == "number":
                found[at] = Fraction(rng.choice((2, 3, 5, 8, 10)), 10 if column.decimals != 0 else 1)
            elif column.choices:
                found[at] = rng.choice(column.choices)
            elif column.offers:
                continue
            elif column.required:
                found[at] = rng.choice(items)
            elif by:
                found[at] = f"政办〔{self.plan.year}〕{rng.randint(3, 90)}号"
            else:
                found[at] = f"核验记录{rng.randint(1, 40)}"
        return found

    def _somebody(self, sheet: Sheet, party: Party, rng: Random) -> str | None:
        """Return of whom a party claims something: "" where that is clear, None where there is nobody."""
        if not sheet.unit or self._roster.whose_new(sheet, party):
            return ""
        names = self._roster.objects.names(sheet.of)
        own = [key for key in names if self._roster.objects.is_own(party, (sheet.of, key))]
        return rng.choice(own) if own else None

    def _names_kinds(self, sheet: Sheet) -> bool:
        """Return whether the office says in every row what kind it is, so that a deduction can be one."""
        return any(c.choices and c.required and c.default is None for c in sheet.inputs(OFFICE))

    def _decided(self, sheet: Sheet) -> dict[str, Value]:
        columns = [c for c in sheet.inputs(OFFICE) if c.choices and (c.default is None or c.role == "decision")]
        return {c.name: c.choices[1 if c.role == "decision" and len(c.choices) > 1 else 0] for c in columns}

    # ---- whose ----------------------------------------------------------------------------------

    @cached_property
    def _roster(self) -> Roster:
        return Roster(self.plan, self.tables, self.office)

    def _rng(self, *words: str) -> Random:
        return Random("|".join((str(self.seed), *words)))  # noqa: S311 a demonstration, not a secret


def _text(column: Column, rng: Random, lost: bool) -> Value:
    if column.choices and column.by == OFFICE and not column.required:
        return None  # the office sets aside a rule here and there, a demonstration none
    if column.choices:
        return rng.choice(column.choices) if rng.random() < (0.05 if column.default else 1) else None
    if column.by == LEAD or column.role == "reason":
        return rng.choice(_WHY) if lost else None
    said = rng.choice(_DONE) if column.role == "account" else f"报送材料第{rng.randint(1, 60)}页"
    return None if column.by == OFFICE else said  # an office's own records are not what units report


def _number(column: Column, row: Row, rng: Random, level: float, aim: Column | None) -> Value:
    """Make up a number. level: how well the unit does, about 1. aim: the column of the row's target."""
    high = limits(column, row)[1]
    rare = (high is not None or column.role in _ON_SITE) and not column.required
    if column.default is not None or (rare and rng.random() > 0.02):
        return None
    share = min(1.0, level + rng.uniform(-0.06, 0.06))
    if high is not None:
        digits = 1 if high >= 5 else 2
        digits = digits if column.decimals is None else min(digits, column.decimals)
        return min(high, half_up(high * Fraction(f"{share:.3f}"), digits))
    target = row.get(aim.name) if aim is not None else None
    if isinstance(target, Fraction):
        return half_up(target * Fraction(f"{share + 0.05:.3f}"), 0 if target >= 50 else 1)
    if column.decimals == 0:
        return Fraction(rng.randint(12, 90))
    return half_up(Fraction(f"{share * 100:.3f}"), 1)
