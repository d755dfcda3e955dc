"""What the hidden map of a 总表 says was issued, and what of the open book is no longer so.

The map names where every table, column and row stands, and keeps a digest of every formula, of every locked cell
without one, and of itself. What stands elsewhere, or is no longer what was issued, is said with its place. Standard
library only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from xlperf.formula.digests import WIDTH, digest_of_lines, digest_of_value
from xlperf.formula.spelling import digest
from xlperf.xlsx import addresses
from xlperf.xlsx.addresses import letters
from xlperf.xlsx.skeleton import HEAD, MAP, NAMES

RANKING = "排名"
MOST = 10  # damaged cells that are named one by one

Row = Sequence[Any]


class Pages(Protocol):
    """An open workbook, whatever program holds it. Rows and columns count from 0; an empty cell is None."""

    def titles(self) -> Sequence[str]:
        """List the worksheets."""
        ...

    def rows(self, title: str) -> Sequence[Row]:
        """Return what the cells of a worksheet show, from A1 on; an error as its text, such as #REF!."""
        ...

    def formulas(self, title: str) -> Sequence[Sequence[str]]:
        """Return the formula of every cell of a worksheet, from A1 on, as `=…`; any other text where it has none."""
        ...

    def put(self, title: str, row: int, column: int, value: Any) -> None:
        """Type a value into a cell."""
        ...

    def replace(self, title: str, rows: Sequence[Row], *, hidden: bool = False, widths: Sequence[float] = ()) -> None:
        """Write a worksheet anew, adding it at the end where there is none.

        widths: of its columns, in characters of half width; where given the first row is dressed as headings.
        """
        ...

    def remove(self, title: str) -> None:
        """Delete a worksheet; nothing where there is none."""
        ...

    def recalculate(self) -> None:
        """Recalculate every formula."""
        ...


@dataclass
class Table:
    """Where a table was issued: its name, its worksheet, the column and role of every name, the row of every key."""

    name: str
    sheet: str
    columns: dict[str, tuple[int, str]] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """Formulas, or facts, that were issued below each other: worksheet, column, first row, digests."""

    kind: Literal["formulas", "facts"]
    sheet: str
    column: int
    row: int
    digests: tuple[str, ...]


def tables(pages: Pages) -> dict[str, Table]:
    """Read where every table stands."""
    found: dict[str, Table] = {}
    for row in pages.rows(MAP):
        match [cell for cell in row if cell not in (None, "")]:
            case ["table", number, name, title, *_]:
                found[str(number)] = Table(str(name), str(title))
            case ["column", number, name, letter, role]:
                found[str(number)].columns[str(name)] = (addresses.number(str(letter)), str(role))
            case ["row", number, key, line]:
                found[str(number)].keys[str(key)] = int(line) - 1
    return found


def runs(pages: Pages) -> Iterator[Run]:
    """List the formulas and facts that were issued."""
    for row in pages.rows(MAP):
        match [cell for cell in row if cell not in (None, "")]:
            case ["formulas" | "facts" as kind, title, letter, first, digests]:
                text = str(digests)
                kept = tuple(text[i : i + WIDTH] for i in range(0, len(text), WIDTH))
                yield Run(kind, str(title), addresses.number(str(letter)), int(first) - 1, kept)


def damage(pages: Pages) -> list[str]:
    """List what is not as xlperf wrote it: worksheets, columns, rows, formulas, facts, the map itself."""
    titles = set(pages.titles())
    missing = [f"缺少工作表“{title}”" for title in (MAP, RANKING) if title not in titles]
    if missing:
        return [*missing, "这不是完整的总表，没有改动任何内容"]
    if wrong := list(_of_the_map(pages.rows(MAP))):
        return [*wrong, "没有改动任何内容；请用最近一份完好的总表"]
    issued = tables(pages)
    for table in issued.values():
        if table.sheet in titles:
            wrong += _moved(table, pages.rows(table.sheet))
        else:
            wrong.append(f"缺少工作表“{table.sheet}”")
    if wrong:
        return [*wrong, "没有改动任何内容；请用最近一份完好的总表"]
    typed = list(_typed_over(pages, {table.sheet for table in issued.values()}))
    if typed:
        more = [f"……共{len(typed)}格"] if len(typed) > MOST else []
        return [*typed[:MOST], *more, "没有改动任何内容；请撤销键入，或从完好的总表把这些格复制回来，再重新计算"]
    return []


def _of_the_map(rows: Sequence[Row]) -> Iterator[str]:
    """List what is wrong with the map: its last line says how many lines stand above it, and their digest."""
    lines = [row for row in rows[1:] if any(cell not in (None, "") for cell in row)]
    match [spelt(cell) for cell in (lines[-1] if lines else ()) if cell not in (None, "")]:
        case ["whole", count, whole]:
            found = digest_of_lines(lines[:-1])
            if str(found[0]) != count:
                yield f"隐藏的工作表“{MAP}”应有{count}行记录，现有{found[0]}行"
            elif found[1] != whole:
                yield f"隐藏的工作表“{MAP}”的内容被改动（{count}行记录）"
        case _:
            yield f"隐藏的工作表“{MAP}”不完整：缺少最后一行记录，现有{len(lines)}行"


def _moved(table: Table, rows: Sequence[Row]) -> Iterator[str]:
    head = rows[NAMES] if len(rows) > NAMES else ()
    for name, (column, _) in table.columns.items():
        if cell_at(head, column) != name:
            yield f"“{table.sheet}”第{letters(column)}列被移动或删除（原为{name}）"
    for key, row in table.keys.items():
        if str(cell_at(rows[row], 0) if row < len(rows) else "") != key:
            yield f"“{table.sheet}”第{row + 1}行被移动或删除（原为{key}）"
            return  # every row below it has moved as well


def _typed_over(pages: Pages, headed: AbstractSet[str]) -> Iterator[str]:
    """List the cells that hold something else than what was issued. headed: worksheets with a row of headings."""
    by_sheet: dict[str, list[Run]] = {}
    for run in runs(pages):
        by_sheet.setdefault(run.sheet, []).append(run)
    for title, issued in by_sheet.items():
        if title not in pages.titles():
            yield f"缺少工作表“{title}”"
            continue
        now, shown = pages.formulas(title), pages.rows(title)
        for run in issued:
            heading = str(cell_at(shown[HEAD], run.column) or "") if title in headed and len(shown) > HEAD else ""
            for row, kept in enumerate(run.digests, run.row):
                formula, value = cell_at(now[row] if row < len(now) else (), run.column), _value(shown, row, run.column)
                if what := _change(run.kind, kept, formula, value):
                    yield f"“{title}”{_place(run, row, heading)}{what}"


def _change(kind: str, kept: str, formula: Any, value: Any) -> str:
    """Return how a cell differs from what was issued; "" where it does not. kept: the digest of that."""
    live = _is_formula(formula, value)
    if kind == "facts":
        same = not live and digest_of_value(value) == kept
        return "" if same else f"是锁定的内容，被改动，现为{formula if live else spelt(value)}"
    if not live:
        return f"原为公式，现为{spelt(value)}"
    return f"的公式被改动，现为{formula}" if digest(formula) != kept else ""


def _is_formula(formula: Any, value: Any) -> bool:
    """Return whether it is a formula, and no text that looks like one: that shows itself."""
    return isinstance(formula, str) and formula.startswith("=") and formula != value


def _place(run: Run, row: int, heading: str) -> str:
    return f"{letters(run.column)}{row + 1}{f'（{heading}）' if heading else ''}"


def _value(rows: Sequence[Row], row: int, column: int) -> Any:
    return cell_at(rows[row], column) if row < len(rows) else None


# ---- cells ---------------------------------------------------------------------------------------------------


def cell_at(row: Row, column: int) -> Any:
    """Return what a cell of a row holds; None where it is empty or beyond the end."""
    return plain(row[column]) if column < len(row) else None


def plain(value: Any) -> Any:
    """Return None for an empty text."""
    return None if value == "" else value


def spelt(value: Any) -> str:
    """Return a value as a message says it."""
    return "空" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)


def position(cell: str) -> tuple[int, int]:
    """Return row and column, counted from 0, of an address such as B7."""
    letter = cell.rstrip("0123456789")
    return int(cell[len(letter) :]) - 1, addresses.number(letter)
