"""「重新计算排名」: what the button does to a 总表, the same in Excel, in LibreOffice and without either.

The book's formulas sort the sheet 排名 inside each group by themselves. The button recalculates, compares
with what it saw the last time, and writes who moved and which cells did it (与上次相比), what was typed
since then with old and new value (变动台账), and what it takes to go one step back. On a damaged book it
changes nothing and says what is damaged. Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlperf.addin.issued import RANKING, Pages, Row, cell_at, damage, plain, position, spelt, tables
from xlperf.formula.values import ERRORS
from xlperf.report.ranking import in_words, risen
from xlperf.xlsx.addresses import letters
from xlperf.xlsx.skeleton import HEAD, UNPLACED

CAPTION, REFUSED = "重新计算排名", "没有改动"  # of the button and its answer
MOVES, LEDGER, LAST, BEFORE = "与上次相比", "变动台账", "_xlperf_last", "_xlperf_before"
PLACE, UNIT = "名次", "单位"
_MOVES_HEAD = ("排名表", PLACE, UNIT, "得分", "上次名次", "名次变化", "上次得分", "得分变化", "原因", "并列")
_MOVES_WIDTHS = (18, 6, 20, 9, 9, 9, 9, 9, 48, 36)
_LEDGER_WIDTHS = (20, 12, 20, 10, 24, 24, 24, 24)
_LEDGER_HEAD = ("时间", "操作", "工作表", "单元格", "单位", "项目", "原值", "新值")
HEADING = 0xE8E8E8  # the colour behind headings, as in the other sheets
_ROW_NAMES = ("@unit", "name")  # columns of a table that say whose row it is


@dataclass(frozen=True)
class Line:
    """One line of a ranked list: place None where nobody has that seat yet."""

    ranking: str
    unit: str
    place: Any
    score: Any


@dataclass(frozen=True)
class Input:
    """One cell that somebody fills: where, whose row, what for, and what stands in it."""

    sheet: str
    cell: str
    unit: str
    title: str
    value: Any


@dataclass(frozen=True)
class State:
    """Ranked lists and inputs at one moment."""

    lines: tuple[Line, ...]
    inputs: Mapping[tuple[str, str], Input]


@dataclass(frozen=True)
class Outcome:
    """What the button did, in sentences. done: False where the book is damaged and nothing was changed."""

    done: bool
    lines: tuple[str, ...]
    moved: int = 0
    changed: tuple[tuple[str, str], ...] = field(default=())


def rank(pages: Pages, now: str, what: str = "重新计算") -> Outcome:
    """Recalculate and say who moved since the last time. now, what: time and cause as they stand in the ledger."""
    wrong = damage(pages)
    if wrong:
        return Outcome(False, tuple(wrong))
    pages.recalculate()
    state, before = state_of(pages), kept(pages, LAST)
    wrong = [
        f"排名表中“{line.unit}”一行是错误值" for line in state.lines if line.place in ERRORS or line.score in ERRORS
    ]
    if wrong:
        return Outcome(False, tuple(wrong))
    changes = list(changed(before, state)) if before else []
    pages.replace(MOVES, moves(before, state, changes), widths=_MOVES_WIDTHS)
    if changes:
        _append(pages, [_ledger_row(now, what, old, new) for old, new in changes])
    if before is not None and (changes or before.lines != state.lines):
        pages.replace(BEFORE, _kept_rows(before), hidden=True)
    pages.replace(LAST, _kept_rows(state), hidden=True)
    return _outcome(before, state, changes)


def undo(pages: Pages, now: str) -> Outcome:
    """Put back what was typed between the last two times the button was pressed; one step only."""
    wrong = damage(pages)
    if wrong:
        return Outcome(False, tuple(wrong))
    last, before = kept(pages, LAST), kept(pages, BEFORE)
    if last is None or before is None:
        return Outcome(False, ("没有可以撤销的：还没有第二次重新计算，或者已经撤销过一次",))
    current = state_of(pages)
    changes = list(changed(before, last))
    since = [new.cell for _, new in changes if current.inputs.get((new.sheet, new.cell)) != new]
    if since:
        return Outcome(False, (f"这些单元格在上次计算后又改过，不能撤销：{'、'.join(since)}",))
    for old, new in changes:
        row, column = position(new.cell)
        pages.put(new.sheet, row, column, old.value)
    _append(pages, [_ledger_row(now, "撤销", new, old) for old, new in changes])
    pages.recalculate()
    pages.replace(LAST, _kept_rows(before), hidden=True)
    pages.remove(BEFORE)
    pages.replace(MOVES, moves(before, state_of(pages), []), widths=_MOVES_WIDTHS)
    return Outcome(True, (f"已撤销：恢复{len(changes)}格", *(f"{o.sheet}!{o.cell}" for o, _ in changes[:10])))


# ---- reading ----------------------------------------------------------------------------------------------


def state_of(pages: Pages) -> State:
    """Read the ranked lists and every cell to fill."""
    inputs = {}
    for table in tables(pages).values():
        rows = pages.rows(table.sheet)
        whose = next((table.columns[n][0] for n in _ROW_NAMES if n in table.columns), None)
        for name, (column, role) in table.columns.items():
            title = str(cell_at(rows[HEAD], column) or name)
            for row in table.keys.values() if role == "input" else ():
                unit = "" if whose is None else str(cell_at(rows[row], whose) or "")
                at = f"{letters(column)}{row + 1}"
                inputs[table.sheet, at] = Input(table.sheet, at, unit, title, cell_at(rows[row], column))
    return State(tuple(_lines(pages.rows(RANKING))), inputs)


def _lines(rows: Sequence[Row]) -> Iterator[Line]:
    title, inside = "", False
    for i, row in enumerate(rows):
        first, second = cell_at(row, 0), cell_at(row, 1)
        if (first, second) == (PLACE, UNIT):
            title, inside = str(cell_at(rows[i - 1], 0) or ""), True
        elif inside and second in (None, ""):
            inside = first in (None, "") and _is_line(rows, i)
        elif inside and first != UNPLACED:
            yield Line(title, str(second), first, cell_at(row, 2))


def _is_line(rows: Sequence[Row], i: int) -> bool:
    """Return whether an empty line is a seat that nobody has yet: another line of the list follows it."""
    return i + 1 < len(rows) and isinstance(cell_at(rows[i + 1], 0), int | float)


def kept(pages: Pages, title: str) -> State | None:
    """Read what the button kept; None where it has kept nothing."""
    if title not in pages.titles():
        return None
    lines, inputs = [], {}
    for row in pages.rows(title):
        values = [*row, *[None] * 6][:6]
        if values[0] == "line":
            lines.append(Line(str(values[1] or ""), str(values[2] or ""), plain(values[3]), plain(values[4])))
        elif values[0] == "input":
            sheet, cell, unit, head = (str(v or "") for v in values[1:5])
            inputs[sheet, cell] = Input(sheet, cell, unit, head, plain(values[5]))
    return State(tuple(lines), inputs)


def _kept_rows(state: State) -> list[Row]:
    lines: list[Row] = [("line", x.ranking, x.unit, x.place, x.score, None) for x in state.lines]
    return lines + [("input", x.sheet, x.cell, x.unit, x.title, x.value) for x in state.inputs.values()]


# ---- comparing -----------------------------------------------------------------------------------------------


def changed(before: State, now: State) -> Iterator[tuple[Input, Input]]:
    """List every cell that holds something else than before: (old, new)."""
    for at, new in now.inputs.items():
        old = before.inputs.get(at)
        if old is not None and old.value != new.value:
            yield old, new


def moves(before: State | None, now: State, changes: Sequence[tuple[Input, Input]]) -> list[Row]:
    """Write the sheet 与上次相比: every list in order, who moved, which cells did it, who is tied."""
    was = {(x.ranking, x.unit): x for x in before.lines} if before else {}
    places = [(x.ranking, x.place) for x in now.lines]
    rows: list[Row] = [_MOVES_HEAD]
    for i, line in enumerate(now.lines):
        old = was.get((line.ranking, line.unit))
        compared = _compared(old, line)
        why = _why(line, old, changes) if before else "首次计算，没有上次可比"
        rows.append((line.ranking, line.place, line.unit, line.score, *compared, why, _tie(now.lines, places, i)))
    return rows


def _compared(old: Line | None, now: Line) -> tuple[Any, Any, Any, Any]:
    if old is None:
        return None, None, None, None
    moved = risen(old.place, now.place) if _are_numbers(old.place, now.place) else None
    gained = round(now.score - old.score, 9) if _are_numbers(old.score, now.score) else None
    return old.place, in_words(moved) or None, old.score, gained or None


def _why(line: Line, old: Line | None, changes: Sequence[tuple[Input, Input]]) -> str:
    own = [
        f"{n.sheet}!{n.cell}（{n.title}）{spelt(o.value)}→{spelt(n.value)}" for o, n in changes if n.unit == line.unit
    ]
    if own:
        return "；".join(own)
    if old is None:
        return "上次没有名次"
    if old.place != line.place or old.score != line.score:
        return "本单位填报未变，因其他数据变动"
    return ""


def _tie(lines: Sequence[Line], places: Sequence[tuple[str, Any]], i: int) -> str:
    line = lines[i]
    same = [x.unit for x, p in zip(lines, places, strict=True) if p == places[i] and x.unit != line.unit]
    if same and line.place is not None:
        return f"与{'、'.join(same[:3])}{'等' if len(same) > 3 else ''}并列，排名用的得分相同"
    near = [x for x in lines[max(i - 1, 0) : i + 2] if x.ranking == line.ranking and x.unit != line.unit]
    shown = [x.unit for x in near if x.score == line.score and x.score is not None]
    return f"与{shown[0]}显示的得分相同，按四舍五入前的得分分先后" if shown else ""


def _outcome(before: State | None, now: State, changes: Sequence[tuple[Input, Input]]) -> Outcome:
    if before is None:
        return Outcome(True, (f"已重新计算：{len(now.lines)}个单位有名次。这是第一次，下次起可以比较",))
    was = {(x.ranking, x.unit): x.place for x in before.lines}
    moved = [x for x in now.lines if was.get((x.ranking, x.unit)) not in (None, x.place)]
    touched = {n.unit for _, n in changes}
    moved.sort(key=lambda x: x.unit not in touched)  # whose cells changed first; the others only made room
    lines = [f"已重新计算：{len(moved)}个单位名次有变，{len(changes)}格数据有改动，见“{MOVES}”"]
    lines += [f"{x.unit}：第{was[x.ranking, x.unit]:g}名→第{x.place:g}名" for x in moved[:10] if _are_numbers(x.place)]
    return Outcome(True, tuple(lines), len(moved), tuple((n.sheet, n.cell) for _, n in changes))


# ---- writing ---------------------------------------------------------------------------------------------------


def _append(pages: Pages, new: Sequence[Row]) -> None:
    old = [tuple(r) for r in pages.rows(LEDGER)] if LEDGER in pages.titles() else [_LEDGER_HEAD]
    pages.replace(LEDGER, [*old, *new], widths=_LEDGER_WIDTHS)


def _ledger_row(now: str, what: str, old: Input, new: Input) -> Row:
    return (now, what, new.sheet, new.cell, new.unit, new.title, spelt(old.value), spelt(new.value))


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(v, int | float) for v in values)
