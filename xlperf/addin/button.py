"""「重新计算排名」: what the button does to a 总表, the same in Excel, in LibreOffice and without either.

The book's formulas sort the sheet 排名 inside each group by themselves. The button recalculates, compares
with what it saw the last time, and writes who moved and which cells did it (与上次相比), what was typed
since then with old and new value (变动台账), and what it takes to go one step back. On a damaged book it
changes nothing and says what is damaged. Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from xlperf.formula.values import ERRORS

MAP, RANKING = "_xlperf", "排名"
MOVES, LEDGER, LAST, BEFORE = "与上次相比", "变动台账", "_xlperf_last", "_xlperf_before"
PLACE, UNIT = "名次", "单位"
UNPLACED = "—"  # what stands for the place of a unit that has none
_MOVES_HEAD = ("排名表", PLACE, UNIT, "得分", "上次名次", "名次变化", "上次得分", "得分变化", "原因", "并列")
_LEDGER_HEAD = ("时间", "操作", "工作表", "单元格", "单位", "项目", "原值", "新值")
_ROW_NAMES = ("@unit", "name")  # columns of a table that say whose row it is

Row = Sequence[Any]


class Pages(Protocol):
    """An open workbook, whatever program holds it. Rows and columns count from 0; an empty cell is None."""

    def titles(self) -> Sequence[str]:
        """List the worksheets."""
        ...

    def rows(self, title: str) -> Sequence[Row]:
        """Return what the cells of a worksheet show, from A1 on; an error as its text, such as #REF!."""
        ...

    def put(self, title: str, row: int, column: int, value: Any) -> None:
        """Type a value into a cell."""
        ...

    def replace(self, title: str, rows: Sequence[Row], *, hidden: bool = False) -> None:
        """Write a worksheet anew, adding it at the end where there is none."""
        ...

    def remove(self, title: str) -> None:
        """Delete a worksheet; nothing where there is none."""
        ...

    def recalculate(self) -> None:
        """Recalculate every formula."""
        ...


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
    told: tuple[str, ...]
    moved: int = 0
    changed: tuple[tuple[str, str], ...] = field(default=())


def rank(pages: Pages, now: str) -> Outcome:
    """Recalculate and say who moved since the last time. now: the time as it stands in the ledger."""
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
    pages.replace(MOVES, moves(before, state, changes))
    if changes:
        _append(pages, [_ledger_row(now, "重新计算", old, new) for old, new in changes])
    if before is not None and (changes or before.lines != state.lines):
        pages.replace(BEFORE, _kept_rows(before), hidden=True)
    pages.replace(LAST, _kept_rows(state), hidden=True)
    return _told(before, state, changes)


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
    pages.replace(MOVES, moves(before, state_of(pages), []))
    return Outcome(True, (f"已撤销：恢复{len(changes)}格", *(f"{o.sheet}!{o.cell}" for o, _ in changes[:10])))


# ---- reading ----------------------------------------------------------------------------------------------


@dataclass
class _Table:
    sheet: str
    columns: dict[str, tuple[int, str]] = field(default_factory=dict)  # name → column, role
    keys: dict[str, int] = field(default_factory=dict)  # key → row


def tables(pages: Pages) -> dict[str, _Table]:
    """Read the map that xlperf hides in its books: where every table stands."""
    found: dict[str, _Table] = {}
    for row in pages.rows(MAP):
        match [cell for cell in row if cell not in (None, "")]:
            case ["table", number, _, title, *_]:
                found[str(number)] = _Table(str(title))
            case ["column", number, name, letters, role]:
                found[str(number)].columns[str(name)] = (_number(str(letters)), str(role))
            case ["row", number, key, line]:
                found[str(number)].keys[str(key)] = int(line) - 1
    return found


def damage(pages: Pages) -> list[str]:
    """Say what is not as xlperf wrote it: worksheets, columns, rows."""
    titles = set(pages.titles())
    missing = [f"缺少工作表“{title}”" for title in (MAP, RANKING) if title not in titles]
    if missing:
        return [*missing, "这不是完整的总表，没有改动任何内容"]
    wrong = []
    for table in tables(pages).values():
        if table.sheet not in titles:
            wrong.append(f"缺少工作表“{table.sheet}”")
            continue
        rows = pages.rows(table.sheet)
        wrong += _moved(table, rows)
    return [*wrong, "没有改动任何内容；请用最近一份完好的总表"] if wrong else []


def _moved(table: _Table, rows: Sequence[Row]) -> Iterator[str]:
    head = rows[3] if len(rows) > 3 else ()
    for name, (column, _) in table.columns.items():
        if _cell(head, column) != name:
            yield f"“{table.sheet}”第{_letters(column)}列被移动或删除（原为{name}）"
    for key, row in table.keys.items():
        if str(_cell(rows[row], 0) if row < len(rows) else "") != key:
            yield f"“{table.sheet}”第{row + 1}行被移动或删除（原为{key}）"
            return  # every row below it has moved as well


def state_of(pages: Pages) -> State:
    """Read the ranked lists and every cell to fill."""
    inputs = {}
    for table in tables(pages).values():
        rows = pages.rows(table.sheet)
        whose = next((table.columns[n][0] for n in _ROW_NAMES if n in table.columns), None)
        for name, (column, role) in table.columns.items():
            title = str(_cell(rows[5], column) or name)
            for row in table.keys.values() if role == "input" else ():
                unit = "" if whose is None else str(_cell(rows[row], whose) or "")
                at = f"{_letters(column)}{row + 1}"
                inputs[table.sheet, at] = Input(table.sheet, at, unit, title, _cell(rows[row], column))
    return State(tuple(_lines(pages.rows(RANKING))), inputs)


def _lines(rows: Sequence[Row]) -> Iterator[Line]:
    title, inside = "", False
    for i, row in enumerate(rows):
        first, second = _cell(row, 0), _cell(row, 1)
        if (first, second) == (PLACE, UNIT):
            title, inside = str(_cell(rows[i - 1], 0) or ""), True
        elif inside and second in (None, ""):
            inside = first in (None, "") and _is_line(rows, i)
        elif inside and first != UNPLACED:
            yield Line(title, str(second), first, _cell(row, 2))


def _is_line(rows: Sequence[Row], i: int) -> bool:
    """Tell whether an empty line is a seat that nobody has yet: another line of the list follows it."""
    return i + 1 < len(rows) and isinstance(_cell(rows[i + 1], 0), int | float)


def kept(pages: Pages, title: str) -> State | None:
    """Read what the button kept; None where it has kept nothing."""
    if title not in pages.titles():
        return None
    lines, inputs = [], {}
    for row in pages.rows(title):
        values = [*row, *[None] * 6][:6]
        if values[0] == "line":
            lines.append(Line(str(values[1] or ""), str(values[2] or ""), _plain(values[3]), _plain(values[4])))
        elif values[0] == "input":
            sheet, cell, unit, head = (str(v or "") for v in values[1:5])
            inputs[sheet, cell] = Input(sheet, cell, unit, head, _plain(values[5]))
    return State(tuple(lines), inputs)


def _kept_rows(state: State) -> list[Row]:
    lines: list[Row] = [("line", x.ranking, x.unit, x.place, x.score, None) for x in state.lines]
    return lines + [("input", x.sheet, x.cell, x.unit, x.title, x.value) for x in state.inputs.values()]


# ---- comparing -----------------------------------------------------------------------------------------------


def changed(before: State, now: State) -> Iterator[tuple[Input, Input]]:
    """Visit every cell that holds something else than before: (old, new)."""
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
    risen = None
    if _are_numbers(old.place, now.place) and old.place != now.place:
        risen = f"{'升' if now.place < old.place else '降'}{abs(old.place - now.place):g}"
    gained = round(now.score - old.score, 9) if _are_numbers(old.score, now.score) else None
    return old.place, risen, old.score, gained or None


def _why(line: Line, old: Line | None, changes: Sequence[tuple[Input, Input]]) -> str:
    own = [
        f"{n.sheet}!{n.cell}（{n.title}）{_text(o.value)}→{_text(n.value)}" for o, n in changes if n.unit == line.unit
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


def _told(before: State | None, now: State, changes: Sequence[tuple[Input, Input]]) -> Outcome:
    if before is None:
        return Outcome(True, (f"已重新计算：{len(now.lines)}个单位有名次。这是第一次，下次起可以比较",))
    was = {(x.ranking, x.unit): x.place for x in before.lines}
    moved = [x for x in now.lines if was.get((x.ranking, x.unit)) not in (None, x.place)]
    touched = {n.unit for _, n in changes}
    moved.sort(key=lambda x: x.unit not in touched)  # whose cells changed first; the others only made room
    told = [f"已重新计算：{len(moved)}个单位名次有变，{len(changes)}格数据有改动，见“{MOVES}”"]
    told += [f"{x.unit}：第{was[x.ranking, x.unit]:g}名→第{x.place:g}名" for x in moved[:10] if _are_numbers(x.place)]
    return Outcome(True, tuple(told), len(moved), tuple((n.sheet, n.cell) for _, n in changes))


# ---- writing ---------------------------------------------------------------------------------------------------


def _append(pages: Pages, new: Sequence[Row]) -> None:
    old = [tuple(r) for r in pages.rows(LEDGER)] if LEDGER in pages.titles() else [_LEDGER_HEAD]
    pages.replace(LEDGER, [*old, *new])


def _ledger_row(now: str, what: str, old: Input, new: Input) -> Row:
    return (now, what, new.sheet, new.cell, new.unit, new.title, _text(old.value), _text(new.value))


def _text(value: Any) -> str:
    return "空" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    return None if value == "" else value


def _cell(row: Row, column: int) -> Any:
    return _plain(row[column]) if column < len(row) else None


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(v, int | float) for v in values)


def position(cell: str) -> tuple[int, int]:
    """Return row and column, counted from 0, of an address such as B7."""
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :]) - 1, _number(letters)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _letters(column: int) -> str:
    text, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
