"""Commands on schemes as such: list them, check one, the rules they may use."""

from __future__ import annotations

from pathlib import Path

import click

from xlperf.cli import output
from xlperf.cli.commands import json_option, opened
from xlperf.cli.output import answer_json, as_json, leave, problem_data, say, show_problems
from xlperf.cli.rules_page import rules_page
from xlperf.engine.check import EXAMPLE_CODES, check_source
from xlperf.engine.compile import compile_scheme
from xlperf.engine.shapes import plan_data
from xlperf.problems import Problem, errors
from xlperf.rules import RULES
from xlperf.scheme.heading import heading_of
from xlperf.scheme.load import find_scheme, folder_source, schemes_available, written_out
from xlperf.scheme.model import Scheme
from xlperf.wording import several


def _listed(folder: Path) -> tuple[str, str, str, int]:
    """Return the line of a scheme in the list; one that does not say it at its head is read whole."""
    head = heading_of(folder)
    if head is not None:
        return head.id, head.title, head.document, head.units
    scheme = opened(str(folder))[0]
    return scheme.id, scheme.title, scheme.document, len(scheme.tables.get(scheme.home, ()))


@click.command()
@json_option
@click.argument("scheme_id", required=False)
def schemes(json_: bool, scheme_id: str | None) -> None:
    """List the schemes, or the sheets and columns of one."""
    if scheme_id is None:
        rows = [_listed(path) for path in schemes_available()]
        if json_:
            click.echo(as_json([dict(zip(("id", "title", "document", "units"), r, strict=True)) for r in rows]))
            return
        heads = (say("方案", "scheme"), say("名称", "title"), say("文号", "document"), say("单位数", "units"))
        click.echo(output.table(rows, heads))
        return
    plan, problems = compile_scheme(opened(scheme_id)[0])
    if json_:
        click.echo(answer_json(plan_data(plan), problems))
        return
    show_problems(problems)
    for sheet in plan.sheets:
        click.echo(f"\n{sheet.name}  {sheet.title}  ← {sheet.table}.csv")
        columns = [(c.name, c.title, c.kind, c.holds, c.by, c.basis) for c in sheet.columns]
        titles = (say("列", "column"), say("标题", "title"), say("种类", "kind"), say("内容", "holds"),
                 say("谁填", "by"), say("依据", "basis"))  # fmt: skip
        click.echo(output.table(columns, titles))


@click.command()
@json_option
@click.option("--expand", is_flag=True, help="Print the scheme with its parts written out, instead of checking it.")
@click.argument("scheme_id")
def check(json_: bool, expand: bool, scheme_id: str) -> None:
    """Check a scheme: structure, stated sums, worked examples."""
    path, problems = find_scheme(scheme_id)
    if expand and path is not None:
        text, problems = written_out(folder_source(path))
        click.echo(text, nl=False)
        show_problems(problems)
        leave(problems)
        return
    scheme = None
    if path is not None:
        scheme, problems = check_source(folder_source(path))
    if json_:
        click.echo(as_json([problem_data(p) for p in problems]))
        leave(problems)
        return
    show_problems(problems)
    if scheme is not None:
        click.echo(_summary(scheme, problems))
    leave(problems)


def _summary(scheme: Scheme, problems: list[Problem]) -> str:
    """Return what a check comes to on one line: worked examples, those not run or red among them, errors, the rest."""
    examples, wrong = len(scheme.examples), len(errors(problems))
    rest = len(problems) - wrong
    red = len({v for p in problems if p.code in EXAMPLE_CODES for n, v in p.values if n == "example"})
    left = sum(int(v) for p in problems if p.code == "EXAMPLES_NOT_RUN" for n, v in p.values if n == "count")
    zh = "，".join([*([f"{red}个不符"] if red else []), *([f"{left}个没有运行"] if left else [])])
    en = ", ".join([*([f"{red} red"] if red else []), *([f"{left} not run"] if left else [])])
    return say(
        f"{scheme.title}：{examples}个算例{f'（{zh}）' if zh else ''}，{wrong}个错误，{rest}条提醒和说明",
        f"{scheme.id}: {several(examples, 'example')}{f' ({en})' if en else ''}, {several(wrong, 'error')}, "
        f"{several(rest, 'warning or note', 'warnings and notes')}",
    )


@click.command()
@click.option("--markdown", is_flag=True, help="Print the reference page docs/rules.md.")
@json_option
def rules(markdown: bool, json_: bool) -> None:
    """List every rule: its word in a scheme, its worksheet name, parameters and help."""
    if markdown:
        click.echo(rules_page(), nl=False)
        return
    if json_:
        listed = [(r.word, r.name, r.zh, [p.name for p in r.parameters]) for r in RULES.values()]
        click.echo(as_json([dict(zip(("word", "function", "title", "parameters"), r, strict=True)) for r in listed]))
        return
    rows = [(r.word, r.name, r.zh, ", ".join(p.name for p in r.parameters)) for r in RULES.values()]
    click.echo(
        output.table(
            rows, (say("写法", "word"), say("函数", "function"), say("名称", "name"), say("参数", "parameters"))
        )
    )
