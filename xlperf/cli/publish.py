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
from xlperf.publish.publication import Publication, publish
from xlperf.publish.wishes import MOST_DAYS, Wishes, settings_for
from xlperf.report.document import EDITIONS


@click.command("publish")
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option("--out", type=click.Path(path_type=Path), help="Where to; left out, out/发布 of the round.")
@click.option("--edition", type=click.Choice(EDITIONS), multiple=True, help="Which edition; left out, all.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day printed; left out, today.")
@click.option("--appeal-days", type=click.IntRange(0, MOST_DAYS), help="Working days to ask for a review.")
@click.option("--notice-days", type=click.IntRange(0, MOST_DAYS), help="Length of the notice.")
@click.option("--columns", metavar="A,B", help="Further columns of the public notice.")
@click.option("--scores/--no-scores", default=None, help="Whether the public notice shows the scores.")
@click.option("--near", metavar="POINTS", help="How close is close.")
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
    notice_days: int | None,
    columns: str | None,
    scores: bool | None,
    near: str | None,
    incomplete: str,
    no_pdf: bool,
    html: bool,
    dry_run: bool,
    json_: bool,
) -> None:
    """Write feedback sheets, the public notice and the office's lists; refuse while anything is missing."""
    round_, opening = opened_with(folder)
    listed = None if columns is None else tuple(c.strip() for c in columns.replace("，", ",").split(",") if c.strip())
    said = (appeal_days, notice_days, listed, scores, _points(near), " ".join(incomplete.split()))
    settings, wrong = settings_for(round_, Wishes((day or datetime.now()).date(), *said))
    if wrong:
        output.fail(wrong)
    editions = [e for e in EDITIONS if not edition or e in edition]
    how = {"pdf": not no_pdf, "html": html, "dry_run": dry_run}
    done = publish(round_, settings, editions=editions, out=out, progress=output.progress, **how)
    _show(done, opening, dry_run=dry_run, json_=json_)


def _points(text: str | None) -> Fraction | None:
    try:
        return None if text is None else Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise click.BadParameter(say("写一个数，如 0.5", "write a number, such as 0.5"), param_hint="--near") from None


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
