"""Commands that run a round: start it, hand books out, take them back, and the whole of it as a demonstration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from xlperf.cli import output
from xlperf.cli.answers import opened_round
from xlperf.cli.commands import chosen, despite_option, json_option, opened, print_ranking, reading_option
from xlperf.cli.elsewhere import elsewhere_of
from xlperf.cli.output import answer_json, as_json, called, leave, say, show_problems
from xlperf.demo.demo import DemoResult, run_demo
from xlperf.engine.objects import OFFICIAL
from xlperf.engine.plan import SCORER
from xlperf.engine.shapes import ranking_data
from xlperf.problems import Problem, errors, problem
from xlperf.publish.ready import not_ready
from xlperf.publish.receipts import FILE as RECEIPTS
from xlperf.publish.receipts import publish_receipts
from xlperf.rounds.blank import write_blank
from xlperf.rounds.chain import called_of
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.collecting.collection import Collection, Missing
from xlperf.rounds.distribute import distribute
from xlperf.rounds.frozen import dated
from xlperf.rounds.ledger import Receipt
from xlperf.rounds.parcels import MASTER
from xlperf.rounds.store import Round, new_round
from xlperf.scheme.find import find_scheme
from xlperf.wording import several
from xlperf.workbook.secret import is_there as secrets_there

folder_argument = click.argument("folder", type=click.Path(path_type=Path), default=".")
dry_run_option = click.option("--dry-run", is_flag=True, help="Only say what would be done.")


@click.command()
@click.argument("scheme_id")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--deadline", default=None, metavar="YYYY-MM-DD", help="When the books are due back.")
@click.option("--contact", default="", help="Whom units may ask; printed in letters.")
@click.option("--year", type=click.IntRange(1900, 2099), default=None, help="The year that is appraised.")
@click.option("--as", "period", default="", metavar="PERIOD", help="Which period of the scheme it is.")
@click.option(
    "--after", multiple=True, type=click.Path(path_type=Path), metavar="ROUND", help="Frozen rounds it reads."
)
@reading_option
@despite_option
@json_option
def new(
    scheme_id: str,
    folder: Path,
    deadline: str | None,
    contact: str,
    year: int | None,
    period: str,
    after: tuple[Path, ...],
    readings: tuple[str, ...],
    despite: str,
    json_: bool,
) -> None:
    """Start a round of a scheme in a new folder."""
    opened(scheme_id)
    path, problems = find_scheme(scheme_id)
    made = None
    if path is not None:
        made, problems = new_round(
            path,
            folder,
            year=year,
            readings=chosen(readings),
            deadline=deadline,
            despite=despite,
            contact=contact,
            period=period,
            after=after,
        )
    if json_:
        round_ = None if made is None else {"folder": str(folder), "round": made.id, "year": made.year}
        click.echo(answer_json({"round": round_}, problems))
        leave(problems)
        return
    if made is None:
        output.fail(problems)
    show_problems(problems)
    click.echo(f"{say('已建立考核轮次：', 'round started: ')}{folder}{_which(made)}")
    click.echo(f"{say('下一步：', 'next: ')}{called('distribute', folder)}", err=True)
    leave(problems)


def _which(round_: Round) -> str:
    """Return which part of which year a round is, where the year has several; nobody may have said so."""
    called_ = called_of(round_.scheme, round_.period)
    return f"（{dated(round_.year, called_)}）" if called_ else ""


@click.command("distribute")
@folder_argument
@dry_run_option
@click.option("--secret", is_flag=True, help="Give every book a password of its own.")
@click.option("--scheduler", default="", help="Make the books on the workers of this Dask scheduler.")
@json_option
@despite_option
def distribute_command(folder: Path, dry_run: bool, secret: bool, scheduler: str, json_: bool, despite: str) -> None:
    """Write every workbook of a round into issued/: 自评表, 打分表 and 总表."""
    if secret and not secrets_there():
        show_problems([problem("SECRET_NO_TOOL")])
        raise SystemExit(output.FAILED)
    elsewhere_of(scheduler)
    round_ = opened_round(folder, despite)
    done = distribute(round_, output.progress, dry_run=dry_run, secret=secret, scheduler=scheduler)
    if json_:
        files = {"written": [str(f) for f in done.written], "unchanged": [str(f) for f in done.unchanged]}
        click.echo(answer_json(files, done.problems))
        leave(done.problems)
        return
    show_problems(done.problems)
    kinds = Counter(
        f.parent.name if len(f.parts) > 2 else f.stem for f in done.files
    )  # issued/自评表/…, issued/总表.xlsx
    click.echo("　".join(f"{kind} {count}" for kind, count in kinds.items()))
    verb = say("将写出", "would write") if dry_run else say("写出", "written")
    same = say("不变", "unchanged")
    click.echo(f"{verb} {len(done.written)}，{same} {len(done.unchanged)}")
    inbox = folder / "inbox"
    click.echo(
        say(
            f"下一步：把收回的表放进 {inbox}，再运行 {called('collect', folder)}",
            f"next: drop what comes back into {inbox} and run {called('collect', folder)}",
        ),
        err=True,
    )
    leave(done.problems)


@click.command("collect")
@folder_argument
@dry_run_option
@json_option
@click.option("--verbose", is_flag=True, help="Also list files that only carry a note.")
@click.option("--scheduler", default="", help="Read the files on the workers of this Dask scheduler.")
@click.option("--files", default="", help="Where these workers find the round's folder.")
def collect_command(folder: Path, dry_run: bool, json_: bool, verbose: bool, scheduler: str, files: str) -> None:
    """Take in what lies in inbox/: identify, check every cell, accept or hold with the reason."""
    elsewhere = elsewhere_of(scheduler, files)
    round_ = opened_round(folder)
    got = collect(round_, output.progress, dry_run=dry_run, elsewhere=elsewhere)
    if not dry_run:
        publish_receipts(round_)
    if json_:
        click.echo(as_json(got.data(output.language())))
    else:
        show_collection(got, folder, verbose=verbose)
        if wants_again(got):
            again = called("distribute", folder)
            click.echo(
                say(
                    f"下一步：再运行 {again}，打分表里就有单位报的数，再发给打分单位",
                    f"next: run {again} again, so that the 打分表 show what the units reported, and send those out",
                ),
                err=True,
            )
        if not dry_run:
            click.echo(say(f"收件台账：{folder / RECEIPTS}", f"receipts: {folder / RECEIPTS}"), err=True)
    warned = any(p.severity != "note" for p in got.concerns)
    raise SystemExit(output.FINDINGS if got.waiting or warned else output.DONE)


def wants_again(got: Collection) -> bool:
    """Return whether units reported something new that scorers who have not sent their books could see."""
    reported = got.new and any(r.kind not in OFFICIAL for r in got.accepted)
    return bool(reported) and any(m.kind == SCORER for m in got.missing)


def show_collection(got: Collection, folder: Path, *, verbose: bool = False) -> None:
    """Print what became of every file, those that a person must look at line by line, and who is missing.

    verbose: also the files that were accepted and only carry a note about the file as a whole.
    """
    shown = [r for r in got.receipts if verbose or not _needs_nobody(r)]
    quiet = sum(r.decision == "accepted" and bool(r.problems) for r in got.receipts)
    quiet -= sum(r.decision == "accepted" and bool(r.problems) for r in shown)
    for line in collection_lines(shown):
        click.echo(line)
    if quiet:
        click.echo(
            say(
                f"另有 {quiet} 份改过文件名，已按表内标识认定（--verbose 逐份列出）",
                f"{several(quiet, 'more was', 'more were')} renamed, known by what is inside (--verbose lists them)",
            )
        )
    for line in _quiet_lines(r for r in got.receipts if not r.problems or r not in shown):
        click.echo(line)
    click.echo(_counted(got))
    if got.missing:
        names = missing_names(got.missing)
        click.echo(say(f"未报：{names}", f"missing: {names}"))
    for p in got.concerns:
        click.echo(f"{say('提醒', 'note')}  {p.text(output.language())}")
    if got.held or got.refused:
        moved = say(
            "待补正、退回的，收到改正后的表之前一直提示", "held and refused books are told until a corrected one is in"
        )
        click.echo(moved, err=True)
    for reply in (folder / r.with_suffix(".docx") for r in got.replies):
        click.echo(say(f"退回意见：{reply}", f"reply: {reply}"), err=True)


def _quiet_lines(receipts: Iterable[Receipt]) -> Iterator[str]:
    """List the files of which nothing else is said, one line for those accepted and one for those put right since."""
    named: dict[str, list[str]] = {}
    for receipt in receipts:
        named.setdefault(receipt.decision, []).append(Path(receipt.file).name)
    for decision, files in named.items():
        yield f"{_decisions()[decision]} {len(files)}{say('：', ': ')}{say('、', ', ').join(files)}"


def _counted(got: Collection) -> str:
    """Count every file of the inbox once: the parts add up to the whole."""
    colors = {"accepted": "green", "held": "yellow", "refused": "red", "duplicate": "white", "settled": "white"}
    parts = [say(f"共 {len(got.receipts)} 份", several(len(got.receipts), "file"))]
    for decision, word in _decisions().items():
        count = len(got.decided(decision))
        if count or decision in ("accepted", "held", "refused"):
            parts.append(click.style(f"{word} {count}", fg=colors[decision]))
    return "　".join(parts)


def _decisions() -> dict[str, str]:
    """Return what may become of a file, in words."""
    return {
        "accepted": say("收下", "accepted"),
        "held": say("待补正", "held"),
        "refused": say("退回", "refused"),
        "duplicate": say("重复", "duplicate"),
        "settled": say("已处理", "settled"),
    }


def _needs_nobody(receipt: Receipt) -> bool:
    """Return whether there is nothing to look at: put right since, or accepted with another name."""
    renamed = receipt.decision == "accepted" and all(p.code == "RENAMED" for p in receipt.problems)
    return renamed or receipt.decision == "settled"


def missing_names(missing: Iterable[Missing]) -> str:
    """Write who is missing, book by book: the same office may owe a 自评表 and a 打分表."""
    books: dict[str, list[str]] = {}
    for m in missing:
        books.setdefault(m.book, []).append(m.name + (say("（待补正）", " (held)") if m.held else ""))
    return "；".join(book if book == MASTER else f"{'、'.join(names)}（{book}）" for book, names in books.items())


def collection_lines(receipts: Iterable[Receipt]) -> list[str]:
    """Write the files that were not simply accepted, each with every problem below it."""
    lines = []
    for receipt in receipts:
        problems = receipt.problems
        if receipt.decision == "accepted" and not problems:
            continue
        lines.append(f"{_decisions()[receipt.decision]}  {receipt.file}")
        lines += [f"    {_cell_line(p)}" for p in problems]
    return lines


def _cell_line(p: Problem) -> str:
    place = f"{p.where.sheet}!{p.where.cell} " if p.where.cell else ""
    todo = say("处理：", "To do: ")
    return f"{place}[{p.code}] {p.message(output.language())} {todo}{p.remedy(output.language())}"


@click.command()
@click.option("--scheme", "scheme_id", default="dashiqiao-2017", show_default=True, help="Which scheme to show.")
@click.option("--out", "folder", type=click.Path(path_type=Path), help="Where to; left out, ./demo-SCHEME.")
@despite_option
@json_option
def demo(scheme_id: str, folder: Path | None, despite: str, json_: bool) -> None:
    """Run a whole round with made-up inputs in a new folder, some of them broken on purpose."""
    scheme, _ = opened(scheme_id)
    path, missing = find_scheme(scheme_id)
    if path is None:
        output.fail(missing)
    home = folder or free_folder(Path(f"demo-{scheme.id}"))
    click.echo(  # where the answer is JSON, this is progress
        say(
            f"{scheme.title}：在 {home} 里演示一个完整轮次。填报的数字是固定种子模拟的，不是真实成绩。",
            f"{scheme.id}: a whole round in {home}. What the units filled in is simulated from a fixed seed.",
        ),
        err=json_,
    )
    result, problems = run_demo(path, home, output.progress, despite=despite)
    if result is None:
        output.fail(problems)
    if json_:
        click.echo(as_json(demo_data(result, home)))
    else:
        show_demo(result, home)


def demo_data(result: DemoResult, home: Path) -> dict[str, object]:
    """Lay a demonstration out for programs: both collections, the ranking, the files."""
    return {
        "folder": str(home),
        "seconds": round(result.seconds, 1),
        "issued": [f.as_posix() for f in result.issued.files],
        "first": result.first.data(output.language()),
        "last": result.last.data(output.language()),
        "ranking": ranking_data(result.scores),
        "files": [f.as_posix() for f in result.published.files],
    }


def free_folder(wanted: Path) -> Path:
    """Find a folder name that is not taken, counting up from the wanted one."""
    number = 1
    found = wanted
    while found.exists():
        number += 1
        found = wanted.with_name(f"{wanted.name}-{number}")
    return found


def show_demo(result: DemoResult, home: Path) -> None:
    """Print what a demonstration did: books, what was held and why, the ranking, where to look next."""
    books = len(result.issued.files)
    click.echo(
        say(f"\n一、发出 {books} 本表。第一次收回：", f"\n1. {several(books, 'workbook')} issued. First return:")
    )
    show_collection(replace(result.first, replies=()), home)  # they move on as the books are put right
    office = result.round.scheme.office
    after = f"\n二、补正、打分、{office}审核之后："
    click.echo(say(after, "\n2. After corrections, scoring and the office's decisions:"))
    names = missing_names(result.last.missing)
    click.echo(
        say(f"收下 {len(result.last.accepted)} 份文件", f"{several(len(result.last.accepted), 'file')} accepted")
        + (say(f"，仍未报：{names}", f", still missing: {names}") if names else "")
    )
    click.echo(say("\n三、排名（模拟数据）", "\n3. Ranking (simulated data)"))
    print_ranking(result.scores)
    first = result.published.files[0]
    unit = result.scores.plan.unit_sheets()[0]
    code = result.scores.column(unit.name, unit.key.name)[0]
    click.echo(
        say(
            f"\n用时 {result.seconds:.0f} 秒。接着看：\n"
            f"  {home / first}      总表，公式是活的，可以直接改数\n"
            f"  {home / 'issued'}   发出去的自评表和打分表\n"
            f"  {home / 'out' / '退回'}   给退回单位的答复（已补正的移入其中的 已处理/）\n"
            f"  {called('explain', code, '--round', home)}   为什么是这个分\n"
            f"  {called(*_to_publish(result, home, names))}   反馈单、公示和奖惩名单",
            f"\n{several(f'{result.seconds:.0f}', 'second')}. Look next at:\n"
            f"  {home / first}      the 总表 with live formulas\n"
            f"  {home / 'issued'}   the books that went out\n"
            f"  {home / 'out' / '退回'}   replies to those whose books were held (settled ones in 已处理/)\n"
            f"  {called('explain', code, '--round', home)}   why this score\n"
            f"  {called(*_to_publish(result, home, names))}   feedback sheets, the notice, the lists",
        )
    )


def _to_publish(result: DemoResult, home: Path, missing: str) -> list[object]:
    """Return the command that publishes a demonstration; where something is missing, it says why it goes out."""
    lacks = bool(errors(not_ready(result.round, result.scores, "")))
    why = (
        say(f"演示：未报的{missing}不参加排名", f"demonstration: {missing} not ranked")
        if missing
        else say("演示", "a trial")
    )
    return ["publish", home, *(["--incomplete", why] if lacks else [])]


@click.command()
@click.argument("scheme_id")
@click.argument("folder", type=click.Path(path_type=Path))
@despite_option
@json_option
def blank(scheme_id: str, folder: Path, despite: str, json_: bool) -> None:
    """Write the blank workbooks of a scheme into an empty folder, without a round."""
    path, problems = find_scheme(scheme_id)
    files: tuple[Path, ...] = ()
    if path is not None:
        files, problems = write_blank(path, folder, output.progress, despite=despite)
    if json_:
        click.echo(answer_json({"files": [f.as_posix() for f in files]}, problems))
        leave(problems)
        return
    show_problems(problems, quiet_notes=True)
    if files:
        click.echo(
            say(f"写出 {len(files)} 本空白表：{folder}", f"{several(len(files), 'blank workbook')} written: {folder}")
        )
    leave(problems)
