"""What goes wrong with returned files in a demonstration, on purpose: one mishap a unit."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from xlperf.demo.stage import Inputs, Spot
from xlperf.engine.plan import Plan, Row
from xlperf.formula.values import Value, shown
from xlperf.workbook.back.fill import Typed

Mishap = Literal[
    "words", "last_year", "neighbour", "pasted", "wide_figures", "pdf", "truncated", "twice", "locked", "percent"
]
# which unit of the list meets which mishap; a short list has fewer
AT: Mapping[int, Mishap] = {
    2: "words", 5: "last_year", 8: "neighbour", 11: "wide_figures", 14: "pdf", 17: "truncated", 20: "twice",
    23: "pasted", 26: "locked", 29: "percent",
}  # fmt: skip
HARMLESS = ("wide_figures", "twice")
NEVER_CORRECTED: Mishap = "truncated"  # this unit stays 未报, so that one is seen
_WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789."}  # the full-width form of a sign
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def spoiled(mishap: Mishap | None, values: dict[Spot, Typed], plan: Plan, rows: Mapping[tuple[str, str], Row]) -> None:
    """Change the values of a unit's book the way the mishap does."""
    numbers = [at for at in values if _is_number(plan, at) and not at[1].startswith("+")]
    scores = [at for at in numbers if _has_limit(plan, at)] or numbers
    if mishap == "words":
        values.update(zip(scores, ("九十五", None, "#REF!"), strict=False))
        if len(scores) >= 4:
            full = plan.by_name[scores[3][0]].of_role("full")
            high = rows[scores[3][:2]].get(full[0].name) if full else None
            values[scores[3]] = float(high + 5) if isinstance(high, Fraction) and _has_limit(plan, scores[3]) else -5.0
    elif mishap == "wide_figures" and len(scores) >= 2:
        values[scores[0]] = f"{shown(_fraction(values[scores[0]]))}{'分' if _has_limit(plan, scores[0]) else ''}"
        values[scores[1]] = shown(_fraction(values[scores[1]])).translate(_WIDE)
    elif mishap == "percent" and scores:
        values[scores[0]] = "95%"
    elif mishap == "locked" and scores:
        sheet, key, _ = scores[0]
        columns = plan.by_name[sheet]
        given = [c for c in (*columns.of_role("full"), *columns.columns) if c.kind == "fact"]
        for column in given:
            was = rows[sheet, key].get(column.name)
            if isinstance(was, Fraction):
                values[sheet, key, column.name] = float(was * 2)
                break


def typed(inputs: Inputs, plan: Plan) -> dict[Spot, Typed]:
    """Turn exact inputs into what a person types."""
    return {at: _typed(value) for at, value in inputs.items() if at[0] in plan.by_name}


def _typed(value: Value) -> Typed:
    return float(value) if isinstance(value, Fraction) else value


def _fraction(typed_: Typed) -> Fraction:
    return Fraction(f"{typed_:.15g}") if isinstance(typed_, float | int) else Fraction(0)


def _has_limit(plan: Plan, at: Spot) -> bool:
    return plan.by_name[at[0]].by_name[at[2]].high is not None


def _is_number(plan: Plan, at: Spot) -> bool:
    return plan.by_name[at[0]].by_name[at[2]].holds == "number"
