"""Commands for a chain of rounds: freeze the results of one, show what a round is built on."""

from __future__ import annotations

from pathlib import Path

import click

from xlperf.cli.answers import opened_with
from xlperf.cli.commands import json_option
from xlperf.cli.output import answer_json, as_json, called, leave, say, show_problems
from xlperf.rounds.freeze import Freezing, freeze, reopen
from xlperf.rounds.frozen import SHORT
from xlperf.rounds.history import Link, history_of
from xlperf.wording import several

folder_argument = click.argument("folder", type=click.Path(path_type=Path), default=".")


@click.command("freeze")
@folder_argument
@click.option("--reopen", "reason", default=None, metavar="REASON", help="Go on with a frozen round; say why.")
@json_option
def freeze_command(folder: Path, reason: str | None, json_: bool) -> None:
    """Freeze the results of a round; of a frozen one, say whether it would come out the same today."""
    from xlperf.rounds.lacking import unsettled  # only here: it needs the libraries of spreadsheets

    round_, opening = opened_with(folder)
    if reason is not None:
        problems = reopen(round_, reason)
        show_problems(problems)
        if json_:
            click.echo(answer_json({"reopened": not problems}, problems))
        elif not problems:
            click.echo(say(f"已重开：{folder}。封存过的结果仍在 frozen/ 里", f"reopened: {folder}"))
        leave([*opening, *problems])
        return
    closed = round_.state().closed
    done = freeze(round_, [] if closed else unsettled(round_, round_.scores()))
    if json_:
        click.echo(answer_json(_freezing_data(done), done.problems))
    else:
        show_problems(done.problems)
        _print_freezing(done, folder)
    leave([*opening, *done.problems])


def _print_freezing(done: Freezing, folder: Path) -> None:
    sha = done.sha256[:SHORT]
    if done.file is not None:
        click.echo(say(f"已封存：{folder / done.file}　校验值 {sha}", f"frozen: {folder / done.file}  digest {sha}"))
        after = called("new", "…", "--after", folder)
        click.echo(say(f"下一轮：{after}", f"the next round: {after}"), err=True)
    elif sha and not done.differences:
        same = f"已封存，重算结果完全相同　校验值 {sha}"
        click.echo(say(same, f"frozen already, and the same worked out again  digest {sha}"))


def _freezing_data(done: Freezing) -> dict[str, object]:
    return {
        "file": None if done.file is None else done.file.as_posix(),
        "sha256": done.sha256,
        "differences": [{**vars(d), "was": _text(d.was), "now": _text(d.now)} for d in done.differences],
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


@click.command("history")
@folder_argument
@click.argument("unit", required=False)
@json_option
def history_command(folder: Path, unit: str | None, json_: bool) -> None:
    """Show the chain of rounds that a round is built on; or every number's life of a unit."""
    round_, opening = opened_with(folder)
    if unit is not None:
        from xlperf.cli.lives import show_life  # only here: it needs the libraries of spreadsheets

        show_life(round_, unit, opening, json_=json_)
        return
    links = history_of(round_)
    if json_:
        click.echo(as_json([link.data() for link in links]))
        leave(opening)
        return
    for link in links:
        _print_link(link)
    problems = [p for link in links for p in link.problems]
    show_problems(problems)
    leave([*opening, *problems])


def _print_link(link: Link) -> None:
    """Print one round of the chain: name, round, digest, and what the round above it takes."""
    indent = "  " * link.depth
    state = f"{say('校验值', 'digest')} {link.sha256[:SHORT]}"
    if not link.sha256:
        state = say("封存的结果有问题", "frozen results not in order") if link.problems else say("未封存", "open")
    dated = f"　{say('封存于', 'frozen')} {link.at}" if link.at else ""
    click.echo(f"{indent}{link.name}　{say('轮次', 'round')} {link.round}　{state}{dated}")
    for taken in link.taken:
        rows = say(f"{taken.rows}行", several(taken.rows, "row"))
        click.echo(f"{indent}  → {taken.title}：{'、'.join(taken.columns)}　{rows}")
