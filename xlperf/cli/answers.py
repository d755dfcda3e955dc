"""Commands that score and explain, from a round or from a folder of CSV files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click

from xlperf.cli import output
from xlperf.cli.commands import (
    chosen,
    despite_option,
    json_option,
    moves_summary,
    opened,
    print_ranking,
    reading_option,
)
from xlperf.cli.language import language
from xlperf.cli.output import answer_json, as_json, called, leave, say, show_problems
from xlperf.cli.reasons import answer_lines, reason_lines
from xlperf.engine.ask import answer, cell_named, reader_named
from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Tables
from xlperf.engine.refused import refused_rows
from xlperf.engine.roles import warned_rows
from xlperf.engine.roster import Roster
from xlperf.engine.score import Scores, score
from xlperf.engine.shapes import effects_data, ranking_data, scores_data
from xlperf.engine.whatif import Change, compare_readings
from xlperf.entries.folder import read_data
from xlperf.formula.values import shown
from xlperf.formula.words import spoken
from xlperf.problems import Problem, errors
from xlperf.report.explanation import Answer
from xlperf.report.ranking import Places
from xlperf.rounds.clearance import NotCleared, cleared, seen_red
from xlperf.rounds.store import Round, answered, open_round
from xlperf.scheme.model import Scheme

T = TypeVar("T")

round_option = click.option(
    "--round", "folder", type=click.Path(path_type=Path), help="The folder of a round; left out, this folder."
)
scheme_option = click.option("--scheme", "scheme_id", help="A scheme, with --data.")
data_option = click.option(
    "--data", type=click.Path(path_type=Path, exists=True, file_okay=False), help="A folder of CSV files."
)

WHOLE = 9  # steps of the whole tree
SHOWN_CHANGES = 20  # on the screen; --json lists all


def opened_round(folder: Path, despite: str = "") -> Round:
    """Open a round, or end the command, with every problem shown; see `opened_with`."""
    return opened_with(folder, despite)[0]


def opened_with(folder: Path, despite: str = "") -> tuple[Round, list[Problem]]:
    """Open a round and show what is to be said about it, or end the command; return both.

    despite: why the round goes on although the check of its scheme is red; it is recorded.
    """
    found, problems = open_round(folder)
    if found is not None and despite and not errors(problems):
        found, more = answered(found, despite)
        problems += more
    if found is None or errors(problems):
        output.fail(problems)
    show_problems(problems, quiet_notes=True)
    if (context := click.get_current_context(silent=True)) is not None:
        context.meta[output.CONCERNED] = any(p.severity == "warning" for p in problems)
    return found, problems


def home_of(folder: Path | None, scheme_id: str | None, data: Path | None) -> Path | None:
    """Return the folder of the round that is meant, None for a scheme with a folder of CSV files."""
    if folder is None and scheme_id is None and Path("round.yaml").exists():
        folder = Path()
    if (folder is None) == (scheme_id is None) or (scheme_id is not None and data is None):
        raise click.UsageError(
            say(
                "写轮次文件夹，或者 --scheme 方案 --data 文件夹",
                "name the folder of a round, or --scheme ID --data DIR",
            )
        )
    return folder


@dataclass(frozen=True)
class Ground:
    """What a question is asked about: a round, or a folder of CSV files under a scheme.

    adopted: reading → option where it is not the scheme's. problems: of the CSV files. round_: None where there is none
    """

    scheme: Scheme
    tables: Tables
    adopted: dict[str, str]
    problems: list[Problem]
    round_: Round | None


def ground(folder: Path | None, scheme_id: str | None, data: Path | None, readings: tuple[str, ...]) -> Ground:
    """Open a round, or a folder of CSV files under a scheme, once for all that is asked of it."""
    home = home_of(folder, scheme_id, data)
    if home is not None:
        round_ = opened_round(home)
        return Ground(round_.scheme, round_.tables(), {**round_.readings, **chosen(readings)}, [], round_)
    scheme, _ = opened(str(scheme_id))
    adopted = chosen(readings)
    tables, problems = read_data(scheme, Path(str(data)), adopted)
    return Ground(scheme, tables, adopted, problems, None)


def scored(on: Ground, *, despite: str | None = None) -> tuple[Scores, list[Problem]]:
    """Score what a question is asked about; end the command where that cannot be done.

    despite: why a red scheme is used; None to look only, where nothing is given out.
    """
    plan, problems = compile_scheme(on.scheme, on.adopted)
    if errors(problems):
        output.fail(problems)
    if despite is not None:
        plan, standing = cleared(on.scheme, plan, despite)
        if errors(standing):
            raise NotCleared(standing)
        problems += standing
    return score(plan, on.tables), [*problems, *on.problems]


@click.command("score")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@scheme_option
@data_option
@reading_option
@json_option
@despite_option
@click.option(
    "--functions",
    type=click.Choice(["native", "xp"]),
    default="native",
    show_default=True,
    help="Formulas of the 总表: native ones, or XP_ functions where the add-in is installed.",
)
@click.option("--split", is_flag=True, help="Write the 总表 in parts, a book for every unit.")
def score_command(
    folder: Path | None,
    scheme_id: str | None,
    data: Path | None,
    readings: tuple[str, ...],
    json_: bool,
    functions: str,
    split: bool,
    despite: str,
) -> None:
    """Score and rank the round in FOLDER, or a folder of CSV files under a scheme.

    A round is also written out: out/总表.xlsx with live formulas and out/排名.csv.
    """
    from xlperf.publish.results import publish_parts, publish_scores  # only here: they need spreadsheet libraries
    from xlperf.rounds.lacking import unsettled

    home = home_of(folder, scheme_id, data)
    opening: list[Problem] = []
    before: Places = {}
    if home is None or readings:
        scores, problems = scored(ground(folder, scheme_id, data, readings), despite=despite)
        problems = [*problems, *warned_rows(scores), *refused_rows(scores)]
    else:
        round_, opening = opened_with(home, despite)
        output.progress(0, 1, "计分")
        published = (publish_parts if split else publish_scores)(round_, native=functions == "native")
        output.progress(1, 1, "计分")
        scores, before = published.scores, published.before
        problems = [*published.problems, *unsettled(round_, scores, published.problems)]
        for file in published.files:
            click.echo(f"{say('已写出', 'written')} {home / file}", err=True)
    if json_:
        answers = {**scores_data(scores), "ranking": ranking_data(scores, before)}
        click.echo(answer_json(answers, [*opening, *problems]))
    else:
        print_ranking(scores, before)
        click.echo(moves_summary(scores, before), nl=bool(before), err=True)
        show_problems(problems)
    leave([*opening, *problems])


@click.command()
@click.argument("unit")
@click.argument("column", required=False)
@round_option
@scheme_option
@data_option
@reading_option
@json_option
@click.option("--full", is_flag=True, help="Print the whole tree.")
@click.option("--depth", type=click.IntRange(min=0), help="Print the whole tree, so many steps deep.")
@click.option("--for", "reader", help="As this unit or person may read it.")
def explain(
    unit: str,
    column: str | None,
    folder: Path | None,
    scheme_id: str | None,
    data: Path | None,
    readings: tuple[str, ...],
    json_: bool,
    full: bool,
    depth: int | None,
    reader: str | None,
) -> None:
    """Show why: result, arithmetic, clauses, what is missing and where points were lost; or the whole tree."""
    on = ground(folder, scheme_id, data, readings)
    scores, problems = scored(on)
    show_problems(_looked_at(on))
    cell = found_or_end(cell_named(scores, unit, column))
    eyes = found_or_end(reader_named(scores, reader)) if reader is not None else None
    with spoken(language()):
        found = answer(scores, cell, WHOLE if depth is None else depth, eyes)
        if on.round_ is not None:
            found = saying_who_typed(found, on.round_)
    if json_:
        click.echo(as_json(found.data()))
    elif full or depth is not None:
        click.echo("\n".join(reason_lines(found.tree, WHOLE if depth is None else depth)))
    else:
        click.echo("\n".join(answer_lines(found)))
        again = called(
            "explain",
            unit,
            *([column] if column else []),
            *_where(folder, scheme_id, data),
            *(["--for", reader] if reader else []),
            "--full",
        )
        click.echo(f"{say('逐步推算：', 'every step: ')}{again}", err=True)
    show_problems([p for p in errors(problems) if p.code != "MISSING"])  # the answer names those that it needs


def found_or_end(asked: T | Problem) -> T:
    """Return what was asked for; end the command, with the problem shown, where there is no such thing."""
    if isinstance(asked, Problem):
        output.fail([asked])
    return asked


def saying_who_typed(found: Answer, round_: Round) -> Answer:
    """Return an answer that says where the office typed for another."""
    from xlperf.rounds.stood_in import with_who_typed

    return with_who_typed(
        found, round_, lambda who: say(f"{who}没有报送，由办公室代填", f"typed by the office: {who} sent nothing")
    )


def _looked_at(on: Ground) -> list[Problem]:
    """List that the check of a scheme is red, where it is only looked at with a folder of CSV files."""
    return seen_red(on.scheme) if on.round_ is None else []


def _where(folder: Path | None, scheme_id: str | None, data: Path | None, reader: str | None = None) -> list[object]:
    """Return the options that lead to the same scores again."""
    given = (("--round", folder), ("--scheme", scheme_id), ("--data", data), ("--for", reader))
    return [word for option, value in given if value is not None for word in (option, value)]


@click.command("readings")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@scheme_option
@data_option
@reading_option
@json_option
def readings_command(
    folder: Path | None, scheme_id: str | None, data: Path | None, readings: tuple[str, ...], json_: bool
) -> None:
    """Compare every reading (口径): whose score, place, award or pay another option would change."""
    on = ground(folder, scheme_id, data, readings)
    show_problems(_looked_at(on))
    effects = compare_readings(on.scheme, on.tables, on.adopted, output.progress)
    if json_:
        click.echo(as_json(effects_data(effects, language())))
        return
    names = Roster(compile_scheme(on.scheme, on.adopted)[0], on.tables, on.scheme.office).units
    if not effects:
        click.echo(say("这份方案没有待定的口径", "this scheme leaves no reading open"))
    for e in effects:
        click.echo(f"\n{e.reading.question}〔{e.reading.basis}〕")
        click.echo(f"  {e.reading.id}={e.option}　{e.reading.options[e.option]}")
        for c in e.totals:
            click.echo(f"  {c.unit}　{c.title}：{shown(c.old, 2)} → {shown(c.new, 2)}")
        if not e.changes:
            click.echo(say("  没有单位受影响", "  nobody is affected"))
        for c in e.changes[:SHOWN_CHANGES]:
            click.echo(f"  {change_line(c, names)}")
        if len(e.changes) > SHOWN_CHANGES:
            more = len(e.changes) - SHOWN_CHANGES
            click.echo(say(f"  ……还有 {more} 处（--json 全部列出）", f"  … {more} more (--json lists all)"))
    show_problems(errors(on.problems))


def change_line(c: Change, names: dict[str, str]) -> str:
    """Write one change: unit, column, old and new."""
    return f"{names.get(c.unit, c.unit)}　{c.title}：{shown(c.old)} → {shown(c.new)}"
