"""The command that says how far a round is, and whom to chase."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from xlperf.cli import output
from xlperf.cli.answers import opened_round
from xlperf.cli.commands import json_option
from xlperf.cli.language import language, say
from xlperf.cli.output import as_json, called
from xlperf.publish.receipts import FILE, publish_receipts
from xlperf.report.status import BookState, BookStatus, Status, Stray
from xlperf.rounds.status import status_of
from xlperf.wording import several

_NAMES: dict[BookState, tuple[str, str, str]] = {  # Chinese, English, colour
    "in": ("已收", "in", "green"),
    "held": ("待补正", "held", "yellow"),
    "out": ("未报", "not in", "red"),
    "unissued": ("未发表", "not issued", "white"),
}


@click.command("status")
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option("--dry-run", is_flag=True, help="Only print it.")
@json_option
def status_command(folder: Path, dry_run: bool, json_: bool) -> None:
    """Show who has reported, what is held and why, and whom to chase; write out/收件台账.xlsx."""
    round_ = opened_round(folder)
    status = status_of(round_) if dry_run else publish_receipts(round_)
    if json_:
        click.echo(as_json(status.data(language())))
    else:
        for line in status_lines(status):
            click.echo(line)
        if status.fresh:
            seen = called("collect", folder)
            count = len(status.fresh)
            click.echo(
                say(f"收件夹里还有{count}份没有收：{seen}", f"{several(count, 'file')} not looked at yet: {seen}"),
                err=True,
            )
        if not dry_run:
            click.echo(f"{say('已写出', 'written')} {folder / FILE}", err=True)
    late = any(b.late for b in status.owed)
    wanting = (
        late
        or status.strays
        or any(p.severity != "note" for p in status.concerns)
        or any(b.problems for b in status.books)
    )
    raise SystemExit(output.FINDINGS if wanting else output.DONE)


def status_lines(status: Status) -> Iterator[str]:
    """Write the status: how many of each book, what is held and why, who owes what, what else wants a person."""
    yield f"{status.title}　{_due(status)}"
    for kind, book in dict.fromkeys((b.kind, b.book) for b in status.books):
        counts = status.counts(kind)
        words = [click.style(f"{_name(s)} {n}", fg=_NAMES[s][2]) for s, n in counts.items() if n]
        again = sum(b.again for b in status.books if b.kind == kind)
        if again:
            words.append(click.style(_again(kind, again), fg=_NAMES["held"][2]))
        yield f"{book} {sum(counts.values())}　{'　'.join(words)}"
    yield from _held(status)
    yield from _owing(status)
    if status.concerns:
        yield ""
        for p in status.concerns:
            yield f"{say('提醒', 'note')}  {p.text(language())}"


def _due(status: Status) -> str:
    left = status.days_left
    if status.deadline is None or left is None:
        return say(f"{status.today}，没有写截止日", f"{status.today}, no deadline set")
    days = several(abs(left), "day")
    zh, en = (f"还有{left}天", f"{days} left") if left >= 0 else (f"已过{-left}天", f"{days} ago")
    return say(f"{status.today}，截止日 {status.deadline}（{zh}）", f"{status.today}, due {status.deadline} ({en})")


def _name(state: BookState) -> str:
    return say(*_NAMES[state][:2])


def _again(kind: str, count: int) -> str:
    """Return of how many books that are in a newer one is held."""
    if kind == "master":
        return say("已收，另有一份待处理", "in, and a newer one held")
    return say(f"已收，另有一份待补正 {count}", f"in, and a newer one held {count}")


def _held(status: Status) -> Iterator[str]:
    """Write what was held, each with every reason and where its letter lies."""
    waiting: list[tuple[str, BookStatus | Stray]] = [
        ("　".join(filter(None, dict.fromkeys((b.name, b.book, b.held)))) + _beside(b), b)
        for b in status.books
        if b.problems
    ]
    waiting += [(f"{say('认不出是谁的', 'nobody knows whose')}　{s.file}", s) for s in status.strays]
    if waiting:
        yield ""
        yield click.style(f"{_name('held')} {len(waiting)}", fg="yellow")
    for title, of in waiting:
        yield f"  {title}" + (f"　{say('退回意见', 'letter')} {of.letter}" if of.letter else "")
        for p in of.problems:
            place = f"{p.where.sheet}!{p.where.cell} " if p.where.cell else ""
            row = f"（{p.where.row}）" if p.where.row else ""
            yield f"      {place}{row}{p.message(language())}"


def _beside(b: BookStatus) -> str:
    """Return that an earlier book still counts beside the one that is held."""
    return say("（先前收下的仍有效）", " (the one accepted before still counts)") if b.state == "in" else ""


def _owing(status: Status) -> Iterator[str]:
    """Write who has sent nothing, by book and by how late they are."""
    groups: dict[tuple[str, int], list[str]] = {}
    for b in status.owed:
        if b.state == "out":
            groups.setdefault((b.book, b.late), []).append(b.name)
    if groups:
        yield ""
        yield click.style(f"{_name('out')} {sum(map(len, groups.values()))}", fg="red")
    for (book, late), names in groups.items():
        days = say(f"，逾期{late}天", f", {several(late, 'day')} late") if late else ""
        yield f"  {book}{days}：{'、'.join(names)}"
