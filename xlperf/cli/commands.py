"""What commands have in common: options and looks. A command itself stands beside its like, listed in `cli/door.py`."""

from __future__ import annotations

from itertools import groupby

import click

from xlperf.cli import output
from xlperf.cli.output import say
from xlperf.engine.ranked import ranked_lists
from xlperf.engine.score import Scores
from xlperf.problems import Problem, errors
from xlperf.report.ranking import Places, in_words
from xlperf.scheme.load import find_scheme, load_scheme
from xlperf.scheme.model import Scheme
from xlperf.wording import several
from xlperf.xlsx.skeleton import UNPLACED


def opened(id_or_path: str) -> tuple[Scheme, list[Problem]]:
    """Load a scheme or end the command with every problem shown."""
    path, problems = find_scheme(id_or_path)
    scheme = None
    if path is not None:
        scheme, problems = load_scheme(path)
    if scheme is None or errors(problems):
        output.fail(problems)
    return scheme, problems


def chosen(readings: tuple[str, ...]) -> dict[str, str]:
    """Read `--reading name=option` words."""
    pairs = [r.partition("=") for r in readings]
    for name, sign, option in pairs:
        if not sign or not name or not option:
            raise click.BadParameter(say("写作 口径=选项", "write reading=option"), param_hint="--reading")
    return {name: option for name, _, option in pairs}


reading_option = click.option(
    "--reading", "readings", multiple=True, metavar="NAME=OPTION", help="Score under another reading (口径)."
)
despite_option = click.option("--despite", default="", metavar="REASON", help="Use a scheme whose check is red.")


def _note_json(context: click.Context, _: click.Parameter, value: bool) -> bool:
    context.meta[output.AS_JSON] = value
    return value


json_option = click.option(
    "--json", "json_", is_flag=True, is_eager=True, callback=_note_json, help="Print JSON with exact decimals."
)


def print_ranking(scores: Scores, before: Places | None = None) -> None:
    """Print every ranked list of a scored plan. before: the places of an earlier list, for who moved since."""
    titles = {(r.sheet, r.title): scores.plan.by_name[r.sheet].by_name[r.score].title for r in scores.plan.rankings}
    for (title, group), some in groupby(ranked_lists(scores), key=lambda r: (r.title, r.group)):
        click.echo(f"\n{title}　{group}" if title != group else f"\n{title}")
        lines = list(some)
        heads = [say("名次", "rank"), say("代码", "code"), say("单位", "unit"), titles[lines[0].sheet, title]]
        rows = [[r.place or UNPLACED, r.key, r.called, r.points] for r in lines]
        moved = [_moved(r.moved(before or {})) for r in lines]
        remarks = [r.remark for r in lines]
        for head, said in ((say("变动", "moved"), moved), (say("备注", "remarks"), remarks)):
            if any(said):
                heads.append(head)
                rows = [[*row, text] for row, text in zip(rows, said, strict=True)]
        click.echo(output.table(rows, heads))


def _moved(rose: int | None) -> str:
    return say(in_words(rose), f"{'up' if rose > 0 else 'down'} {abs(rose)}") if rose else ""


def moves_summary(scores: Scores, before: Places) -> str:
    """Return on one line how many moved since the list that was written last; "" where there was none."""
    if not before:
        return ""
    count = sum(bool(line.moved(before)) for line in ranked_lists(scores))
    if not count:
        return say("与上次计分相比，名次没有变动", "no place changed since the last scoring")
    return say(
        f"与上次计分相比，{count}个名次有变动，见“变动”一列",
        f"since the last scoring {several(count, 'place')} changed: see “moved”",
    )
