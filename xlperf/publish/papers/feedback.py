"""考评情况反馈单: what one unit is told of its score, with a slip to return and a form to ask for a review."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from xlperf.engine.ask import why_words
from xlperf.engine.losses import Breakdown, LossLine
from xlperf.engine.objects import Thing
from xlperf.engine.plan import OFFICE, Sheet
from xlperf.engine.ranked import published
from xlperf.engine.reason import explain_cell
from xlperf.engine.seen import Reader
from xlperf.formula.values import Value, shown, value_text
from xlperf.publish.papers.ground import Ground, beside, groups_of, with_weekday
from xlperf.report.document import Block, Document, Head, Line, Table
from xlperf.report.ranking import INCOMPLETE, OUTSIDE

KIND = "反馈单"
FINAL = 4  # decimals of points of the final score
_ITEMS = (
    Head("序号", 0, wide=6),
    Head("考核内容", prose=True, wide=30),
    Head("分值", wide=7),
    Head("自评", wide=7),
    Head("核定", wide=8),
    Head("失分", wide=8),
    Head("原因", prose=True, wide=34),
    Head("依据", prose=True, wide=14),
    Head("失分折合总分", FINAL, wide=9),
    Head("若无此得失的名次", wide=9),
)
_REFUSED = (
    Head("序号", 0, wide=6),
    Head("台账", prose=True, wide=16),
    Head("申报的事项", prose=True, wide=44),
    Head("审核结果", wide=12),
    Head("审核意见", prose=True, wide=36),
)
_FORM = (
    Head("序号", 0, wide=6),
    Head("申请复核的事项", prose=True, wide=34),
    Head("原得分", wide=10),
    Head("申请理由", prose=True, wide=44),
    Head("佐证材料", prose=True, wide=26),
)
_FORM_ROWS, _FORM_LINES, _OPINION_LINES = 4, 3, 6  # lines high: they are filled in by hand
HANDED = 5  # steps from a score down to the column whose reason it hands on
_BLANK = "　" * 4


def feedback(ground: Ground) -> Iterator[Document]:
    """Return the sheet of every unit that stands in a ranked list."""
    number = 0
    for ranking, sheet in ground.ranked():
        sizes = {
            at: sum(ground.apart(ranking)[i].place is not None for i in some)
            for some in groups_of(ground.scores, ranking).values()
            for at in some
        }
        for apart in ground.apart(ranking):
            number += 1
            yield _sheet(ground, sheet, apart, sizes[apart.position], number)


def _sheet(ground: Ground, sheet: Sheet, apart: Breakdown, size: int, number: int) -> Document:
    plan, row = ground.scores.plan, ground.scores.rows(sheet.name)[apart.position]
    name = ground.name(sheet, row)
    blocks: list[Block] = [
        Line(f"被考评单位：{name}　{_result(sheet, row, apart, size)}"),
        *_beside(ground, apart, row),
        _items(ground, sheet, row, apart),
        *_refused(ground, (sheet.table, value_text(row[sheet.key.name]))),
        *_sums(sheet, row, apart),
        *_deadline(ground),
        *ground.seal,
        *_slip(name),
        *_form(ground, name),
    ]
    return Document(
        "unit",
        KIND,
        value_text(row[sheet.key.name]),
        f"{number:02d} {name}",
        f"{plan.title.removesuffix('考评')}考评情况反馈单",
        tuple(blocks),
        plan.caution,
        letter=True,
    )


def _result(sheet: Sheet, row: dict[str, Value], apart: Breakdown, size: int) -> str:
    ranking = apart.ranking
    group = value_text(row[ranking.group])
    score = row[ranking.score]
    if score is None:
        return f"考核组别：{group}　{INCOMPLETE}"
    points = f"{sheet.by_name[ranking.score].title}：{published(score, sheet.by_name[ranking.score].shown)}"
    place = f"本组{size}个单位中第{shown(apart.place)}名" if isinstance(apart.place, Fraction) else OUTSIDE
    return f"考核组别：{group}　{points}　{place}"


def _beside(ground: Ground, apart: Breakdown, row: dict[str, Value]) -> Iterator[Line]:
    """Return what decides the place beside the score, where anything does."""
    if said := beside(ground.scores, apart.ranking, row):
        yield Line(said)


def _items(ground: Ground, home: Sheet, row: dict[str, Value], apart: Breakdown) -> Table:
    """Return the table of rows and cells, in the order of the sheets; the last row adds up."""
    reader = Reader(ground.scores, (home.table, value_text(row[home.key.name])))
    rows: list[tuple[Value, ...]] = []
    total = Fraction(0)
    for line in apart.lines:
        sheet = ground.scores.plan.by_name[line.sheet]
        if line.column in ground.scores.plan.kept_from(sheet, holder=True):
            continue
        if line.kind == "entry" and not line.lost and sheet.table == home.table:
            continue  # a mean of others that did not count here
        rows.append(_item(ground, sheet, line, reader, len(rows) + 1, apart))
        total += line.lost or Fraction(0)
    rows.append((None, "合计", None, None, None, None, "", "", total if apart.score is not None else None, ""))
    return Table(_ITEMS, tuple(rows), "各项得分和失分", last=True)


def _item(
    ground: Ground, sheet: Sheet, line: LossLine, reader: Reader, number: int, apart: Breakdown
) -> tuple[Value, ...]:
    row = ground.scores.rows(sheet.name)[line.position]
    column = sheet.by_name[line.column]
    lost: Value = line.raw if line.raw else None
    if line.raw is not None and line.raw < 0:
        lost = f"超额＋{shown(-line.raw)}"
    own = sheet.the("self")
    about = column.title if sheet.table in ground.scores.plan.subject_of else _about(sheet, row, column.title)
    why = _why(ground, sheet, row, line, reader) if lost or (line.kind == "entry") else ""
    return (
        Fraction(number), about, line.full, row[own.name] if own is not None else None, line.earned,
        lost, why, column.basis or sheet.basis, line.lost, _moved(line, apart),
    )  # fmt: skip


def _moved(line: LossLine, apart: Breakdown) -> str:
    """Return which place the unit would have without this loss or gain, where it is another."""
    if not line.lost or not isinstance(line.place, Fraction) or line.place == apart.place:
        return ""
    return f"第{shown(line.place)}名"


def _about(sheet: Sheet, row: dict[str, Value], title: str) -> str:
    said = value_text(row[sheet.naming.name])
    return said if sheet.the("score") is not None else f"{sheet.title}：{said}（{title}）"


def _why(ground: Ground, sheet: Sheet, row: dict[str, Value], line: LossLine, reader: Reader) -> str:
    """Return why: in the scorer's words where there are any, else the rule's own sentence."""
    kept = ground.scores.plan.kept_from(sheet, holder=True)
    said = [value_text(row[c.name]) for c in sheet.of_role("reason") if c.name not in kept]
    words = "；".join(dict.fromkeys(text for text in said if text))
    if words or sheet.by_name[line.column].expr is None:
        return words
    tree = reader.part_of(explain_cell(ground.scores, sheet.name, row[sheet.key.name], line.column, HANDED))
    return why_words(tree)


def _sums(sheet: Sheet, row: dict[str, Value], apart: Breakdown) -> Iterator[Block]:
    """Return how the score and what was lost come to the full mark, to the last digit."""
    given_out = row[apart.ranking.score]
    if apart.score is None or apart.full is None or not isinstance(given_out, Fraction):
        return
    given = [x.lost for x in apart.lines if x.lost is not None and x.kind != "entry"]
    entries = [x.lost for x in apart.lines if x.lost is not None and x.kind == "entry"]
    parts = [
        (f"{sheet.by_name[apart.ranking.score].title}", given_out),
        ("＋四舍五入的尾数", apart.score - given_out),
        ("＋各项失分合计", sum(given, Fraction(0))),
        ("＋扣分、－加分合计", sum(entries, Fraction(0))),
        ("＋互相影响（封顶、平均等）", apart.rest),
        ("＝得满分、无加减分的总分", apart.full),
    ]
    parts = [part for i, part in enumerate(parts) if part[1] or i in (0, 2, 5)]
    heads = tuple(Head(title, FINAL, wide=16) for title, _ in parts)
    title = f"总分的来龙去脉（印到小数点后{FINAL}位，合计按未舍入的数）"
    yield Table(heads, (tuple(value for _, value in parts),), title)


def _refused(ground: Ground, thing: Thing) -> Iterator[Table]:
    """Return what the unit entered and the office did not let count, with what the office wrote there."""
    plan, rows = ground.scores.plan, list[tuple[Value, ...]]()
    for sheet in plan.sheets:
        decision, kept = sheet.the("decision"), plan.kept_from(sheet, holder=True)
        if decision is None or decision.name in kept or sheet.table in plan.subject_of:
            continue
        for row, whose in zip(ground.scores.rows(sheet.name), ground.scores.things(sheet), strict=True):
            if whose == thing and row[decision.name] == decision.choices[-1]:
                said = [c for c in sheet.inputs(OFFICE) if c.holds == "text" and not c.choices and not c.offers]
                why = "；".join(value_text(row[c.name]) for c in said if row[c.name] and c.name not in kept)
                rows.append((Fraction(len(rows) + 1), sheet.title, value_text(row[sheet.naming.name]),
                             value_text(row[decision.name]), why))  # fmt: skip
    if rows:
        yield Table(_REFUSED, tuple(rows), "没有计入的申报事项（可以申请复核）")


def _deadline(ground: Ground) -> Iterator[Block]:
    settings = ground.settings
    if settings.due is not None:
        yield Line(
            f"对考评结果有异议的，请在收到反馈单之日起{settings.appeal_days}个工作日内填写《考评复核申请表》提出；"
            f"{with_weekday(settings.day)}收到的，最迟{with_weekday(settings.due)}。逾期未提出的，视同自动放弃。",
            dated=True,
        )
    if ground.contact:
        yield Line(f"联系：{ground.contact}")


def _slip(name: str) -> Iterator[Block]:
    yield Line(f"回　执（{name}）", "slip")
    yield Line(f"收到时间：{_BLANK}年{_BLANK}月{_BLANK}日　签收人：{_BLANK}{_BLANK}　对结果：□无异议　□申请复核")


def _form(ground: Ground, name: str) -> Iterator[Block]:
    if ground.settings.due is None:
        return
    yield Line("考评复核申请表", "page")
    yield Line(f"申请单位（盖章）：{name}　　最迟提出：{with_weekday(ground.settings.due)}", dated=True)
    rows = tuple((Fraction(i), "", None, "", "") for i in range(1, _FORM_ROWS + 1))
    yield Table(_FORM, rows, tall=_FORM_LINES)
    day = f"{_BLANK}年{_BLANK}月{_BLANK}日"
    yield Line(f"单位负责人（签字）：{_BLANK}{_BLANK}　联系人、电话：{_BLANK}{_BLANK}　提出日期：{day}")
    office = ground.scores.plan.issuer
    heads = (Head("考核主体意见", wide=40), Head(f"{office}意见", wide=40), Head("复核后得分", wide=12))
    yield Table(heads, (("", "", None),), f"以下由{office}填写", tall=_OPINION_LINES)
