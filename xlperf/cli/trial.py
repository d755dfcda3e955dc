"""The command that tries one cell: what would change if it held something else. Nothing is written."""

from __future__ import annotations

from pathlib import Path

import click

from xlperf.cli.answers import (
    SHOWN_CHANGES,
    change_line,
    data_option,
    found_or_end,
    ground,
    round_option,
    scheme_option,
    scored,
)
from xlperf.cli.commands import json_option, reading_option
from xlperf.cli.language import say
from xlperf.cli.output import answer_json, fail, show_problems
from xlperf.engine.ask import Cell, cell_named
from xlperf.engine.live import Edit
from xlperf.engine.plan import Plan, Tables
from xlperf.engine.score import Scores, rows_of
from xlperf.engine.shapes import changes_data
from xlperf.engine.whatif import changes_if
from xlperf.entries.entry import Entry, judge_entries
from xlperf.problems import Problem, Where, errors, problem

CLEARED = ("空", "blank")  # words for a cell that is emptied


@click.command("whatif")
@click.argument("row")
@click.argument("column")
@click.argument("value")
@round_option
@scheme_option
@data_option
@reading_option
@json_option
def whatif_command(
    row: str,
    column: str,
    value: str,
    folder: Path | None,
    scheme_id: str | None,
    data: Path | None,
    readings: tuple[str, ...],
    json_: bool,
) -> None:
    """Show what would change if one cell held another value: score, place, award, pay. Nothing is written."""
    on = ground(folder, scheme_id, data, readings)
    scores, _ = scored(on)
    edit, problems = typed(scores, on.tables, found_or_end(cell_named(scores, row, column)), value)
    if edit is None:
        fail(errors(problems))
    changes = changes_if(scores, edit)
    if json_:
        click.echo(answer_json({"changes": changes_data(changes)}, problems))
        return
    for change in changes[:SHOWN_CHANGES]:
        click.echo(change_line(change, {str(code): name for code, name in scores.unit_names.items()}))
    if len(changes) > SHOWN_CHANGES:
        more = len(changes) - SHOWN_CHANGES
        click.echo(say(f"……还有 {more} 处（--json 全部列出）", f"… {more} more (--json lists all)"))
    if not changes:
        click.echo(say("得分、名次、奖项、金额都不变", "no score, place, award or amount changes"))
    show_problems(problems)


def typed(scores: Scores, tables: Tables, cell: Cell, text: str) -> tuple[Edit | None, list[Problem]]:
    """Return what typing a text into a cell does, judged as any cell is; None where it may not stand there."""
    sheet, key, name = scores.plan.by_name[cell[0]], cell[1], cell[2]
    column = sheet.by_name[name]
    where = Where(sheet=sheet.title, path=f"{key} {column.title}")
    if column.kind != "input":
        return None, [problem("TRIAL_NOT_TYPED", where, title=column.title)]
    if sheet.table in makers(scores.plan):
        return None, [problem("TRIAL_MAKES_ROWS", where, title=column.title)]
    whole = {table: [dict(r) for r in rows] for table, rows in tables.items()}
    row = next(r for r in rows_of(scores.plan, whole)[sheet.name] if r[sheet.key.name] == key)
    entry = Entry(sheet, column, row, "" if text in CLEARED else text, where, needed=False)
    judge_entries(scores.plan, whole, [entry])
    wrong = bool(errors(entry.problems))
    return None if wrong else Edit(sheet.name, key, name, entry.value), entry.problems


def makers(plan: Plan) -> set[str]:
    """Return the tables that rows of others are made from: another value there may make other rows."""
    return {t.table for made in plan.made.values() for t in (made.each, made.other) if t is not None}
