"""The life of a unit's numbers, and the stages that were signed off, as a terminal shows them."""

from __future__ import annotations

from pathlib import Path

import click

from xlperf.cli import output
from xlperf.cli.answers import opened_with
from xlperf.cli.commands import json_option
from xlperf.cli.output import answer_json, leave, say, show_problems
from xlperf.engine.ask import objects_named, unknown_unit
from xlperf.problems import Problem, errors
from xlperf.rounds.lives import Happened, life_of
from xlperf.rounds.stages import STAGES, sign, signed_stages, stage_problems
from xlperf.rounds.store import Round

_ENGLISH = {
    "发出": "issued",
    "收到，未收下": "came, not accepted",
    "收到，后来撤销": "came, withdrawn later",
    "填报": "filled in",
    "改为": "changed",
    "申请复核": "review asked for",
    "复核改定": "changed on review",
    "复核维持": "upheld on review",
    "发布": "published",
    "封存": "frozen",
}


def show_life(round_: Round, unit: str, opening: list[Problem], *, json_: bool) -> None:
    """Print what happened to the numbers of a unit; end the command where there is none of that name."""
    scores = round_.scores()
    found = objects_named(scores, unit)
    if not found:
        output.fail([unknown_unit(scores, unit)])
    happened = life_of(round_, scores, found[0][0])
    if json_:
        click.echo(answer_json({"history": [{**h.data(), "what": _what(h)} for h in happened]}, opening))
        leave(opening)
        return
    for h in happened:
        change = f"{h.old or say('空', 'blank')} → {h.new}" if h.title else ""
        where = " ".join(t for t in (h.file, h.cell) if t)
        about = "　".join(t for t in (h.who, h.item, h.title, change, where, h.reason) if t)
        click.echo(f"{h.number:>4}　{h.at[:16].replace('T', ' ')}　{_what(h)}　{about}")
    leave(opening)


def _what(happened: Happened) -> str:
    return say(happened.what, _ENGLISH[happened.what])


@click.command("sign")
@click.argument("stage", required=False)
@click.option("--round", "folder", type=click.Path(path_type=Path), default=".", help="The folder of a round.")
@click.option("--by", default="", help="Who signs.")
@click.option("--note", default="", help="A remark.")
@json_option
def sign_command(stage: str | None, folder: Path, by: str, note: str, json_: bool) -> None:
    """Sign a stage off, or list what was signed and what changed since."""
    round_, opening = opened_with(folder)
    problems: list[Problem] = []
    if stage is not None:
        _, problems = sign(round_, stage, by, note)
    if errors(problems):
        output.fail(problems)
    changed = [*problems, *stage_problems(round_)]
    stages = list(signed_stages(round_))
    if json_:
        click.echo(answer_json({"stages": [vars(s) for s in stages], "known": list(STAGES)}, changed))
        leave([*opening, *changed])
        return
    heads = (
        say("环节", "stage"),
        say("签批", "by"),
        say("时间", "when"),
        say("校验值", "digest"),
        say("此后改动", "since"),
    )
    click.echo(output.table([(s.stage, s.by, s.at[:16], s.sha[:16], s.changed) for s in stages], heads))
    show_problems(changed)
    leave([*opening, *changed])
