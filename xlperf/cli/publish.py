"""The command that publishes a round: feedback sheets, the public notice, the office's lists."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import click

from xlperf.cli import output
from xlperf.cli.answers import opened_with
from xlperf.cli.commands import json_option
from xlperf.cli.output import answer_json, leave, say, show_problems
from xlperf.problems import Problem
from xlperf.publish.papers.ground import Settings
from xlperf.publish.publication import Publication, publish, settings_problems
from xlperf.report.document import EDITIONS
from xlperf.rounds.store import Round
from xlperf.rounds.workdays import NoCalendar, own_days, workdays_after

APPEAL_DAYS = "appeal_days"  # the figure of a scheme that says how many working days a unit may ask for a review


@click.command("publish")
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option("--out", type=click.Path(path_type=Path), help="Where to; left out, out/发布 of the round.")
@click.option("--edition", type=click.Choice(EDITIONS), multiple=True, help="Which edition; left out, all.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day printed; left out, today.")
@click.option("--appeal-days", type=click.IntRange(0, 60), help="Working days to ask for a review.")
@click.option("--notice-days", type=click.IntRange(0, 60), default=5, show_default=True, help="Length of the notice.")
@click.option("--columns", default="", metavar="A,B", help="Further columns of the public notice.")
@click.option("--no-scores", is_flag=True, help="Leave the scores out of the public notice.")
@click.option("--near", default="0.5", show_default=True, metavar="POINTS", help="How close is close.")
@click.option("--incomplete", default="", metavar="REASON", help="Publish although something is missing.")
@click.option("--no-pdf", is_flag=True, help="Do not make PDF files.")
@click.option("--html", is_flag=True, help="Also the results as a page for a browser.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@json_option
def publish_command(
    folder: Path,
    out: Path | None,
    edition: tuple[str, ...],
    day: datetime | None,
    appeal_days: int | None,
    notice_days: int,
    columns: str,
    no_scores: bool,
    near: str,
    incomplete: str,
    no_pdf: bool,
    html: bool,
    dry_run: bool,
    json_: bool,
) -> None:
    """Write feedback sheets, the public notice and the office's lists; refuse while anything is missing."""
    round_, opening = opened_with(folder)
    given = Settings(
        (day or datetime.now()).date(),
        notice_days=notice_days,
        columns=tuple(c.strip() for c in columns.replace("，", ",").split(",") if c.strip()),
        with_scores=not no_scores,
        near=_points(near),
        incomplete=" ".join(incomplete.split()),
    )
    settings = _dated(round_, given, appeal_days)
    editions = [e for e in EDITIONS if not edition or e in edition]
    how = {"pdf": not no_pdf, "html": html, "dry_run": dry_run}
    done = publish(round_, settings, editions=editions, out=out, progress=output.progress, **how)
    _show(done, opening, dry_run=dry_run, json_=json_)


def _points(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise click.BadParameter(say("写一个数，如 0.5", "write a number, such as 0.5"), param_hint="--near") from None


def _dated(round_: Round, given: Settings, appeal_days: int | None) -> Settings:
    """Return the settings with their deadlines; end the command where the days cannot be told."""
    days = appeal_days_of(round_, appeal_days)
    own, problems = own_days(round_.folder)
    year = None
    try:
        due = workdays_after(given.day, days, own) if days else None
        notice = workdays_after(given.day, given.notice_days, own) if given.notice_days else None
    except NoCalendar as unknown:
        year, due, notice = unknown.year, None, None
    if wrong := settings_problems(problems, year):
        output.fail(wrong)
    return Settings(**{**vars(given), "appeal_days": days, "due": due, "notice_due": notice})


def appeal_days_of(round_: Round, given: int | None) -> int:
    """Return the working days to ask for a review: as given, else as the scheme says; 0 where nobody does."""
    figure = round_.scheme.figures.get(APPEAL_DAYS)
    return given if given is not None else int(figure.value) if figure is not None else 0


def _show(done: Publication, opening: list[Problem], *, dry_run: bool, json_: bool) -> None:
    problems = [*opening, *done.problems]
    if json_:
        sheets = [{"code": d.code, "kind": d.kind, "whose": d.whose, "file": d.file} for d in done.documents]
        files = [f.as_posix() for f in done.files]
        click.echo(answer_json({"folder": str(done.folder), "sheets": sheets, "files": files}, done.problems))
        leave(problems)
        return
    show_problems(done.problems)
    counts = Counter(d.kind for d in done.documents)
    if counts:
        verb = say("将写出", "would write") if dry_run else say("已写出", "written")
        click.echo(f"{verb} {'　'.join(f'{kind} {count}' for kind, count in counts.items())}")
        click.echo(str(done.folder))
    leave(problems)
