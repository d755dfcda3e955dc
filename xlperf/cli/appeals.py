"""Commands for reviews: record what a unit asks, look ahead, decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click

from xlperf.cli import output
from xlperf.cli.answers import opened_with
from xlperf.cli.commands import json_option
from xlperf.cli.output import answer_json, leave, say, show_problems
from xlperf.engine.whatif import Change
from xlperf.formula.values import shown, value_text
from xlperf.problems import Problem, Where, problem
from xlperf.publish.review import Asking, Outcome, decide, open_appeal, outcomes, what_if
from xlperf.publish.wishes import MOST_DAYS, appeal_days_of
from xlperf.rounds.appeals import CHANGED, UPHELD
from xlperf.rounds.store import Round
from xlperf.rounds.workdays import NoCalendar

folder_option = click.option(
    "--round", "folder", type=click.Path(path_type=Path), default=".", help="The folder of a round."
)
day_type = click.DateTime(["%Y-%m-%d"])
SHOWN = 40  # changes on the screen; --json lists all


@click.group()
def appeal() -> None:
    """Record, list, look ahead at and decide reviews."""


@appeal.command("open")
@click.argument("unit")
@click.argument("item")
@folder_option
@click.option("--reason", default="", help="Why the unit asks.")
@click.option("--received", type=day_type, required=True, help="When the unit received its sheet.")
@click.option("--filed", type=day_type, help="When the unit asked; left out, today.")
@click.option("--appeal-days", type=click.IntRange(0, MOST_DAYS), help="Working days allowed.")
@json_option
def open_command(
    unit: str,
    item: str,
    folder: Path,
    reason: str,
    received: datetime,
    filed: datetime | None,
    appeal_days: int | None,
    json_: bool,
) -> None:
    """Record an appeal."""
    round_, opening = opened_with(folder)
    days = appeal_days_of(round_, appeal_days)
    asking = Asking(unit, item, reason, received.date(), (filed or datetime.now()).date(), days)
    made = None
    try:
        made, problems = open_appeal(round_, asking)
    except NoCalendar as unknown:
        problems = [problem("NO_CALENDAR", Where(), year=unknown.year)]
    if json_:
        click.echo(answer_json({"appeal": vars(made) if made else None}, problems))
    else:
        show_problems(problems)
        if made is not None:
            due = f"，最迟{made.due}" if made.due else ""
            until = f", until {made.due}" if made.due else ""
            click.echo(
                say(f"已登记第{made.number}号：{made.item}{due}", f"appeal {made.number} recorded: {made.item}{until}")
            )
    leave([*opening, *problems])


@appeal.command("list")
@folder_option
@json_option
def list_command(folder: Path, json_: bool) -> None:
    """List the appeals."""
    round_, opening = opened_with(folder)
    state = round_.state()
    if json_:
        listed = [
            {**vars(a), "waived": a.waived, "ruling": vars(state.rulings[n]) if n in state.rulings else None}
            for n, a in state.appeals.items()
        ]
        click.echo(answer_json({"appeals": listed}, []))
        leave(opening)
        return
    names = round_.scores().unit_names
    rows = [
        (n, names.get(a.unit, a.unit), a.item, a.was, a.filed, a.due, _standing(round_, n))
        for n, a in state.appeals.items()
    ]
    heads = (say("号", "no"), say("单位", "unit"), say("考核内容", "item"), say("原得分", "score"),
             say("提出", "filed"), say("期限", "due"), say("结论", "decision"))  # fmt: skip
    click.echo(output.table(rows, heads))
    leave(opening)


def _standing(round_: Round, number: int) -> str:
    """Return where an appeal stands, in words."""
    state = round_.state()
    if number in state.rulings:
        ruling = state.rulings[number]
        upheld = say("维持", "upheld")
        return f"{say('改定', 'changed')} → {ruling.text}" if ruling.changes else upheld
    return say("逾期，视同放弃", "late: given up") if state.appeals[number].waived else say("待定", "open")


@appeal.command("what-if")
@click.argument("number", type=int)
@folder_option
@click.option("--to", "texts", multiple=True, help="The value it would be changed to; several side by side.")
@click.option("--column", default="", help="Which column is changed.")
@json_option
def what_if_command(number: int, folder: Path, texts: tuple[str, ...], column: str, json_: bool) -> None:
    """Show what each outcome would do to everybody, side by side."""
    round_, opening = opened_with(folder)
    if len(texts) == 1:
        changes, problems = what_if(round_, number, column, texts[0])
        _show_changes(round_, changes, problems, {}, json_=json_)
        leave([*opening, *problems])
        return
    tried, problems = outcomes(round_, number, column, texts)
    if json_:
        listed = [{"to": t.text or None, "changes": _listed(t.changes)} for t in tried]
        click.echo(answer_json({"outcomes": listed}, problems))
    else:
        show_problems(problems)
        _show_outcomes(round_, tried)
    leave([*opening, *problems])


def _show_outcomes(round_: Round, tried: list[Outcome]) -> None:
    """Print whom any outcome changes something for, one column an outcome; what stays is a dash."""
    names = round_.scores().unit_names
    cells = {(c.unit, c.sheet, c.key, c.column): (c.title, c.old) for t in tried for c in t.changes}
    rows = []
    for at, (title, old) in list(cells.items())[:SHOWN]:
        then = [{(c.unit, c.sheet, c.key, c.column): shown(c.new) for c in t.changes}.get(at, "—") for t in tried[1:]]
        rows.append((names.get(at[0], at[0]), title, shown(old), *then))
    heads = [say("单位", "unit"), say("项目", "what"), say("维持", "as it is"), *(t.text for t in tried[1:])]
    if tried:
        click.echo(output.table(rows, heads))
    if len(cells) > SHOWN:
        more = len(cells) - SHOWN
        click.echo(say(f"……还有 {more} 处（--json 全部列出）", f"… {more} more (--json lists all)"))
    if tried and not cells:
        click.echo(say("没有单位受影响", "nobody is affected"))


@appeal.command("decide")
@click.argument("number", type=int)
@folder_option
@click.option("--to", "text", default="", help="The value it is changed to.")
@click.option("--uphold", is_flag=True, help="Leave the score as it is.")
@click.option("--column", default="", help="Which column is changed.")
@click.option("--opinion", default="", help="The opinion.")
@click.option("--by", default="", help="Who decided.")
@click.option("--date", "day", type=day_type, help="The day on the notice.")
@click.option("--no-pdf", is_flag=True, help="Do not make a PDF file.")
@json_option
def decide_command(
    number: int,
    folder: Path,
    text: str,
    uphold: bool,
    column: str,
    opinion: str,
    by: str,
    day: datetime | None,
    no_pdf: bool,
    json_: bool,
) -> None:
    """Decide an appeal."""
    if uphold == bool(text):
        raise click.UsageError(say("写 --uphold 或者 --to 数，二者取一", "give --uphold or --to VALUE, one of them"))
    round_, opening = opened_with(folder)
    outcome, on = UPHELD if uphold else CHANGED, day.date() if day else date.today()
    done, problems = decide(round_, number, outcome, opinion, by, on, column=column, text=text, pdf=not no_pdf)
    files = [f.as_posix() for f in done.files] if done else []
    _show_changes(round_, list(done.changes) if done else [], problems, {"files": files}, json_=json_)
    for file in files:
        click.echo(f"{say('已写出', 'written')} {folder / file}", err=True)
    leave([*opening, *problems])


def _listed(changes: Sequence[Change]) -> list[dict[str, object]]:
    return [{**vars(c), "old": value_text(c.old) or None, "new": value_text(c.new) or None} for c in changes]


def _show_changes(
    round_: Round, changes: list[Change], problems: list[Problem], more: dict[str, object], *, json_: bool
) -> None:
    if json_:
        click.echo(answer_json({"changes": _listed(changes), **more}, problems))
        return
    show_problems(problems)
    names = round_.scores().unit_names
    for c in changes[:SHOWN]:
        click.echo(f"{names.get(c.unit, c.unit)}　{c.title}：{shown(c.old)} → {shown(c.new)}")
    if len(changes) > SHOWN:
        more_ = len(changes) - SHOWN
        click.echo(say(f"……还有 {more_} 处（--json 全部列出）", f"… {more_} more (--json lists all)"))
    if not changes and not problems:
        click.echo(say("没有单位受影响", "nobody is affected"))
