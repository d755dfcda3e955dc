"""Commands for suppositions over a whole round: weights a little otherwise; a frozen round's data under a scheme."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import click

from xlperf.cli import output
from xlperf.cli.answers import opened_with
from xlperf.cli.chain import folder_argument
from xlperf.cli.commands import json_option, opened
from xlperf.cli.output import answer_json, leave, say, show_problems
from xlperf.files import write_whole
from xlperf.formula.values import Value, shown
from xlperf.problems import errors

_EACH = 250  # draws between two lines of progress


@click.command("robust")
@folder_argument
@click.option("--by", default="10", show_default=True, metavar="PERCENT", help="How far a weight moves at most.")
@click.option("--draws", type=click.IntRange(1, 1_000_000), default=10_000, show_default=True, help="How many draws.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same draws.")
@click.option("--write", is_flag=True, help="Also a workbook beside the office's lists.")
@json_option
def robust_command(folder: Path, by: str, draws: int, seed: int, write: bool, json_: bool) -> None:
    """Show how often everybody keeps place and awards while the weights move a little."""
    from xlperf.engine.robust import robustness  # only here: it needs numpy
    from xlperf.publish import trials

    share = _share(by)
    round_, opening = opened_with(folder)
    scores = round_.scores()

    def progress(done: int, total: int) -> None:
        if done % _EACH == 0 or done == total:
            output.progress(done, total, "权重变动：")

    kept = robustness(scores, share, draws, seed, progress)
    lines = trials.robust_lines(scores, kept)
    if json_:
        rows = [{**vars(k), "ranking": k.ranking.sheet, "same": float(k.same), "award": float(k.award)} for k in kept]
        named = [{"unit": line[0], **row} for line, row in zip(lines, rows, strict=True)]
        click.echo(answer_json({"by": float(share), "draws": draws, "seed": seed, "kept": named}, []))
    else:
        heads = (say("单位", "unit"), say("组别", "group"), say("名次", "place"), say("最好", "best"),
                 say("最差", "worst"), say("九成情形在", "nine in ten"), say("名次不变", "same place"),
                 say("奖惩不变", "same awards"))  # fmt: skip
        click.echo(say("变动的是：", "what moves: ") + trials.weights_said(scores.plan))
        click.echo(output.table([[_text(v) for v in line] for line in lines], heads))
    if write:
        document = trials.robust_document(scores, kept, share, draws, seed, date.today())
        click.echo(f"{say('已写出', 'written')} {folder / trials.write_trial(document, round_)}", err=True)
    leave(opening)


def _share(text: str) -> Fraction:
    try:
        share = Fraction(text.strip().removesuffix("%")) / 100
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share < 1:
        said = say("写0到100之间的数，如 10 或 10%", "write a number between 0 and 100, such as 10 or 10%")
        raise click.BadParameter(said, param_hint="--by")
    return share


def _text(value: Value) -> str:
    return shown(value, 4) if isinstance(value, Fraction) else value or "—"


@click.command("backtest")
@click.argument("scheme_id")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Also a workbook of it.")
@json_option
def backtest_command(scheme_id: str, folder: Path, out: Path | None, json_: bool) -> None:
    """Show what a scheme would have made of the data of a frozen round. Nothing of the round is touched."""
    from xlperf.publish import trials  # only here: it needs the libraries of spreadsheets
    from xlperf.rounds.backtest import backtest
    from xlperf.rounds.chain import frozen_of
    from xlperf.rounds.store import open_round

    found, problems = frozen_of([folder])
    if errors(problems):
        output.fail(problems)
    scheme, _ = opened(scheme_id)
    round_, _ = open_round(folder)
    done = backtest(scheme, found[0], round_.earlier if round_ is not None else ())
    if done.scores is None:
        output.fail(list(done.problems))
    lines = trials.backtest_lines(done.scores, done)
    if json_:
        names = ("unit", "group", "was_place", "place", "was_score", "score", "moved")
        rows = [dict(zip(names, [_plain(v) for v in line], strict=True)) for line in lines]
        click.echo(answer_json({"round": found[0].results.round, "lines": rows}, done.problems))
    else:
        show_problems(done.problems)
        heads = (say("单位", "unit"), say("组别", "group"), say("当年名次", "place then"), say("按本方案", "now"),
                 say("当年得分", "score then"), say("按本方案得分", "score now"), say("名次变动", "moved"))  # fmt: skip
        click.echo(output.table([[_text(v) for v in line] for line in lines], heads))
    if out is not None:
        document = trials.backtest_document(done.scores, done, found[0].words, date.today())
        write_whole(out, trials.trial_bytes(document))
        click.echo(f"{say('已写出', 'written')} {out}", err=True)
    leave(done.problems)


def _plain(value: Value) -> str | None:
    return None if value is None else shown(value) if isinstance(value, Fraction) else value
