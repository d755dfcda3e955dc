"""Commands that look back on a round: verify it, undo the last step, choose the version that counts."""

from __future__ import annotations

from pathlib import Path

import click

from xlperf.cli.answers import opened_with
from xlperf.cli.commands import json_option
from xlperf.cli.output import answer_json, called, fail, leave, say, show_problems
from xlperf.problems import errors
from xlperf.publish.verify import verified
from xlperf.rounds.collecting.lifted import lift
from xlperf.rounds.undo import undo
from xlperf.rounds.versions import choose, versions
from xlperf.wording import several

folder_argument = click.argument("folder", type=click.Path(path_type=Path), default=".")


@click.command("verify")
@folder_argument
@click.option("--anchor", default="", metavar="CODE", help="The code printed on a published ranking.")
@click.option("--code", default="", metavar="CODE", help="The code printed on a page.")
@click.option("--sheet", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The copy in hand.")
@json_option
def verify_command(folder: Path, anchor: str, code: str, sheet: Path | None, json_: bool) -> None:
    """Hold a round against itself: chain, key, kept files, accepted cells, published ranking; or a printed page."""
    if sheet is not None and not code:
        raise click.UsageError(say("--sheet 要和 --code 同用", "--sheet goes with --code"))
    if code:
        _verify_code(folder, code, sheet, json_=json_)
        return
    count, problems = verified(folder, anchor)
    if json_:
        click.echo(answer_json({"checked": count}, problems))
    else:
        show_problems(problems)
        if not any(p.severity != "note" for p in problems):
            click.echo(
                say(
                    f"核验通过：{count}项与台账一致",
                    f"verified: {several(count, 'item agrees', 'items agree')} with the ledger",
                )
            )
    leave(problems)


def _verify_code(folder: Path, code: str, copy: Path | None, *, json_: bool) -> None:
    """Check whether a printed page agrees with what was published and with the ledger today."""
    from xlperf.publish.codes import code_problems

    round_, opening = opened_with(folder)
    sheet, problems = code_problems(round_, code, copy)
    if json_:
        click.echo(answer_json({"sheet": sheet or None, "matches": not problems}, problems))
    else:
        show_problems(problems)
        if not problems:
            click.echo(say(f"一致：{code} 是“{sheet}”，与台账相符", f"it agrees with the ledger: {code} is {sheet}"))
    leave([*opening, *problems])


@click.command("undo")
@folder_argument
@json_option
def undo_command(folder: Path, json_: bool) -> None:
    """Undo the last acceptance, choice or reason by a new entry; run again to go further back."""
    round_, opening = opened_with(folder)
    done, problems = undo(round_)
    if done is None:
        fail(problems)
    show_problems(problems)
    what = done.file or done.kind
    if json_:
        answer = {"undone": done.number, "kind": done.kind, "file": done.file}
        click.echo(answer_json(answer, problems))
        leave([*opening, *problems])
        return
    click.echo(say(f"已撤销台账第{done.number}笔：{what}", f"undone: entry {done.number} of the ledger, {what}"))
    click.echo(f"{say('下一步：', 'next: ')}{called('score', folder)}", err=True)
    leave([*opening, *problems])


@click.command("choose")
@folder_argument
@click.argument("file", default="")
@json_option
def choose_command(folder: Path, file: str, json_: bool) -> None:
    """List the versions of books that came more than once, or put one of them in force."""
    round_, opening = opened_with(folder)
    problems = choose(round_, file) if file else []
    if errors(problems):
        fail(problems)
    show_problems(problems)
    if json_:
        listed = [
            {"name": v.name, "at": v.at, "sha256": v.sha256, "file": v.file, "counts": v.counts}
            for v in versions(round_)
        ]
        click.echo(answer_json({"versions": listed}, problems))
        leave([*opening, *problems])
        return
    for number, version in enumerate(versions(round_), 1):
        sign = "*" if version.counts else " "
        click.echo(f"{sign}{number}　{version.name}　{version.at[:16]}　{version.sha256[:8]}　{version.file}")
    leave([*opening, *problems])


@click.command("lift")
@folder_argument
@click.argument("file")
@json_option
def lift_command(folder: Path, file: str, json_: bool) -> None:
    """Lift what is right in a held file into a fresh book, with a list of the rest."""
    round_, opening = opened_with(folder)
    done, problems = lift(round_, file)
    if done is None:
        fail(problems)
    show_problems(problems)
    if json_:
        answer = {"lifted": done.count, "left": len(done.left), "book": str(done.book), "rest": str(done.rest)}
        click.echo(answer_json(answer, problems))
        leave([*opening, *problems])
        return
    click.echo(
        say(f"搬入{done.count}格：{folder / done.book}", f"{several(done.count, 'cell')} lifted: {folder / done.book}")
    )
    click.echo(say(f"没有搬入{len(done.left)}处：{folder / done.rest}", f"{len(done.left)} left: {folder / done.rest}"))
    leave([*opening, *problems])
