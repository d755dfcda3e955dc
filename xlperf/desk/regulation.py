"""A scheme read back clause by clause, what its check finds, and what another figure or reading would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from xlperf.desk.asked import Data, Desk, Refused, scheme_named, worded
from xlperf.desk.looks import blocking, names_of
from xlperf.engine.check import EXAMPLE_CODES, check_source
from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Column, Plan, Sheet
from xlperf.engine.score import score
from xlperf.engine.shapes import exact
from xlperf.engine.whatif import changes_between
from xlperf.formula.values import decimal, number
from xlperf.problems import Where, problem
from xlperf.rounds.store import SCHEME_FOLDER
from xlperf.rules import RULES
from xlperf.scheme.load import folder_source
from xlperf.scheme.model import ColumnSpec, Scheme


def regulation(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Return a scheme as a person reads it: by clause who fills what and how it is worked out; what its check finds.

    Figures, readings and worked examples too. words: scheme, its name; or round, whose own copy is read.
    """
    path = scheme_named(words) if words.get("scheme") else desk.folder(worded(words, "round")) / SCHEME_FOLDER
    scheme, found = check_source(folder_source(path))
    findings = [p.data(desk.language) for p in found]
    if scheme is None:
        return {"title": path.name, "findings": findings, "clauses": [], "figures": [], "readings": [], "examples": []}
    plan, _ = compile_scheme(scheme)
    red = {dict(p.values).get("example") for p in found if p.code in EXAMPLE_CODES}
    return {
        "title": scheme.title,
        "document": scheme.document,
        "findings": findings,
        "clauses": _clauses(scheme, plan),
        "figures": [
            {"name": f.name, "title": f.title, "value": decimal(f.value), "basis": f.basis, "assumed": f.assumed}
            for f in scheme.figures.values()
        ],
        "readings": [
            {"id": r.id, "question": r.question, "basis": r.basis, "options": r.options, "adopted": r.adopted}
            for r in scheme.open_readings.values()
        ],
        "examples": [{"id": e.id, "basis": e.basis, "steps": e.steps, "red": e.id in red} for e in scheme.examples],
    }


def _clauses(scheme: Scheme, plan: Plan) -> list[Data]:
    """Group the columns by the clause they rest on, in the order in which the clauses are met first."""
    written = {(s.name, c.name): c for s in scheme.sheets for c in s.columns}
    found: dict[str, list[Data]] = {}
    for sheet in plan.sheets:
        for column in sheet.columns:
            if column.basis and not column.step:
                line = _line(sheet, column, written.get((sheet.name, column.name)))
                found.setdefault(column.basis, []).append(line)
    return [{"basis": basis, "lines": lines} for basis, lines in found.items()]


def _line(sheet: Sheet, column: Column, spec: ColumnSpec | None) -> Data:
    rule = RULES.get(spec.rule) if spec is not None and spec.rule else None
    return {
        "sheet": sheet.title,
        "title": column.title,
        "kind": column.kind,
        "by": column.by,
        "rule": rule.zh if rule is not None else "",
        "note": column.note,
        "measure": column.measure,
    }


def trial(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Return who would be affected if figures or readings were otherwise; the round is not touched.

    words: round; figures, name → decimal text; readings, id → option.
    """
    round_ = desk.round(worded(words, "round"))
    figures, readings = words.get("figures") or {}, words.get("readings") or {}
    if not isinstance(figures, Mapping) or not isinstance(readings, Mapping):
        raise Refused([problem("DESK_BAD_WORD", found="figures, readings")])
    changed = {}
    for name, text in figures.items():
        value = number(str(text).strip())
        if name not in round_.scheme.figures or value is None:
            raise Refused([problem("DESK_BAD_FIGURE", Where(path=f"figures.{name}"), found=str(text))])
        changed[name] = replace(round_.scheme.figures[name], value=value)
    other = replace(round_.scheme, figures={**round_.scheme.figures, **changed})
    plan, problems = compile_scheme(other, {**round_.readings, **readings})
    blocking(problems)
    tables = round_.tables()
    found = list(changes_between(score(round_.plan, tables), score(plan, tables)))
    return {
        "changes": [{**vars(c), "old": exact(c.old), "new": exact(c.new)} for c in found],
        "names": names_of(round_),
    }
