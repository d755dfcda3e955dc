"""Random rounds of a scheme whose results are frozen: a digest a column, over a few rounds and over many.

Every value is drawn from a seed made of its own place (round, sheet, row, column), so that a column that is
added or taken away changes no other draw. Nothing of the demonstration is used.

    make golden                           compares the many and says what differs (the same without --freeze)
    PYTHONPATH=tests python -m kit.golden --freeze [ID]  writes tests/golden anew, once somebody decided that it changes
"""

from __future__ import annotations

import csv
import hashlib
import sys
from fractions import Fraction
from pathlib import Path
from random import Random

from kit.masters import laid_out
from xlperf.engine.plan import Column, Plan, Sheet
from xlperf.engine.score import Scores, rows_of, score
from xlperf.formula.evaluate import of_row
from xlperf.formula.expression import columns_of
from xlperf.formula.values import EXEMPT, Value, decimal
from xlperf.parallel import shared_out
from xlperf.scheme.load import schemes_available

FOLDER = Path(__file__).parents[1] / "golden"
SCHEMES = tuple(sorted(file.stem for file in FOLDER.glob("*.csv")))  # those that were frozen
ROUNDS, FEW = 100, 4  # of a whole comparison, and of the one in every test run
LEDGER_ROWS = 12  # of each sheet that grows
DIGITS = 12  # of a digest

Rows = list[dict[str, Value]]


def random_tables(name: str, number: int) -> tuple[Plan, dict[str, Rows]]:
    """Return a scheme's plan and its tables with every input drawn, some left empty, and rows in every ledger."""
    scheme, plan = laid_out(name)
    tables = {table: [dict(row) for row in rows] for table, rows in scheme.tables.items()}
    units = [row["code"] for row in tables["units"]]
    for sheet in (s for s in plan.sheets if s.grows):
        for i in range(LEDGER_ROWS):
            random = Random(f"{number}|{sheet.name}|{i}")
            key: Value = f"{sheet.name}{i}" if sheet.key.holds == "text" else Fraction(9000 + i)
            whose = {sheet.unit: random.choice(units)} if sheet.unit else {}
            tables.setdefault(sheet.table, []).append({sheet.key.name: key, **sheet.where, **whose})
    for sheet in plan.sheets:
        for row in rows_of(plan, tables)[sheet.name]:
            for column in sheet.inputs():
                if column.name != sheet.unit:
                    seed = f"{number}|{sheet.name}|{row.get(sheet.key.name)}|{column.name}"
                    row[column.name] = _drawn(Random(seed), column, sheet, row, tables)
    return plan, tables


def _drawn(random: Random, column: Column, sheet: Sheet, row: dict[str, Value], tables: dict[str, Rows]) -> Value:
    if random.random() < 0.05:
        return None
    if column.exempt and random.random() < 0.05:
        return EXEMPT
    if column.choices:
        return random.choice(column.choices)
    if column.offers:
        keys = [next(iter(r.values())) for r in tables.get(column.offers, [])]
        return random.choice(keys) if keys else None
    if column.holds == "text":
        return random.choice(("甲", "乙", "丙"))
    if column.holds == "date":
        return Fraction(44000 + random.randrange(800))
    low, high = (_limit(e, row) for e in (column.low, column.high))
    low = Fraction(0) if low is None else low
    high = _near(row) if high is None else high
    return low + (max(high, low) - low) * Fraction(random.randint(0, 20), 20)  # limits and steps are met often


def _limit(e: object, row: dict[str, Value]) -> Fraction | None:
    if e is None or any(row.get(name) is None for name in columns_of(e)):
        return None
    value = of_row(e, row)
    return value if isinstance(value, Fraction) else None


def _near(row: dict[str, Value]) -> Fraction:
    target = row.get("target")
    return target * Fraction(3, 2) if isinstance(target, Fraction) and target > 0 else Fraction(20)


def digests(name: str, rounds: int = ROUNDS) -> dict[str, str]:
    """Return sheet.column → digest of every value of it in the rounds, computed columns only."""
    found: dict[str, hashlib._Hash] = {}
    for texts in shared_out(_round_of, name, range(rounds), few=FEW):
        for at, text in texts.items():
            found.setdefault(at, hashlib.sha256()).update(text)
    return {at: digest.hexdigest()[:DIGITS] for at, digest in found.items()}


def _round_of(name: str, number: int) -> dict[str, bytes]:
    """Return sheet.column → every value of it in one round."""
    plan, tables = random_tables(name, number)
    scores = score(plan, tables)
    return {f"{sheet.name}.{column.name}": _text(scores, sheet, column) for sheet, column in plan.computed()}


def _text(scores: Scores, sheet: Sheet, column: Column) -> bytes:
    values = scores.column(sheet.name, column.name)
    return "\n".join("" if v is None else v if isinstance(v, str) else decimal(v) for v in values).encode() + b"\0"


def frozen(name: str, rounds: int) -> dict[str, str]:
    """Return the digests that were frozen, over so many rounds."""
    return {row["column"]: row[f"rounds_{rounds}"] for row in _lines(name)}


def most(name: str) -> int:
    """Return over how many rounds the digests of a scheme were frozen."""
    return max(int(heading.removeprefix("rounds_")) for heading in _lines(name)[0] if heading.startswith("rounds_"))


def _lines(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def freeze(name: str) -> None:
    """Write the digests of a scheme."""
    few, all_ = digests(name, FEW), digests(name)
    lines = [f"column,rounds_{FEW},rounds_{ROUNDS}", *(f"{at},{few[at]},{all_[at]}" for at in sorted(few))]
    (FOLDER / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """Freeze the schemes that are named, or all; or compare every one and leave with 1 where a column differs."""
    if "--freeze" in sys.argv:
        named = [word for word in sys.argv[1:] if not word.startswith("-")]
        for name in named or [path.name for path in schemes_available()]:
            freeze(name)
        return
    differing = False
    for name in SCHEMES:
        was, now = frozen(name, most(name)), digests(name, most(name))
        changed = [at for at in sorted({*was, *now}) if was.get(at) != now.get(at)]
        differing = differing or bool(changed)
        print(f"{name}: {most(name)} rounds, {len(now)} columns, {len(changed)} differ {changed or ''}", flush=True)
    sys.exit(differing)


if __name__ == "__main__":
    main()
