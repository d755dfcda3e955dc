"""Questions about a scored plan: which cell a person means, what it lacks, and why it is what it is on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from xlperf.engine.blank import blank_cells
from xlperf.engine.must import ruled_by
from xlperf.engine.objects import Thing
from xlperf.engine.plan import OFFICE, Plan, Sheet
from xlperf.engine.ranked import decided_by
from xlperf.engine.reason import explain_cell, is_asked, label_of, worded
from xlperf.engine.score import Scores
from xlperf.engine.seen import Reader
from xlperf.formula.expression import link_of, walk
from xlperf.formula.values import Value, decimal, number, shown, value_text
from xlperf.formula.words import own
from xlperf.problems import Problem, problem
from xlperf.report.explanation import Answer, Explanation, Extra, Gap, Loss, Step
from xlperf.report.ranking import OUTSIDE
from xlperf.rules.conditions import OTHERWISE
from xlperf.scheme.words import nearest

STEPS = 3  # lines of arithmetic in an answer; of money all of them, from what was typed to the cent
Spot = tuple[str, str, str]  # sheet, key of the row, column
Cell = tuple[str, Value, str]  # sheet, key of the row as it stands there, column


# ---- which cell ----------------------------------------------------------------------------------


def cell_named(scores: Scores, unit: str, column: str | None) -> Cell | Problem:
    """Return the cell a person means, or the problem that names what is near.

    unit: the code or name of a unit or person, a key that only one row has, or SHEET:KEY for a row of any sheet.
    column: a name or a heading; None for what the row is about.
    """
    row = row_named(scores, unit)
    if isinstance(row, Problem):
        return row
    sheet = scores.plan.by_name[row[0]]
    if column is None:
        return (*row, main_column(scores.plan, sheet))
    for c in sheet.columns:
        if column in (c.name, c.title):
            return (*row, c.name)
    titles = "、".join(f"{c.title}（{c.name}）" for c in sheet.columns if c.expr is not None)
    return problem("UNKNOWN_COLUMN", sheet=sheet.title, found=column, nearest=titles)


def main_column(plan: Plan, sheet: Sheet) -> str:
    """Choose what a row is about: its composite, the ranked score, what other sheets add up, else its last column.

    Of several amounts that are added up it is the one to which the others lead.
    """
    ranked = [r.score for r in plan.rankings if r.sheet == sheet.name]
    links = [link for _, c in plan.computed() if (link := link_of(c.expr)) is not None]
    added = [link.column for link in links if link.kind == "total" and link.sheet == sheet.name]
    paid = [c.name for c in sheet.of_role("money") if c.name in added]
    inner = {s for name in paid for s in plan.graph.behind([(sheet.name, name)]) if s != (sheet.name, name)}
    last = [name for name in paid if (sheet.name, name) not in inner]
    wanted = [*(c.name for c in sheet.of_role("composite")), *ranked, *last, *added]
    return next((n for n in wanted if n in sheet.by_name), sheet.columns[-1].name)


def row_named(scores: Scores, unit: str) -> tuple[str, Value] | Problem:
    """Return the row that the code or name of an object, or SHEET:KEY (by name or title), means: (sheet, key)."""
    name, colon, key = unit.replace("：", ":").partition(":")
    sheets = [s for s in scores.plan.sheets if name in (s.name, s.title)]
    if colon and sheets:
        keys = scores.column(sheets[0].name, sheets[0].key.name)
        for value in keys:
            if value is not None and (key == value_text(value) or value == number(key)):
                return sheets[0].name, value
        near = nearest(key, [value_text(v) for v in keys if v is not None])
        return problem("UNKNOWN_ROW", sheet=sheets[0].title, found=key, nearest=near)
    found = objects_named(scores, unit)
    if len(found) > 1:
        titles = "、".join(f"{scores.objects.title(thing)}（{thing[1]}）" for thing, _, _ in found)
        return problem("NAME_OF_SEVERAL", found=unit, count=len(found), titles=titles)
    rows = [] if found else _rows_keyed(scores, unit)
    if len(rows) > 1:
        named = [f"{scores.plan.by_name[sheet].title}:{unit}" for sheet, _ in rows]
        return problem("ROW_OF_SEVERAL", found=unit, titles="、".join(named), nearest=named[0])
    if rows:
        return rows[0]
    return (found[0][1].name, found[0][2]) if found else unknown_unit(scores, unit)


def _rows_keyed(scores: Scores, key: str) -> list[tuple[str, Value]]:
    """List the rows of all sheets that have a key, as it is printed beside an indicator; a bare number is none."""
    columns = [(s.name, scores.column(s.name, s.key.name)) for s in scores.plan.sheets if number(key) is None]
    return [(name, value) for name, values in columns for value in values if value == key]


def objects_named(scores: Scores, words: str) -> list[tuple[Thing, Sheet, Value]]:
    """List the objects that a code or a name means, each with its sheet and its key there.

    What means a unit means no person; a code means nobody's name, and a name with the department before it one person.
    """
    objects = scores.objects
    for subject in scores.plan.subjects:
        names = objects.names(subject.table)
        meant = [words] if words in names else [key for key, name in names.items() if name == words]
        titled = objects.shared.get(subject.table, {}).values() if not meant else ()
        meant = meant or [k for keys in titled for k in keys if objects.title((subject.table, k)) == words]
        found = [(key, at) for key in meant if (at := _stands(scores, subject.table, key)) is not None]
        if found:
            return [((subject.table, key), *at) for key, at in found]
    return []


def _stands(scores: Scores, table: str, key: str) -> tuple[Sheet, Value] | None:
    """Return the sheet of an object and its key as it stands there."""
    for value in (key, number(key)):
        sheet = scores.where_is(value, table) if value is not None else None
        if sheet is not None:
            return sheet, value
    return None


def unknown_unit(scores: Scores, unit: str) -> Problem:
    """Return that there is no such unit, and which ones are near."""
    names = [name for subject in scores.plan.subjects for name in scores.objects.names(subject.table).values()]
    near = [n for n in names if any(c in n for c in unit)][:6] or names[:6]
    return problem("UNKNOWN_UNIT", found=unit, nearest="、".join(dict.fromkeys(near)))


def reader_named(scores: Scores, words: str) -> Reader | Problem:
    """Return who reads, by code or name."""
    found = objects_named(scores, words)
    if len(found) == 1:
        return Reader(scores, found[0][0])
    row = row_named(scores, words)
    return row if isinstance(row, Problem) else unknown_unit(scores, words)


# ---- what it lacks -------------------------------------------------------------------------------


def empty_inputs(scores: Scores, sheet: Sheet, row: dict[str, Value], column: str, found: set[Spot]) -> None:
    """Add the empty inputs that an empty cell comes from, as far as its rows ask for them."""
    position = scores.position(sheet.name, row[sheet.key.name])
    for name, at, empty in blank_cells(scores, (sheet.name, position, column)):
        there = scores.plan.by_name[name]
        if there.by_name[empty].kind == "input" and is_asked(there.by_name[empty], scores.rows(name)[at]):
            found.add((name, value_text(scores.key(name)[at]), empty))


# ---- the answer ----------------------------------------------------------------------------------


def answer(scores: Scores, cell: Cell, depth: int = 9, reader: Reader | None = None) -> Answer:
    """Return why a cell holds what it holds: three lines of arithmetic, clauses, gaps, losses and extras.

    Of an amount of money it is every line, from what was typed to the cent.

    depth: how many steps the tree behind it follows. reader: whose eyes it is for, None for the office's. Raises
    KeyError where the cell does not exist.
    """
    sheet, key, column = cell
    tree = explain_cell(scores, sheet, key, column, depth)
    tree = tree if reader is None else reader.part_of(tree)
    nodes = list(_nodes(tree))
    row = scores.row(sheet, key)
    empty: set[Spot] = set()
    empty_inputs(scores, scores.plan.by_name[sheet], row, column, empty)
    paid = scores.plan.by_name[sheet].by_name[column].role == "money"
    steps = _chain(scores, tree) if paid else [_step(n, n.working) for n in _leading(tree)][:STEPS]
    return Answer(
        _whose(scores, scores.plan.by_name[sheet], row, tree.label or tree.key),
        tree,
        tuple(steps),
        tuple(dict.fromkeys(c for n in nodes if n.working for c in n.basis.split("；") if c)),
        tuple(_gaps(scores, sorted(empty))),
        tuple(sorted(_losses(scores, nodes), key=lambda x: -Fraction(x.lost))),
        tuple(_extras(scores, tree)),
        tuple(_beside(scores, cell)),
        tuple(_uncounted(scores, tree)),
    )


def _beside(scores: Scores, cell: Cell) -> Iterator[str]:
    """List the places of a ranked score that something beside the score decides, each with what that is."""
    sheet, key, column = cell
    for ranking in scores.plan.rankings:
        at, row = scores.plan.by_name[sheet], scores.row(sheet, key)
        if ranking.sheet != sheet or (column != ranking.score and at.by_name[column].role != "composite"):
            continue
        if why := decided_by(scores, ranking, row):
            place = row[ranking.place]
            given = own("第{place}名", place=shown(place)) if isinstance(place, Fraction) else own(OUTSIDE)
            yield own("{given}，名次不只按得分：{why}", given=given, why=why)


def _whose(scores: Scores, sheet: Sheet, row: dict[str, Value], words: str) -> str:
    """Return what a row is about; one that is within or belongs to an object names that first."""
    thing = scores.objects.of_row(sheet, row)
    own = thing is not None and thing[0] == sheet.table
    above = scores.objects.parent(thing) if own and thing is not None else thing
    name = scores.objects.title(above) if above is not None else ""
    return f"{name}　{words}" if name else words


def _nodes(e: Explanation) -> Iterator[Explanation]:
    yield e
    for part in e.parts:
        yield from _nodes(part)


def _branches(e: Explanation) -> Iterator[tuple[Explanation, Explanation]]:
    """List every cell but the first together with the one that is made from it."""
    for part in e.parts:
        yield e, part
        yield from _branches(part)


def _by_level(e: Explanation) -> Iterator[Explanation]:
    """List a tree level by level, each cell once."""
    level, seen = [e], set()
    while level:
        for node in level:
            at = (node.sheet, node.key, node.column)
            if at not in seen:
                seen.add(at)
                yield node
        level = [part for node in level for part in node.parts]


def _leading(top: Explanation) -> Iterator[Explanation]:
    """List the result, then what it is made from in its own row, nearest first."""
    for node in _by_level(top):
        if node.working and (node is top or (node.exact not in ("", "0") and _is_own(node, top))):
            yield node


def _chain(scores: Scores, top: Explanation) -> list[Step]:
    """List what is worked out in the row of a result, each after what it is made from, once; the result last."""
    sheet, row = scores.plan.by_name[top.sheet], next(r for r in scores.rows(top.sheet) if _is_row(scores, r, top))
    seen: set[str] = set()

    def below(node: Explanation) -> Iterator[Explanation]:
        if not _is_own(node, top) or node.column in seen:
            return
        seen.add(node.column)
        e = ruled_by(sheet, sheet.by_name[node.column], row).expr
        order = list(dict.fromkeys(x.args[0] for x in walk(e) if x.op == "col")) if e is not None else []
        for part in sorted(node.parts, key=lambda p: order.index(p.column) if p.column in order else -1):
            yield from below(part)
        if node.working and not node.closed and node.working != node.value:
            yield node

    lines: list[tuple[Explanation, Step]] = []
    for node in below(top):
        step = _fetched(node)
        if lines and not node.because and node.working == f"{lines[-1][0].title} {lines[-1][0].value}":
            _, inner = lines.pop()  # handed on as it is: one line for both
            clauses = "；".join(dict.fromkeys(filter(None, (inner.basis, step.basis))))
            step = replace(step, working=f"{inner.title}：{inner.working}", basis=clauses)
        lines.append((node, step))
    return [step for _, step in lines]


def _is_row(scores: Scores, row: dict[str, Value], e: Explanation) -> bool:
    key = scores.plan.by_name[e.sheet].key
    return worded(row[key.name], key) == e.key


def _step(e: Explanation, working: str) -> Step:
    handed = _handed(e)
    words = [w for w in (*(e.because if e.stated or not handed else ()), working) if w]
    words += [w for w in handed.split("；") if w and w not in words]
    return Step(e.title, e.value, "；".join(words), e.basis)


def _fetched(e: Explanation) -> Step:
    """Write a line; of what is taken from elsewhere the rows it came by, and reason and clause of where it began."""
    there, names = e, []
    while len(there.parts) == 1 and there.parts[0].sheet != there.sheet and there.parts[0].exact == e.exact:
        there = there.parts[0]
        names.append(there.label or there.key)
    if there is e:
        return _step(e, e.working)
    why = f"，{words}" if (words := why_words(there)) else ""
    return Step(e.title, e.value, f"{e.working}：{'→'.join(names)}{why}", there.basis or e.basis)


def _is_own(e: Explanation, top: Explanation) -> bool:
    return (e.sheet, e.key) == (top.sheet, top.key)


def _gaps(scores: Scores, spots: Iterable[Spot]) -> Iterator[Gap]:
    for name, key, column in spots:
        sheet = scores.plan.by_name[name]
        row = next(r for r in scores.rows(name) if value_text(r[sheet.key.name]) == key)
        yield Gap(sheet.title, label_of(sheet, row), sheet.by_name[column].title, key, _filler(sheet, column, row))


def _filler(sheet: Sheet, column: str, row: dict[str, Value]) -> str:
    """Return who fills a cell: `unit`, the scorer's name, or `office`."""
    by = sheet.by_name[column].by
    return value_text(row.get(sheet.scorer)) or OFFICE if by == "lead" else by


def _losses(scores: Scores, nodes: Iterable[Explanation]) -> Iterator[Loss]:
    """List the rows with a full mark that did not earn it whole."""
    seen = set()
    for node in nodes:
        sheet = scores.plan.by_name[node.sheet]
        points, full = sheet.the("score"), sheet.the("full")
        if points is None or full is None or node.column != points.name or (node.sheet, node.key) in seen:
            continue
        seen.add((node.sheet, node.key))
        row = next(r for r in scores.rows(sheet.name) if worded(r[sheet.key.name], sheet.key) == node.key)
        earned, most = row[points.name], row[full.name]
        if isinstance(earned, Fraction) and isinstance(most, Fraction) and earned < most:
            lost = decimal(most - earned)
            yield Loss(
                node.label, node.key, worded(earned, points), worded(most, full), lost, why_words(node), node.basis
            )


def why_words(e: Explanation) -> str:
    """Return in words why a cell has its value: its own reason, else that of the part it was taken from.

    Where a choice hands on what another column comes to, the reason is that column's.
    """
    if words := _handed(e):
        return words
    if said := [b for b in e.because if b != OTHERWISE]:
        return "；".join(said)
    same = [p for p in e.parts if p.exact == e.exact and p.exact and not p.closed]
    return next((words for p in same if (words := why_words(p))), "") or e.working


def _handed(e: Explanation) -> str:
    """Return the reason of what a choice hands on, "" where it hands on nothing that has one.

    Where that is only arithmetic, the condition that is met stands before it.
    """
    inner = next((p for p in e.parts if p.column == e.taken and (p.sheet, p.key) == (e.sheet, e.key)), None)
    words = why_words(inner) if inner is not None and not inner.closed else ""
    if not words or inner is None or _reasoned(inner):
        return words
    if any(p.sheet != inner.sheet for p in inner.parts):
        return ""  # fetched from elsewhere as it is: no reason
    if not e.stated:
        return words
    return "；".join([*e.because, words])


def _reasoned(e: Explanation) -> bool:
    """Return whether a cell, or what it hands on, says more than its arithmetic."""
    inner = next((p for p in e.parts if p.column == e.taken), None)
    return bool(e.because) if inner is None else _reasoned(inner) or e.stated


def _entered(scores: Scores, tree: Explanation) -> Iterator[tuple[Explanation, Explanation, Sheet]]:
    """List the rows of ledgers behind a number, each with the cell that adds it up, once for each heading."""
    seen = set()
    for above, node in _branches(tree):
        sheet = scores.plan.by_name[node.sheet]
        at = (above.column, node.sheet, node.key)
        if sheet.grows and above.sheet != node.sheet and at not in seen:
            seen.add(at)
            yield above, node, sheet


def _extras(scores: Scores, tree: Explanation) -> Iterator[Extra]:
    """List the rows of ledgers that count, each with the heading that adds it up."""
    for above, node, sheet in _entered(scores, tree):
        if node.exact not in ("", "0"):
            yield Extra(sheet.title, node.label or node.key, above.title, node.value)


def _uncounted(scores: Scores, tree: Explanation) -> Iterator[Extra]:
    """List the rows of ledgers that count nowhere, once each, with what the office decided on them and why."""
    rows = list(_entered(scores, tree))
    seen = {(sheet.name, node.key) for _, node, sheet in rows if node.exact not in ("", "0")}
    for above, node, sheet in rows:
        decision = sheet.the("decision")
        said = next((p for p in node.parts if decision is not None and p.column == decision.name), None)
        if node.exact == "0" and (sheet.name, node.key) not in seen:
            seen.add((sheet.name, node.key))
            why = f"{said.title}{said.value}；{why_words(node)}" if said is not None else why_words(node)
            yield Extra(sheet.title, node.label or node.key, above.title, node.value, why)
